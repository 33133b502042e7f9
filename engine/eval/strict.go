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
	switch n := n.(type) {
	case *stepNode:
		return forced(n.x, acc)
	case *countNode:
		return forced(n.x, acc)
	case *constNode:
		return acc, !n.v.lazy()
	case *lambdaNode:
		return acc, true
	case *var0:
		return append(acc, n.i), true
	}
	x, y := operands(n)
	if x == nil {
		return acc, false
	}
	acc, all = forced(x, acc)
	if all && y != nil {
		acc, _ = forced(y, acc)
	}
	return acc, false
}

// operands returns what evaluating n evaluates first, and what it evaluates after that
// whatever that is; nil for nothing, or nothing in the current frame.
func operands(n node) (first, second node) {
	switch n := n.(type) {
	case *stepNode:
		return n.x, nil
	case *countNode:
		return n.x, nil
	case *countSelect1:
		return n.x, nil
	case *select1:
		return n.x, nil
	case *selectN:
		return n.x, nil
	case *hasAttr:
		return n.x, nil
	case *addNode:
		if c, ok := n.x.(*constNode); ok && (c.v.isInt() || c.v.isString()) {
			return n.x, n.y
		}
		return n.x, nil // which may be nothing that can be added to
	case *arithNode:
		return n.x, n.y
	case *lessNode:
		if n.swap {
			return n.y, n.x
		}
		return n.x, n.y
	case *equalNode:
		return n.x, n.y
	case *concatNode:
		return n.x, n.y
	case *updateNode:
		return n.y, nil
	case *ifNode:
		return n.cond, nil
	case *assertNode:
		return n.cond, nil
	case *logicNode:
		return n.x, nil
	case *notNode:
		return n.x, nil
	case *interpNode:
		return n.parts[0], nil
	case *letNode:
		if n.binds.frame == 0 {
			return n.body, nil
		}
	case *withNode:
		if n.frame == 0 {
			return n.body, nil
		}
	case *call1:
		return n.fn, nil
	case *call2:
		return n.fn, nil
	case *callN:
		return n.fn, nil
	}
	return nil, nil
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
// current frame first. found is false if n does not force it.
func stepsTo(n node, c uintptr, steps []frame) (_ []frame, found bool) {
	x, y := operands(n)
	switch n := n.(type) {
	case *stepNode:
		steps = append(steps, textFrame(n.pos, syntax.Hint(n.as)))
	case *var0:
		if n.as != "" {
			steps = append(steps, textFrame(n.pos, syntax.Hint(n.as)))
		}
		return steps, n.i == c
	case *arithNode:
		steps = append(steps, operatorFrame(n.builtin, n.pos))
	case *lessNode:
		if n.not {
			steps = append(steps, n.notFrame())
		}
		steps = append(steps, operatorFrame(lessThan, n.pos))
	case *updateNode:
		if _, ok := n.y.(*updateNode); !ok {
			steps = append(steps, textFrame(n.ypos, rightOfUpdate))
		}
	case *ifNode:
		steps = append(steps, n.step())
	case *assertNode:
		steps = append(steps, textFrame(n.condPos, assertCondition))
	case *logicNode:
		steps = append(steps, textFrame(n.xpos, syntax.Hint(n.leftStep())))
	case *notNode:
		steps = append(steps, textFrame(n.pos, argumentOfNot))
	}
	for _, operand := range []node{x, y} {
		if operand == nil {
			continue
		}
		if in, found := stepsTo(operand, c, steps); found {
			return in, true
		}
	}
	return steps, false
}
