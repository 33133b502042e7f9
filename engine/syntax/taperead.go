package syntax

import (
	"encoding/binary"
	"fmt"
	"math"
)

// A TapeReader makes trees of parts of tapes. It belongs to one goroutine.
type TapeReader struct {
	tape  *Tape
	off   int
	arena *arena
	whole bool // unfold all
	// at, if not nil, takes note of where each expression is on the tape.
	at map[Expr]uint32
}

// tapeReaders holds those whose trees nobody uses.
var tapeReaders = pool[TapeReader]{}

// Reader returns a reader. Its trees may be used until it is released.
func (t *Tape) Reader() *TapeReader {
	r := tapeReaders.get()
	if r.tape = t; r.arena == nil {
		r.arena = new(arena)
	}
	return r
}

// Release ends the life of all trees that the reader has made. Strings in them
// stay good.
func (r *TapeReader) Release() {
	r.arena.reset()
	r.tape = nil
	tapeReaders.put(r)
}

// Located returns a reader whose trees live as long as somebody refers to them,
// and where on the tape their expressions are; that of a [Folded] is its Off.
func (t *Tape) Located() (*TapeReader, map[Expr]uint32) {
	at := make(map[Expr]uint32)
	return &TapeReader{tape: t, arena: new(arena), at: at}, at
}

// Unfold returns the expression at an offset, unfolded. It lives as long as
// somebody refers to it.
func (t *Tape) Unfold(off uint32) Expr { return (&TapeReader{tape: t, arena: new(arena)}).Whole(off) }

// Head returns the function at an offset, its body and defaults folded. It lives
// as long as somebody refers to it.
func (t *Tape) Head(off uint32) *Lambda {
	return (&TapeReader{tape: t, arena: new(arena)}).Expr(off).(*Lambda)
}

// Expr returns the expression at an offset, which is 0 for the whole.
// What is folded in it remains so.
func (r *TapeReader) Expr(off uint32) Expr {
	r.off = int(off)
	return r.expr()
}

// Whole returns the expression at an offset, unfolded.
func (r *TapeReader) Whole(off uint32) Expr {
	r.whole = true
	defer func() { r.whole = false }()
	return r.Expr(off)
}

// Function returns the function at an offset, its body and defaults unfolded.
func (r *TapeReader) Function(off uint32) *Lambda {
	l := r.Expr(off).(*Lambda)
	for i := range l.Formals {
		l.Formals[i].Default = r.unfolded(l.Formals[i].Default)
	}
	inner := l
	for n := l.Merged; n > 1; n-- {
		inner = inner.Body.(*Lambda)
	}
	inner.Body = r.unfolded(inner.Body)
	return l
}

func (r *TapeReader) unfolded(e Expr) Expr {
	if f, ok := e.(*Folded); ok {
		return r.Expr(f.Off)
	}
	return e
}

func (r *TapeReader) byte() byte {
	b := r.tape.code[r.off]
	r.off++
	return b
}

func (r *TapeReader) bool() bool { return r.byte() != 0 }

func (r *TapeReader) uint() uint64 {
	code := r.tape.code
	if b := code[r.off]; b < 0x80 {
		r.off++
		return uint64(b)
	}
	n, shift := uint64(0), 0
	for i := r.off; ; i++ {
		b := code[i]
		n |= uint64(b&0x7f) << shift
		if b < 0x80 {
			r.off = i + 1
			return n
		}
		shift += 7
	}
}

func (r *TapeReader) count() int { return int(r.uint()) }

func (r *TapeReader) number() int32 { return int32(uint32(r.uint())) }

func (r *TapeReader) string() string {
	n := r.count()
	s := r.tape.code[r.off : r.off+n]
	r.off += n
	return s
}

func (r *TapeReader) pos() Pos {
	n := r.uint()
	if n == 0 {
		return NoPos
	}
	return r.tape.base + Pos(n-1)
}

func (r *TapeReader) sym() Sym {
	n := r.uint()
	if n == 0 {
		return 0
	}
	return r.tape.syms[n-1]
}

// here returns the offset of the next expression.
func (r *TapeReader) here() uint32 {
	if r.tape.code[r.off] == onFold {
		return uint32(r.off + foldHead)
	}
	return uint32(r.off)
}

// expr reads an expression; nil if there is none.
func (r *TapeReader) expr() Expr {
	if r.tape.code[r.off] == onFold {
		if e := r.fold(); e != nil {
			return e
		}
	}
	off := uint32(r.off)
	e := r.node(r.byte(), off)
	if r.at != nil && e != nil {
		r.at[e] = off
	}
	return e
}

// fold passes over a folded node, or enters it if all is to be unfolded.
func (r *TapeReader) fold() Expr {
	off := r.off + foldHead
	if r.whole {
		r.off = off
		return nil
	}
	size := uint32(r.tape.code[r.off+1]) | uint32(r.tape.code[r.off+2])<<8 |
		uint32(r.tape.code[r.off+3])<<16 | uint32(r.tape.code[r.off+4])<<24
	r.off = off + int(size)
	f := r.arena.folds.alloc()
	f.Off, f.IsLambda = uint32(off), r.tape.code[off] == onLambda
	if r.at != nil {
		r.at[f] = f.Off
	}
	return f
}

func (r *TapeReader) all() []Expr {
	es := r.arena.exprs.take(r.count())
	for i := range es {
		es[i] = r.expr()
	}
	return es
}

func (r *TapeReader) node(kind byte, off uint32) Expr {
	if kind == onNothing {
		return nil
	}
	at := r.pos()
	switch kind {
	case onInt:
		e := r.arena.ints.alloc()
		n, size := binary.Varint([]byte(r.tape.code[r.off:min(r.off+binary.MaxVarintLen64, len(r.tape.code))]))
		r.off += size
		e.Value, e.At = n, at
		return e
	case onFloat:
		bits := binary.LittleEndian.Uint64([]byte(r.tape.code[r.off : r.off+8]))
		r.off += 8
		return &Float{math.Float64frombits(bits), at}
	case onStr:
		e := r.arena.strs.alloc()
		e.Value, e.At = r.string(), at
		return e
	case onPath:
		e := r.arena.paths.alloc()
		e.Value, e.At = r.string(), at
		return e
	case onRelative:
		e := r.arena.paths.alloc()
		e.Relative, e.At = r.string(), at
		e.Value = inDir(r.tape.dir, e.Relative)
		return e
	case onInterp:
		return r.interp(at)
	case onVar:
		return r.variable(at)
	case onCurPos:
		return &CurPos{At: at}
	case onSelect:
		e := r.arena.selects.alloc()
		e.X, e.At = r.expr(), at
		e.Path = r.path()
		e.Default = r.expr()
		return e
	case onHasAttr:
		e := r.arena.hasAttrs.alloc()
		e.X, e.At = r.expr(), at
		e.Path = r.path()
		return e
	case onAttrs:
		return r.attrs(at)
	case onList:
		e := r.arena.lists.alloc()
		e.Elems, e.At = r.all(), at
		return e
	case onLambda:
		return r.lambda(at, off)
	}
	return r.compound(kind, at)
}

func (r *TapeReader) compound(kind byte, at Pos) Expr {
	switch kind {
	case onCall:
		e := r.arena.calls.alloc()
		e.Fn, e.At = r.expr(), at
		e.Args = r.all()
		return e
	case onLet:
		e := r.arena.lets.alloc()
		e.At = at
		e.Attrs = r.expr().(*Attrs)
		e.Body = r.expr()
		return e
	case onWith:
		e := r.arena.withs.alloc()
		e.At, e.Slot, e.Frame = at, r.number(), r.frame()
		e.Scope = r.expr()
		e.Body = r.expr()
		return e
	case onIf:
		e := r.arena.ifs.alloc()
		e.At = at
		e.Cond, e.Then, e.Else = r.expr(), r.expr(), r.expr()
		return e
	case onAssert:
		e := r.arena.asserts.alloc()
		e.At, e.CondOff = at, r.here()
		e.Cond, e.Body = r.expr(), r.expr()
		return e
	case onNot:
		e := r.arena.nots.alloc()
		e.X, e.At = r.expr(), at
		return e
	case onBinary:
		e := r.arena.binaries.alloc()
		e.At, e.Op, e.XAt, e.YAt = at, Op(r.byte()), r.pos(), r.pos()
		if r.bool() {
			e.Fn = r.expr().(*Var)
		}
		e.X, e.Y = r.expr(), r.expr()
		return e
	}
	panic(fmt.Sprintf("syntax: unreachable: node %d on a tape", kind))
}

func (r *TapeReader) interp(at Pos) Expr {
	e := r.arena.interps.alloc()
	e.At, e.IsPath = at, r.bool()
	e.Parts = r.arena.parts.take(r.count())
	for i := range e.Parts {
		e.Parts[i].At = r.pos()
		e.Parts[i].X = r.expr()
	}
	return e
}

func (r *TapeReader) variable(at Pos) Expr {
	e := r.arena.vars.alloc()
	e.At, e.Name = at, r.sym()
	e.Ref.Kind = RefKind(r.byte())
	switch e.Ref.Kind {
	case Local:
		e.Ref.Depth = r.number()
		e.Ref.Slot = r.number()
	case Outer:
		e.Ref.Slot = r.number()
	case InWith:
		withs := r.arena.refs.take(r.count())
		for i := range withs {
			withs[i].Depth = r.number()
			withs[i].Slot = r.number()
		}
		box := r.arena.refLists.alloc()
		*box = withs
		e.Ref.Withs = box
	}
	return e
}

func (r *TapeReader) path() []AttrName {
	path := r.arena.names.take(r.count())
	for i := range path {
		n := &path[i]
		if n.Sym = r.sym(); n.Sym == 0 {
			n.Off = r.here()
			n.X = r.expr()
		}
	}
	return path
}

func (r *TapeReader) frame() Frame { return Frame{New: r.bool(), Size: r.number()} }

func (r *TapeReader) attrs(at Pos) Expr {
	e := r.arena.sets.alloc()
	e.At, e.Rec, e.Frame, e.Overrides = at, r.bool(), r.frame(), r.number()
	if e.Froms = r.all(); len(e.Froms) > 0 {
		e.FromAts = make([]Pos, len(e.Froms))
		for i := range e.FromAts {
			e.FromAts[i] = r.pos()
		}
	}
	e.Attrs = r.arena.attrs.take(r.count())
	for i := range e.Attrs {
		a := &e.Attrs[i]
		a.Name, a.At, a.Kind, a.Slot = r.sym(), r.pos(), AttrKind(r.byte()), r.number()
		if a.Kind == InheritedFrom {
			a.From = r.number()
		} else {
			a.Value = r.expr()
		}
	}
	if n := r.count(); n > 0 {
		e.Dynamic = make([]DynAttr, n)
	}
	for i := range e.Dynamic {
		d := &e.Dynamic[i]
		d.At = r.pos()
		d.Name, d.Value = r.expr(), r.expr()
	}
	return e
}

func (r *TapeReader) lambda(at Pos, off uint32) Expr {
	e := r.arena.lambdas.alloc()
	e.At, e.Off, e.Arg, e.Name = at, off, r.sym(), r.sym()
	e.HasFormals, e.Ellipsis = r.bool(), r.bool()
	e.Merged, e.ArgSlot, e.Frame = r.number(), r.number(), r.frame()
	e.Formals = r.arena.formals.take(r.count())
	for i := range e.Formals {
		f := &e.Formals[i]
		f.Name, f.At = r.sym(), r.pos()
		f.Default = r.expr()
	}
	e.Body = r.expr()
	return e
}
