package reclaim

import (
	"cmp"
	"encoding/binary"
	"slices"

	"nixbench/store"
)

// manyMembers is the largest number of targets that are told apart; what more of them
// keep is taken for what stays.
const manyMembers = 256

// Group is what several roots keep together and no others do: it is freed if all of them
// go, and not before.
type Group struct {
	Roots     []int // in order; at least two
	Size      int64 // bytes
	Paths     int   // how many
	Removable bool  // a user may remove all of the roots
}

// Groups returns n groups of roots that keep up to 256 different paths: those that can go
// as a whole first, and of these the largest first.
func (r *Reclaim) Groups(n int) []Group {
	targets, byTarget := r.targets()
	sets := r.keeperSets(targets)
	groups := make(map[int32]*Group)
	for v, id := range sets.of[:r.g.Len()] {
		if id == noSet || id == manySet {
			continue
		}
		group := groups[id]
		if group == nil {
			group = &Group{}
			for _, t := range sets.members[id] {
				group.Roots = append(group.Roots, byTarget[targets[t]]...)
			}
			slices.Sort(group.Roots)
			groups[id] = group
		}
		group.Size += r.g.NarSize[v]
		group.Paths++
	}
	var all []Group
	for _, group := range groups {
		if len(group.Roots) > 1 && group.Size > 0 {
			group.Removable = !slices.ContainsFunc(group.Roots, func(i int) bool { return !r.plan.Roots[i].Removable() })
			all = append(all, *group)
		}
	}
	stays := func(g Group) int {
		if g.Removable {
			return 0
		}
		return 1
	}
	slices.SortFunc(all, func(a, b Group) int {
		return cmp.Or(stays(a)-stays(b), cmp.Compare(b.Size, a.Size), slices.Compare(a.Roots, b.Roots))
	})
	return all[:min(n, len(all))]
}

// targets returns the different paths that roots keep, and the roots of each.
func (r *Reclaim) targets() (targets []store.Path, byTarget map[store.Path][]int) {
	byTarget = make(map[store.Path][]int)
	for i, root := range r.plan.Roots {
		if len(r.net.next.Of(r.net.root(i))) == 0 {
			continue
		}
		if byTarget[root.Path] == nil {
			targets = append(targets, root.Path)
		}
		byTarget[root.Path] = append(byTarget[root.Path], i)
	}
	return targets, byTarget
}

// The sets of no targets, and of too many to tell.
const (
	noSet   int32 = -1
	manySet int32 = -2
)

// keeperSets says for each node which targets keep it. Sets are named by
// numbers, since few differ.
type keeperSets struct {
	of      []int32   // by node
	members [][]int32 // by number: positions of targets, ascending
	names   map[string]int32
	unions  map[[2]int32]int32
	key     []byte // of the set that was named last: room for another
}

func (r *Reclaim) keeperSets(targets []store.Path) *keeperSets {
	s := &keeperSets{of: make([]int32, r.net.len()), names: make(map[string]int32), unions: make(map[[2]int32]int32)}
	for v := range s.of {
		s.of[v] = noSet
	}
	s.of[r.net.pinned()] = manySet
	position := make(map[store.Path]int32, len(targets))
	for t, p := range targets {
		position[p] = int32(t)
	}
	for i, root := range r.plan.Roots {
		if t, found := position[root.Path]; found {
			s.of[r.net.root(i)] = s.name([]int32{t})
		}
	}
	// Sets only grow, and circles are the only reason for a second walk.
	for changed := true; changed; {
		changed = false
		for _, v := range r.order {
			if !r.net.isPath(v) {
				continue
			}
			set := s.of[v]
			for _, b := range r.net.before.Of(v) {
				set = s.union(set, s.of[b])
			}
			if set != s.of[v] {
				s.of[v] = set
				changed = true
			}
		}
	}
	return s
}

func (s *keeperSets) name(members []int32) int32 {
	key := s.key[:0]
	for _, m := range members {
		key = binary.LittleEndian.AppendUint32(key, uint32(m))
	}
	s.key = key
	id, known := s.names[string(key)]
	if !known {
		id = int32(len(s.members))
		s.names[string(key)] = id
		s.members = append(s.members, members)
	}
	return id
}

func (s *keeperSets) union(a, b int32) int32 {
	switch {
	case a == b || b == noSet:
		return a
	case a == noSet:
		return b
	case a == manySet || b == manySet:
		return manySet
	}
	key := [2]int32{min(a, b), max(a, b)}
	if id, known := s.unions[key]; known {
		return id
	}
	id := manySet
	if both := merge(s.members[a], s.members[b]); len(both) <= manyMembers {
		id = s.name(both)
	}
	s.unions[key] = id
	return id
}

// merge returns what is in either of two ascending lists.
func merge(a, b []int32) []int32 {
	both := make([]int32, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		both = append(both, min(a[0], b[0]))
		switch {
		case a[0] < b[0]:
			a = a[1:]
		case a[0] > b[0]:
			b = b[1:]
		default:
			a, b = a[1:], b[1:]
		}
	}
	return append(append(both, a...), b...)
}
