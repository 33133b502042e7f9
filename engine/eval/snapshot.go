package eval

import (
	"context"
	"fmt"
)

// A Snapshot is what an interface shows of a value: text, and how many children
// there are. It holds nothing that changes.
type Snapshot struct {
	Kind Kind
	// Text is the value on one line, cut short; "«thunk»" if it has not been
	// evaluated, "«error: …»" if Err is set.
	Text string
	// Children is the number of attributes or elements; 0 for others.
	Children int
	// DrvPath is the derivation's path if the value is an evaluated derivation.
	DrvPath string
	// Context is what a string refers to.
	Context StringContext
	Err     *Error
}

// A Child is an attribute or an element of a value.
type Child struct {
	Name  string // of the attribute, "" of an element
	Index int
	Value Value
	Pos   Pos
}

// snapshotPrint is how a Snapshot shows a value.
var snapshotPrint = PrintOptions{MaxDepth: 2, MaxAttrs: 8, MaxItems: 8, MaxString: 200}

// Snapshot looks at a value without forcing anything.
func (ev *Evaluator) Snapshot(v Value) Snapshot {
	v = v.peek()
	snap := Snapshot{Kind: v.Kind(), Context: v.Context()}
	s := &State{ev: ev, nodes: ev.nodes.view(), room: maxRoom}
	snap.Text = s.Print(v, snapshotPrint)
	switch v.raw() {
	case rawList:
		snap.Children = v.Len()
	case rawAttrs:
		snap.Children = v.Attrs().Len()
		if isEvaluatedDerivation(v) {
			if p := get(v, symDrvPath); p != nil && p.peek().isString() {
				snap.DrvPath = p.peek().str()
				snap.Text = "«derivation " + snap.DrvPath + "»"
			}
		}
	}
	return snap
}

func isEvaluatedDerivation(v Value) bool {
	t := get(v, symType)
	return t != nil && t.peek().isString() && t.peek().str() == "derivation"
}

// Expand forces v, and nothing below it, and looks at it. If v is a derivation,
// its drvPath is forced too. Err of the result is the error if there was one;
// err is one that concerns the caller: the context was cancelled.
func (ev *Evaluator) Expand(ctx context.Context, v Value) (snap Snapshot, err error) {
	return ev.snapshotOr(ev.value(ctx, func(s *State) Value { return s.known(v) }))
}

// known evaluates what a snapshot tells of a value.
func (s *State) known(v Value) Value {
	r := s.force(v)
	if r.is(rawAttrs) && s.IsDerivation(r) {
		if p := get(r, symDrvPath); p != nil {
			s.force(*p)
		}
	}
	return r
}

// snapshotOr describes a value, or the error of the language instead of which it is not
// there; err is any other.
func (ev *Evaluator) snapshotOr(r Value, err error) (Snapshot, error) {
	if err == nil {
		return ev.Snapshot(r), nil
	}
	e, ok := err.(*Error)
	if !ok || e.Kind == ErrorCancelled {
		return Snapshot{}, err
	}
	return Snapshot{Kind: KindThunk, Text: fmt.Sprintf("«error: %s»", e.Msg), Err: e}, nil
}

// Children returns the attributes, in lexicographic order, or the elements of a
// value, from the index from on and at most n. Nothing is forced.
func (ev *Evaluator) Children(v Value, from, n int) []Child {
	v = v.peek()
	var out []Child
	switch v.raw() {
	case rawList:
		elems := v.list()
		for i := from; i < len(elems) && len(out) < n; i++ {
			out = append(out, Child{Index: i, Value: elems[i]})
		}
	case rawAttrs:
		v = flat(v)
		sh := v.shape()
		order := sh.lexOrder()
		for i := from; i < len(order) && len(out) < n; i++ {
			k := int(order[i])
			out = append(out, Child{SymName(sh.syms[k]), i, *v.attrAt(k), sh.posAt(k)})
		}
	}
	return out
}
