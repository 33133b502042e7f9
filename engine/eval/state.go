package eval

import (
	"context"
	"strconv"
	"sync"
	"sync/atomic"
)

// Rooms are estimates of Go stack, in bytes, that evaluation takes. They keep
// Go's stack far from the size at which the runtime kills the process.
const (
	maxRoom     = 220 << 20 // of a State
	thunkRoom   = 600       // to force a thunk
	nodeRoom    = 330       // for each level of nesting in an expression
	callRoom    = 700       // to call a function
	builtinRoom = 1100      // to call a builtin
)

// A State is one goroutine's part of an evaluation. Builtins get it as their
// first argument and must not keep it. Not safe for concurrent use.
type State struct {
	ev    *Evaluator
	bump  *Value // the next free cell, if left > 0
	left  int    // free cells of the chunk
	owed  int    // cells that may be allocated before they are accounted for, if sparse
	stack []frame
	depth int // of calls, as Nix counts them
	room  int // bytes of Go stack that may still be used

	sparse    bool        // cells are allocated one by one: what largeHeap was when last looked at
	interrupt atomic.Bool // the context was cancelled; read at every call
	tracer    Tracer      // or nil
	id        uint64      // index in ev.states
	busy      uint64      // what the n of cells is that s has claimed

	nodes     []*nodeChunk // what ev.nodes was when last looked at
	free      [maxFree]*Value
	shapes    [shapeCache]*Shape
	builders  []*AttrsBuilder                // that are not used
	symSets   []*symSet                      // that are not used, and empty
	fileText  []byte                         // room for the next file to read
	entry     []byte                         // room for the next entry of the FileCache
	args      []Value                        // of calls of more than two, one behind the other
	plan      formalsPlan                    // of the last call, if no function keeps it
	entries   []Attr                         // of sets that are being made, one behind the other
	waitsFor  func() (owner uint64, ok bool) // see park; guarded by ev.waitMu
	woken     sync.Cond                      // of ev.waitMu: s is to look again
	calls     map[*Value]uint64              // cells that callUnderWay has found, with what their n was
	thrown    *Error                         // the error that unwinds the evaluation
	wanted    Pos                            // for whom the next cell is forced: see forceFrom
	stats     Stats
	seen      spent // what others may know of stats
	taken     int64 // bytes, of cells and texts
	unasked   int64 // the part of them for which room was not asked: see spend
	texts     int64 // bytes of texts that are not counted yet
	ctx       context.Context
	world     World     // that of ev; a worker's is cautious
	crew      *crew     // that helps s, or of which s is a worker; nil if there is none
	nextOffer int64     // the stats.Bytes from which s offers work again
	pending   []pending // what s is going to do of its Aheads, the outermost first
	offered   int       // index in pending: those before it have nothing to offer any more
	lead      *lead     // what s works on, if it is a worker; guarded by crew.mu

	unsure     int           // sets that are being gone through, in an order that may be wrong: see order.go
	held       []heldMessage // messages of one text, from there: see orderly
	tries      int           // calls of Try that are under way
	shelf      shelf         // what debuggers can look at, if there is one
	stepping   bool          // the debugger wants to be called when something is shelved next
	undebugged bool          // the debugger ended the evaluation
	outer      *State        // the stopped evaluation that this one is inside of
}

// Stats counts what evaluations did.
type Stats struct {
	Thunks     int64 // made
	Avoided    int64 // thunks that Nix would not make, if they are counted: see [Options.Count]
	Forced     int64 // thunks that were evaluated
	Calls      int64 // of functions, of one argument each
	Builtins   int64 // calls of builtins
	FrameElems int64 // cells of these, but for their headers
	Frames     int64 // allocated, rather than recycled
	Updates    int64 // a // b
	Lookups    int64 // attribute selections
	Bytes      int64 // of cells
	Sets       int64 // made, and the values in them
	SetElems   int64
	ListElems  int64 // of lists made
	Concats    int64 // of lists
	Copied     int64 // values copied by a // b
}

// spent is what an evaluation that goes on has done, as of its last allocation of cells:
// it is written by the evaluation and read by others.
type spent struct{ thunks, forced, bytes atomic.Int64 }

func (p *spent) set(t Stats) {
	p.thunks.Store(t.Thunks)
	p.forced.Store(t.Forced)
	p.bytes.Store(t.Bytes)
}

// Add adds what another evaluation did.
func (t *Stats) Add(d Stats) {
	t.Thunks += d.Thunks
	t.Avoided += d.Avoided
	t.Forced += d.Forced
	t.Calls += d.Calls
	t.Builtins += d.Builtins
	t.Frames += d.Frames
	t.FrameElems += d.FrameElems
	t.Updates += d.Updates
	t.Lookups += d.Lookups
	t.Bytes += d.Bytes
	t.Sets += d.Sets
	t.SetElems += d.SetElems
	t.ListElems += d.ListElems
	t.Concats += d.Concats
	t.Copied += d.Copied
}

// Evaluator returns what the evaluation belongs to.
func (s *State) Evaluator() *Evaluator { return s.ev }

// World returns the world that the evaluation sees.
func (s *State) World() World { return s.world }

// Context returns the context of the evaluation, for operations of the World.
func (s *State) Context() context.Context { return s.ctx }

// poll unwinds the evaluation if its context was cancelled. Builtins call it in
// long loops.
func (s *State) poll() {
	if s.interrupt.Load() {
		s.cancelled()
	}
}

// Poll unwinds the evaluation if its context was cancelled. Builtins that run
// long without calling back into the language call it now and then.
func (s *State) Poll() { s.poll() }

// cancelled unwinds the evaluation if its context was cancelled.
//
//go:noinline
func (s *State) cancelled() {
	s.Raise(ErrorCancelled, "interrupted by the user", Because(context.Cause(s.ctx)))
}

// Enter counts a level of depth, as Nix counts calls and deep traversals, and
// raises "stack overflow" at the limit. Each Enter is followed by a Leave,
// unless it is unwound.
func (s *State) Enter() { s.EnterAt(0) }

// EnterAt is Enter with a place for the error.
func (s *State) EnterAt(pos Pos) {
	s.depth++
	s.room -= builtinRoom
	if s.depth > s.ev.maxDepth || s.room < 0 {
		s.tooDeep(pos)
	}
	s.poll()
}

// EnterFor is Enter with the place of v for the error.
func (s *State) EnterFor(v Value) {
	if s.depth >= s.ev.maxDepth {
		s.EnterAt(s.PlaceOf(v, 0))
	} else {
		s.EnterAt(0)
	}
}

// Leave ends what Enter began.
func (s *State) Leave() {
	s.depth--
	s.room += builtinRoom
}

//go:noinline
func (s *State) tooDeep(pos Pos) {
	if s.room < 0 {
		s.noRoom()
	}
	s.Raise(ErrorLimit, stackOverflow+"; max-call-depth exceeded", At(pos))
}

// node returns an entry of the table of nodes.
func (s *State) node(index uint64) *thunkNode {
	if index>>nodeChunkBits >= uint64(len(s.nodes)) {
		s.nodes = s.ev.nodes.view()
	}
	return &s.nodes[index>>nodeChunkBits][index%nodeChunkSize]
}

func itoa(i int) string { return strconv.Itoa(i) }
