// A function that is certain to force a parameter before it does anything else
// can be given the argument's value instead of a thunk. This file finds the
// parameters for which that is so.

package eval

import "nixbench/engine/syntax"

// strictParams returns the parameters, counted from 0, that the body of l forces
// first, in the order in which it does.
func strictParams(l *lambda, body node) []int {
	var order []int
	cellsForced, _ := forced(body, nil)
	for _, c := range cellsForced {
		i := int(c) - int(l.arg)
		if i < 0 || i >= l.params {
			break // the value of a let, which may force anything
		}
		seen := false
		for _, o := range order {
			seen = seen || o == i
		}
		if !seen {
			order = append(order, i)
		}
	}
	return order
}

// forced appends the cells of the current frame that evaluating n forces before
// it does anything that could be observed. all reports whether that is all that n
// does, so that what follows n may be appended too.
func forced(n node, acc []uintptr) (cells []uintptr, all bool) {
	first := func(n node) ([]uintptr, bool) {
		acc, _ = forced(n, acc)
		return acc, false
	}
	switch n := n.(type) {
	case *stepNode:
		return forced(n.x, acc)
	case *countNode:
		return forced(n.x, acc)
	case *countSelect1:
		return first(n.x)
	case *constNode:
		return acc, !n.v.lazy()
	case *lambdaNode:
		return acc, true
	case *var0:
		return append(acc, n.i), true
	case *select1:
		return first(n.x)
	case *selectN:
		return first(n.x)
	case *hasAttr:
		return first(n.x)
	case *addNode:
		if c, ok := n.x.(*constNode); ok && (c.v.isInt() || c.v.isString()) {
			return forcedBoth(n.x, n.y, acc)
		}
		return first(n.x) // which may be nothing that can be added to
	case *arithNode:
		return forcedBoth(n.x, n.y, acc)
	case *lessNode:
		if n.swap {
			return forcedBoth(n.y, n.x, acc)
		}
		return forcedBoth(n.x, n.y, acc)
	case *equalNode:
		return forcedBoth(n.x, n.y, acc)
	case *concatNode:
		return forcedBoth(n.x, n.y, acc)
	case *updateNode:
		return first(n.y)
	case *ifNode:
		return first(n.cond)
	case *assertNode:
		return first(n.cond)
	case *logicNode:
		return first(n.x)
	case *notNode:
		return first(n.x)
	case *interpNode:
		return first(n.parts[0])
	case *letNode:
		if n.binds.frame == 0 {
			return first(n.body)
		}
	case *withNode:
		if n.frame == 0 {
			return first(n.body)
		}
	case *call1:
		return first(n.fn)
	case *call2:
		return first(n.fn)
	case *callN:
		return first(n.fn)
	}
	return acc, false
}

func forcedBoth(x, y node, acc []uintptr) ([]uintptr, bool) {
	acc, all := forced(x, acc)
	if all {
		acc, _ = forced(y, acc)
	}
	return acc, false
}

// waiting reports whether the body of l, which was called with the frame fr, waits
// for a parameter that it forces first.
func (l *lambda) waiting(fr *Value) bool { return l.awaited(fr) != 0 }

// awaited returns the cell of that parameter, 0 if the body waits for none.
func (l *lambda) awaited(fr *Value) uintptr {
	code := l.code.Load()
	if code == nil {
		return 0
	}
	for _, i := range code.strict {
		if c := l.arg + uintptr(i); at(fr, c).n == 0 {
			return c
		}
	}
	return 0
}

// early returns the steps that the body of l would be in if it had been begun before
// its parameters were evaluated: those that lead to the one that it waits for, if
// there is one.
func (l *lambda) early(fr *Value) []frame {
	c := l.awaited(fr)
	if c == 0 {
		return nil
	}
	steps, _ := stepsTo(l.code.Load().body, c, nil)
	return steps
}

// stepsTo appends the steps that evaluating n is in when it forces the cell c of the
// current frame first, for the nodes that forced looks into. found is false if n does not
// force it.
func stepsTo(n node, c uintptr, steps []frame) (_ []frame, found bool) {
	within := func(step frame, n node) ([]frame, bool) { return stepsTo(n, c, append(steps, step)) }
	either := func(steps []frame, x, y node) ([]frame, bool) {
		if in, found := stepsTo(x, c, steps); found {
			return in, true
		}
		return stepsTo(y, c, steps)
	}
	switch n := n.(type) {
	case *stepNode:
		return within(textFrame(n.pos, syntax.Hint(n.as)), n.x)
	case *var0:
		if n.as != "" {
			steps = append(steps, textFrame(n.pos, syntax.Hint(n.as)))
		}
		return steps, n.i == c
	case *select1:
		return stepsTo(n.x, c, steps)
	case *countNode:
		return stepsTo(n.x, c, steps)
	case *countSelect1:
		return stepsTo(n.x, c, steps)
	case *selectN:
		return stepsTo(n.x, c, steps)
	case *hasAttr:
		return stepsTo(n.x, c, steps)
	case *addNode:
		return either(steps, n.x, n.y)
	case *arithNode:
		return either(append(steps, operatorFrame(n.builtin, n.pos)), n.x, n.y)
	case *lessNode:
		if n.not {
			steps = append(steps, n.notFrame())
		}
		return either(append(steps, operatorFrame(lessThan, n.pos)), n.x, n.y)
	case *equalNode:
		return either(steps, n.x, n.y)
	case *concatNode:
		return either(steps, n.x, n.y)
	case *updateNode:
		if y, ok := n.y.(*updateNode); ok {
			return stepsTo(y, c, steps)
		}
		return within(textFrame(n.ypos, rightOfUpdate), n.y)
	case *ifNode:
		return within(n.step(), n.cond)
	case *assertNode:
		return within(textFrame(n.condPos, assertCondition), n.cond)
	case *logicNode:
		return within(textFrame(n.xpos, syntax.Hint(n.leftStep())), n.x)
	case *notNode:
		return within(textFrame(n.pos, argumentOfNot), n.x)
	case *interpNode:
		return stepsTo(n.parts[0], c, steps)
	case *letNode:
		return stepsTo(n.body, c, steps)
	case *withNode:
		return stepsTo(n.body, c, steps)
	case *call1:
		return stepsTo(n.fn, c, steps)
	case *call2:
		return stepsTo(n.fn, c, steps)
	case *callN:
		return stepsTo(n.fn, c, steps)
	}
	return steps, false
}
