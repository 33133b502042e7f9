package editor

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

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
