package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
)

// TestPackageInitialisation pins that the packages of the program take under
// 2 ms to initialise: it is started for every build, as the sandbox's /bin/sh.
// Of many runs the best of each package counts, since machines are noisy.
func TestPackageInitialisation(t *testing.T) {
	const runs, limit = 30, 2.0 // milliseconds
	binary := filepath.Join(t.TempDir(), "nixbench")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", binary, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	line := regexp.MustCompile(`(?m)^init (\S+) @\S+ ms, (\S+) ms clock`)
	best := make(map[string]float64)
	for range runs {
		cmd := exec.CommandContext(t.Context(), binary, "version")
		cmd.Env = append(os.Environ(), "GODEBUG=inittrace=1")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("nixbench version: %v\n%s", err, out)
		}
		for _, found := range line.FindAllStringSubmatch(string(out), -1) {
			took, err := strconv.ParseFloat(found[2], 64)
			if err != nil {
				t.Fatal(err)
			}
			if old, ok := best[found[1]]; !ok || took < old {
				best[found[1]] = took
			}
		}
	}
	total, worst := 0.0, ""
	for pkg, took := range best {
		total += took
		if worst == "" || took > best[worst] {
			worst = pkg
		}
	}
	if len(best) == 0 || total > limit {
		t.Errorf("%d packages take %.2f ms to initialise, want at most %.1f ms; the longest is %s with %.2f ms",
			len(best), total, limit, worst, best[worst])
	}
}
