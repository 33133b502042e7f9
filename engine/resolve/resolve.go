// Package resolve finds out what each variable of a syntax tree refers to,
// before anything is evaluated, and where the values of variables are kept.
//
// It writes its findings into the tree: Var.Ref, Binary.Fn, and the slots and
// frames of the nodes that bind names (syntax.Lambda, Let, With and recursive
// Attrs). A tree may be resolved once only.
//
// A frame is an array of slots with a parent. Functions make frames; nested
// functions x: y: z: … share one. A let, rec or with uses further
// slots of the current frame if its node is reached at most once in the life
// of that frame and as part of evaluating the frame's own body; elsewhere
// (in attribute values, list elements, arguments: whatever Nix delays)
// it makes a frame of its own.
//
// A variable refers, in this order of preference, to a binding in the text,
// to the [Scope] that the tree is resolved in, to a global name,
// or to an attribute of the enclosing with scopes. A variable that
// can refer to none of them is an error, even if it would never be evaluated.
package resolve

import (
	"maps"

	"nixbench/engine/syntax"
)

// Options say what a tree can refer to outside itself.
type Options struct {
	// Symbols is the table that the tree was parsed with.
	Symbols *syntax.Symbols
	// Global reports whether a name is bound in every file: true, map,
	// builtins, __add and so on.
	Global func(syntax.Sym) bool
	// Scope is the outer scope of a prompt or of scopedImport; it may be nil.
	Scope *Scope
	// Poll is called now and then, and may panic to end the work on a long text;
	// nil is not called.
	Poll func()
	// Apart says that the functions x: y: … are entered one by one.
	Apart bool
}

// A Scope gives names that come from outside a text numbered slots.
// A name that is defined again gets another slot, while what was resolved
// earlier keeps the old one.
// Not safe for concurrent use, but once it no longer grows.
type Scope struct {
	slots map[syntax.Sym]int32
	n     int32
}

// NewScope returns a scope with names, in slots 0, 1, 2 …
func NewScope(names ...syntax.Sym) *Scope {
	s := &Scope{slots: make(map[syntax.Sym]int32, len(names))}
	for _, y := range names {
		s.Define(y)
	}
	return s
}

// Define gives name the next free slot.
func (s *Scope) Define(name syntax.Sym) (slot int32) {
	slot = s.n
	s.slots[name] = slot
	s.n++
	return slot
}

// Clone returns a copy that can be added to by itself.
func (s *Scope) Clone() *Scope { return &Scope{slots: maps.Clone(s.slots), n: s.n} }

// Lookup returns the current slot of name. A nil scope has no names.
func (s *Scope) Lookup(name syntax.Sym) (slot int32, ok bool) {
	if s == nil {
		return 0, false
	}
	slot, ok = s.slots[name]
	return slot, ok
}

// Len returns the number of slots given out.
func (s *Scope) Len() int { return int(s.n) }

// Expr resolves a whole expression, which is to be evaluated in a frame of
// its own without parent, of size slots.
// An undefined variable gives a [*syntax.Error] in f. Of several it is the one that Nix
// reports, which goes through sets in the order of symbols: a second pass finds it.
func Expr(e syntax.Expr, f *syntax.File, opts *Options) (size int32, err error) {
	for _, bySymbol := range []bool{false, true} {
		r := &resolver{opts: opts, bySymbol: bySymbol}
		top := &frame{}
		r.expr(e, &scope{frame: top}, true)
		if r.undefined == nil {
			return top.size, nil
		}
		v := r.undefined
		undefined := &syntax.Error{Pos: f.Position(v.At)}
		undefined.Say(syntax.Hintf("undefined variable '%s'", syntax.QuotedName(opts.Symbols.Name(v.Name))))
		err = undefined
	}
	return 0, err
}
