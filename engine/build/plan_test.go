package build_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"nixbench/engine/build"
	"nixbench/engine/settings"
	"nixbench/store"
	"nixbench/store/drv"
	"nixbench/store/nixhash"
)

// newPlanRig is newRig without the need of a sandbox.
func newPlanRig(t *testing.T) *rig { return newRigAt(t, t.TempDir()) }

// plan plans derived paths, written as drv^outputs.
func (r *rig) plan(targets ...string) *build.Plan {
	r.t.Helper()
	if err := r.st.Flush(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
	var parsed []build.Target
	for _, text := range targets {
		target, err := r.st.Dir().ParseDerivedPath(text)
		if err != nil {
			r.t.Fatal(err)
		}
		parsed = append(parsed, target)
	}
	plan, err := build.NewPlan(r.t.Context(), r.st, parsed, build.PlanOptions{Settings: r.settings})
	if err != nil {
		r.t.Fatal(err)
	}
	return plan
}

// install makes a path valid with the contents, without a build.
func (r *rig) install(p store.Path, contents string) {
	r.t.Helper()
	dir, remove, err := r.st.TempDir(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	defer remove()
	file := dir + "/x"
	if err := os.WriteFile(file, []byte(contents), 0o444); err != nil {
		r.t.Fatal(err)
	}
	if err := r.st.Canonicalise(r.t.Context(), file); err != nil {
		r.t.Fatal(err)
	}
	info := &store.PathInfo{Path: p, NarHash: nixhash.SumString(nixhash.SHA256, contents), NarSize: 1}
	if err := r.st.Install(r.t.Context(), []*store.PathInfo{info}, map[store.Path]string{p: file}); err != nil {
		r.t.Fatal(err)
	}
}

func names(plan *build.Plan) string {
	var out []string
	for _, b := range plan.Build {
		out = append(out, drv.NameOf(b.DrvPath))
	}
	return strings.Join(out, " ")
}

// What is valid is not looked behind; what is not is built after its needs.
func TestPlan(t *testing.T) {
	r := newPlanRig(t)
	a, b, c := script("a", ""), script("b", ""), script("c", "")
	r.add(a, nil)
	bPath := r.add(b, map[string]*drv.Derivation{"a": a})
	cPath := r.add(c, map[string]*drv.Derivation{"a": a, "b": b})
	target := string(cPath) + "^out"
	plan := r.plan(target)
	if got, want := names(plan), "a b c"; got != want {
		t.Errorf("builds: got %q, want %q", got, want)
	}
	if diff := cmp.Diff([]store.Path{bPath}, plan.Build[2].Needs[len(plan.Build[2].Needs)-1:]); diff != "" && plan.Build[2].Needs[0] != bPath {
		t.Errorf("needs of c: %v", plan.Build[2].Needs)
	}
	r.install(b.OutputPath("out"), "b")
	if got, want := names(r.plan(target)), "a c"; got != want {
		t.Errorf("with b: got %q, want %q", got, want)
	}
	r.install(a.OutputPath("out"), "a")
	r.install(c.OutputPath("out"), "c")
	plan = r.plan(target, string(bPath))
	if got, want := names(plan), ""; got != want {
		t.Errorf("with all: got %q, want %q", got, want)
	}
	if diff := cmp.Diff(2, len(plan.Valid)); diff != "" {
		t.Errorf("valid: %v", plan.Valid)
	}
}

// What is to be checked and is not valid is planned with all that it would take, as Nix
// tells it, though nothing of that is built.
func TestPlanOfCheck(t *testing.T) {
	r := newPlanRig(t)
	a, b := script("a", ""), script("b", "")
	r.add(a, nil)
	bPath := r.add(b, map[string]*drv.Derivation{"a": a})
	if err := r.st.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	plan, err := build.NewPlan(t.Context(), r.st, []build.Target{{Path: bPath, Outputs: []store.OutputName{"out"}}},
		build.PlanOptions{Settings: r.settings, Mode: build.Check})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := names(plan), "a b"; got != want {
		t.Errorf("builds: got %q, want %q", got, want)
	}
}

// What an external builder is to build is not built here instead.
func TestExternalBuilders(t *testing.T) {
	r := newPlanRig(t)
	target := string(r.add(script("a", ""), nil)) + "^out"
	for _, c := range []struct{ builders, features, want string }{
		{`[{"systems":["SYSTEM"],"program":"/x","args":[]}]`, "", "experimental Nix feature 'external-builders' is disabled; add '--extra-experimental-features external-builders' to enable it"},
		{`[{"systems":["SYSTEM"],"program":"/x","args":[]}]`, "external-builders", "is for an external builder"},
		{`[{"systems":["other-os"],"program":"/x","args":[]}]`, "", ""},
		{`[]`, "", ""},
	} {
		for name, value := range map[string]string{"external-builders": strings.ReplaceAll(c.builders, "SYSTEM", script("a", "").System), "experimental-features": c.features} {
			if err := r.settings.Set(name, value); err != nil {
				t.Fatal(err)
			}
		}
		switch refused := r.plan(target).Build[0].Refused; {
		case c.want == "" && refused != nil, c.want != "" && (refused == nil || !strings.Contains(refused.Error(), c.want)):
			t.Errorf("%s, %q: got %v, want %q", c.builders, c.features, refused, c.want)
		}
	}
}

func TestPlanOfWhatIsMissing(t *testing.T) {
	r := newPlanRig(t)
	gone := store.Path("/nix/store/" + strings.Repeat("0", 32) + "-gone")
	plan := r.plan(string(gone), string(gone)+".drv^out")
	if got, want := len(plan.Missing), 2; got != want {
		t.Fatalf("%d missing, want %d", got, want)
	}
	res, err := r.b.Execute(t.Context(), plan)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range res.Outcomes {
		var unknown *build.UnknownError
		if !errors.As(o.Err, &unknown) || !errors.Is(o.Err, store.ErrInvalidPath) || o.Status.OK() {
			t.Errorf("%s: got %v", o.Target, o.Err)
		}
	}
	if got, want := res.Outcomes[0].Err.Error(), "realise "+string(gone)+": path is not valid, and no derivation or cache is known to make it"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := res.ExitStatus(); got != 1 {
		t.Errorf("exit status %d, want 1", got)
	}
}

// That a target is missing is known before anything is built, and ends what does not go on.
func TestMissingTargetEndsAll(t *testing.T) {
	r := newRig(t)
	gone := store.Path("/nix/store/" + strings.Repeat("0", 32) + "-gone.drv")
	d := script("a", "write $out x")
	a := r.add(d, nil)
	for _, keepGoing := range []bool{false, true} {
		r.settings.KeepGoing = keepGoing
		res, err := r.b.Execute(t.Context(), r.plan(string(a)+"^*", string(gone)+"^*"))
		if err != nil {
			t.Fatal(err)
		}
		want := build.Cancelled
		if keepGoing {
			want = build.Built
		}
		if got := res.Outcomes[0].Status; got != want {
			t.Errorf("keep going %t: got %v, want %v", keepGoing, got, want)
		}
		if unknown := (*build.UnknownError)(nil); !errors.As(res.Err(), &unknown) || res.ExitStatus() != 1 {
			t.Errorf("keep going %t: got %v, exit status %d", keepGoing, res.Err(), res.ExitStatus())
		}
	}
}

func TestPlanOfAnUnknownOutput(t *testing.T) {
	r := newPlanRig(t)
	p := r.add(script("a", ""), nil)
	if err := r.st.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		outputs []store.OutputName
		builds  int
	}{
		{[]store.OutputName{"dev"}, 0},
		{[]store.OutputName{"dev", "out"}, 1},
	} {
		targets := []build.Target{{Path: p, Outputs: c.outputs}}
		plan, err := build.NewPlan(t.Context(), r.st, targets, build.PlanOptions{Settings: r.settings})
		if err != nil {
			t.Fatalf("%v: %v", c.outputs, err)
		}
		if len(plan.Build) != c.builds {
			t.Errorf("%v: %d builds, want %d", c.outputs, len(plan.Build), c.builds)
		}
		_, err = r.b.Realise(t.Context(), targets, build.Normal)
		if err == nil || !strings.Contains(err.Error(), "does not have wanted outputs 'dev'") {
			t.Errorf("%v: got %v", c.outputs, err)
		}
	}
}

// Derivations that cannot be built here say why, each in words.
func TestPlanRefuses(t *testing.T) {
	r := newPlanRig(t)
	for name, test := range map[string]struct {
		spoil     func(*drv.Derivation)
		configure func(*settings.Settings)
		want      string
	}{
		"floating": {spoil: func(d *drv.Derivation) {
			d.Outputs["out"] = drv.Output{Method: store.NAR, Algo: nixhash.SHA256}
			d.Env["out"] = drv.Placeholder("out")
		}, want: "experimental Nix feature 'ca-derivations' is disabled; add '--extra-experimental-features ca-derivations' to enable it"},
		"impure": {spoil: func(d *drv.Derivation) {
			d.Outputs["out"] = drv.Output{Method: store.NAR, Algo: nixhash.SHA256, Impure: true}
			d.Env["out"] = drv.Placeholder("out")
		}, want: "experimental Nix feature 'impure-derivations' is disabled"},
		"platform": {spoil: func(d *drv.Derivation) { d.System = "riscv128-plan9" }, want: "platform mismatch, Required system: 'riscv128-plan9'"},
		"no jobs":  {configure: func(s *settings.Settings) { s.MaxJobs = 0 }, want: "max-jobs = 0"},
		"host":     {spoil: func(d *drv.Derivation) { d.Env["__impureHostDeps"] = "/etc/passwd" }, want: "requested impure path '/etc/passwd', but it was not in allowed-impure-host-deps"},
		"host, another": {
			spoil:     func(d *drv.Derivation) { d.Env["__impureHostDeps"] = "/usr/lib /usr/library" },
			configure: func(s *settings.Settings) { s.AllowedHostDeps = []string{"/usr/lib/"} },
			want:      "requested impure path '/usr/library'",
		},
		"no sandbox": {spoil: func(d *drv.Derivation) { d.Env["__noChroot"] = "1" }, want: "not allowed when 'sandbox' is 'true'"},
	} {
		t.Run(name, func(t *testing.T) {
			d := script("x", "")
			if test.spoil != nil {
				test.spoil(d)
			}
			s := r.settings.Clone()
			if test.configure != nil {
				test.configure(s)
			}
			p := r.add(d, nil)
			if err := r.st.Flush(t.Context()); err != nil {
				t.Fatal(err)
			}
			plan, err := build.NewPlan(t.Context(), r.st, []build.Target{{Path: p, Outputs: []string{"*"}}}, build.PlanOptions{Settings: s})
			if err != nil {
				t.Fatal(err)
			}
			if got := plan.Build[0].Refused; got == nil || !strings.Contains(got.Error(), test.want) {
				t.Errorf("got %v, want %q", got, test.want)
			}
		})
	}
}

// What another machine would have to build is refused after what it needs, which may be built
// here.
func TestPlanFollowsWhatIsRefused(t *testing.T) {
	r := newPlanRig(t)
	here, there := script("here", ""), script("there", "")
	there.System = "riscv64-linux"
	r.add(here, nil)
	top := r.add(there, map[string]*drv.Derivation{"here": here})
	plan := r.plan(string(top) + "^out")
	if got, want := names(plan), "here there"; got != want {
		t.Errorf("got builds %q, want %q", got, want)
	}
}
