package main

import (
	"fmt"
	"io"
	"slices"
	"time"
)

// A row is what the trials of one operation came to.
type row struct {
	program, name string
	points        int // trials
	violations    int // of them, with something that must never be
	examples      []string
	recovery      []time.Duration
	garbage       int // the most that was left
}

// note adds a trial.
func (r *row) note(point string, f finding) {
	r.points++
	r.recovery = append(r.recovery, f.opening)
	r.garbage = max(r.garbage, f.garbage)
	if len(f.violations) == 0 {
		return
	}
	r.violations++
	if len(r.examples) < 3 {
		r.examples = append(r.examples, point+": "+f.violations[0])
	}
}

func writeHead(w io.Writer) {
	fmt.Fprintf(w, "%-12s %-32s %7s %10s %13s %13s %8s\n", "program", "operation", "points", "violations", "recovery p50", "recovery p95", "garbage")
}

func (r *row) write(w io.Writer) {
	slices.Sort(r.recovery)
	quantile := func(q float64) string {
		if len(r.recovery) == 0 {
			return "-"
		}
		return fmt.Sprintf("%.1f ms", float64(r.recovery[int(q*float64(len(r.recovery)-1))].Microseconds())/1000)
	}
	fmt.Fprintf(w, "%-12s %-32s %7d %10d %13s %13s %8d\n", r.program, r.name, r.points, r.violations, quantile(0.5), quantile(0.95), r.garbage)
	for _, e := range r.examples {
		fmt.Fprintf(w, "    %s\n", e)
	}
}

// total ends a table.
func total(rows []*row) error {
	for _, r := range rows {
		if r.violations > 0 {
			return errViolations
		}
	}
	return nil
}
