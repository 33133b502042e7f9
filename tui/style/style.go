// Package style turns a theme into what is written to the screen: painted
// text, panes with borders, and lines put beside or over each other.
//
// There is one [Styles] for the whole interface. Widgets and screens keep the
// pointer; choosing another theme changes what it points to.
//
// Painted lines are plain strings with SGR sequences. Text is painted in
// segments, each closed before the next opens, so no style can leak and no
// inner reset can end an outer style. Untrusted text goes through
// repl/text.Sanitise or SanitiseName before it is painted, which shows what is odd
// about it; what has not been, loses here what a terminal would obey.
package style

import (
	"image/color"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"nixbench/themes"
)

// Options say how to draw.
type Options struct {
	Theme   *themes.Theme        // nil: the built-in "neutral"
	Profile colorprofile.Profile // zero: colours are left to Bubble Tea
	ASCII   bool                 // draw with ASCII glyphs; borders stay lines
}

// A Span is text of one meaning. Its text is clean: it has no escape sequences
// (see repl/text).
type Span struct {
	Text  string
	Token themes.Token
}

// Styles draws text in the current theme. It is not safe for concurrent use
// and belongs to Bubble Tea's loop.
type Styles struct {
	theme  *themes.Theme
	glyphs Glyphs
	on     [len(bases)][themes.Count]ink
}

// bases are the backgrounds that text may be drawn on, first none.
var bases = [...]themes.Token{
	themes.Text, themes.Selected, themes.SelectedFaint, themes.Marked,
	themes.Match, themes.MatchCurrent,
}

// An ink is what a style writes before and after a text.
type ink struct{ open, close string }

// New returns the styles that o asks for.
func New(o Options) *Styles {
	s := &Styles{}
	s.Apply(o)
	return s
}

// Apply changes s to what o asks for; everything that holds s draws so from
// then on.
func (s *Styles) Apply(o Options) {
	neutral, err := themes.Named("neutral")
	if err != nil {
		panic("style: unreachable: " + err.Error()) // embedded and tested
	}
	if o.Theme == nil {
		o.Theme = neutral
	}
	s.theme = o.Theme
	s.glyphs = glyphSet(o.ASCII)
	few := o.Profile != colorprofile.Unknown && o.Profile <= colorprofile.ANSI
	for tok := range themes.Count {
		look := o.Theme.Look(tok)
		if few && tok.IsBackground() {
			look = neutral.Look(tok) // attributes tell where colours cannot
		}
		for b, base := range bases {
			s.on[b][tok] = inkOf(lipStyle(mix(look, base, o.Theme, neutral, few), o.Profile))
		}
	}
}

// mix lays look on the background base.
func mix(look themes.Look, base themes.Token, th, neutral *themes.Theme, few bool) themes.Look {
	if base == themes.Text {
		return look
	}
	under := th.Look(base)
	if few {
		under = neutral.Look(base)
	}
	if under.Reverse { // a colour would become the background
		look.Fg, look.Bg, look.Reverse = under.Fg, under.Bg, true
	} else if look.Bg.IsDefault() && !look.Reverse {
		look.Bg = under.Bg
	}
	look.Bold = look.Bold || under.Bold
	look.Underline = look.Underline || under.Underline
	return look
}

func lipStyle(l themes.Look, p colorprofile.Profile) lipgloss.Style {
	st := lipgloss.NewStyle()
	if c := lipColor(l.Fg, p); c != nil {
		st = st.Foreground(c)
	}
	if c := lipColor(l.Bg, p); c != nil {
		st = st.Background(c)
	}
	// Setting an attribute to false would make lipgloss slower, not different.
	if l.Bold {
		st = st.Bold(true)
	}
	if l.Faint {
		st = st.Faint(true)
	}
	if l.Italic {
		st = st.Italic(true)
	}
	if l.Underline {
		st = st.Underline(true)
	}
	if l.Reverse {
		st = st.Reverse(true)
	}
	if l.Strike {
		st = st.Strikethrough(true)
	}
	return st
}

// lipColor picks the form of c that suits p; nil is the terminal's default.
// Between truecolor and 256 colours Bubble Tea converts.
func lipColor(c themes.Color, p colorprofile.Profile) color.Color {
	switch few := p != colorprofile.Unknown && p <= colorprofile.ANSI; {
	case p != colorprofile.Unknown && p <= colorprofile.ASCII:
		return nil
	case c.HasANSI && (few || !c.HasRGB):
		return ansi.BasicColor(c.ANSI)
	case c.HasRGB:
		return lipgloss.RGBColor{R: c.RGB.R, G: c.RGB.G, B: c.RGB.B}
	}
	return nil
}

// inkOf takes what st writes around a text.
func inkOf(st lipgloss.Style) ink {
	open, end, _ := strings.Cut(st.Render("x"), "x")
	return ink{open, end}
}

// Theme returns the current theme.
func (s *Styles) Theme() *themes.Theme { return s.theme }

// Glyphs returns the current glyph set.
func (s *Styles) Glyphs() Glyphs { return s.glyphs }

// Paint draws text as t.
func (s *Styles) Paint(t themes.Token, text string) string {
	return s.PaintOn(themes.Text, t, text)
}

// PaintOn draws text as t on the background base, which is one of the row
// backgrounds (Selected, Marked, Match …) or Text for none.
func (s *Styles) PaintOn(base, t themes.Token, text string) string {
	k := s.ink(base, t)
	if !isTame(text) {
		text = tame(text)
	}
	if text == "" || k.open == "" {
		return text
	}
	return k.open + text + k.close
}

func (s *Styles) ink(base, t themes.Token) ink {
	if base.IsBackground() {
		if t == themes.Text {
			t = base // a plain text takes the whole look of its row
		}
		return s.on[1+base-themes.Selected][t]
	}
	return s.on[0][t]
}

// Row draws spans on the background base, cut or padded to exactly w cells.
func (s *Styles) Row(w int, base themes.Token, spans ...Span) string {
	var b strings.Builder
	left := w
	for _, sp := range spans {
		if left <= 0 {
			break
		}
		text := sp.Text
		n := Width(text)
		if n > left {
			text = Fit(text, left)
			n = left
		}
		b.WriteString(s.PaintOn(base, sp.Token, text))
		left -= n
	}
	if left > 0 {
		b.WriteString(s.PaintOn(base, themes.Text, blanks(left)))
	}
	return b.String()
}
