package diff

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"pgregory.net/rapid"

	"nixbench/store"
	"nixbench/store/drv"
	"nixbench/store/nixhash"
)

// drvs are store derivations by path.
type drvs map[store.Path]*drv.Derivation

func (d drvs) read(_ context.Context, p store.Path) (*drv.Derivation, error) {
	if found := d[p]; found != nil {
		return found, nil
	}
	return nil, fmt.Errorf("%s: %w", p, store.ErrInvalidPath)
}

// instantiate adds what lines describe, inputs first, and returns the path of
// the last:
//
//	name key=value ... < input ... source-NAME-DIGIT
//
// The key "fixed" gives the hash of a fixed output, "outputs" their names. The
// outputs of inputs stand in the variable "uses".
func (d drvs) instantiate(t interface{ Fatal(...any) }, text string) store.Path {
	m := &drv.Modulo{Dir: store.DefaultDir, Load: func(p store.Path) (*drv.Derivation, error) { return d.read(context.Background(), p) }}
	made := map[string]store.Path{}
	var last store.Path
	for line := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		head, inputs, _ := strings.Cut(line, "<")
		words := strings.Fields(head)
		one := &drv.Derivation{
			Name: words[0], System: "x86_64-linux", Builder: "/bin/sh", Env: map[string]string{"name": words[0]},
			Outputs: map[store.OutputName]drv.Output{"out": {}}, InputDrvs: map[store.Path][]store.OutputName{},
		}
		for _, word := range words[1:] {
			key, value, _ := strings.Cut(word, "=")
			switch key {
			case "fixed":
				one.Outputs["out"] = drv.Output{Method: store.Flat, Algo: nixhash.SHA256, Hash: nixhash.SumString(nixhash.SHA256, value)}
			case "outputs":
				one.Outputs = map[store.OutputName]drv.Output{}
				for name := range strings.SplitSeq(value, ",") {
					one.Outputs[name] = drv.Output{}
				}
			case "system":
				one.System = value
			case "args":
				one.Args = strings.Split(value, ",")
			default:
				one.Env[key] = value
			}
		}
		for input := range strings.FieldsSeq(inputs) {
			if rest, isSource := strings.CutPrefix(input, "source-"); isSource {
				name, digit, _ := strings.Cut(rest, "-")
				p := store.Path(fmt.Sprintf("/nix/store/%032s-%s", digit, name))
				one.InputSrcs = append(one.InputSrcs, p)
				one.Env["uses"] += " " + string(p)
				continue
			}
			p := made[input]
			one.InputDrvs[p] = d[p].OutputNames()
			for _, name := range d[p].OutputNames() {
				one.Env["uses"] += " " + string(d[p].Outputs[name].Path)
			}
		}
		slices.Sort(one.InputSrcs)
		for name := range one.Outputs {
			one.Env[name] = ""
		}
		p, err := m.Instantiate(one)
		if err != nil {
			t.Fatal(err)
		}
		d[p], made[one.Name], last = one, p, p
	}
	return last
}

func (d *Derivations) describe() string {
	var b strings.Builder
	name := func(i int) string {
		p := &d.Pairs[i]
		if before, after := drv.NameOf(p.Before), drv.NameOf(p.After); before != after {
			return before + ">" + after
		}
		return drv.NameOf(p.After)
	}
	for i := range d.Pairs {
		p := &d.Pairs[i]
		var chain []string
		for _, k := range d.Chain(i) {
			chain = append(chain, name(k))
		}
		fmt.Fprintf(&b, "%s\n", strings.Join(chain, " / "))
		for _, f := range p.Fields {
			fmt.Fprintf(&b, "  %s %q %q\n", f.Name, f.Before, f.After)
		}
		for _, list := range []struct {
			what  string
			paths []store.Path
		}{{"drv gone", p.DrvsGone}, {"drv new", p.DrvsNew}, {"src gone", p.SrcsGone}, {"src new", p.SrcsNew}} {
			for _, q := range list.paths {
				fmt.Fprintf(&b, "  %s %s\n", list.what, q.Name())
			}
		}
	}
	return b.String()
}

// Words are told apart by quotes, and are otherwise what was written.
func TestWords(t *testing.T) {
	if got, want := words([]string{"-c", `echo "a" > b && <c>`}), `["-c","echo \"a\" > b && <c>"]`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestCompareDerivations reads testdata/derivations/*.txtar.
func TestCompareDerivations(t *testing.T) {
	files, err := filepath.Glob("testdata/derivations/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		ar, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		parts := map[string]string{}
		for _, f := range ar.Files {
			parts[f.Name] = string(f.Data)
		}
		all := drvs{}
		before, after := all.instantiate(t, parts["before"]), all.instantiate(t, parts["after"])
		d, err := CompareDerivations(t.Context(), all.read, before, after)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(parts["want"], d.describe()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", file, diff)
		}
	}
}

func TestCompareDerivationsErrors(t *testing.T) {
	all := drvs{}
	p := all.instantiate(t, "a x=1")
	if _, err := CompareDerivations(t.Context(), all.read, p, path("b.drv")); !errors.Is(err, store.ErrInvalidPath) {
		t.Errorf("an absent derivation: %v, want ErrInvalidPath", err)
	}
	if d, err := CompareDerivations(t.Context(), all.read, p, p); err != nil || len(d.Pairs) > 0 {
		t.Errorf("a derivation and itself: %v, %v, want no pairs", d, err)
	}
}

// Of a random graph of derivations some get another variable. These are the
// causes, as far as the first is built of them, and no others.
func TestCausesAreWhatWasChanged(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 9).Draw(t, "derivations")
		before, after := make([]string, n), make([]string, n)
		changed := make([]bool, n)
		inputs := make([][]int, n)
		for i := range n {
			var refs string
			for j := range i {
				if rapid.IntRange(0, 2).Draw(t, "input") == 0 {
					inputs[i] = append(inputs[i], j)
					refs += fmt.Sprintf(" d%d", j)
				}
			}
			changed[i] = rapid.IntRange(0, 3).Draw(t, "changed") == 0
			outputs := rapid.SampledFrom([]string{"out", "out,dev"}).Draw(t, "outputs")
			before[i] = fmt.Sprintf("d%d outputs=%s v=0 <%s", i, outputs, refs)
			after[i] = before[i]
			if changed[i] {
				after[i] = strings.Replace(before[i], "v=0", "v=1", 1)
			}
		}
		all := drvs{}
		a, b := all.instantiate(t, strings.Join(before, "\n")), all.instantiate(t, strings.Join(after, "\n"))
		d, err := CompareDerivations(context.Background(), all.read, a, b)
		if err != nil {
			t.Fatal(err)
		}
		reached := map[int]bool{n - 1: true}
		for i := n - 1; i >= 0; i-- {
			for _, j := range inputs[i] {
				reached[j] = reached[j] || reached[i]
			}
		}
		var want, got []string
		for i := range n {
			if changed[i] && reached[i] {
				want = append(want, fmt.Sprintf("d%d", i))
			}
		}
		for _, i := range d.Causes() {
			got = append(got, drv.NameOf(d.Pairs[i].After))
			if f := d.Pairs[i].Fields; len(f) != 1 || f[0].Name != "env.v" {
				t.Fatalf("fields %v of %s", f, got[len(got)-1])
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Fatalf("causes %q, want %q:\n%s", got, want, d.describe())
		}
		for i := range d.Pairs {
			if chain := d.Chain(i); chain[0] != 0 || chain[len(chain)-1] != i {
				t.Fatalf("chain %v to %d", chain, i)
			}
			for _, in := range d.Pairs[i].Inputs {
				if in <= i {
					t.Fatalf("pair %d has input %d before it", i, in)
				}
			}
		}
	})
}
