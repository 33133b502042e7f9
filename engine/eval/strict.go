// A function that is certain to force a parameter before it does anything else
// can be given the argument's value instead of a thunk. This file finds the
// parameters for which that is so.
package eval

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
