package shell

import (
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"
)

// initLimit is how long the initialisation of all packages may take. A build
// runs the shell many times over.
const initLimit = 2 * time.Millisecond

// TestStartup reads what the runtime says about package initialisation, taking
// the best of some runs as the machine may be busy.
func TestStartup(t *testing.T) {
	best, worst := time.Hour, ""
	for range 10 {
		cmd := exec.Command("/proc/self/exe", "sh", "-c", ":")
		if _, err := os.Stat(cmd.Path); err != nil {
			t.Skip("no /proc on this machine")
		}
		cmd.Env = []string{"GODEBUG=inittrace=1"}
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		var sum time.Duration
		for line := range strings.Lines(string(out)) {
			// init internal/bytealg @0.008 ms, 0 ms clock, 0 bytes, 0 allocs
			fields := strings.Fields(line)
			if len(fields) < 5 || fields[0] != "init" {
				continue
			}
			ms, err := strconv.ParseFloat(fields[4], 64)
			if err != nil {
				t.Fatalf("read %q: %v", line, err)
			}
			sum += time.Duration(ms * float64(time.Millisecond))
		}
		if sum < best {
			best, worst = sum, string(out)
		}
	}
	t.Logf("packages take %v to initialise", best)
	if best > initLimit && !raceEnabled {
		t.Errorf("got %v, want at most %v:\n%s", best, initLimit, worst)
	}
}
