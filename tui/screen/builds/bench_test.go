package builds

import (
	"fmt"
	"testing"
	"time"

	"nixbench/engine/event"
	"nixbench/tui"
	"nixbench/tui/tuitest"
)

// bigGraph is n builds, each of which needs up to three others.
func bigGraph(n int) []event.Activity {
	acts := make([]event.Activity, 0, n)
	for i := n - 1; i >= 0; i-- {
		name := fmt.Sprintf("package-%d", i)
		a := event.Activity{ID: event.ID(n - i), Parent: event.ID(n + 1), Kind: event.Build, Name: name, Subject: "/nix/store/0123456789abcdfghijklmnpqrsvwxyz-" + name + ".drv"}
		for _, k := range []int{2*i + 1, 2*i + 2, i + 1500} {
			if k < n {
				a.Needs = append(a.Needs, event.ID(n-k))
			}
		}
		a.WaitingOn = len(a.Needs)
		acts = append(acts, a)
	}
	return acts
}

// graphSize is that of the largest build graph that has a limit.
const graphSize = 150_000

// BenchmarkIngest is how long a graph takes until it is all on the screen, and the
// longest time in which no key is taken meanwhile.
func BenchmarkIngest(b *testing.B) {
	acts := bigGraph(graphSize)
	for b.Loop() {
		d := at(b, tuitest.NewBackend(b), 140, 40)
		s := d.Model.ScreenOf(tui.ScreenBuilds).(*Screen)
		s.backlog = snapshots(acts)
		var worst time.Duration
		for len(s.backlog) > 0 {
			from := time.Now()
			s.events()
			s.Draw(140, 38)
			worst = max(worst, time.Since(from))
			s.behind = false
		}
		b.ReportMetric(float64(worst.Microseconds())/1000, "ms/worst")
	}
}

// BenchmarkChange is a build that begins or ends in a large graph, and the frame.
func BenchmarkChange(b *testing.B) {
	for _, view := range []string{"list", "graph"} {
		b.Run(view, func(b *testing.B) {
			d := at(b, tuitest.NewBackend(b), 140, 40)
			acts := bigGraph(graphSize)
			d.Post(acts...)
			if view == "graph" {
				d.Keys("t")
			}
			i := 0
			for b.Loop() {
				a := acts[i/2%len(acts)]
				a.State, a.Started = event.Running, tuitest.Start()
				if i%2 == 1 {
					a.State, a.Ended = event.Done, tuitest.Start()
				}
				i++
				d.Post(a)
			}
		})
	}
}

// BenchmarkEstimate is the estimate of how long a large graph will take.
func BenchmarkEstimate(b *testing.B) {
	board := newBoard()
	board.fold(snapshots(bigGraph(graphSize)), func(string) time.Duration { return time.Minute }, tuitest.Start())
	b.Run("collect", func(b *testing.B) {
		for b.Loop() {
			board.schedule(4, tuitest.Start())
		}
	})
	s := board.schedule(4, tuitest.Start())
	b.Run("run", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.run(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkWay is the way to a build of a large graph, which the graph unfolds to.
func BenchmarkWay(b *testing.B) {
	board := newBoard()
	board.fold(snapshots(bigGraph(graphSize)), func(string) time.Duration { return 0 }, tuitest.Start())
	last := board.all[0]
	for _, n := range board.all {
		if len(n.needs) == 0 {
			last = n
		}
	}
	for b.Loop() {
		board.way(last)
	}
}
