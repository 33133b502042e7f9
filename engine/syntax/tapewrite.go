package syntax

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"
)

// A tapeWriter puts a tree on a tape.
type tapeWriter struct {
	out   []byte
	names numbering
	base  Pos
}

// tapeWriters holds those that have written.
var tapeWriters = pool[tapeWriter]{}

// NewTape puts a resolved tree of a file on a tape.
func NewTape(e Expr, f *File) *Tape {
	w := tapeWriters.get()
	defer w.release()
	return w.write(e, f)
}

func (w *tapeWriter) write(e Expr, f *File) *Tape {
	w.base = f.base
	if need := len(f.source); need > cap(w.out) {
		w.out = make([]byte, 0, min(need, 1<<bits.Len(uint(need/4*3))))
	}
	w.expr(e)
	return &Tape{code: string(w.out), syms: append([]Sym(nil), w.names.syms...), base: f.base, dir: f.dir}
}

// release readies w for another tree.
func (w *tapeWriter) release() {
	w.names.reset()
	w.out = w.out[:0]
	if cap(w.out) > keptBytes {
		w.out = nil
	}
	tapeWriters.put(w)
}

// A numbering gives the names of one text numbers from 1 on, in the order in
// which it meets them.
type numbering struct {
	syms  []Sym    // by number, from 0
	index []uint32 // numbers by symbol
}

// of returns the number of a name.
func (t *numbering) of(s Sym) uint32 {
	if int(s) >= len(t.index) {
		t.index = append(t.index, make([]uint32, int(s)+1-len(t.index))...)
	}
	if t.index[s] == 0 {
		t.syms = append(t.syms, s)
		t.index[s] = uint32(len(t.syms))
	}
	return t.index[s]
}

// reset forgets all names.
func (t *numbering) reset() {
	for _, s := range t.syms {
		t.index[s] = 0
	}
	t.syms = t.syms[:0]
}

func (w *tapeWriter) byte(b byte)     { w.out = append(w.out, b) }
func (w *tapeWriter) uint(n uint64)   { w.out = binary.AppendUvarint(w.out, n) }
func (w *tapeWriter) count(n int)     { w.uint(uint64(n)) }
func (w *tapeWriter) number(n int32)  { w.uint(uint64(uint32(n))) }
func (w *tapeWriter) string(s string) { w.count(len(s)); w.out = append(w.out, s...) }

func (w *tapeWriter) bool(b bool) {
	if b {
		w.byte(1)
	} else {
		w.byte(0)
	}
}

func (w *tapeWriter) pos(p Pos) {
	if p == NoPos {
		w.byte(0)
		return
	}
	w.uint(uint64(p-w.base) + 1)
}

// sym writes a name, or that there is none.
func (w *tapeWriter) sym(s Sym) {
	if s == 0 {
		w.byte(0)
		return
	}
	w.uint(uint64(w.names.of(s)))
}

func (w *tapeWriter) head(kind byte, at Pos) {
	w.byte(kind)
	w.pos(at)
}

// folded writes a node so that it can be passed over.
func (w *tapeWriter) folded(e Expr) {
	start := len(w.out)
	w.out = append(w.out, onFold, 0, 0, 0, 0)
	w.expr(e)
	binary.LittleEndian.PutUint32(w.out[start+1:], uint32(len(w.out)-start-foldHead))
}

// delayed writes an expression that may never be evaluated, folded if it is
// large.
func (w *tapeWriter) delayed(e Expr) {
	if !mayFold(e) {
		w.expr(e)
		return
	}
	start := len(w.out)
	w.folded(e)
	if body := w.out[start+foldHead:]; len(body) < minFolded {
		copy(w.out[start:], body)
		w.out = w.out[:start+len(body)]
	}
}

// maybe writes an expression that may be nil.
func (w *tapeWriter) maybe(e Expr) {
	if e == nil {
		w.byte(onNothing)
		return
	}
	w.expr(e)
}

// each writes expressions, one by one with write.
func (w *tapeWriter) each(es []Expr, write func(Expr)) {
	w.count(len(es))
	for _, e := range es {
		write(e)
	}
}

func (w *tapeWriter) expr(e Expr) {
	switch e := e.(type) {
	case *Int:
		w.head(onInt, e.At)
		w.out = binary.AppendVarint(w.out, e.Value)
	case *Float:
		w.head(onFloat, e.At)
		w.out = binary.LittleEndian.AppendUint64(w.out, math.Float64bits(e.Value))
	case *Str:
		w.head(onStr, e.At)
		w.string(e.Value)
	case *Path:
		if e.Relative != "" {
			w.head(onRelative, e.At)
			w.string(e.Relative)
			break
		}
		w.head(onPath, e.At)
		w.string(e.Value)
	case *Interp:
		w.head(onInterp, e.At)
		w.bool(e.IsPath)
		w.count(len(e.Parts))
		for _, part := range e.Parts {
			w.pos(part.At)
			w.expr(part.X)
		}
	case *Var:
		w.head(onVar, e.At)
		w.variable(e)
	case *CurPos:
		w.head(onCurPos, e.At)
	case *Select:
		w.head(onSelect, e.At)
		w.expr(e.X)
		w.path(e.Path)
		w.maybe(e.Default)
	case *HasAttr:
		w.head(onHasAttr, e.At)
		w.expr(e.X)
		w.path(e.Path)
	case *Attrs:
		w.attrs(e)
	case *List:
		w.head(onList, e.At)
		w.each(e.Elems, w.delayed)
	case *Lambda:
		w.lambda(e)
	default:
		w.compound(e)
	}
}

// compound writes the nodes whose parts are evaluated in order.
func (w *tapeWriter) compound(e Expr) {
	switch e := e.(type) {
	case *Call:
		w.head(onCall, e.At)
		w.expr(e.Fn)
		w.each(e.Args, w.delayed)
	case *Let:
		w.head(onLet, e.At)
		w.attrs(e.Attrs)
		w.expr(e.Body)
	case *With:
		w.head(onWith, e.At)
		w.number(e.Slot)
		w.frame(e.Frame)
		w.expr(e.Scope)
		w.expr(e.Body)
	case *If:
		w.head(onIf, e.At)
		w.expr(e.Cond)
		w.expr(e.Then)
		w.expr(e.Else)
	case *Assert:
		w.head(onAssert, e.At)
		w.expr(e.Cond)
		w.expr(e.Body)
	case *Not:
		w.head(onNot, e.At)
		w.expr(e.X)
	case *Binary:
		w.head(onBinary, e.At)
		w.byte(byte(e.Op))
		w.pos(e.XAt)
		w.pos(e.YAt)
		w.bool(e.Fn != nil)
		if e.Fn != nil {
			w.expr(e.Fn)
		}
		w.expr(e.X)
		w.expr(e.Y)
	default:
		panic(fmt.Sprintf("syntax: unreachable: %T on a tape", e))
	}
}

func (w *tapeWriter) variable(e *Var) {
	w.sym(e.Name)
	w.byte(byte(e.Ref.Kind))
	switch e.Ref.Kind {
	case Local:
		w.number(e.Ref.Depth)
		w.number(e.Ref.Slot)
	case Outer:
		w.number(e.Ref.Slot)
	case InWith:
		w.count(len(*e.Ref.Withs))
		for _, x := range *e.Ref.Withs {
			w.number(x.Depth)
			w.number(x.Slot)
		}
	}
}

func (w *tapeWriter) path(path []AttrName) {
	w.count(len(path))
	for _, n := range path {
		w.sym(n.Sym)
		if n.Sym == 0 {
			w.expr(n.X)
		}
	}
}

func (w *tapeWriter) frame(f Frame) {
	w.bool(f.New)
	w.number(f.Size)
}

func (w *tapeWriter) attrs(e *Attrs) {
	w.head(onAttrs, e.At)
	w.bool(e.Rec)
	w.frame(e.Frame)
	w.number(e.Overrides)
	w.each(e.Froms, w.expr)
	for _, at := range e.FromAts {
		w.pos(at)
	}
	w.count(len(e.Attrs))
	for i := range e.Attrs {
		a := &e.Attrs[i]
		w.sym(a.Name)
		w.pos(a.At)
		w.byte(byte(a.Kind))
		w.number(a.Slot)
		switch {
		case a.Kind == InheritedFrom:
			w.number(a.From)
		case a.Kind == Plain:
			w.delayed(a.Value)
		default:
			w.expr(a.Value)
		}
	}
	w.count(len(e.Dynamic))
	for _, d := range e.Dynamic {
		w.pos(d.At)
		w.expr(d.Name)
		w.delayed(d.Value)
	}
}

func (w *tapeWriter) lambda(e *Lambda) {
	w.head(onLambda, e.At)
	w.sym(e.Arg)
	w.sym(e.Name)
	w.bool(e.HasFormals)
	w.bool(e.Ellipsis)
	w.number(e.Merged)
	w.number(e.ArgSlot)
	w.frame(e.Frame)
	w.count(len(e.Formals))
	for _, f := range e.Formals {
		w.sym(f.Name)
		w.pos(f.At)
		if f.Default == nil {
			w.byte(onNothing)
		} else {
			w.folded(f.Default)
		}
	}
	if inner, ok := e.Body.(*Lambda); ok && inner.Merged == 0 {
		w.lambda(inner)
		return
	}
	w.folded(e.Body)
}
