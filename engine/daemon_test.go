package engine_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
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

// openBehind opens an engine on the store of a daemon, which the caller closes.
// Without direct, all is asked of the daemon.
func openBehind(t *testing.T, uri string, direct bool) *engine.Engine {
	t.Helper()
	getenv := func(string) string { return "" }
	loc, err := engine.Locate(uri, getenv)
	if err != nil {
		t.Fatal(err)
	}
	loc.Daemon.Direct = direct
	set := settings.Default()
	set.ExperimentalFeatures = []string{"ca-derivations", "impure-derivations"}
	eng, err := engine.Open(t.Context(), engine.Options{Location: &loc, Settings: set, Getenv: getenv})
	if err != nil {
		t.Fatal(err)
	}
	return eng
}

// targetIn evaluates an attribute of expr, which must be a derivation.
func targetIn(t *testing.T, eng *engine.Engine, expr, attr string) store.DerivedPath {
	t.Helper()
	ev, err := eng.NewEvaluator(t.Context(), engine.EvalOptions{})
	if err != nil {
		t.Fatal(err)
	}
	v, err := ev.EvalString(t.Context(), "("+expr+")."+attr, "/")
	if err != nil {
		t.Fatal(err)
	}
	drvs, err := eng.Derivations(t.Context(), ev, v, engine.WalkOptions{}, engine.FactOutputs)
	if err != nil || len(drvs) != 1 {
		t.Fatalf("%s: got %v, %v", attr, drvs, err)
	}
	return drvs[0].Target()
}

// wantFailure realises what needs a derivation that says "no luck" and fails.
func wantFailure(t *testing.T, eng *engine.Engine, dependent store.DerivedPath, status int) {
	t.Helper()
	res, err := eng.Realise(t.Context(), []store.DerivedPath{dependent})
	if err != nil {
		t.Fatal(err)
	}
	var failure *engine.Failure
	var dependency *engine.DependencyError
	if !errors.As(res.Err(), &failure) || failure.ExitStatus != status || !slices.Equal(failure.Tail, []string{"no luck"}) {
		t.Errorf("failure: got %+v", failure)
	}
	if !errors.As(res.Outcomes[0].Err, &dependency) {
		t.Errorf("outcome: got %v", res.Outcomes[0].Err)
	}
}

// buildSecond realises the attribute second of expr, which needs first, and returns
// what came of it and the activities of builds that are done.
func buildSecond(t *testing.T, eng *engine.Engine, expr string) (out store.Path, plan *engine.Plan, done []event.Activity) {
	t.Helper()
	ctx := t.Context()
	plan, err := eng.PlanRealise(ctx, []store.DerivedPath{targetIn(t, eng, expr, "second")})
	if err != nil || len(plan.Build) != 2 || len(plan.Build[1].Needs) != 1 {
		t.Fatalf("plan: got %+v, %v", plan, err)
	}
	box := eng.Events().Subscribe()
	res, err := eng.ExecuteRealise(ctx, plan)
	if err != nil || res.Err() != nil {
		t.Fatal(err, res.Err())
	}
	acts, err := box.Take(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, act := range acts {
		if act.Kind == event.Build && act.State == event.Done {
			done = append(done, *act)
		}
	}
	if len(done) != 2 {
		t.Errorf("activities: got %d builds done in %+v", len(done), acts)
	}
	return res.Outcomes[0].Outputs["out"], plan, done
}

// wantLog compares the log of a derivation.
func wantLog(t *testing.T, eng *engine.Engine, drvPath store.Path, want string) {
	t.Helper()
	log, err := eng.Log(t.Context(), drvPath)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	if text, err := io.ReadAll(log); err != nil || string(text) != want {
		t.Errorf("log: got %q, %v, want %q", text, err, want)
	}
}

// fakeExpr holds derivations that a daemontest.Server makes something of.
const fakeExpr = `
let mk = name: attrs: derivation ({ inherit name; system = "x86_64-linux"; builder = "/bin/sh"; } // attrs);
in rec {
  first = mk "first" { contents = "A"; };
  second = mk "second" { contents = "B ${first}"; text = builtins.toFile "text" "a file"; };
  bad = mk "bad" { fails = "no luck"; };
  dependent = mk "dependent" { needs = bad; };
}`

// The five jobs of the workbench, through a daemon, with its database read
// directly and not.
func TestDaemon(t *testing.T) {
	for name, direct := range map[string]bool{"direct": true, "asked": false} {
		t.Run(name, func(t *testing.T) {
			s := daemontest.Start(t)
			eng := openBehind(t, s.URI(), direct)
			t.Cleanup(func() {
				if err := eng.Close(); err != nil {
					t.Error(err)
				}
			})
			out, plan, done := buildSecond(t, eng, fakeExpr)
			for i, name := range []string{"first", "second"} {
				if act := done[i]; act.Name != name || act.Phase != "buildPhase" || act.LogSize == 0 {
					t.Errorf("builds: got %+v, want %s", act, name)
				}
			}
			wantLog(t, eng, plan.Build[0].DrvPath, "@nix {\"action\":\"setPhase\",\"phase\":\"buildPhase\"}\nmaking first\n")
			s.Kill() // as when the daemon is restarted
			wantFailure(t, eng, targetIn(t, eng, fakeExpr, "dependent"), 1)
			fakeRoots(t, s, eng, out)
		})
	}
}

// What a daemon builds that was not planned, as it does not say of dynamic derivations what they
// take, is told of as it is begun.
func TestDaemonBuildsMore(t *testing.T) {
	s := daemontest.Start(t)
	eng := openBehind(t, s.URI(), true)
	defer eng.Close()
	plan, err := eng.PlanRealise(t.Context(), []store.DerivedPath{targetIn(t, eng, fakeExpr, "second")})
	if err != nil || len(plan.Build) != 2 {
		t.Fatalf("plan: got %+v, %v", plan, err)
	}
	plan.Build = plan.Build[1:]
	plan.Build[0].Needs = nil
	box := eng.Events().Subscribe()
	res, err := eng.ExecuteRealise(t.Context(), plan)
	if err != nil || res.Err() != nil {
		t.Fatal(err, res.Err())
	}
	acts, err := box.Take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var done []string
	for _, act := range acts {
		if act.Kind == event.Build && act.State == event.Done && act.LogSize > 0 && act.Text == "building" {
			done = append(done, act.Name)
		}
	}
	slices.Sort(done)
	if want := []string{"first", "second"}; !slices.Equal(done, want) {
		t.Errorf("got builds %q, want %q", done, want)
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

// A daemon verifies and repairs its store itself, and says what it is doing.
func TestDaemonVerifies(t *testing.T) {
	s := daemontest.Start(t)
	eng := openBehind(t, s.URI(), true)
	defer eng.Close()
	ctx := t.Context()
	out, _, _ := buildSecond(t, eng, fakeExpr)
	file := filepath.Join(s.Root, "nix", "store", out.Base())
	if err := errors.Join(os.Chmod(file, 0o644), os.WriteFile(file, []byte("damaged"), 0o644)); err != nil {
		t.Fatal(err)
	}
	repair := func(context.Context, store.Path) error { return errors.New("this is for the daemon") }
	for _, step := range []struct {
		repair                func(context.Context, store.Path) error
		wantFound, wantMended bool
	}{{nil, true, false}, {repair, true, true}, {nil, false, false}} {
		var stages []string
		var found []engine.Finding
		opts := engine.VerifyOptions{CheckContents: true, Repair: step.repair, Stage: func(msg string) { stages = append(stages, msg) }}
		if err := eng.Verify(ctx, opts, func(f engine.Finding) { found = append(found, f) }); err != nil {
			t.Fatal(err)
		}
		if want := "reading the Nix store..."; !slices.Contains(stages, want) {
			t.Errorf("stages: got %q, want among them %q", stages, want)
		}
		isFound := len(found) == 1 && found[0].Path == out && found[0].Repaired == step.wantMended
		if isFound != step.wantFound || !step.wantFound && len(found) > 0 {
			t.Errorf("got %+v", found)
		}
	}
}

// A daemon looks for roots whenever it is to delete something: it is asked once,
// however much there is, and progress is told while it is at work.
func TestDaemonCollectsAtOnce(t *testing.T) {
	s := daemontest.Start(t)
	eng := openBehind(t, s.URI(), true)
	defer eng.Close()
	ctx := t.Context()
	const n = 600
	ev, err := eng.NewEvaluator(t.Context(), engine.EvalOptions{})
	if err != nil {
		t.Fatal(err)
	}
	v, err := ev.EvalString(ctx, fmt.Sprintf(`map (n: derivation { name = "d${toString n}"; system = "s"; builder = "b"; }) (builtins.genList (n: n) %d)`, n), "/")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := eng.Derivations(ctx, ev, v, engine.WalkOptions{}, engine.FactOutputs); err != nil {
		t.Fatal(err)
	}
	if err := eng.ReleaseAll(ctx); err != nil {
		t.Fatal(err)
	}
	plan, err := eng.PlanCollect(ctx, gc.Options{})
	if err != nil || len(plan.Dead) != n {
		t.Fatalf("plan: %d dead, %v", len(plan.Dead), err)
	}
	told := 0
	res, err := eng.Collect(ctx, plan, func(p gc.Progress) {
		if told++; p.Done != told || p.Total != n {
			t.Errorf("progress: got %+v, want the %d. of %d", p, told, n)
		}
	})
	if err != nil || len(res.Deleted) != n || told != n {
		t.Errorf("collect: %d deleted, %d told of, %v", len(res.Deleted), told, err)
	}
	if got := s.Collections.Load(); got != 1 {
		t.Errorf("the daemon was asked %d times", got)
	}
}
