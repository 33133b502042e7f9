package closure

import (
	"slices"
	"strconv"
	"strings"

	"nixbench/inspect/closure"
	"nixbench/tui/widget/rows"
)

// matches tells whether a node is what is searched for.
func (d *loaded) matches(q closure.Query, n closure.Node) bool {
	return q.Matches(d.g, n, d.lower()[n], d.sizes)
}

// search looks for what is typed: the flat list shows only that, in the other
// views the matches are gone to one by one.
func (f *frame) search(typed string) {
	f.query, f.match, f.hits = strings.TrimSpace(typed), closure.ParseQuery(typed), nil
	word := f.match.Word()
	if f.kind == kindFiles {
		f.searchFiles(f.query)
		return
	}
	if !f.isClosure() {
		f.list.SetFind(f.query)
		f.list.FindNext(0)
		return
	}
	for _, w := range []*rows.Rows{f.list, f.flat, f.cols.mid} {
		w.SetFind(word)
	}
	if f.match.Empty() || f.data == nil {
		f.query = ""
		f.flat.SetFilterFunc("", nil)
		return
	}
	d, m, nodes := f.data, f.match, f.all()
	for _, n := range nodes {
		if d.matches(m, n) {
			f.hits = append(f.hits, n)
		}
	}
	f.fillFlat()
	f.flat.SetFilterFunc(f.query, func(i int) bool { return d.matches(m, nodes[i]) })
}

// next goes to the match n places on from the cursor; 0 stays if the cursor is
// on one.
func (f *frame) next(n int) bool {
	switch {
	case f.kind == kindFiles:
		return f.nextFile(n)
	case !f.isClosure() || f.data == nil:
		return f.list.FindNext(n)
	}
	cur, _ := f.node()
	return stepTo(f.hits, cur, n, f.goTo)
}

// stepTo goes to the hit n places on from cur, round at the ends; false: there is none.
// If cur is no hit, that is the first, or the last for a negative n.
func stepTo[T comparable](hits []T, cur T, n int, goTo func(T)) bool {
	if len(hits) == 0 {
		return false
	}
	at := slices.Index(hits, cur)
	switch {
	case at < 0 && n < 0:
		at = len(hits) - 1
	case at < 0:
		at = 0
	default:
		at = ((at+n)%len(hits) + len(hits)) % len(hits)
	}
	goTo(hits[at])
	return true
}

// found says what the search found: "glibc: 2 of 5".
func (f *frame) found() string {
	if f.kind == kindFiles {
		e, _ := f.file()
		return foundIn(f.fileHits, e)
	}
	n, _ := f.node()
	return foundIn(f.hits, n)
}

func foundIn[T comparable](hits []T, cur T) string {
	if i := slices.Index(hits, cur); i >= 0 {
		return strconv.Itoa(i+1) + " of " + strconv.Itoa(len(hits))
	}
	return strconv.Itoa(len(hits)) + " found"
}
