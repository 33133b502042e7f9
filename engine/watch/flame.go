package watch

import (
	"bufio"
	"cmp"
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
	noEntries
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
	drv    string // of derivationStrict, ":" and the name of the derivation
}

// Call implements [eval.Tracer].
func (f *Flame) Call(s *eval.State, c eval.TracedCall) {
	f.ev = s.Evaluator()
	key := flameKey{c.Callee, c.Pos, drvName(s, c)}
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
	f.calls.push(node)
	if now := time.Now(); now.Sub(f.last) > f.period {
		node.count++
		f.last = now
	}
}

// Return implements [eval.Tracer].
func (f *Flame) Return(*eval.State) { f.calls.pop() }

// drvName returns ":" and the name of the derivation that a call of derivationStrict is to
// make, "" for others. Errors that this meets are met again by the call.
func drvName(s *eval.State, c eval.TracedCall) (name string) {
	if c.Builtin == nil || c.Builtin.Name != "derivationStrict" {
		return ""
	}
	s.TryOnce(func() {
		attrs := s.ForceAttrs(c.Args[0], "")
		name = ":" + s.ForceStringNoCtx(s.ForceAttr(attrs, eval.Intern("name"), ""), "")
	}, func(e *eval.Error) bool { return e.Kind != eval.ErrorCancelled })
	return name
}

// WriteTo writes a line for each stack: the calls from the outermost on, with semicolons
// between them, a space, and how often it was seen. Stacks come in the order of their calls.
func (f *Flame) WriteTo(w io.Writer) (int64, error) {
	out := bufio.NewWriter(w)
	n, err := f.write(out, &f.root, nil)
	if err != nil {
		return n, err
	}
	return n, out.Flush()
}

// write writes the stacks that n, whose calls have these names, is part of.
func (f *Flame) write(out *bufio.Writer, n *flameNode, names []string) (size int64, err error) {
	if n.count > 0 {
		k, err := fmt.Fprintf(out, "%s %d\n", strings.Join(names, ";"), n.count)
		if size += int64(k); err != nil {
			return size, err
		}
	}
	for _, key := range slices.SortedFunc(maps.Keys(n.children), flameKey.compare) {
		k, err := f.write(out, n.children[key], append(names[:len(names):len(names)], f.name(key)))
		if size += k; err != nil {
			return size, err
		}
	}
	return size, nil
}

// compare orders calls as Nix does: functions come first, then builtins, others last, each
// by what is called and then by where. What is called has in Nix the order of its memory.
func (k flameKey) compare(other flameKey) int {
	return cmp.Or(
		cmp.Compare(k.kind(), other.kind()),
		cmp.Compare(k.callee.Pos(), other.callee.Pos()),
		cmp.Compare(k.callee.Name(), other.callee.Name()),
		cmp.Compare(k.pos, other.pos),
		cmp.Compare(k.drv, other.drv),
	)
}

func (k flameKey) kind() int {
	switch {
	case k.callee == eval.Callee{}:
		return 4
	case k.drv != "":
		return 3
	case k.callee.Functor:
		return 2
	case k.callee.Builtin != nil:
		return 1
	}
	return 0
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
		return place + "primop " + key.callee.Name() + key.drv
	case key.callee.Functor:
		return place + "functor"
	}
	return strings.TrimSuffix(place+key.callee.Name(), ":")
}
