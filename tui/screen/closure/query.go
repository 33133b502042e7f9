package closure

import (
	"strconv"
	"strings"

	"nixbench/inspect/closure"
	"nixbench/tui/widget/rows"
)

// matches tells whether a node is what is searched for.
func (d *loaded) matches(q closure.Query, n closure.Node) bool {
	return q.Matches(d.g, n, d.lower[n], d.sizes)
}

// search looks for what is typed: the flat list shows only that, in the other
// views the matches are gone to one by one.
func (f *frame) search(typed string) {
	f.query, f.match, f.hits = strings.TrimSpace(typed), closure.ParseQuery(typed), nil
	word := f.match.Word()
	if !f.isClosure() {
		f.list.SetFind(f.query)
		f.list.FindNext(0)
		return
	}
	for _, w := range []*rows.Rows{f.list, f.flat, f.cols.mid} {
		w.SetFind(word)
	}
	f.flat.SetFilterFunc("", nil)
	if f.match.Empty() || f.data == nil {
		f.query = ""
		return
	}
	for _, n := range f.nodes {
		if f.data.matches(f.match, n) {
			f.hits = append(f.hits, n)
		}
	}
	d, m := f.data, f.match
	f.flat.SetFilterFunc(f.query, func(i int) bool { return d.matches(m, f.nodes[i]) })
}

// next goes to the match n places on from the cursor; 0 stays if the cursor is
// on one.
func (f *frame) next(n int) bool {
	if !f.isClosure() || f.data == nil {
		return f.list.FindNext(n)
	}
	if len(f.hits) == 0 {
		return false
	}
	cur, _ := f.node()
	at := -1
	for i, h := range f.hits {
		if h == cur {
			at = i
		}
	}
	switch {
	case at < 0 && n < 0:
		at = len(f.hits) - 1
	case at < 0:
		at = 0
	default:
		at = ((at+n)%len(f.hits) + len(f.hits)) % len(f.hits)
	}
	f.goTo(f.hits[at])
	return true
}

// found says what the search found: "glibc: 2 of 5".
func (f *frame) found() string {
	cur, _ := f.node()
	for i, h := range f.hits {
		if h == cur {
			return strconv.Itoa(i+1) + " of " + strconv.Itoa(len(f.hits))
		}
	}
	return strconv.Itoa(len(f.hits)) + " found"
}
