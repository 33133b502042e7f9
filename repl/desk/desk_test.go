package desk

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"nixbench/engine"
	"nixbench/engine/enginetest"
	"nixbench/engine/sandbox"
	"nixbench/engine/settings"
	"nixbench/engine/shell"
	"nixbench/repl"
	"nixbench/store"
	"nixbench/store/local"
	"nixbench/store/storetest"
)

// TestMain makes the test binary what the real one is in a sandbox.
func TestMain(m *testing.M) {
	if shell.Answers(os.Args[0]) {
		os.Exit(shell.Main(context.Background(), os.Args, os.Stdin, os.Stdout, os.Stderr, os.Environ()))
	}
	goleak.VerifyTestMain(m) // all that an engine, a session and a desk start has ended
}

// A rig is a desk over stores in temporary directories.
type rig struct {
	*Desk
	t    *testing.T
	home string
	root string // of the store
	env  map[string]string
}

// rigOptions change what a rig stands on.
type rigOptions struct {
	machine   string // root of a store that is read too
	configure func(*settings.Settings)
	desk      Options
}

// newRig makes a rig whose store holds nothing.
func newRig(t *testing.T, opts rigOptions) *rig {
	t.Helper()
	home := t.TempDir()
	r := &rig{t: t, home: home, root: filepath.Join(home, "root"), env: map[string]string{"HOME": home}}
	loc := &engine.Location{Build: local.Options{Root: r.root}}
	if opts.machine != "" {
		loc.Machine = &local.Options{Root: opts.machine}
	}
	set := settings.Default()
	enginetest.AddLibraries(set.SandboxPaths)
	if opts.configure != nil {
		opts.configure(set)
	}
	eng, err := engine.Open(t.Context(), engine.Options{
		Location: loc, Settings: set, Throwaway: true, Getenv: func(name string) string { return r.env[name] },
	})
	if err != nil {
		t.Fatal(err)
	}
	session, err := repl.New(t.Context(), eng, repl.Options{Dir: home})
	if err != nil {
		t.Fatal(err)
	}
	opts.desk.Engine, opts.desk.Session = eng, session
	r.Desk = New(t.Context(), opts.desk)
	t.Cleanup(func() {
		r.Desk.Close()
		for _, end := range []func() error{session.Close, eng.Close} {
			if err := end(); err != nil {
				t.Error(err)
			}
		}
		_ = storetest.MakeWritable(r.root)
	})
	return r
}

// eval evaluates an expression to a string, with all that it writes to the
// store.
func (r *rig) eval(expr string) string {
	r.t.Helper()
	ev, err := r.eng.NewEvaluator(r.t.Context(), engine.EvalOptions{})
	if err != nil {
		r.t.Fatal(err)
	}
	v, err := ev.EvalString(r.t.Context(), expr, "/")
	if err == nil {
		v, err = ev.ForceDeep(r.t.Context(), v)
	}
	if err == nil {
		err = r.eng.Flush(r.t.Context())
	}
	if err != nil {
		r.t.Fatal(err)
	}
	return v.AsString()
}

// path is eval for a store path.
func (r *rig) path(expr string) store.Path { return store.Path(r.eval(expr)) }

// write writes a file below home and returns its name.
func (r *rig) write(name, contents string) string {
	r.t.Helper()
	name = filepath.Join(r.home, name)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(contents), 0o644); err != nil {
		r.t.Fatal(err)
	}
	return name
}

// machineWith makes a store in which an expression was evaluated, and returns
// its root and the path.
func machineWith(t *testing.T, expr string) (root string, p store.Path) {
	t.Helper()
	root = filepath.Join(t.TempDir(), "machine")
	eng, err := engine.Open(t.Context(), engine.Options{
		StoreURI: root, Settings: settings.Default(), Throwaway: true, Getenv: func(string) string { return "" },
	})
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, Desk: &Desk{eng: eng}}
	p = r.path(expr)
	if err := eng.Close(); err != nil {
		t.Fatal(err)
	}
	return root, p
}

func TestInfo(t *testing.T) {
	nixpkgs := t.TempDir()
	for name, contents := range map[string]string{".version": "26.11\n", "default.nix": "{ }"} {
		if err := os.WriteFile(filepath.Join(nixpkgs, name), []byte(contents), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	machine, _ := machineWith(t, `builtins.toFile "x" "y"`)
	r := newRig(t, rigOptions{
		machine: machine, desk: Options{Version: "1.2"},
		configure: func(s *settings.Settings) { s.NixPath = []string{"other=/x", "nixpkgs=" + nixpkgs} },
	})
	got := r.Info()
	want := Info{
		Version: "1.2", System: r.eng.Settings().System, StoreDir: "/nix/store", StoreRoot: "~/root",
		Reading: "/nix/store", Nixpkgs: "26.11", Jobs: 1, NoBuilds: got.NoBuilds,
	}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if err := r.eng.ChangeSetting("max-jobs", "3"); err != nil {
		t.Fatal(err)
	}
	if got := r.Info().Jobs; got != 3 {
		t.Errorf("got %d jobs after the setting was changed, want 3", got)
	}
}

func TestInfoOfUnreadMachine(t *testing.T) {
	r := newRig(t, rigOptions{machine: filepath.Join(t.TempDir(), "none")})
	if got := r.Info(); got.Reading != "" || !strings.HasPrefix(got.Unread, "the store of this machine cannot be read: ") {
		t.Errorf("got reading %q, unread %q, want a reason", got.Reading, got.Unread)
	}
}

func TestNixpkgsVersion(t *testing.T) {
	dir := t.TempDir()
	for name, contents := range map[string]string{
		"nixpkgs/lib/.version": "26.05", "git/.git-revision": "0123456789abcdef0123\n", "git/.version": "26.11",
	} {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(contents), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct{ entry, want string }{
		{dir, "26.05"}, {"nixpkgs=" + dir + "/git", "0123456789ab"}, {"nixpkgs=" + dir + "/none", ""}, {"x=" + dir + "/git", ""},
	} {
		r := newRig(t, rigOptions{configure: func(s *settings.Settings) { s.NixPath = []string{test.entry} }})
		if got := r.Info().Nixpkgs; got != test.want {
			t.Errorf("NIX_PATH %s: got %q, want %q", test.entry, got, test.want)
		}
	}
}

// Closing does not wait for what is being built.
func TestCloseIsQuick(t *testing.T) {
	if err := sandbox.Check(); err != nil {
		t.Skip(err)
	}
	r := newRig(t, rigOptions{})
	drv := r.path(`(derivation { name = "slow"; system = builtins.currentSystem; builder = "/bin/sh"; args = [ "-c" "sleep 60" ]; }).drvPath`)
	d := New(t.Context(), Options{
		Engine: r.eng, Session: r.Session, Targets: []store.DerivedPath{{Path: drv, Outputs: []store.OutputName{"out"}}},
	})
	for running := false; !running; {
		acts, err := d.Events().Take(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, act := range acts {
			running = running || act.Subject == string(drv) && act.LogFile != ""
		}
	}
	start := time.Now()
	d.Close()
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("Close took %v", took)
	}
}
