package repl

import (
	"context"
	"errors"
	"sync"

	"nixbench/engine/eval"
)

// handled is what a Handle stands for: a value, options, an error, or a step of one.
// Once it is in a table, only who looks changes it; see [handles.look].
type handled struct {
	value    eval.Value
	attrPath string
	pos      eval.Pos
	inside   []Node // before the children of value

	option  *option  // whose value it is; nil for most
	options []option // of a list of them; nil for a value

	steps []eval.Step // of an error; nil for a value
	at    int         // the step among them, -1 for the error
}

// handles are what the handles of a sitting and of those beside it stand for. It is safe
// for concurrent use.
type handles struct {
	looking chan struct{} // held, by sending to it, while what they stand for is looked at

	mu sync.Mutex // mu guards of
	of map[Handle]*handled
}

func newHandles() *handles {
	return &handles{looking: make(chan struct{}, 1), of: map[Handle]*handled{}}
}

// look waits until nobody else looks at what handles stand for, and returns the function
// that lets others do so.
func (hs *handles) look(ctx context.Context) (end func(), err error) {
	select {
	case hs.looking <- struct{}{}:
		return func() { <-hs.looking }, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// set says what a handle stands for.
func (hs *handles) set(h Handle, it *handled) {
	hs.mu.Lock()
	defer hs.mu.Unlock()
	hs.of[h] = it
}

// errHandle reports a handle that the session does not know, or no longer.
var errHandle = errors.New("this value belongs to an earlier session")

// lookup returns what a handle stands for.
func (hs *handles) lookup(h Handle) (*handled, error) {
	hs.mu.Lock()
	defer hs.mu.Unlock()
	it, ok := hs.of[h]
	if !ok {
		return nil, errHandle
	}
	return it, nil
}
