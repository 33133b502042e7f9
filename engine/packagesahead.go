package engine

import "nixbench/engine/eval"

// This file lets idle cores look at what a walk for derivations is going to come to.

// A looked is what a worker found out about an attribute.
type looked struct {
	failed bool     // it throws or fails an assertion
	below  []looked // about the attributes of a set that wants its derivations to be found
}

// lookAhead lets idle cores look at attributes, and at what is below them.
func lookAhead(s *eval.State, attrs []eval.Attr) *eval.Ahead[looked] {
	return eval.NewAhead(s, len(attrs), nil, func(s *eval.State, i int) looked { return look(s, attrs[i]) })
}

// look evaluates of an attribute what a walk does. Errors that a walk does not pass over
// are raised: who walks comes to them in its turn.
func look(s *eval.State, attr eval.Attr) (l looked) {
	var set eval.Value
	isSet := false
	err := s.Try(func() {
		v := s.ForceFor(attr.Value, s.PlaceOf(attr.Value, 0))
		if !s.IsDerivation(v) {
			set, isSet = v, true
			return
		}
		if name, ok := v.Attrs().GetName("name"); ok {
			s.Force(name)
		}
	}, catchable)
	l.failed = err != nil
	if isSet && recurses(s, set) && set.Attrs().Len() > 0 {
		l.below = lookBelow(s, set)
	}
	return l
}

// lookBelow looks at the attributes of a set, as deep in calls as a walk is there.
func lookBelow(s *eval.State, set eval.Value) []looked {
	s.Enter()
	attrs := pathAttrs(set)
	below := make([]looked, len(attrs))
	ahead := lookAhead(s, attrs)
	defer ahead.Stop()
	for i, attr := range attrs {
		l, ok := ahead.Take(i)
		if !ok {
			s.While(attr.Pos, whileAttr(eval.SymName(attr.Name)), func() { l = look(s, attr) })
		}
		below[i] = l
	}
	s.Leave()
	return below
}
