package builtins

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
)

// An entry is a file of an archive. Mode 0 is a directory; a target makes a
// symbolic link.
type entry struct {
	name, text, target string
	mode               int64
}

var sampleTree = []entry{
	{name: "top/"},
	{name: "top/a", text: "hi\n", mode: 0o644},
	{name: "top/sub/run", text: "x\n", mode: 0o755},
	{name: "top/link", target: "a"},
	{name: "top/empty/"},
}

// samplePath is the store path that Nix 2.34 gives the sample.
const samplePath = `"/nix/store/1z8xl5xn196bp0dkg580czy79vjlzglf-source"`

func tarOf(t *testing.T, entries []entry) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, e := range entries {
		h := &tar.Header{Name: e.name, Mode: e.mode, Size: int64(len(e.text)), Typeflag: tar.TypeReg}
		switch {
		case e.target != "":
			h.Typeflag, h.Linkname = tar.TypeSymlink, e.target
		case e.mode == 0:
			h.Typeflag, h.Mode = tar.TypeDir, 0o755
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(e.text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func gzipped(t *testing.T, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zipOf(t *testing.T, entries []entry) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, e := range entries {
		h := &zip.FileHeader{Name: e.name}
		switch {
		case e.target != "":
			h.SetMode(os.ModeSymlink | 0o777)
			e.text = e.target
		case e.mode != 0:
			h.SetMode(os.FileMode(e.mode))
		default:
			h.SetMode(os.ModeDir | 0o755)
		}
		f, err := w.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(e.text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// xzSample is the sample's tar archive, compressed by xz.
const xzSample = `/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4Cf/AK5dADobymMkBJSzSsi80f5CS2Je1+T3bEGMIgjS569hPcFZq9rE+RvJOgVO/H9k
10uIcqectJ80Sn2XYRpO5KZmwCBnxSOh578ZnZUs3PWh/IPJw2EA6NrKCxFb1qnUuILHNTpYsYVKi7wi/4sxdTroyBp0iUsLNdpg
3qvekAwDAwDPBnr48kzfpcjuJj1Wx+fbhevZfdeSnUoYbygppJEJ+a2QPGeP7rQufpij9yyJAAAAAAQLuT51/WkrAAHKAYBQAAA0
WKPPscRn+wIAAAAABFla`

// TestFetchTarball pins that a tree has the same path, however it is packed.
func TestFetchTarball(t *testing.T) {
	plain := tarOf(t, sampleTree)
	encoder, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	xz, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(xzSample, "\n", ""))
	if err != nil {
		t.Fatal(err)
	}
	var flat []entry
	for _, e := range sampleTree[1:] {
		e.name = strings.TrimPrefix(e.name, "top/")
		flat = append(flat, e)
	}
	for name, archive := range map[string][]byte{
		"plain.tar": plain, "gzip.tar.gz": gzipped(t, plain), "zstd.tar.zst": encoder.EncodeAll(plain, nil),
		"xz.tar.xz": xz, "zip.zip": zipOf(t, sampleTree), "flat.tar": tarOf(t, flat),
	} {
		file := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(file, archive, 0o644); err != nil {
			t.Fatal(err)
		}
		b, url := newBench(t), "file://"+file
		b.check(fmt.Sprintf("fetchTarball %q", url), samplePath)
		if want := "unpacking '" + url + "' into the Git cache..."; !slices.Equal(b.world.said, []string{want}) {
			t.Errorf("got messages %q, want %q", b.world.said, want)
		}
		b.check(fmt.Sprintf("fetchTarball { url = %q; name = \"source\"; sha256 = %q; }", url, strings.Repeat("0", 52)),
			"error: hash mismatch in file downloaded from '"+url+"'")
		b.check(fmt.Sprintf("fetchTarball %q", file), "error: '"+file+"' doesn't have a scheme")
	}
}

// TestFetchTreeTarball pins that the time of a tarball is that of its newest file, unless the reference says one.
func TestFetchTreeTarball(t *testing.T) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for i, name := range []string{"top/a", "top/b"} {
		h := &tar.Header{Name: name, Mode: 0o644, Typeflag: tar.TypeReg, ModTime: time.Unix(int64(1000-i), 0)}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "a.tar")
	if err := os.WriteFile(file, b.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	bench := newBench(t, "fetch-tree")
	bench.check(fmt.Sprintf(`(builtins.fetchTree { type = "tarball"; url = "file://%s"; }).lastModified`, file), "1000")
	bench.check(fmt.Sprintf(`(builtins.fetchTree { type = "tarball"; url = "file://%s"; lastModified = 7; }).lastModifiedDate`, file), `"19700101000007"`)
}

// TestFetchTarballHostile pins that archives stay in their directory.
func TestFetchTarballHostile(t *testing.T) {
	for name, tt := range map[string]struct {
		entries []entry
		want    string
	}{
		"dots":    {[]entry{{name: "a/../../x", text: "x", mode: 0o644}}, "error: is outside the archive"},
		"link":    {[]entry{{name: "l", target: "/tmp"}, {name: "l/x", text: "x", mode: 0o644}}, "error: cannot unpack"},
		"up link": {[]entry{{name: "l", target: ".."}, {name: "l/x", text: "x", mode: 0o644}}, "error: cannot unpack"},
	} {
		file := filepath.Join(t.TempDir(), "x.tar")
		if err := os.WriteFile(file, tarOf(t, tt.entries), 0o644); err != nil {
			t.Fatal(err)
		}
		t.Run(name, func(t *testing.T) { newBench(t).check(fmt.Sprintf("fetchTarball %q", "file://"+file), tt.want) })
	}
	file := filepath.Join(t.TempDir(), "x.tar.gz")
	if err := os.WriteFile(file, gzipped(t, []byte("no archive"))[:20], 0o644); err != nil {
		t.Fatal(err)
	}
	b := newBench(t)
	b.check(fmt.Sprintf("fetchTarball %q", "file://"+file), "error: Failed to open archive (Unrecognized archive format)")
	b.check(`fetchTarball "file:///no/such.tar"`, `error: tarball "/no/such.tar" does not exist.`)
}

func TestFetchurl(t *testing.T) {
	file := filepath.Join(t.TempDir(), "greeting file")
	if err := os.WriteFile(file, []byte("hi\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	url := "file://" + strings.ReplaceAll(file, " ", "%20")
	b := newBench(t)
	b.check(fmt.Sprintf("builtins.fetchurl { url = %q; name = \"greeting\"; }", url),
		`"/nix/store/wga3ql0rcaxpm3pgb03vy763cw20iqrn-greeting"`)
	b.check(fmt.Sprintf("builtins.fetchurl { url = %q; name = \"greeting\"; sha256 = %q; }", url, strings.Repeat("0", 52)),
		"error: specified: sha256:"+strings.Repeat("0", 52))
	b.check(fmt.Sprintf("builtins.fetchurl %q", url), "error: contains illegal character '%'")
	b.check(`builtins.fetchurl "https://example.org/x"`, "error: fetching files from the network is not supported yet")
	b.check(`fetchGit "https://example.org/x"`, "error: cannot fetch 'git+https://example.org/x?exportIgnore=1': fetching what a git reference leads to from the network is not supported yet")
	b.check(`builtins.hasContext (builtins.fetchurl { url = "`+url+`"; name = "x"; })`, "true")
}
