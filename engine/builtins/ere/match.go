package ere

import (
	"slices"
	"sync"
)

// A Span is the part of the text from byte Start up to byte End.
// A group that took no part in a match has Start -1.
type Span struct{ Start, End int }

// Match reports whether the pattern matches all of text.
// The result has the whole match first and then each group, or is nil.
// Poll is called now and then, and may panic; nil is not called.
// Its error is [ErrTooComplex].
func (re *Regexp) Match(text string, poll func()) ([]Span, error) {
	w := newWalker(re, text, poll)
	defer w.release()
	w.exact = true
	ok, err := w.run(0)
	if err != nil || !ok {
		return nil, err
	}
	m := make([]Span, len(w.best))
	w.spans(m, 0)
	return m, nil
}

// What a match takes, for each of its spans and besides, in bytes.
const (
	spanSize  = 16
	matchSize = 2 * 24 // while the list of matches is made longer
)

// FindAll returns every match in text that does not overlap one before,
// each in the form of [Regexp.Match].
// Poll is as there, and room is called with how many bytes the matches are going to take
// more; it may be nil, or unwind.
// Its error is [ErrTooComplex].
func (re *Regexp) FindAll(text string, poll func(), room func(bytes int)) ([][]Span, error) {
	w := newWalker(re, text, poll)
	defer w.release()
	found, err := w.search(0)
	var all [][]Span
	var next []Span // for the next matches
	for found && err == nil {
		if len(next) < len(w.best) {
			n := max(len(all), 4)
			if room != nil {
				room(n * (len(w.best)*spanSize + matchSize))
			}
			next = make([]Span, n*len(w.best))
			all = slices.Grow(all, n)
		}
		m := next[:len(w.best):len(w.best)]
		next = next[len(m):]
		w.spans(m, w.begin)
		all = append(all, m)
		start := m[0].End
		if m[0].Start == m[0].End {
			if start == len(text) {
				break
			}
			// An empty match is followed by a non-empty one at the same place, if there is one.
			w.notNull = true
			found, err = w.run(start)
			w.notNull = false
			if found || err != nil {
				continue
			}
			start++
		}
		w.prevAvail = true
		found, err = w.search(start)
	}
	return all, err
}

// A walker backtracks over one text.
type walker struct {
	re        *Regexp
	text      string
	poll      func()
	unasked   int // steps and runs since poll was called
	exact     bool
	notNull   bool
	prevAvail bool
	begin     int
	hasSol    bool
	solEnd    int
	steps     int // of this run
	allSteps  int // of the runs before
	cur, best []Span
	visits    []visit
	stack     []frame
	memo      []uint8 // by state and position: 0 unknown, 1 fails, 2 matches; nil while the run is short
	memoBuf   []uint8 // what memo lies in
}

var walkers = sync.Pool{New: func() any { return new(walker) }}

// newWalker returns a walker with cleared state.
func newWalker(re *Regexp, text string, poll func()) *walker {
	w := walkers.Get().(*walker)
	*w = walker{re: re, text: text, poll: poll, cur: w.cur[:0], best: w.best[:0], visits: w.visits[:0], stack: w.stack[:0]}
	for range re.groups + 1 {
		w.cur = append(w.cur, Span{-1, -1})
		w.best = append(w.best, Span{-1, -1})
	}
	w.visits = slices.Grow(w.visits, len(re.states))[:len(re.states)]
	clear(w.visits)
	return w
}

func (w *walker) release() {
	w.re, w.text, w.memo, w.memoBuf = nil, "", nil, nil
	walkers.Put(w)
}

// spans copies the best match, which starts at begin, to m.
func (w *walker) spans(m []Span, begin int) {
	copy(m, w.best)
	m[0] = Span{begin, w.solEnd}
}

// search runs the automaton at each position from start on.
// When it reports true, begin is where the match starts.
func (w *walker) search(start int) (bool, error) {
	prevAvail := w.prevAvail
	defer func() { w.prevAvail = prevAvail }()
	for ; start <= len(w.text); start++ {
		if w.re.starts != nil {
			n := w.skip(start)
			w.prevAvail = w.prevAvail || n > 0
			if start += n; start == len(w.text) {
				break
			}
		}
		if ok, err := w.run(start); ok || err != nil {
			return ok, err
		}
		w.prevAvail = true
	}
	return false, nil
}

// skip returns how many bytes from start on cannot be the first of a match.
func (w *walker) skip(start int) int {
	rest := w.text[start:]
	n := 0
	for n < len(rest) && !w.re.starts.has(rest[n]) {
		if n++; n%pollEvery == 0 {
			w.ask(pollEvery)
		}
	}
	w.ask(n % pollEvery)
	return n
}

// run walks the automaton from begin, and reports whether there is a match,
// which is then in best and solEnd.
func (w *walker) run(begin int) (bool, error) {
	w.begin, w.hasSol, w.solEnd = begin, false, -1
	for i := range w.cur {
		w.cur[i] = Span{-1, -1}
	}
	w.memo = nil
	err := w.walk(int32(begin))
	w.allSteps += w.steps
	w.steps = 0
	if err != nil || len(w.stack) > 0 {
		w.stack = w.stack[:0]
		clear(w.visits)
	}
	return w.hasSol, err
}
