package drv

import (
	"bytes"
	"strings"
	"testing"

	"nixbench/store"
)

func TestParseRefuses(t *testing.T) {
	const (
		good = `Derive([("out","/nix/store/5nfjhql2p2cvh7d7sz3cxy0wzgr2k6nf-x","","")],[("/nix/store/5nfjhql2p2cvh7d7sz3cxy0wzgr2k6nf-a.drv",["out"])],["/nix/store/5nfjhql2p2cvh7d7sz3cxy0wzgr2k6nf-s"],"sys","/bin/sh",["-c"],[("k","v")])`
		out  = `("out","/nix/store/5nfjhql2p2cvh7d7sz3cxy0wzgr2k6nf-x","","")`
		in   = `("/nix/store/5nfjhql2p2cvh7d7sz3cxy0wzgr2k6nf-a.drv",["out"])`
		src  = `"/nix/store/5nfjhql2p2cvh7d7sz3cxy0wzgr2k6nf-s"`
	)
	if _, err := Parse(store.DefaultDir, "x", []byte(good)); err != nil {
		t.Fatal(err)
	}
	for name, swap := range map[string][2]string{
		"version unknown":             {`Derive(`, `DrvWithVersion("xp-other",`},
		"dynamic without a version":   {`["out"]`, `(["out"],[("out",["out"])])`},
		"no outputs":                  {out, ``},
		"output twice":                {out, out + "," + out},
		"output elsewhere":            {`"/nix/store/5nfjhql2p2cvh7d7sz3cxy0wzgr2k6nf-x"`, `"/tmp/x"`},
		"hash without algorithm":      {`"",""`, `"","00"`},
		"unknown algorithm":           {`"",""`, `"sha3","00"`},
		"fixed path of another hash":  {`"",""`, `"sha256","` + strings.Repeat("0", 64) + `"`},
		"fixed hash in base 32":       {`"",""`, `"sha256","` + strings.Repeat("0", 52) + `"`},
		"path of a floating output":   {`"",""`, `"r:sha256",""`},
		"path of an impure output":    {`"",""`, `"r:sha256","impure"`},
		"input twice":                 {in, in + "," + in},
		"input without outputs":       {`["out"]`, `[]`},
		"input output twice":          {`["out"]`, `["out","out"]`},
		"input that is no derivation": {`-a.drv`, `-a`},
		"input path not canonical":    {`"/nix/store/5nfjhql2p2cvh7d7sz3cxy0wzgr2k6nf-a.drv"`, `"/nix//store/5nfjhql2p2cvh7d7sz3cxy0wzgr2k6nf-a.drv"`},
		"source twice":                {src, src + "," + src},
		"source below a path":         {`-s"`, `-s/x"`},
		"variable twice":              {`("k","v")`, `("k","v"),("k","w")`},
		"structured attributes twice": {`("k","v")`, `("__json","{}"),("__json","{}")`},
		"empty structured attributes": {`("k","v")`, `("__json","")`},
		"trailing bytes":              {`("k","v")])`, `("k","v")])` + "\n"},
		"cut short":                   {`("k","v")])`, `("k","v"`},
		"missing comma":               {`"sys",`, `"sys"`},
	} {
		text := strings.Replace(good, swap[0], swap[1], 1)
		if text == good {
			t.Fatalf("%s: nothing replaced", name)
		}
		if _, err := Parse(store.DefaultDir, "x", []byte(text)); err == nil {
			t.Errorf("%s: Parse accepts %s", name, text)
		}
	}
}

// Names of outputs are not looked at before a path is made of them, and are written as they
// are: of one with a quote nothing can be read.
func TestParseOddOutputs(t *testing.T) {
	for _, name := range []string{"a b", "é", "(", "..", "a/b", "", strings.Repeat("y", 220)} {
		text := `Derive([("` + name + `","","r:sha256","")],[("/nix/store/5nfjhql2p2cvh7d7sz3cxy0wzgr2k6nf-a.drv",["` + name + `"])],[],"sys","/bin/sh",[],[])`
		d, err := Parse(store.DefaultDir, "x", []byte(text))
		if err != nil {
			t.Errorf("Parse refuses an output named %q: %v", name, err)
			continue
		}
		if got := string(d.ATerm()); got != text {
			t.Errorf("%s prints as %s", text, got)
		}
	}
	quoted := &Derivation{Outputs: map[store.OutputName]Output{`a"\b`: {}}, System: "s", Builder: "b"}
	if got, want := string(quoted.ATerm()), `Derive([("a"\b","","","")],[],[],"s","b",[],[])`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func FuzzDrv(f *testing.F) {
	for _, text := range oracle(f) {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		d, err := Parse(store.DefaultDir, "x", text)
		if err != nil || bytes.Contains(text, []byte(`\`)) { // what is printed as it is cannot be read
			return
		}
		printed := d.ATerm()
		again, err := Parse(store.DefaultDir, "x", printed)
		if err != nil {
			t.Fatalf("%q prints as %q: %v", text, printed, err)
		}
		if !bytes.Equal(again.ATerm(), printed) {
			t.Fatalf("%q prints as %q, then as %q", text, printed, again.ATerm())
		}
	})
}

func BenchmarkParse(b *testing.B) {
	text := largest(b)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(store.DefaultDir, "x", text); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkInstantiate(b *testing.B) {
	d, err := Parse(store.DefaultDir, "x", largest(b))
	if err != nil {
		b.Fatal(err)
	}
	d.Outputs = map[string]Output{"out": {}}
	d.InputDrvs = nil
	m := &Modulo{Dir: store.DefaultDir}
	b.ReportAllocs()
	for b.Loop() {
		d.Outputs["out"] = Output{}
		d.Env["out"] = ""
		if _, err := m.Instantiate(d); err != nil {
			b.Fatal(err)
		}
	}
}

// largest returns a derivation of the size of one of nixpkgs's: 4 KiB of
// environment in 60 variables.
func largest(b *testing.B) []byte {
	b.Helper()
	d := &Derivation{
		Name: "x", System: "x86_64-linux", Builder: "/bin/sh", Outputs: map[string]Output{"out": {}},
		Env: map[string]string{"out": ""}, InputDrvs: map[store.Path][]string{},
	}
	for i := range 60 {
		name := strings.Repeat(string(rune('a'+i%26)), i/26+1) + "Flags"
		d.Env[name] = strings.Repeat("--with-x ", 8)
	}
	for i := range 30 {
		d.InputDrvs[store.Path("/nix/store/5nfjhql2p2cvh7d7sz3cxy0wzgr2k6nf-a"+strings.Repeat("b", i)+".drv")] = []string{"out"}
	}
	return d.ATerm()
}

// What is needed of derivations that are outputs is written as Nix 2.34 does.
func TestDynamicInputs(t *testing.T) {
	const (
		a    = "/nix/store/9rkjh4q7jld5i1xkv0h7dgz2x7002mbd-a.drv"
		b    = "/nix/store/lj48x600izmaqmvxbqh0g0r2gaz69kg3-b.drv.drv.drv"
		c    = "/nix/store/xbw9650l3c1gn8ar9sxxq90859944jdh-c.drv.drv"
		text = `DrvWithVersion("xp-dyn-drv",[("out","","","")],[("` + a + `",["out"]),("` + b + `",([],[("out",([],[("out",["out"])]))])),("` +
			c + `",(["out"],[("out",["dev","lib"])]))],[],"sys","/bin/sh",[],[("out","")])`
	)
	d := &Derivation{
		Name: "x", Outputs: map[store.OutputName]Output{"out": {}}, System: "sys", Builder: "/bin/sh", Env: map[string]string{"out": ""},
		InputDrvs: map[store.Path][]store.OutputName{a: {"out"}, c: {"out"}},
	}
	d.AddDynamic(b, "out", "out", "out")
	d.AddDynamic(c, "out", "lib")
	d.AddDynamic(c, "out", "dev")
	d.AddDynamic(c, "out", "lib")
	if got := string(d.ATerm()); got != text {
		t.Errorf("ATerm:\n got %s\nwant %s", got, text)
	}
	back, err := Parse(store.DefaultDir, "x", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if got := string(back.ATerm()); got != text {
		t.Errorf("ATerm of what was read:\n got %s\nwant %s", got, text)
	}
	if got := len(back.References()); got != 3 {
		t.Errorf("got %d references, want 3", got)
	}
	const inputs = `"drvs":{"9rkjh4q7jld5i1xkv0h7dgz2x7002mbd-a.drv":{"dynamicOutputs":{},"outputs":["out"]},` +
		`"lj48x600izmaqmvxbqh0g0r2gaz69kg3-b.drv.drv.drv":{"dynamicOutputs":{"out":{"dynamicOutputs":{"out":{"dynamicOutputs":{},"outputs":["out"]}},"outputs":[]}},"outputs":[]},` +
		`"xbw9650l3c1gn8ar9sxxq90859944jdh-c.drv.drv":{"dynamicOutputs":{"out":{"dynamicOutputs":{},"outputs":["dev","lib"]}},"outputs":["out"]}}`
	if got, err := back.MarshalJSON(); err != nil || !strings.Contains(string(got), inputs) {
		t.Errorf("JSON: got %s, %v, want %s in it", got, err, inputs)
	}
	if err := (&Modulo{Dir: store.DefaultDir}).FillOutputs(back); err != nil || back.Outputs["out"].Kind() != Deferred {
		t.Errorf("its output is %v (%v), want a deferred one", back.Outputs["out"].Kind(), err)
	}
}
