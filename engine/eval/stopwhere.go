package eval

import (
	"errors"

	"nixbench/engine/syntax"
)

// Nix's debugger has a stack of what it can show variables of, and is called only for
// errors that are raised while there is something on it: calls, files, selections and the
// bodies of let and functions. That is where it stops step by step, too: when something is
// put there. Some errors bring an entry of their own, which stays there.
// Only texts that are evaluated for a debugger are compiled to keep track of it.
// Behaviour: debugTraces, canDebug and withFrame in Nix's eval.cc and eval-error.cc.

// A shelf is what is innermost on Nix's stack.
type shelf uint8

const (
	shelfEmpty  shelf = iota
	shelfText         // a part of a text whose variables are known
	shelfUnseen       // one whose are not: of the text of derivation, or an operator
)

// unseen reports whether Nix's debugger does not know the variables of a node: those of
// operators that are no calls.
// Behaviour: MakeBinOp in Nix's nixexpr.hh.
func unseen(x node) bool {
	switch x.(type) {
	case *logicNode, *equalNode, *updateNode, *concatNode:
		return true
	}
	return false
}

// Framed says that the debugger stops at the error wherever it is raised, with the
// variables of the place.
func Framed() ErrorOption { return func(e *Error) { e.framed = true } }

// Foreign says that the error is an exception of a library in Nix, at which no debugger stops.
func Foreign() ErrorOption { return func(e *Error) { e.foreign = true } }

// FailForeign is [State.Fail] with an error that is [Foreign].
func (s *State) FailForeign(kind ErrorKind, format string, args ...any) {
	s.Raise(kind, syntax.Hintf(format, args...), Foreign())
}

// stopsAt reports whether a debugger is called for an error.
func (s *State) stopsAt(e *Error) bool {
	if e.framed {
		s.ev.framed.Store(true)
		return true
	}
	foreign := e.foreign || e.Kind == ErrorFile || e.Kind == ErrorSyntax || errors.Is(e.cause, ErrUsage)
	return !foreign && s.stopsHere()
}

// stopsHere reports whether there is something on the stack that can be looked at.
func (s *State) stopsHere() bool {
	return s.shelf == shelfText || s.shelf == shelfEmpty && s.ev.framed.Load()
}

// shelvedBody is shelved for the body of a function.
func (c *compiler) shelvedBody(x node, pos Pos) node {
	n, ok := c.shelved(x, "a function", pos).(*shelvedNode)
	if !ok {
		return x
	}
	if unseen(x) {
		n.shelf = shelfUnseen
	}
	return n
}

// A shelving is what is put on the stack. A debugger that goes on step by step is called then.
type shelving struct {
	shelf shelf
	what  string // "a call"; "" if nothing is put there
	pos   Pos    // where it is; 0 where it has no place
}

// shelve puts something on the stack, until s.shelf is what it was before.
func (s *State) shelve(sh *shelving) {
	s.shelf = sh.shelf
	if s.stepping && sh.what != "" {
		s.stopHere(StopStep, "stepped to "+sh.what, At(sh.pos))
	}
}

// shelved returns a node that is on the stack while x is evaluated, if there is a debugger.
func (c *compiler) shelved(x node, what string, pos Pos) node {
	if c.ev.opts.Debugger == nil {
		return x
	}
	return &shelvedNode{x: x, shelving: shelving{c.text.shelf(), what, pos}}
}

func (t *text) shelf() shelf {
	if t.internal {
		return shelfUnseen
	}
	return shelfText
}

// stepToAttribute stops for a debugger before an attribute is evaluated together with the
// others, if it is an expression that has not been.
func (s *State) stepToAttribute(slot Value, pos Pos) {
	if !slot.is(rawRef) {
		return
	}
	cell := slot.cell().load()
	if !cell.is(rawThunk) {
		return
	}
	if _, in := s.ev.source(cell.n >> 8); in != nil {
		outer := s.shelf
		s.shelve(&shelving{in.shelf(), "an attribute", pos})
		s.shelf = outer
	}
}

// A shelvedNode is on the stack while x is evaluated, or, if its shelving is zero, from
// the end of the part on that is a shelvingNode.
type shelvedNode struct {
	base
	x node
	shelving
}

func (n *shelvedNode) Eval(s *State, fr *Value) Value {
	outer := s.shelf
	if n.what != "" {
		s.shelve(&n.shelving)
	}
	v := n.x.Eval(s, fr)
	s.shelf = outer
	return v
}

// A shelvingNode is the part of a shelvedNode before which that is not on the stack. The
// names that are to be selected from it are evaluated first, to be told.
type shelvingNode struct {
	base
	x     node
	names []attrName
	shelving
}

func (n *shelvingNode) Eval(s *State, fr *Value) Value {
	v := n.x.Eval(s, fr)
	for i := 0; i < len(n.names) && s.stepping; i++ {
		s.aside(func() { n.names[i].name(s, fr) })
	}
	s.shelve(&n.shelving)
	return v
}

// shelvingAfter returns x, which is to be the first part of what shelvedAfter gets.
func (c *compiler) shelvingAfter(x node, what string, pos Pos) node {
	if c.ev.opts.Debugger == nil {
		return x
	}
	return &shelvingNode{x: x, shelving: shelving{c.text.shelf(), what, pos}}
}

func (c *compiler) shelvedAfter(x node) node {
	if c.ev.opts.Debugger == nil {
		return x
	}
	return &shelvedNode{x: x}
}

// around returns how many nodes there may be around that of an expression.
func (c *compiler) around() (n int) {
	if c.ev.opts.Count {
		n++ // one that counts
	}
	if c.ev.opts.Debugger != nil {
		n += 2 // shelves
	}
	return n
}
