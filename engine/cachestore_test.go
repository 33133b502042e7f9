package engine

import (
	"bytes"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"nixbench/store"
	"nixbench/store/cache"
	"nixbench/store/drv"
	"nixbench/store/nar"
	"nixbench/store/nixhash"
)

func openCacheStore(t *testing.T) *cacheStore {
	t.Helper()
	c, err := cache.Open(t.TempDir(), store.DefaultDir, cache.Options{})
	if err != nil {
		t.Fatal(err)
	}
	st := &cacheStore{dummyStore: dummyStore{store.DefaultDir}, cache: c}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	return st
}

// A derivation in a cache that is not to be trusted is the text that is there, and not a link
// to some file of this machine.
func TestCachedDerivationIsNoLink(t *testing.T) {
	made := &drv.Derivation{
		Name: "a", System: "x86_64-linux", Builder: "/bin/sh", Env: map[string]string{"out": ""},
		Outputs: map[store.OutputName]drv.Output{"out": {}},
	}
	st := openCacheStore(t)
	p, err := st.AddDerivation(t.Context(), made)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := st.ReadDerivation(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(st.RealPath(p), link); err != nil {
		t.Fatal(err)
	}
	var archive bytes.Buffer
	if err := nar.Dump(&archive, link, nil); err != nil {
		t.Fatal(err)
	}
	other := openCacheStore(t)
	info := &store.PathInfo{Path: p, NarHash: nixhash.Sum(nixhash.SHA256, archive.Bytes()), NarSize: int64(archive.Len())}
	if err := other.AddNAR(t.Context(), info, &archive); err != nil {
		t.Fatal(err)
	}
	if d, err := other.ReadDerivation(t.Context(), p); err == nil {
		t.Errorf("what a link leads to was read: %+v", d)
	}
}

// Who asks for the files of a path at the same time as others gets all of them, and only one
// unpacks it.
func TestCacheStoreUnpacksOnce(t *testing.T) {
	st := openCacheStore(t)
	text := bytes.Repeat([]byte("text"), 1<<18)
	p, err := st.AddText(t.Context(), "a", text, nil)
	if err != nil {
		t.Fatal(err)
	}
	var readers sync.WaitGroup
	for range 8 {
		readers.Go(func() {
			if got, err := os.ReadFile(st.RealPath(p)); err != nil || !bytes.Equal(got, text) {
				t.Errorf("got %d bytes, %v, want %d", len(got), err, len(text))
			}
		})
	}
	readers.Wait()
	if len(st.unpacking) > 0 {
		t.Errorf("still being unpacked: %v", st.unpacking)
	}
}
