package builtins

import (
	"slices"

	"nixbench/engine/eval"
)

// This file is builtins.genericClosure.

// A closure computes builtins.genericClosure: elements in the order in which
// they were found, of equal keys the first.
type closure struct {
	s       *eval.State
	current eval.Value
	key     eval.Value // of current, once it is known
	seen    keySet
	found   []eval.Value
	// comparing and with are the steps of the trace while the key is compared.
	comparing, with eval.Value
}

func genericClosure(s *eval.State, arg eval.Value) eval.Value {
	attrs := s.ForceAttrs(arg, "while evaluating the first argument passed to builtins.genericClosure")
	start := s.ForceList(s.ForceAttr(attrs, symStartSet, "in the attrset passed as argument to builtins.genericClosure"),
		"while evaluating the 'startSet' attribute passed as argument to builtins.genericClosure")
	if start.Len() == 0 {
		return start
	}
	operator := s.ForceFunction(s.ForceAttr(attrs, symOperator, "in the attrset passed as argument to builtins.genericClosure"),
		"while evaluating the 'operator' attribute passed as argument to builtins.genericClosure")
	c := closure{s: s}
	c.seen = keySet{s: s, all: c.keys}
	c.comparing, c.with = c.message(c.whileComparing), c.message(c.withElement)
	inElement := c.showing("in genericClosure element ")
	calling := c.showing("while calling operator on genericClosure element ")
	work := append([]eval.Value(nil), start.List()...)
	for len(work) > 0 {
		c.current, work = work[0], work[1:]
		c.key = s.Force(s.WithContext(inElement, c.currentKey))
		if !c.insert() {
			continue
		}
		c.found = append(c.found, c.current)
		next := s.WithContext(calling, func() eval.Value { return c.call(operator) })
		work = append(work, next.List()...)
	}
	return s.ListOf(c.found...)
}

// showing returns, lazily, a step of the trace that shows the current element.
func (c *closure) showing(text string) eval.Value {
	return c.message(func() string { return text + string(c.s.ShowForError(c.current)) })
}

// message returns a string that is computed when it is wanted.
func (c *closure) message(text func() string) eval.Value {
	return c.s.Later(func(*eval.State) eval.Value { return eval.MakeString(text()) })
}

// insert adds the key of the current element, and reports whether it was missing.
// The trace of an error tells which elements were compared.
func (c *closure) insert() bool {
	added := c.s.WithContext(c.comparing, func() eval.Value {
		return c.s.WithContext(c.with, func() eval.Value { return eval.MakeBool(c.seen.insert(c.key)) })
	})
	return added == eval.True
}

func (c *closure) whileComparing() string {
	if c.incomparable(c.key).Kind() == eval.KindNone {
		return "while checking key of element " + c.show(c.current)
	}
	return "while comparing element " + c.show(c.current)
}

func (c *closure) withElement() string {
	if other := c.incomparable(c.key); other.Kind() != eval.KindNone {
		return "with element " + c.show(other)
	}
	return ""
}

// keyOf returns the key of an element, which has been evaluated.
func (c *closure) keyOf(elem eval.Value) eval.Value {
	k, _ := c.s.Force(elem).Attrs().Get(symKey)
	return c.s.Force(k)
}

// keys returns the keys of the elements that were found.
func (c *closure) keys() []eval.Value {
	keys := make([]eval.Value, len(c.found))
	for i, elem := range c.found {
		keys[i] = c.keyOf(elem)
	}
	return keys
}

// incomparable returns the element of the least key that key cannot be compared
// with; the zero Value if there is none.
func (c *closure) incomparable(key eval.Value) eval.Value {
	sorted := slices.Clone(c.found)
	slices.SortStableFunc(sorted, func(a, b eval.Value) int { return c.s.Compare(c.keyOf(a), c.keyOf(b), "") })
	for _, elem := range sorted {
		elem = c.s.Force(elem)
		if c.s.Try(func() { c.s.Less(key, c.keyOf(elem), "") }, func(*eval.Error) bool { return true }) != nil {
			return elem
		}
	}
	return eval.Value{}
}

// show shows an element, whose key has been evaluated.
func (c *closure) show(elem eval.Value) string {
	elem = c.s.Force(elem)
	b := c.s.NewAttrs(1)
	key, _ := elem.Attrs().Get(symKey)
	b.Set(symKey, c.s.Force(key))
	return string(c.s.ShowForError(c.s.Update(elem, b.Value())))
}

// currentKey returns the key of the current element, not forced.
func (c *closure) currentKey() eval.Value {
	attrs := c.s.ForceAttrs(c.current, "")
	return c.s.ForceAttr(attrs, symKey, "")
}

// call returns the elements that follow from the current one.
func (c *closure) call(operator eval.Value) eval.Value {
	next := c.s.ForceList(c.s.Call1(operator, c.current),
		"while evaluating the return value of the `operator` passed to builtins.genericClosure")
	for _, e := range next.List() {
		c.s.Force(e)
	}
	return next
}
