package cache

import (
	"bytes"
	"context"
	"errors"
	"io"
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
	for _, compression := range []string{"", "none", "gzip", "bzip2", "xz", "zstd"} {
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

// TestCancelled asks about many paths with a context that has ended.
func TestCancelled(t *testing.T) {
	c := open(t, t.TempDir(), Options{})
	info, _ := sample(t, "a", "text")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.QueryValid(ctx, []store.Path{info.Path}); !errors.Is(err, context.Canceled) {
		t.Errorf("valid paths: got %v, want %v", err, context.Canceled)
	}
	if _, err := c.PathInfo(ctx, info.Path); !errors.Is(err, context.Canceled) {
		t.Errorf("path info: got %v, want %v", err, context.Canceled)
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
}

// TestCompress compresses in all ways, and reads what came of it.
func TestCompress(t *testing.T) {
	level := func(n int) *int { return &n }
	text := bytes.Repeat([]byte("some text that comes again\n"), 200_000)
	for _, o := range []Options{
		{}, {Parallel: true}, {Level: level(0)}, {Parallel: true, Level: level(0)}, {Level: level(9)}, {Level: level(-1)},
		{Compression: "zstd", Level: level(19)}, {Compression: "zstd", Level: level(-5), Parallel: true},
		{Compression: "gzip", Level: level(0)}, {Compression: "bzip2", Level: level(0)}, {Compression: "none", Level: level(99)},
		{Compression: "br", Level: level(99)}, {Compression: "lzma", Parallel: true}, {Compression: "lzip"}, {Compression: "lzip", Level: level(0)},
		{Compression: "lz4"}, {Compression: "lz4", Level: level(9)}, {Compression: "compress"}, {Compression: "compress", Level: level(-1)},
	} {
		for _, text := range [][]byte{nil, text} {
			var packed, got bytes.Buffer
			w, err := o.compressor(&packed)
			if err != nil {
				t.Fatal(o, err)
			}
			_, err = w.Write(text)
			if err = errors.Join(err, w.Close()); err != nil {
				t.Fatal(o, err)
			}
			name := o.Compression
			if name == "" {
				name = "xz"
			}
			r, err := decompressor(name, &packed)
			if err == nil {
				_, err = got.ReadFrom(r)
			}
			if err != nil || !bytes.Equal(got.Bytes(), text) {
				t.Errorf("%+v: got %d bytes, want %d; %v", o, got.Len(), len(text), err)
			}
		}
	}
	for want, o := range map[string]Options{
		"compression-level invalid":           {Level: level(20)},
		"Undefined option: `bzip2:threads=0'": {Compression: "bzip2", Parallel: true},
		"couldn't initialize compression (Using external lzop program for lzop compression)": {Compression: "lzop"},
		"couldn't initialize compression (nothing here compresses with lzjb)":                {Compression: "lzjb"},
		"failed to compress (Unknown module name: `compress')":                               {Compression: "compress", Level: level(3)},
		"failed to compress (compression-level invalid)":                                     {Compression: "lz4", Level: level(0)},
	} {
		if _, err := o.compressor(new(bytes.Buffer)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// Lzip's members may follow one another; what is none, or is not what its trailer says, is
// refused, as is what would take more memory than there is for it.
func TestLzip(t *testing.T) {
	var packed bytes.Buffer
	for range 2 {
		w, err := newLzipWriter(&packed, 1<<16)
		if err == nil {
			_, err = w.Write([]byte("some text"))
		}
		if err = errors.Join(err, w.Close()); err != nil {
			t.Fatal(err)
		}
	}
	read := func(text []byte) (string, error) {
		r, err := decompressor("lzip", bytes.NewReader(text))
		if err != nil {
			return "", err
		}
		got, err := io.ReadAll(r)
		return string(got), err
	}
	text := packed.Bytes()
	if got, err := read(text); err != nil || got != "some textsome text" {
		t.Errorf("got %q, %v", got, err)
	}
	changed := func(at int, to byte) []byte {
		text := bytes.Clone(text)
		text[(at+len(text))%len(text)] = to
		return text
	}
	for name, text := range map[string][]byte{
		"nothing": nil, "no magic": changed(0, 'l'), "another sum": changed(-20, text[len(text)-20]+1), "another size": changed(-12, 1),
		"cut off": text[:len(text)-1], "more behind it": append(bytes.Clone(text), 0), "a window of 512 MB": changed(5, 29),
	} {
		if got, err := read(text); err == nil {
			t.Errorf("%s: got %q, want an error", name, got)
		}
	}
}

// What is not compressed as it is said to be is said to be that, as Nix says it.
func TestNotCompressed(t *testing.T) {
	for name := range extensions {
		r, err := decompressor(name, strings.NewReader("not compressed at all, and long enough"))
		if err == nil {
			_, err = io.ReadAll(r)
		}
		var wrong *CompressedError
		want := "input compression not recognized"
		if name == "br" {
			want = "error while decompressing brotli file"
		}
		if name == "none" && err == nil {
			continue
		}
		if !errors.As(err, &wrong) || wrong.Message() != want {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestRealisation(t *testing.T) {
	c := open(t, t.TempDir(), Options{})
	info, _ := sample(t, "a", "text")
	drvPath := store.Path(string(dir) + "/" + info.Path.Digest() + "-a.drv")
	if _, ok, err := c.Realisation(t.Context(), drvPath, "out", nil); ok || err != nil {
		t.Errorf("before: got %v, %v", ok, err)
	}
	want := store.Realisation{DrvPath: drvPath, Output: "out", OutPath: info.Path, Sigs: []string{"k-1:AAAA"}}
	if err := c.AddRealisation(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	got, ok, err := c.Realisation(t.Context(), drvPath, "out", nil)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	for text, want := range map[string]string{
		"x":                  "[json.exception.parse_error.101] parse error at line 1, column 1: syntax error while parsing value - invalid literal; last read: 'x'",
		"[]":                 "Expected JSON value to be of type 'object' but it is of type 'array': []",
		"{}":                 "Expected JSON object to contain key 'outPath' but it doesn't: {}",
		`{"outPath":"../x"}`: "'../x' is too short to be a valid store path",
		`{"outPath":"` + info.Path.Base() + `/x"}`:                  "path '" + info.Path.Base() + "/x' is not a valid store path: name 'a/x' contains illegal character '/'",
		`{"outPath":"` + info.Path.Base() + `","signatures":["x"]}`: "signature is corrupt",
	} {
		if err := os.WriteFile(filepath.Join(c.dir, traceFile(drvPath, "out")), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, _, err := c.Realisation(t.Context(), drvPath, "out", nil); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
}

// TestOldRealisation reads and writes what outputs came to be as older Nix has it.
func TestOldRealisation(t *testing.T) {
	c := open(t, t.TempDir(), Options{})
	info, _ := sample(t, "a", "text")
	drvPath := store.Path(string(dir) + "/" + info.Path.Digest() + "-a.drv")
	const hash = "sha256:d1b8ba4948f9c3049c656c078496da3ef2f9378591f80061255f069cd1fb5809"
	want := store.Realisation{DrvPath: drvPath, Output: "out", OutPath: info.Path, DrvHash: hash, OldSigs: []string{"k-1:AAAA"}, Unresolved: true}
	if err := c.AddRealisation(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(c.dir, "realisations", hash+"!out.doi"))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := string(text), `{"dependentRealisations":{},"id":"`+hash+`!out","outPath":"`+info.Path.Base()+`","signatures":["k-1:AAAA"]}`; got != want {
		t.Errorf("written:\n%s, want\n%s", got, want)
	}
	want.Unresolved = false
	for name, known := range map[string]string{"known": hash, "unknown": ""} {
		got, ok, err := c.Realisation(t.Context(), drvPath, "out", func() (string, error) { return known, nil })
		if err != nil || ok != (known != "") {
			t.Fatal(name, ok, err)
		}
		if d := cmp.Diff(want, got); ok && d != "" {
			t.Error(d)
		}
	}
}
