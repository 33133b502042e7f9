package eval

import (
	"fmt"
	"sync"

	"nixbench/engine/syntax"
)

// A compiler makes nodes of one resolved expression.
type compiler struct {
	ev     *Evaluator
	text   *text
	withs  []Pos // of the enclosing with expressions, outermost first
	late   *lateContext
	tagged []tagging // to be entered into the evaluator's table
	order  []int32   // of the attributes of sets that are being compiled, see bySymbol
	level  int       // of nesting below the innermost thunk or function
	deep   int       // greatest level met since the level was set to 0

	poll    func() // called now and then, to end the work on a long text; or nil
	unasked int    // expressions since the last call of poll
}

type taggedNode interface {
	node
	setTag(uint64)
}

// A tagging is a node that thunks refer to.
type tagging struct {
	node taggedNode
	room int         // bytes of Go stack that evaluating it takes
	expr syntax.Expr // what it evaluates in its frame; nil if there is none
}

// compilers holds those that have finished.
var compilers = sync.Pool{New: func() any { return new(compiler) }}

// begin readies a compiler; finish ends what it began.
func (x *lateContext) begin() *compiler {
	c := compilers.Get().(*compiler)
	*c = compiler{ev: x.ev, text: x.text, withs: append(c.withs[:0], x.withs...), tagged: c.tagged[:0], order: c.order[:0]}
	return c
}

// finish enters the nodes that can be delayed into the evaluator's table. They
// are all those of a unit. The compiler must not be used any more.
func (c *compiler) finish(u unit) {
	c.ev.nodes.addTagged(c.tagged, u)
	clear(c.tagged)
	*c = compiler{withs: c.withs, tagged: c.tagged, order: c.order}
	compilers.Put(c)
}

// enter notes a node that can be delayed.
func (c *compiler) enter(n taggedNode, room int, e syntax.Expr) {
	c.tagged = append(c.tagged, tagging{n, room, e})
}

// expr compiles an expression that is evaluated where it stands.
func (c *compiler) expr(e syntax.Expr) node { return c.either(e, false) }

// delayed compiles an expression that may be delayed: it is also the root of a
// thunk, whose room is measured from there.
func (c *compiler) delayed(e syntax.Expr) node {
	if f, ok := e.(*syntax.Folded); ok {
		return c.lateExpr(f)
	}
	return c.either(e, true)
}

func (c *compiler) either(e syntax.Expr, delayed bool) node {
	if c.unasked++; c.unasked%pollEvery == 0 && c.poll != nil {
		c.poll()
	}
	outerDeep := c.deep
	c.level++
	more := c.around()
	c.level += more
	c.deep = c.level
	n := c.node(e)
	if t, ok := n.(taggedNode); ok && (delayed || alwaysTagged(n)) {
		c.enter(t, thunkRoom+(c.deep-c.level)*nodeRoom, e)
	}
	c.level -= 1 + more
	c.deep = max(c.deep, outerDeep)
	return n
}

// alwaysTagged reports whether a node needs its number though no thunk is made of
// it: functions are made of it, or the steps of traces name it.
func alwaysTagged(n node) bool {
	switch n.(type) {
	case *lambdaNode, *letNode, *withNode:
		return true
	}
	return false
}

// root compiles what is evaluated apart from the expression it stands in, and
// returns how much room that needs.
func (c *compiler) root(e syntax.Expr) (node, int) {
	level, deep := c.level, c.deep
	c.level, c.deep = 0, 0
	n := c.expr(e)
	room := callRoom + c.deep*nodeRoom
	c.level, c.deep = level, deep
	return n, room
}

// all compiles expressions that may be delayed.
func (c *compiler) all(es []syntax.Expr) []node {
	if len(es) == 0 {
		return nil
	}
	nodes := make([]node, len(es))
	for i, e := range es {
		nodes[i] = c.delayed(e)
	}
	return nodes
}

func (c *compiler) node(e syntax.Expr) node {
	switch e := e.(type) {
	case *syntax.Int:
		return constant(MakeInt(e.Value))
	case *syntax.Float:
		return constant(MakeFloat(e.Value))
	case *syntax.Str:
		return constant(MakeString(e.Value))
	case *syntax.Path:
		return constant(MakePath(e.Value))
	case *syntax.Interp:
		return c.interp(e)
	case *syntax.Var:
		return c.variable(e)
	case *syntax.CurPos:
		return &curPos{pos: e.At}
	case *syntax.Select:
		return c.shelvedAfter(c.selection(e))
	case *syntax.HasAttr:
		return &hasAttr{x: c.step(e.X, "in the argument of '?'"), path: c.path(e.Path), pos: c.placeOf(e.X)}
	case *syntax.Attrs:
		return c.attrs(e)
	case *syntax.List:
		if len(e.Elems) == 0 {
			return constant(EmptyList)
		}
		return c.list(e)
	case *syntax.Lambda:
		return c.lambda(e)
	case *syntax.Call:
		return c.shelved(c.call(e), "a call", e.At)
	case *syntax.Let:
		n := &letNode{}
		c.bindings(&n.binds, e.Attrs)
		n.body = c.shelved(c.counting(c.expr(e.Body), c.avoidedBindings(e.Attrs, true)), "the body of 'let'", 0)
		return n
	case *syntax.With:
		n := &withNode{scope: c.delayed(e.Scope), slot: uintptr(e.Slot) + 1}
		if e.Frame.New {
			n.frame = int(e.Frame.Size) + 1
		}
		c.withs = append(c.withs, e.At)
		n.body = c.counting(c.expr(e.Body), avoided(e.Scope))
		c.withs = c.withs[:len(c.withs)-1]
		return n
	case *syntax.If:
		return &ifNode{cond: c.expr(e.Cond), then: c.expr(e.Then), els: c.expr(e.Else), pos: c.placeOf(e.Cond)}
	case *syntax.Assert:
		return c.assert(e)
	case *syntax.Not:
		return &notNode{x: c.expr(e.X), pos: c.placeOf(e.X)}
	case *syntax.Binary:
		if builtin, _, _ := e.Op.Func(); builtin != 0 {
			return c.shelved(c.binary(e), "a call", e.At) // in Nix
		}
		return c.binary(e)
	}
	panic(fmt.Sprintf("eval: unreachable: compile %T", e))
}

// placeOf returns the position that Nix has for an expression: none for plain
// literals and let, that of a part for lists and some operators.
// Behaviour: getPos in Nix's nixexpr.hh.
func (c *compiler) placeOf(e syntax.Expr) Pos {
	switch e := e.(type) {
	case *syntax.Int, *syntax.Float, *syntax.Str, *syntax.Path, *syntax.Let:
		return 0
	case *syntax.List:
		if len(e.Elems) == 0 {
			return 0
		}
		if f, ok := e.Elems[0].(*syntax.Folded); ok {
			r := c.text.tape.Reader()
			defer r.Release()
			return c.placeOf(r.Expr(f.Off))
		}
		return c.placeOf(e.Elems[0])
	case *syntax.HasAttr:
		return c.placeOf(e.X)
	case *syntax.Not:
		return c.placeOf(e.X)
	}
	return e.Pos()
}

// step compiles an expression whose evaluation is a step of the trace.
func (c *compiler) step(e syntax.Expr, as string) node {
	c.level++
	n := c.expr(e)
	c.level--
	switch v := n.(type) {
	case *constNode:
		if !v.v.lazy() {
			return n
		}
	case *lambdaNode:
		return n
	case *var0:
		v.as = as
		return n
	case *var1:
		v.as = as
		return n
	case *var2:
		v.as = as
		return n
	case *varN:
		v.as = as
		return n
	}
	return &stepNode{x: n, pos: c.placeOf(e), as: as}
}

func (c *compiler) variable(e *syntax.Var) node {
	switch r := &e.Ref; r.Kind {
	case syntax.Local:
		i := uintptr(r.Slot) + 1
		switch r.Depth {
		case 0:
			return &var0{i: i, use: use{pos: e.At}}
		case 1:
			return &var1{i: i, use: use{pos: e.At}}
		case 2:
			return &var2{i: i, use: use{pos: e.At}}
		}
		return &varN{depth: int(r.Depth), i: i, use: use{pos: e.At}}
	case syntax.Outer:
		return constant(c.text.outer[r.Slot])
	case syntax.Global:
		return constant(c.ev.globals[e.Name])
	case syntax.InWith:
		n := &withVar{name: e.Name, scopes: make([]withRef, len(*r.Withs)), use: use{pos: e.At}}
		for i, w := range *r.Withs {
			n.scopes[i] = withRef{int(w.Depth), uintptr(w.Slot) + 1, use{pos: c.withs[len(c.withs)-1-i]}}
		}
		if c.ev.selections != nil {
			return &countWith{*n}
		}
		return n
	}
	panic("eval: unreachable: variable " + SymName(e.Name) + " is not resolved")
}

func (c *compiler) interp(e *syntax.Interp) node {
	n := &interpNode{parts: make([]node, len(e.Parts)), pos: make([]Pos, len(e.Parts)), at: e.At}
	for i, p := range e.Parts {
		n.parts[i], n.pos[i] = c.step(p.X, operandOfAdd), p.At
	}
	if e.IsPath {
		return &pathNode{interpNode: *n}
	}
	return n
}

func (c *compiler) path(names []syntax.AttrName) []attrName {
	path := make([]attrName, len(names))
	for i, a := range names {
		path[i].sym = a.Sym
		if a.X != nil {
			path[i].node, path[i].text, path[i].off, path[i].pos = c.expr(a.X), c.text, a.Off, c.placeOf(a.X)
		}
	}
	return path
}

func (c *compiler) selection(e *syntax.Select) node {
	x := c.shelvingAfter(c.step(e.X, whileSelecting), "a selection", e.At)
	if e.Default == nil && len(e.Path) == 1 && e.Path[0].X == nil {
		n := &select1{x: x, selection: selection{sym: e.Path[0].Sym, pos: e.At}}
		if c.ev.selections != nil {
			return &countSelect1{*n}
		}
		return n
	}
	n := &selectN{x: x, selection: selection{path: c.path(e.Path), pos: e.At}, counted: c.ev.selections != nil}
	for i := range n.path {
		n.computed = n.computed || n.path[i].node != nil
	}
	if shelving, ok := x.(*shelvingNode); ok && n.computed {
		shelving.names = n.path
	}
	if e.Default != nil {
		n.def = c.expr(e.Default)
	}
	return n
}

func (c *compiler) call(e *syntax.Call) node {
	fn := c.countingAfter(c.expr(e.Fn), avoided(e.Args...))
	if c.ev.opts.Tracer != nil {
		return &tracedCall{fn: fn, args: c.all(e.Args), pos: e.At}
	}
	switch args := e.Args; len(args) {
	case 1:
		arg := c.delayed(args[0])
		return &call1{fn: fn, arg: arg, pos: e.At, vars: varsOf(arg)}
	case 2:
		a, b := c.delayed(args[0]), c.delayed(args[1])
		return &call2{fn: fn, a: a, b: b, pos: e.At, vars: varsOf(a, b)}
	}
	args := c.all(e.Args)
	return &callN{fn: fn, args: args, pos: e.At, vars: varsOf(args...)}
}

func (c *compiler) assert(e *syntax.Assert) node {
	n := &assertNode{cond: c.expr(e.Cond), condPos: c.placeOf(e.Cond), pos: e.At, text: c.text, off: e.CondOff}
	if b, ok := e.Cond.(*syntax.Binary); ok && b.Op == syntax.OpEqual {
		if eq, ok := n.cond.(*equalNode); ok {
			n.equal = eq
		}
	}
	n.body = c.expr(e.Body)
	return n
}

func (c *compiler) binary(e *syntax.Binary) node {
	builtin, _, _ := e.Op.Func()
	switch {
	case e.Fn != nil:
		return c.operatorCall(e, c.expr(e.Fn))
	case builtin != 0 && c.ev.opts.TraceOperators:
		return c.operatorCall(e, constant(c.ev.globals[builtin]))
	}
	var x, y node
	switch e.Op {
	case syntax.OpEqual, syntax.OpNotEqual, syntax.OpConcat:
		x, y = c.step(e.X, operandSteps[e.Op][0]), c.step(e.Y, operandSteps[e.Op][1])
	case syntax.OpAdd:
		x, y = c.step(e.X, operandOfAdd), c.step(e.Y, operandOfAdd)
	default:
		x, y = c.expr(e.X), c.expr(e.Y)
		if builtin != 0 {
			x = c.countingCall(x, avoided(e.X, e.Y))
		}
	}
	switch e.Op {
	case syntax.OpAnd, syntax.OpOr, syntax.OpImpl:
		return &logicNode{op: e.Op, x: x, y: y, xpos: c.placeOf(e.X), ypos: c.placeOf(e.Y)}
	case syntax.OpEqual, syntax.OpNotEqual:
		return &equalNode{x: x, y: y, not: e.Op == syntax.OpNotEqual, pos: e.At}
	case syntax.OpLess, syntax.OpGreaterEq:
		return &lessNode{x: x, y: y, not: e.Op == syntax.OpGreaterEq, pos: e.At}
	case syntax.OpGreater, syntax.OpLessEq:
		return &lessNode{x: x, y: y, swap: true, not: e.Op == syntax.OpLessEq, pos: e.At}
	case syntax.OpUpdate:
		return &updateNode{x: x, y: y, xpos: c.placeOf(e.X), ypos: c.placeOf(e.Y)}
	case syntax.OpConcat:
		return &concatNode{x: x, y: y, pos: e.At}
	case syntax.OpAdd:
		return &addNode{x: x, y: y, xpos: e.XAt, ypos: e.YAt, pos: e.At}
	}
	return &arithNode{op: e.Op, x: x, y: y, builtin: arithmetics[e.Op], pos: e.At}
}

// operatorCall compiles an operator as the call of a function: one that the program has
// defined anew, or of which a Tracer is told.
func (c *compiler) operatorCall(e *syntax.Binary, fn node) node {
	_, swapped, negated := e.Op.Func()
	args := c.all([]syntax.Expr{e.X, e.Y})
	if swapped {
		args[0], args[1] = args[1], args[0]
	}
	fn = c.countingAfter(fn, avoided(e.X, e.Y))
	var call taggedNode = &call2{fn: fn, a: args[0], b: args[1], pos: e.At}
	if c.ev.opts.Tracer != nil {
		call = &tracedCall{fn: fn, args: args, pos: e.At}
	}
	if !negated {
		return call
	}
	c.enter(call, callRoom, e)
	return &notNode{x: call, pos: e.At}
}
