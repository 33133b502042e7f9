package store

import (
	"errors"
	"strings"
	"testing"

	"nixbench/store/nixhash"
)

const digest = "5nfjhql2p2cvh7d7sz3cxy0wzgr2k6nf"

func TestParsePath(t *testing.T) {
	p, err := DefaultDir.ParsePath("/nix/store/" + digest + "-hello-2.12")
	if err != nil {
		t.Fatal(err)
	}
	for _, got := range []struct{ what, got, want string }{
		{"Base", p.Base(), digest + "-hello-2.12"},
		{"Digest", p.Digest(), digest},
		{"Name", p.Name(), "hello-2.12"},
		{"Dir", string(p.Dir()), "/nix/store"},
	} {
		if got.got != got.want {
			t.Errorf("%s = %q, want %q", got.what, got.got, got.want)
		}
	}
	if p.IsDerivation() || !Path(p+".drv").IsDerivation() {
		t.Error("IsDerivation misjudges the suffix")
	}
	var none Path
	if none.Base() != "" || none.Digest() != "" || none.Name() != "" || none.Dir() != "" {
		t.Error("the zero path has parts, want none")
	}
}

func TestParsePathRefuses(t *testing.T) {
	for _, s := range []string{
		"", "/", "/nix/store", "/nix/store/", "nix/store/" + digest + "-x",
		"/nix/storage/" + digest + "-x",
		"/nix/store/" + digest,
		"/nix/store/" + digest + "-",
		"/nix/store/" + digest + "_x",
		"/nix/store/" + digest + "-x/bin",
		"/nix/store//" + digest + "-x",
		"/nix/store/" + strings.Repeat("e", 32) + "-x",
		"/nix/store/" + digest + "-a b",
		"/nix/store/" + digest + "-.",
		"/nix/store/" + digest + "-..",
		"/nix/store/" + digest + "-.-a",
		"/nix/store/" + digest + "-..-a",
		"/nix/store/" + digest + "-" + strings.Repeat("x", 212),
	} {
		if p, err := DefaultDir.ParsePath(s); !errors.Is(err, ErrNotStorePath) {
			t.Errorf("ParsePath(%q) = %q, %v, want ErrNotStorePath", s, p, err)
		}
	}
}

func TestPathOf(t *testing.T) {
	const p = "/nix/store/" + digest + "-x"
	for s, wantRest := range map[string]string{p: "", p + "/": "/", p + "/bin/x": "/bin/x", p + "/../y": "/../y"} {
		got, rest, err := DefaultDir.PathOf(s)
		if err != nil || got != p || rest != wantRest {
			t.Errorf("PathOf(%q) = %q, %q, %v, want %q, %q", s, got, rest, err, p, wantRest)
		}
	}
	for _, s := range []string{"/nix/store", "/nix/store/.links/x", "/tmp"} {
		if _, _, err := DefaultDir.PathOf(s); !errors.Is(err, ErrNotStorePath) {
			t.Errorf("PathOf(%q) error = %v, want ErrNotStorePath", s, err)
		}
	}
}

func TestCheckNameAllows(t *testing.T) {
	for _, name := range []string{"a", ".a", "..a", "...", ".a-b", "+-._?=", strings.Repeat("x", 211)} {
		if err := CheckName(name); err != nil {
			t.Errorf("CheckName(%q) = %v, want nil", name, err)
		}
	}
}

func parseHash(t *testing.T, s string) nixhash.Hash {
	t.Helper()
	h, err := nixhash.Parse(s, 0)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// The paths come from `nix-store --add-fixed` of Nix 2.34.8 on a file holding
// "hello\n" and on the tree of package nar's golden test.
func TestFixedPath(t *testing.T) {
	const tree = "sha256:686e3e65ec5ff860c9ce96caceccb546327bdf78520231e49a0bde1d49dcdf5f"
	hello := func(a nixhash.Algo) string { return nixhash.SumString(a, "hello\n").Base16() }
	for _, tc := range []struct {
		name   string
		method IngestionMethod
		hash   string
		want   Path
	}{
		{"greeting", Flat, hello(nixhash.MD5), "/nix/store/ag2fx2ngky6v2y28rg3xdl6jsx61lq9f-greeting"},
		{"greeting", Flat, hello(nixhash.SHA1), "/nix/store/64sx31zh1nsmqibcx5aip6jijl0kp72c-greeting"},
		{"greeting", Flat, hello(nixhash.SHA256), "/nix/store/9ai0f5kyg5z0fb3szn6ib04v8mx098kw-greeting"},
		{"greeting", Flat, hello(nixhash.SHA512), "/nix/store/5aygvsazj0wfl4dmmhq93vizyrikv469-greeting"},
		{"tree", NAR, tree, "/nix/store/cpnff1zw2xmiykh4448jmsb73gqdackr-tree"},
		{"tree", NAR, "sha1:d267da952dc8d361cc9c9d2562448a409d7fad45", "/nix/store/sx5i6vp22nq3s04x3lcbmifcw84mkcz1-tree"},
	} {
		got, err := DefaultDir.FixedPath(tc.name, tc.method, parseHash(t, tc.hash), nil, false)
		if err != nil || got != tc.want {
			t.Errorf("FixedPath(%s %s) = %s, %v, want %s", tc.method, tc.hash, got, err, tc.want)
		}
	}
}

func TestFixedPathRefuses(t *testing.T) {
	refs := []Path{"/nix/store/" + digest + "-x"}
	sha1, sha256 := nixhash.SumString(nixhash.SHA1, ""), nixhash.SumString(nixhash.SHA256, "")
	for what, make := range map[string]func() (Path, error){
		"references of a flat file": func() (Path, error) { return DefaultDir.FixedPath("x", Flat, sha256, refs, false) },
		"references of a SHA-1 NAR": func() (Path, error) { return DefaultDir.FixedPath("x", NAR, sha1, refs, false) },
		"self reference of a text":  func() (Path, error) { return DefaultDir.FixedPath("x", Text, sha256, nil, true) },
		"text hashed with SHA-1":    func() (Path, error) { return DefaultDir.FixedPath("x", Text, sha1, nil, false) },
		"Git's tree hash in SHA-512": func() (Path, error) {
			return DefaultDir.FixedPath("x", Git, nixhash.SumString(nixhash.SHA512, ""), nil, false)
		},
		"a name with a slash":          func() (Path, error) { return DefaultDir.FixedPath("a/b", NAR, sha256, nil, false) },
		"no hash for an output's path": func() (Path, error) { return DefaultDir.OutputPath("x", "out", nixhash.Hash{}) },
	} {
		if p, err := make(); err == nil {
			t.Errorf("%s: got %s, want an error", what, p)
		}
	}
}

// The paths come from builtins.toFile of Nix 2.34.8.
func textPathHasReferences(t *testing.T) {
	dep, err := DefaultDir.TextPath("dep.txt", nixhash.SumString(nixhash.SHA256, "dep"), nil)
	if want := Path("/nix/store/fars50mlfk67nyzn0mc86b8gwbai49jr-dep.txt"); err != nil || dep != want {
		t.Fatalf("TextPath = %s, %v, want %s", dep, err, want)
	}
	note, err := DefaultDir.TextPath("note", nixhash.SumString(nixhash.SHA256, "see "+string(dep)+"\n"), []Path{dep, dep})
	if want := Path("/nix/store/mr1v82r095by1b7q5lfzp9wh1kyg114z-note"); err != nil || note != want {
		t.Errorf("TextPath with a reference = %s, %v, want %s", note, err, want)
	}
}

// The derivation is one without inputs, so that its hash modulo is its own
// with the output paths blanked; nix-instantiate 2.34.8 printed the paths.
func TestOutputPath(t *testing.T) {
	modulo := nixhash.SumString(nixhash.SHA256, `Derive([("dev","","",""),("out","","","")],[],[],"x86_64-linux","/bin/sh",[],`+
		`[("builder","/bin/sh"),("dev",""),("name","two"),("out",""),("outputs","out dev"),("system","x86_64-linux")])`)
	for output, want := range map[string]Path{
		"out": "/nix/store/5pp2d3hi3pm2b9n1dh9g77lp6gharik7-two",
		"dev": "/nix/store/2ddr067z4441r8ipxvhliymzib12z3rr-two-dev",
	} {
		if got, err := DefaultDir.OutputPath("two", output, modulo); err != nil || got != want {
			t.Errorf("OutputPath(%s) = %s, %v, want %s", output, got, err, want)
		}
	}
}

func TestParseDir(t *testing.T) {
	if d, err := ParseDir("/gnu/store"); err != nil || d != "/gnu/store" {
		t.Errorf("ParseDir = %q, %v", d, err)
	}
	for _, s := range []string{"", "/", "nix/store", "/nix/store/", "/nix//store", "/nix/../store"} {
		if d, err := ParseDir(s); err == nil {
			t.Errorf("ParseDir(%q) = %q, want an error", s, d)
		}
	}
}

func FuzzPath(f *testing.F) {
	f.Add("/nix/store/" + digest + "-hello-2.12")
	f.Add("/nix/store/" + digest + "-x/bin/y")
	f.Fuzz(func(t *testing.T, s string) {
		p, rest, err := DefaultDir.PathOf(s)
		if err != nil {
			if _, err := DefaultDir.ParsePath(s); err == nil {
				t.Fatalf("ParsePath accepts %q, PathOf does not", s)
			}
			return
		}
		if string(p)+rest != s {
			t.Fatalf("PathOf(%q) = %q, %q", s, p, rest)
		}
		again, err := DefaultDir.ParsePath(string(p))
		if err != nil || again != p {
			t.Fatalf("ParsePath(%q) = %q, %v", p, again, err)
		}
		if joined, err := p.Dir().Join(p.Digest() + "-" + p.Name()); err != nil || joined != p {
			t.Fatalf("Join(%q, %q) = %q, %v, want %q", p.Digest(), p.Name(), joined, err, p)
		}
	})
}

func BenchmarkMakePath(b *testing.B) {
	h := nixhash.SumString(nixhash.SHA256, "x")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := DefaultDir.MakePath("source", h, "hello-2.12"); err != nil {
			b.Fatal(err)
		}
	}
}

// What is wrong with a text that is no store path is said in Nix's words, also of one that is
// such a path but for a slash.
func TestNotPathMessage(t *testing.T) {
	const good = "00000000000000000000000000000000-a"
	for text, want := range map[string]string{
		"/nix/store//" + good:       "path '/nix/store//" + good + "' is not in the Nix store",
		"/nix/store/" + good + "/b": "'b' is too short to be a valid store path",
		"/nix/store/" + good + "/":  "path '/nix/store/" + good + "/' is not in the Nix store",
		"/nix/store/" + good + "%":  "path '" + good + "%' is not a valid store path: name 'a%' contains illegal character '%'",
		"/gnu/store/" + good:        "path '/gnu/store/" + good + "' is not in the Nix store",
	} {
		_, err := DefaultDir.ParsePath(text)
		var bad *NotPathError
		if !errors.As(err, &bad) {
			t.Errorf("%s: got %v", text, err)
		} else if got := bad.Message(); got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}
