package archive

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// TestAdvisories unpacks archives that mean harm, each by the name of the advisory:
// nothing may be written outside.
func TestAdvisories(t *testing.T) {
	t.Run("CVE-2026-44029", func(t *testing.T) {
		for name, headers := range map[string][]tar.Header{
			"absolute":           {{Name: "/OUTSIDE/x", Typeflag: tar.TypeReg}},
			"up":                 {{Name: "../outside/x", Typeflag: tar.TypeReg}},
			"up from below":      {{Name: "a/../../outside/x", Typeflag: tar.TypeReg}},
			"through a link":     {{Name: "l", Typeflag: tar.TypeSymlink, Linkname: "../outside"}, {Name: "l/x", Typeflag: tar.TypeReg}},
			"through a far link": {{Name: "l", Typeflag: tar.TypeSymlink, Linkname: "/OUTSIDE"}, {Name: "l/x", Typeflag: tar.TypeReg}},
			"over a link":        {{Name: "l", Typeflag: tar.TypeSymlink, Linkname: "../outside/secret"}, {Name: "l", Typeflag: tar.TypeReg, Size: 4}},
			"hard link":          {{Name: "h", Typeflag: tar.TypeLink, Linkname: "../outside/secret"}, {Name: "h", Typeflag: tar.TypeReg, Size: 4}},
			"far hard link":      {{Name: "h", Typeflag: tar.TypeLink, Linkname: "/OUTSIDE/secret"}},
			"fifo":               {{Name: "f", Typeflag: tar.TypeFifo}},
			"device":             {{Name: "d", Typeflag: tar.TypeBlock, Devmajor: 8}},
		} {
			t.Run(name, func(t *testing.T) {
				if err := unpackHostile(t, headers); err == nil && (name == "fifo" || name == "device") {
					t.Error("it was unpacked without a word")
				}
			})
		}
	})
	t.Run("bombs", func(t *testing.T) {
		bombs(t)
		t.Run("much smaller", muchSmaller)
		t.Run("no room", noRoom)
	})
}

// Small archives that unpack to a lot are refused once they go beyond the bounds, and
// before much is written: bytes of files, of what is no file and skipped, of holes, and entries.
func bombs(t *testing.T) {
	const most = 1 << 20
	many := make([]tar.Header, 300)
	for i := range many {
		many[i] = tar.Header{Name: fmt.Sprint(i), Typeflag: tar.TypeReg}
	}
	for name, headers := range map[string][]tar.Header{
		"a file":          {{Name: "a", Typeflag: tar.TypeReg, Size: most + 1}},
		"files":           {{Name: "a", Typeflag: tar.TypeReg, Size: most/2 + 1}, {Name: "b", Typeflag: tar.TypeReg, Size: most/2 + 1}},
		"the top again":   {{Name: ".", Typeflag: tar.TypeReg, Size: 40 * most}},
		"the same again":  slices.Repeat([]tar.Header{{Name: "a", Typeflag: tar.TypeReg, Size: most / 4}}, 5),
		"entries":         many,
		"entries, hidden": slices.Repeat([]tar.Header{{Name: "./", Typeflag: tar.TypeDir}}, 300),
		"deep":            {{Name: strings.Repeat("d/", 300), Typeflag: tar.TypeDir}},
	} {
		t.Run(name, func(t *testing.T) {
			var data bytes.Buffer
			zw := gzip.NewWriter(&data)
			w := tar.NewWriter(zw)
			for _, h := range headers {
				if err := w.WriteHeader(&h); err != nil {
					t.Fatal(err)
				}
				if _, err := io.CopyN(w, zeros{}, h.Size); err != nil {
					t.Fatal(err)
				}
			}
			if err := errors.Join(w.Close(), zw.Close()); err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			if _, err := unpackWithin(data.Bytes(), dir, bounds{bytes: most, entries: 200, depth: 100}); !errors.Is(err, errTooLarge) {
				t.Errorf("got %v, want that it is too large", err)
			}
			if _, err := os.Lstat(dir + "/a"); name == "a file" && err == nil {
				t.Error("it was begun to write")
			}
		})
	}
}

// What came much smaller than it unpacks to is refused, however it was compressed and well
// before 16 GiB; what compresses well is not.
func muchSmaller(t *testing.T) {
	limits := bounds{bytes: 64 << 20, entries: 10, depth: 10, slack: 1 << 20, ratio: 10}
	tarOf := func(w io.Writer, size int64) {
		tw := tar.NewWriter(w)
		err := tw.WriteHeader(&tar.Header{Name: "d/a", Typeflag: tar.TypeReg, Size: size})
		if _, copyErr := io.CopyN(tw, zeros{}, size); errors.Join(err, copyErr, tw.Close()) != nil {
			t.Fatal(err, copyErr)
		}
	}
	for name, pack := range map[string]func(w io.Writer, size int64){
		"gzip": func(w io.Writer, size int64) { zw := gzip.NewWriter(w); tarOf(zw, size); zw.Close() },
		"zstd": func(w io.Writer, size int64) { zw, _ := zstd.NewWriter(w); tarOf(zw, size); zw.Close() },
		"zip": func(w io.Writer, size int64) {
			zw := zip.NewWriter(w)
			f, _ := zw.Create("d/a")
			io.CopyN(f, zeros{}, size)
			zw.Close()
		},
	} {
		for size, want := range map[int64]error{32 << 20: errTooLarge, 1 << 19: nil} {
			var data bytes.Buffer
			pack(&data, size)
			dir := t.TempDir()
			_, err := unpackWithin(data.Bytes(), dir, limits)
			if !errors.Is(err, want) {
				t.Errorf("%s: %d bytes that unpack to %d: got %v, want %v", name, data.Len(), size, err, want)
			}
			if info, err := os.Stat(dir + "/d/a"); err == nil && want != nil && info.Size() > 2<<20 {
				t.Errorf("%s: %d bytes were written", name, info.Size())
			}
		}
	}
	if usual.slack > 1<<30 || usual.ratio > 1000 {
		t.Errorf("1 MB may unpack to 10 GB: %+v", usual)
	}
}

// A file for which there is no room is not begun.
func noRoom(t *testing.T) {
	limits := usual
	limits.free = func() (int64, error) { return 1 << 20, nil }
	for size, want := range map[int]error{2 << 20: syscall.ENOSPC, 1 << 19: nil} {
		var data bytes.Buffer
		w := tar.NewWriter(&data)
		w.WriteHeader(&tar.Header{Name: "a", Typeflag: tar.TypeReg, Size: int64(size)})
		w.Write(make([]byte, size))
		w.Close()
		dir := t.TempDir()
		if _, err := unpackWithin(data.Bytes(), dir, limits); !errors.Is(err, want) {
			t.Errorf("%d bytes: got %v, want %v", size, err, want)
		}
		if _, err := os.Stat(dir + "/a"); want != nil && err == nil {
			t.Error("it was begun to write")
		}
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

// unpackHostile unpacks an archive of headers next to a directory with a secret, and returns
// the error.
func unpackHostile(t *testing.T, headers []tar.Header) error {
	top := t.TempDir()
	inside, outside := filepath.Join(top, "inside"), filepath.Join(top, "outside")
	for _, dir := range []string{inside, outside} {
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(outside+"/secret", []byte("secret"), 0o644); err != nil {
		t.Fatal(err)
	}
	var data bytes.Buffer
	w := tar.NewWriter(&data)
	for _, h := range headers {
		h.Name = string(bytes.ReplaceAll([]byte(h.Name), []byte("/OUTSIDE"), []byte(outside)))
		h.Linkname = string(bytes.ReplaceAll([]byte(h.Linkname), []byte("/OUTSIDE"), []byte(outside)))
		h.Mode = 0o4755
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(make([]byte, h.Size)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	_, unpackErr := Unpack(data.Bytes(), inside)
	t.Logf("unpack: %v", unpackErr)
	entries, err := os.ReadDir(outside)
	if err != nil || len(entries) != 1 {
		t.Errorf("outside: %v, %v", entries, err)
	}
	if secret, err := os.ReadFile(outside + "/secret"); err != nil || string(secret) != "secret" {
		t.Errorf("got %q, %v", secret, err)
	}
	filepath.Walk(inside, func(name string, info os.FileInfo, err error) error {
		if err == nil && (info.Mode()&os.ModeSetuid != 0 || info.Mode().IsRegular() && info.Size() == 6) {
			t.Errorf("%s: %v", name, info)
		}
		return nil
	})
	return unpackErr
}
