package eval

import "sync"

// pollEvery is how many short steps of a loop pass between two looks at whether
// the evaluation was cancelled.
const pollEvery = 1 << 10

// ForceDeep evaluates what is in a slot and all that it contains. Behaviour:
// forceValueDeep.
func (s *State) ForceDeep(slot Value) { s.deepForcer().force(slot, s.PlaceOf(slot, 0)) }

// ForceDeepApart is ForceDeep for a value that is in no slot: if it is met within itself,
// it is the value of a variable, which Nix has not seen yet.
func (s *State) ForceDeepApart(v Value) {
	s.EnterFor(v)
	s.deepForcer().inside(s.ForceFor(v, s.PlaceOf(v, 0)))
	s.Leave()
}

func (s *State) deepForcer() *deepForcer { return &deepForcer{s: s, seen: make(map[allocation]seenAs)} }

// A deepForcer evaluates values and all that they contain.
type deepForcer struct {
	s       *State
	seen    map[allocation]seenAs // nil for a worker
	workers *sync.Map             // what workers have seen, by allocation
}

// Nix remembers the places of values: thunks, and what is the value of no thunk. Here, a
// list or set that was put into a slot once it was there, rather than the thunk, stands
// for the thunk that it was the value of, and it may be that of several. So both are
// remembered, and how a list or set was found.
type seenAs uint8

const (
	seenInCell seenAs = 1 << iota // as the value of a thunk
	seenAsIs                      // itself in a slot
)

// enter reports whether what a slot holds, a list or set with this identity, has not been
// seen before.
func (d *deepForcer) enter(slot Value, id allocation) bool {
	cell := slot.place()
	if d.seen == nil {
		if cell != nil {
			id = cell
		}
		_, seen := d.workers.LoadOrStore(id, nil)
		return !seen
	}
	as := d.seen[id]
	if cell == nil {
		d.seen[id] = as | seenAsIs
		return as == 0
	}
	if as == 0 || as&seenAsIs == 0 && d.seen[cell] == 0 {
		d.seen[id], d.seen[cell] = as|seenInCell, seenInCell
		return true
	}
	return false
}

// force evaluates what is in a slot, and was written at pos.
func (d *deepForcer) force(slot Value, pos Pos) {
	s, v := d.s, slot.peek()
	s.EnterFor(v)
	v = s.ForceFor(v, pos)
	if id := v.Identity(); id != nil && d.enter(slot, id) {
		d.inside(v)
	}
	s.Leave()
}

// inside evaluates what a list or set contains.
func (d *deepForcer) inside(v Value) {
	if v.Identity() == nil {
		return
	}
	c := collectionOf(v)
	unsure := 0
	if c.shape != nil {
		unsure = d.s.goesInOrder(c.shape)
	}
	d.elements(&c)
	d.s.wentInOrder(unsure, true)
}

// element evaluates an element of a list or set.
func (d *deepForcer) element(c *collection, i int) {
	if e := c.elems[i].peek(); c.shape != nil || e.lazy() || e.Identity() != nil || d.s.depth >= d.s.ev.maxDepth {
		d.elementAt(c, i, d.s.PlaceOf(e, 0))
	}
}

func (d *deepForcer) elementAt(c *collection, i int, pos Pos) {
	d.s.push(c.frame(i))
	if c.shape != nil && d.s.stepping {
		d.s.stepToAttribute(c.elems[i], c.shape.posAt(i))
	}
	d.force(c.elems[i], pos)
	d.s.pop()
}

// elements evaluates all elements of a list or set, with the help of workers if
// several have yet to be evaluated.
func (d *deepForcer) elements(c *collection) {
	if d.s.Shares() && ManyLazy(c.elems) {
		d.blocks(*c)
		return
	}
	for i := range c.elems {
		d.element(c, i)
		if i%pollEvery == 0 {
			d.s.poll()
		}
	}
}

func (d *deepForcer) blocks(c collection) {
	if d.workers == nil {
		d.workers = new(sync.Map)
	}
	blocks := blocksOf(len(c.elems))
	seen := d.workers
	lazy := func(b int) bool { return ManyLazy(c.elems[blocks.start(b):]) }
	a := NewAhead(d.s, blocks.n, lazy, func(s *State, b int) struct{} {
		w := deepForcer{s: s, workers: seen}
		for i := range blocks.size(b) {
			w.element(&c, blocks.start(b)+i)
		}
		return struct{}{}
	})
	defer a.Stop()
	// The place of a call is known only once the function was evaluated. That must
	// not depend on what workers do.
	pos := d.s.PlaceOf(c.elems[0], 0)
	for b := range blocks.n {
		a.Take(b)
		d.s.poll()
		for i := range blocks.size(b) {
			if b+i == 0 {
				d.elementAt(&c, 0, pos)
			} else {
				d.element(&c, blocks.start(b)+i)
			}
		}
	}
}
