package style

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"nixbench/repl/text"
	"nixbench/themes"
)

// A Pane is the frame around a part of the screen.
type Pane struct {
	Title string // in the top border, left; clean text
	Note  string // in the top border, right
	Foot  string // in the bottom border, right
	Focus bool   // the pane has the keys: its border is double
	Bare  bool   // no blank between border and content
}

// TitleFrame is how many cells of a pane its title cannot have.
const TitleFrame = 6

// InnerWidth is how many cells of content a pane of width w holds.
func (p Pane) InnerWidth(w int) int {
	if p.Bare {
		return max(w-2, 0)
	}
	return max(w-4, 0)
}

// InnerHeight is how many lines of content a pane of height h holds.
func (p Pane) InnerHeight(h int) int { return max(h-2, 0) }

// Box draws body in a pane: exactly h lines of exactly w cells.
// Body is cut or padded; its lines are painted.
func (s *Styles) Box(w, h int, p Pane, body []string) []string {
	if w < 6 || h < 2 {
		return FitLines(body, w, h)
	}
	g, tok := s.glyphs.Light, themes.Border
	if p.Focus {
		g, tok = s.glyphs.Double, themes.BorderFocus
	}
	edge := s.ink(themes.Text, tok)
	inner, pad := p.InnerWidth(w), " "
	if p.Bare {
		pad = ""
	}
	left := edge.open + g.Vertical + edge.close + pad
	right := pad + edge.open + g.Vertical + edge.close
	out := make([]string, 0, h)
	out = append(out, s.edge(w, edge, g.TopLeft, g.TopRight, g.Horizontal, p.Title, p.Note))
	for i := range h - 2 {
		line := ""
		if i < len(body) {
			line = body[i]
		}
		out = append(out, left+Fit(line, inner)+right)
	}
	return append(out, s.edge(w, edge, g.BottomLeft, g.BottomRight, g.Horizontal, "", p.Foot))
}

// edge draws a horizontal border of w cells with title at the left and note at
// the right end, the note giving way first.
func (s *Styles) edge(w int, edge ink, left, right, dash, title, note string) string {
	room := w - 4 // corners and one dash beside each
	if title != "" {
		title = " " + text.Cut(title, max(room-2, 0)) + " "
	}
	if note != "" {
		note = " " + note + " "
		if Width(note) > room-Width(title) {
			note = ""
		}
	}
	fill := room - Width(title) - Width(note)
	var b strings.Builder
	b.WriteString(edge.open + left + dash + edge.close)
	b.WriteString(s.Paint(themes.Title, title))
	b.WriteString(edge.open + strings.Repeat(dash, max(fill, 0)) + edge.close)
	b.WriteString(s.Paint(themes.Muted, note))
	b.WriteString(edge.open + dash + right + edge.close)
	return b.String()
}

// Rule draws a horizontal line of w cells with a heading in it.
func (s *Styles) Rule(w int, heading string) string {
	dash := s.glyphs.Light.Horizontal
	if heading == "" {
		return s.Paint(themes.Border, strings.Repeat(dash, max(w, 0)))
	}
	heading = ansi.Truncate(heading, max(w-4, 0), "")
	fill := max(w-Width(heading)-3, 0)
	return Fit(s.Paint(themes.Border, dash+" ")+s.Paint(themes.Heading, heading)+
		s.Paint(themes.Border, " "+strings.Repeat(dash, fill)), w)
}

// Bar draws part of whole as a bar of at most w cells; a part above nothing
// shows at least as a dot.
func (s *Styles) Bar(part, whole int64, w int) Span {
	if part <= 0 || whole <= 0 || w <= 0 {
		return Span{"", themes.Bar}
	}
	n := min(int(float64(part)/float64(whole)*float64(w)+0.5), w)
	if n == 0 {
		return Span{s.glyphs.Dot, themes.Bar}
	}
	return Span{strings.Repeat(s.glyphs.Full, n), themes.Bar}
}
