package eval

import "slices"

// Force evaluates v to weak head normal form: the result is not a thunk.
func (s *State) Force(v Value) Value { return s.force(v) }

func (s *State) force(v Value) Value {
	if !v.lazy() {
		return v
	}
	c := v.cell()
	if r := c.load(); !r.lazy() {
		return r
	}
	return s.forceCell(c)
}

// forceCell claims a cell, evaluates it and publishes the result. If evaluation
// is unwound, whoever recovers gives the cell back: see stack.go.
//
//go:noinline
func (s *State) forceCell(c *Value) Value {
	call := s.wanted
	s.wanted = 0
	n, own := s.claim(c)
	if own {
		s.push(cellFrame(c, n))
	} else if int8(n) >= 0 {
		return c.load()
	}
	s.stats.Forced++
	var r Value
	switch uint8(n) {
	case rawThunk:
		r = s.evalThunk(n>>8, c)
	case rawApp:
		r = s.evalApp(c, int(n>>8), call)
	case rawMapElem:
		s.enterThunk(thunkRoom)
		f, list := c.operands()
		r = s.callAt(f, list.list()[n>>8], call)
		s.room += thunkRoom
	case rawGenElem:
		s.enterThunk(thunkRoom)
		f := *c.env()
		r = s.callAt(f, MakeInt(int64(n>>8)), call)
		s.room += thunkRoom
	case rawMapAttr:
		s.enterThunk(thunkRoom)
		f, set := c.operands()
		i := int(n >> 8)
		name := MakeString(SymName(set.shape().syms[i]))
		switch {
		case s.tracer != nil:
			r = s.traceOneByOne(f, []Value{name, *set.attrAt(i)}, call)
		case s.takesAtOnce(f, 2):
			r = s.apply2(f, name, *set.attrAt(i), call)
		default:
			r = s.applyOneByOne(f, []Value{name, *set.attrAt(i)}, call)
		}
		s.room += thunkRoom
	default:
		panic("eval: unreachable: force a cell of raw kind " + itoa(int(uint8(n))))
	}
	if !own {
		return r
	}
	s.pop()
	if c.publish(r) {
		s.ev.wake()
	}
	return r
}

// operands returns the two cells that a claimed cell shares with others.
func (c *Value) operands() (Value, Value) {
	p := c.env()
	return *p, *at(p, 1)
}

func (s *State) evalThunk(index uint64, c *Value) Value {
	t := s.node(index)
	s.enterThunk(t.room)
	r := t.node.Eval(s, c.env())
	s.room += t.room
	return r
}

func (s *State) evalApp(c *Value, nargs int, call Pos) Value {
	s.enterThunk(thunkRoom)
	args := cells(c.env(), nargs+1)
	var r Value
	if s.tracer == nil {
		r = s.applyOneByOne(args[0], args[1:], call)
	} else {
		r = s.traceOneByOne(args[0], args[1:], call)
	}
	s.room += thunkRoom
	return r
}

// enterThunk takes room for the Go stack that evaluating a thunk needs.
func (s *State) enterThunk(room int) {
	s.room -= room
	if s.room < 0 {
		s.noRoom()
	}
}

//go:noinline
func (s *State) noRoom() {
	s.Fail(ErrorLimit, stackOverflow+" (possible infinite recursion)")
}

// claim makes s the owner of a lazy cell, and returns what its n was. If another
// State owns it, claim waits; it returns false, with the n of the result, if there is one
// by then, and with what n was if s is to call again: see callUnderWay.
func (s *State) claim(c *Value) (n uint64, ok bool) {
	for {
		n = c.loadN()
		switch {
		case int8(n) >= 0:
			return n, false
		case uint8(n) == rawBusy || uint8(n) == rawBusyWaited:
			if n>>8 == s.id {
				if n, ok := s.callUnderWay(c); ok {
					return n, false
				}
				s.infiniteRecursion(c, 0)
			}
			s.wait(c)
		case n == rawFailed:
			s.failAgain(c.failure())
		case c.casN(n, s.busy):
			return n, true
		}
	}
}

// callUnderWay returns what the n of a cell was that s is evaluating, if that is a call
// that a builtin has put off, as map does. Nix does not note that these are under way: it
// calls again, until it meets a thunk that is or has gone too deep.
func (s *State) callUnderWay(c *Value) (n uint64, ok bool) {
	if n, ok = s.calls[c]; ok {
		return n, ok
	}
	for i := len(s.stack) - 1; i >= 0; i-- {
		f := s.stack[i]
		if int8(f.n) >= 0 || f.cell() != c {
			continue
		}
		if uint8(f.n) == rawThunk {
			break
		}
		if s.calls == nil {
			s.calls = make(map[*Value]uint64)
		}
		s.calls[c] = f.n
		return f.n, true
	}
	return 0, false
}

// infiniteRecursion raises the error that a cell that is being evaluated is
// wanted for an expression at pos.
//
//go:noinline
func (s *State) infiniteRecursion(c *Value, pos Pos) {
	s.throw(&Error{Kind: ErrorRecursion, Msg: "infinite recursion encountered", pos: pos, cell: c})
}

// wait parks s until the cell has a result or was given back.
//
//go:noinline
func (s *State) wait(c *Value) {
	s.park(func() (owner uint64, ok bool) {
		n := c.loadN()
		if uint8(n) != rawBusy && uint8(n) != rawBusyWaited {
			return 0, false
		}
		if uint8(n) == rawBusy && !c.casN(n, n&^0xff|rawBusyWaited) {
			return 0, false // the owner has just ended
		}
		return n >> 8, true
	})
}

// park waits as long as busy names the State that has what s waits for. Busy
// marks it as waited for, so that its owner wakes s; the caller looks again.
//
// States that wait for each other in a circle have met infinite recursion: the
// one that closes the circle finds it. But a circle of which a worker is part is
// only taken apart: then who needs the value finds the recursion in its turn.
func (s *State) park(busy func() (owner uint64, ok bool)) {
	ev := s.ev
	ev.waitMu.Lock()
	defer ev.waitMu.Unlock()
	s.waitsFor, s.woken.L = busy, &ev.waitMu
	ev.waiting = append(ev.waiting, s)
	parked := false
	defer func() {
		s.waitsFor = nil
		i := slices.Index(ev.waiting, s)
		ev.waiting = slices.Delete(ev.waiting, i, i+1)
		if parked {
			s.crew.back(s)
		}
	}()
	for {
		if _, ok := busy(); !ok {
			return
		}
		ev.breakCircle(s)
		s.poll()
		if s.crew != nil && !parked {
			parked = true
			s.crew.parked(s)
		}
		s.woken.Wait()
	}
}

// breakCircle looks whether the State that s waits for waits, directly or
// through others, for s. The caller holds waitMu.
func (ev *Evaluator) breakCircle(s *State) {
	var worker *State
	w := s
	states := *ev.states.Load()
	for range states {
		if w.waitsFor == nil {
			return
		}
		if w.lead != nil {
			worker = w
		}
		owner, ok := w.waitsFor()
		if !ok {
			return
		}
		if w = states[owner]; w != s {
			continue
		}
		switch worker {
		case nil:
			s.infiniteRecursion(nil, 0)
		case s:
			s.giveUp()
		default:
			worker.interrupt.Store(true)
			worker.woken.Signal()
		}
		return
	}
}

// wake lets those look again who wait for what is not busy any more, or were interrupted.
func (ev *Evaluator) wake() {
	ev.waitMu.Lock()
	defer ev.waitMu.Unlock()
	for _, s := range ev.waiting {
		if _, busy := s.waitsFor(); !busy || s.interrupt.Load() {
			s.woken.Signal()
		}
	}
}
