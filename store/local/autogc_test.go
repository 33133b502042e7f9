package local_test

import (
	"sync/atomic"
	"testing"

	"nixbench/store"
	"nixbench/store/local"
)

// A store that is told to keeps room free: before something is added, garbage goes, but
// nothing that a root or a process keeps.
func TestAutoGC(t *testing.T) {
	dir := newDir(t)
	var free atomic.Int64
	free.Store(1 << 30)
	open := func() *local.Store {
		return must(local.Open(t.Context(), local.Options{Root: dir, AutoGC: local.AutoGC{
			MinFree: 1 << 20, MaxFree: 1 << 30, Free: func() (int64, error) { return free.Load(), nil },
		}}))(t)
	}
	st := open()
	garbage := must(st.AddText(t.Context(), "garbage", []byte("no one wants this"), nil))(t)
	kept := must(st.AddText(t.Context(), "kept", []byte("a root leads here"), nil))(t)
	if err := st.AddPermRoot(t.Context(), kept, newDir(t)+"/result"); err != nil {
		t.Fatal(err)
	}
	st.Close()
	st = open()
	defer st.Close()
	valid := func(p store.Path) bool { return must(st.IsValid(t.Context(), p))(t) }
	must(st.AddText(t.Context(), "one", []byte("there is room"), nil))(t)
	if !valid(garbage) {
		t.Error("garbage is collected although there is room")
	}
	free.Store(1 << 10)
	mine := must(st.AddText(t.Context(), "two", []byte("there is none"), nil))(t)
	if valid(garbage) {
		t.Error("garbage stays although there is no room")
	}
	if !valid(kept) || !valid(mine) {
		t.Errorf("what is wanted is gone: kept %v, mine %v", valid(kept), valid(mine))
	}
	// Nothing is gained by trying again while there is as much as the last left.
	more := must(st.AddText(t.Context(), "three", []byte("later"), nil))(t)
	if err := st.ReleaseTempRoots(); err != nil {
		t.Fatal(err)
	}
	must(st.AddText(t.Context(), "four", []byte("later still"), nil))(t)
	if !valid(more) {
		t.Error("collected again without need")
	}
	verifyClean(t, st)
}
