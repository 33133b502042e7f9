package syntax

import (
	"sync"
	"sync/atomic"
)

// A Tape is a resolved syntax tree as bytes, a sixth of the tree's size. Most of
// a large program is never evaluated: of a tape only those parts become a tree
// again that are compiled, one after another, in memory that is used again.
//
// Every node begins with a byte that says what it is. Numbers are varints; names
// are indices into a table of the tape; positions are offsets into the file,
// plus 1. Some parts are folded, see folds: their length stands before them.
//
// A Tape is immutable and safe for concurrent use.
type Tape struct {
	code string
	syms []Sym  // those that the parser interned, in that order, then others
	base Pos    // of the file
	dir  string // that relative paths start from
}

// The kinds of nodes on a tape.
const (
	onInt = 1 + iota
	onFloat
	onStr
	onPath
	onRelative // a path, as it was written
	onInterp
	onVar
	onCurPos
	onSelect
	onHasAttr
	onAttrs
	onList
	onLambda
	onCall
	onLet
	onWith
	onIf
	onAssert
	onNot
	onBinary
	onNothing // no expression, where there may be one
	onFold    // 4 bytes of length, then a node that can be passed over
)

const foldHead = 5 // bytes before a folded node

// A Folded stands for an expression that is still on a tape. Only what Nix delays
// is folded: values of attributes, elements of lists, arguments and defaults; and
// bodies of functions.
type Folded struct {
	Off      uint32 // of the expression
	IsLambda bool
}

// Pos returns NoPos: what is folded is never asked.
func (*Folded) Pos() Pos { return NoPos }
func (*Folded) expr()    {}

// minFolded is the size, in bytes on the tape, from which on an expression that
// may never be evaluated is folded.
const minFolded = 128

// mayFold reports whether evaluating an expression takes more than looking at it.
func mayFold(e Expr) bool {
	switch e := e.(type) {
	case *Call, *Let, *If, *With, *Assert, *Binary, *Not, *Select, *HasAttr, *Interp:
		return true
	case *List:
		return len(e.Elems) > 0
	case *Attrs:
		return len(e.Attrs) > 0 || len(e.Dynamic) > 0
	}
	return false
}

// WithTree reads an expression as [ParseExpr] does, and lets use have the tree,
// which must not be used afterwards: its memory serves the next one. The File is
// there with an error, too, unless the text is too long.
func WithTree(name, src string, opts *Options, use func(Expr, *File) error) (*File, error) {
	return withTree(name, src, opts, nil, use)
}

// withTree is WithTree; the names that the parser interns become those of seen, if
// it is not nil.
func withTree(name, src string, opts *Options, seen *numbering, use func(Expr, *File) error) (*File, error) {
	p, err := newParser(name, src, opts)
	if err != nil {
		return nil, err
	}
	p.seen = seen
	p.arena = idleArenas.get()
	e, err := p.whole()
	if err == nil {
		err = use(e, p.file)
	}
	if err != nil {
		return p.file, err
	}
	p.arena.reset()
	idleArenas.put(p.arena)
	return p.file, nil
}

// ParseTape reads an expression as [WithTree] does, lets resolve have it, and
// returns it on a tape.
func ParseTape(name, src string, opts *Options, resolve func(Expr, *File) error) (t *Tape, f *File, err error) {
	w := tapeWriters.get()
	defer w.release()
	f, err = withTree(name, src, opts, &w.names, func(e Expr, f *File) error {
		if err := resolve(e, f); err != nil {
			return err
		}
		t = w.write(e, f)
		return nil
	})
	return t, f, err
}

// idleArenas holds arenas whose nodes nobody refers to.
var idleArenas = pool[arena]{}

// A pool keeps what is large and used again. One goroutine gets the same value
// again and again, whatever thread it is on.
type pool[T any] struct {
	last atomic.Pointer[T]
	more sync.Pool
}

func (p *pool[T]) get() *T {
	if v := p.last.Swap(nil); v != nil {
		return v
	}
	if v, ok := p.more.Get().(*T); ok {
		return v
	}
	return new(T)
}

func (p *pool[T]) put(v *T) {
	if !p.last.CompareAndSwap(nil, v) {
		p.more.Put(v)
	}
}
