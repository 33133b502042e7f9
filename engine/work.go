package engine

import (
	"context"
	"sync"
)

// work counts what runs in an engine, so that closing it can cancel and await
// it all. The zero value is ready; it is safe for concurrent use.
type work struct {
	running sync.WaitGroup

	mu      sync.Mutex // mu guards the fields below
	next    int
	cancels map[int]context.CancelFunc
	stopped bool
}

// begin returns a context that ends with ctx or when the engine stops, and the
// function that says that the work is over.
func (w *work) begin(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancel(ctx)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.stopped {
		cancel()
	}
	if w.cancels == nil {
		w.cancels = make(map[int]context.CancelFunc)
	}
	id := w.next
	w.next++
	w.cancels[id] = cancel
	w.running.Add(1)
	return ctx, func() {
		cancel()
		w.mu.Lock()
		delete(w.cancels, id)
		w.mu.Unlock()
		w.running.Done()
	}
}

// stop cancels all work, now and later, and waits for what runs.
func (w *work) stop() {
	w.mu.Lock()
	w.stopped = true
	for _, cancel := range w.cancels {
		cancel()
	}
	w.mu.Unlock()
	w.running.Wait()
}
