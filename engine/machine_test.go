package engine_test

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"nixbench/engine"
	"nixbench/engine/enginetest"
	"nixbench/engine/event"
	"nixbench/engine/settings"
	"nixbench/engine/shell"
	"nixbench/store"
	"nixbench/store/gc"
	"nixbench/store/local"

	"github.com/google/go-cmp/cmp"
)

// TestMain makes the test binary what the real one is in a sandbox.
func TestMain(m *testing.M) {
	if shell.Answers(os.Args[0]) {
		os.Exit(shell.Main(context.Background(), os.Args, os.Stdin, os.Stdout, os.Stderr, os.Environ()))
	}
	if file := os.Getenv(locateEnv); file != "" {
		os.Exit(locateMain(file))
	}
	os.Exit(m.Run())
}

// two is an engine with a store of its own beside that of a machine.
type two struct {
	*engine.Engine
	t        *testing.T
	machine  string // root of the machine's store
	lib, app store.Path
	appDrv   store.Path
	warnings []string
}

// machineExpr is what the machine's store holds: a file, one that refers to it,
// and a derivation that needs both and was never built.
const machineExpr = `rec {
  lib = builtins.toFile "lib.nix" "{ answer = 42; }";
  app = builtins.toFile "app" "uses ${lib}";
  drv = (derivation { name = "unbuilt"; system = builtins.currentSystem; builder = "/bin/sh"; inherit app;
    args = [ "-c" "read line < $app; echo $line > $out" ]; }).drvPath;
}`

// newTwo makes the stores. Spoil, if not nil, is called in between.
func newTwo(t *testing.T, spoil func(machine string, lib store.Path)) *two {
	t.Helper()
	w := &two{t: t, machine: filepath.Join(t.TempDir(), "machine")}
	getenv := func(string) string { return "" }
	open := func(opts engine.Options) *engine.Engine {
		opts.Settings, opts.Getenv, opts.Throwaway = settings.Default(), getenv, true
		enginetest.AddLibraries(opts.Settings.SandboxPaths)
		e, err := engine.Open(t.Context(), opts)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	w.Engine = open(engine.Options{StoreURI: w.machine})
	w.lib, w.app = store.Path(w.eval(machineExpr+".lib")), store.Path(w.eval(machineExpr+".app"))
	w.appDrv = store.Path(w.eval(machineExpr + ".drv"))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if spoil != nil {
		spoil(w.machine, w.lib)
	}
	w.Engine = open(engine.Options{
		Location: &engine.Location{
			Build:   local.Options{Root: filepath.Join(t.TempDir(), "own")},
			Machine: &local.Options{Root: w.machine},
		},
		Warn: func(msg string) { w.warnings = append(w.warnings, msg) },
	})
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

// eval evaluates an expression to a string.
func (w *two) eval(expr string) string {
	w.t.Helper()
	ev, err := w.NewEvaluator(w.t.Context(), engine.EvalOptions{})
	if err != nil {
		w.t.Fatal(err)
	}
	v, err := ev.EvalString(w.t.Context(), expr, "/")
	if err == nil {
		v, err = ev.ForceDeep(w.t.Context(), v)
	}
	if err == nil {
		err = w.Flush(w.t.Context())
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return v.AsString()
}

// own lists the store that is built into.
func (w *two) own() []store.Path {
	w.t.Helper()
	paths, err := w.Store().AllPaths(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	slices.Sort(paths)
	return paths
}

func sorted(paths ...store.Path) []store.Path { return slices.Sorted(slices.Values(paths)) }

// copied takes what was told of copies since the last time.
func copied(t *testing.T, box *event.Mailbox) (ended []string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	for {
		acts, err := box.Take(ctx)
		if err != nil {
			return ended
		}
		for _, act := range acts {
			if act.Kind == event.CopyPath && act.State.Final() {
				ended = append(ended, act.Name+" "+act.State.String())
				if act.State == event.Done && act.Done != act.Total {
					t.Errorf("%s: copied %d of %d bytes", act.Name, act.Done, act.Total)
				}
			}
		}
	}
}

// What only reads leaves the machine's paths where they are.
func TestMachineIsRead(t *testing.T) {
	w := newTwo(t, nil)
	if got := w.eval(`toString (import ` + string(w.lib) + `).answer`); got != "42" {
		t.Errorf("import: got %q, want 42", got)
	}
	if got, want := w.eval(`builtins.readFile (builtins.storePath `+string(w.app)+`)`), "uses "+string(w.lib); got != want {
		t.Errorf("readFile: got %q, want %q", got, want)
	}
	st, err := w.StoreOf(t.Context(), w.app)
	if err != nil || st != w.Machine() {
		t.Errorf("StoreOf: got %v, %v, want the machine's", st, err)
	}
	if got := w.own(); len(got) > 0 {
		t.Errorf("reading has copied %v", got)
	}
	if !w.Machine().ReadOnly() || w.MachineErr() != nil || len(w.warnings) > 0 {
		t.Errorf("machine's store: got %v, %v, want it read without a word", w.MachineErr(), w.warnings)
	}
}

// Realising a path that only the machine has copies its closure, once, and
// collecting ours leaves the machine's alone.
func TestRealiseCopiesFromMachine(t *testing.T) {
	w := newTwo(t, nil)
	box := w.Events().Subscribe()
	targets := []store.DerivedPath{{Path: w.app}}
	plan, err := w.PlanRealise(t.Context(), targets)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, info := range plan.Copy {
		names = append(names, info.Path.Name())
	}
	if diff := cmp.Diff([]string{"lib.nix", "app"}, names); diff != "" || len(plan.Build)+len(plan.Missing) > 0 {
		t.Errorf("plan (-want +got):\n%s%v %v", diff, plan.Build, plan.Missing)
	}
	if len(w.own()) > 0 || plan.CopySize() != plan.Copy[0].NarSize+plan.Copy[1].NarSize {
		t.Errorf("planning: got %v and size %d", w.own(), plan.CopySize())
	}
	for range 2 {
		result, err := w.Realise(t.Context(), targets)
		if err == nil {
			err = result.Err()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(sorted(w.lib, w.app), w.own()); diff != "" {
		t.Errorf("own store (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"lib.nix done", "app done"}, copied(t, box)); diff != "" {
		t.Errorf("activities (-want +got):\n%s", diff)
	}
	err = w.Verify(t.Context(), engine.VerifyOptions{CheckContents: true}, func(f engine.Finding) { t.Errorf("verify: %+v", f) })
	if err != nil {
		t.Error(err)
	}
	there, err := w.Machine().AllPaths(t.Context())
	if err != nil || len(there) != 3 {
		t.Errorf("machine's store: got %v, %v, want 3 paths", there, err)
	}
}

// What evaluation adds may refer to the machine's paths, which come with it.
func TestEvaluationCopiesFromMachine(t *testing.T) {
	w := newTwo(t, nil)
	text := store.Path(w.eval(`builtins.toFile "note" "see ${builtins.storePath ` + string(w.lib) + `}"`))
	if diff := cmp.Diff(sorted(w.lib, text), w.own()); diff != "" {
		t.Errorf("after toFile (-want +got):\n%s", diff)
	}
	drvPath := store.Path(w.eval(`(derivation { name = "mine"; system = "x"; builder = "b"; app = builtins.storePath ` + string(w.app) + `; }).drvPath`))
	if diff := cmp.Diff(sorted(w.lib, text, w.app, drvPath), w.own()); diff != "" {
		t.Errorf("after a derivation (-want +got):\n%s", diff)
	}
	other := store.Path(w.eval(`(derivation { name = "more"; system = "x"; builder = "b"; dep = (import ` + string(w.appDrv) + `).outPath; }).drvPath`))
	if diff := cmp.Diff(sorted(w.lib, text, w.app, drvPath, w.appDrv, other), w.own()); diff != "" {
		t.Errorf("after a derivation of the machine's (-want +got):\n%s", diff)
	}
}

// Roots and generations of ours never dangle.
func TestRootsCopyFromMachine(t *testing.T) {
	w := newTwo(t, nil)
	profile := filepath.Join(t.TempDir(), "profile")
	if _, err := w.SetProfile(t.Context(), profile, w.lib); err != nil {
		t.Fatal(err)
	}
	if err := w.AddRoot(t.Context(), w.app, filepath.Join(t.TempDir(), "result")); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(sorted(w.lib, w.app), w.own()); diff != "" {
		t.Errorf("own store (-want +got):\n%s", diff)
	}
	// A user's profile may lead to what only the machine has.
	theirs := filepath.Join(t.TempDir(), "theirs")
	for name, target := range map[string]string{
		theirs: "theirs-2-link", theirs + "-1-link": string(w.appDrv), theirs + "-2-link": string(w.lib),
	} {
		if err := os.Symlink(target, name); err != nil {
			t.Fatal(err)
		}
	}
	plan, err := w.PlanRollback(t.Context(), theirs)
	if err != nil || !plan.Valid {
		t.Fatalf("roll back: got %+v, %v, want a valid plan", plan, err)
	}
	if err := plan.Execute(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestCollectLeavesMachineAlone(t *testing.T) {
	w := newTwo(t, nil)
	own, err := local.Open(t.Context(), local.Options{Root: strings.TrimSuffix(w.Store().RealDir(), "/nix/store"), SyncMode: local.SyncNone})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := own.AddText(t.Context(), "ours", []byte("garbage"), nil); err != nil {
		t.Fatal(err)
	}
	if err := own.Close(); err != nil { // with its temporary roots
		t.Fatal(err)
	}
	plan, err := w.PlanCollect(t.Context(), gc.Options{})
	if err != nil {
		t.Fatal(err)
	}
	result, err := w.Collect(t.Context(), plan, nil)
	if err != nil || len(result.Deleted) != 1 || result.Deleted[0].Name() != "ours" {
		t.Errorf("collect: got %+v, %v, want only ours deleted", result, err)
	}
	if got := w.eval(`toString (import ` + string(w.lib) + `).answer`); got != "42" {
		t.Errorf("import: got %q, want 42", got)
	}
}

// The contents of the machine's paths are checked as they are copied.
func TestCopyOfChangedPath(t *testing.T) {
	w := newTwo(t, func(machine string, lib store.Path) {
		file := filepath.Join(machine, string(lib))
		if err := errors.Join(os.Chmod(file, 0o644), os.WriteFile(file, []byte("{ answer = 43; }"), 0o644)); err != nil {
			t.Fatal(err)
		}
	})
	box := w.Events().Subscribe()
	_, err := w.Realise(t.Context(), []store.DerivedPath{{Path: w.app}})
	var mismatch *store.HashMismatch
	if !errors.As(err, &mismatch) || mismatch.Path != w.lib {
		t.Errorf("got %v, want a hash mismatch of %s", err, w.lib)
	}
	if got := w.own(); len(got) > 0 {
		t.Errorf("own store has %v, want nothing", got)
	}
	if diff := cmp.Diff([]string{"lib.nix failed", "app cancelled"}, copied(t, box)); diff != "" {
		t.Errorf("activities (-want +got):\n%s", diff)
	}
}

// A build takes the machine's paths as inputs, and its derivations as they are.
func TestBuildWithMachinePaths(t *testing.T) {
	enginetest.NeedSandbox(t)
	w := newTwo(t, nil)
	result, err := w.Realise(t.Context(), []store.DerivedPath{{Path: w.appDrv, Outputs: []store.OutputName{"out"}}})
	if err == nil {
		err = result.Err()
	}
	if err != nil {
		t.Fatal(err)
	}
	out := result.Outcomes[0].Outputs["out"]
	if diff := cmp.Diff(sorted(w.lib, w.app, w.appDrv, out), w.own()); diff != "" {
		t.Errorf("own store (-want +got):\n%s", diff)
	}
	data, err := os.ReadFile(w.Store().RealPath(out))
	if want := "uses " + string(w.lib) + "\n"; string(data) != want {
		t.Errorf("output: got %q, %v, want %q", data, err, want)
	}
	log, err := w.Log(t.Context(), out)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	if _, err := io.ReadAll(log); err != nil {
		t.Error(err)
	}
}

// A machine's store that cannot be read is said once, and done without.
func TestUnreadableMachine(t *testing.T) {
	w := newTwo(t, func(machine string, _ store.Path) {
		db := filepath.Join(machine, "nix/var/nix/db/db.sqlite")
		for _, log := range []string{"-wal", "-shm"} {
			if err := os.Remove(db + log); err != nil && !errors.Is(err, fs.ErrNotExist) {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(db, []byte(strings.Repeat("not a database ", 1000)), 0o644); err != nil {
			t.Fatal(err)
		}
	})
	if w.Machine() != nil || !errors.Is(w.MachineErr(), local.ErrCorrupt) {
		t.Errorf("got store %v, error %v, want %v", w.Machine(), w.MachineErr(), local.ErrCorrupt)
	}
	if len(w.warnings) != 1 || !strings.HasPrefix(w.warnings[0], "the store of this machine cannot be read: ") {
		t.Errorf("got warnings %q, want one", w.warnings)
	}
	p := store.Path(w.eval(`builtins.toFile "x" "y"`))
	if diff := cmp.Diff([]store.Path{p}, w.own()); diff != "" {
		t.Errorf("own store (-want +got):\n%s", diff)
	}
}
