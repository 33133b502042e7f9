package archive

import (
	"archive/tar"
	"bytes"
	"os"
	"path/filepath"
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
}

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
