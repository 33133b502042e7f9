package drv

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"nixbench/store"
)

// A Reader reads what Parse reads, whatever it has read before, also after errors.
func TestReader(t *testing.T) {
	const dir = store.Dir("/nix/store")
	path := func(i int, name string) store.Path {
		return store.Path(fmt.Sprintf("%s/%032d-%s", dir, i, name))
	}
	large := &Derivation{
		Name: "large", Outputs: map[store.OutputName]Output{"out": {}, "dev": {}}, System: "x", Builder: "b",
		Env: map[string]string{}, InputDrvs: map[store.Path][]store.OutputName{}, StructuredAttrs: `{"a":1}`,
	}
	for i := range 2 * maxKept {
		large.Env[fmt.Sprint("v", i)] = "line\n"
		large.InputDrvs[path(i, "in.drv")] = []store.OutputName{"dev", "out"}
	}
	dynamic := &Derivation{Name: "dynamic", Outputs: map[store.OutputName]Output{"out": {}}, Env: map[string]string{"v1": ""}}
	dynamic.AddDynamic(path(3, "in.drv"), "out", "lib")
	plain := &Derivation{
		Name: "plain", Outputs: map[store.OutputName]Output{"out": {Path: path(1, "plain")}}, Args: []string{"-e", "x"},
		InputSrcs: []store.Path{path(1, "src"), path(2, "src")}, Env: map[string]string{"out": string(path(1, "plain"))},
	}
	var r Reader
	for _, d := range []*Derivation{plain, large, plain, dynamic, plain, {Name: "none"}, plain, dynamic, large} {
		text := d.ATerm()
		p, err := d.Path(dir)
		if err != nil {
			t.Fatal(err)
		}
		want, wantErr := ParseChecked(p, text)
		got, err := r.ReadChecked(p, text)
		if (err == nil) != (wantErr == nil) || err != nil && err.Error() != wantErr.Error() {
			t.Errorf("%s: got error %v, want %v", d.Name, err, wantErr)
		}
		if diff := cmp.Diff(got, want, cmpopts.EquateEmpty(), cmp.Comparer(func(a, b Output) bool { return a == b })); diff != "" {
			t.Errorf("%s: got, want:\n%s", d.Name, diff)
		}
		if _, err := r.ReadChecked(path(9, "other.drv"), text); err == nil {
			t.Errorf("%s: it was read as another", d.Name)
		}
	}
}

// Derivations that ask for nothing share their options; all that could be asked for is
// looked at.
func TestOptionsOfNothing(t *testing.T) {
	for _, name := range []string{
		"other", "__noChroot", "__impureHostDeps", "impureEnvVars", "__sandboxProfile", "__darwinAllowLocalNetworking",
		"requiredSystemFeatures", "preferLocalBuild", "allowSubstitutes", "passAsFile", "exportReferencesGraph",
		"allowedReferences", "disallowedReferences", "allowedRequisites", "disallowedRequisites",
	} {
		for _, value := range []string{"", "1", "a b"} {
			d := &Derivation{Env: map[string]string{name: value, "x": "y"}}
			got, err := d.Options()
			want, wantErr := d.readOptions()
			if (err == nil) != (wantErr == nil) {
				t.Errorf("%s = %q: got error %v, want %v", name, value, err, wantErr)
			}
			if diff := cmp.Diff(got, want); diff != "" {
				t.Errorf("%s = %q: got, want:\n%s", name, value, diff)
			}
		}
	}
}
