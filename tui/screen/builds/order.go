package builds

import (
	"cmp"
	"slices"
	"sort"
	"time"

	"nixbench/engine/event"
)

// This file keeps the list of builds sorted: what moves is taken out and put in
// again by halving, and nothing else is looked at.

// An order is how the list of builds is sorted.
type order uint8

const (
	byState order = iota // failed, running, waiting, done: what wants attention first
	byTime               // the longest running first
	byName
	numOrders
)

func (o order) String() string { return [...]string{"state", "time", "name"}[o] }

// pins is how many failures stand above what runs; the others are below it, so that
// many failures do not hide what goes on.
const pins = 2

// A key is what a list is sorted by.
type key struct {
	rank int8
	a, b int64
	name string
	seq  int32 // no two are the same
}

func (k key) compare(other key) int {
	return cmp.Or(cmp.Compare(k.rank, other.rank), cmp.Compare(k.a, other.a), cmp.Compare(k.b, other.b),
		cmp.Compare(k.name, other.name), cmp.Compare(k.seq, other.seq))
}

// The ranks of a list by states.
const (
	rankPinned int8 = iota
	rankRunning
	rankFailed
	rankWaiting
	rankBlocked
	rankCancelled
	rankDone
)

func rankOf(n *node) int8 {
	switch {
	case n.pinned:
		return rankPinned
	case n.blocked, n.doomed:
		return rankBlocked
	}
	return [...]int8{
		event.Waiting: rankWaiting, event.Running: rankRunning, event.Done: rankDone,
		event.Failed: rankFailed, event.Cancelled: rankCancelled,
	}[n.act.State]
}

// keyOf is where a build belongs in a list.
func keyOf(n *node, by order, now time.Time) key {
	k := key{seq: n.seq}
	switch by {
	case byTime:
		k.a, k.name = -int64(elapsed(n.act, now)), n.act.Name
		return k
	case byName:
		k.name = n.act.Name
		return k
	}
	k.rank = rankOf(n)
	switch n.act.State {
	case event.Running:
		k.a = n.act.Started.UnixNano()
	case event.Done, event.Cancelled:
		k.a = -n.act.Ended.UnixNano()
	case event.Failed:
		k.a, k.b = -n.batch, n.act.Ended.UnixNano()
	case event.Waiting:
		k.a, k.b = int64(n.act.WaitingOn), -int64(n.needed)
	}
	return k
}

// touch notes that a build may belong elsewhere in the list.
func (b *board) touch(n *node) {
	if !n.moved {
		n.moved = true
		b.moved = append(b.moved, n)
	}
}

// sorted returns the builds in that order. The slice is the board's, until the next
// call.
func (b *board) sorted(by order, now time.Time) []*node {
	if by != b.shown {
		for _, n := range b.list {
			n.listed = false
			b.touch(n)
		}
		b.shown, b.list = by, nil
	}
	b.pin()
	if by == byTime {
		for n := range b.running {
			b.touch(n)
		}
	}
	var out, in []*node
	for _, n := range b.moved {
		n.moved = false
		k := keyOf(n, by, now)
		if n.listed && !n.gone && k == n.key {
			continue
		}
		if n.listed {
			out = append(out, n)
		}
		if !n.gone {
			in = append(in, n)
		}
	}
	b.moved = b.moved[:0]
	b.takeOut(out)
	for _, n := range in {
		n.key = keyOf(n, by, now)
	}
	b.putIn(in)
	return b.list
}

// pin chooses the failures that stand above what runs.
func (b *board) pin() {
	for i, n := range b.failures() {
		if pinned := i < pins; pinned != n.pinned {
			n.pinned = pinned
			b.touch(n)
		}
	}
	for _, n := range b.moved {
		if n.pinned && (!b.failing[n] || n.blocked) {
			n.pinned = false
		}
	}
}

// find is the place of a key in the list.
func (b *board) find(k key) int {
	return sort.Search(len(b.list), func(i int) bool { return b.list[i].key.compare(k) >= 0 })
}

// takeOut takes builds out of the list, where they are by their keys.
func (b *board) takeOut(out []*node) {
	if len(out) == 0 {
		return
	}
	at := make([]int, len(out))
	for i, n := range out {
		at[i] = b.find(n.key)
		n.listed = false
	}
	slices.Sort(at)
	to := at[0]
	for i, from := range at {
		end := len(b.list)
		if i+1 < len(at) {
			end = at[i+1]
		}
		to += copy(b.list[to:], b.list[from+1:end])
	}
	clear(b.list[to:])
	b.list = b.list[:to]
}

// putIn puts builds into the list by their keys.
func (b *board) putIn(in []*node) {
	if len(in) == 0 {
		return
	}
	slices.SortFunc(in, func(x, y *node) int { return x.key.compare(y.key) })
	at := make([]int, len(in))
	for i, n := range in {
		at[i] = b.find(n.key)
		n.listed = true
	}
	end := len(b.list)
	b.list = append(b.list, in...)
	for i := len(in) - 1; i >= 0; i-- { // from the back, so that nothing is lost
		copy(b.list[at[i]+i+1:], b.list[at[i]:end])
		b.list[at[i]+i] = in[i]
		end = at[i]
	}
}
