package store

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"nixbench/store/nixhash"
)

func TestParseDerivedPath(t *testing.T) {
	const p = "/nix/store/" + digest + "-x"
	for s, want := range map[string]DerivedPath{
		p:                  {Path: p},
		p + ".drv":         {Path: p + ".drv"},
		p + ".drv^out":     {Path: p + ".drv", Outputs: []string{"out"}},
		p + ".drv!out":     {Path: p + ".drv", Outputs: []string{"out"}},
		p + ".drv^out,dev": {Path: p + ".drv", Outputs: []string{"dev", "out"}},
		p + ".drv^a,a":     {Path: p + ".drv", Outputs: []string{"a"}},
		p + ".drv^*":       {Path: p + ".drv", Outputs: []string{"*"}},
	} {
		got, err := DefaultDir.ParseDerivedPath(s)
		if err != nil {
			t.Errorf("ParseDerivedPath(%q): %v", s, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("ParseDerivedPath(%q) (-want +got):\n%s", s, diff)
		}
		if again, err := DefaultDir.ParseDerivedPath(got.String()); err != nil || !cmp.Equal(again, got) {
			t.Errorf("ParseDerivedPath(%q) = %v, %v, want %v", got.String(), again, err, got)
		}
	}
	for _, s := range []string{p + "^out", p + ".drv^", p + ".drv^a,,b", p + ".drv^*,a", "^out"} {
		if got, err := DefaultDir.ParseDerivedPath(s); err == nil {
			t.Errorf("ParseDerivedPath(%q) = %v, want an error", s, got)
		}
	}
}

func TestContentAddress(t *testing.T) {
	h := nixhash.SumString(nixhash.SHA256, "x")
	for s, want := range map[string]ContentAddress{
		"":                          {},
		"text:" + h.String():        {Text, h},
		"fixed:" + h.String():       {Flat, h},
		"fixed:r:" + h.String():     {NAR, h},
		"fixed:git:" + h.String():   {Git, h},
		"fixed:r:sha256:" + h.Hex(): {NAR, h},
	} {
		got, err := ParseContentAddress(s)
		if err != nil || got != want {
			t.Errorf("ParseContentAddress(%q) = %v, %v, want %v", s, got, err, want)
		}
		if again, err := ParseContentAddress(got.String()); err != nil || again != got {
			t.Errorf("ParseContentAddress(%q) = %v, %v, want %v", got.String(), again, err, got)
		}
	}
	for _, s := range []string{"text", "fixed", "fixed:r", "fixed:" + h.SRI(), "fixed:text:" + h.String(), "flat:" + h.String(), h.String()} {
		if got, err := ParseContentAddress(s); err == nil {
			t.Errorf("ParseContentAddress(%q) = %v, want an error", s, got)
		}
	}
}

func TestIsContentAddressed(t *testing.T) {
	h := nixhash.SumString(nixhash.SHA256, "x")
	other := Path("/nix/store/" + digest + "-other")
	p, err := DefaultDir.FixedPath("x", NAR, h, []Path{other}, true)
	if err != nil {
		t.Fatal(err)
	}
	info := &PathInfo{Path: p, References: []Path{other, p}, CA: ContentAddress{NAR, h}.String()}
	if p < other {
		info.References = []Path{p, other}
	}
	if !info.IsContentAddressed() || !info.HasSelfRef() {
		t.Error("a path with references and itself does not recompute")
	}
	if got, want := info.OtherReferences(), []Path{other}; !cmp.Equal(got, want) {
		t.Errorf("OtherReferences = %v, want %v", got, want)
	}
	info.References = []Path{p}
	if info.IsContentAddressed() {
		t.Error("a path without one of its references recomputes")
	}
}

func TestIngestionMethodNames(t *testing.T) {
	for _, m := range []IngestionMethod{Flat, NAR, Git, Text} {
		if got, err := ParseIngestionMethod(m.String()); err != nil || got != m {
			t.Errorf("ParseIngestionMethod(%q) = %q, %v, want %q", m.String(), got, err, m)
		}
		if got, rest := CutIngestionMethod(string(m) + "sha256"); got != m || rest != "sha256" {
			t.Errorf("CutIngestionMethod = %q, %q, want %q, sha256", got, rest, m)
		}
	}
}
