package cli

import (
	"context"
	"io"
	"slices"
	"sync"
	"time"

	"nixbench/engine"
	"nixbench/engine/event"
	"nixbench/store"
	"nixbench/store/drv"
)

// This file starts and ends what tells of builds, and waits for it.

// heartbeat is how long a follower says nothing while builds run.
const heartbeat = 30 * time.Second

// A spoken is a stream that knows when it was last written to.
type spoken struct {
	io.Writer
	last time.Time
}

func (s *spoken) Write(b []byte) (int, error) {
	s.last = time.Now()
	return s.Writer.Write(b)
}

// follow starts a follower of the engine's activities. The functions that it returns wait
// until all that was posted has been told; stop ends it.
func follow(ctx context.Context, eng *engine.Engine, f follower) (catchUp, stop func()) {
	f.seen, f.runs, f.began = make(map[event.ID]*followed), make(map[event.ID]*followed), time.Now()
	said := &spoken{f.w, f.began}
	f.w = said
	f.log = func(p store.Path) (io.ReadCloser, error) { return eng.Log(context.WithoutCancel(ctx), p) }
	f.derivation = func(p string) (*drv.Derivation, error) {
		return eng.ReadDerivation(context.WithoutCancel(ctx), store.Path(p))
	}
	f.mark, f.passed = eng.Events().NewID(), make(chan struct{}, 1)
	box := eng.Events().Subscribe()
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var done sync.WaitGroup
	done.Go(func() { f.run(ctx, box, said) })
	var one sync.Mutex // there is one mark
	catchUp = func() {
		one.Lock()
		defer one.Unlock()
		box.Post(&event.Activity{ID: f.mark, Kind: event.Notice})
		select {
		case <-f.passed:
		case <-ctx.Done():
		}
	}
	return catchUp, func() {
		cancel()
		done.Wait()
		eng.Events().Unsubscribe(box)
		drained, cancelled := context.WithCancel(ctx)
		cancelled()
		if acts, err := box.Take(drained); err == nil {
			f.tell(acts)
		}
		if f.blocks {
			f.tellSummary()
		}
		if f.bar != nil {
			f.bar.show(nil)
		}
	}
}

func (f *follower) run(ctx context.Context, box *event.Mailbox, said *spoken) {
	for {
		wait, cancel := context.WithDeadline(ctx, f.until(said.last))
		acts, err := box.Take(wait)
		cancel()
		switch {
		case f.bar != nil && (ctx.Err() == nil || err == nil):
			f.bar.begin()
			f.tell(acts)
			f.redraw(err != nil)
		case ctx.Err() != nil && err != nil:
			return
		case err != nil:
			f.beat()
			said.last = time.Now()
		default:
			f.tell(acts)
		}
	}
}

// passMark says that what was posted before the mark has been told.
func (f *follower) passMark(acts []*event.Activity) {
	if f.mark != 0 && slices.ContainsFunc(acts, func(act *event.Activity) bool { return act.ID == f.mark }) {
		f.passed <- struct{}{}
	}
}
