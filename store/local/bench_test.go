package local_test

import (
	"errors"
	"fmt"
	"testing"

	"nixbench/store"
	"nixbench/store/drv"
	"nixbench/store/gc"
	"nixbench/store/local"
)

// BenchmarkAddDerivations adds 2,000 derivations, durably.
func BenchmarkAddDerivations(b *testing.B) {
	round := 0
	for b.Loop() {
		b.StopTimer()
		st := must(local.Open(b.Context(), local.Options{Root: newDir(b)}))(b)
		drvs := make([]*drv.Derivation, 2000)
		m := &drv.Modulo{Dir: st.Dir()}
		round++
		for i := range drvs {
			drvs[i] = &drv.Derivation{
				Name: fmt.Sprintf("d%d-%d", round, i), System: "x", Builder: "/bin/sh",
				Env: map[string]string{"out": ""}, Outputs: map[string]drv.Output{"out": {}},
			}
			if err := m.FillOutputs(drvs[i]); err != nil {
				b.Fatal(err)
			}
		}
		b.StartTimer()
		for _, d := range drvs {
			if _, err := st.AddDerivation(b.Context(), d); err != nil {
				b.Fatal(err)
			}
		}
		// Closing, which is not quick after so much, counts too.
		if err := st.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkAddTexts adds 200 small files one by one, durably.
func BenchmarkAddTexts(b *testing.B) {
	st := must(local.Open(b.Context(), local.Options{Root: newDir(b)}))(b)
	defer st.Close()
	n := 0
	for b.Loop() {
		for range 200 {
			n++
			if _, err := st.AddText(b.Context(), "text", fmt.Append(nil, n), nil); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// BenchmarkOpen opens and closes a store that exists.
func BenchmarkOpen(b *testing.B) {
	root := newDir(b)
	for b.Loop() {
		st := must(local.Open(b.Context(), local.Options{Root: root}))(b)
		if err := st.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// bigStore returns a store with n paths of no files, each referring to up to
// ten before it.
func bigStore(b *testing.B, n int) (*local.Store, []store.Path) {
	b.Helper()
	st := must(local.Open(b.Context(), local.Options{Root: newDir(b), SyncMode: local.SyncNone}))(b)
	b.Cleanup(func() { st.Close() })
	infos := fakeInfos(b, st.Dir(), n)
	if err := st.Register(b.Context(), infos); err != nil {
		b.Fatal(err)
	}
	paths := make([]store.Path, n)
	for i, info := range infos {
		paths[i] = info.Path
	}
	return st, paths
}

func BenchmarkGraph100k(b *testing.B) {
	st, _ := bigStore(b, 100_000)
	for b.Loop() {
		if _, err := st.Graph(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkClosure10k(b *testing.B) {
	st, paths := bigStore(b, 10_000)
	for b.Loop() {
		if _, err := store.Requisites(b.Context(), store.References(st), paths[len(paths)-1]); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPathInfo(b *testing.B) {
	st, paths := bigStore(b, 10_000)
	i := 0
	for b.Loop() {
		i++
		if _, err := st.PathInfo(b.Context(), paths[i%len(paths)]); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRegister2000(b *testing.B) {
	st := must(local.Open(b.Context(), local.Options{Root: newDir(b)}))(b)
	defer st.Close()
	round := 0
	for b.Loop() {
		round++
		if err := st.Register(b.Context(), fakeInfosFrom(b, st.Dir(), 2000, round*2000)); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCollect deletes 2,000 small files, durably.
func BenchmarkCollect(b *testing.B) {
	round := 0
	for b.Loop() {
		b.StopTimer()
		st := must(local.Open(b.Context(), local.Options{Root: newDir(b)}))(b)
		m := &drv.Modulo{Dir: st.Dir()}
		round++
		for i := range 2000 {
			d := &drv.Derivation{
				Name: fmt.Sprintf("d%d-%d", round, i), System: "x", Builder: "/bin/sh",
				Env: map[string]string{"out": ""}, Outputs: map[string]drv.Output{"out": {}},
			}
			if err := m.FillOutputs(d); err != nil {
				b.Fatal(err)
			}
			must(st.AddDerivation(b.Context(), d))(b)
		}
		if err := errors.Join(st.Flush(b.Context()), st.ReleaseTempRoots()); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		if res := collect(b, st, gc.Options{}); len(res.Deleted) != 2000 {
			b.Fatalf("deleted %d paths", len(res.Deleted))
		}
		b.StopTimer()
		st.Close()
		b.StartTimer()
	}
}
