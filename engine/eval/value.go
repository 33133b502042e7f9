// This file holds the representation of values; convert.go makes values of Go's and Go's
// of values, cells.go has what stands behind them in memory. The three have all code of
// the package that takes pointers for what they are not. A [Value] is two words. Its invariants:
//
//   - The low byte of n is the raw kind, always, so that the kind is known
//     without looking at p.
//   - Raw kinds of 0x80 and above are lazy: the value is not known yet.
//   - A slot (of a list, a set, a frame) holds a value, or a reference (rawRef)
//     to a thunk cell. Slots are written once, before they are shared.
//   - A thunk cell holds {env, node<<8|rawThunk} and the like, then is busy,
//     then holds its result for ever (or again what it held, if evaluation was
//     unwound; or for ever the error that tryEval caught). It is claimed by compare-and-swap of n, and published by
//     storing p first and n, atomically, last; so whoever reads n atomically
//     and finds a result may read p.
//   - Every pointer stays inside the allocation it was made from.
//
// What p and n hold for each kind:
//
//	null            nil
//	bool            nil            n>>8: 0 or 1
//	int             nil            n>>8: 56 bits, signed
//	bigInt, float   *int64, *float64
//	string, path    first byte     n>>8: length in bytes
//	contextString   *contextString
//	list            first element  n>>8: length
//	attrs           header {shape}, values…; n>>8: 0
//	                header {shape}, base, flat, values…; n>>8: layers
//	lambda          frame          n>>8: index of the lambda (32 bits);
//	builtin         *Builtin
//	partial         builtin, arguments…; n>>8: number of arguments
//	closure         the same of a lambda, which shows as a lambda
//	ref             *Value, the thunk cell

package eval

import (
	"sync/atomic"
	"unsafe"
)

// A Value is a value of the Nix language, or a reference to one that is not
// evaluated yet. The zero Value is no value at all.
// Values are immutable and may be copied and shared between goroutines.
type Value struct {
	p unsafe.Pointer
	n uint64
}

// A Kind says what a [Value] is.
type Kind uint8

// The kinds of values. A thunk is a value that has not been forced.
const (
	KindNone Kind = iota
	KindThunk
	KindNull
	KindBool
	KindInt
	KindFloat
	KindString
	KindPath
	KindList
	KindAttrs
	KindLambda
	KindBuiltin
	KindPartial // a builtin applied to fewer arguments than it takes
)

// Raw kinds, the low byte of Value.n.
const (
	rawNone = iota
	rawNull
	rawBool
	rawInt
	rawBigInt
	rawFloat
	rawString
	rawContextString
	rawPath
	rawList
	rawAttrs
	rawLambda
	rawBuiltin
	rawPartial
	rawClosure

	rawRef        = 0x80 + iota - rawClosure - 1 // slot: reference to a cell
	rawThunk                                     // cell: p frame, n>>8 node index
	rawBusy                                      // cell: being evaluated by State n>>8
	rawBusyWaited                                // the same, and somebody waits
	rawApp                                       // cell: p {function, arguments…}, n>>8 their number
	rawMapElem                                   // cell: p {function, list}, n>>8 index
	rawGenElem                                   // cell: p {function}, n>>8 index
	rawMapAttr                                   // cell: p {function, set}, n>>8 index
	rawFailed                                    // cell: p *failure, see failure.go
)

// kindOf maps raw kinds to kinds.
var kindOf = [256]Kind{
	rawNull:          KindNull,
	rawBool:          KindBool,
	rawInt:           KindInt,
	rawBigInt:        KindInt,
	rawFloat:         KindFloat,
	rawString:        KindString,
	rawContextString: KindString,
	rawPath:          KindPath,
	rawList:          KindList,
	rawAttrs:         KindAttrs,
	rawLambda:        KindLambda,
	rawBuiltin:       KindBuiltin,
	rawPartial:       KindPartial,
	rawClosure:       KindLambda,
	rawRef:           KindThunk,
	rawThunk:         KindThunk,
	rawBusy:          KindThunk,
	rawBusyWaited:    KindThunk,
	rawApp:           KindThunk,
	rawMapElem:       KindThunk,
	rawGenElem:       KindThunk,
	rawMapAttr:       KindThunk,
	rawFailed:        KindThunk,
}

// Values that need no allocation.
var (
	Null       = Value{n: rawNull}
	True       = Value{n: rawBool | 1<<8}
	False      = Value{n: rawBool}
	EmptyList  = Value{n: rawList}
	EmptyAttrs = Value{unsafe.Pointer(&emptyAttrsHeader), rawAttrs}
)

var (
	emptyShape       = &Shape{}
	emptyAttrsHeader = [1]Value{{p: unsafe.Pointer(emptyShape)}}
)

const (
	valueSize = unsafe.Sizeof(Value{})
	minInline = -1 << 55
	maxInline = 1<<55 - 1
)

func (v Value) raw() uint8      { return uint8(v.n) }
func (v Value) is(k uint8) bool { return uint8(v.n) == k }
func (v Value) lazy() bool      { return int8(v.n) < 0 }

// Kind returns the kind of v, without forcing it: KindThunk for a value that
// was not evaluated yet. A reference to an evaluated thunk has the kind of its
// value.
func (v Value) Kind() Kind {
	return kindOf[uint8(v.peek().n)]
}

// IsThunk reports whether v has not been evaluated.
func (v Value) IsThunk() bool { return v.peek().lazy() }

// peek returns the value that v stands for if that is known by now,
// otherwise v.
func (v Value) peek() Value {
	if v.is(rawRef) {
		if r := (*Value)(v.p).load(); !r.lazy() {
			return r
		}
	}
	return v
}

// load reads a cell that other goroutines may be publishing.
// If it is lazy, its p is meaningless.
func (c *Value) load() Value {
	n := atomic.LoadUint64(&c.n)
	if int8(n) < 0 {
		return Value{n: n}
	}
	return Value{c.p, n}
}

// loadN returns the n of a cell.
func (c *Value) loadN() uint64 { return atomic.LoadUint64(&c.n) }

// casN claims or marks a cell.
func (c *Value) casN(old, n uint64) bool { return atomic.CompareAndSwapUint64(&c.n, old, n) }

// publish makes r the value of a cell that the caller has claimed, and reports
// whether somebody waits for it.
func (c *Value) publish(r Value) (waited bool) {
	c.p = r.p
	return uint8(atomic.SwapUint64(&c.n, r.n)) == rawBusyWaited
}

// fail makes the error of a failure what a claimed cell raises for ever, and
// reports whether somebody waits for the cell.
func (c *Value) fail(f *failure) (waited bool) {
	c.p = unsafe.Pointer(f)
	return uint8(atomic.SwapUint64(&c.n, rawFailed)) == rawBusyWaited
}

// failure returns that of a cell whose n is rawFailed.
func (c *Value) failure() *failure { return (*failure)(c.p) }

// unclaim gives a claimed cell back, to be evaluated again, and reports whether
// somebody waits for it. n is what the cell's n was before it was claimed;
// its p has not been touched since.
func (c *Value) unclaim(n uint64) (waited bool) {
	return uint8(atomic.SwapUint64(&c.n, n)) == rawBusyWaited
}

// at returns the i-th cell from p on.
func at(p *Value, i uintptr) *Value {
	return (*Value)(unsafe.Add(unsafe.Pointer(p), i*valueSize))
}

// cells returns n cells from p on.
func cells(p *Value, n int) []Value { return unsafe.Slice(p, n) }

func makeRef(c *Value) Value { return Value{unsafe.Pointer(c), rawRef} }

// cell returns the thunk cell that a reference refers to.
func (v Value) cell() *Value { return (*Value)(v.p) }
