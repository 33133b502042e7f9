package local_test

import (
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"nixbench/store"
	"nixbench/store/local"
)

// TestHeldLocks pins that locks of other processes are told of with those, and neither
// ours nor lock files that nobody holds.
func TestHeldLocks(t *testing.T) {
	if name := os.Getenv("NIXBENCH_HOLD"); name != "" {
		holdLock(t, name)
		return
	}
	st := openAt(t, newDir(t))
	p, q := store.Path("/nix/store/00000000000000000000000000000000-p"), store.Path("/nix/store/11111111111111111111111111111111-q.drv")
	unlock := must(st.LockPaths(t.Context(), []store.Path{p}))(t)
	defer unlock()
	if err := os.WriteFile(st.RealPath(p)+"-left.lock", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	w := local.NewLockWatch(st.Dir(), st.RealDir())
	if held, err := w.Held(t.Context()); len(held) > 0 || err != nil {
		t.Errorf("only our own: got %v, %v", held, err)
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestHeldLocks$")
	cmd.Env = append(os.Environ(), "NIXBENCH_HOLD="+st.RealPath(q)+".out")
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := stdout.Read(make([]byte, 1)); err != nil { // it has the lock
		t.Fatal(err)
	}
	held, err := w.Held(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i := range held {
		if age := time.Since(held[i].Since); age < 0 || age > time.Minute {
			t.Errorf("it is held since %v", held[i].Since)
		}
		held[i].Since = time.Time{}
	}
	if diff := cmp.Diff(held, []local.HeldLock{{Path: q, PID: cmd.Process.Pid}}); diff != "" {
		t.Errorf("got, want:\n%s", diff)
	}
	stdin.Close()
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	if held, err := w.Held(t.Context()); len(held) > 0 || err != nil {
		t.Errorf("after the end: got %v, %v", held, err)
	}
}

// holdLock is another process: it locks a path until its input ends.
func holdLock(t *testing.T, name string) {
	unlock, err := local.LockFile(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	os.Stdout.WriteString("x")
	_, _ = os.Stdin.Read(make([]byte, 1)) // until its end
}

// TestHeldLocksOfMany pins that to look for locks makes no garbage for each path of the
// store: while a store grows it is looked at each second. What the locks of the machine
// take, which are read as well, does not count.
func TestHeldLocksOfMany(t *testing.T) {
	st := openAt(t, newDir(t))
	if err := os.WriteFile(st.RealPath("/nix/store/00000000000000000000000000000000-p")+".lock", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	w := local.NewLockWatch(st.Dir(), st.RealDir())
	allocations := func() float64 {
		return testing.AllocsPerRun(3, func() {
			now := time.Now() // it has changed
			if err := os.Chtimes(st.RealDir(), now, now); err != nil {
				t.Error(err)
			}
			if _, err := w.Held(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	alone := allocations()
	for i := range 2000 {
		if err := os.WriteFile(st.RealPath(store.Path(fmt.Sprintf("/nix/store/%032d-path", i))), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got := allocations() - alone; got > 200 {
		t.Errorf("to look for locks among 2,000 files takes %v allocations more than among none", got)
	}
}
