// Most of a large program is never evaluated: of a package set, a few packages.
// So the bodies of functions, and what is large and delayed, are compiled when they
// are first evaluated. Two goroutines may compile the same, which does no
// harm: the first result counts.

package eval

import (
	"slices"
	"sync/atomic"

	"nixbench/engine/syntax"
)

// A lateContext is what compiling needs to know besides the expression.
type lateContext struct {
	ev    *Evaluator
	text  *text
	withs []Pos // of the enclosing with expressions, outermost first
}

// A text is what all parts of a compiled text have in common.
type text struct {
	outer    []Value // the scope outside it, by slot
	tape     *syntax.Tape
	internal bool // the text of derivation
}

// compiler returns one that enters nothing into the table.
func (x *lateContext) compiler() *compiler {
	return &compiler{ev: x.ev, text: x.text, withs: slices.Clone(x.withs)}
}

// context returns what compiling a part of the expression later needs. Parts
// with the same enclosing with expressions share it.
func (c *compiler) context() *lateContext {
	if c.late == nil || !slices.Equal(c.late.withs, c.withs) {
		c.late = &lateContext{c.ev, c.text, slices.Clone(c.withs)}
	}
	return c.late
}

// A lambdaCode is the compiled part of a function.
type lambdaCode struct {
	body     node
	defaults []node // of the formals; nil where the argument is required
	room     int    // bytes of Go stack to evaluate body
	strict   []int  // parameters, from 0, in the order in which body first forces them
}

// compiled returns the code of a function, which it compiles the first time.
func (l *lambda) compiled() *lambdaCode {
	if c := l.code.Load(); c != nil {
		return c
	}
	return l.compile()
}

//go:noinline
func (l *lambda) compile() *lambdaCode {
	c := l.late.begin()
	r := c.text.tape.Reader()
	defer r.Release()
	code := c.code(r.Function(l.off))
	if l.formals == nil {
		code.strict = strictParams(l, code.body)
	}
	c.finish(unit{off: l.off, isLambda: true, late: l.late})
	if !l.code.CompareAndSwap(nil, code) {
		return l.code.Load()
	}
	return code
}

// code compiles what a function evaluates.
func (c *compiler) code(e *syntax.Lambda) *lambdaCode {
	body := e.Body
	for i := int32(1); i < e.Merged; i++ {
		body = body.(*syntax.Lambda).Body
	}
	code := &lambdaCode{}
	if e.HasFormals {
		code.defaults = c.defaults(e.Formals)
	}
	code.body, code.room = c.root(body)
	code.body = c.shelvedBody(code.body, e.At)
	return code
}

func (c *compiler) defaults(formals []syntax.Formal) []node {
	nodes := make([]node, len(formals))
	for i, f := range formals {
		if f.Default != nil {
			nodes[i] = c.delayed(f.Default)
			if c.ev.opts.Count && avoided(f.Default) > 0 {
				nodes[i] = countDefault{nodes[i]}
			}
		}
	}
	return nodes
}

// A lateNode is an expression that is compiled when it is first evaluated.
type lateNode struct {
	base
	off  uint32 // of the expression, on the tape
	late *lateContext
	code atomic.Pointer[lambdaCode]
}

// lateExpr is delayed for what is still folded.
func (c *compiler) lateExpr(e *syntax.Folded) node {
	l := &lateNode{off: e.Off, late: c.context()}
	c.enter(l, thunkRoom, e)
	return l
}

func (n *lateNode) Eval(s *State, fr *Value) Value {
	code := n.code.Load()
	if code == nil {
		c := n.late.begin()
		code = &lambdaCode{}
		r := c.text.tape.Reader()
		code.body, code.room = c.root(r.Expr(n.off))
		c.finish(unit{off: n.off, late: n.late})
		r.Release()
		n.code.Store(code)
	}
	s.enterThunk(code.room)
	v := code.body.Eval(s, fr)
	s.room += code.room
	return v
}
