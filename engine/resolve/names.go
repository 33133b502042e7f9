package resolve

import (
	"slices"

	"nixbench/engine/syntax"
)

// This file answers, for debuggers, which names can be used at a place in a
// resolved tree and where their values are. It goes through the tree anew: what
// nobody asks for is not kept.

// A Level is what one scope binds.
type Level struct {
	Kind  LevelKind
	Names []Name // in the order of the text; none of a with
	// With is the slot of the set of a with.
	With Name
}

// A LevelKind says what made a scope.
type LevelKind uint8

// The kinds of scopes.
const (
	LevelFunction LevelKind = iota
	LevelLet
	LevelRec
	LevelWith
)

// A Name is a variable: the slot of a frame that is Depth above the current one.
type Name struct {
	Sym         syntax.Sym
	Depth, Slot int32
}

// Names returns what can be used in a part of a resolved tree, innermost scope
// first, as seen from the frame in which the part is evaluated; nil if it is not
// in the tree. If inside, that is the frame which the part itself makes: it is
// the *syntax.Lambda that was called, or the *syntax.Let or *syntax.With. The
// scopes in it around a place that use the same frame count too.
func Names(root, part syntax.Expr, inside bool, place syntax.Pos) []Level {
	f := finder{part: part, inside: inside, place: place}
	f.expr(root, &scope{frame: &frame{}})
	if f.found == nil {
		return nil
	}
	sc := f.found
	if f.closer != nil {
		sc = f.closer
	}
	return sc.levels(f.found.frame.level)
}

// A finder looks for a part of a tree, and then for a place in it.
type finder struct {
	part   syntax.Expr
	inside bool
	place  syntax.Pos
	found  *scope // of the part
	closer *scope // around the place, in the same frame
	within bool   // going through the part
}

func (f *finder) expr(e syntax.Expr, sc *scope) {
	if e == nil || f.found != nil && !f.within {
		return
	}
	if e == f.part {
		f.within = true
		defer func() { f.within = false }()
		if !f.inside {
			f.found = sc
		}
	}
	if f.within && f.found != nil && e.Pos() == f.place && sc.frame == f.found.frame {
		f.closer = sc
	}
	f.parts(e, sc)
}

// enter is expr for what is in a scope that e makes.
func (f *finder) enter(e syntax.Expr, sc *scope) {
	if e == f.part && f.inside {
		f.found = sc
	}
}

func (f *finder) parts(e syntax.Expr, sc *scope) {
	switch e := e.(type) {
	case *syntax.Select:
		f.expr(e.X, sc)
		f.expr(e.Default, sc)
		f.path(e.Path, sc)
	case *syntax.HasAttr:
		f.expr(e.X, sc)
		f.path(e.Path, sc)
	case *syntax.Call:
		f.expr(e.Fn, sc)
		f.all(e.Args, sc)
	case *syntax.List:
		f.all(e.Elems, sc)
	case *syntax.Interp:
		for _, part := range e.Parts {
			f.expr(part.X, sc)
		}
	case *syntax.Lambda:
		f.lambda(e, sc)
	case *syntax.Attrs:
		inner := sc
		if e.Rec {
			inner = sc.inside(e.Frame)
			inner.attrs = e
		}
		f.attrs(e, inner, sc)
	case *syntax.Let:
		inner := sc.inside(e.Attrs.Frame)
		inner.attrs = e.Attrs
		f.enter(e, inner)
		f.attrs(e.Attrs, inner, sc)
		f.expr(e.Body, inner)
	case *syntax.With:
		f.expr(e.Scope, sc)
		inner := sc.inside(e.Frame)
		inner.with = e
		f.enter(e, inner)
		f.expr(e.Body, inner)
	case *syntax.If:
		f.all([]syntax.Expr{e.Cond, e.Then, e.Else}, sc)
	case *syntax.Assert:
		f.all([]syntax.Expr{e.Cond, e.Body}, sc)
	case *syntax.Not:
		f.expr(e.X, sc)
	case *syntax.Binary:
		f.all([]syntax.Expr{e.X, e.Y}, sc)
	}
}

// inside makes the scope of something that binds names.
func (sc *scope) inside(fr syntax.Frame) *scope {
	inner := &scope{up: sc, frame: sc.frame}
	if fr.New {
		inner.frame = &frame{level: sc.frame.level + 1}
	}
	return inner
}

func (f *finder) all(es []syntax.Expr, sc *scope) {
	for _, e := range es {
		f.expr(e, sc)
	}
}

func (f *finder) path(path []syntax.AttrName, sc *scope) {
	for _, n := range path {
		f.expr(n.X, sc)
	}
}

func (f *finder) attrs(a *syntax.Attrs, sc, outer *scope) {
	f.all(a.Froms, sc)
	for i := range a.Attrs {
		if n := &a.Attrs[i]; n.Kind == syntax.Inherited {
			f.expr(n.Value, outer)
		} else {
			f.expr(n.Value, sc)
		}
	}
	for _, d := range a.Dynamic {
		f.expr(d.Name, sc)
		f.expr(d.Value, sc)
	}
}

// lambda goes through a function and those that share its frame.
func (f *finder) lambda(l *syntax.Lambda, sc *scope) {
	inner := sc.inside(l.Frame)
	inner.lambda = l
	f.enter(l, inner)
	for _, formal := range l.Formals {
		f.expr(formal.Default, inner)
	}
	body := l.Body
	for n := l.Merged; n > 1; n-- {
		body = body.(*syntax.Lambda).Body
	}
	f.expr(body, inner)
}

// levels lists what sc and the scopes around it bind, as seen from a frame.
func (sc *scope) levels(from int32) []Level {
	var out []Level
	for s := sc; s != nil; s = s.up {
		depth := from - s.frame.level
		var l Level
		switch {
		case s.attrs != nil:
			l.Kind = LevelLet
			if s.attrs.Rec {
				l.Kind = LevelRec
			}
			for i := range s.attrs.Attrs {
				a := &s.attrs.Attrs[i]
				l.Names = append(l.Names, Name{a.Name, depth, a.Slot})
			}
		case s.lambda != nil:
			l.Names = arguments(s.lambda, depth)
		case s.with != nil:
			l.Kind, l.With = LevelWith, Name{Depth: depth, Slot: s.with.Slot}
		default:
			continue
		}
		out = append(out, l)
	}
	return out
}

// arguments lists the arguments of a function and of those that share its frame;
// of several of the same name, the innermost.
func arguments(l *syntax.Lambda, depth int32) []Name {
	var names []Name
	for n := l.Merged; ; n-- {
		if l.Arg != 0 {
			names = slices.DeleteFunc(names, func(y Name) bool { return y.Sym == l.Arg })
			names = append(names, Name{l.Arg, depth, l.ArgSlot})
		}
		for i, formal := range l.Formals {
			names = append(names, Name{formal.Name, depth, l.ArgSlot + 1 + int32(i)})
		}
		if n == 1 {
			return names
		}
		l = l.Body.(*syntax.Lambda)
	}
}
