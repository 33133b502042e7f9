package eval

import "errors"

// Nix's debugger has a stack of what it can show variables of, and is called only for
// errors that are raised while there is something on it: calls, files, selections and the
// bodies of let and functions. Some errors bring an entry of their own, which stays there.
// Only texts that are evaluated for a debugger are compiled to keep track of it.
// Behaviour: debugTraces, canDebug and withFrame in Nix's eval.cc and eval-error.cc.

// A shelf is what is innermost on Nix's stack.
type shelf uint8

const (
	shelfEmpty    shelf = iota
	shelfText           // a part of a text whose variables are known
	shelfInternal       // a part of the text of derivation, at which nobody can look around
)

// Framed says that the debugger stops at the error wherever it is raised, with the
// variables of the place.
func Framed() ErrorOption { return func(e *Error) { e.framed = true } }

// Foreign says that the error is an exception of a library in Nix, at which no debugger stops.
func Foreign() ErrorOption { return func(e *Error) { e.foreign = true } }

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

// shelved returns a node that is on the stack while x is evaluated, if there is a debugger.
func (c *compiler) shelved(x node) node {
	if c.ev.opts.Debugger == nil {
		return x
	}
	if _, ok := x.(*lambdaNode); ok {
		return x // which raises no errors, and is looked for
	}
	return &shelvedNode{x: x, shelf: c.text.shelf()}
}

func (t *text) shelf() shelf {
	if t.internal {
		return shelfInternal
	}
	return shelfText
}

// A shelvedNode is on the stack while x is evaluated, or from the end of its part first on.
type shelvedNode struct {
	base
	x     node
	shelf shelf
	late  bool // it is put there by first
}

func (n *shelvedNode) Eval(s *State, fr *Value) Value {
	outer := s.shelf
	if !n.late {
		s.shelf = n.shelf
	}
	v := n.x.Eval(s, fr)
	s.shelf = outer
	return v
}

// A shelvingNode is the part of a shelvedNode before which that is not on the stack.
type shelvingNode struct {
	base
	x     node
	shelf shelf
}

func (n *shelvingNode) Eval(s *State, fr *Value) Value {
	v := n.x.Eval(s, fr)
	s.shelf = n.shelf
	return v
}

// shelvingAfter returns x, which is to be the first part of what shelvedAfter gets.
func (c *compiler) shelvingAfter(x node) node {
	if c.ev.opts.Debugger == nil {
		return x
	}
	return &shelvingNode{x: x, shelf: c.text.shelf()}
}

func (c *compiler) shelvedAfter(x node) node {
	if c.ev.opts.Debugger == nil {
		return x
	}
	return &shelvedNode{x: x, late: true}
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
