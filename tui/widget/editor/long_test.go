package editor

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/google/go-cmp/cmp"

	"nixbench/themes"
	"nixbench/tui/action"
)

// soon is how long what takes milliseconds may take on a machine that is busy.
const soon = 3 * time.Second

// A line of a megabyte is broken in one go, and not measured to its end at each break.
func TestLongLineIsDrawnSoon(t *testing.T) {
	for _, part := range []string{"x", "x = 1; ", "ä", "e\u0301", "\t"} {
		w := newEditor(t)
		from := time.Now()
		w.SetValue(strings.Repeat(part, 1<<20/len(part)))
		w.Height(76)
		w.Draw(76, 10, true)
		if took := time.Since(from); took > soon {
			t.Errorf("a line of %q: drawn after %v, want it within %v", part, took, soon)
		}
	}
}

// After any change the lines are those that the text has when it is new.
func TestLinesFollowChanges(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	texts := []string{"a", "\n", "\n\n", "abc def\nghi", "世", "e\u0301", strings.Repeat("long ", 9)}
	ids := []action.ID{
		action.EditBackspace, action.EditKillRight, action.EditKillWordLeft, action.EditUndo, action.EditRedo,
		action.EditLineStart, action.EditUp, action.EditWordLeft, action.EditStart, action.EditYank,
	}
	w := newEditor(t)
	for i := range 3000 {
		if rnd.IntN(2) == 0 {
			w.Insert(texts[rnd.IntN(len(texts))])
		} else {
			do(w, ids[rnd.IntN(len(ids))])
		}
		if len(w.Value()) > 600 {
			w.Reset()
		}
		room := 7 + i/1000 // the same one for long
		fresh := New(w.st)
		fresh.SetValue(w.Value())
		if diff := cmp.Diff(w.visuals(room), fresh.visuals(room), cmp.AllowUnexported(visual{})); diff != "" {
			t.Fatalf("step %d: lines of %q (-got +want):\n%s", i, w.Value(), diff)
		}
	}
}

// The colours of a long text are not made while one types: they move along with the
// text, and the owner brings the others.
func TestLongTextIsColouredLater(t *testing.T) {
	w := newEditor(t)
	asked := 0
	w.Highlight = func(text string) (out []themes.Piece) {
		asked++
		for i := range len(text) {
			if text[i] == 'k' {
				out = append(out, themes.Piece{Start: i, End: i + 1, Token: themes.Keyword})
			}
		}
		return out
	}
	w.Update(tea.PasteMsg{Content: strings.Repeat("k = 1;\n", eager/7+1)})
	w.Draw(40, 5, true)
	text, stale := w.Stale()
	if asked != 0 || !stale || text != w.Value() {
		t.Fatalf("colours were asked for %d times, and are due: %v; want none, and due", asked, stale)
	}
	w.SetPieces(text, w.Highlight(text))
	if _, stale := w.Stale(); stale {
		t.Fatal("colours are still due after they were brought")
	}
	do(w, action.EditStart)
	typed(w, "ab")
	w.Draw(40, 5, true)
	if got, want := w.pieces[:2], []themes.Piece{{Start: 2, End: 3, Token: themes.Keyword}, {Start: 9, End: 10, Token: themes.Keyword}}; !cmp.Equal(got, want) {
		t.Errorf("after typing the colours are at %v, want %v", got, want)
	}
	w.SetPieces(text, nil) // of the text before
	if _, stale := w.Stale(); !stale || len(w.pieces) == 0 || asked != 1 {
		t.Errorf("colours of another text were taken; asked %d times", asked)
	}
}

// What can be undone is bounded by its size, and not only by how much one types.
func TestUndoIsBounded(t *testing.T) {
	w := newEditor(t)
	w.SetValue(strings.Repeat("x", 1<<20))
	for range 200 {
		typed(w, "a ")
	}
	size := 0
	for _, s := range w.undo {
		size += len(s.text)
	}
	if size > maxUndo {
		t.Errorf("%d bytes are kept, want at most %d", size, maxUndo)
	}
	do(w, action.EditUndo)
	if !strings.HasSuffix(w.Value(), " a") || len(w.Value()) != 1<<20+399 {
		t.Errorf("undo gives %d bytes, want %d", len(w.Value()), 1<<20+399)
	}
}
