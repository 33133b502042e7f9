package closure

import (
	"slices"
	"strconv"
	"strings"
)

// A Query is what paths are searched for by: words that the name has, and
// conditions such as size>100M, closure<1G, adds>=10M, refs>20 and referrers<2,
// all of which hold. It never changes.
type Query struct {
	words []string
	tests []test
	doubt string
}

// A test compares a number of a node.
type test struct {
	of   string // "size", "closure", "adds", "refs", "referrers"
	less bool
	also bool // equal will do too
	than int64
}

// ParseQuery reads what a user types. What is no condition is a word; in which
// case letters are does not matter.
func ParseQuery(s string) Query {
	var q Query
	for _, word := range strings.Fields(strings.ToLower(s)) {
		if t, ok := parseTest(word); ok {
			q.tests = append(q.tests, t)
			continue
		}
		if q.doubt == "" {
			q.doubt = doubt(word)
		}
		word = strings.TrimPrefix(word, "name:")
		if word != "" {
			q.words = append(q.words, word)
		}
	}
	return q
}

// doubt says what is wrong with a word that looks like a condition and is none, "" if it
// does not: no name of a path has <, > or a colon.
func doubt(word string) string {
	i := strings.IndexAny(word, "<>:")
	if i < 0 || strings.HasPrefix(word, "name:") {
		return ""
	}
	of, number := word[:i], strings.TrimPrefix(word[i+1:], "=")
	switch {
	case word[i] == ':':
		return strconv.Quote(of) + " is nothing to look for: name"
	case !slices.Contains([]string{"size", "own", "nar", "closure", "adds", "refs", "referrers"}, of):
		return strconv.Quote(of) + " is nothing to compare: size, closure, adds, refs or referrers"
	case number == "":
		return "after " + word + " there is no size, such as 100M"
	case strings.HasPrefix(of, "ref"):
		return strconv.Quote(number) + " is no number"
	}
	return strconv.Quote(number) + " is no size, such as 100M"
}

// Doubt says what is wrong with the first word that looks like a condition and is none,
// "" if there is no such word.
func (q Query) Doubt() string { return q.doubt }

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

// HasConditions reports whether anything but words is looked for.
func (q Query) HasConditions() bool { return len(q.tests) > 0 }

// Empty reports whether everything matches.
func (q Query) Empty() bool { return len(q.words) == 0 && len(q.tests) == 0 }

// Word returns the first word of the query, in small letters, or "".
func (q Query) Word() string {
	if len(q.words) == 0 {
		return ""
	}
	return q.words[0]
}

// NeedsSizes reports whether the query asks for closure sizes.
func (q Query) NeedsSizes() bool {
	return slices.ContainsFunc(q.tests, func(t test) bool { return t.of == "closure" })
}

// Matches reports whether n is what is searched for. Lower is its name in small
// letters; sizes are the closure sizes by node, see [Graph.ClosureSizes], and as
// long as they are nil no path has one that was asked for.
func (q Query) Matches(g *Graph, n Node, lower string, sizes []int64) bool {
	for _, w := range q.words {
		if !strings.Contains(lower, w) {
			return false
		}
	}
	for _, t := range q.tests {
		var v int64
		switch t.of {
		case "size":
			v = g.OwnSize(n)
		case "adds":
			v = g.AddedSize(n)
		case "refs":
			v = int64(len(g.References(n)))
		case "referrers":
			v = int64(len(g.Referrers(n)))
		case "closure":
			if sizes == nil {
				return false
			}
			v = sizes[n]
		}
		if v == t.than && !t.also || v != t.than && t.less != (v < t.than) {
			return false
		}
	}
	return true
}
