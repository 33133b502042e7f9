package palette

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sahilm/fuzzy"
)

// This file finds the items that fit what is typed: those that have its letters in their
// order, whatever is between them.

// manyItems is how many items are not scored, since a key would take too long.
const manyItems = 2000

// scored returns the indexes of the items that fit, by rank and then by how close their
// letters are.
func scored(items []Item, query string) []int {
	matches := fuzzy.FindFromNoSort(query, titles(items))
	ranks := make([]int, len(items))
	for _, m := range matches {
		ranks[m.Index] = rank(items[m.Index], strings.ToLower(query))
	}
	slices.SortStableFunc(matches, func(a, b fuzzy.Match) int {
		return cmp.Or(cmp.Compare(ranks[a.Index], ranks[b.Index]), cmp.Compare(b.Score, a.Score))
	})
	out := make([]int, len(matches))
	for i, m := range matches {
		out[i] = m.Index
	}
	return out
}

// quick is scored, but for the order of items of the same rank: theirs.
func quick(items []Item, query string) []int {
	query = strings.ToLower(query)
	var byRank [numRanks][]int
	for i, it := range items {
		if hasLetters(strings.ToLower(it.Title), query) {
			r := rank(it, query)
			byRank[r] = append(byRank[r], i)
		}
	}
	return slices.Concat(byRank[:]...)
}

// hasLetters tells whether s has the letters of query in their order.
func hasLetters(s, query string) bool {
	for _, c := range query {
		i := strings.IndexRune(s, c)
		if i < 0 || c == utf8.RuneError {
			return false
		}
		s = s[i+utf8.RuneLen(c):]
	}
	return true
}

// onlyLetters is the rank of an item that has no more of a query than its letters; what
// cannot be picked has the rank below.
const (
	onlyLetters = 8
	numRanks    = onlyLetters + 2
)

// rank is how well an item fits a query in lower case, 0 being best: it is it, it begins
// with it, a word of it does, it has it somewhere, or it only has its letters. Of items that fit as
// well, those that cannot be picked come later.
func rank(it Item, query string) int {
	title, n := strings.ToLower(it.Title), onlyLetters
	switch at := strings.Index(title, query); {
	case title == query:
		n = 0
	case at == 0:
		n = 2
	case at > 0 && strings.Contains(title, " "+query):
		n = 4
	case at > 0:
		n = 6
	}
	if it.Disabled != "" {
		n++
	}
	return n
}

type titles []Item

func (t titles) String(i int) string { return t[i].Title }
func (t titles) Len() int            { return len(t) }
