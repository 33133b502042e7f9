// Package watch holds what observes an evaluation: each watcher is an
// [eval.Tracer] that is told of calls as they begin and end.
//
// A watcher serves one evaluator, and one goroutine at a time. Its results are
// asked for when the evaluation has ended.
package watch

import "nixbench/engine/eval"

// All tells several watchers.
type All []eval.Tracer

// Call implements [eval.Tracer].
func (a All) Call(s *eval.State, c eval.TracedCall) {
	for _, t := range a {
		t.Call(s, c)
	}
}

// Return implements [eval.Tracer].
func (a All) Return(s *eval.State) {
	for _, t := range a {
		t.Return(s)
	}
}

// Enter implements [eval.Tracer].
func (a All) Enter(s *eval.State, c eval.Callee, args int) {
	for _, t := range a {
		t.Enter(s, c, args)
	}
}

// Leave implements [eval.Tracer].
func (a All) Leave(s *eval.State) {
	for i := len(a) - 1; i >= 0; i-- {
		a[i].Leave(s)
	}
}

// Watchers of calls embed noEntries, those of what runs inside calls noCalls.
type (
	noEntries struct{}
	noCalls   struct{}
)

// Enter implements [eval.Tracer].
func (noEntries) Enter(*eval.State, eval.Callee, int) {}

// Leave implements [eval.Tracer].
func (noEntries) Leave(*eval.State) {}

// Call implements [eval.Tracer].
func (noCalls) Call(*eval.State, eval.TracedCall) {}

// Return implements [eval.Tracer].
func (noCalls) Return(*eval.State) {}

// A stack holds something for each call that is under way.
type stack[T any] []T

func (st *stack[T]) push(value T) { *st = append(*st, value) }

// pop returns the innermost call; ok is false if there is none.
func (st *stack[T]) pop() (value T, ok bool) {
	if value, ok = st.top(); ok {
		*st = (*st)[:len(*st)-1]
	}
	return value, ok
}

// top returns the innermost call; ok is false if there is none.
func (st *stack[T]) top() (value T, ok bool) {
	if n := len(*st); n > 0 {
		return (*st)[n-1], true
	}
	return value, false
}
