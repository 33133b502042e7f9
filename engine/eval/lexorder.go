package eval

import (
	"cmp"
	"encoding/binary"
	"slices"
)

// Attributes are shown in the lexicographic order of their names, while a shape has them
// in that of their symbols.

// lexOrder returns the indices of the names in lexicographic order.
func (sh *Shape) lexOrder() []int32 { return sh.lexOrderPolled(nil) }

// names returns the names in lexicographic order.
func (sh *Shape) names() []string {
	names := make([]string, 0, len(sh.syms))
	for _, i := range sh.lexOrder() {
		names = append(names, SymName(sh.syms[i]))
	}
	return names
}

// OrderNames sorts the names of a set, which [Attrs.All] and [Attrs.Names] do
// else: those of a large set take long, and it can be cancelled.
func (s *State) OrderNames(a Attrs) {
	if sh := flat(a.v).shape(); len(sh.syms) >= pollCompared && sh.indexed().lex.Load() == nil {
		s.MakeRoom(2 * len(sh.syms) * lexKeySize)
		sh.lexOrderPolled(s.poll)
	}
}

// lexOrderPolled is lexOrder, which calls poll, if it is not nil, once in a while.
func (sh *Shape) lexOrderPolled(poll func()) []int32 {
	x := sh.indexed()
	if p := x.lex.Load(); p != nil {
		return *p
	}
	keys := sh.lexKeys()
	if len(keys) >= manyKeys {
		keys = sortByHeads(keys, poll)
		sh.sortEqualHeads(keys, poll)
	} else {
		sh.sortKeys(keys, poll)
	}
	order := make([]int32, len(keys))
	for k := range keys {
		order[k] = keys[k].i
	}
	x.lex.Store(&order)
	return order
}

// A lexKey is what the i-th name of a shape is compared by: the eight bytes after what
// all names begin with, the first of them highest. They decide unless they are equal,
// and are in the cache where names are not.
type lexKey struct {
	head uint64
	i    int32
}

func (sh *Shape) lexKeys() []lexKey {
	keys := make([]lexKey, len(sh.syms))
	if len(keys) == 0 {
		return keys
	}
	common := SymName(sh.syms[0])
	for _, s := range sh.syms[1:] {
		common = common[:commonPrefix(common, SymName(s))]
	}
	for i, s := range sh.syms {
		var head [8]byte
		copy(head[:], SymName(s)[len(common):])
		keys[i] = lexKey{binary.BigEndian.Uint64(head[:]), int32(i)}
	}
	return keys
}

// sortKeys sorts keys, which compare by their names where heads are equal.
func (sh *Shape) sortKeys(keys []lexKey, poll func()) {
	slices.SortFunc(keys, polled(poll, func(a, b lexKey) int {
		if a.head != b.head {
			return cmp.Compare(a.head, b.head)
		}
		return cmp.Compare(SymName(sh.syms[a.i]), SymName(sh.syms[b.i]))
	}))
}

// manyKeys is from how many keys on they are sorted byte by byte.
const manyKeys = 1 << 10

// sortByHeads sorts keys by their heads, from the last byte to the first, and returns
// them, in their place or in another.
func sortByHeads(keys []lexKey, poll func()) []lexKey {
	var counts [8][256]int32
	for _, k := range keys {
		for b := range counts {
			counts[b][byte(k.head>>(8*b))]++
		}
	}
	other := make([]lexKey, len(keys))
	for b := range counts {
		count := &counts[b]
		if count[byte(keys[0].head>>(8*b))] == int32(len(keys)) {
			continue // all the same
		}
		var sum int32
		for c, n := range count {
			count[c] = sum
			sum += n
		}
		for _, k := range keys {
			at := &count[byte(k.head>>(8*b))]
			other[*at] = k
			*at++
		}
		keys, other = other, keys
		if poll != nil {
			poll()
		}
	}
	return keys
}

// sortEqualHeads sorts, among keys that are sorted by their heads, those with the same.
func (sh *Shape) sortEqualHeads(keys []lexKey, poll func()) {
	from := 0
	for i := 1; i <= len(keys); i++ {
		if i < len(keys) && keys[i].head == keys[from].head {
			continue
		}
		if i-from > 1 {
			sh.sortKeys(keys[from:i], poll)
		}
		from = i
	}
}

// commonPrefix returns how many bytes a and b begin with that are the same.
func commonPrefix(a, b string) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}

// pollCompared is after how many comparisons a sort calls its poll.
const pollCompared = 1 << 12

// polled returns compare, which calls poll, if it is not nil, once in a while.
func polled[T any](poll func(), compare func(a, b T) int) func(a, b T) int {
	if poll == nil {
		return compare
	}
	n := 0
	return func(a, b T) int {
		if n++; n%pollCompared == 0 {
			poll()
		}
		return compare(a, b)
	}
}
