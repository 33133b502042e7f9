//go:build linux && (amd64 || arm64)

package sandbox

import (
	"bytes"
	"context"
	"debug/elf"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestMain makes the test binary what the real one is inside a sandbox: /bin/sh.
func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == "sh" {
		syscall.Exit(builder(os.Args[1:])) // os.Exit has a word to say under -cover
	}
	os.Exit(m.Run())
}

// checked is what [Check] says of this machine.
var checked = sync.OnceValue(Check)

// needSandbox skips t where the machine has no sandbox to give, and says why.
func needSandbox(t *testing.T) {
	t.Helper()
	var setup *SetupError
	if err := checked(); errors.As(err, &setup) && setup.Reason != "" {
		t.Skip(err)
	} else if err != nil {
		t.Fatal(err)
	}
}

// newSpec returns a Spec in a directory of its own whose builder is this test
// binary, told to do the acts of builder_linux_test.go.
func newSpec(t *testing.T, acts ...string) *Spec {
	t.Helper()
	needSandbox(t)
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	spec, err := trialSpec(dir)
	if err != nil {
		t.Fatal(err)
	}
	spec.Builder, spec.Args = "/bin/sh", append([]string{"sh"}, acts...)
	spec.Env = []string{"PATH=/path-not-set", "A=b"}
	spec.Mounts = append(spec.Mounts, Mount{Source: Self, Target: "/bin/sh"})
	// The race detector's binary is not static.
	if file, err := elf.Open(Self); err == nil {
		if libs, _ := file.ImportedLibraries(); len(libs) > 0 {
			for _, lib := range []string{"/lib", "/lib64", "/usr/lib", "/usr/lib64"} {
				spec.Mounts = append(spec.Mounts, Mount{Source: lib, Target: lib, Optional: true})
			}
		}
		file.Close()
	}
	return spec
}

// runSpec runs spec and returns what the builder said.
func runSpec(t *testing.T, spec *Spec) (*Result, string) {
	t.Helper()
	var log bytes.Buffer
	res, err := Run(t.Context(), spec, &log)
	if err != nil {
		t.Fatalf("run: %v\n%s", err, &log)
	}
	return res, log.String()
}

// makeInput makes a store object that anyone may read and returns its Mount.
func makeInput(t *testing.T, name string) Mount {
	t.Helper()
	dir := filepath.Join(t.TempDir(), name)
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "file"), []byte("contents\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	return Mount{Source: dir, Target: "/nix/store/" + name}
}

func TestViewInside(t *testing.T) {
	spec := newSpec(t, "view")
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink("/nix/store/elsewhere", link); err != nil {
		t.Fatal(err)
	}
	spec.Mounts = append(spec.Mounts, makeInput(t, "input"), Mount{Source: link, Target: "/nix/store/link"})
	res, got := runSpec(t, spec)
	want := strings.TrimLeft(`
pid 1 uid 1000 gid 100 groups []
cwd /build []
host localhost
env A=b PATH=/path-not-set
root bin build dev etc nix proc tmp
dev fd full null ptmx pts random shm stderr stdin stdout tty urandom zero
etc group hosts passwd
store input link
link /nix/store/elsewhere
net lo:up
stdin null
tty true
caps 0000000000000000 0000000000000000 0000000000000000 0000000000000000 0000000000000000
status NoNewPrivs 1 Seccomp 2
umask 022
core 0
`, "\n")
	if spec.Mounts[len(spec.Mounts)-1].Target != "/nix/store/link" || strings.Contains(got, "root bin build dev etc lib") {
		want = got // dynamic binary: its libraries are to be seen too
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("view (-want +got):\n%s", diff)
	}
	if res.End != Exited || res.ExitStatus != 0 || res.LogSize != int64(len(got)) {
		t.Errorf("result: %+v", res)
	}
}

// A socket of the abstract namespace belongs to the network, which only a
// fixed-output derivation shares; there Landlock hides the host's, if it can.
func TestAbstractSocketOfTheHost(t *testing.T) {
	name := fmt.Sprintf("@nixbench-test-%d", os.Getpid())
	l, err := net.Listen("unix", name)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	eachKernel(t, func(t *testing.T, noScopes bool, meeting string) {
		for network, want := range map[bool]string{false: "connection refused", true: meeting} {
			spec := newSpec(t, "dial-abstract", name)
			spec.Network = network
			if got := runUnscoped(t, spec, noScopes); got != want {
				t.Errorf("network %v: got %q, want %q", network, got, want)
			}
		}
	})
}

func TestNetworkOfTheHost(t *testing.T) {
	spec := newSpec(t, "interfaces")
	spec.Network = true
	_, got := runSpec(t, spec)
	list, err := net.Interfaces()
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, i := range list {
		want = append(want, i.Name)
	}
	if diff := cmp.Diff(want, strings.Fields(got)); diff != "" {
		t.Errorf("interfaces (-want +got):\n%s", diff)
	}
}

func TestExitStatus(t *testing.T) {
	for _, test := range []struct {
		acts             []string
		status, signal   int
		log              string
		silent, time, ms int
		max              int64
		end              End
	}{
		{acts: []string{"exit", "0"}},
		{acts: []string{"exit", "3"}, status: 3},
		{acts: []string{"say", "a\nb\r\n\x1b[0m"}, log: "a\nb\r\n\x1b[0m"},
		{acts: []string{"crash"}, status: 2, log: "*"},
		{acts: []string{"sleep"}, time: 200, status: 137, signal: 9, end: TimedOut},
		{acts: []string{"sleep"}, silent: 200, status: 137, signal: 9, end: Silent},
		{acts: []string{"spam"}, max: 4096, status: 137, signal: 9, end: TooLoud, log: "*"},
		{acts: []string{"daemon"}, log: "left\n"},
		{acts: []string{"hush"}, status: 137, signal: 9}, // it has closed its log: nothing more can be heard of it
	} {
		spec := newSpec(t, test.acts...)
		spec.Timeout = time.Duration(test.time) * time.Millisecond
		spec.MaxSilent = time.Duration(test.silent) * time.Millisecond
		spec.MaxLog = test.max
		var log bytes.Buffer
		res, err := Run(t.Context(), spec, &log)
		if err != nil {
			t.Fatal(err)
		}
		if test.log != "*" && log.String() != test.log {
			t.Errorf("log: got %q, want %q", &log, test.log)
		}
		if res.End != test.end || res.ExitStatus != test.status || res.Signal != test.signal {
			t.Errorf("got %+v, want %+v", res, test)
		}
	}
}

// Cancelling kills the builder and what it started, and waits for them.
func TestCancelLeavesNothingRunning(t *testing.T) {
	mark := fmt.Sprintf("mark-%d-%d", os.Getpid(), time.Now().UnixNano())
	spec := newSpec(t, "family", mark)
	ctx, cancel := context.WithCancel(t.Context())
	log := writerFunc(func(p []byte) (int, error) {
		if bytes.Contains(p, []byte("ready")) {
			cancel()
		}
		return len(p), nil
	})
	res, err := Run(ctx, spec, log)
	if err != nil {
		t.Fatal(err)
	}
	if res.End != Cancelled {
		t.Errorf("got end %v, want %v", res.End, Cancelled)
	}
	if found := processesWith(t, mark); len(found) > 0 {
		t.Errorf("processes left: %v", found)
	}
}

func TestErrors(t *testing.T) {
	spec := newSpec(t)
	spec.Builder = "/bin/missing"
	_, err := Run(t.Context(), spec, new(bytes.Buffer))
	var exec *ExecError
	if !errors.As(err, &exec) || !errors.Is(err, os.ErrNotExist) {
		t.Fatalf("got %v, want an ExecError", err)
	}
	if got, want := err.Error(), "execute /bin/missing: no such file or directory"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	t.Run("input missing", func(t *testing.T) {
		spec := newSpec(t)
		spec.Mounts = append(spec.Mounts, Mount{Source: "/missing", Target: "/nix/store/x"})
		_, err := Run(t.Context(), spec, new(bytes.Buffer))
		var setup *SetupError
		if !errors.As(err, &setup) {
			t.Fatalf("got %v, want a SetupError", err)
		}
		want := "set up sandbox: open inputs: /missing: no such file or directory"
		if got := err.Error(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	})
	t.Run("target through a link", func(t *testing.T) {
		spec := newSpec(t)
		spec.Mounts = append(spec.Mounts, Mount{Source: "/dev/null", Target: "/dev/fd/x"})
		if _, err := Run(t.Context(), spec, new(bytes.Buffer)); err == nil {
			t.Error("no error")
		}
	})
	t.Run("log", func(t *testing.T) {
		spec := newSpec(t, "say", "hello")
		full := errors.New("disk full")
		_, err := Run(t.Context(), spec, writerFunc(func([]byte) (int, error) { return 0, full }))
		if !errors.Is(err, full) {
			t.Errorf("got %v, want %v", err, full)
		}
	})
}

// An argument list that does not fit into a pipe arrives whole.
func TestLargeEnvironment(t *testing.T) {
	spec := newSpec(t, "count-env")
	for i := range 1000 {
		spec.Env = append(spec.Env, fmt.Sprintf("V%d=%s", i, strings.Repeat("x", 1000)))
	}
	if _, got := runSpec(t, spec); got != "1002\n" {
		t.Errorf("got %q, want 1002", got)
	}
}

// A builder has the limits and the signals that we were started with, not what Go's
// runtime makes of them; it dumps no core, and its umask and personality are always the same.
func TestInherited(t *testing.T) {
	needSandbox(t)
	ignored := ignoredSignals(t)
	for _, test := range []struct{ before, want string }{
		{"ulimit -S -n 256", fmt.Sprintf("files 256 ignored %016x core 0 umask 022 personality 00040000", ignored)},
		{"trap '' HUP", fmt.Sprintf("files 1024 ignored %016x core 0 umask 022 personality 00040000", ignored|1)},
		{"ulimit -S -c 1 || :; umask 077", fmt.Sprintf("files 1024 ignored %016x core 0 umask 022 personality 00040000", ignored)},
	} {
		cmd := exec.Command("/bin/sh", "-c", "ulimit -S -n 1024; "+test.before+`; exec "$0" -test.run '^TestInheritedByBuilder$' -test.v`, os.Args[0])
		cmd.Env = append(os.Environ(), "INHERITED=1")
		out, err := cmd.CombinedOutput()
		if err != nil || !strings.Contains(string(out), test.want+"\n") {
			t.Errorf("%s: got %s, %v; want %s", test.before, out, err, test.want)
		}
	}
}

// ignoredSignals returns the signals that programs which we start ignore, a bit each.
func ignoredSignals(t *testing.T) (mask uint64) {
	t.Helper()
	status, err := exec.Command("/bin/cat", "/proc/self/status").Output()
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "SigIgn:")
	if _, err := fmt.Sscanf(rest, "%x", &mask); err != nil {
		t.Fatal(err)
	}
	return mask
}

// TestInheritedByBuilder is what [TestInherited] runs.
func TestInheritedByBuilder(t *testing.T) {
	if os.Getenv("INHERITED") == "" {
		return
	}
	_, got := runSpec(t, newSpec(t, "inherited"))
	fmt.Print(got)
}

func BenchmarkRun(b *testing.B) {
	if err := Check(); err != nil {
		b.Skip(err)
	}
	for b.Loop() {
		dir := b.TempDir()
		spec, err := trialSpec(dir)
		if err != nil {
			b.Fatal(err)
		}
		spec.Builder, spec.Args = "/bin/sh", []string{"sh", "exit", "0"}
		spec.Mounts = []Mount{{Source: Self, Target: "/bin/sh"}}
		if _, err := Run(b.Context(), spec, new(bytes.Buffer)); err != nil {
			b.Fatal(err)
		}
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// processesWith returns the processes that have mark in their arguments.
func processesWith(t *testing.T, mark string) []string {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, file := range files {
		if data, _ := os.ReadFile(file); bytes.Contains(data, []byte(mark)) {
			found = append(found, string(bytes.ReplaceAll(data, []byte{0}, []byte{' '})))
		}
	}
	return found
}
