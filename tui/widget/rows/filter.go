package rows

// This file is about finding rows: a filter hides the rows that do not match,
// a search goes from one that matches to the next.

import "strings"

// A filter is what rows must match to be shown.
type filter struct {
	query string // lower case
	test  func(i int) bool
}

// SetFilter shows only the rows whose text has query in it, without regard to
// case; an empty query shows all.
func (w *Rows) SetFilter(query string) {
	query = strings.ToLower(query)
	narrower := w.filter.query != "" && w.filter.test == nil && strings.Contains(query, w.filter.query)
	w.filter = filter{query: query}
	w.refilter(narrower)
	w.restore()
}

// SetFilterFunc shows only the rows for which test is true, which takes the
// source's index; query describes the test. A nil test shows all.
func (w *Rows) SetFilterFunc(query string, test func(i int) bool) {
	w.filter = filter{query: strings.ToLower(query), test: test}
	if test == nil {
		w.filter.query = ""
	}
	w.refilter(false)
	w.restore()
}

// Filter returns what rows are filtered by, "" for nothing.
func (w *Rows) Filter() string { return w.filter.query }

// refilter fills view; narrower tells that only rows in view can match.
func (w *Rows) refilter(narrower bool) {
	if w.filter.query == "" && w.filter.test == nil {
		w.view = nil
		return
	}
	test := w.filter.test
	if test == nil {
		test = func(i int) bool { return strings.Contains(strings.ToLower(w.text(i)), w.filter.query) }
	}
	if narrower && w.view != nil {
		kept := w.view[:0]
		for _, i := range w.view {
			if test(int(i)) {
				kept = append(kept, i)
			}
		}
		w.view = kept
		return
	}
	w.view = make([]int32, 0, 64)
	for i := range w.src.Len() {
		if test(i) {
			w.view = append(w.view, int32(i))
		}
	}
}

// text is what row i is searched by.
func (w *Rows) text(i int) string {
	if s, ok := w.src.(Searcher); ok {
		return s.Text(i)
	}
	var b strings.Builder
	for _, c := range w.src.Row(i).Cells {
		for _, sp := range c {
			b.WriteString(sp.Text)
		}
		b.WriteByte(' ')
	}
	return b.String()
}

// SetFind marks query wherever it is drawn and is what FindNext looks for; an
// empty query ends the search.
func (w *Rows) SetFind(query string) { w.find = strings.ToLower(query) }

// Keep returns what puts the cursor and the rows back where they are now, as far as the
// cursor's row is there then.
func (w *Rows) Keep() (back func()) {
	key, top := w.selKey, w.top
	return func() {
		if w.Select(key) {
			w.top = top
		}
	}
}

// Search begins a search for what is typed: find looks for it from where the cursor is now,
// and leaves it there if there is none or query is empty; giveUp ends the search and puts
// the cursor and the rows back.
func (w *Rows) Search() (find func(query string) bool, giveUp func()) {
	back := w.Keep()
	find = func(query string) bool {
		back()
		w.SetFind(query)
		return w.FindNext(0)
	}
	giveUp = func() {
		back()
		w.SetFind("")
	}
	return find, giveUp
}

// Finding returns what is searched for, "" for nothing.
func (w *Rows) Finding() string { return w.find }

// FindNext puts the cursor on the next row that has the query, or, if dir is
// negative, on the one before; dir 0 begins with the cursor's own row. It goes
// round at the end. It reports whether there is one.
func (w *Rows) FindNext(dir int) bool {
	n := w.Len()
	if w.find == "" || n == 0 {
		return false
	}
	step, pos := 1, w.sel
	if dir < 0 {
		step = -1
	}
	if dir != 0 {
		pos += step
	}
	for range n {
		pos = (pos + n) % n
		if strings.Contains(strings.ToLower(w.text(w.index(pos))), w.find) {
			w.moveTo(pos)
			return true
		}
		pos += step
	}
	return false
}
