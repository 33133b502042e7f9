package builds

import (
	"container/heap"
	"context"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"nixbench/engine/event"
	"nixbench/tui"
)

// This file estimates how long the builds that are left will take: what runs and
// waits is put on the slots for builds in the order in which it came, each for as
// long as such builds usually take.

// A schedule is what is left to do. It is a value that a command may read while the
// board goes on.
type schedule struct {
	slots int
	tasks []task
	// known says that more than half of the tasks have an estimate.
	known bool
}

// A task is a build that has not ended.
type task struct {
	n       *node // its name may be read, which does not change
	left    time.Duration
	running bool
	free    bool // takes no slot
	doomed  bool // it will not begin
	needs   []int32
}

// without is the task of a build that has none.
const without = -1

// An estimate is how long the builds that are left will take, and the chain of
// builds that takes longest, the first of it first.
type estimate struct {
	left     time.Duration
	critical []*node
	known    bool
	at       time.Time
}

// rough is an estimate that does not look at what depends on what, for so many
// builds that this would take too long.
func (b *board) rough(slots int) estimate {
	live := b.live() - b.doomed
	if 2*b.guessed <= live {
		return estimate{}
	}
	all := float64(b.work) / float64(b.guessed) * float64(live)
	return estimate{known: true, left: time.Duration(all / float64(max(slots, 1)))}
}

// schedule collects what is left to do on so many slots.
func (b *board) schedule(slots int, now time.Time) schedule {
	s := schedule{slots: max(slots, 1)}
	s.tasks = make([]task, 0, b.live())
	var known []time.Duration
	var edges []int32
	for _, n := range b.all {
		n.task = without
		if n.gone || n.act.State.Final() {
			continue
		}
		t := task{n: n, left: -1, running: n.act.State == event.Running, free: n.act.Kind != event.Build, doomed: n.doomed}
		usual := n.usual
		if n.act.Done > 0 && n.act.Total > 0 && n.act.Kind != event.Build {
			usual = time.Duration(float64(elapsed(n.act, now)) * float64(n.act.Total) / float64(n.act.Done))
		}
		if usual > 0 {
			t.left = max(0, usual-elapsed(n.act, now))
			known = append(known, usual)
		}
		from := len(edges)
		for _, need := range n.needs {
			if need.seq < n.seq && need.task != without {
				edges = append(edges, need.task)
			}
		}
		t.needs = edges[from:len(edges):len(edges)]
		n.task = int32(len(s.tasks))
		s.tasks = append(s.tasks, t)
	}
	s.known = len(s.tasks) > 0 && 2*len(known) > len(s.tasks)
	if s.known {
		slices.Sort(known)
		middle := known[len(known)/2]
		for i := range s.tasks {
			if t := &s.tasks[i]; t.left < 0 {
				t.left = max(0, middle-elapsed(t.n.act, now))
			}
		}
	}
	return s
}

// run says how long it takes.
func (s schedule) run(ctx context.Context) (estimate, error) {
	if !s.known {
		return estimate{}, nil
	}
	out := estimate{known: true, critical: s.critical()}
	missing := make([]int32, len(s.tasks))
	dependants := make([][]int32, len(s.tasks))
	var ready []int32 // in order
	running := &ends{}
	busy := 0
	start := func(i int32, now time.Duration) {
		if !s.tasks[i].free {
			busy++
		}
		heap.Push(running, end{now + s.tasks[i].left, i})
	}
	for i, t := range s.tasks {
		for _, need := range t.needs {
			dependants[need] = append(dependants[need], int32(i))
		}
		missing[i] = int32(len(t.needs))
		switch {
		case t.running:
			start(int32(i), 0)
		case t.doomed:
			missing[i] = -1 // never
		case missing[i] == 0:
			ready = append(ready, int32(i))
		}
	}
	now := time.Duration(0)
	for steps := 0; ; steps++ {
		if steps%1024 == 0 && ctx.Err() != nil {
			return estimate{}, ctx.Err()
		}
		for len(ready) > 0 && (busy < s.slots || s.tasks[ready[0]].free) {
			start(ready[0], now)
			ready = ready[1:]
		}
		if running.Len() == 0 {
			break
		}
		next := heap.Pop(running).(end)
		now = next.at
		if !s.tasks[next.task].free {
			busy--
		}
		for _, d := range dependants[next.task] {
			if missing[d]--; missing[d] == 0 && !s.tasks[d].running {
				ready = append(ready, d)
			}
		}
	}
	out.left = now
	return out, nil
}

// critical is the chain of tasks that takes longest.
func (s schedule) critical() []*node {
	took := make([]time.Duration, len(s.tasks)) // up to the end of each
	before := make([]int32, len(s.tasks))
	last := int32(-1)
	for i, t := range s.tasks {
		before[i] = -1
		for _, need := range t.needs {
			if before[i] < 0 || took[need] > took[before[i]] {
				before[i] = need
			}
		}
		took[i] = t.left
		if before[i] >= 0 {
			took[i] += took[before[i]]
		}
		if !t.doomed && (last < 0 || took[i] > took[last]) {
			last = int32(i)
		}
	}
	var chain []*node
	for ; last >= 0; last = before[last] {
		chain = append(chain, s.tasks[last].n)
	}
	slices.Reverse(chain)
	return chain
}

// An end is when a task ends.
type end struct {
	at   time.Duration
	task int32
}

// ends is a heap, the first end on top.
type ends []end

func (e ends) Len() int           { return len(e) }
func (e ends) Less(i, j int) bool { return e[i].at < e[j].at }
func (e ends) Swap(i, j int)      { e[i], e[j] = e[j], e[i] }
func (e *ends) Push(x any)        { *e = append(*e, x.(end)) }

func (e *ends) Pop() any {
	last := (*e)[len(*e)-1]
	*e = (*e)[:len(*e)-1]
	return last
}

// An estimate is made anew after etaEvery if builds have gone on, else after etaQuiet: what
// is left goes down with the clock. Of more than manyBuilds it is a rough one.
const (
	etaEvery   = time.Second
	etaQuiet   = 5 * time.Second
	manyBuilds = 10_000
)

// estimate asks how long what is left will take, if that was not done just now.
func (s *Screen) estimate() tea.Cmd {
	every := etaQuiet
	if s.goneOn {
		every = etaEvery
	}
	if s.board.live() == 0 || s.behind || s.asking.Pending() || !s.etaFor.IsZero() && s.env.Now.Sub(s.etaFor) < every {
		return nil
	}
	s.etaFor, s.goneOn = s.env.Now, false
	slots := max(s.env.Backend.Info().Jobs, s.board.count[event.Running])
	if s.board.live() > manyBuilds {
		s.eta = s.board.rough(slots)
		s.eta.at = s.env.Now
		return nil
	}
	return tui.Ask(s.env, &s.asking, s.board.schedule(slots, s.env.Now).run)
}

// left is how long what is left will take, if that is known: of what takes longer than
// was thought it is not.
func (s *Screen) left() (time.Duration, bool) {
	left := s.eta.left - s.env.Now.Sub(s.eta.at)
	return left, s.eta.known && left >= time.Second/2
}
