package cache

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"nixbench/store"
	"nixbench/store/nar"
	"nixbench/store/nixhash"
)

const dir = store.Dir("/nix/store")

// sample returns a path, with its archive, that refers to others.
func sample(t *testing.T, name, text string, refs ...store.Path) (*store.PathInfo, []byte) {
	t.Helper()
	var archive bytes.Buffer
	if err := nar.DumpContents(&archive, []byte(text)); err != nil {
		t.Fatal(err)
	}
	h := nixhash.New(nixhash.SHA256)
	h.Write(archive.Bytes())
	p, err := dir.FixedPath(name, store.NAR, h.Sum(), nil, false)
	if err != nil {
		t.Fatal(err)
	}
	return &store.PathInfo{Path: p, NarHash: h.Sum(), NarSize: h.Size(), References: refs}, archive.Bytes()
}

func open(t *testing.T, name string, opts Options) *Cache {
	t.Helper()
	c, err := Open(name, dir, opts)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCache(t *testing.T) {
	for _, compression := range []string{"", "none", "gzip", "bzip2", "zstd"} {
		t.Run(compression, func(t *testing.T) {
			c := open(t, t.TempDir(), Options{Compression: compression})
			low, lowArchive := sample(t, "low", strings.Repeat("low", 10000))
			top, topArchive := sample(t, "top", string(low.Path), low.Path)
			if err := c.Add(t.Context(), top, bytes.NewReader(topArchive)); err == nil || !strings.Contains(err.Error(), "the reference '"+string(low.Path)+"' is not valid") {
				t.Errorf("before its reference: got %v", err)
			}
			for info, archive := range map[*store.PathInfo][]byte{low: lowArchive} {
				if err := c.Add(t.Context(), info, bytes.NewReader(archive)); err != nil {
					t.Fatal(err)
				}
			}
			if err := c.Add(t.Context(), top, bytes.NewReader(topArchive)); err != nil {
				t.Fatal(err)
			}
			got, err := c.PathInfo(t.Context(), top.Path)
			if err != nil || got.NarHash != top.NarHash || got.NarSize != top.NarSize || !slices.Equal(got.References, top.References) {
				t.Errorf("got %+v, %v", got, err)
			}
			var out bytes.Buffer
			if err := c.Dump(t.Context(), &out, low.Path); err != nil || !bytes.Equal(out.Bytes(), lowArchive) {
				t.Errorf("the archive is another: %v", err)
			}
			all, err := c.All(t.Context())
			if want := store.SortUnique([]store.Path{low.Path, top.Path}); err != nil || !slices.Equal(all, want) {
				t.Errorf("got %v, %v, want %v", all, err, want)
			}
			if left, err := filepath.Glob(filepath.Join(c.dir, archives, ".tmp-*")); err != nil || left != nil {
				t.Errorf("left behind: %v, %v", left, err)
			}
		})
	}
}

// TestPartlyThere adds to a cache of which only the first file is there.
func TestPartlyThere(t *testing.T) {
	name := t.TempDir()
	if err := os.WriteFile(filepath.Join(name, infoFile), []byte("StoreDir: "+string(dir)+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	info, archive := sample(t, "a", "text")
	if err := open(t, name, Options{}).Add(t.Context(), info, bytes.NewReader(archive)); err != nil {
		t.Error(err)
	}
}

func TestRefused(t *testing.T) {
	name := t.TempDir()
	c := open(t, name, Options{Compression: "none"})
	info, archive := sample(t, "a", "text")
	var mismatch *store.HashMismatch
	if err := c.Add(t.Context(), info, bytes.NewReader(archive[:len(archive)-8])); !errors.As(err, &mismatch) {
		t.Errorf("an archive that is cut: got %v", err)
	}
	if have, err := c.Has(t.Context(), info.Path); have || err != nil {
		t.Errorf("it is there: %v, %v", have, err)
	}
	if err := c.Add(t.Context(), info, bytes.NewReader(archive)); err != nil {
		t.Fatal(err)
	}
	other := store.Path(string(dir) + "/" + info.Path.Digest() + "-other")
	if _, err := c.PathInfo(t.Context(), other); !errors.Is(err, store.ErrInvalidPath) {
		t.Errorf("another name: got %v", err)
	}
	file := filepath.Join(name, info.Path.Digest()+infoSuffix)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for old, replaced := range map[string]string{
		"URL: nar/":         "URL: ../../nar/",
		"Compression: none": "Compression: lzip",
		"NarHash: ":         "NarHash: x",
	} {
		if err := os.WriteFile(file, bytes.Replace(text, []byte(old), []byte(replaced), 1), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := c.Dump(t.Context(), new(bytes.Buffer), info.Path); err == nil {
			t.Errorf("%s: no error", replaced)
		}
	}
	if _, err := Open(name, "/other/store", Options{}); err == nil || !strings.Contains(err.Error(), "is for Nix stores with prefix '/nix/store', not '/other/store'") {
		t.Errorf("another store directory: got %v", err)
	}
	if _, err := Open(name, dir, Options{Compression: "xz"}); err == nil {
		t.Error("xz: no error")
	}
}

func TestRealisation(t *testing.T) {
	c := open(t, t.TempDir(), Options{})
	info, _ := sample(t, "a", "text")
	drvPath := store.Path(string(dir) + "/" + info.Path.Digest() + "-a.drv")
	if _, ok, err := c.Realisation(t.Context(), drvPath, "out"); ok || err != nil {
		t.Errorf("before: got %v, %v", ok, err)
	}
	want := store.Realisation{DrvPath: drvPath, Output: "out", OutPath: info.Path, Sigs: []string{"k-1:AAAA"}}
	if err := c.AddRealisation(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	got, ok, err := c.Realisation(t.Context(), drvPath, "out")
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if err := os.WriteFile(filepath.Join(c.dir, traceFile(drvPath, "out")), []byte(`{"outPath":"../x"}`), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.Realisation(t.Context(), drvPath, "out"); err == nil {
		t.Error("a path that is none: no error")
	}
}
