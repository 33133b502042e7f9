package builds

import (
	"cmp"
	"slices"
	"time"

	"nixbench/engine/event"
)

// A board is all activities that concern builds: a pure reducer over snapshots,
// so that it can be tested without a screen.
type board struct {
	acts  map[event.ID]event.Activity
	order []event.ID // as they came
	count [event.Cancelled + 1]int
	// newest is the last activity about a derivation or path: building it
	// again takes the place of what was before.
	newest map[string]event.ID
	// needed counts, for each build, the builds that need it.
	needed map[event.ID]int
	first  time.Time // when the first build of the running batch began
}

func newBoard() *board {
	return &board{
		acts: make(map[event.ID]event.Activity), newest: make(map[string]event.ID), needed: make(map[event.ID]int),
	}
}

// shown reports whether an activity has a row of its own.
func shown(act event.Activity) bool {
	return act.Kind == event.Build || act.Kind == event.Substitute || act.Kind == event.CopyPath
}

// fold takes new snapshots and reports whether any concerned a build.
func (b *board) fold(acts []event.Activity) (changed bool) {
	for _, act := range acts {
		if !shown(act) {
			continue
		}
		changed = true
		old, known := b.acts[act.ID]
		if known {
			b.count[old.State]--
		} else {
			if before, ok := b.newest[act.Subject]; ok {
				b.forget(before)
			}
			b.newest[act.Subject] = act.ID
			b.order = append(b.order, act.ID)
			for _, need := range act.Needs {
				b.needed[need]++
			}
		}
		b.count[act.State]++
		b.acts[act.ID] = act
		if !act.Started.IsZero() && (b.first.IsZero() || act.Started.Before(b.first)) {
			b.first = act.Started
		}
	}
	return changed
}

// forget takes an activity off the board.
func (b *board) forget(id event.ID) {
	act := b.acts[id]
	b.count[act.State]--
	for _, need := range act.Needs {
		b.needed[need]--
	}
	delete(b.acts, id)
	b.order = slices.DeleteFunc(b.order, func(other event.ID) bool { return other == id })
}

// live counts the activities that have not ended.
func (b *board) live() int { return b.count[event.Waiting] + b.count[event.Running] }

// An order is how the list of builds is sorted.
type order uint8

const (
	byState order = iota // failed, running, waiting, done: what wants attention first
	byTime               // the longest running first
	byName
	numOrders
)

func (o order) String() string { return [...]string{"state", "time", "name"}[o] }

// blocked reports whether a build failed without having begun because something
// that it needs failed. A build that could not begin for reasons of its own
// needs nothing, or nothing that failed.
func (b *board) blocked(act event.Activity) bool {
	if act.State != event.Failed || !act.Started.IsZero() {
		return false
	}
	return slices.ContainsFunc(act.Needs, func(id event.ID) bool {
		need, ok := b.acts[id]
		return !ok || need.State == event.Failed || need.State == event.Cancelled
	})
}

// rank puts what wants attention first.
func (b *board) rank(act event.Activity) int {
	if b.blocked(act) {
		return 3
	}
	switch act.State {
	case event.Failed:
		return 0
	case event.Running:
		return 1
	case event.Waiting:
		return 2
	case event.Cancelled:
		return 4
	}
	return 5
}

// sorted returns the builds in that order.
func (b *board) sorted(by order, now time.Time) []event.ID {
	ids := slices.Clone(b.order)
	slices.SortStableFunc(ids, func(x, y event.ID) int {
		a, c := b.acts[x], b.acts[y]
		switch by {
		case byTime:
			return cmp.Or(cmp.Compare(elapsed(c, now), elapsed(a, now)), cmp.Compare(a.Name, c.Name))
		case byName:
			return cmp.Compare(a.Name, c.Name)
		}
		if d := cmp.Compare(b.rank(a), b.rank(c)); d != 0 {
			return d
		}
		switch a.State {
		case event.Running:
			return a.Started.Compare(c.Started)
		case event.Done, event.Cancelled:
			return c.Ended.Compare(a.Ended)
		case event.Failed:
			return a.Ended.Compare(c.Ended)
		}
		return cmp.Or(cmp.Compare(a.WaitingOn, c.WaitingOn), cmp.Compare(b.needed[y], b.needed[x]))
	})
	return ids
}

// roots returns the builds that no other needs: those that were asked for.
func (b *board) roots() []event.ID {
	var ids []event.ID
	for _, id := range b.order {
		if b.needed[id] == 0 {
			ids = append(ids, id)
		}
	}
	return ids
}

// elapsed is how long an activity has run, or did.
func elapsed(act event.Activity, now time.Time) time.Duration {
	switch {
	case act.Started.IsZero():
		return 0
	case act.Ended.IsZero():
		return max(0, now.Sub(act.Started))
	}
	return act.Ended.Sub(act.Started)
}

// failures returns the builds that failed by themselves, as they did.
func (b *board) failures() []event.ID {
	var ids []event.ID
	for _, id := range b.order {
		if act := b.acts[id]; act.State == event.Failed && !b.blocked(act) {
			ids = append(ids, id)
		}
	}
	slices.SortStableFunc(ids, func(x, y event.ID) int { return b.acts[x].Ended.Compare(b.acts[y].Ended) })
	return ids
}

// left estimates how long the builds that have not ended will take on slots at
// once, by how long such builds usually take; ok is false if less than half of
// them are known.
func (b *board) left(usual func(name string) time.Duration, now time.Time) (rest time.Duration, ok bool) {
	var known, all int
	var total, longest time.Duration
	running := 0
	for _, id := range b.order {
		act := b.acts[id]
		if act.State.Final() {
			continue
		}
		all++
		if act.State == event.Running {
			running++
		}
		took := usual(act.Name)
		if took == 0 {
			continue
		}
		known++
		more := max(0, took-elapsed(act, now))
		total += more
		longest = max(longest, more)
	}
	if all == 0 || 2*known <= all {
		return 0, false
	}
	return max(longest, total/time.Duration(max(1, running))), true
}
