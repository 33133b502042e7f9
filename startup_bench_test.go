//go:build startup

package main

import "testing"

// TestStartupTime prints how long the packages of the program take to
// initialise: the sum of the best of each package, in milliseconds.
func TestStartupTime(t *testing.T) {
	binary := buildBinary(t)
	best := make(map[string]float64)
	for range 30 {
		_, _, took := initialisation(t, binary)
		for pkg, ms := range took {
			if old, ok := best[pkg]; !ok || ms < old {
				best[pkg] = ms
			}
		}
	}
	total, worst := 0.0, ""
	for pkg, ms := range best {
		total += ms
		if worst == "" || ms > best[worst] {
			worst = pkg
		}
	}
	t.Logf("%d packages take %.2f ms to initialise; the longest is %s with %.2f ms", len(best), total, worst, best[worst])
}
