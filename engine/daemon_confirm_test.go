//go:build confirm

package engine_test

// These tests work on stores behind real daemons: that of NIX, the directory
// whose bin holds Nix's commands, and that of this machine if it has one.

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"nixbench/engine"
	"nixbench/engine/event"
	"nixbench/store"
	"nixbench/store/daemon/daemontest"
	"nixbench/store/gc"
)

// A realDaemon is a daemon of Nix that serves the store at root.
type realDaemon struct {
	bin, root, uri string
	pid            int
}

// eachDaemon runs a test against each daemon.
func eachDaemon(t *testing.T, f func(t *testing.T, d *realDaemon)) {
	if os.Getenv("NIX") == "" {
		t.Skip("NIX does not name a Nix")
	}
	for _, bin := range []string{filepath.Join(os.Getenv("NIX"), "bin"), "/usr/bin"} {
		out, err := exec.Command(filepath.Join(bin, "nix-daemon"), "--version").Output()
		if err != nil {
			continue
		}
		fields := strings.Fields(string(out))
		t.Run(fields[len(fields)-1], func(t *testing.T) { f(t, startDaemon(t, bin)) })
	}
}

// startDaemon starts a daemon with lines of nix.conf.
func startDaemon(t *testing.T, bin string, config ...string) *realDaemon {
	t.Helper()
	root, err := os.MkdirTemp("", "daemon")
	if err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(root, "s")
	d := &realDaemon{bin: bin, root: root, uri: "unix://" + socket + "?root=" + root}
	var paths []string
	for _, p := range []string{"/bin/sh=/usr/bin/dash", "/lib/x86_64-linux-gnu=/usr/lib/x86_64-linux-gnu", "/lib64=/usr/lib64"} {
		if _, from, _ := strings.Cut(p, "="); exec.Command("test", "-e", from).Run() == nil {
			paths = append(paths, p)
		}
	}
	env := append(os.Environ(), "HOME="+filepath.Join(root, "home"),
		"NIX_CONFIG=experimental-features = ca-derivations impure-derivations\nbuild-users-group =\nsubstituters =\nsandbox = true\nfilter-syscalls = false\nsandbox-paths = "+strings.Join(paths, " ")+
			"\n"+strings.Join(config, "\n"))
	d.pid = daemontest.StartReal(t, bin, root, socket, env)
	return d
}

// killServers kills the processes that serve connections, and then what builds for them.
func (d *realDaemon) killServers(t *testing.T) {
	t.Helper()
	for _, server := range childrenOf(t, d.pid) {
		var builders []int
		for todo := childrenOf(t, server); len(todo) > 0; todo = todo[1:] {
			builders = append(builders, todo[0])
			todo = append(todo, childrenOf(t, todo[0])...)
		}
		for _, pid := range append([]int{server}, builders...) {
			syscall.Kill(pid, syscall.SIGKILL)
		}
	}
}

// childrenOf returns the processes that a process has started, none if it has ended.
func childrenOf(t *testing.T, pid int) (children []int) {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ESRCH) {
		t.Fatal(err)
	}
	for _, child := range strings.Fields(string(text)) {
		pid, err := strconv.Atoi(child)
		if err != nil {
			t.Fatal(err)
		}
		children = append(children, pid)
	}
	return children
}

// nix runs one of Nix's commands on the store itself.
func (d *realDaemon) nix(t *testing.T, command string, args ...string) string {
	t.Helper()
	cmd := exec.Command(filepath.Join(d.bin, command), append([]string{"--store", d.root}, args...)...)
	cmd.Env = append(os.Environ(), "HOME="+d.root+"/home", "NIX_CONFIG=build-users-group =\nsubstituters =")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v", command, strings.Join(args, " "), err)
	}
	return strings.TrimSpace(string(out))
}

const daemonExpr = `
let mk = name: script: derivation {
  inherit name; system = "x86_64-linux"; builder = "/bin/sh"; args = [ "-c" script ];
};
in rec {
  first = mk "first" "echo in the first; echo A > $out";
  second = mk "second" "read x < ${first}; read y < ${builtins.toFile "text" "from a file\n"}; echo $x $y ${first} > $out";
  bad = mk "bad" "echo no luck; exit 3";
  dependent = mk "dependent" "read x < ${bad}";
  endless = mk "endless" "echo begun; /bin/sh -c 'kill -STOP $$' & wait"; # the first process of a sandbox cannot stop itself
}`

// The five jobs of the workbench, through a daemon.
func TestConfirmDaemon(t *testing.T) {
	for _, direct := range []bool{true, false} {
		eachDaemon(t, func(t *testing.T, d *realDaemon) {
			eng := openBehind(t, d.uri, direct)
			defer eng.Close()
			out, plan, done := buildSecond(t, eng, daemonExpr)
			for _, act := range done {
				if !act.Started.Before(act.Ended) {
					t.Errorf("activity: got %+v", act)
				}
			}
			if got := d.nix(t, "nix-store", "-q", "--references", string(out)); !strings.Contains(got, "-first") {
				t.Errorf("references of %s: got %q", out, got)
			}
			wantLog(t, eng, plan.Build[0].DrvPath, "in the first\n")
			wantFailure(t, eng, targetIn(t, eng, daemonExpr, "dependent"), 3)
			testDaemonRoots(t, d, eng, out)
		})
	}
}

func testDaemonRoots(t *testing.T, d *realDaemon, eng *engine.Engine, out store.Path) {
	ctx := t.Context()
	prof := filepath.Join(d.root, "profiles", "mine")
	gen, err := eng.SetProfile(ctx, prof, out)
	if err != nil || gen.Number != 1 {
		t.Fatalf("set profile: got %+v, %v", gen, err)
	}
	if err := eng.ReleaseAll(ctx); err != nil {
		t.Fatal(err)
	}
	plan, err := eng.PlanCollect(ctx, gc.Options{})
	if err != nil {
		t.Fatal(err)
	}
	kept := slices.ContainsFunc(plan.Roots, func(r gc.Root) bool {
		return r.Link == prof+"-1-link" && r.Path == out && r.Kind == gc.KindGeneration && r.Note == "current"
	})
	if !kept {
		t.Errorf("roots: got %+v", plan.Roots)
	}
	var dead []string
	for _, item := range plan.Dead {
		if item.Valid {
			dead = append(dead, string(item.Path))
		}
	}
	res, err := eng.Collect(ctx, plan, nil)
	if err != nil || len(res.Spared) > 0 || len(res.Deleted) != len(plan.Dead) {
		t.Fatalf("collect: got %+v, %v", res, err)
	}
	if res.Freed <= 0 {
		t.Errorf("freed: got %d", res.Freed)
	}
	left := strings.Fields(d.nix(t, "nix-store", "--gc", "--print-live"))
	for _, p := range dead {
		if slices.Contains(left, p) {
			t.Errorf("%s was deleted and is there", p)
		}
	}
	if !slices.Contains(left, string(out)) {
		t.Errorf("%s is gone", out)
	}
	d.nix(t, "nix-store", "--verify", "--check-contents")
}

// What came alive after the plan was made is spared, and the rest deleted.
func TestConfirmDaemonSpares(t *testing.T) {
	eachDaemon(t, func(t *testing.T, d *realDaemon) {
		eng := openBehind(t, d.uri, true)
		defer eng.Close()
		ctx := t.Context()
		res, err := eng.Realise(ctx, []store.DerivedPath{targetIn(t, eng, daemonExpr, "second")})
		if err != nil || res.Err() != nil {
			t.Fatal(err, res.Err())
		}
		out := res.Outcomes[0].Outputs["out"]
		targetIn(t, eng, daemonExpr, "bad") // its derivation stays dead
		if err := eng.ReleaseAll(ctx); err != nil {
			t.Fatal(err)
		}
		plan, err := eng.PlanCollect(ctx, gc.Options{})
		if err != nil {
			t.Fatal(err)
		}
		d.nix(t, "nix-store", "--realise", string(out), "--add-root", filepath.Join(d.root, "kept"))
		collected, err := eng.Collect(ctx, plan, nil)
		if err != nil {
			t.Fatal(err)
		}
		if len(collected.Spared) == 0 || len(collected.Deleted) == 0 {
			t.Errorf("collect: got %+v", collected)
		}
		d.nix(t, "nix-store", "--verify", "--check-contents")
		if valid, err := eng.Store().IsValid(ctx, out); err != nil || !valid {
			t.Errorf("%s: got %v, %v", out, valid, err)
		}
	})
}

// Cancelling ends a build of a daemon's, and a daemon that is killed is an error.
func TestConfirmDaemonEnds(t *testing.T) {
	eachDaemon(t, func(t *testing.T, d *realDaemon) {
		eng := openBehind(t, d.uri, true)
		defer eng.Close()
		endless := targetIn(t, eng, daemonExpr, "endless")
		for _, kill := range []bool{false, true} {
			ctx, cancel := context.WithCancel(t.Context())
			ended := make(chan error, 1)
			box := eng.Events().Subscribe()
			go func() {
				res, err := eng.Realise(ctx, []store.DerivedPath{endless})
				if err == nil {
					err = res.Err()
				}
				ended <- err
			}()
			for begun := false; !begun; {
				acts, err := box.Take(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				for _, act := range acts {
					begun = begun || act.Kind == event.Build && act.LogSize > 0
				}
			}
			if kill {
				d.killServers(t)
			} else {
				cancel()
			}
			select {
			case err := <-ended:
				if kill && (err == nil || !strings.Contains(err.Error(), "closed the connection")) || !kill && !errors.Is(err, engine.ErrCancelled) {
					t.Errorf("kill %v: got %v", kill, err)
				}
			case <-time.After(20 * time.Second):
				t.Fatalf("kill %v: it does not end", kill)
			}
			eng.Events().Unsubscribe(box)
			cancel()
		}
	})
}

// What a daemon resolves is told of as what it is, and the outputs of impure
// derivations are found, which no store knows.
func TestConfirmDaemonFloating(t *testing.T) {
	const expr = `
let mk = name: attrs: script: derivation ({ inherit name; system = "x86_64-linux"; builder = "/bin/sh"; args = [ "-c" script ]; } // attrs);
in rec {
  floating = mk "floating" { __contentAddressed = true; outputHashMode = "recursive"; outputHashAlgo = "sha256"; } "echo F > $out";
  user = mk "user" { } "read x < ${floating}; echo $x ${floating} > $out";
  bad = mk "bad" { } "read x < ${floating}; echo no luck; exit 3";
  dependent = mk "dependent" { } "read x < ${bad}";
  impure = mk "impure" { __impure = true; } "echo I > $out";
  useImpure = mk "useImpure" { __impure = true; } "read x < ${impure}; echo $x > $out";
}`
	eachDaemon(t, func(t *testing.T, d *realDaemon) {
		eng := openBehind(t, d.uri, true)
		defer eng.Close()
		ctx := t.Context()
		box := eng.Events().Subscribe()
		for attr, want := range map[string]string{"user": "F ", "useImpure": "I\n"} {
			res, err := eng.Realise(ctx, []store.DerivedPath{targetIn(t, eng, expr, attr)})
			if err != nil || res.Err() != nil {
				t.Fatal(err, res.Err())
			}
			out := res.Outcomes[0].Outputs["out"]
			text, err := os.ReadFile(eng.Reader().RealPath(out))
			if err != nil || !strings.HasPrefix(string(text), want) {
				t.Errorf("%s: got %s with %q, %v", attr, out, text, err)
			}
		}
		acts, err := box.Take(ctx)
		if err != nil {
			t.Fatal(err)
		}
		resolved := 0
		for _, act := range acts {
			if act.Kind == event.Build && act.State == event.Done && act.Resolved != "" {
				resolved++
			}
		}
		if resolved != 2 {
			t.Errorf("got %d builds of resolved derivations in %+v", resolved, acts)
		}
		wantFailure(t, eng, targetIn(t, eng, expr, "dependent"), 3)
	})
}
