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
	Tell  func(line string)
	calls stack[string] // places
}

// Enter implements [eval.Tracer].
func (f *Functions) Enter(s *eval.State, c eval.TracedCall) {
	f.calls.settle(c.Depth, f.exited)
	place := s.Evaluator().Position(c.Pos).String()
	f.Tell(fmt.Sprintf("function-trace entered %s at %d", place, time.Now().UnixNano()))
	f.calls.push(c.Depth, place)
}

// Leave implements [eval.Tracer].
func (f *Functions) Leave(*eval.State) {
	if place, ok := f.calls.pop(); ok {
		f.exited(place)
	}
}

func (f *Functions) exited(place string) {
	f.Tell(fmt.Sprintf("function-trace exited %s at %d", place, time.Now().UnixNano()))
}
