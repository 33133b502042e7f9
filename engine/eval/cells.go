package eval

import (
	"sync/atomic"
	"unsafe"
)

// This file lays out what stands behind a Value in cells: sets, functions, frames and
// thunks; and the entries of the force stack. value.go has the invariants.

// Sets. See attrs.go for what the cells mean.

func (v Value) layered() bool { return v.n>>8 != 0 }

// header returns the first cell of a set, of a lambda's frame or of a partial
// application.
func (v Value) header() *Value { return (*Value)(v.p) }

// shape returns the shape of a set, or of its top layer.
func (v Value) shape() *Shape { return (*Shape)((*Value)(v.p).p) }

// attrAt returns the i-th value of a set that is not layered.
func (v Value) attrAt(i int) *Value { return at((*Value)(v.p), uintptr(i)+1) }

// layerAt returns the i-th value of the top layer of a layered set.
func (v Value) layerAt(i int) *Value { return at((*Value)(v.p), uintptr(i)+3) }

// base returns what is below the top layer of a layered set.
func (v Value) base() Value { return *at((*Value)(v.p), 1) }

// flattened returns the set that a layered set was flattened to, or nil.
func (v Value) flattened() *Value {
	return (*Value)(atomic.LoadPointer(&at((*Value)(v.p), 2).p))
}

func (v Value) setFlattened(flat Value) {
	atomic.StorePointer(&at((*Value)(v.p), 2).p, flat.p)
}

// attrsFromHeader returns the set whose header and values start at c.
func attrsFromHeader(c *Value) Value { return Value{unsafe.Pointer(c), rawAttrs} }

// initAttrs writes the header of a set at c.
func initAttrs(c *Value, sh *Shape) Value {
	c.p = unsafe.Pointer(sh)
	return Value{unsafe.Pointer(c), rawAttrs}
}

// initLayer writes the header of a layered set at c.
func initLayer(c *Value, sh *Shape, base Value) Value {
	c.p = unsafe.Pointer(sh)
	*at(c, 1) = base
	return Value{unsafe.Pointer(c), base.n + 1<<8}
}

// Functions.

// lambdaIndex returns the index of the lambda that a function was made by.
func (v Value) lambdaIndex() uint32 { return uint32(v.n >> 8) }

// frame returns the frame that a function was made in.
func (v Value) frame() *Value { return (*Value)(v.p) }

// env returns the frame, or whatever the p of a claimed thunk cell refers to. It
// does not touch n, which others may be changing.
func (c *Value) env() *Value { return (*Value)(c.p) }

// makeLambda returns the function that a node makes in a frame; tagged is the n of
// thunks of the node.
func makeLambda(frame *Value, tagged uint64) Value {
	return Value{unsafe.Pointer(frame), tagged&^0xff | rawLambda}
}

// makePartial returns the callee at c applied to the nargs values behind it.
func makePartial(c *Value, nargs int) Value {
	if c.is(rawLambda) {
		return Value{unsafe.Pointer(c), uint64(nargs)<<8 | rawClosure}
	}
	return Value{unsafe.Pointer(c), uint64(nargs)<<8 | rawPartial}
}

// Frames: a header {up, captured}, then slots.

func up(fr *Value) *Value { return (*Value)(fr.p) }

func setUp(fr, parent *Value) { fr.p = unsafe.Pointer(parent) }

// capture marks a frame as referred to by a thunk or a function, so that it is
// not recycled. A frame that another goroutine can see is marked already.
func capture(fr *Value) {
	if fr.n == 0 {
		fr.n = 1
	}
}

// initThunk makes c a thunk that evaluates a node in a frame.
// p is the frame, or whatever cells the node expects in its place.
func initThunk(c *Value, p *Value, tagged uint64) Value {
	c.p = unsafe.Pointer(p)
	c.n = tagged
	return Value{unsafe.Pointer(c), rawRef}
}

// Sizes in bytes, of what is counted before many are made.
const (
	attrSize   = int(unsafe.Sizeof(Attr{}))
	lexKeySize = int(unsafe.Sizeof(lexKey{}))
)

// Slabs.

// newChunk returns zeroed cells, and the first of them.
func newChunk(n int) (*Value, []Value) {
	c := make([]Value, n)
	return &c[0], c
}

// A frame is an entry of the force stack: see stack.go. It keeps pointers of
// several types in one word; the low byte of n says which.
type frame struct {
	p unsafe.Pointer
	n uint64 // low byte: a lazy raw kind for a cell, else a tag
}

func pointerToText(s string) unsafe.Pointer { return unsafe.Pointer(unsafe.StringData(s)) }

func bytesToString(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

func textFromPointer(p unsafe.Pointer, n int) string { return unsafe.String((*byte)(p), n) }

func cellFrame(c *Value, n uint64) frame { return frame{unsafe.Pointer(c), n} }

// envFrame is a step into the frame of a let or with, by the n of thunks of it.
func envFrame(fr *Value, tagged uint64) frame {
	return frame{unsafe.Pointer(fr), tagged&^0xff | tagEnv}
}

// rootFrame is a step into the frame of a whole text.
func rootFrame(fr *Value, root node) frame {
	f := frame{unsafe.Pointer(fr), tagRoot}
	if t, ok := root.(interface{ thunkTag() uint64 }); ok {
		f.n |= t.thunkTag() &^ 0xff
	}
	return f
}

func pointerFrame[T any](p *T, n uint64) frame { return frame{unsafe.Pointer(p), n} }

func (f frame) cell() *Value { return (*Value)(f.p) }

func (f frame) text() string { return textFromPointer(f.p, int(f.n>>8&0xffff)) }

// saved is a frame as traces keep it: that of a cell has what the thunk refers to
// instead of the cell, which is going to be given back.
func (f frame) saved() frame {
	if int8(f.n) < 0 {
		f.p = unsafe.Pointer(f.cell().env())
	}
	return f
}

// env returns the frame of variables that a saved frame refers to.
func (f frame) env() *Value { return (*Value)(f.p) }

func (f frame) value() *Value { return (*Value)(f.p) }

func (f frame) stepText() *StepText { return (*StepText)(f.p) }

func (f frame) builtin() *Builtin { return (*Builtin)(f.p) }

func (f frame) selection() *selection { return (*selection)(f.p) }

func (f frame) pos() Pos { return Pos(f.n >> 32) }
