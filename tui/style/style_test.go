package style

import (
	"strings"
	"testing"

	"github.com/charmbracelet/colorprofile"
	"github.com/google/go-cmp/cmp"

	"nixbench/themes"
)

func styles(t testing.TB, p colorprofile.Profile) *Styles {
	t.Helper()
	dark, err := themes.Named("dark")
	if err != nil {
		t.Fatal(err)
	}
	return New(Options{Theme: dark, Profile: p})
}

func TestPaint(t *testing.T) {
	st := styles(t, colorprofile.TrueColor)
	if got, want := st.Paint(themes.Failed, "x"), "\x1b[1;38;2;255;160;168mx\x1b[m"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := st.Paint(themes.Text, "x"); Strip(got) != "x" {
		t.Errorf("got %q", got)
	}
	on := st.PaintOn(themes.Selected, themes.Failed, "x")
	if !strings.Contains(on, "38;2;255;160;168") || !strings.Contains(on, "48;2;57;67;90") {
		t.Errorf("on the selected row: got %q, want both colours", on)
	}
	if got := st.Paint(themes.Failed, ""); got != "" {
		t.Errorf("nothing painted: got %q", got)
	}
}

func TestProfiles(t *testing.T) {
	if got, want := styles(t, colorprofile.ANSI).Paint(themes.Failed, "x"), "\x1b[1;91mx\x1b[m"; got != want {
		t.Errorf("16 colours: got %q, want %q", got, want)
	}
	if got, want := styles(t, colorprofile.ASCII).Paint(themes.Failed, "x"), "\x1b[1mx\x1b[m"; got != want {
		t.Errorf("no colours: got %q, want %q", got, want)
	}
	// Without colours the cursor's row is told by an attribute.
	for _, p := range []colorprofile.Profile{colorprofile.ANSI, colorprofile.ASCII} {
		got := styles(t, p).PaintOn(themes.Selected, themes.Failed, "x")
		if !strings.Contains(got, "7m") {
			t.Errorf("profile %v: got %q, want reverse", p, got)
		}
	}
}

func TestApplyChangesEverything(t *testing.T) {
	st := styles(t, colorprofile.TrueColor)
	before := st.Paint(themes.Failed, "x")
	light, err := themes.Named("light")
	if err != nil {
		t.Fatal(err)
	}
	st.Apply(Options{Theme: light, Profile: colorprofile.TrueColor, ASCII: true})
	if st.Paint(themes.Failed, "x") == before || st.Glyphs().Cursor != ">" {
		t.Error("the styles did not change")
	}
}

func TestBox(t *testing.T) {
	st := New(Options{Profile: colorprofile.ASCII, ASCII: true})
	strip := func(lines []string) []string {
		for i := range lines {
			lines[i] = Strip(lines[i])
		}
		return lines
	}
	got := strip(st.Box(24, 4, Pane{Title: "log", Note: "3 of 41", Foot: "/ x"}, []string{"one"}))
	want := []string{
		"┌─ log ────── 3 of 41 ─┐",
		"│ one                  │",
		"│                      │",
		"└──────────────── / x ─┘",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	got = strip(st.Box(14, 3, Pane{Title: "a long title", Note: "note", Focus: true}, []string{"世界世界世界"}))
	want = []string{"╔═ a long.. ═╗", "║ 世界世界世 ║", "╚════════════╝"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for w := range 30 {
		for h := range 6 {
			out := st.Box(w, h, Pane{Title: "title", Note: "note"}, []string{"body"})
			if len(out) != h {
				t.Fatalf("Box(%d, %d): got %d lines", w, h, len(out))
			}
			for _, line := range out {
				if n := Width(line); n != w {
					t.Fatalf("Box(%d, %d): got a line of %d cells: %q", w, h, n, line)
				}
			}
		}
	}
}

func TestCells(t *testing.T) {
	if got, want := Fit("世界", 3), "世 "; got != want {
		t.Errorf("Fit: got %q, want %q", got, want)
	}
	if got, want := FitRight("7", 3), "  7"; got != want {
		t.Errorf("FitRight: got %q, want %q", got, want)
	}
	if diff := cmp.Diff([]string{"ab", "c "}, Beside([]string{"a", "c"}, []string{"b", " "})); diff != "" {
		t.Errorf("Beside (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]int{3, 3, 4}, Split(10, 1, 1, 1)); diff != "" {
		t.Errorf("Split (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"a", "b"}, Stack([]string{"a"}, []string{"b"})); diff != "" {
		t.Errorf("Stack (-want +got):\n%s", diff)
	}
}

func TestOver(t *testing.T) {
	got := Over([]string{"aaaaaa", "b世界b", "cccccc"}, []string{"XX", "YY"}, 2, 1)
	want := []string{"aaaaaa", "b XX b", "ccYYcc"}
	for i := range got {
		got[i] = Strip(got[i])
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := Over([]string{"a"}, []string{"x", "y"}, 0, 0); len(got) != 1 {
		t.Errorf("what hangs over the end is cut: got %d lines", len(got))
	}
}

func TestBar(t *testing.T) {
	st := New(Options{ASCII: true})
	for _, tt := range []struct {
		part, whole int64
		want        string
	}{{0, 9, ""}, {1, 100, "."}, {50, 100, "###"}, {200, 100, "######"}, {5, 0, ""}} {
		if got := st.Bar(tt.part, tt.whole, 6).Text; got != tt.want {
			t.Errorf("Bar(%d, %d): got %q, want %q", tt.part, tt.whole, got, tt.want)
		}
	}
}

func TestGlyphsTakeOneCell(t *testing.T) {
	for _, ascii := range []bool{true, false} {
		g := glyphSet(ascii)
		for _, s := range []string{g.Cursor, g.Open, g.Closed, g.Tee, g.Elbow, g.Pipe, g.Branch, g.Full, g.Dot, g.Track, g.Shade, g.Check, g.Cross, g.Arrow, g.Bullet, g.MarkOn} {
			if Width(s) != 1 {
				t.Errorf("glyph %q takes %d cells", s, Width(s))
			}
		}
	}
}

func TestHasUTF8(t *testing.T) {
	for _, tt := range []struct {
		env  []string
		want bool
	}{
		{nil, false}, {[]string{"LANG=en_US.UTF-8"}, true}, {[]string{"LANG=C"}, false},
		{[]string{"LANG=en_US.UTF-8", "LC_ALL=C"}, false}, {[]string{"LC_CTYPE=C.utf8", "LANG=C"}, true},
	} {
		if got := HasUTF8(tt.env); got != tt.want {
			t.Errorf("HasUTF8(%v): got %v", tt.env, got)
		}
	}
}

func BenchmarkBox(b *testing.B) {
	st := styles(b, colorprofile.TrueColor)
	body := make([]string, 36)
	for i := range body {
		body[i] = st.Paint(themes.DrvName, "linux-6.9.3") + " running"
	}
	for b.Loop() {
		st.Box(140, 38, Pane{Title: "log", Focus: true}, body)
	}
}
