package repl

// This file is what the transcript remembers of one input: what came of it, and
// how much of that is unfolded.

import (
	"context"
	"strconv"
	"time"

	"nixbench/tui"
)

// A state says where an input stands.
type state uint8

const (
	waiting state = iota // for the inputs before it
	running
	ended
)

// An entry is an input and what came of it.
type entry struct {
	serial int // names it in the transcript
	number int // what the session counts it as, or will
	input  string
	// does carries it out; nil is Backend.Eval of input.
	does func(ctx context.Context) (*tui.Result, error)
	// recheck says that it tells what has changed in what is watched.
	recheck bool
	state   state

	started time.Time // zero until that was told
	stop    func()    // cancels it
	stopped bool      // the user has

	res   *tui.Result // nil until it has ended
	wrong string      // why there is none
	root  *node       // of a value
	steps *node       // of an error: its trace
	shown int         // lines of a long text that are shown
	build building
	well  bool     // it ended well
	made  int      // derivations that were built for it
	fails int      // builds of those that have failed
	saved tui.Slot // adding it to the history

	shownInput int // lines of a long input that are shown

	lines []line // as drawn last
	from  int    // where they are in the transcript
	stale bool   // lines are out of date
}

// How much of a value or a text is shown at first, and how much is added at
// a time. A little more than that is shown whole.
const (
	firstNodes = 10
	firstSteps = 30 // of a trace, and lines of a step
	moreNodes  = 40
	spareNodes = 3
	firstLines = 200
	moreLines  = 1000
	firstInput = 40 // lines of an input
)

// A node is a value in the transcript.
type node struct {
	tui.Node
	entry  *entry
	parent *node // nil for a result
	index  int
	open   bool
	known  bool // kids are, as far as they were asked for
	asked  bool // an answer is awaited
	full   bool // there are no more kids than these
	wrong  string
	kids   []*node
}

// key names the node in the transcript.
func (n *node) key() string {
	if n.parent == nil {
		return strconv.Itoa(n.entry.serial) + "/v"
	}
	return n.parent.key() + "/" + strconv.Itoa(n.index)
}

// depth is how far below the result the node is.
func (n *node) depth() int {
	d := 0
	for p := n.parent; p != nil; p = p.parent {
		d++
	}
	return d
}

// page is how many kids to ask for next.
func (n *node) page() int {
	size := firstNodes
	if n.Kind == tui.NodeError || n.Kind == tui.NodeFrame {
		size = firstSteps
	}
	if n.known {
		size = moreNodes
	}
	if rest := n.Count - len(n.kids); n.Count >= 0 && rest <= size+spareNodes {
		return max(rest, 0)
	}
	return size
}

// add appends kids; asked is how many were asked for.
func (n *node) add(kids []tui.Node, asked int) {
	for _, k := range kids {
		n.kids = append(n.kids, &node{Node: k, entry: n.entry, parent: n, index: len(n.kids)})
	}
	n.known = true
	n.full = len(kids) < asked || n.Count >= 0 && len(n.kids) >= n.Count
}

// more is how many kids are not shown, -1 if that is not known.
func (n *node) more() int {
	switch {
	case n.full:
		return 0
	case n.Count >= 0:
		return max(n.Count-len(n.kids), 0)
	}
	return -1
}

// thunks are the kids that have not been evaluated.
func (n *node) thunks() []*node {
	var out []*node
	for _, k := range n.kids {
		if k.Kind == tui.NodeThunk {
			out = append(out, k)
		}
	}
	return out
}

// takeSteps makes a node of the trace of an error, if it has one.
func (e *entry) takeSteps(err *tui.EvalError) {
	if err.Steps != 0 {
		n := tui.Node{Handle: err.Steps, Kind: tui.NodeError, Text: err.Msg, HasChildren: true, Count: len(err.Trace) + 1}
		e.steps = &node{Node: n, entry: e}
	}
}

// interrupted tells whether the input ended because the user wanted it to.
func (e *entry) interrupted() bool {
	return e.stopped && e.state == ended && (e.res == nil || e.res.Kind == tui.ResultError)
}
