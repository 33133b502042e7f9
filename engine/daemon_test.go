package engine_test

import (
	"errors"
	"io"
	"path/filepath"
	"slices"
	"testing"

	"nixbench/engine"
	"nixbench/engine/event"
	"nixbench/engine/settings"
	"nixbench/store"
	"nixbench/store/daemon/daemontest"
	"nixbench/store/gc"
)

// openBehind opens an engine on the store of a daemon. Without direct, all is
// asked of the daemon.
func openBehind(t *testing.T, s *daemontest.Server, direct bool) *engine.Engine {
	t.Helper()
	getenv := func(string) string { return "" }
	loc, err := engine.Locate(s.URI(), getenv)
	if err != nil {
		t.Fatal(err)
	}
	loc.Daemon.Direct = direct
	eng, err := engine.Open(t.Context(), engine.Options{Location: &loc, Settings: settings.Default(), Getenv: getenv})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := eng.Close(); err != nil {
			t.Error(err)
		}
	})
	return eng
}

// fakeTarget evaluates a derivation that a daemontest.Server makes something of.
func fakeTarget(t *testing.T, eng *engine.Engine, attr string) store.DerivedPath {
	t.Helper()
	const expr = `
let mk = name: attrs: derivation ({ inherit name; system = "x86_64-linux"; builder = "/bin/sh"; } // attrs);
in rec {
  first = mk "first" { contents = "A"; };
  second = mk "second" { contents = "B ${first}"; text = builtins.toFile "text" "a file"; };
  bad = mk "bad" { fails = "no luck"; };
  dependent = mk "dependent" { needs = bad; };
}`
	ev, err := eng.NewEvaluator(engine.EvalOptions{})
	if err != nil {
		t.Fatal(err)
	}
	v, err := ev.EvalString(t.Context(), "("+expr+")."+attr, "/")
	if err != nil {
		t.Fatal(err)
	}
	drvs, err := eng.Derivations(t.Context(), ev, v, engine.WalkOptions{})
	if err != nil || len(drvs) != 1 {
		t.Fatalf("%s: got %v, %v", attr, drvs, err)
	}
	return drvs[0].Target()
}

// The five jobs of the workbench, through a daemon, with its database read
// directly and not.
func TestDaemon(t *testing.T) {
	for name, direct := range map[string]bool{"direct": true, "asked": false} {
		t.Run(name, func(t *testing.T) {
			s := daemontest.Start(t)
			eng := openBehind(t, s, direct)
			ctx := t.Context()
			plan, err := eng.PlanRealise(ctx, []store.DerivedPath{fakeTarget(t, eng, "second")})
			if err != nil || len(plan.Build) != 2 || len(plan.Build[1].Needs) != 1 {
				t.Fatalf("plan: got %+v, %v", plan, err)
			}
			box := eng.Events().Subscribe()
			res, err := eng.ExecuteRealise(ctx, plan)
			if err != nil || res.Err() != nil {
				t.Fatal(err, res.Err())
			}
			out := res.Outcomes[0].Outputs["out"]
			acts, err := box.Take(ctx)
			if err != nil {
				t.Fatal(err)
			}
			var done []string
			for _, act := range acts {
				if act.Kind == event.Build && act.State == event.Done && act.Phase == "buildPhase" && act.LogSize > 0 {
					done = append(done, act.Name)
				}
			}
			if !slices.Equal(done, []string{"first", "second"}) {
				t.Errorf("builds: got %v of %+v", done, acts)
			}
			log, err := eng.Log(ctx, plan.Build[0].DrvPath)
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(log)
			log.Close()
			if want := "@nix {\"action\":\"setPhase\",\"phase\":\"buildPhase\"}\nmaking first\n"; err != nil || string(text) != want {
				t.Errorf("log: got %q, %v, want %q", text, err, want)
			}
			s.Kill() // as when the daemon is restarted
			fakeFailure(t, eng)
			fakeRoots(t, s, eng, out)
		})
	}
}

func fakeFailure(t *testing.T, eng *engine.Engine) {
	t.Helper()
	res, err := eng.Realise(t.Context(), []store.DerivedPath{fakeTarget(t, eng, "dependent")})
	if err != nil {
		t.Fatal(err)
	}
	var failure *engine.Failure
	var dependency *engine.DependencyError
	if !errors.As(res.Err(), &failure) || failure.ExitStatus != 1 || !slices.Equal(failure.Tail, []string{"no luck"}) {
		t.Errorf("failure: got %+v", failure)
	}
	if !errors.As(res.Outcomes[0].Err, &dependency) {
		t.Errorf("outcome: got %v", res.Outcomes[0].Err)
	}
}

func fakeRoots(t *testing.T, s *daemontest.Server, eng *engine.Engine, out store.Path) {
	t.Helper()
	ctx := t.Context()
	prof := filepath.Join(s.Root, "profiles", "mine")
	gen, err := eng.SetProfile(ctx, prof, out)
	if err != nil || gen.Number != 1 || gen.Path != out {
		t.Fatalf("set profile: got %+v, %v", gen, err)
	}
	if err := eng.ReleaseAll(ctx); err != nil {
		t.Fatal(err)
	}
	plan, err := eng.PlanCollect(ctx, gc.Options{})
	if err != nil {
		t.Fatal(err)
	}
	isRoot := func(r gc.Root) bool {
		return r.Link == prof+"-1-link" && r.Path == out && r.Kind == gc.KindGeneration && r.Note == "current"
	}
	if !slices.ContainsFunc(plan.Roots, isRoot) {
		t.Errorf("roots: got %+v", plan.Roots)
	}
	res, err := eng.Collect(ctx, plan, nil)
	if err != nil || len(res.Spared) > 0 || len(plan.Dead) == 0 || len(res.Deleted) != len(plan.Dead) || res.Freed <= 0 {
		t.Fatalf("collect: got %+v, %v, want %d paths deleted", res, err, len(plan.Dead))
	}
	all, err := eng.Store().AllPaths(ctx)
	if err != nil || len(all) != len(plan.Live) || !slices.Contains(all, out) {
		t.Errorf("left: got %v, %v", all, err)
	}
	if err := eng.Verify(ctx, engine.VerifyOptions{CheckContents: true}, func(f engine.Finding) { t.Errorf("verify: %v", f) }); err != nil {
		t.Error(err)
	}
	if info, err := eng.StoreInfo(ctx); err != nil || info.Version != "2.99-test" || info.Trusted == nil || *info.Trusted {
		t.Errorf("store: got %+v, %v", info, err)
	}
}
