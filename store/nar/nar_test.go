package nar

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// object is a file system object as a test writes it down: contents or target
// by path, the type and the executable bit from the path's suffix: "/" for a
// directory, "@" for a link, "*" for an executable file.
type object struct{ path, data string }

var sampleTree = []object{
	{"/", ""},
	{"Upper", "sorted before lower case"},
	{"a/", ""},
	{"a/b/", ""},
	{"a/b/deep", strings.Repeat("0123456789", 1000)},
	{"a.txt", "after a, since the names are compared, not the paths"},
	{"bin/", ""},
	{"bin/run*", "#!/bin/sh\n"},
	{"dangling@", "/nonexistent/target"},
	{"empty", ""},
	{"hollow/", ""},
	{"odd \xff\n", "a name need not be text"},
	{"seven", "7 bytes"},
	{"up@", "../.."},
	{"ä", "x"},
}

// make creates objects below dir.
func makeTree(t testing.TB, dir string, tree []object) string {
	t.Helper()
	for _, o := range tree {
		var err error
		switch {
		case strings.HasSuffix(o.path, "/"):
			err = os.MkdirAll(filepath.Join(dir, o.path), 0o755)
		case strings.HasSuffix(o.path, "@"):
			err = os.Symlink(o.data, filepath.Join(dir, o.path[:len(o.path)-1]))
		case strings.HasSuffix(o.path, "*"):
			err = os.WriteFile(filepath.Join(dir, o.path[:len(o.path)-1]), []byte(o.data), 0o755)
		default:
			err = os.WriteFile(filepath.Join(dir, o.path), []byte(o.data), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// read returns the objects of an archive in the form of a tree.
func readTree(archive []byte) ([]object, error) {
	r := NewReader(bytes.NewReader(archive))
	var tree []object
	for {
		h, err := r.Next()
		if err == io.EOF {
			return tree, nil
		}
		if err != nil {
			return nil, err
		}
		o := object{h.Path, h.Target}
		switch h.Type {
		case Directory:
			o.path += "/"
		case Symlink:
			o.path += "@"
		case Regular:
			b, err := io.ReadAll(r)
			if err != nil {
				return nil, err
			}
			if h.Executable {
				o.path += "*"
			}
			o.data = string(b)
		}
		tree = append(tree, o)
	}
}

func dumpBytes(t testing.TB, file string, filter Filter) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Dump(&b, file, filter); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func allowObject(x, y object) bool { return x == y }

// The archives come from `nix-store --dump` of Nix 2.34.8 on the same objects;
// that of the tree is known by its length and SHA-256.
func TestDump(t *testing.T) {
	dir := makeTree(t, t.TempDir(), sampleTree)
	got := dumpBytes(t, dir, nil)
	sum := sha256.Sum256(got)
	if len(got) != 12808 || hex.EncodeToString(sum[:]) != "8f260a1ff167ab82a0eb6b87bdc5536bb1f9e4041634c6faf8848286611ae5dd" {
		t.Errorf("archive has %d bytes, SHA-256 %x", len(got), sum)
	}
	for name, object := range map[string]string{"file": "seven", "executable": "bin/run", "link": "dangling", "directory": "hollow"} {
		want, err := os.ReadFile("testdata/" + name + ".nar")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, dumpBytes(t, filepath.Join(dir, object), nil)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestReader(t *testing.T) {
	archive := dumpBytes(t, makeTree(t, t.TempDir(), sampleTree), nil)
	got, err := readTree(archive)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(sampleTree, got, cmp.Comparer(allowObject)); diff != "" {
		t.Errorf("objects (-want +got):\n%s", diff)
	}
}

func TestReaderOffsets(t *testing.T) {
	archive := dumpBytes(t, makeTree(t, t.TempDir(), sampleTree), nil)
	r := NewReader(bytes.NewReader(archive))
	for {
		h, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if h.Path == "seven" && string(archive[h.ContentOffset:h.ContentOffset+h.Size]) != "7 bytes" {
			t.Errorf("contents of %s are not at %d", h.Path, h.ContentOffset)
		}
	}
	if r.Offset() != int64(len(archive)) {
		t.Errorf("Offset at the end = %d, want %d", r.Offset(), len(archive))
	}
}

func TestWriter(t *testing.T) {
	want := dumpBytes(t, makeTree(t, t.TempDir(), sampleTree), nil)
	var got bytes.Buffer
	if err := rewrite(&got, want); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Error("an archive copied object by object differs")
	}
}

func TestWriterRefuses(t *testing.T) {
	dir := &Header{Type: Directory}
	long := strings.Repeat("x", 256)
	for name, headers := range map[string][]*Header{
		"nothing":              {},
		"no root":              {{Path: "a", Type: Directory}},
		"second root":          {dir, dir},
		"entry of a file":      {{Type: Regular}, {Path: "a", Type: Regular}},
		"order":                {dir, {Path: "b", Type: Regular}, {Path: "a", Type: Regular}},
		"name twice":           {dir, {Path: "a", Type: Regular}, {Path: "a", Type: Regular}},
		"directory left":       {dir, {Path: "a", Type: Directory}, {Path: "b", Type: Regular}, {Path: "a/c", Type: Regular}},
		"dot dot":              {dir, {Path: "..", Type: Regular}},
		"double slash":         {dir, {Path: "a", Type: Directory}, {Path: "a//b", Type: Regular}},
		"long name":            {dir, {Path: long, Type: Regular}},
		"no type":              {{}},
		"empty target":         {{Type: Symlink}},
		"NUL in target":        {{Type: Symlink, Target: "a\x00b"}},
		"long target":          {{Type: Symlink, Target: strings.Repeat("x", 4096)}},
		"negative size":        {{Type: Regular, Size: -1}},
		"contents are missing": {{Type: Regular, Size: 1}},
	} {
		w := NewWriter(io.Discard)
		for _, h := range headers {
			_ = w.WriteHeader(h) // Close repeats the error
		}
		if err := w.Close(); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	w := NewWriter(io.Discard)
	_ = w.WriteHeader(&Header{Type: Regular, Size: 1})
	if _, err := w.Write([]byte("ab")); err == nil {
		t.Error("more contents than announced: no error")
	}
}

func TestDepth(t *testing.T) {
	nest := func(n int) []byte {
		var b bytes.Buffer
		w := &encoder{w: &b, buf: make([]byte, 0, smallBuffer)}
		w.strings(magic)
		for range n - 1 {
			w.header(&Header{Type: Directory})
			w.entry("d")
		}
		w.header(&Header{Type: Symlink, Target: "t"})
		for range n - 1 {
			w.strings(")", ")")
		}
		w.flush()
		return b.Bytes()
	}
	if _, err := readTree(nest(MaxDepth)); err != nil {
		t.Errorf("archive of depth %d: %v", MaxDepth, err)
	}
	if _, err := readTree(nest(MaxDepth + 1)); err == nil {
		t.Errorf("archive of depth %d: no error", MaxDepth+1)
	}
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, strings.Repeat("d/", MaxDepth-1)), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := Dump(io.Discard, dir, nil); err != nil {
		t.Errorf("directory of depth %d: %v", MaxDepth, err)
	}
	if err := Dump(io.Discard, filepath.Dir(dir), nil); err == nil {
		t.Errorf("directory of depth %d: no error", MaxDepth+1)
	}
}

// str spells a string of the format.
func str(s string) string {
	n := len(s)
	return string([]byte{byte(n), byte(n >> 8), 0, 0, 0, 0, 0, 0}) + s + strings.Repeat("\x00", -n&7)
}

// arc spells an archive: words separated by spaces, of which "”" is the empty
// string.
func arc(words string) string {
	out := str(magic)
	for word := range strings.FieldsSeq(words) {
		out += str(strings.ReplaceAll(word, "''", ""))
	}
	return out
}

func readerRefuses(t *testing.T) {
	const link = "( type symlink target t )"
	entry := func(name string) string { return "entry ( name " + name + " node " + link + " )" }
	if _, err := readTree([]byte(arc("( type directory " + entry("a") + " " + entry("b") + " )"))); err != nil {
		t.Fatal(err)
	}
	for name, archive := range map[string]string{
		"nothing":              "",
		"other magic":          str("nix-archive-2") + str("("),
		"unknown type":         arc("( type socket )"),
		"tag order":            arc("( target t type symlink )"),
		"no target":            arc("( type symlink )"),
		"empty target":         arc("( type symlink target '' )"),
		"long target":          arc("( type symlink target " + strings.Repeat("x", 4096) + " )"),
		"NUL in target":        arc("( type symlink target a\x00b )"),
		"executable link":      arc("( type symlink executable '' target t )"),
		"executable value":     arc("( type regular executable x contents '' )"),
		"executable twice":     arc("( type regular executable '' executable '' contents '' )"),
		"no contents":          arc("( type regular )"),
		"order":                arc("( type directory " + entry("b") + " " + entry("a") + " )"),
		"name twice":           arc("( type directory " + entry("a") + " " + entry("a") + " )"),
		"empty name":           arc("( type directory " + entry("''") + " )"),
		"dot":                  arc("( type directory " + entry(".") + " )"),
		"dot dot":              arc("( type directory " + entry("..") + " )"),
		"slash":                arc("( type directory " + entry("a/b") + " )"),
		"NUL in name":          arc("( type directory " + entry("a\x00") + " )"),
		"long name":            arc("( type directory " + entry(strings.Repeat("x", 256)) + " )"),
		"entry without end":    arc("( type directory entry ( name a node " + link + " ) "),
		"node before name":     arc("( type directory entry ( node " + link + " name a ) )"),
		"long tag":             arc("( type directory " + strings.Repeat("x", 33) + " )"),
		"huge string":          str(magic) + "\xff\xff\xff\xff\xff\xff\xff\xff",
		"huge file":            arc("( type regular contents") + "\xff\xff\xff\xff\xff\xff\xff\x7f",
		"padding of a string":  str(magic) + "\x01\x00\x00\x00\x00\x00\x00\x00(\x00\x00\x00\x00\x00\x00x",
		"padding of contents":  arc("( type regular contents") + "\x01\x00\x00\x00\x00\x00\x00\x00aXXXXXXX" + str(")"),
		"end in the contents":  arc("( type regular contents") + "\x09\x00\x00\x00\x00\x00\x00\x00aXXXXXXX",
		"end before the paren": arc("( type regular contents ''"),
	} {
		tree, err := readTree([]byte(archive))
		var format *FormatError
		if !errors.As(err, &format) && !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%s: got %q, %v, want an error", name, tree, err)
		}
	}
}

// Every proper prefix of an archive is refused.
func TestReaderTruncated(t *testing.T) {
	archive := dumpBytes(t, makeTree(t, t.TempDir(), sampleTree[:4]), nil)
	for n := range archive {
		if _, err := readTree(archive[:n]); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Fatalf("the first %d bytes of %d: %v, want ErrUnexpectedEOF", n, len(archive), err)
		}
	}
}

func TestFilter(t *testing.T) {
	dir := makeTree(t, t.TempDir(), sampleTree)
	var asked []string
	got, err := readTree(dumpBytes(t, dir, func(path, typ string) (bool, error) {
		rel, err := filepath.Rel(dir, path)
		asked = append(asked, rel+" "+typ)
		return rel == "a" || rel == "dangling" || rel == "a/b", err
	}))
	if err != nil {
		t.Fatal(err)
	}
	want := []object{{"/", ""}, {"a/", ""}, {"a/b/", ""}, {"dangling@", "/nonexistent/target"}}
	if diff := cmp.Diff(want, got, cmp.Comparer(allowObject)); diff != "" {
		t.Errorf("objects (-want +got):\n%s", diff)
	}
	if got, want := strings.Join(asked[:4], ", "), "Upper regular, a directory, a/b directory, a/b/deep regular"; got != want {
		t.Errorf("filter was asked %s, want %s", got, want)
	}
	stop := errors.New("stop")
	if err := Dump(io.Discard, dir, func(string, string) (bool, error) { return false, stop }); !errors.Is(err, stop) {
		t.Errorf("Dump = %v, want the filter's error", err)
	}
}

func TestDumpContents(t *testing.T) {
	var b bytes.Buffer
	if err := DumpContents(&b, []byte("7 bytes")); err != nil {
		t.Fatal(err)
	}
	if got, err := readTree(b.Bytes()); err != nil || len(got) != 1 || got[0].data != "7 bytes" {
		t.Errorf("DumpContents reads as %q, %v", got, err)
	}
}

func TestDumpErrors(t *testing.T) {
	if err := Dump(io.Discard, filepath.Join(t.TempDir(), "none"), nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("Dump of nothing = %v, want ErrNotExist", err)
	}
	full := errors.New("full")
	if err := Dump(writerFunc(func([]byte) (int, error) { return 0, full }), t.TempDir(), nil); !errors.Is(err, full) {
		t.Errorf("Dump to a full disk = %v, want its error", err)
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }

func FuzzNAR(f *testing.F) {
	f.Add(dumpBytes(f, makeTree(f, f.TempDir(), sampleTree), nil))
	f.Add([]byte(arc("( type regular executable '' contents ab )")))
	f.Add([]byte(arc("( type symlink target t )")))
	f.Fuzz(func(t *testing.T, archive []byte) {
		if _, err := readTree(archive); err != nil {
			return
		}
		// What can be read is the one archive of what it holds.
		var again bytes.Buffer
		if err := rewrite(&again, archive); err != nil {
			t.Fatal(err)
		}
		if !bytes.HasPrefix(archive, again.Bytes()) {
			t.Fatalf("%q is written as %q", archive, again.Bytes())
		}
		if _, err := List(bytes.NewReader(archive)); err != nil {
			t.Fatalf("List: %v", err)
		}
	})
}

// rewrite reads an archive and writes it anew.
func rewrite(dst io.Writer, archive []byte) error {
	r, w := NewReader(bytes.NewReader(archive)), NewWriter(dst)
	for {
		h, err := r.Next()
		if err == io.EOF {
			return w.Close()
		}
		if err != nil {
			return err
		}
		if err := w.WriteHeader(h); err != nil {
			return fmt.Errorf("header %+v: %w", h, err)
		}
		if _, err := io.Copy(w, r); err != nil {
			return err
		}
	}
}
