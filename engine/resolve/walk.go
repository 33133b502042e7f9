package resolve

import (
	"cmp"
	"slices"

	"nixbench/engine/syntax"
)

// A resolver goes through one tree.
type resolver struct {
	opts      *Options
	bySymbol  bool        // visit attributes and formals in the order of symbols
	undefined *syntax.Var // the first undefined variable met, nil if none
	unasked   int         // expressions since the last call of Options.Poll
}

// pollEvery is how many expressions are visited between two calls of
// Options.Poll.
const pollEvery = 1 << 12

// variable finds what v refers to.
func (r *resolver) variable(v *syntax.Var, sc *scope) {
	if ref, ok := sc.lookup(v.Name); ok {
		v.Ref = ref
		return
	}
	if slot, ok := r.opts.Scope.Lookup(v.Name); ok {
		v.Ref = syntax.Ref{Kind: syntax.Outer, Slot: slot}
		return
	}
	if r.opts.Global(v.Name) {
		v.Ref = syntax.Ref{Kind: syntax.Global}
		return
	}
	withs := sc.enclosingWiths()
	if withs == nil && r.undefined == nil {
		r.undefined = v
	}
	v.Ref = syntax.Ref{Kind: syntax.InWith, Withs: withs}
}

// expr resolves e. own says that e is evaluated at most once in the life of
// the current frame and as part of its body, so that scopes may use slots of
// that frame.
func (r *resolver) expr(e syntax.Expr, sc *scope, own bool) {
	if r.unasked++; r.unasked == pollEvery {
		r.unasked = 0
		if r.opts.Poll != nil {
			r.opts.Poll()
		}
	}
	switch e := e.(type) {
	case *syntax.Var:
		r.variable(e, sc)
	case *syntax.Select:
		r.expr(e.X, sc, own)
		if e.Default != nil {
			r.expr(e.Default, sc, own)
		}
		r.path(e.Path, sc)
	case *syntax.HasAttr:
		r.expr(e.X, sc, own)
		r.path(e.Path, sc)
	case *syntax.Call:
		r.expr(e.Fn, sc, own)
		for _, x := range e.Args {
			r.expr(x, sc, false)
		}
	case *syntax.List:
		for _, x := range e.Elems {
			r.expr(x, sc, false)
		}
	case *syntax.Interp:
		for _, part := range e.Parts {
			r.expr(part.X, sc, false)
		}
	case *syntax.Lambda:
		r.lambda(e, sc)
	case *syntax.Attrs:
		r.set(e, sc, own)
	case *syntax.Let:
		inner := r.bind(e.Attrs, sc, own)
		r.expr(e.Body, inner, true)
		e.Attrs.Frame = frameOf(inner, sc)
	case *syntax.With:
		r.with(e, sc, own)
	case *syntax.If:
		r.expr(e.Cond, sc, own)
		r.expr(e.Then, sc, own)
		r.expr(e.Else, sc, own)
	case *syntax.Assert:
		r.expr(e.Cond, sc, own)
		r.expr(e.Body, sc, own)
	case *syntax.Not:
		r.expr(e.X, sc, own)
	case *syntax.Binary:
		r.binary(e, sc, own)
	}
}

func (r *resolver) path(path []syntax.AttrName, sc *scope) {
	for _, n := range path {
		if n.X != nil {
			r.expr(n.X, sc, false)
		}
	}
}

// binary resolves the operands of an operator, and the function that it
// stands for if the program has given its name another meaning.
func (r *resolver) binary(e *syntax.Binary, sc *scope, own bool) {
	x, y := e.X, e.Y
	if fn, swapped, _ := e.Op.Func(); fn != 0 {
		if swapped {
			x, y = y, x
		}
		_, bound := sc.lookup(fn)
		_, outer := r.opts.Scope.Lookup(fn)
		if bound || outer {
			e.Fn = &syntax.Var{Name: fn, At: e.At}
			r.variable(e.Fn, sc)
		}
	}
	r.expr(x, sc, own)
	r.expr(y, sc, own)
}

// lambda resolves a function together with the functions x: y: … that are its
// body, which get slots of its frame unless they are to be apart.
func (r *resolver) lambda(l *syntax.Lambda, sc *scope) {
	inner := &scope{up: sc, frame: &frame{level: sc.frame.level + 1}, lambda: l}
	l.Merged, l.ArgSlot = 1, inner.frame.reserve(1)
	body := l.Body
	if l.HasFormals {
		inner.frame.reserve(len(l.Formals))
		for _, f := range r.formals(l) {
			if f.Default != nil {
				r.expr(f.Default, inner, false)
			}
		}
	} else if !r.opts.Apart {
		for {
			next, ok := body.(*syntax.Lambda)
			if !ok || next.HasFormals {
				break
			}
			l.Merged++
			next.Merged, next.ArgSlot = 0, inner.frame.reserve(1)
			body = next.Body
		}
	}
	r.expr(body, inner, true)
	l.Frame = syntax.Frame{New: true, Size: inner.frame.size}
}

func (r *resolver) formals(l *syntax.Lambda) []syntax.Formal {
	if !r.bySymbol {
		return l.Formals
	}
	sorted := slices.Clone(l.Formals)
	slices.SortFunc(sorted, func(x, y syntax.Formal) int { return cmp.Compare(x.Name, y.Name) })
	return sorted
}

func (r *resolver) with(e *syntax.With, sc *scope, own bool) {
	r.expr(e.Scope, sc, false)
	inner := r.enter(sc, own)
	inner.with = e
	e.Slot = inner.frame.reserve(1)
	r.expr(e.Body, inner, true)
	e.Frame = frameOf(inner, sc)
}

// enter makes a scope inside sc, in a new frame unless own.
func (r *resolver) enter(sc *scope, own bool) *scope {
	if own {
		return &scope{up: sc, frame: sc.frame}
	}
	return &scope{up: sc, frame: &frame{level: sc.frame.level + 1}}
}

// frameOf returns what a node that binds the names of inner says about its frame.
func frameOf(inner, sc *scope) syntax.Frame {
	if inner.frame == sc.frame {
		return syntax.Frame{}
	}
	return syntax.Frame{New: true, Size: inner.frame.size}
}

func (r *resolver) set(a *syntax.Attrs, sc *scope, own bool) {
	if !a.Rec {
		r.attrs(a, sc, sc)
		return
	}
	inner := r.bind(a, sc, own)
	a.Frame = frameOf(inner, sc)
}

// bind gives the names of a rec or let slots and resolves their values.
func (r *resolver) bind(a *syntax.Attrs, sc *scope, own bool) *scope {
	inner := r.enter(sc, own)
	inner.attrs = a
	first := inner.frame.reserve(len(a.Attrs))
	for i := range a.Attrs {
		a.Attrs[i].Slot = first + int32(i)
	}
	r.attrs(a, inner, sc)
	return inner
}

// attrs resolves the parts of a set: in sc, but for inherited names in outer.
func (r *resolver) attrs(a *syntax.Attrs, sc, outer *scope) {
	for _, x := range a.Froms {
		r.expr(x, sc, false)
	}
	for i := range r.order(a) {
		switch n := &a.Attrs[i]; n.Kind {
		case syntax.Plain:
			r.expr(n.Value, sc, false)
		case syntax.Inherited:
			r.expr(n.Value, outer, false)
		}
	}
	for _, d := range a.Dynamic {
		r.expr(d.Name, sc, false)
		r.expr(d.Value, sc, false)
	}
}

// order yields the indices of the attributes in the order to visit them.
func (r *resolver) order(a *syntax.Attrs) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		if !r.bySymbol {
			for i := range a.Attrs {
				if !yield(i) {
					return
				}
			}
			return
		}
		for _, i := range sortedIndices(a) {
			if !yield(i) {
				return
			}
		}
	}
}

func sortedIndices(a *syntax.Attrs) []int {
	indices := make([]int, len(a.Attrs))
	for i := range indices {
		indices[i] = i
	}
	slices.SortFunc(indices, func(i, j int) int { return cmp.Compare(a.Attrs[i].Name, a.Attrs[j].Name) })
	return indices
}
