package drv_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"nixbench/store"
	"nixbench/store/drv"
)

// chain is a content-addressed derivation, another that needs it, and an
// input-addressed one that needs that, as Nix 2.34 writes them.
var chain = map[store.Path]string{
	"/nix/store/c8m1b9qdv795c3i420n5cakficghnimd-root.drv": `Derive([("out","","r:sha256","")],[],[],"x86_64-linux","/bin/sh",["-c","mkdir $out; echo $out > $out/self; ln -s $out $out/l; echo 1 > /dev/null"],[("builder","/bin/sh"),("name","root"),("out","/1rz4g4znpzjwh1xymhjpm42vipw92pr73vdgl6xs1hycac8kf2n9"),("outputHashAlgo","sha256"),("outputHashMode","recursive"),("system","x86_64-linux")])`,
	"/nix/store/pjk525gyjm8ccdr9hjlgd23viqa2v3qb-dep.drv":  `Derive([("out","","r:sha256","")],[("/nix/store/c8m1b9qdv795c3i420n5cakficghnimd-root.drv",["out"])],[],"x86_64-linux","/bin/sh",["-c","echo /1pwi426fxh68gyy9k28c8lp5ac2ailhgj6f37n044gdny1mnqnpq/self > $out"],[("builder","/bin/sh"),("name","dep"),("out","/1rz4g4znpzjwh1xymhjpm42vipw92pr73vdgl6xs1hycac8kf2n9"),("outputHashAlgo","sha256"),("outputHashMode","recursive"),("system","x86_64-linux")])`,
	"/nix/store/amm8ibc6x6c8502xpn25cln5jclly5cc-ia.drv":   `Derive([("out","","","")],[("/nix/store/pjk525gyjm8ccdr9hjlgd23viqa2v3qb-dep.drv",["out"])],[],"x86_64-linux","/bin/sh",["-c","echo /00aq58ps3i1mfsqc79a1758fxsvi9xmzp68596r52qjbswk36774 > $out"],[("builder","/bin/sh"),("name","ia"),("out",""),("system","x86_64-linux")])`,
}

func loadChain(p store.Path) (*drv.Derivation, error) { return drv.ParseAt(p, []byte(chain[p])) }

// What they resolve to, and what each is called in the table Realisations, is
// what Nix 2.34 says.
func TestResolve(t *testing.T) {
	built := map[store.Path]store.Path{
		"/nix/store/c8m1b9qdv795c3i420n5cakficghnimd-root.drv": "/nix/store/6040wncqfb6xgxk9jyc67hxsz7yn27pi-root",
		"/nix/store/pjk525gyjm8ccdr9hjlgd23viqa2v3qb-dep.drv":  "/nix/store/46ddgq5155bm19pl5yanaxbfw77p72x2-dep",
	}
	for _, test := range []struct {
		drv, hash, resolved, resolvedHash string
	}{
		{
			"/nix/store/pjk525gyjm8ccdr9hjlgd23viqa2v3qb-dep.drv", "39983947444e63f5644728dc324761e02ca61b431bcc1777c1d817b000fe6fa0",
			"/nix/store/vrjfm7mw66nrbxyggdz2nl36pv6gv0n3-dep.drv", "7f7be1f6873e8917ec6056d4a520eb06f3deb8a697c4284df10dc7ec0e985d6e",
		},
		{
			"/nix/store/amm8ibc6x6c8502xpn25cln5jclly5cc-ia.drv", "66a3b604825a1bbd070728bcd76dd493de7b322e117729955567601f6aaff2aa",
			"/nix/store/69bg3s7bwkyciwh7w4cd8g1by8h4r1c7-ia.drv", "777560ae5ba9a42a86271ed4756ac71e79b0533caf5aaad7b3cff3c6d2be7463",
		},
	} {
		d, err := loadChain(store.Path(test.drv))
		if err != nil {
			t.Fatal(err)
		}
		m := &drv.Modulo{Dir: "/nix/store", Load: loadChain}
		if h, err := m.TraceHash(d); err != nil || h.Hex() != test.hash {
			t.Errorf("%s: got trace hash %s, %v, want %s", test.drv, h.Hex(), err, test.hash)
		}
		if !d.NeedsResolution(true) {
			t.Errorf("%s: needs no resolution", test.drv)
		}
		resolved, err := d.Resolve("/nix/store", func(in drv.Input) (store.Path, error) { return built[in.DrvPath], nil })
		if err != nil {
			t.Fatal(err)
		}
		if got, err := resolved.Path("/nix/store"); err != nil || string(got) != test.resolved {
			t.Errorf("%s: resolves to %s, %v, want %s", test.drv, got, err, test.resolved)
		}
		if h, err := m.TraceHash(resolved); err != nil || h.Hex() != test.resolvedHash {
			t.Errorf("%s: got trace hash %s, %v, want %s", test.resolved, h.Hex(), err, test.resolvedHash)
		}
		if resolved.NeedsResolution(true) {
			t.Errorf("%s: needs resolution", test.resolved)
		}
	}
}

func TestInputs(t *testing.T) {
	d := &drv.Derivation{InputDrvs: map[store.Path][]store.OutputName{"/nix/store/b.drv": {"dev", "out"}}}
	d.AddDynamic("/nix/store/a.drv", "out", "lib")
	d.AddDynamic("/nix/store/a.drv", "out", "out", "bin")
	d.AddDynamic("/nix/store/b.drv", "out", "lib")
	want := []drv.Input{
		{DrvPath: "/nix/store/a.drv", Through: []string{"out"}, Output: "lib"},
		{DrvPath: "/nix/store/a.drv", Through: []string{"out", "out"}, Output: "bin"},
		{DrvPath: "/nix/store/b.drv", Output: "dev"},
		{DrvPath: "/nix/store/b.drv", Output: "out"},
		{DrvPath: "/nix/store/b.drv", Through: []string{"out"}, Output: "lib"},
	}
	if diff := cmp.Diff(want, d.Inputs()); diff != "" {
		t.Error(fmt.Sprint("inputs (-want +got):\n", diff))
	}
	if !d.NeedsResolution(false) {
		t.Error("outputs of outputs need no resolution")
	}
}
