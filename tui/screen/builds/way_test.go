package builds

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"nixbench/engine/event"
)

// TestWayIsShortest compares the way with how far a search from above has to go, in
// graphs some of whose builds were made anew.
func TestWayIsShortest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := newBoard()
		n := rapid.IntRange(1, 40).Draw(t, "builds")
		for id := 1; id <= n; id++ {
			a := event.Activity{ID: event.ID(id), Kind: event.Build, Subject: string(rune('a' + rapid.IntRange(0, n).Draw(t, "subject")))}
			for range rapid.IntRange(0, 3).Draw(t, "needs") {
				if need := event.ID(rapid.IntRange(1, n).Draw(t, "need")); need < a.ID {
					a.Needs = append(a.Needs, need)
				}
			}
			b.fold(snapshots([]event.Activity{a}), func(string) time.Duration { return 0 }, time.Time{})
		}
		depth := make(map[*node]int)
		todo := slices.Clone(b.roots())
		for _, root := range todo {
			depth[root] = 1
		}
		for i := 0; i < len(todo); i++ {
			for _, need := range todo[i].needs {
				if depth[need] == 0 && !need.gone {
					depth[need] = depth[todo[i]] + 1
					todo = append(todo, need)
				}
			}
		}
		for _, n := range b.all {
			if n.gone {
				continue
			}
			way := b.way(n)
			if len(way) != max(depth[n], 1) || way[len(way)-1] != n {
				t.Fatalf("%s: got a way of %d builds, want %d", n.act.Subject, len(way), depth[n])
			}
			for i, on := range way[1:] {
				if !slices.Contains(way[i].needs, on) {
					t.Fatalf("%s does not need %s", way[i].act.Subject, on.act.Subject)
				}
			}
		}
	})
}

// The way to a build of a large graph is found without a note for each other build: the
// key that shows the graph waits for it.
func TestWayTakesNoNotes(t *testing.T) {
	b := newBoard()
	b.fold(snapshots(bigGraph(10_000)), func(string) time.Duration { return 0 }, time.Now())
	var last *node
	for _, n := range b.all {
		if len(n.needs) == 0 {
			last = n
		}
	}
	way := b.way(last)
	if len(way) < 2 || way[0].needed != 0 || way[len(way)-1] != last {
		t.Fatalf("got a way of %d builds, want one from what was asked for to %s", len(way), last.act.Name)
	}
	for i, n := range way[1:] {
		if !slices.Contains(way[i].needs, n) {
			t.Errorf("%s does not need %s", way[i].act.Name, n.act.Name)
		}
	}
	if got := testing.AllocsPerRun(5, func() { b.way(last) }); got > 30 {
		t.Errorf("got %v allocations, want 30 at most", got)
	}
}
