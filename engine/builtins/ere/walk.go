package ere

// memoAfter is the number of steps after which a walk starts to remember
// what it has finished with.
const memoAfter = 20_000

// maxSteps bounds one walk.
const maxSteps = 50_000_000

// maxMemo bounds the memory that remembering takes, in bytes.
const maxMemo = 64 << 20

// frameKind says what to do when a walk comes back to a frame.
type frameKind uint8

const (
	frameGroupBegin frameKind = iota // put back the begin of a group
	frameGroupEnd                    // put back the end of a group
	frameAlt                         // try the second alternative
	frameJoin                        // combine the answers of both alternatives
	frameRepeat                      // put back the count, then leave the loop if there was no match
	frameLoop                        // give the last byte of a loop back, down to a, if there was no match
	frameMemo                        // remember the answer
)

// A frame is an entry of the explicit backtracking stack.
type frame struct {
	kind  frameKind
	flag  bool
	state int32
	pos   int32
	a, b  int32
}

// visit is how often a loop was entered at one position:
// an iteration that consumes nothing may run twice.
type visit struct{ pos, count int32 }

// pollEvery is how many steps pass between two calls of poll.
const pollEvery = 1 << 16

// ask counts n steps, and calls poll now and then.
func (w *walker) ask(n int) {
	if w.unasked += n; w.unasked >= pollEvery {
		w.callPoll()
	}
}

func (w *walker) callPoll() {
	w.unasked = 0
	if w.poll != nil {
		w.poll()
	}
}

// walk goes through the states depth first.
// The states' order of branches is the order of the C++ library.
func (w *walker) walk(pos int32) error {
	first := w.exact || !w.re.hasAlt // the first solution is the answer
	id := w.re.start
	for {
		w.steps++
		w.ask(1)
		if w.steps > memoAfter {
			if err := w.startMemo(); err != nil {
				return err
			}
		}
		st := &w.re.states[id]
		next := st.next
		switch st.op {
		case opChar, opAny, opSet:
			if int(pos) == len(w.text) || !w.re.accepts(st, w.text[pos]) {
				next = noState
			}
			pos++
		case opGroupBegin:
			g := &w.cur[st.arg]
			w.stack = append(w.stack, frame{kind: frameGroupBegin, state: st.arg, a: int32(g.Start)})
			g.Start = int(pos)
		case opGroupEnd:
			g := &w.cur[st.arg]
			w.stack = append(w.stack, frame{kind: frameGroupEnd, state: st.arg, a: int32(g.End)})
			g.End = int(pos)
		case opAlt:
			next = w.enterAlt(id, pos)
		case opRepeat:
			next = w.enterRepeat(id, pos)
		case opLoop:
			next, pos = w.enterLoop(id, pos)
		case opLineBegin:
			if int(pos) != w.begin || w.prevAvail {
				next = noState
			}
		case opLineEnd:
			if int(pos) != len(w.text) {
				next = noState
			}
		case opAccept:
			w.accept(int(pos))
			if w.hasSol && first {
				return nil
			}
			next = noState
		}
		if next == noState {
			if next, pos = w.backtrack(); next == noState {
				return nil
			}
		}
		id = next
	}
}

// accepts reports whether a consuming state takes the byte c.
func (re *Regexp) accepts(st *state, c byte) bool {
	switch st.op {
	case opChar:
		return c == st.char
	case opAny:
		return c != 0
	}
	return re.sets[st.arg].has(c)
}

// accept records a solution that ends at pos if it is longer than the one before.
func (w *walker) accept(pos int) {
	w.hasSol = !(w.exact && pos != len(w.text)) && !(w.notNull && pos == w.begin)
	if w.hasSol && pos > w.solEnd {
		w.solEnd = pos
		for i, g := range w.cur {
			if g.End < 0 {
				g = Span{-1, -1} // begun, but never ended
			}
			w.best[i] = g
		}
	}
}

// canStart reports whether what starts with a byte of the set, or without one if there
// is no set, can go on at pos.
func (w *walker) canStart(starts *set, pos int32) bool {
	return starts == nil || int(pos) < len(w.text) && starts.has(w.text[pos])
}

// enterAlt returns the first branch of an alternation that can go on.
func (w *walker) enterAlt(id, pos int32) int32 {
	st := &w.re.states[id]
	if !w.canStart(st.altStarts, pos) {
		return st.next
	}
	if !w.canStart(st.nextStarts, pos) {
		return st.alt
	}
	if w.remembers(id, pos) {
		return noState
	}
	w.stack = append(w.stack, frame{kind: frameAlt, state: id, pos: pos})
	return st.alt
}

// enterRepeat returns the body of a loop, or what follows the loop if the body
// cannot go on or was entered twice at this position.
func (w *walker) enterRepeat(id, pos int32) int32 {
	st, v := &w.re.states[id], &w.visits[id]
	if v.count >= 2 && v.pos == pos || !w.canStart(st.altStarts, pos) {
		return st.next
	}
	if w.remembers(id, pos) {
		return noState
	}
	w.stack = append(w.stack, frame{kind: frameRepeat, state: id, pos: pos, a: v.pos, b: v.count})
	if v.count == 0 || v.pos != pos {
		*v = visit{pos, 1}
	} else {
		v.count++
	}
	return st.alt
}

// enterLoop goes through a loop over one byte as often as it can. As each time takes a
// byte, a frame says all that those of opRepeat would: only the memo wants one for each.
func (w *walker) enterLoop(id, pos int32) (next, end int32) {
	if w.memo != nil {
		return w.enterRepeat(id, pos), pos
	}
	st := &w.re.states[id]
	rest := w.text[pos:]
	n := 0
	for n < len(rest) && st.altStarts.has(rest[n]) {
		if n++; n%pollEvery == 0 {
			w.ask(pollEvery)
		}
	}
	w.ask(n % pollEvery)
	w.steps += n
	if n == 0 {
		return st.next, pos
	}
	return w.endLoop(frame{kind: frameLoop, state: id, pos: pos + int32(n), a: pos})
}

// leaveLoop goes on behind a loop that has had one byte less.
func (w *walker) leaveLoop(f frame) (next, pos int32) {
	f.pos--
	return w.endLoop(f)
}

// endLoop goes on behind a loop, once it has given back the bytes after which nothing
// can go on.
func (w *walker) endLoop(f frame) (next, pos int32) {
	st := &w.re.states[f.state]
	from := f.pos
	for f.pos > f.a && !w.canStart(st.nextStarts, f.pos) {
		if f.pos--; (from-f.pos)%pollEvery == 0 {
			w.ask(pollEvery)
		}
	}
	w.ask(int(from-f.pos) % pollEvery)
	w.steps += int(from - f.pos)
	if f.pos > f.a {
		w.stack = append(w.stack, f)
	}
	return st.next, f.pos
}

// backtrack unwinds frames up to one that has another branch to try.
func (w *walker) backtrack() (next, pos int32) {
	for len(w.stack) > 0 {
		f := w.stack[len(w.stack)-1]
		w.stack = w.stack[:len(w.stack)-1]
		switch f.kind {
		case frameGroupBegin:
			w.cur[f.state].Start = int(f.a)
		case frameGroupEnd:
			w.cur[f.state].End = int(f.a)
		case frameAlt:
			w.stack = append(w.stack, frame{kind: frameJoin, flag: w.hasSol})
			w.hasSol = false
			return w.re.states[f.state].next, f.pos
		case frameJoin:
			w.hasSol = w.hasSol || f.flag
		case frameRepeat:
			w.visits[f.state] = visit{f.a, f.b}
			if !w.hasSol {
				return w.re.states[f.state].next, f.pos
			}
		case frameLoop:
			if !w.hasSol {
				return w.leaveLoop(f)
			}
		case frameMemo:
			w.memo[int(f.state)*(len(w.text)+1)+int(f.pos)] = 1
			if w.hasSol {
				w.memo[int(f.state)*(len(w.text)+1)+int(f.pos)] = 2
			}
		}
	}
	return noState, 0
}

// remembers looks a branching state up in the memo.
// If its answer is known, it sets hasSol to it and reports true;
// else it arranges for the answer to be recorded.
// A remembered match never improves on the one that was recorded with it.
func (w *walker) remembers(id, pos int32) bool {
	if w.memo == nil {
		return false
	}
	switch w.memo[int(id)*(len(w.text)+1)+int(pos)] {
	case 1:
		w.hasSol = false
		return true
	case 2:
		w.hasSol = true
		return true
	}
	w.stack = append(w.stack, frame{kind: frameMemo, state: id, pos: pos})
	return false
}

// startMemo makes the memo once a walk has become long.
func (w *walker) startMemo() error {
	if w.allSteps+w.steps > maxSteps {
		return ErrTooComplex
	}
	n := len(w.re.states) * (len(w.text) + 1)
	if w.memo != nil || n > maxMemo {
		return nil
	}
	if cap(w.memoBuf) < n {
		w.memoBuf = make([]uint8, n)
	}
	w.memo = w.memoBuf[:n]
	clear(w.memo)
	w.allSteps += n / 64 // clearing takes time too
	return nil
}
