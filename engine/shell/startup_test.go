package shell

import (
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"testing"
)

// TestStartup pins how much the packages that the shell links do before main: a
// build runs it many times over. What they allocate is the same on every
// machine, unlike the time that they take.
func TestStartup(t *testing.T) {
	const maxBytes, maxAllocs = 600_000, 1600
	cmd := exec.Command("/proc/self/exe", "sh", "-c", ":")
	if _, err := os.Stat(cmd.Path); err != nil {
		t.Skip("no /proc on this machine")
	}
	cmd.Env = []string{"GODEBUG=inittrace=1"}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	bytes, allocs := 0, 0
	for _, found := range regexp.MustCompile(`(?m)^init .* (\d+) bytes, (\d+) allocs`).FindAllStringSubmatch(string(out), -1) {
		b, _ := strconv.Atoi(found[1])
		n, _ := strconv.Atoi(found[2])
		bytes, allocs = bytes+b, allocs+n
	}
	if bytes == 0 || !raceEnabled && (bytes > maxBytes || allocs > maxAllocs) {
		t.Errorf("packages allocate %d bytes in %d pieces to initialise, want at most %d in %d:\n%s",
			bytes, allocs, maxBytes, maxAllocs, out)
	}
}
