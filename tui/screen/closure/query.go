package closure

import (
	"strconv"
	"strings"

	"nixbench/inspect/closure"
	"nixbench/tui/widget/rows"
)

// A query is what nodes are searched for by: words that the name has, and
// conditions such as size>100M.
type query struct {
	words []string
	tests []test
}

// A test compares a number of a node.
type test struct {
	of   string // "size", "closure", "adds", "refs", "referrers"
	less bool
	also bool // equal will do too
	than int64
}

// parseQuery reads what a user types. What is no condition is a word.
func parseQuery(s string) query {
	var q query
	for _, word := range strings.Fields(strings.ToLower(s)) {
		if t, ok := parseTest(word); ok {
			q.tests = append(q.tests, t)
			continue
		}
		word = strings.TrimPrefix(word, "name:")
		if word != "" {
			q.words = append(q.words, word)
		}
	}
	return q
}

func parseTest(word string) (test, bool) {
	i := strings.IndexAny(word, "<>")
	if i < 0 {
		return test{}, false
	}
	t := test{of: word[:i], less: word[i] == '<'}
	switch t.of {
	case "size", "own", "nar":
		t.of = "size"
	case "closure", "adds", "refs", "referrers":
	default:
		return test{}, false
	}
	number, also := strings.CutPrefix(word[i+1:], "=")
	n, ok := parseSize(number)
	t.than, t.also = n, also
	return t, ok
}

// parseSize reads "100m", "1.5g", "300k", "12".
func parseSize(s string) (int64, bool) {
	s = strings.TrimSuffix(strings.TrimSuffix(s, "b"), "i")
	unit := int64(1)
	if s != "" {
		if i := strings.IndexByte("kmgt", s[len(s)-1]); i >= 0 {
			unit <<= 10 * (i + 1)
			s = s[:len(s)-1]
		}
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || v < 0 || v > float64(1<<50) {
		return 0, false
	}
	return int64(min(v*float64(unit), 1<<62)), true
}

func (q query) empty() bool { return len(q.words) == 0 && len(q.tests) == 0 }

// matches tells whether a node is what is searched for.
func (q query) matches(d *loaded, n closure.Node) bool {
	for _, w := range q.words {
		if !strings.Contains(d.lower[n], w) {
			return false
		}
	}
	for _, t := range q.tests {
		var v int64
		switch t.of {
		case "size":
			v = d.g.OwnSize(n)
		case "adds":
			v = d.g.AddedSize(n)
		case "refs":
			v = int64(len(d.g.References(n)))
		case "referrers":
			v = int64(len(d.g.Referrers(n)))
		case "closure":
			if d.sizes == nil {
				return false
			}
			v = d.sizes[n]
		}
		if v == t.than && !t.also || v != t.than && t.less != (v < t.than) {
			return false
		}
	}
	return true
}

// search looks for what is typed: the flat list shows only that, in the other
// views the matches are gone to one by one.
func (f *frame) search(typed string) {
	f.query, f.match, f.hits = strings.TrimSpace(typed), parseQuery(typed), nil
	word := ""
	if len(f.match.words) > 0 {
		word = f.match.words[0]
	}
	if !f.isClosure() {
		f.list.SetFind(f.query)
		f.list.FindNext(0)
		return
	}
	for _, w := range []*rows.Rows{f.list, f.flat, f.cols.mid} {
		w.SetFind(word)
	}
	f.flat.SetFilterFunc("", nil)
	if f.match.empty() || f.data == nil {
		f.query = ""
		return
	}
	for _, n := range f.nodes {
		if f.match.matches(f.data, n) {
			f.hits = append(f.hits, n)
		}
	}
	d, m := f.data, f.match
	f.flat.SetFilterFunc(f.query, func(i int) bool { return m.matches(d, f.nodes[i]) })
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
