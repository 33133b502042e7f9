package archive

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
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
			t.Run(name, func(t *testing.T) { unpackHostile(t, headers) })
		}
	})
	t.Run("bombs", bombs)
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

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

func unpackHostile(t *testing.T, headers []tar.Header) {
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
	_, err := Unpack(data.Bytes(), inside)
	t.Logf("unpack: %v", err)
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
}
