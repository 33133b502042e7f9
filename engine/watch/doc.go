// Package watch holds what observes an evaluation: each watcher is an
// [eval.Tracer] that is told of calls as they begin and end.
//
// A watcher serves one evaluator, and one goroutine at a time. Its results are
// asked for when the evaluation has ended.
package watch

import "nixbench/engine/eval"

// All tells several watchers.
type All []eval.Tracer

// Enter implements [eval.Tracer].
func (a All) Enter(s *eval.State, c eval.TracedCall) {
	for _, t := range a {
		t.Enter(s, c)
	}
}

// Leave implements [eval.Tracer].
func (a All) Leave(s *eval.State) {
	for i := len(a) - 1; i >= 0; i-- {
		a[i].Leave(s)
	}
}

// A stack holds something for each call that is under way.
type stack[T any] struct {
	frames []stackFrame[T]
}

type stackFrame[T any] struct {
	depth int
	value T
}

// settle drops the calls that an error has unwound before one at depth, innermost
// first.
func (st *stack[T]) settle(depth int, drop func(T)) {
	for n := len(st.frames); n > 0 && st.frames[n-1].depth >= depth; n-- {
		drop(st.frames[n-1].value)
		st.frames = st.frames[:n-1]
	}
}

func (st *stack[T]) push(depth int, value T) {
	st.frames = append(st.frames, stackFrame[T]{depth, value})
}

// pop returns the innermost call; ok is false if there is none.
func (st *stack[T]) pop() (value T, ok bool) {
	n := len(st.frames)
	if n == 0 {
		return value, false
	}
	value = st.frames[n-1].value
	st.frames = st.frames[:n-1]
	return value, true
}

// top returns the innermost call; ok is false if there is none.
func (st *stack[T]) top() (value T, ok bool) {
	if n := len(st.frames); n > 0 {
		return st.frames[n-1].value, true
	}
	return value, false
}
