package engine

import (
	"context"
	"testing"
	"testing/synctest"
)

func TestWorkStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var w work
		ended := 0
		for range 3 {
			ctx, done := w.begin(t.Context())
			go func() {
				defer done()
				<-ctx.Done()
				ended++
			}()
			synctest.Wait()
		}
		w.stop()
		if ended != 3 {
			t.Errorf("stop returned when %d of 3 had ended", ended)
		}
		ctx, done := w.begin(t.Context())
		if ctx.Err() == nil {
			t.Error("work that begins after stop: its context is alive")
		}
		done()
		w.stop()
	})
}

func TestWorkEndsWithItsContext(t *testing.T) {
	var w work
	parent, cancel := context.WithCancel(t.Context())
	ctx, done := w.begin(parent)
	other, otherDone := w.begin(t.Context())
	cancel()
	if ctx.Err() == nil || other.Err() != nil {
		t.Errorf("after cancelling one: got %v and %v", ctx.Err(), other.Err())
	}
	done()
	if len(w.cancels) != 1 {
		t.Errorf("got %d works, want the other", len(w.cancels))
	}
	otherDone()
	if other.Err() == nil || len(w.cancels) != 0 {
		t.Errorf("at the end: got %v and %d works", other.Err(), len(w.cancels))
	}
	w.stop()
}
