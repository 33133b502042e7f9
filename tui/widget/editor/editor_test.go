package editor

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/google/go-cmp/cmp"

	"nixbench/themes"
	"nixbench/tui/action"
	"nixbench/tui/style"
)

func newEditor(t testing.TB) *Editor {
	t.Helper()
	dark, err := themes.Named("dark")
	if err != nil {
		t.Fatal(err)
	}
	return New(style.New(style.Options{Theme: dark, Profile: colorprofile.TrueColor, ASCII: true}))
}

func typed(w *Editor, s string) {
	for _, r := range s {
		w.Update(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
}

func do(w *Editor, ids ...action.ID) {
	for _, id := range ids {
		w.Update(action.Intent{ID: id})
	}
}

// state is the text with | at the cursor.
func state(w *Editor) string { return w.Value()[:w.Offset()] + "|" + w.Value()[w.Offset():] }

func wants(t *testing.T, w *Editor, want string) {
	t.Helper()
	if got := state(w); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestEditing(t *testing.T) {
	tests := []struct {
		name, start string // | is the cursor
		ids         []action.ID
		want        string
	}{
		{"left and right", "ab|c", []action.ID{action.EditLeft, action.EditLeft, action.EditRight}, "a|bc"},
		{"left over a combined character", "ae\u0301|", []action.ID{action.EditLeft}, "a|e\u0301"},
		{"backspace takes a whole character", "a👩‍👧|", []action.ID{action.EditBackspace}, "a|"},
		{"backspace joins lines", "a\n|b", []action.ID{action.EditBackspace}, "a|b"},
		{"delete", "a|bc", []action.ID{action.EditDelete}, "a|c"},
		{"words", "foo.bar-baz qux|", []action.ID{action.EditWordLeft, action.EditWordLeft}, "foo.|bar-baz qux"},
		{"word right", "|foo.bar", []action.ID{action.EditWordRight}, "foo|.bar"},
		{"line ends", "ab\nc|d\ne", []action.ID{action.EditLineEnd, action.EditLineStart}, "ab\n|cd\ne"},
		{"text ends", "ab\nc|d", []action.ID{action.EditStart, action.EditEnd}, "ab\ncd|"},
		{"up keeps the column", "long line\nx\nlonger| line", []action.ID{action.EditUp, action.EditUp}, "long l|ine\nx\nlonger line"},
		{"down", "a|b\ncd", []action.ID{action.EditDown}, "ab\nc|d"},
		{"transpose", "ab|", []action.ID{action.EditTranspose}, "ba|"},
		{"transpose in the middle", "a|bc", []action.ID{action.EditTranspose}, "ba|c"},
		{"newline", "a|b", []action.ID{action.EditNewline}, "a\n|b"},
		{"kill right", "a|bc\nd", []action.ID{action.EditKillRight}, "a|\nd"},
		{"kill right at the end joins", "a|\nd", []action.ID{action.EditKillRight}, "a|d"},
		{"kill left", "ab|c", []action.ID{action.EditKillLeft}, "|c"},
		{"kill word left", "foo bar|", []action.ID{action.EditKillWordLeft}, "foo |"},
		{"kill word right", "|foo bar", []action.ID{action.EditKillWord}, "| bar"},
		{"yank", "foo bar|", []action.ID{action.EditKillWordLeft, action.EditStart, action.EditYank}, "bar|foo "},
		{"kills in a row are joined", "a b c|", []action.ID{action.EditKillWordLeft, action.EditKillWordLeft, action.EditYank}, "a b c|"},
		{"undo", "a|", []action.ID{action.EditBackspace, action.EditUndo}, "a|"},
		{"redo", "a|", []action.ID{action.EditBackspace, action.EditUndo, action.EditRedo}, "|"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newEditor(t)
			at := strings.IndexByte(tt.start, '|')
			w.SetValue(strings.Replace(tt.start, "|", "", 1))
			w.cur = at
			do(w, tt.ids...)
			wants(t, w, tt.want)
		})
	}
}

func TestYankPopGoesBackInTheRing(t *testing.T) {
	w := newEditor(t)
	w.SetValue("one two")
	do(w, action.EditKillWordLeft, action.EditLeft, action.EditKillLeft)
	wants(t, w, "| ")
	do(w, action.EditYank)
	wants(t, w, "one| ")
	do(w, action.EditYankPop)
	wants(t, w, "two| ")
	do(w, action.EditYankPop)
	wants(t, w, "one| ")
}

func TestUndoTakesWords(t *testing.T) {
	w := newEditor(t)
	typed(w, "let x")
	do(w, action.EditUndo)
	wants(t, w, "let|")
	do(w, action.EditUndo, action.EditUndo)
	wants(t, w, "|")
	do(w, action.EditRedo)
	wants(t, w, "let|")
}

func TestPasteIsOneStepAndKeepsLines(t *testing.T) {
	w := newEditor(t)
	w.Update(tea.PasteMsg{Content: "{\r\n  a = 1;\r}\xff"})
	wants(t, w, "{\n  a = 1;\n}\ufffd|")
	do(w, action.EditUndo)
	wants(t, w, "|")
	w.Single = true
	w.Update(tea.PasteMsg{Content: "a\nb"})
	wants(t, w, "a b|")
}

func TestHistory(t *testing.T) {
	entries := []string{"pkgs.hello", "lib.version", "pkgs.gcc"} // newest first
	w := newEditor(t)
	w.History = func(prefix string, n int) (string, bool) {
		for _, e := range entries {
			if strings.HasPrefix(e, prefix) {
				if n == 0 {
					return e, true
				}
				n--
			}
		}
		return "", false
	}
	typed(w, "pk")
	do(w, action.EditUp)
	wants(t, w, "pkgs.hello|")
	do(w, action.EditUp)
	wants(t, w, "pkgs.gcc|")
	do(w, action.EditUp)
	wants(t, w, "pkgs.gcc|")
	do(w, action.EditDown, action.EditDown)
	wants(t, w, "pk|")
	do(w, action.EditDown)
	wants(t, w, "pk|")
	w.Reset()
	do(w, action.EditUp, action.EditUp)
	wants(t, w, "lib.version|")
}

func drawn(w *Editor, width, h int) []string {
	out := w.Draw(width, h, true)
	for i, line := range out {
		out[i] = strings.TrimRight(style.Strip(line), " ")
	}
	return out
}

func TestDraw(t *testing.T) {
	w := newEditor(t)
	w.Prompt = "nix> "
	w.SetValue("let\n  x = 1;\nin x")
	if diff := cmp.Diff([]string{"nix> let", "       x = 1;", "     in x", ""}, drawn(w, 30, 4)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if x, y := w.CursorXY(); x != 9 || y != 2 {
		t.Errorf("cursor at %d,%d, want 9,2", x, y)
	}
	// A line that is too long goes on below.
	w.SetValue("0123456789abc")
	if diff := cmp.Diff([]string{"nix> 0123456789", "     abc"}, drawn(w, 16, 2)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got, want := w.Height(16), 2; got != want {
		t.Errorf("Height: got %d, want %d", got, want)
	}
	// Of more lines than there is room for, those around the cursor are shown.
	w.SetValue("a\nb\nc\nd")
	if diff := cmp.Diff([]string{"     c", "     d"}, drawn(w, 16, 2)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	do(w, action.EditStart)
	if diff := cmp.Diff([]string{"nix> a", "     b"}, drawn(w, 16, 2)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestPopup(t *testing.T) {
	w := newEditor(t)
	w.Prompt = "nix> "
	typed(w, "lib.fi")
	items := []Item{{Text: "lib.filterAttrs", Detail: "set"}, {Text: "lib.filter"}, {Text: "lib.findFirst"}}
	w.Popup.Show(0, items, "3 matches")
	if got, want := w.Popup.CommonPrefix(), "lib.fi"; got != want {
		t.Errorf("common prefix: got %q, want %q", got, want)
	}
	want := []string{"nix> lib.fi", "     lib.filterAttrs  set", "     lib.filter", "     lib.findFirst", "     3 matches"}
	if diff := cmp.Diff(want, drawn(w, 40, 5)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, ok := w.Popup.Selected(); ok {
		t.Error("something is chosen at first")
	}
	w.Popup.Move(-1)
	if it, _ := w.Popup.Selected(); it.Text != "lib.findFirst" {
		t.Errorf("got %q, want the last", it.Text)
	}
	w.Popup.Move(1)
	it, _ := w.Popup.Selected()
	w.Replace(w.Popup.Start, w.Offset(), it.Text)
	w.Popup.Close()
	wants(t, w, "lib.filterAttrs|")
	if w.Popup.IsOpen() {
		t.Error("the list is still open")
	}
}

func TestBracketsAndColours(t *testing.T) {
	w := newEditor(t)
	w.Highlight = func(text string) []themes.Piece {
		i := strings.IndexByte(text, '"')
		if i < 0 {
			return nil
		}
		return []themes.Piece{{Start: i, End: strings.LastIndexByte(text, '"') + 1, Token: themes.String}}
	}
	w.SetValue(`(a ")" [b])`)
	got := w.Draw(40, 1, true)[0]
	for _, want := range []string{
		w.st.Paint(themes.BracketMatch, "("),
		w.st.Paint(themes.String, `")"`),
		w.st.Paint(themes.BracketMatch, ")"),
	} {
		if !strings.Contains(got, want) {
			t.Errorf("got %q, want it to have %q", got, want)
		}
	}
	if strings.Contains(w.Draw(40, 1, false)[0], w.st.Paint(themes.BracketMatch, "(")) {
		t.Error("brackets are marked without the keys")
	}
}

func TestWhatCannotBeSeenIsShown(t *testing.T) {
	w := newEditor(t)
	w.SetValue("a\u202e\x1b[31m\tb")
	if got, want := drawn(w, 40, 1)[0], `a\u202e\x1b[31m    b`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestWord(t *testing.T) {
	w := newEditor(t)
	w.SetValue("map (lib.attrsets.filterA")
	if got, want := w.Word(), "lib.attrsets.filterA"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Whatever is pressed, the text stays UTF-8, the cursor stands between
// characters, and each line has the width it should.
func TestRandomEditing(t *testing.T) {
	ids := []action.ID{
		action.EditLeft, action.EditRight, action.EditUp, action.EditDown, action.EditWordLeft, action.EditWordRight,
		action.EditLineStart, action.EditLineEnd, action.EditStart, action.EditEnd, action.EditBackspace, action.EditDelete,
		action.EditKillWordLeft, action.EditKillWord, action.EditKillLeft, action.EditKillRight, action.EditYank,
		action.EditYankPop, action.EditUndo, action.EditRedo, action.EditTranspose, action.EditNewline,
	}
	texts := []string{"a", " ", "(", "]", "世", "e\u0301", "👩‍👧", "\t", "\"", "\u202e", "foo.bar", "\n"}
	rnd := rand.New(rand.NewPCG(1, 2))
	w := newEditor(t)
	w.Prompt = "> "
	w.History = func(prefix string, n int) (string, bool) { return prefix + "old\nentry", n < 3 }
	for i := range 2500 {
		if rnd.IntN(3) == 0 {
			w.Update(tea.KeyPressMsg{Text: texts[rnd.IntN(len(texts))]})
		} else {
			do(w, ids[rnd.IntN(len(ids))])
		}
		if len(w.Value()) > 400 {
			w.Reset()
		}
		if !utf8.ValidString(w.Value()) || !utf8.ValidString(w.Value()[:w.Offset()]) {
			t.Fatalf("step %d: broken at %d: %q", i, w.Offset(), w.Value())
		}
		width, h := rnd.IntN(30), rnd.IntN(6)
		for _, line := range w.Draw(width, h, true) {
			if n := style.Width(line); n != width {
				t.Fatalf("step %d: %d cells, want %d: %q", i, n, width, line)
			}
		}
	}
}

func BenchmarkTypeAndDraw(b *testing.B) {
	w := newEditor(b)
	w.SetValue(strings.Repeat("  name = builtins.map (x: x) [ 1 2 3 ];\n", 500))
	for b.Loop() {
		typed(w, "x")
		w.Draw(100, 10, true)
		do(w, action.EditBackspace)
	}
}
