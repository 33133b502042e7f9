//go:build linux && (amd64 || arm64)

package sandbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What a builder takes can be asked for while it runs, and not afterwards.
func TestMeter(t *testing.T) {
	spec := newSpec(t, "family", "x")
	var read func() (Load, bool)
	spec.Started = func(r func() (Load, bool)) { read = r }
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var got Load
	var ok bool
	if _, err := Run(ctx, spec, writerFunc(func(p []byte) (int, error) {
		if bytes.Contains(p, []byte("ready")) {
			got, ok = read()
			cancel()
		}
		return len(p), nil
	})); err != nil {
		t.Fatal(err)
	}
	if !ok || got.Processes != 2 || got.Memory <= 0 {
		t.Errorf("while two processes run: got %+v, %v", got, ok)
	}
	if got, ok := read(); ok {
		t.Errorf("afterwards: got %+v", got)
	}
}

// A builder is not as large as the program that has started it: the memory that a new
// process shares with it until it executes its own is not counted.
func TestMemoryIsOfTheBuilder(t *testing.T) {
	const ours, its = 256 << 20, 128 << 20
	data := make([]byte, ours)
	for i := 0; i < len(data); i += os.Getpagesize() {
		data[i] = 1
	}
	res, err := Run(t.Context(), newSpec(t, "burn"), new(bytes.Buffer))
	if err != nil {
		t.Fatal(err)
	}
	if res.Memory <= 0 || res.Memory > its {
		t.Errorf("got %d bytes beside our %d, want at most %d", res.Memory, len(data), its)
	}
	runtime.KeepAlive(data)
}

// A limit is held, or there is no sandbox and the reason is said.
func TestLimits(t *testing.T) {
	for _, test := range []struct {
		limits Limits
		acts   []string
		isHeld func(res *Result, log string) bool
	}{
		{Limits{Memory: 256 << 20}, []string{"eat", "16"}, func(res *Result, log string) bool { return log == "eaten\n" }},
		{Limits{Memory: 64 << 20}, []string{"eat", "512"}, func(res *Result, log string) bool { return res.IsOutOfMemory && log == "" }},
		{Limits{Processes: 1}, []string{"view"}, func(res *Result, log string) bool { return res.ExitStatus != 0 }}, // Go's threads
		{Limits{CPUs: 1}, []string{"say", "x"}, func(res *Result, log string) bool { return log == "x" }},
	} {
		spec := newSpec(t, test.acts...)
		spec.Limits = test.limits
		var log bytes.Buffer
		res, err := Run(t.Context(), spec, &log)
		var setup *SetupError
		switch {
		case errors.As(err, &setup) && setup.Step == "make control group":
		case err != nil:
			t.Errorf("%+v: %v", test.limits, err)
		case !test.isHeld(res, log.String()):
			t.Errorf("%+v: got %+v, log %q", test.limits, res, log.String())
		}
	}
}

// eat takes so many megabytes of memory.
func eat(arg string) int {
	n, _ := strconv.Atoi(arg)
	data := make([]byte, n<<20)
	for i := 0; i < len(data); i += 4096 {
		data[i] = 1
	}
	fmt.Println("eaten")
	return 0
}

// The files of a group that holds all limits.
func TestApplyLimits(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "memory.swap.max"), []byte("max"), 0o644); err != nil {
		t.Fatal(err)
	}
	limits := Limits{Memory: 1 << 30, Processes: 100, CPUs: 2}
	if err := limits.apply(dir); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	files, _ := filepath.Glob(filepath.Join(dir, "*"))
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		got[filepath.Base(file)] = string(data)
	}
	if diff := cmp.Diff(map[string]string{
		"memory.max": "1073741824", "memory.swap.max": "0", "memory.oom.group": "1", "pids.max": "100", "cpu.max": "200000 100000",
	}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if got := strings.Join(limits.controllers(), " "); got != "cpu memory pids" {
		t.Errorf("controllers: got %q", got)
	}
}

// A group passes on what it has, and says what it does not have.
func TestPassOn(t *testing.T) {
	for _, test := range []struct{ has, passed, want, err string }{
		{"cpu memory pids", "memory pids", "memory pids", ""}, // as it is
		{"cpu memory pids", "cpu", "+memory +pids", ""},
		{"hugetlb", "", "", `does not have the controller "memory"; those that it has are ["hugetlb"]`},
	} {
		dir := t.TempDir()
		for name, text := range map[string]string{"cgroup.controllers": test.has, "cgroup.subtree_control": test.passed} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		err := passOn(dir, []string{"memory", "pids"})
		got, _ := os.ReadFile(filepath.Join(dir, "cgroup.subtree_control"))
		if string(got) != test.want || (err == nil) != (test.err == "") || err != nil && !strings.Contains(err.Error(), test.err) {
			t.Errorf("%+v: got %q, %v", test, got, err)
		}
	}
}

// A group passes nothing on while it has processes: with those controllers that the kernel
// lets it pass on then, nobody could enter the groups in it any more.
func TestPassOnNothingWithProcesses(t *testing.T) {
	own := strconv.Itoa(os.Getpid()) + "\n"
	for _, test := range []struct{ kind, procs, want, err string }{
		{"domain\n", "1\n" + own, "", "has other processes than this one"},
		{"domain\n", own, "+cpu +pids", ""},
		{"domain\n", "", "+cpu +pids", ""},
		{"", "1\n" + own, "+cpu +pids", ""}, // the root of all
	} {
		dir := t.TempDir()
		files := map[string]string{"cgroup.controllers": "cpu pids", "cgroup.subtree_control": "", "cgroup.procs": test.procs}
		if test.kind != "" {
			files["cgroup.type"] = test.kind
		}
		for name, text := range files {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		err := passOn(dir, []string{"cpu", "pids"})
		got, _ := os.ReadFile(filepath.Join(dir, "cgroup.subtree_control"))
		if string(got) != test.want || (err == nil) != (test.err == "") || err != nil && !strings.Contains(err.Error(), test.err) {
			t.Errorf("%+v: got %q, %v", test, got, err)
		}
		if aside, _ := filepath.Glob(filepath.Join(dir, "*-main")); (len(aside) == 1) != (test.procs == own) {
			t.Errorf("%+v: stepped aside to %q", test, aside)
		}
	}
}
