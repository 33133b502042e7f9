package watch

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"nixbench/engine/eval"
)

// A Flame counts call stacks at intervals, for a flame graph: --eval-profiler
// flamegraph.
// Behaviour: SampleStack in Nix's eval-profiler.cc.
type Flame struct {
	period time.Duration
	last   time.Time
	root   flameNode
	calls  stack[*flameNode]
	ev     *eval.Evaluator
}

// NewFlame returns a Flame that looks at the stack frequency times a second, at
// the beginning of calls; 0 is at every call.
func NewFlame(frequency int) *Flame {
	f := &Flame{last: time.Now()}
	if frequency > 0 {
		f.period = time.Second / time.Duration(frequency)
	}
	return f
}

// A flameNode is a call, with those inside it.
type flameNode struct {
	count    int64
	children map[flameKey]*flameNode
}

type flameKey struct {
	callee eval.Callee
	pos    eval.Pos
}

// Enter implements [eval.Tracer].
func (f *Flame) Enter(s *eval.State, c eval.TracedCall) {
	f.ev = s.Evaluator()
	f.calls.settle(c.Depth, func(*flameNode) {})
	key := flameKey{callee: c.Callee, pos: c.Pos}
	parent, ok := f.calls.top()
	if !ok {
		parent = &f.root
	}
	node := parent.children[key]
	if node == nil {
		if node = new(flameNode); parent.children == nil {
			parent.children = make(map[flameKey]*flameNode)
		}
		parent.children[key] = node
	}
	f.calls.push(c.Depth, node)
	if now := time.Now(); now.Sub(f.last) > f.period {
		node.count++
		f.last = now
	}
}

// Leave implements [eval.Tracer].
func (f *Flame) Leave(*eval.State) { f.calls.pop() }

// WriteTo writes a line for each stack, sorted: the calls from the outermost on,
// with semicolons between them, a space, and how often it was seen.
func (f *Flame) WriteTo(w io.Writer) (int64, error) {
	var lines []string
	f.lines(&f.root, nil, &lines)
	slices.Sort(lines)
	out := bufio.NewWriter(w)
	n := 0
	for _, line := range lines {
		k, _ := out.WriteString(line + "\n")
		n += k
	}
	return int64(n), out.Flush()
}

func (f *Flame) lines(n *flameNode, names []string, lines *[]string) {
	if n.count > 0 {
		*lines = append(*lines, fmt.Sprintf("%s %d", strings.Join(names, ";"), n.count))
	}
	for key := range maps.Keys(n.children) {
		f.lines(n.children[key], append(names[:len(names):len(names)], f.name(key)), lines)
	}
}

// name returns how a call is written.
func (f *Flame) name(key flameKey) string {
	pos := key.pos
	if pos == 0 {
		pos = key.callee.Pos()
	}
	place := ""
	if pos != 0 || key.callee.Builtin == nil {
		place = f.ev.Position(pos).String() + ":"
	}
	switch {
	case key.callee.Builtin != nil:
		return place + "primop " + key.callee.Name()
	case key.callee.Functor:
		return place + "functor"
	}
	return strings.TrimSuffix(place+key.callee.Name(), ":")
}
