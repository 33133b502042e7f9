package builds

import (
	"slices"

	"nixbench/engine/event"
	"nixbench/store"
	"nixbench/store/drv"
)

// This file shows logs of derivations that were built before this session, below all other
// builds: those that another screen has asked for.

// showBuild puts the cursor on the build of a derivation; one that is not here stands for
// its log.
func (s *Screen) showBuild(drvPath store.Path) {
	s.asked = drvPath
	s.seek()
	if s.asked == "" {
		return
	}
	s.others.last++
	s.earlier = append(s.earlier, &node{earlier: true, act: &event.Activity{
		ID: firstOther + s.others.last, Kind: event.Build, Name: drv.NameOf(drvPath), Subject: string(drvPath),
		State: event.Cancelled, // how it ended is not known: it can be built again
	}})
	s.others.changed = true
	s.show()
	s.seek()
}

// withEarlier adds the builds of earlier sessions to builds of ours, without those that
// have been built again.
func (s *Screen) withEarlier(ours []*node) []*node {
	s.earlier = slices.DeleteFunc(s.earlier, func(n *node) bool { return s.board.newest[n.act.Subject] != nil })
	if len(s.earlier) == 0 {
		return ours
	}
	return slices.Concat(ours, s.earlier)
}
