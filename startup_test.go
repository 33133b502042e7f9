package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
)

// TestPackageInitialisation pins how much the packages of the program do before
// main: it is started for every build, as the sandbox's /bin/sh. What they
// allocate is the same on every machine, unlike the time that they take, which
// make bench-startup prints (1.5 ms where a page fault is cheap, 7.5 where it is
// not). A package that fills tables or parses what it embeds takes megabytes.
func TestPackageInitialisation(t *testing.T) {
	const maxBytes, maxAllocs = 400_000, 1600
	bytes, allocs, _ := initialisation(t, buildBinary(t))
	if bytes == 0 || bytes > maxBytes || allocs > maxAllocs {
		t.Errorf("packages allocate %d bytes in %d pieces to initialise, want at most %d in %d",
			bytes, allocs, maxBytes, maxAllocs)
	}
}

// buildBinary builds the program as make does.
func buildBinary(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "nixbench")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", binary, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return binary
}

var initLine = regexp.MustCompile(`(?m)^init (\S+) @\S+ ms, (\S+) ms clock, (\d+) bytes, (\d+) allocs`)

// initialisation starts the program once and adds up what the runtime tells of
// its packages; took is by package, in milliseconds.
func initialisation(t *testing.T, binary string) (bytes, allocs int, took map[string]float64) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), binary, "version")
	cmd.Env = append(os.Environ(), "GODEBUG=inittrace=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("nixbench version: %v\n%s", err, out)
	}
	took = make(map[string]float64)
	for _, found := range initLine.FindAllStringSubmatch(string(out), -1) {
		ms, err1 := strconv.ParseFloat(found[2], 64)
		b, err2 := strconv.Atoi(found[3])
		n, err3 := strconv.Atoi(found[4])
		if err1 != nil || err2 != nil || err3 != nil {
			t.Fatalf("read %q", found[0])
		}
		bytes, allocs, took[found[1]] = bytes+b, allocs+n, ms
	}
	return bytes, allocs, took
}
