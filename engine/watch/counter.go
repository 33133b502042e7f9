package watch

import (
	"cmp"
	"slices"

	"nixbench/engine/eval"
	"nixbench/engine/syntax"
)

// A Counter counts calls by what is called: NIX_COUNT_CALLS.
type Counter struct {
	noCalls
	counts map[eval.Callee]int64
	ev     *eval.Evaluator
}

// Enter implements [eval.Tracer]. For Nix, each argument of a function is taken by a
// function of its own.
func (n *Counter) Enter(s *eval.State, c eval.Callee, args int) {
	if n.counts == nil {
		n.counts, n.ev = make(map[eval.Callee]int64), s.Evaluator()
	}
	if c.Builtin != nil {
		args = 1
	}
	for range args {
		n.counts[c]++
		c = c.Next()
	}
}

// Leave implements [eval.Tracer].
func (n *Counter) Leave(*eval.State) {}

// Builtins returns how often each builtin was called.
func (n *Counter) Builtins() map[string]int64 {
	counts := make(map[string]int64)
	for c, count := range n.counts {
		if c.Builtin != nil {
			counts[c.Builtin.Name] += count
		}
	}
	return counts
}

// A FunctionCount says how often a function was called.
type FunctionCount struct {
	Name  string // "" if it has none
	Place syntax.Position
	Count int64
}

// Functions returns how often each function was called, by their places.
func (n *Counter) Functions() []FunctionCount {
	var counts []FunctionCount
	for c, count := range n.counts {
		if c.Builtin == nil && !c.Functor {
			counts = append(counts, FunctionCount{c.Name(), n.ev.Position(c.Pos()), count})
		}
	}
	slices.SortFunc(counts, func(a, b FunctionCount) int {
		return cmp.Or(cmp.Compare(a.Place.Name, b.Place.Name), cmp.Compare(a.Place.Offset, b.Place.Offset))
	})
	return counts
}
