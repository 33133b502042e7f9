package desk

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"nixbench/engine"
	"nixbench/engine/event"
	"nixbench/engine/sandbox"
	"nixbench/engine/settings"
	"nixbench/store"
	"nixbench/store/local"

	"github.com/google/go-cmp/cmp"
)

func TestPackageName(t *testing.T) {
	for name, want := range map[string]string{
		"hello-2.12.1": "hello", "hello-2.12.1.drv": "hello", "python3-3.12-env": "python3", "a-b-c": "a-b-c", "x-": "x-", "": "", "7zip-22": "7zip",
	} {
		if got := packageName(name); got != want {
			t.Errorf("packageName(%q): got %q, want %q", name, got, want)
		}
	}
}

func TestBuildTimes(t *testing.T) {
	file := filepath.Join(t.TempDir(), "state", "build-times")
	times := newBuildTimes(file)
	if got := times.usual("gcc"); got != 0 {
		t.Errorf("without a file: got %v, want 0", got)
	}
	for _, took := range []time.Duration{9, 3, 5} {
		times.add("gcc", took*time.Second)
	}
	times.add("odd\nname", time.Second)
	if got := times.usual("gcc"); got != 5*time.Second {
		t.Errorf("got %v, want the median, 5s", got)
	}
	f, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(f, "nonsense\nx gcc\n\n7.5 g++\n"); err != nil {
		t.Fatal(err)
	}
	f.Close()
	again := newBuildTimes(file)
	for name, want := range map[string]time.Duration{
		"gcc": 5 * time.Second, "odd name": time.Second, "g++": 7500 * time.Millisecond, "nonsense": 0,
	} {
		if got := again.usual(name); got != want {
			t.Errorf("from the file, %s: got %v, want %v", name, got, want)
		}
	}
	for range lately {
		again.add("gcc", time.Minute)
	}
	if got := again.usual("gcc"); got != time.Minute {
		t.Errorf("after %d new builds: got %v, want what they took", lately, got)
	}
	// What cannot be written is still remembered.
	unwritable := newBuildTimes(filepath.Join(file, "below-a-file"))
	unwritable.add("gcc", time.Second)
	if got := unwritable.usual("gcc"); got != time.Second {
		t.Errorf("without a place for the file: got %v, want 1s", got)
	}
}

// Only builds that have run and ended well count.
func TestRecord(t *testing.T) {
	r := newRig(t, rigOptions{})
	hub := r.eng.Events()
	start := time.Now()
	post := func(name string, kind event.Kind, state event.State, took time.Duration, log string) {
		hub.Post(event.Activity{
			ID: hub.NewID(), Kind: kind, Name: name, State: state, Started: start, Ended: start.Add(took), LogFile: log,
		})
	}
	post("failed-1", event.Build, event.Failed, time.Second, "log")
	post("copied-1", event.CopyPath, event.Done, time.Second, "")
	post("valid-1", event.Build, event.Done, time.Millisecond, "")
	post("built-1.0.drv", event.Build, event.Done, 3*time.Second, "log")
	for deadline := time.Now().Add(5 * time.Second); r.UsualTime("built-2.0") == 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the build was not recorded")
		}
	}
	for name, want := range map[string]time.Duration{"built-3": 3 * time.Second, "failed-1": 0, "copied-1": 0, "valid-1": 0} {
		if got := r.UsualTime(name); got != want {
			t.Errorf("UsualTime(%s): got %v, want %v", name, got, want)
		}
	}
}

const drvExpr = `(derivation { name = "pkg-1"; system = builtins.currentSystem; builder = "/bin/sh";
	args = [ "-c" "echo to be read; echo 12345 > $out" ]; })`

// readLog returns what OpenLog gives.
func (r *rig) readLog(drv store.Path) string {
	r.t.Helper()
	log, err := r.OpenLog(r.t.Context(), drv)
	if err != nil {
		r.t.Fatal(err)
	}
	defer log.Close()
	size, err := log.Size()
	if err != nil {
		r.t.Fatal(err)
	}
	data := make([]byte, size)
	if _, err := log.ReadAt(data, 0); err != nil && err != io.EOF {
		r.t.Fatal(err)
	}
	return string(data)
}

// A log reads the same while it is written and when it was compressed.
func TestOpenLog(t *testing.T) {
	r := newRig(t, rigOptions{})
	drv := r.path(drvExpr + ".drvPath")
	if _, err := r.OpenLog(t.Context(), drv); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without a log: got %v, want %v", err, fs.ErrNotExist)
	}
	st, err := local.Open(t.Context(), local.Options{Root: r.root, ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	name := st.LogPath(drv)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte("one\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	log, err := r.OpenLog(t.Context(), drv)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	if err := os.WriteFile(name, []byte("one\ntwo\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if size, err := log.Size(); size != 8 || err != nil {
		t.Errorf("size of a log that grows: got %d, %v, want 8", size, err)
	}
	plain := r.readLog(drv)
	if err := st.FinishLog(drv); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"one\ntwo\n", "one\ntwo\n"}, []string{plain, r.readLog(drv)}); diff != "" {
		t.Errorf("plain and compressed log (-want +got):\n%s", diff)
	}
}

func TestRealise(t *testing.T) {
	if err := sandbox.Check(); err != nil {
		t.Skip(err)
	}
	r := newRig(t, rigOptions{configure: func(s *settings.Settings) { s.BuildDir = t.TempDir() }})
	drv := r.path(drvExpr + ".drvPath")
	out := []store.DerivedPath{{Path: drv, Outputs: []store.OutputName{"out"}}}
	if err := r.Realise(t.Context(), out, RealiseOptions{}); err != nil {
		t.Fatal(err)
	}
	if got := r.readLog(drv); got != "to be read\n" {
		t.Errorf("log: got %q", got)
	}
	if err := r.Realise(t.Context(), out, RealiseOptions{Rebuild: true}); err == nil {
		t.Error("rebuild: got no error, want a refusal")
	}
	bad := r.path(`(derivation { name = "bad"; system = builtins.currentSystem; builder = "/bin/sh"; args = [ "-c" "exit 3" ]; }).drvPath`)
	err := r.Realise(t.Context(), []store.DerivedPath{{Path: bad, Outputs: []store.OutputName{"out"}}}, RealiseOptions{KeepFailed: true})
	var failure *engine.Failure
	if !errors.As(err, &failure) || failure.ExitStatus != 3 || failure.KeptDir == "" {
		t.Errorf("got %v, want a failure with exit status 3 and its directory", err)
	}
	if _, err := os.Stat(failure.KeptDir); err != nil {
		t.Errorf("kept directory: %v", err)
	}
}

func TestRealiseIsCancelled(t *testing.T) {
	if err := sandbox.Check(); err != nil {
		t.Skip(err)
	}
	r := newRig(t, rigOptions{})
	drv := r.path(`(derivation { name = "slow"; system = builtins.currentSystem; builder = "/bin/sh"; args = [ "-c" "sleep 60" ]; }).drvPath`)
	for _, cancel := range []func(context.CancelFunc){
		func(cancel context.CancelFunc) { cancel() },
		func(context.CancelFunc) { r.CancelBuild(drv) },
	} {
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() {
			done <- r.Realise(ctx, []store.DerivedPath{{Path: drv, Outputs: []store.OutputName{"out"}}}, RealiseOptions{})
		}()
		box := r.eng.Events().Subscribe()
		for running := false; !running; {
			acts, err := box.Take(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, act := range acts {
				running = running || act.Subject == string(drv) && act.LogFile != "" && act.State == event.Running
			}
		}
		cancel(stop)
		if err := <-done; !errors.Is(err, engine.ErrCancelled) {
			t.Errorf("got %v, want %v", err, engine.ErrCancelled)
		}
		stop()
		r.eng.Events().Unsubscribe(box)
	}
}
