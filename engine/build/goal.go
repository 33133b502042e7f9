package build

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"nixbench/engine/event"
	"nixbench/store"
)

// A goalState is where a goal stands.
type goalState uint8

const (
	waiting goalState = iota // for other goals
	ready                    // for a slot
	running                  // in a slot
	blocked                  // without a slot, for a lock that somebody else holds
	ended
)

// A goal is one derivation being realised. The request's goroutine owns it;
// while it is running or blocked, a worker reads planned and held.
type goal struct {
	planned    *PlannedBuild
	needs      []*goal
	dependants []*goal
	missing    int  // of needs, those that have not ended
	isDoomed   bool // one of needs has failed
	state      goalState

	sought bool // substituters were asked for what it resolved to

	numDependants int32 // those that the plan has

	held   held               // the locks, if it waited for them
	cancel context.CancelFunc // of the running or blocked worker

	status  Status
	err     error                           // nil if status is OK
	outputs map[store.OutputName]store.Path // all of them, if status is OK
	act     *event.Activity                 // what was told last, or is to be told next; see request.tell
}

// An outcome is what a worker says of a goal.
type outcome struct {
	status  Status
	err     error
	outputs map[store.OutputName]store.Path // of the derivation, if status is OK
	// last is the state of the activity at the end: log, phase and outputs.
	last event.Activity
}

// held are the locks of a goal's outputs; its zero value holds none.
type held struct{ unlock func() }

func (h *held) release() {
	if h.unlock != nil {
		h.unlock()
		h.unlock = nil
	}
}

// errBusy is a worker's answer if another process holds a goal's locks.
var errBusy = errors.New("locked by another process")

// A runner does the work of goals. Its methods block, and are called from a
// goroutine for each goal.
type runner interface {
	// run realises a derivation and posts what it is doing, from when it begins to build
	// on, through post, which it calls from one goroutine at a time. If it does not hold the locks and
	// cannot have them at once the error is errBusy. It releases held.
	run(ctx context.Context, planned *PlannedBuild, h held, act event.Activity, post func(event.Activity)) outcome
	// wait waits for the locks.
	wait(ctx context.Context, planned *PlannedBuild) (held, error)
}

// A readyQueue is a heap of the goals that are ready, by their derivations' names
// and paths: the order in which Nix starts them.
type readyQueue []*goal

func (q readyQueue) Len() int { return len(q) }

func (q readyQueue) Less(i, j int) bool {
	a, b := q[i].planned, q[j].planned
	return cmp.Or(strings.Compare(a.DrvPath.Name(), b.DrvPath.Name()), strings.Compare(string(a.DrvPath), string(b.DrvPath))) < 0
}

func (q readyQueue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *readyQueue) Push(g any)   { *q = append(*q, g.(*goal)) }

func (q *readyQueue) Pop() any {
	last := len(*q) - 1
	g := (*q)[last]
	*q = (*q)[:last]
	return g
}

// newGoals makes the goals of a plan, with the edges between them.
func newGoals(plan *Plan) ([]*goal, map[store.Path]*goal) {
	only := plan.undertaken()
	all, goals := make([]goal, len(plan.Build)), make([]*goal, 0, len(plan.Build))
	byPath := make(map[store.Path]*goal, len(plan.Build))
	edges := 0
	for i, b := range plan.Build {
		if only != nil && !only[b.DrvPath] {
			continue
		}
		g := &all[i]
		if g.planned = b; !b.unchecked {
			g.missing = len(b.Needs)
		}
		goals = append(goals, g)
		byPath[b.DrvPath] = g
		edges += g.missing
	}
	// Of a hundred thousand goals, what each of them has to itself is what the collector of
	// garbage looks at: their edges lie together.
	needs := make([]*goal, 0, edges)
	for _, g := range goals {
		from := len(needs)
		for _, need := range g.planned.Needs[:g.missing] {
			needed := byPath[need]
			needs = append(needs, needed)
			needed.numDependants++
		}
		g.needs = slices.Clip(needs[from:])
	}
	dependants := make([]*goal, edges)
	for _, g := range goals {
		n := g.numDependants
		g.dependants, dependants = dependants[:0:n], dependants[n:]
	}
	for _, g := range goals {
		for _, need := range g.needs {
			need.dependants = append(need.dependants, g)
		}
	}
	return goals, byPath
}

// undertaken returns the builds that are not planned for the sake of what cannot be checked
// alone; nil for all of them.
func (p *Plan) undertaken() map[store.Path]bool {
	if !slices.ContainsFunc(p.Build, func(b *PlannedBuild) bool { return b.unchecked }) {
		return nil
	}
	only := make(map[store.Path]bool)
	for _, t := range p.Targets {
		only[t.Path] = true
	}
	for _, b := range slices.Backward(p.Build) {
		if !only[b.DrvPath] || b.unchecked {
			continue
		}
		for _, need := range b.Needs {
			only[need] = true
		}
	}
	return only
}
