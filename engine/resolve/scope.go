package resolve

import "nixbench/engine/syntax"

// A frame is the layout of a frame: how many slots it has so far.
type frame struct {
	level int32 // how many frames are above
	size  int32
}

// reserve adds n slots and returns the first.
func (f *frame) reserve(n int) int32 {
	slot := f.size
	f.size += int32(n)
	return slot
}

// A scope binds names to slots of a frame. Exactly one of lambda, attrs and with
// is set, none in the outermost scope.
type scope struct {
	up     *scope
	frame  *frame
	lambda *syntax.Lambda
	attrs  *syntax.Attrs
	with   *syntax.With
	// withs are the enclosing with scopes as seen from frame, innermost first;
	// made when first needed.
	withs *[]syntax.WithRef
}

// find returns the slot of name if this scope, not an enclosing one, binds it.
func (sc *scope) find(name syntax.Sym) (slot int32, ok bool) {
	switch {
	case sc.attrs != nil:
		if i := sc.attrs.Find(name); i >= 0 {
			return sc.attrs.Attrs[i].Slot, true
		}
	case sc.lambda != nil && sc.lambda.HasFormals:
		l := sc.lambda
		for i := range l.Formals {
			if l.Formals[i].Name == name {
				return l.ArgSlot + 1 + int32(i), true
			}
		}
		return l.ArgSlot, l.Arg == name
	case sc.lambda != nil:
		return findArg(sc.lambda, name)
	}
	return 0, false
}

// findArg finds the innermost of merged functions whose argument is name.
func findArg(l *syntax.Lambda, name syntax.Sym) (slot int32, ok bool) {
	for n := l.Merged; ; n-- {
		if l.Arg == name {
			slot, ok = l.ArgSlot, true
		}
		if n == 1 {
			return slot, ok
		}
		l = l.Body.(*syntax.Lambda)
	}
}

// lookup finds the innermost binding of name in the text, as seen from sc.
func (sc *scope) lookup(name syntax.Sym) (ref syntax.Ref, ok bool) {
	for s := sc; s != nil; s = s.up {
		if slot, ok := s.find(name); ok {
			return syntax.Ref{Kind: syntax.Local, Depth: sc.frame.level - s.frame.level, Slot: slot}, true
		}
	}
	return syntax.Ref{}, false
}

// enclosingWiths returns the with scopes around sc, innermost first, nil if there are none.
func (sc *scope) enclosingWiths() *[]syntax.WithRef {
	if sc.withs != nil {
		return sc.withs
	}
	var withs []syntax.WithRef
	for s := sc; s != nil; s = s.up {
		if s.with != nil {
			withs = append(withs, syntax.WithRef{
				Depth: sc.frame.level - s.frame.level, Slot: s.with.Slot,
			})
		}
	}
	if withs != nil {
		sc.withs = &withs
	}
	return sc.withs
}
