package eval

import (
	"context"
	"testing"
	"time"
)

// TestWhilePaused pins that evaluations take no more memory while they are paused, can be
// cancelled meanwhile, and are right when they go on.
func TestWhilePaused(t *testing.T) {
	const sum = `(builtins.foldl' (a: i: { v = a.v + 1; }) { v = 0; } (builtins.genList (x: x) 20000)).v`
	type answer struct {
		v   Value
		err error
	}
	ev := newTestEvaluator(nil)
	begin := func(ctx context.Context) <-chan answer {
		answers := make(chan answer, 1)
		go func() {
			v, err := ev.EvalString(ctx, sum, "/")
			answers <- answer{v, err}
		}()
		return answers
	}
	var later <-chan answer
	WhilePaused(func() {
		later = begin(t.Context())
		ctx, cancel := context.WithCancel(t.Context())
		cancelled := begin(ctx)
		time.AfterFunc(10*time.Millisecond, cancel)
		wantKind(t, (<-cancelled).err, ErrorCancelled)
		select {
		case a := <-later:
			t.Errorf("a paused evaluation has ended, with %v", a.err)
		default:
		}
	})
	if a := <-later; a.err != nil || a.v.AsInt() != 20000 {
		t.Errorf("after the pause: got %v, %v", a.v, a.err)
	}
}
