package drv

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"nixbench/store"
	"nixbench/store/nixhash"
)

// oracle returns the texts of the derivations in testdata/oracle/drvs, which a
// real Nix wrote.
func oracle(tb testing.TB) map[store.Path]string {
	tb.Helper()
	files, err := filepath.Glob("testdata/oracle/drvs/*.drv")
	if err != nil || len(files) == 0 {
		tb.Fatalf("no derivations in testdata: %v", err)
	}
	texts := make(map[store.Path]string)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			tb.Fatal(err)
		}
		p, err := store.DefaultDir.Join(filepath.Base(file))
		if err != nil {
			tb.Fatal(err)
		}
		texts[p] = string(text)
	}
	return texts
}

func mustParse(tb testing.TB, p store.Path, text string) *Derivation {
	tb.Helper()
	d, err := ParseAt(p, []byte(text))
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

// newModulo returns a Modulo that loads from texts, and counts how often.
func newModulo(tb testing.TB, texts map[store.Path]string) (m *Modulo, loads map[store.Path]int) {
	loads = make(map[store.Path]int)
	return &Modulo{Dir: store.DefaultDir, Load: func(p store.Path) (*Derivation, error) {
		loads[p]++
		text, ok := texts[p]
		if !ok {
			return nil, store.ErrInvalidPath
		}
		return ParseAt(p, []byte(text))
	}}, loads
}

// What was checked as it was added is loaded no more, and hashes as if it had been.
func TestCheckAddedRemembers(t *testing.T) {
	texts := oracle(t)
	loading, _ := newModulo(t, texts)
	adding, loads := newModulo(t, texts)
	for p, text := range texts {
		if err := adding.CheckAdded(p, mustParse(t, p, text)); err != nil {
			t.Errorf("CheckAdded %s: %v", p.Name(), err)
		}
	}
	clear(loads)
	for p := range texts {
		got, gotDeferred, err := adding.Hash(p)
		if err != nil {
			t.Fatal(err)
		}
		want, wantDeferred, err := loading.Hash(p)
		if err != nil || got != want || gotDeferred != wantDeferred {
			t.Errorf("%s: got %v, %v, want %v, %v, %v", p.Name(), got, gotDeferred, want, wantDeferred, err)
		}
	}
	if len(loads) > 0 {
		t.Errorf("loaded again: %v", loads)
	}
}

// What is read prints as it was, has its path, and claims the right outputs.
func TestOracle(t *testing.T) {
	texts := oracle(t)
	m, loads := newModulo(t, texts)
	for p, text := range texts {
		t.Run(p.Name(), func(t *testing.T) {
			d := mustParse(t, p, text)
			if diff := cmp.Diff(text, string(d.ATerm())); diff != "" {
				t.Errorf("ATerm (-want +got):\n%s", diff)
			}
			if got, err := d.Path(store.DefaultDir); err != nil || got != p {
				t.Errorf("Path = %s, %v, want %s", got, err, p)
			}
			if err := m.CheckOutputs(d); err != nil {
				t.Errorf("CheckOutputs: %v", err)
			}
		})
	}
	for p, n := range loads {
		if n != 1 {
			t.Errorf("%s was loaded %d times, want once", p, n)
		}
	}
}

// Blanked derivations get their paths back, whatever was hashed before them.
func TestInstantiate(t *testing.T) {
	texts := oracle(t)
	m, _ := newModulo(t, texts)
	for p, text := range texts {
		d := mustParse(t, p, text)
		for name, o := range d.Outputs {
			if o.Kind() == Fixed || o.Kind() == InputAddressed {
				o.Path = ""
				d.Outputs[name] = o
				delete(d.Env, name)
			}
		}
		got, err := m.Instantiate(d)
		if err != nil || got != p || string(d.ATerm()) != text {
			t.Errorf("Instantiate(%s) = %s, %v", p, got, err)
		}
	}
}

// An instantiated derivation need not be loaded again.
func TestInstantiateRemembers(t *testing.T) {
	m, loads := newModulo(t, nil)
	src := &Derivation{Name: "a", Outputs: map[string]Output{"out": {}}, System: "s", Builder: "/bin/sh"}
	p, err := m.Instantiate(src)
	if err != nil {
		t.Fatal(err)
	}
	user := &Derivation{Name: "b", Outputs: map[string]Output{"out": {}}, InputDrvs: map[store.Path][]string{p: {"out"}}}
	if _, err := m.Instantiate(user); err != nil || len(loads) > 0 {
		t.Errorf("Instantiate with an input just made: %v after %d loads, want none", err, len(loads))
	}
}

func TestShowJSON(t *testing.T) {
	want, err := os.ReadFile("testdata/oracle/show.json")
	if err != nil {
		t.Fatal(err)
	}
	drvs := make(map[store.Path]*Derivation)
	for p, text := range oracle(t) {
		drvs[p] = mustParse(t, p, text)
	}
	got, err := ShowJSON(drvs)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := decodeJSON(t, got), decodeJSON(t, want); !cmp.Equal(want, got) {
		t.Errorf("ShowJSON (-want +got):\n%s", cmp.Diff(want, got))
	}
}

func decodeJSON(t *testing.T, text []byte) (v any) {
	t.Helper()
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// A fixed output counts by its contents: other ways to fetch it change the
// derivations that use it but no path of their outputs.
func TestFixedOutputsDoNotPropagate(t *testing.T) {
	var over []*Derivation
	for p, text := range oracle(t) {
		if p.Name() == "over.drv" {
			over = append(over, mustParse(t, p, text))
		}
	}
	if len(over) != 2 {
		t.Fatalf("got %d derivations named over, want 2", len(over))
	}
	if a, b := over[0].OutputPath("out"), over[1].OutputPath("out"); a != b {
		t.Errorf("outputs are %s and %s, want the same", a, b)
	}
}

func TestCheckOutputsRefuses(t *testing.T) {
	texts := oracle(t)
	m, _ := newModulo(t, texts)
	var uses *Derivation
	for p, text := range texts {
		if p.Name() == "uses.drv" {
			uses = mustParse(t, p, text)
		}
	}
	const other = "/nix/store/5nfjhql2p2cvh7d7sz3cxy0wzgr2k6nf-uses"
	// What is wrong is looked for in Nix's order.
	words := map[string]string{
		"another path":     "derivation has incorrect output '" + other + "', should be '",
		"another variable": "derivation has incorrect environment variable 'out', should be '",
		"no variable":      "derivation has missing environment variable 'out', should be '",
	}
	for name, spoil := range map[string]func(*Derivation){
		"another path":         func(d *Derivation) { d.Outputs["out"] = Output{Path: other}; d.Env["out"] = other },
		"another variable":     func(d *Derivation) { d.Env["out"] = other },
		"no variable":          func(d *Derivation) { delete(d.Env, "out") },
		"another output":       func(d *Derivation) { d.Outputs["dev"] = Output{Path: other + "-dev"}; d.Env["dev"] = other + "-dev" },
		"another environment":  func(d *Derivation) { d.Env["x"] = "y" },
		"no outputs":           func(d *Derivation) { d.Outputs = nil },
		"input that is absent": func(d *Derivation) { d.InputDrvs = map[store.Path][]string{other + ".drv": {"out"}} },
	} {
		d := *uses
		d.Outputs, d.Env = map[string]Output{"out": uses.Outputs["out"]}, map[string]string{}
		for k, v := range uses.Env {
			d.Env[k] = v
		}
		if err := m.CheckOutputs(&d); err != nil {
			t.Fatalf("before spoiling: %v", err)
		}
		spoil(&d)
		if err := m.CheckOutputs(&d); err == nil {
			t.Errorf("%s: CheckOutputs accepts it", name)
		} else if want := words[name]; !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", name, err, want)
		}
	}
}

func TestModuloCycle(t *testing.T) {
	const a, b = "/nix/store/5nfjhql2p2cvh7d7sz3cxy0wzgr2k6nf-a.drv", "/nix/store/5nfjhql2p2cvh7d7sz3cxy0wzgr2k6nf-b.drv"
	out := `[("out","/nix/store/5nfjhql2p2cvh7d7sz3cxy0wzgr2k6nf-x","","")]`
	m, _ := newModulo(t, map[store.Path]string{
		a: `Derive(` + out + `,[("` + b + `",["out"])],[],"","",[],[])`,
		b: `Derive(` + out + `,[("` + a + `",["out"])],[],"","",[],[])`,
	})
	if _, _, err := m.Hash(a); err == nil || !strings.Contains(err.Error(), "its own input") {
		t.Errorf("Hash of a cycle: %v, want an error that says so", err)
	}
}

// A chain this deep would overflow no stack only if it were not recursive.
func TestModuloDeep(t *testing.T) {
	const depth = 20_000
	var chain []store.Path
	for i := range depth {
		h := nixhash.SumString(nixhash.SHA256, string(rune(i)))
		p, err := store.DefaultDir.TextPath("link.drv", h, nil)
		if err != nil {
			t.Fatal(err)
		}
		chain = append(chain, p)
	}
	index := make(map[store.Path]int, depth)
	for i, p := range chain {
		index[p] = i
	}
	m := &Modulo{Dir: store.DefaultDir, Load: func(p store.Path) (*Derivation, error) {
		d := &Derivation{Name: "link", Outputs: map[string]Output{"out": {Path: "/nix/store/x"}}}
		if i := index[p]; i+1 < depth {
			d.InputDrvs = map[store.Path][]string{chain[i+1]: {"out"}}
		}
		return d, nil
	}}
	if _, deferred, err := m.Hash(chain[0]); err != nil || deferred {
		t.Errorf("Hash = deferred %v, %v", deferred, err)
	}
}

func TestModuloConcurrent(t *testing.T) {
	texts := oracle(t)
	m := &Modulo{Dir: store.DefaultDir, Load: func(p store.Path) (*Derivation, error) { return ParseAt(p, []byte(texts[p])) }}
	errs := make(chan error)
	for range 4 {
		go func() {
			for p := range texts {
				if _, _, err := m.Hash(p); err != nil {
					errs <- err
					return
				}
			}
			errs <- nil
		}()
	}
	for range 4 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}

// The placeholders are those that Nix 2.34.8 printed for builtins.placeholder
// and, for floating outputs, in testdata/oracle.
func TestPlaceholders(t *testing.T) {
	for output, want := range map[string]string{
		"out": "/1rz4g4znpzjwh1xymhjpm42vipw92pr73vdgl6xs1hycac8kf2n9",
		"dev": "/02qcpld1y6xhs5gz9bchpxaw0xdhmsp5dv88lh25r2ss44kh8dxz",
	} {
		if got := Placeholder(output); got != want {
			t.Errorf("Placeholder(%s) = %s, want %s", output, got, want)
		}
	}
	for p, text := range oracle(t) {
		if p.Name() != "deferred.drv" {
			continue
		}
		d := mustParse(t, p, text)
		for in := range d.InputDrvs {
			want := UpstreamPlaceholder(in, "out") + " " + UpstreamPlaceholder(in, "dev")
			if got := d.Env["uses"]; got != want {
				t.Errorf("uses = %q, want %q", got, want)
			}
		}
	}
}

func TestKinds(t *testing.T) {
	var got []string
	for p, text := range oracle(t) {
		kind, err := mustParse(t, p, text).Kind()
		if err != nil {
			t.Fatal(err)
		}
		if kind != InputAddressed {
			got = append(got, NameOf(p)+" "+kind.String())
		}
	}
	slices.Sort(got)
	want := []string{
		"big fixed-output", "deferred deferred", "floating content-addressed", "old fixed-output",
		"source.tar fixed-output", "source.tar fixed-output", "tree fixed-output",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("kinds (-want +got):\n%s", diff)
	}
	mixed := &Derivation{Outputs: map[string]Output{"a": {Path: "/nix/store/x"}, "b": {}}}
	if kind, err := mixed.Kind(); err == nil {
		t.Errorf("Kind of mixed outputs = %s, want an error", kind)
	}
}
