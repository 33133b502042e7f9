package reasons

import (
	"context"
	"testing"

	"nixbench/store"
	"nixbench/store/drv"

	"github.com/google/go-cmp/cmp"
)

func path(digit byte, name string) store.Path {
	digest := make([]byte, 32)
	for i := range digest {
		digest[i] = digit
	}
	return store.Path("/nix/store/" + string(digest) + "-" + name)
}

func derivation(env map[string]string, srcs []store.Path, inputs ...store.Path) *drv.Derivation {
	d := &drv.Derivation{System: "x86_64-linux", Builder: "/bin/sh", Env: env, InputSrcs: srcs, InputDrvs: map[store.Path][]store.OutputName{}}
	for _, p := range inputs {
		d.InputDrvs[p] = []store.OutputName{"out"}
	}
	d.Outputs = map[store.OutputName]drv.Output{"out": {}}
	return d
}

// TestExplain pins what is said of derivations that are new, that differ, and that are
// built of such ones.
func TestExplain(t *testing.T) {
	var (
		oldLib, newLib   = path('1', "lib-1.0.drv"), path('2', "lib-1.1.drv")
		oldApp, newApp   = path('3', "app-7.drv"), path('4', "app-7.drv")
		zlib, zlibNew    = path('5', "zlib-1.2.drv"), path('6', "zlib-1.3.drv")
		extra, gone      = path('7', "extra-1.drv"), path('8', "gone-1.drv")
		again, firstTime = path('9', "again-1.drv"), path('a', "first-1.drv")
	)
	drvs := map[store.Path]*drv.Derivation{
		oldLib: derivation(map[string]string{"out": string(path('b', "lib-1.0")), "flags": "-O1", "same": "x"}, []store.Path{path('c', "words.txt")}),
		oldApp: derivation(map[string]string{"lib": string(path('b', "lib")), "out": string(path('d', "app-7"))}, nil, oldLib, zlib, gone),
		again:  derivation(nil, nil),
		newLib: derivation(map[string]string{"out": string(path('h', "lib-1.1")), "flags": "-O2", "same": "x"}, []store.Path{path('d', "words.txt")}),
		newApp: derivation(map[string]string{"lib": string(path('f', "lib")), "out": string(path('g', "app-7"))}, nil, newLib, zlibNew, extra),
	}
	nodes := []store.GraphNode{
		{Path: oldLib}, {Path: oldApp}, {Path: again},
		{Path: path('b', "lib-1.0"), Deriver: oldLib, Registered: 5},
		{Path: path('d', "app-7"), Deriver: oldApp, Registered: 6},
		{Path: path('f', "again-1"), Deriver: again, Registered: 7},
	}
	builds := []Build{
		{Drv: newLib},
		{Drv: newApp, Needs: []store.Path{newLib}},
		{Drv: again},
		{Drv: firstTime},
	}
	got, err := Explain(t.Context(), store.NewGraph(nodes, nil, nil), func(_ context.Context, p store.Path) (*drv.Derivation, error) {
		return drvs[p], nil
	}, builds)
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	for i := range got {
		words = append(words, got[i].Words())
	}
	want := []string{ // what is new in the order of its path
		"changed: env.flags, source words.txt",
		"changed: input zlib-1.2 -> zlib-1.3, input extra-1 is new, input gone-1 is gone; because of lib-1.1",
		"some of its outputs are not valid",
		"nothing of that name was built before",
	}
	if diff := cmp.Diff(words, want); diff != "" {
		t.Errorf("got, want:\n%s", diff)
	}
}

// TestBeforeIsOfTheSameVersion pins that what is built is compared with the last of its
// own version, though one of another was built since, and with that if there is no other.
func TestBeforeIsOfTheSameVersion(t *testing.T) {
	var (
		one, two, again = path('1', "app-1.drv"), path('2', "app-2.drv"), path('3', "app-1.drv")
		three           = path('4', "app-3.drv")
	)
	drvs := map[store.Path]*drv.Derivation{
		one: derivation(map[string]string{"v": "1"}, nil), two: derivation(map[string]string{"v": "2", "more": "x"}, nil),
		again: derivation(map[string]string{"v": "1", "flags": "x"}, nil), three: derivation(map[string]string{"v": "3", "more": "x"}, nil),
	}
	g := store.NewGraph([]store.GraphNode{
		{Path: one}, {Path: two},
		{Path: path('b', "app-1"), Deriver: one, Registered: 5}, {Path: path('d', "app-2"), Deriver: two, Registered: 6},
	}, nil, nil)
	read := func(_ context.Context, p store.Path) (*drv.Derivation, error) { return drvs[p], nil }
	got, err := Explain(t.Context(), g, read, []Build{{Drv: again}, {Drv: three}})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"changed: env.flags", "changed: env.v"} {
		if got := got[i].Words(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
