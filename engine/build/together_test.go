package build_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"nixbench/engine/build"
	"nixbench/engine/event"
	"nixbench/engine/settings"
	"nixbench/store"
	"nixbench/store/local"
)

// This file is about builds that end before their time, and builds that meet.

func TestTimeouts(t *testing.T) {
	r := newRig(t, func(s *settings.Settings) { s.MaxSilent = 1 })
	res := r.realise(r.add(script("silent", "say hello\nsleep 1h"), nil))
	var failure *build.Failure
	if !errors.As(res.Err(), &failure) || failure.Status != build.TimedOut || res.ExitStatus() != 101 {
		t.Errorf("got %v, exit status %d", res.Err(), res.ExitStatus())
	}
	if got, want := failure.Err.Error(), "timed out after 1 seconds"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Cancelling kills, waits, unlocks and cleans up, and the build can be done
// again at once.
func TestCancelRunning(t *testing.T) {
	r := newRig(t)
	p := r.add(script("slow", "say started\nsleep 1h\nwrite $out x"), nil)
	box := r.hub.Subscribe()
	done := make(chan *build.Result)
	go func() { done <- r.realise(p) }()
	waitFor(t, box, func(act event.Activity) bool { return act.Kind == event.Build && act.LogSize > 0 })
	r.b.Cancel(p)
	res := <-done
	if got := res.Outcomes[0]; got.Status != build.Cancelled || !errors.Is(got.Err, build.ErrCancelled) {
		t.Errorf("got %+v", got)
	}
	if found := r.leftovers(); len(found) > 0 {
		t.Errorf("left over: %v", found)
	}
	unlock, ok, err := r.st.TryLockPaths(t.Context(), []store.Path{p})
	if err != nil || !ok {
		t.Fatalf("locks: %v, %v", ok, err)
	}
	unlock()
}

// waitFor reads snapshots until one will do.
func waitFor(t *testing.T, box *event.Mailbox, ok func(event.Activity) bool) event.Activity {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for {
		batch, err := box.Take(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, act := range batch {
			if ok(*act) {
				return *act
			}
		}
	}
}

// Two builders in one store, as two processes would be: one waits for the other's locks
// and finds the outputs valid.
func TestTwoBuilders(t *testing.T) {
	gate := t.TempDir()
	r := newRig(t, func(s *settings.Settings) { s.SandboxPaths["/gate"] = gate })
	p := r.add(script("shared", "await /gate/open\nwrite $out x"), nil)
	if err := r.st.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	box := r.hub.Subscribe()
	other := build.New(build.Options{Store: r.st, Settings: r.settings, Hub: r.hub})
	targets := []build.Target{{Path: p, Outputs: []string{"out"}}}
	results := make(chan build.Status, 2)
	for _, b := range []*build.Builder{r.b, other} {
		go func() {
			res, err := b.Realise(t.Context(), targets, build.Normal)
			if err != nil || res.Err() != nil {
				t.Errorf("realise: %v, %v", err, res.Err())
			}
			results <- res.Outcomes[0].Status
		}()
	}
	waits := waitFor(t, box, func(act event.Activity) bool { return act.Kind == event.Wait })
	if err := os.WriteFile(filepath.Join(gate, "open"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	got := []build.Status{<-results, <-results}
	slices.Sort(got)
	if diff := cmp.Diff([]build.Status{build.AlreadyValid, build.Built}, got); diff != "" {
		t.Errorf("statuses (-want +got):\n%s", diff)
	}
	waitFor(t, box, func(act event.Activity) bool { return act.ID == waits.ID && act.State == event.Done })
	d, err := r.st.ReadDerivation(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	if want := "waiting for lock on '" + r.st.RealPath(d.OutputPath("out")) + "'"; waits.Text != want {
		t.Errorf("said %q, want %q", waits.Text, want)
	}
}

// An output that is already there is not touched when the other is built.
func TestOneOutputIsValid(t *testing.T) {
	r := newRig(t)
	d := script("pair", "write $out fresh $dev\nwrite $dev fresh", "out", "dev")
	r.build(d, nil)
	before := r.info(d.OutputPath("dev")).RegistrationTime
	if err := deletePath(t, r.st, d.OutputPath("out")); err != nil {
		t.Fatal(err)
	}
	p, _ := d.Path(r.st.Dir())
	res := r.realise(p)
	if res.Err() != nil || res.Outcomes[0].Status != build.Built {
		t.Fatalf("got %v, %v", res.Outcomes[0].Status, res.Err())
	}
	if got := r.info(d.OutputPath("dev")).RegistrationTime; got != before {
		t.Errorf("dev was registered again")
	}
	if diff := cmp.Diff([]store.Path{d.OutputPath("dev")}, r.info(d.OutputPath("out")).References); diff != "" {
		t.Errorf("references (-want +got):\n%s", diff)
	}
}

// deletePath makes a path invalid, as a loss of its files does.
func deletePath(t *testing.T, st *local.Store, p store.Path) error {
	t.Helper()
	if _, err := st.DeleteTree(t.Context(), st.RealPath(p)); err != nil {
		return err
	}
	return st.Verify(t.Context(), local.VerifyOptions{Forget: true}, func(local.Finding) {})
}
