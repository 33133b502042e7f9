package watch

import (
	"fmt"
	"time"

	"nixbench/engine/eval"
)

// Functions tells of each call as it begins and ends, with the time in
// nanoseconds since 1970: --trace-function-calls.
// Behaviour: FunctionCallTrace in Nix's function-trace.cc.
type Functions struct {
	noEntries
	Tell  func(line string)
	calls stack[string] // places
}

// Call implements [eval.Tracer].
func (f *Functions) Call(s *eval.State, c eval.TracedCall) {
	place := s.Evaluator().Position(c.Pos).String()
	f.Tell(fmt.Sprintf("function-trace entered %s at %d", place, time.Now().UnixNano()))
	f.calls.push(place)
}

// Return implements [eval.Tracer].
func (f *Functions) Return(*eval.State) {
	if place, ok := f.calls.pop(); ok {
		f.Tell(fmt.Sprintf("function-trace exited %s at %d", place, time.Now().UnixNano()))
	}
}
