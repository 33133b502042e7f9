package build

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"nixbench/engine/event"
	"nixbench/store/drv"
)

// An instantRunner builds in no time.
type instantRunner struct{}

func (instantRunner) run(_ context.Context, _ *PlannedBuild, h held, act event.Activity, _ func(event.Activity)) outcome {
	h.release()
	return outcome{status: Built, last: act}
}

func (instantRunner) wait(context.Context, *PlannedBuild) (held, error) { return held{}, nil }

// BenchmarkExecute measures what the scheduler itself costs each goal, in a
// graph of ten thousand, each of which needs the three before it.
func BenchmarkExecute(b *testing.B) {
	const n = 10_000
	var graph strings.Builder
	for i := n; i > 3; i-- {
		fmt.Fprintf(&graph, "g%d: g%d g%d g%d;", i, i-1, i-2, i-3)
	}
	plan := fakePlan(strings.TrimSuffix(graph.String(), ";"))
	builder := fakeBuilder(4, false, &fakeRunner{})
	builder.runner = instantRunner{}
	builder.opts.Hub.Subscribe()
	for b.Loop() {
		res, err := builder.Execute(b.Context(), plan)
		if err != nil || res.Err() != nil {
			b.Fatal(err, res.Err())
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/goal")
}

// What fails in a large graph is not quadratic either.
func BenchmarkExecuteFailing(b *testing.B) {
	const n = 10_000
	var names []string
	for i := range n {
		names = append(names, fmt.Sprint("g", i))
	}
	plan := fakePlan("top: " + strings.Join(names, " "))
	for _, p := range plan.Build {
		if drv.NameOf(p.DrvPath) != "top" {
			p.Refused = fmt.Errorf("not here")
		}
	}
	builder := fakeBuilder(4, true, &fakeRunner{})
	builder.runner = instantRunner{}
	for b.Loop() {
		if _, err := builder.Execute(b.Context(), plan); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/goal")
}
