package builds

import (
	"slices"

	"nixbench/engine/event"
)

// This file lets requests that want the same share a row: one of them builds it, and the
// others wait for that one, or have found it done.

// joins returns the build whose row an activity that is new on the board shares, or nil:
// one of the same derivation or path that has not ended for all who want it.
func (b *board) joins(act *event.Activity) *node {
	n := b.newest[act.Subject]
	if n == nil {
		return nil
	}
	goesOn := func(a *event.Activity) bool { return !a.State.Final() }
	if goesOn(n.act) || slices.ContainsFunc(b.shared[n], goesOn) {
		return n
	}
	return nil
}

// join lets an activity share the row of a build.
func (b *board) join(n *node, act *event.Activity) {
	if b.shared[n] == nil {
		b.shared[n] = []*event.Activity{n.act}
	}
	b.shared[n] = append(b.shared[n], act)
	b.nodes[act.ID] = n
	n.needed += b.early[act.ID]
	delete(b.early, act.ID)
	b.link(n, act.Needs)
}

// take takes a newer snapshot of one of the activities of a row, of which the one is shown
// that is furthest, the first of those that are equally far.
func (b *board) take(n *node, act *event.Activity) {
	shared := b.shared[n]
	if shared == nil {
		n.act = act
		return
	}
	best := 0
	for i := range shared {
		if shared[i].ID == act.ID {
			shared[i] = act
		}
		if far(shared[i]) > far(shared[best]) {
			best = i
		}
	}
	n.act = shared[best]
}

// far says how much an activity tells of what comes of a derivation: that it is built comes
// before that it is built already, which comes before that somebody waits. What was not done
// may still be by whoever waits.
func far(act *event.Activity) int {
	rank := [...]int{event.Cancelled: 0, event.Failed: 1, event.Waiting: 2, event.Done: 3, event.Running: 4}[act.State]
	if act.Started.IsZero() {
		return 2 * rank
	}
	return 2*rank + 1
}
