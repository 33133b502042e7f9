package tui

// This file is about panics that the interface survives, or that it ends in order at. Any
// other panic ends the program; what is then left of the terminal is for tui/guard.

import (
	"fmt"
	"runtime/debug"
)

// guarded calls f. A panic of f ends the interface: the terminal is given back and the
// store closed as they always are.
func (m *Model) guarded(f func()) {
	defer func() {
		r := recover()
		switch {
		case r == nil || m.panicked != nil:
		case m.end == nil:
			panic(r) // no program, no terminal
		default:
			m.panicked = internalError(r, m.env.keepTrace)
			m.quitting = true
			go m.end() // the program waits for us
		}
	}()
	if m.panicked == nil {
		f()
	}
}

// internalError is the error of a panic that was recovered from, and says where its trace
// is kept.
func internalError(r any, keep func([]byte) (string, error)) error {
	err := fmt.Errorf("internal error: %v", r)
	if keep == nil {
		return err
	}
	file, kerr := keep(fmt.Appendf(nil, "panic: %v\n\n%s", r, debug.Stack()))
	if kerr != nil {
		return fmt.Errorf("%v; keep the trace: %v", err, kerr)
	}
	return fmt.Errorf("%v; the trace is kept in %s", err, file)
}
