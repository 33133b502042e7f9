package builds

import "slices"

// This file finds the way from what was asked for to a build. In a large graph a search
// from one end comes to most of the builds, and each of them is somewhere else in
// memory; so there are two, and they meet.

// The ends that a way is searched from.
const (
	fromTop   = iota // what was asked for, then what that needs
	fromBuild        // the build, then what needs it
	numEnds
)

// reached says how a search came to a build.
type reached struct {
	search uint32 // which search, of all that the board has made
	from   *node  // the one before it on the way from the search's end, nil at the end
}

// A search is all that one comes to from an end, and where its front begins.
type search struct {
	found []*node
	front int
}

// way is a shortest way from what was asked for to a build, both included; the build
// alone if nothing leads to it.
func (b *board) way(n *node) []*node {
	b.searches++
	var searches [numEnds]search
	searches[fromTop].found, searches[fromBuild].found = slices.Clone(b.roots()), []*node{n}
	for end := range searches {
		for _, on := range searches[end].found {
			on.reached[end] = reached{b.searches, nil}
		}
	}
	if n.reached[fromTop].search == b.searches {
		return []*node{n}
	}
	for {
		end := fromTop
		above, below := searches[fromTop].size(), searches[fromBuild].size()
		if below < above {
			end = fromBuild
		}
		if min(above, below) == 0 {
			return []*node{n}
		}
		if met := b.step(&searches[end], end); met != nil {
			return through(met)
		}
	}
}

// size is how many builds the front has.
func (s *search) size() int { return len(s.found) - s.front }

// step goes one build further from all of the front. It returns the build where the two
// searches meet, if they do: whatever leads through it is a shortest way, as all that
// are shorter would have met before.
func (b *board) step(s *search, end int) (met *node) {
	front := s.found[s.front:]
	s.front = len(s.found)
	for _, on := range front {
		next := on.needs
		if end == fromBuild {
			next = on.users
		}
		for _, n := range next {
			if n.gone || n.reached[end].search == b.searches {
				continue
			}
			n.reached[end] = reached{b.searches, on}
			if n.reached[numEnds-1-end].search == b.searches {
				return n
			}
			s.found = append(s.found, n)
		}
	}
	return nil
}

// through returns the way through the build where two searches have met.
func through(met *node) []*node {
	var way []*node
	for on := met; on != nil; on = on.reached[fromTop].from {
		way = append(way, on)
	}
	slices.Reverse(way)
	for on := met.reached[fromBuild].from; on != nil; on = on.reached[fromBuild].from {
		way = append(way, on)
	}
	return way
}
