package build_test

import (
	"strings"
	"testing"

	"nixbench/engine/build"
	"nixbench/engine/settings"
	"nixbench/store"
	"nixbench/store/drv"
	"nixbench/store/nixhash"
)

// This file is about derivations that other derivations make.

// maker returns a derivation that makes the derivation d.
func (r *rig) maker(d *drv.Derivation) *drv.Derivation {
	r.t.Helper()
	text, err := r.st.AddText(r.t.Context(), "text", d.ATerm(), d.References())
	if err != nil {
		r.t.Fatal(err)
	}
	m := script(d.Name+".drv", "cp $src $out")
	m.Env["src"], m.Env["out"] = string(text), drv.Placeholder("out")
	m.InputSrcs = []store.Path{text}
	m.Outputs["out"] = drv.Output{Method: store.Text, Algo: nixhash.SHA256}
	return m
}

// needsDynamic lets d have an output of what leads through outputs of another.
func (r *rig) needsDynamic(d *drv.Derivation, name string, on store.Path, outputs ...string) {
	d.AddDynamic(on, outputs...)
	last := len(outputs) - 1
	d.Env[name] = drv.Input{DrvPath: on, Through: outputs[:last], Output: outputs[last]}.Placeholder()
}

func TestDynamic(t *testing.T) {
	r := newRig(t, withFeatures)
	base := floating("base", "write $out base")
	r.add(base, nil)
	inner := floating("inner", "write $out from $base", "out", "lib")
	inner.Args[0] = "write $out from $base\nwrite $lib lib"
	r.needs(inner, "base", base, "out")
	made := r.maker(inner)
	makerPath := r.add(made, nil)
	// A derivation that makes the one that makes inner.
	twicePath := r.add(r.maker(made), nil)

	top := script("top", "write $out $one $two")
	r.needsDynamic(top, "one", makerPath, "out", "lib")
	r.needsDynamic(top, "two", twicePath, "out", "out", "out")
	p := r.add(top, nil)
	for range 2 {
		res := r.realise(p)
		if err := res.Err(); err != nil {
			t.Fatal(err)
		}
		words := strings.Fields(r.read(res.Outcomes[0].Outputs["out"], ""))
		if len(words) != 2 || r.read(store.Path(words[0]), "") != "lib" || !strings.HasPrefix(r.read(store.Path(words[1]), ""), "from /nix/store") {
			t.Errorf("got %v", words)
		}
	}

	// As a target, what it leads to is told.
	res, err := r.b.Realise(t.Context(), []build.Target{{Path: twicePath, Through: []string{"out", "out"}, Outputs: []string{"*"}}}, build.Normal)
	if err != nil || res.Err() != nil {
		t.Fatal(err, res.Err())
	}
	if o := res.Outcomes[0]; len(o.Outputs) != 2 || o.DrvPath.Name() != "inner.drv" {
		t.Errorf("got %+v", o)
	}
	r.verify()
}

// A target that nothing else needs is built when what makes it is.
func TestDynamicTarget(t *testing.T) {
	r := newRig(t, withFeatures)
	p := r.add(r.maker(r.filled(script("inner", "write $out x"))), nil)
	if err := r.st.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	target := build.Target{Path: p, Through: []string{"out"}, Outputs: []string{"out"}}
	res, err := r.b.Realise(t.Context(), []build.Target{target}, build.Normal)
	if err != nil || res.Err() != nil {
		t.Fatal(err, res.Err())
	}
	if o := res.Outcomes[0]; r.read(o.Outputs["out"], "") != "x" || o.Status != build.Built {
		t.Errorf("got %+v", o)
	}
	_, err = build.NewPlan(t.Context(), r.st, []build.Target{target}, build.PlanOptions{Settings: settings.Default()})
	if err == nil || !strings.Contains(err.Error(), "experimental Nix feature 'dynamic-derivations' is disabled (building output 'out' of '"+p.Base()+"')") {
		t.Errorf("got %v", err)
	}
}

// filled returns d with the paths of its outputs.
func (r *rig) filled(d *drv.Derivation) *drv.Derivation {
	r.t.Helper()
	if err := (&drv.Modulo{Dir: r.st.Dir()}).FillOutputs(d); err != nil {
		r.t.Fatal(err)
	}
	return d
}

func TestDynamicFailures(t *testing.T) {
	r := newRig(t, withFeatures)
	bad := script("bad.drv", "write $out nonsense")
	bad.Outputs["out"] = drv.Output{Method: store.Text, Algo: nixhash.SHA256}
	bad.Env["out"] = drv.Placeholder("out")
	fails := script("inner", "exit 3")
	for name, test := range map[string]struct {
		maker *drv.Derivation
		want  string
	}{
		"no derivation": {bad, "parse derivation"},
		"inner fails":   {r.maker(r.filled(fails)), "exit status 3"},
	} {
		top := script("top", "write $out $in")
		r.needsDynamic(top, "in", r.add(test.maker, nil), "out", "out")
		res := r.realise(r.add(top, nil))
		if err := res.Err(); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %s", name, err, test.want)
		}
	}
}
