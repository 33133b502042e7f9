package build_test

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"nixbench/engine/build"
	"nixbench/engine/settings"
	"nixbench/store"
	"nixbench/store/drv"
	"nixbench/store/nixhash"
)

// This file is about derivations whose output paths are not known before they
// are built.

// withFeatures switches on what they need.
func withFeatures(s *settings.Settings) {
	s.ExperimentalFeatures = []string{"ca-derivations", "impure-derivations", "dynamic-derivations"}
}

// floating returns a derivation like that of script with floating outputs.
func floating(name, text string, outputs ...string) *drv.Derivation {
	d := script(name, text, outputs...)
	for o := range d.Outputs {
		d.Outputs[o] = drv.Output{Method: store.NAR, Algo: nixhash.SHA256}
		d.Env[o] = drv.Placeholder(o)
	}
	return d
}

// needs lets d have an output of another, which its environment names.
func (r *rig) needs(d *drv.Derivation, name string, on *drv.Derivation, output string) {
	r.t.Helper()
	p, err := on.Path(r.st.Dir())
	if err != nil {
		r.t.Fatal(err)
	}
	d.InputDrvs[p] = append(d.InputDrvs[p], output)
	d.Env[name] = drv.UpstreamPlaceholder(p, output)
}

// What refers to itself and to other outputs does so at the paths that the
// contents lead to.
func TestFloatingOutputs(t *testing.T) {
	r := newRig(t, withFeatures)
	outs := r.build(floating("f", "mkdir $out\nwrite $out/self $out\nln $lib $out/lib\nwrite $lib alone\nwrite $doc see $out $lib", "out", "lib", "doc"), nil)
	lib, out, doc := outs["lib"], outs["out"], outs["doc"]
	if got := r.read(out, "/self"); got != string(out) {
		t.Errorf("self: got %s, want %s", got, out)
	}
	if got, want := r.read(doc, ""), "see "+string(out)+" "+string(lib); got != want {
		t.Errorf("doc: got %s, want %s", got, want)
	}
	for p, want := range map[store.Path][]store.Path{lib: nil, out: {lib, out}, doc: {lib, out}} {
		slices.Sort(want)
		info := r.info(p)
		if diff := cmp.Diff(want, info.References); diff != "" {
			t.Errorf("references of %s (-want +got):\n%s", p, diff)
		}
		if !info.IsContentAddressed() || !info.Ultimate || info.Deriver == "" {
			t.Errorf("got %+v", info)
		}
	}
	r.verify()
	if found := r.leftovers(); len(found) > 0 {
		t.Errorf("left over: %v", found)
	}
}

// A derivation is not built again whose inputs came out as before, though they
// are made in another way.
func TestEarlyCutOff(t *testing.T) {
	r := newRig(t, withFeatures)
	make := func(how string) (*build.Result, []store.Path) {
		base := floating("base", "say "+how+"\nwrite $out same")
		r.add(base, nil)
		middle := floating("middle", "write $out from $base")
		r.needs(middle, "base", base, "out")
		r.add(middle, nil)
		top := script("top", "write $out on $middle")
		r.needs(top, "middle", middle, "out")
		p := r.add(top, nil)
		res := r.realise(p)
		if err := res.Err(); err != nil {
			t.Fatal(err)
		}
		paths, err := r.st.AllPaths(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return res, slices.DeleteFunc(paths, store.Path.IsDerivation)
	}
	first, before := make("one")
	second, after := make("two")
	if diff := cmp.Diff(first.Outcomes[0].Outputs, second.Outcomes[0].Outputs); diff != "" {
		t.Errorf("outputs differ:\n%s", diff)
	}
	if second.Outcomes[0].Status != build.AlreadyValid || !slices.Equal(before, after) {
		t.Errorf("built again: %v, %v", second.Outcomes[0].Status, after)
	}
	top := first.Outcomes[0].Outputs["out"]
	if got := r.read(top, ""); !strings.HasPrefix(got, "on /nix/store/") || !strings.HasSuffix(got, "-middle") {
		t.Errorf("got %s", got)
	}
	// The plan of what was built is empty, also for another builder.
	plan, err := build.NewPlan(t.Context(), r.st, []build.Target{first.Outcomes[0].Target}, build.PlanOptions{Settings: r.settings})
	if err != nil || len(plan.Build) > 0 || !slices.Contains(plan.Valid, top) {
		t.Errorf("planned again: %+v, %v", plan, err)
	}
}

// Two that resolve to the same derivation build it once.
func TestResolvedOnce(t *testing.T) {
	r := newRig(t, withFeatures, func(s *settings.Settings) { s.MaxJobs = 4 })
	var paths []store.Path
	for _, how := range []string{"one", "two", "three"} {
		base := floating("base", "say "+how+"\nwrite $out same")
		r.add(base, nil)
		d := floating("once", "say built\nwrite $out from $base")
		r.needs(d, "base", base, "out")
		paths = append(paths, r.add(d, nil))
	}
	res := r.realise(paths...)
	if err := res.Err(); err != nil {
		t.Fatal(err)
	}
	built := 0
	outputs := map[store.Path]bool{}
	for _, o := range res.Outcomes {
		outputs[o.Outputs["out"]] = true
		if o.Status == build.Built {
			built++
		}
	}
	if built != 1 || len(outputs) != 1 {
		t.Errorf("built %d times, to %v", built, slices.Collect(maps.Keys(outputs)))
	}
}

// Impure derivations are built every time, and what needs them likewise.
func TestImpure(t *testing.T) {
	r := newRig(t, withFeatures)
	make := func() (impure, user *drv.Derivation) {
		impure = floating("impure", "write $out same\nsay $out")
		user = floating("user", "write $out with $impure")
		for _, d := range []*drv.Derivation{impure, user} {
			o := d.Outputs["out"]
			o.Impure = true
			d.Outputs["out"] = o
		}
		r.add(impure, nil)
		r.needs(user, "impure", impure, "out")
		return impure, user
	}
	impure, user := make()
	p := r.add(user, nil)
	drvPath, _ := impure.Path(r.st.Dir())
	var logs []string
	var outputs []store.Path
	for range 2 {
		res := r.realise(p)
		if err := res.Err(); err != nil {
			t.Fatal(err)
		}
		if got := res.Outcomes[0].Status; got != build.Built {
			t.Errorf("status %v", got)
		}
		outputs = append(outputs, res.Outcomes[0].Outputs["out"])
		logs = append(logs, r.log(drvPath))
	}
	if logs[0] == logs[1] || outputs[0] != outputs[1] {
		t.Errorf("got logs %q, outputs %v", logs, outputs)
	}
	if r, ok, err := r.st.Realisation(t.Context(), drvPath, "out"); ok || err != nil {
		t.Errorf("remembered: %v, %v", r, err)
	}

	pure := floating("pure", "write $out with $impure")
	r.needs(pure, "impure", impure, "out")
	res := r.realise(r.add(pure, nil))
	if err := res.Err(); err == nil || !strings.Contains(err.Error(), "-pure.drv' depends on impure derivation '"+string(drvPath)) {
		t.Errorf("got %v", err)
	}
}

func TestFloatingErrors(t *testing.T) {
	r := newRig(t, withFeatures)
	for name, test := range map[string]struct {
		d    *drv.Derivation
		want string
	}{
		"circle":  {floating("c", "write $out $lib\nwrite $lib $out", "out", "lib"), "cycle detected"},
		"nothing": {floating("n", "say nothing"), "failed to produce output path for output 'out'"},
		"directory": {func() *drv.Derivation {
			d := floating("d", "mkdir $out")
			d.Outputs["out"] = drv.Output{Method: store.Flat, Algo: nixhash.SHA256}
			return d
		}(), "should be a non-executable regular file"},
		"reference": {func() *drv.Derivation {
			d := floating("r", "write $out $out")
			d.Outputs["out"] = drv.Output{Method: store.NAR, Algo: nixhash.SHA512}
			return d
		}(), "not allowed to refer to other store paths"},
	} {
		res := r.realise(r.add(test.d, nil))
		var failure *build.Failure
		if err := res.Err(); !errors.As(err, &failure) || failure.Status.OK() || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %s", name, err, test.want)
		}
	}
}

// The hash of an output may be that of Git, fixed or not.
func TestGitOutputs(t *testing.T) {
	r := newRig(t, withFeatures, func(s *settings.Settings) { s.ExperimentalFeatures = append(s.ExperimentalFeatures, "git-hashing") })
	hello, err := nixhash.Parse("sha1:ce013625030ba8dba906f756967f9e9ca394464a", 0) // git hash-object of "hello\n"
	if err != nil {
		t.Fatal(err)
	}
	d := script("hello", "write $out hello")
	d.Outputs["out"] = drv.Output{Method: store.Git, Algo: nixhash.SHA1, Hash: hello}
	fixed := r.build(d, nil)["out"]
	d = floating("hello", "write $out hello")
	d.Outputs["out"] = drv.Output{Method: store.Git, Algo: nixhash.SHA1}
	if got := r.build(d, nil)["out"]; got != fixed {
		t.Errorf("floating: got %s, want %s as if fixed", got, fixed)
	}
	if got := r.info(fixed).CA; got != "fixed:git:"+hello.String() {
		t.Errorf("got the content address %s", got)
	}
	r.verify()
}

// What was there before it was built here is trusted as what was built here from then
// on, and what others have signed stays signed.
func TestFloatingValid(t *testing.T) {
	r := newRig(t, withFeatures)
	p, err := r.st.AddText(t.Context(), "note", []byte("said\n"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.st.AddSignatures(t.Context(), p, []string{"k:c2ln"}); err != nil {
		t.Fatal(err)
	}
	d := floating("note", "write $out said")
	d.Outputs["out"] = drv.Output{Method: store.Text, Algo: nixhash.SHA256}
	if got := r.build(d, nil)["out"]; got != p {
		t.Fatalf("got %s, want %s", got, p)
	}
	if info := r.info(p); !info.Ultimate || len(info.Sigs) != 1 {
		t.Errorf("got built here %v, signatures %v, want true and one", info.Ultimate, info.Sigs)
	}
}

// A derivation that resolves to another is built again to be checked or repaired like
// any other, and so is one whose inputs' paths are known.
func TestRebuildResolved(t *testing.T) {
	r := newRig(t, withFeatures)
	low := floating("low", "write $out low")
	top := floating("top", "write $out $low")
	r.add(low, nil)
	r.needs(top, "low", low, "out")
	p := r.add(top, nil)
	if err := r.realise(p).Err(); err != nil {
		t.Fatal(err)
	}
	builds, _ := r.told(func() {
		res := r.rebuild(build.Check, p)
		if res.Err() != nil || res.Outcomes[0].Status != build.Built {
			t.Errorf("check: got %v, %v", res.Outcomes[0].Status, res.Err())
		}
	})
	if len(builds) != 1 || builds[0].Started.IsZero() || builds[0].Text != "checking outputs of" || builds[0].Resolved == "" {
		t.Errorf("got builds %+v, want that its outputs were checked", builds)
	}
}
