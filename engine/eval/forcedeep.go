package eval

import "sync"

// pollEvery is how many short steps of a loop pass between two looks at whether
// the evaluation was cancelled.
const pollEvery = 1 << 10

// ForceDeep evaluates v and all that it contains. Behaviour: forceValueDeep.
func (s *State) ForceDeep(v Value) {
	d := deepForcer{s: s, seen: make(map[any]bool)}
	d.force(v, s.PlaceOf(v, 0))
}

// A deepForcer evaluates values and all that they contain.
type deepForcer struct {
	s       *State
	seen    map[any]bool // by Identity; nil for a worker
	workers *sync.Map    // what workers have seen, by Identity
}

// enter reports whether a list or set has not been seen before.
func (d *deepForcer) enter(id any) bool {
	if d.seen == nil {
		_, seen := d.workers.LoadOrStore(id, nil)
		return !seen
	}
	if d.seen[id] {
		return false
	}
	d.seen[id] = true
	return true
}

// force evaluates v, which was written at pos.
func (d *deepForcer) force(v Value, pos Pos) {
	s := d.s
	s.EnterFor(v)
	v = s.ForceFor(v, pos)
	if id := v.Identity(); id != nil && d.enter(id) {
		c := collectionOf(v)
		unsure := 0
		if c.shape != nil {
			unsure = s.goesInOrder(c.shape)
		}
		d.elements(&c)
		s.wentInOrder(unsure, true)
	}
	s.Leave()
}

// element evaluates an element of a list or set.
func (d *deepForcer) element(c *collection, i int) {
	if e := c.elems[i].peek(); c.shape != nil || e.lazy() || e.Identity() != nil || d.s.depth >= d.s.ev.maxDepth {
		d.elementAt(c, i, d.s.PlaceOf(e, 0))
	}
}

func (d *deepForcer) elementAt(c *collection, i int, pos Pos) {
	d.s.push(c.frame(i))
	d.force(c.elems[i].peek(), pos)
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
