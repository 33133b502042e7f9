package eval

import (
	"nixbench/engine/syntax"
)

// The Force methods evaluate v and check what it is. If that fails, ctx tells
// in the trace what the value was wanted for, in Nix's words: "while evaluating
// the first argument passed to builtins.foo". As in Nix, those for sets and
// lists do not tell so of errors in the evaluation of v.

// ForceCtx forces v; ctx tells what for.
func (s *State) ForceCtx(v Value, ctx string) Value { return s.forceAt(v, 0, ctx) }

// forceAt forces v with a step of the trace, if it has to be evaluated at all.
func (s *State) forceAt(v Value, pos Pos, ctx string) Value {
	v = v.peek()
	if !v.lazy() {
		return v
	}
	s.push(textFrame(pos, syntax.Hint(ctx)))
	v = s.forceFrom(v.cell(), pos)
	s.pop()
	return v
}

// ForceInt returns the value of an integer.
func (s *State) ForceInt(v Value, ctx string) int64 {
	w := s.forceAt(v, 0, ctx)
	if !w.isInt() {
		s.wrongArgument("an integer", v, 0, 0, ctx)
	}
	return w.int()
}

// ForceFloat returns the value of a float or of an integer.
func (s *State) ForceFloat(v Value, ctx string) float64 {
	w := s.forceAt(v, 0, ctx)
	if !w.isInt() && !w.is(rawFloat) {
		s.wrongArgument("a float", v, 0, 0, ctx)
	}
	return w.number()
}

// ForceBool returns the value of a Boolean.
func (s *State) ForceBool(v Value, ctx string) bool { return s.ForceBoolAt(v, 0, ctx) }

// ForceBoolAt is ForceBool for what is at pos.
func (s *State) ForceBoolAt(v Value, pos Pos, ctx string) bool {
	w := s.forceAt(v, pos, ctx)
	if !w.is(rawBool) {
		s.wrongArgument("a Boolean", v, pos, pos, ctx)
	}
	return w.n>>8 != 0
}

// ForceList returns a list, evaluated but for its elements.
func (s *State) ForceList(v Value, ctx string) Value { return s.ForceListAt(v, 0, ctx) }

// ForceListAt is ForceList for what is at pos.
func (s *State) ForceListAt(v Value, pos Pos, ctx string) Value {
	w := s.ForceFor(v, pos)
	if !w.is(rawList) {
		s.wrongArgument("a list", v, 0, pos, ctx)
	}
	return w
}

// ForceElems returns the elements of a list, which may be thunks and must not
// be changed.
func (s *State) ForceElems(v Value, ctx string) []Value { return s.ForceList(v, ctx).list() }

// ForceAttrs returns the attributes of a set.
func (s *State) ForceAttrs(v Value, ctx string) Attrs { return s.ForceAttrsAt(v, 0, ctx) }

// ForceAttrsAt is ForceAttrs for what is at pos.
func (s *State) ForceAttrsAt(v Value, pos Pos, ctx string) Attrs {
	w := s.ForceFor(v, pos)
	if !w.is(rawAttrs) {
		s.wrongArgument("a set", v, 0, pos, ctx)
	}
	return Attrs{w}
}

// ForceFunction returns a function, which may be a set with a __functor.
func (s *State) ForceFunction(v Value, ctx string) Value { return s.ForceFunctionAt(v, 0, ctx) }

// ForceFunctionAt is ForceFunction for what is at pos.
func (s *State) ForceFunctionAt(v Value, pos Pos, ctx string) Value {
	w := s.forceAt(v, pos, ctx)
	switch w.raw() {
	case rawLambda, rawClosure, rawBuiltin, rawPartial:
		return w
	case rawAttrs:
		if get(w, symFunctor) != nil {
			return w
		}
	}
	s.wrongArgument("a function", v, pos, pos, ctx)
	return w
}

// ForceString returns a string and its context.
func (s *State) ForceString(v Value, ctx string) (string, StringContext) {
	w := s.forceAt(v, 0, ctx)
	if !w.isString() {
		s.wrongArgument("a string", v, 0, 0, ctx)
	}
	return w.str(), w.Context()
}

// ForceStringAt is ForceStringNoCtx for what is at pos.
func (s *State) ForceStringAt(v Value, pos Pos, ctx string) string { return s.stringNoCtx(v, pos, ctx) }

// ForceStringNoCtx returns a string, which must have no context.
func (s *State) ForceStringNoCtx(v Value, ctx string) string { return s.stringNoCtx(v, 0, ctx) }

func (s *State) stringNoCtx(v Value, pos Pos, ctx string) string {
	w := s.forceAt(v, pos, ctx)
	if w.is(rawString) {
		return w.text()
	}
	if !w.isString() {
		s.wrongArgument("a string", v, pos, pos, ctx)
	}
	s.Raise(ErrorOther, syntax.Hintf("the string '%s' is not allowed to refer to a store path (such as '%s')",
		w.str(), w.Context().Ordered()[0].Display()), While(pos, syntax.Hint(ctx)))
	return ""
}

// ForceAttr returns an attribute of a set, not forced. If it is missing, that
// is an error.
func (s *State) ForceAttr(a Attrs, name Sym, ctx string) Value {
	v, ok := a.Get(name)
	if !ok {
		s.Raise(ErrorMissingAttr, syntax.Hintf("attribute '%s' missing", ShowSym(name)), While(0, syntax.Hint(ctx)))
	}
	return v
}

// attrFrame is the step of evaluating an attribute.
func attrFrame(a Attr) frame {
	return partFrame(whileAttr, a.Name, a.Pos)
}

// Equal compares two values. Behaviour: eqValues in Nix's eval.cc: functions
// are never equal, but what is the same list, set or function by identity is.
func (s *State) Equal(a, b Value) bool { return s.equalAt(a, b, 0) }

// equalAt is Equal for a comparison at pos, which is also who wants what is in the values.
func (s *State) equalAt(a, b Value, pos Pos) bool {
	s.EnterAt(pos)
	a, b = s.ForceFor(a, pos), s.ForceFor(b, pos)
	r := a.is(rawInt) && b.is(rawInt) && a.n == b.n || s.equal(a, b, pos)
	s.Leave()
	return r
}

func (s *State) equal(a, b Value, pos Pos) bool {
	switch kind := kindOf[a.raw()]; kind {
	case KindInt, KindFloat:
		return equalNumbers(a, b)
	case KindNull, KindBool:
		return a.n == b.n
	case KindString:
		return b.isString() && a.str() == b.str()
	case KindPath:
		return b.is(rawPath) && a.text() == b.text()
	case KindList:
		return b.is(rawList) && a.n == b.n && s.equalLists(a, b, pos)
	case KindAttrs:
		return b.is(rawAttrs) && s.equalAttrs(a, b, pos)
	}
	return false
}

func equalNumbers(a, b Value) bool {
	switch {
	case a.isInt() && b.isInt():
		return a.int() == b.int()
	case (a.isInt() || a.is(rawFloat)) && (b.isInt() || b.is(rawFloat)):
		return a.number() == b.number()
	}
	return false
}

func (s *State) equalLists(a, b Value, pos Pos) bool {
	x, y := a.list(), b.list()
	for i := range x {
		if !s.equalSlots(x[i], y[i], pos) {
			return false
		}
	}
	return true
}

// EqualSlots compares what two slots hold, such as an element of a list and an
// argument. The very same thing is equal, be it a function or not a number, but it
// is forced all the same.
func (s *State) EqualSlots(x, y Value) bool { return s.equalSlots(x, y, 0) }

func (s *State) equalSlots(x, y Value, pos Pos) bool {
	if x == y && s.depth < s.ev.maxDepth {
		s.ForceFor(x, pos)
		return true
	}
	s.EnterAt(pos)
	a, b := s.ForceFor(x, pos), s.ForceFor(y, pos)
	r := a.is(rawInt) && b.is(rawInt) && a.n == b.n || sameOnceRead(x, y) || s.equal(a, b, pos)
	s.Leave()
	return r
}

// sameOnceRead reports whether one of two evaluated slots holds a set or a list,
// and the other still refers to the thunk that came to be it. Whether that is what
// the first has been read from, so that they are the very same thing in Nix, is not
// kept; if it is another thunk with the same set, only what fails in there, and
// what is no equal to itself, could tell.
func sameOnceRead(x, y Value) bool {
	if x.lazy() == y.lazy() {
		return false
	}
	a := x.peek()
	return a == y.peek() && (a.is(rawAttrs) || a.is(rawList))
}

func (s *State) equalAttrs(a, b Value, pos Pos) bool {
	if s.IsDerivation(a) && s.IsDerivation(b) {
		x, y := get(a, symOutPath), get(b, symOutPath)
		if x != nil && y != nil {
			return s.equalSlots(*x, *y, pos)
		}
	}
	a, b = flat(a), flat(b)
	sa, sb := a.shape(), b.shape()
	if len(sa.syms) != len(sb.syms) {
		return false
	}
	n, held := s.goesInOrder(sa), len(s.held)
	same := true
	for i := 0; same && i < len(sa.syms); i++ {
		// Where the names differ Nix has compared values before, and met their errors.
		same = sa.syms[i] == sb.syms[i] && s.equalSlots(*a.attrAt(i), *b.attrAt(i), pos)
	}
	s.wentInOrder(n, same || len(s.held) == held)
	return same
}

// IsDerivation reports whether v is a set whose attribute type is "derivation".
func (s *State) IsDerivation(v Value) bool {
	if !v.is(rawAttrs) {
		return false
	}
	t := get(v, symType)
	if t == nil {
		return false
	}
	tv := t.peek()
	if tv.lazy() {
		tv = s.forceFrom(tv.cell(), Attrs{v}.Pos(symType))
	}
	return tv.isString() && tv.str() == "derivation"
}

// Less reports whether a < b. The values are forced; ctx, which may be empty,
// is for the trace. Behaviour: CompareValues in Nix's primops.cc.
func (s *State) Less(a, b Value, ctx string) bool {
	slotA, slotB := a, b
	a, b = s.force(a), s.force(b)
	if a.is(rawInt) && b.is(rawInt) {
		return int64(a.n) < int64(b.n)
	}
	ka, kb := kindOf[a.raw()], kindOf[b.raw()]
	switch {
	case ka == KindInt && kb == KindInt:
		return a.int() < b.int()
	case (ka == KindInt || ka == KindFloat) && (kb == KindInt || kb == KindFloat):
		return a.number() < b.number()
	case ka != kb && !(ka.isFunction() && kb.isFunction()):
		s.Raise(ErrorType, syntax.Hintf("cannot compare %s with %s; values are %s and %s",
			ShowType(a), ShowType(b), s.showArgument(slotA), s.showArgument(slotB)), While(0, syntax.Hint(ctx)))
	case ka == KindString:
		return a.str() < b.str()
	case ka == KindPath:
		return PlainPath(ShowPath(a.text())) < PlainPath(ShowPath(b.text()))
	case ka == KindList:
		return s.lessLists(a.list(), b.list(), ctx)
	}
	s.Raise(ErrorType, syntax.Hintf("cannot compare %s with %s; values of that type are incomparable (values are %s and %s)",
		ShowType(a), ShowType(b), s.showArgument(slotA), s.showArgument(slotB)), While(0, syntax.Hint(ctx)))
	return false
}

// lessLists is Less for lists; ctx is a step of the trace of what fails in them.
func (s *State) lessLists(a, b []Value, ctx string) (less bool) {
	mark := len(s.stack)
	if ctx != "" {
		s.push(textFrame(0, syntax.Hint(ctx)))
	}
	for i := 0; ; i++ {
		switch {
		case i == len(b):
		case i == len(a):
			less = true
		case !s.equalSlots(a[i], b[i], 0):
			less = s.Less(a[i], b[i], "while comparing two list elements")
		default:
			continue
		}
		s.stack = s.stack[:mark]
		return less
	}
}

// Compare returns -1, 0 or 1, as for sorting by Less.
func (s *State) Compare(a, b Value, ctx string) int {
	if s.Less(a, b, ctx) {
		return -1
	}
	if s.Less(b, a, ctx) {
		return 1
	}
	return 0
}
