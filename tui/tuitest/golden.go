package tuitest

import (
	"flag"
	"fmt"
	"image/color"
	"os"
	"path/filepath"
	"strings"
	"testing"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/google/go-cmp/cmp"

	"nixbench/themes"
)

var update = flag.Bool("update", false, "write the goldens anew")

// Updating tells whether goldens are to be written anew.
func Updating() bool { return *update }

// Sizes are the screen sizes of goldens: the smallest, the usual, two panes, three
// panes, and a large one.
func Sizes() [][2]int { return [][2]int{{60, 20}, {80, 24}, {100, 30}, {140, 40}, {200, 60}} }

// Golden compares the screen with testdata/NAME-WxH.golden, text and styles,
// and writes that file instead with -update.
func (d *Driver) Golden(name string) {
	d.t.Helper()
	got := render(d.Model.View().Content, d.w, d.h, d.Model.Env().Styles.Theme())
	Compare(d.t, fmt.Sprintf("%s-%dx%d", name, d.w, d.h), got)
}

// Compare compares got with testdata/NAME.golden.
func Compare(t testing.TB, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v (go test -update writes it)", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

// letters stand for the looks of tokens in the style rows of goldens; tokens
// that look alike share the letter of the first.
var letters = [themes.Count]byte{
	themes.Text: ' ', themes.Muted: 'u', themes.Disabled: 'u', themes.Title: 'T', themes.Heading: 'N',
	themes.Border: '-', themes.BorderFocus: '=', themes.Tab: 't', themes.TabActive: 'T', themes.Badge: 'b',
	themes.Key: 'K', themes.KeyText: 'k', themes.Prompt: 'P', themes.Cursor: 'C',
	themes.Selected: 'S', themes.SelectedFaint: 's', themes.Marked: 'm', themes.Match: 'h', themes.MatchCurrent: 'H',
	themes.Waiting: 'w', themes.Running: 'r', themes.Fetching: 'f', themes.Done: 'd', themes.Failed: 'F', themes.Cancelled: 'c',
	themes.DrvName: 'D', themes.StorePath: 'p', themes.Size: 'z', themes.Bar: 'B', themes.Live: 'l', themes.Dead: 'x',
	themes.Root: 'R', themes.Dangling: 'g',
	themes.Up: '+', themes.Down: 'v', themes.New: 'n', themes.Gone: '_',
	themes.Info: 'i', themes.Warning: 'W', themes.Error: 'E',
	themes.Keyword: 'y', themes.String: '"', themes.Escape: '$', themes.Number: '#', themes.Path: '/',
	themes.Comment: ';', themes.Operator: 'o', themes.Bracket: '(', themes.BracketMatch: ')', themes.Variable: 'a',
	themes.AttrName: '.', themes.Builtin: '@', themes.Invalid: '!', themes.Thunk: '~',
}

// render draws content on w by h cells: each line between bars and, if not
// all of it is plain, below it a line of letters for the styles.
func render(content string, w, h int, th *themes.Theme) string {
	buf := uv.NewScreenBuffer(w, h)
	uv.NewStyledString(content).Draw(buf, buf.Bounds())
	used := map[byte]string{}
	var out strings.Builder
	for y := range h {
		var text, styles strings.Builder
		for x := 0; x < w; {
			cell := buf.CellAt(x, y)
			s, n, l := " ", 1, byte(' ')
			if cell != nil && cell.Width > 0 {
				var name string
				s, n = cell.Content, cell.Width
				l, name = letter(cell.Style, th)
				used[l] = name
			}
			text.WriteString(s)
			styles.WriteString(strings.Repeat(string(l), n))
			x += n
		}
		fmt.Fprintf(&out, "|%s|\n", text.String())
		if row := strings.TrimRight(styles.String(), " "); row != "" {
			fmt.Fprintf(&out, "~%s\n", row)
		}
	}
	return fmt.Sprintf("%d by %d, %s:%s\n%s", w, h, th.Name, legend(used), out.String())
}

func legend(used map[byte]string) string {
	out := ""
	for t := range themes.Count {
		if name, ok := used[letters[t]]; ok && letters[t] != ' ' && name == t.String() {
			out += " " + string(letters[t]) + " " + name
		}
	}
	if _, ok := used['?']; ok {
		out += " ? other"
	}
	return out
}

// letter names the look of a cell: the row's background first, else the first
// token that looks so.
func letter(s uv.Style, th *themes.Theme) (byte, string) {
	for t := range themes.Count {
		if bg := th.Look(t).Bg; t.IsBackground() && !bg.IsDefault() && same(s.Bg, bg) {
			return letters[t], t.String()
		}
	}
	for t := range themes.Count {
		look := th.Look(t)
		if t.IsBackground() || !same(s.Fg, look.Fg) || !same(s.Bg, look.Bg) || attrs(look) != s.Attrs {
			continue
		}
		if look.Underline != (s.Underline != 0) {
			continue
		}
		return letters[t], t.String()
	}
	if s.IsZero() {
		return ' ', ""
	}
	return '?', ""
}

func attrs(l themes.Look) (a uint8) {
	for _, x := range []struct {
		on  bool
		bit uint8
	}{{l.Bold, uv.AttrBold}, {l.Faint, uv.AttrFaint}, {l.Italic, uv.AttrItalic}, {l.Reverse, uv.AttrReverse}, {l.Strike, uv.AttrStrikethrough}} {
		if x.on {
			a |= x.bit
		}
	}
	return a
}

func same(c color.Color, want themes.Color) bool {
	if c == nil || want.IsDefault() {
		return c == nil && want.IsDefault()
	}
	r, g, b, _ := c.RGBA()
	return uint8(r>>8) == want.RGB.R && uint8(g>>8) == want.RGB.G && uint8(b>>8) == want.RGB.B
}
