package eval

import "unsafe"

// This file makes values of Go's, and reads Go's out of values. value.go has the invariants.

// MakeBool returns a Boolean.
func MakeBool(b bool) Value {
	if b {
		return True
	}
	return False
}

// MakeInt returns an integer.
func MakeInt(i int64) Value {
	if i < minInline || i > maxInline {
		return makeBigInt(i)
	}
	return Value{n: uint64(i)<<8 | rawInt}
}

func makeBigInt(i int64) Value { return Value{unsafe.Pointer(&i), rawBigInt} }

// MakeFloat returns a float.
func MakeFloat(f float64) Value { return Value{unsafe.Pointer(&f), rawFloat} }

// MakeString returns a string without context.
func MakeString(s string) Value {
	return Value{unsafe.Pointer(unsafe.StringData(s)), uint64(len(s))<<8 | rawString}
}

// contextString is a string that refers to store paths.
type contextString struct {
	s   string
	ctx StringContext // not empty
}

// MakeContextString returns a string with a context, which may be empty.
func MakeContextString(s string, ctx StringContext) Value {
	if len(ctx) == 0 {
		return MakeString(s)
	}
	return Value{unsafe.Pointer(&contextString{s, ctx}), rawContextString}
}

// MakePath returns a path. It must be absolute and clean.
func MakePath(path string) Value {
	return Value{unsafe.Pointer(unsafe.StringData(path)), uint64(len(path))<<8 | rawPath}
}

// MakeList returns the list of elems, which it keeps: the caller must not
// change them afterwards. Elements may be thunks.
func MakeList(elems []Value) Value {
	if len(elems) == 0 {
		return EmptyList
	}
	return Value{unsafe.Pointer(&elems[0]), uint64(len(elems))<<8 | rawList}
}

// MakeBuiltin returns a builtin as a function. A builtin of arity 0 is a
// constant and has to be evaluated by its table's owner.
func MakeBuiltin(b *Builtin) Value { return Value{unsafe.Pointer(b), rawBuiltin} }

func (v Value) mustBe(k Kind) {
	if got := kindOf[uint8(v.n)]; got != k {
		panic("eval: got a value of kind " + got.String() + ", want " + k.String())
	}
}

// AsBool returns the value of a Boolean. The accessors panic on values of
// another kind; see the Force methods of [State] for those that check.
func (v Value) AsBool() bool {
	v.mustBe(KindBool)
	return v.n>>8 != 0
}

// AsInt returns the value of an integer.
func (v Value) AsInt() int64 {
	v.mustBe(KindInt)
	return v.int()
}

func (v Value) int() int64 {
	if v.is(rawBigInt) {
		return *(*int64)(v.p)
	}
	return int64(v.n) >> 8
}

func (v Value) isInt() bool { return v.is(rawInt) || v.is(rawBigInt) }

// AsFloat returns the value of a float.
func (v Value) AsFloat() float64 {
	v.mustBe(KindFloat)
	return v.float()
}

func (v Value) float() float64 { return *(*float64)(v.p) }

// number returns the value of an integer or a float as a float.
func (v Value) number() float64 {
	if v.is(rawFloat) {
		return v.float()
	}
	return float64(v.int())
}

func (v Value) isString() bool { return v.is(rawString) || v.is(rawContextString) }

// AsString returns the bytes of a string, without its context, or of a path.
func (v Value) AsString() string {
	if v.is(rawString) || v.is(rawPath) {
		return v.text()
	}
	v.mustBe(KindString)
	return (*contextString)(v.p).s
}

// text returns the bytes of a rawString or rawPath.
func (v Value) text() string { return unsafe.String((*byte)(v.p), int(v.n>>8)) }

// str returns the bytes of a string of either raw kind.
func (v Value) str() string {
	if v.is(rawString) {
		return v.text()
	}
	return (*contextString)(v.p).s
}

// Context returns the context of a string; nil for anything else.
func (v Value) Context() StringContext {
	if v.is(rawContextString) {
		return (*contextString)(v.p).ctx
	}
	return nil
}

// Len returns the length of a list.
func (v Value) Len() int {
	v.mustBe(KindList)
	return int(v.n >> 8)
}

// List returns the elements of a list, which may be thunks.
// The caller must not change them.
func (v Value) List() []Value {
	v.mustBe(KindList)
	return v.list()
}

func (v Value) list() []Value { return unsafe.Slice((*Value)(v.p), int(v.n>>8)) }

// Attrs returns the attributes of a set.
func (v Value) Attrs() Attrs {
	v.mustBe(KindAttrs)
	return Attrs{v}
}

// Builtin returns the builtin that v is, or that it is a partial application
// of; nil for anything else.
func (v Value) Builtin() *Builtin {
	switch v.raw() {
	case rawBuiltin:
		return (*Builtin)(v.p)
	case rawPartial:
		return (*Builtin)((*Value)(v.p).p)
	}
	return nil
}

// Identity returns a value that tells the lists and sets that are the same
// allocation from those that are not. It is nil for scalars and empty lists.
func (v Value) Identity() allocation {
	switch v.raw() {
	case rawList, rawAttrs:
		return v.p
	}
	return nil
}

// An allocation is told from others by where it is.
type allocation = unsafe.Pointer

// place returns what tells the cell that a slot refers to from others, nil if the slot
// has the value itself.
func (v Value) place() allocation {
	if v.is(rawRef) {
		return v.p
	}
	return nil
}
