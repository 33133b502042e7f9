package eval

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"

	"nixbench/engine/syntax"
	"nixbench/store"
)

const (
	// maxWorkers bounds the goroutines of a crew, by core: most may wait for
	// thunks that others are evaluating.
	maxWorkers = 16
	// maxStuck bounds, by core, those of them that wait in parts of one lead. The parts
	// behind are likely to come to wait for the same, such as pkgs; what they wait for
	// has parts of its own, for which there have to be workers.
	maxStuck = 4
	// coldBytes is how much an evaluation allocates before it looks for help.
	// What takes a few milliseconds is not worth it.
	coldBytes = 512 << 10
	// offerBytes is how much a State allocates between two times that it offers work.
	offerBytes = 16 << 10
)

// A crew is the goroutines that evaluate ahead of one evaluation. No more are at
// work than there are cores, but for those that had to wait and then come back.
//
// Nothing waits for Evaluator.waitMu while it holds mu.
type crew struct {
	ev     *Evaluator
	cores  int
	ctx    context.Context
	cancel context.CancelFunc
	bytes  atomic.Int64 // of cells, of all States
	idle   atomic.Bool  // a worker could be at work, but there is nothing to do

	lastName Sym      // that there was before there were workers
	doubts   sync.Map // of Pos: see doubtPlace
	wg       sync.WaitGroup

	mu   sync.Mutex
	work sync.Cond
	// mu guards the fields below.
	leads   []*lead // with open parts, the last offered last
	workers []*State
	running int  // States at work, that of the evaluation among them
	asleep  int  // workers that wait for work
	lent    bool // parts were offered
	over    bool
}

func (s *State) helpWanted() bool { return s.stats.Bytes >= s.nextOffer && s.mayOffer() }

//go:noinline
func (s *State) mayOffer() bool {
	if s.crew == nil {
		s.hire()
	}
	return s.crew.idle.Load()
}

// beside runs work in another goroutine if a core is idle, and reports whether it does.
func (s *State) beside(work func()) bool {
	return s.Shares() && s.mayOffer() && s.crew.lend(work)
}

// hire makes the crew of an evaluation.
func (s *State) hire() {
	c := &crew{ev: s.ev, cores: s.ev.cores, running: 1, lastName: Sym(symbols.Len())}
	c.work.L = &c.mu
	ctx, cancel := context.WithCancel(s.ctx)
	c.ctx = ctx
	c.bytes.Store(s.taken)
	c.idle.Store(true)
	unused := context.AfterFunc(c.ctx, c.stop)
	c.cancel = func() {
		unused()
		cancel()
	}
	s.crew = c
	s.world = around(s.world, func(w World) World { return orderly{w, s} })
}

// dismiss ends the crew of an evaluation and waits until it is gone. It reports whether
// the crew may have evaluated anything.
func (s *State) dismiss() (helped bool) {
	if c := s.crew; c != nil {
		c.cancel()
		c.stop()
		c.wg.Wait()
		s.crew, s.world = nil, s.ev.world
		helped = c.lent
	}
	return helped
}

// stop ends all workers.
func (c *crew) stop() {
	c.mu.Lock()
	c.over = true
	c.leads = nil
	c.idle.Store(false)
	for _, w := range c.workers {
		w.interrupt.Store(true)
	}
	c.work.Broadcast()
	c.mu.Unlock()
	c.ev.wake()
}

// offer gives the workers parts to do.
func (c *crew) offer(l *lead) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.over {
		c.lent = true
		c.leads = append(c.leads, l)
		c.call()
	}
}

// withdraw takes back what is left of a lead.
func (c *crew) withdraw(l *lead) {
	c.mu.Lock()
	l.over = true
	c.leads = removeLead(c.leads, l)
	c.call()
	kicked := false
	for _, w := range c.workers {
		if w.lead == l {
			w.interrupt.Store(true)
			kicked = true
		}
	}
	c.mu.Unlock()
	if kicked {
		c.ev.wake()
	}
}

// lend runs work, which is not evaluation, on a core that is free. It reports whether there is one.
func (c *crew) lend(work func()) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running >= c.cores || c.over {
		return false
	}
	c.running++
	c.call()
	c.wg.Go(func() {
		work()
		c.mu.Lock()
		c.running--
		c.call()
		c.mu.Unlock()
	})
	return true
}

// call sets a worker to work if there is work and a core free. The caller holds mu.
func (c *crew) call() {
	open := c.open()
	c.idle.Store(c.running < c.cores && !open && !c.over)
	switch {
	case c.running >= c.cores || !open || c.over:
	case c.asleep > 0:
		c.work.Signal()
	case len(c.workers) < maxWorkers*c.cores:
		s := c.ev.acquire(c.ctx)
		s.crew, s.nextOffer = c, 0
		s.world = around(s.ev.world, func(w World) World { return cautious{w, s} })
		c.workers = append(c.workers, s)
		c.running++
		c.wg.Go(func() { c.labour(s) })
	}
}

// open reports whether there is a lead of which a part may be begun. The caller holds mu.
func (c *crew) open() bool {
	return slices.ContainsFunc(c.leads, func(l *lead) bool { return !c.full(l) })
}

// full reports whether as many workers wait in parts of a lead as may. The caller holds mu.
func (c *crew) full(l *lead) bool { return l.stuck >= maxStuck*c.cores }

// labour is the life of a worker. It begins at work.
func (c *crew) labour(s *State) {
	c.mu.Lock()
	for !c.over {
		if l, i := c.claim(s); l != nil {
			c.mu.Unlock()
			l.do(s, i)
			c.mu.Lock()
			s.lead = nil
			if c.running <= c.cores {
				continue
			}
		}
		c.running--
		c.call()
		for !c.over && (c.running >= c.cores || !c.open()) {
			c.asleep++
			c.work.Wait()
			c.asleep--
		}
		c.running++
		c.call()
	}
	c.mu.Unlock()
	s.interrupt.Store(false)
	s.crew = nil
	c.ev.retire(s)
}

// claim gives a worker a part, or returns nil. The caller holds mu.
func (c *crew) claim(s *State) (*lead, int) {
	for n := len(c.leads); n > 0; n-- {
		l := c.leads[n-1]
		if c.full(l) {
			continue
		}
		i, ok := l.claim(s)
		if !ok || l.next == len(l.parts) {
			c.leads = slices.Delete(c.leads, n-1, n)
			c.call()
		}
		if ok {
			s.lead = l
			s.interrupt.Store(false)
			return l, i
		}
	}
	return nil, 0
}

// parked tells that a State waits for another, and back that it goes on.
func (c *crew) parked(s *State) {
	c.mu.Lock()
	c.running--
	if s.lead != nil {
		s.lead.stuck++
	}
	c.call()
	c.mu.Unlock()
}

func (c *crew) back(s *State) {
	c.mu.Lock()
	c.running++
	if s.lead != nil {
		s.lead.stuck--
	}
	c.call()
	c.mu.Unlock()
}

// A cautious World is that of a worker: what would be seen outside it leaves to
// the State that it works ahead of.
type cautious struct {
	World
	s *State
}

func (c cautious) Trace(string)     { c.s.giveUp() }
func (c cautious) Warn(syntax.Hint) { c.s.giveUp() }
func (c cautious) Inform(string)    { c.s.giveUp() }
func (c cautious) Realise(context.Context, StringContext) (map[string]store.Path, error) {
	c.s.giveUp()
	return nil, nil
}

// around returns what wrap makes of a World: an AccessControl if that is one.
func around(w World, wrap func(World) World) World {
	if access, ok := w.(AccessControl); ok {
		return controlled{wrap(w), access, wrap}
	}
	return wrap(w)
}

// A controlled World is one around an AccessControl.
type controlled struct {
	World
	under AccessControl
	wrap  func(World) World
}

func (c controlled) CheckURI(uri string) error { return c.under.CheckURI(uri) }
func (c controlled) Permit(p store.Path)       { c.under.Permit(p) }
func (c controlled) Unrestricted() World       { return c.wrap(c.under.Unrestricted()) }

// giveUp unwinds a worker.
func (s *State) giveUp() {
	s.Fail(ErrorCancelled, "interrupted: left to the goroutine that has to do it")
}
