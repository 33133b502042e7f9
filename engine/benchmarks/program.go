package main

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"nixbench/engine/peers"
)

// A program is one of those that are compared, in one of its modes.
type program struct {
	peers.Program
	flags []string
}

// A sample is what one run took.
type sample struct {
	CPU  float64 `json:"cpu"`  // milliseconds, user and system, of all threads
	Wall float64 `json:"wall"` // milliseconds
	RSS  float64 `json:"rss"`  // MB at the peak
}

// An answer is what a run said.
type answer struct {
	sum    [sha256.Size]byte // of standard output
	start  string            // of standard output
	stderr string
	failed bool
}

// prepare makes a scratch directory, which the caller removes, and sets up there
// what is compared.
func (conf *config) prepare() (scratch string, programs []program, err error) {
	scratch, err = os.MkdirTemp("", "bench-")
	if err != nil {
		return "", nil, fmt.Errorf("make a scratch directory: %v", err)
	}
	if programs, err = conf.programs(scratch); err != nil {
		os.RemoveAll(scratch)
		return "", nil, err
	}
	return scratch, programs, nil
}

// programs sets up what is compared: nixbench first, then the real ones. None of
// them writes to a store.
func (conf *config) programs(scratch string) ([]program, error) {
	found, err := peers.Find(scratch, conf.nixbench, conf.nix, conf.nix28)
	if err != nil {
		return nil, err
	}
	out := make([]program, len(found))
	for i, p := range found {
		if p.IsReal() {
			p.Env = append([]string{"NIX_REMOTE=dummy://"}, p.Env...)
		}
		out[i].Program = p
	}
	return out, nil
}

// run runs a command of the program once.
func (p *program) run(tool string, args ...string) (sample, answer, error) {
	if err := findMemory(tool); err != nil {
		return sample{}, answer{}, err
	}
	cmd := exec.Command(p.Tool(tool), append(p.flags[:len(p.flags):len(p.flags)], args...)...)
	cmd.Env = p.Env
	return measure(cmd)
}

// foundMemory returns how many bytes of memory are used before each run of a command:
// more than it takes.
func foundMemory(tool string) int {
	if tool == "nix-env" {
		return 1 << 33
	}
	return 3 << 30
}

// findMemory has another process use memory. A virtual machine has to ask for pages
// that nobody has used for a while, which takes longer than what is measured: whoever
// comes first would pay for all.
func findMemory(tool string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	return exec.Command(self, "touch", tool).Run()
}

// measure runs a command. Its output is not kept: the peak of a process is at
// least that of the one that started it, which therefore has to stay small.
func measure(cmd *exec.Cmd) (sample, answer, error) {
	var stdout window
	sum := sha256.New()
	s, a, err := measureTo(cmd, io.MultiWriter(sum, &stdout))
	a.sum, a.start = [sha256.Size]byte(sum.Sum(nil)), stdout.String()
	return s, a, err
}

// measureTo runs a command whose output goes to a file or writer.
func measureTo(cmd *exec.Cmd, stdout io.Writer) (sample, answer, error) {
	var stderr window
	cmd.Stdout, cmd.Stderr = stdout, &stderr
	start := time.Now()
	err := cmd.Run()
	wall := time.Since(start)
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return sample{}, answer{}, fmt.Errorf("run %s: %v", cmd.Path, err)
	}
	state := cmd.ProcessState
	s := sample{
		CPU:  milliseconds(state.UserTime() + state.SystemTime()),
		Wall: milliseconds(wall),
		RSS:  float64(state.SysUsage().(*syscall.Rusage).Maxrss) / 1024,
	}
	return s, answer{stderr: stderr.String(), failed: err != nil}, nil
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// A window keeps the beginning of what is written to it.
type window struct{ bytes.Buffer }

func (w *window) Write(p []byte) (int, error) {
	const size = 4096
	if room := size - w.Len(); room > 0 {
		w.Buffer.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}

// complaint returns the first line of an answer's error.
func (a *answer) complaint() string {
	var last string
	for line := range strings.Lines(a.stderr) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "error:") && line != "error:" {
			return line
		}
		if line != "" {
			last = line
		}
	}
	return last
}
