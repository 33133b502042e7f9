package reclaim

import (
	"cmp"
	"fmt"
	"slices"

	"nixbench/store"
)

// fewMembers is the largest number of paths kept by roots that a group has.
const fewMembers = 4

// manyMembers is the largest number of targets that are told apart where all
// sets count; what more of them keep is taken for what stays.
const manyMembers = 256

// Group is what only a few roots keep together: it is freed if all of them go,
// and not before.
type Group struct {
	Roots []int // in order; at least two
	Size  int64 // bytes
	Paths int   // how many
}

// Groups returns the n largest groups of roots that keep up to four different
// paths, largest first.
func (r *Reclaim) Groups(n int) []Group {
	targets, byTarget := r.targets()
	sets := r.keeperSets(targets, fewMembers)
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
			all = append(all, *group)
		}
	}
	slices.SortFunc(all, func(a, b Group) int {
		return cmp.Or(cmp.Compare(b.Size, a.Size), slices.Compare(a.Roots, b.Roots))
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
	limit   int // of members
}

func (r *Reclaim) keeperSets(targets []store.Path, limit int) *keeperSets {
	s := &keeperSets{of: make([]int32, r.net.len()), names: make(map[string]int32), unions: make(map[[2]int32]int32), limit: limit}
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
	key := fmt.Sprint(members)
	id, known := s.names[key]
	if !known {
		id = int32(len(s.members))
		s.names[key] = id
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
	both := slices.Concat(s.members[a], s.members[b])
	slices.Sort(both)
	id := manySet
	if both = slices.Compact(both); len(both) <= s.limit {
		id = s.name(both)
	}
	s.unions[key] = id
	return id
}
