package builds

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"nixbench/engine/event"
	"nixbench/tui"
)

// A board is all activities that concern builds: a pure reducer over snapshots,
// so that it can be tested without a screen. What it does for a snapshot does not
// grow with the number of builds, of which there may be hundreds of thousands.
type board struct {
	nodes map[event.ID]*node // by all of their activities
	count [event.Cancelled + 1]int
	// newest is the last activity about a derivation or path: building it
	// again takes the place of what was before.
	newest map[string]*node
	shared map[*node][]*event.Activity // of a row, if there are several
	first  time.Time                   // when the first build of the running batch began
	batch  int64                       // the number of the batch: of what was begun while nothing else went on

	all  []*node // as they came, some of them gone
	gone int     // of all
	next int32   // the seq of the next that comes
	// Of the builds that have not ended: how many it is known of how long they
	// take, and how long that is together.
	guessed int
	work    time.Duration

	fetches map[cacheOf]*fetch

	early   map[event.ID]int // builds that need what has not been told of yet
	running map[*node]bool
	failing map[*node]bool // those that failed, for whatever reason
	failed  []*node        // see failures; nil if it must be found anew
	doomed  int            // nodes that are
	grown   bool           // builds came or went since roots were asked for
	tops    []*node        // see roots

	searches uint32 // see way
	memory   memory

	shown order   // how list is sorted
	list  []*node // all that are not gone
	moved []*node // in list at another place than they should be, or not at all
}

// A node is a build on the board.
type node struct {
	act    *event.Activity // must not be modified
	usual  time.Duration   // how long such builds take, 0 if unknown
	seq    int32           // how many came before
	batch  int64           // the higher, the newer
	needed int             // builds that need it
	needs  []*node         // as far as they are known
	users  []*node         // whose needs it is among, some of them gone
	// blocked says that it failed without having begun because something that
	// it needs failed. A build that could not begin for reasons of its own
	// needs nothing, or nothing that failed.
	blocked bool
	// doomed says that it waits and will not begin, since something that it needs cannot
	// be: others that it needs are awaited first.
	doomed  bool
	cannot  int  // of needs, those that are lost
	isLost  bool // it failed, was cancelled, or is doomed
	seen    bool // that it failed, by the user
	gone    bool
	pinned  bool // among the failures that stand above what runs
	moved   bool // is in board.moved
	listed  bool
	key     key              // by which it is listed
	stamps  []stamp          // how its log grew
	task    int32            // see board.schedule
	reached [numEnds]reached // see board.way

	earlier bool                // it was built before this session, and is on no board
	other   *tui.BuildElsewhere // what another process does; it is on no board. nil for ours
}

// name names a build in lists.
func (n *node) name() string {
	if n.other != nil {
		return fmt.Sprintf("elsewhere %d %s", n.other.PID, n.act.Subject)
	}
	return n.act.Subject
}

func newBoard() *board {
	return &board{
		nodes: make(map[event.ID]*node), newest: make(map[string]*node), early: make(map[event.ID]int),
		shared:  make(map[*node][]*event.Activity),
		running: make(map[*node]bool), failing: make(map[*node]bool),
	}
}

// shown reports whether an activity has a row of its own.
func shown(act *event.Activity) bool {
	return act.Kind == event.Build || act.Kind == event.Substitute || act.Kind == event.CopyPath
}

// fold takes new snapshots and reports whether any concerned a build. usual says
// how long builds of a name take.
func (b *board) fold(acts []*event.Activity, usual func(name string) time.Duration, now time.Time) (changed bool) {
	var touched []*node
	isAnother := false // batch, of which all may have ended by now
	for _, act := range acts {
		if !shown(act) {
			continue
		}
		changed = true
		n := b.nodes[act.ID]
		if n == nil {
			if n = b.joins(act); n != nil {
				b.join(n, act)
			}
		}
		if n == nil {
			if b.live() == 0 && !act.State.Final() {
				b.first = time.Time{}
			}
			if b.live() == 0 && !isAnother {
				b.batch, isAnother = b.batch+1, true
			}
			n = b.add(act)
			n.usual = usual(act.Name)
		} else {
			b.tally(n, -1)
		}
		b.take(n, act)
		b.tally(n, 1)
		n.stamp(now)
		touched = append(touched, n)
		if !act.Started.IsZero() && (b.first.IsZero() || act.Started.Before(b.first)) {
			b.first = act.Started
		}
	}
	// Not before: a build may be told of before what it needs.
	for _, n := range touched {
		b.sort(n)
	}
	return changed
}

// add puts a new activity on the board.
func (b *board) add(act *event.Activity) *node {
	if before := b.newest[act.Subject]; before != nil {
		b.forget(before)
	}
	n := b.memory.node()
	*n = node{act: act, seq: b.next, batch: b.batch, needed: b.early[act.ID]}
	n.needs, n.users = b.memory.list(len(act.Needs)), b.memory.list(fewUsers)
	delete(b.early, act.ID)
	b.next++
	b.nodes[act.ID], b.newest[act.Subject] = n, n
	b.all = append(b.all, n)
	b.link(n, act.Needs)
	return n
}

// link takes note of what a build needs.
func (b *board) link(n *node, needs []event.ID) {
	b.grown = true
	for _, id := range needs {
		need := b.nodes[id]
		if need == nil {
			b.early[id]++
			continue
		}
		if b.shared[n] != nil && slices.Contains(n.needs, need) {
			continue
		}
		need.needed++
		n.needs, need.users = append(n.needs, need), append(need.users, n)
		if need.isLost {
			n.cannot++
		}
		b.touch(need)
	}
}

// tally counts a build by its state, or with -1 does so no longer.
func (b *board) tally(n *node, by int) {
	b.count[n.act.State] += by
	if n.act.Kind == event.Substitute {
		b.tallyFetch(n, by)
	}
	if n.usual > 0 && !n.act.State.Final() {
		b.guessed += by
		b.work += time.Duration(by) * n.usual
	}
}

// forget takes an activity off the board.
func (b *board) forget(n *node) {
	b.tally(n, -1)
	n.gone, b.grown = true, true
	delete(b.nodes, n.act.ID)
	for _, act := range b.shared[n] {
		delete(b.nodes, act.ID)
	}
	delete(b.shared, n)
	delete(b.running, n)
	delete(b.failing, n)
	b.failed = nil
	if n.doomed {
		n.doomed = false
		b.doomed--
	}
	b.touch(n)
	for _, need := range n.needs {
		need.needed--
		if len(need.users) > 16+2*need.needed {
			need.users = slices.DeleteFunc(need.users, func(user *node) bool { return user.gone })
		}
		b.touch(need)
	}
	n.needs, n.users = nil, nil // others of its portion may stay
	if b.gone++; b.gone > 16 && 2*b.gone > len(b.all) {
		b.all = slices.DeleteFunc(b.all, func(n *node) bool { return n.gone })
		b.gone = 0
	}
}

// sort takes note of the state that a build is in now.
func (b *board) sort(n *node) {
	if n.gone {
		return
	}
	n.blocked = isBlocked(b, n)
	set(b.running, n, n.act.State == event.Running)
	if failed := n.act.State == event.Failed; failed || b.failing[n] {
		set(b.failing, n, failed)
		b.failed = nil
	}
	b.touch(n)
	b.judge(n)
}

// judge takes note of whether a build can still be, and so can what needs it.
func (b *board) judge(n *node) {
	for todo := []*node{n}; len(todo) > 0; {
		n, todo = todo[len(todo)-1], todo[:len(todo)-1]
		if doomed := n.act.State == event.Waiting && n.cannot > 0; doomed != n.doomed {
			n.doomed = doomed
			b.doomed += sign(doomed)
			b.touch(n)
		}
		isLost := n.doomed || n.act.State == event.Failed || n.act.State == event.Cancelled
		if isLost == n.isLost {
			continue
		}
		n.isLost = isLost
		for _, user := range n.users {
			if user.cannot += sign(isLost); !user.gone {
				todo = append(todo, user)
			}
		}
	}
}

// sign is 1 for one more, and -1 for one less.
func sign(more bool) int {
	if more {
		return 1
	}
	return -1
}

func set(m map[*node]bool, n *node, in bool) {
	if in {
		m[n] = true
	} else {
		delete(m, n)
	}
}

func isBlocked(b *board, n *node) bool {
	if n.act.State != event.Failed || !n.act.Started.IsZero() {
		return false
	}
	return slices.ContainsFunc(n.act.Needs, func(id event.ID) bool {
		need, ok := b.nodes[id]
		return !ok || need.act.State == event.Failed || need.act.State == event.Cancelled
	})
}

// act is the newest snapshot of an activity.
func (b *board) act(id event.ID) (*event.Activity, bool) {
	if n := b.nodes[id]; n != nil {
		return n.act, true
	}
	return nil, false
}

// live counts the activities that have not ended.
func (b *board) live() int { return b.count[event.Waiting] + b.count[event.Running] }

// stuck counts the builds that cannot begin since something that they need failed: those
// for which that is the end, and those that still wait.
func (b *board) stuck() int { return b.count[event.Failed] - len(b.failures()) + b.doomed }

// waiting counts the builds that wait and may still begin.
func (b *board) waiting() int { return b.count[event.Waiting] - b.doomed }

// size counts the rows on the board.
func (b *board) size() int { return len(b.all) - b.gone }

// roots returns the builds that no other needs: those that were asked for.
func (b *board) roots() []*node {
	if b.grown {
		b.grown, b.tops = false, nil
		for _, n := range b.all {
			if n.needed == 0 && !n.gone {
				b.tops = append(b.tops, n)
			}
		}
	}
	return b.tops
}

// below returns what a build needs, what wants attention first.
func (b *board) below(n *node) []*node {
	kids := slices.DeleteFunc(slices.Clone(n.needs), func(need *node) bool { return need.gone })
	slices.SortStableFunc(kids, func(x, y *node) int { return int(rankOf(x)) - int(rankOf(y)) })
	return kids
}

// failures returns the builds that failed by themselves: those of the newest batch first,
// and of a batch as they did.
func (b *board) failures() []*node {
	if b.failed == nil {
		b.failed = []*node{}
		for n := range b.failing {
			if !n.blocked {
				b.failed = append(b.failed, n)
			}
		}
		slices.SortFunc(b.failed, func(x, y *node) int {
			return cmp.Or(cmp.Compare(y.batch, x.batch), x.act.Ended.Compare(y.act.Ended), cmp.Compare(x.seq, y.seq))
		})
	}
	return b.failed
}

// lookAt notes that the user sees the failures.
func (b *board) lookAt() {
	for _, n := range b.failures() {
		n.seen = true
	}
}

// unseen counts the failures that the user has not seen.
func (b *board) unseen() int {
	count := 0
	for _, n := range b.failures() {
		if !n.seen {
			count++
		}
	}
	return count
}

// elapsed is how long an activity has run, or did.
func elapsed(act *event.Activity, now time.Time) time.Duration {
	switch {
	case act.Started.IsZero():
		return 0
	case act.Ended.IsZero():
		return max(0, now.Sub(act.Started))
	}
	return act.Ended.Sub(act.Started)
}
