package nar

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRestore(t *testing.T) {
	src := makeTree(t, t.TempDir(), sampleTree)
	for _, name := range []string{"", "seven", "bin/run", "dangling", "hollow"} {
		archive := dumpBytes(t, filepath.Join(src, name), nil)
		dest := filepath.Join(t.TempDir(), "dest")
		if err := Restore(bytes.NewReader(archive), dest, RestoreOptions{}); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(dumpBytes(t, dest, nil), archive) {
			t.Errorf("%q: what is restored has another archive", name)
		}
		checkMetadata(t, dest)
		makeWritable(t, dest)
	}
}

// checkMetadata checks that everything at dest has the metadata of a store.
func checkMetadata(t *testing.T, dest string) {
	t.Helper()
	err := filepath.WalkDir(dest, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		want := fs.FileMode(0o444)
		if info.IsDir() || filepath.Base(path) == "run" || filepath.Base(path) == "dest" && info.Mode().Perm()&1 != 0 {
			want = 0o555
		}
		if got := info.Mode().Perm(); got != want && info.Mode()&fs.ModeSymlink == 0 {
			t.Errorf("%s has mode %o, want %o", path, got, want)
		}
		if got := info.ModTime().Unix(); got != 1 {
			t.Errorf("%s was modified at %d, want 1", path, got)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// makeWritable lets the test's clean-up remove directories.
func makeWritable(t *testing.T, dest string) {
	t.Helper()
	err := filepath.WalkDir(dest, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() {
			err = os.Chmod(path, 0o755)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestRestoreRefusesWhatExists(t *testing.T) {
	archive := []byte(arc("( type directory )"))
	dir := t.TempDir()
	dest := filepath.Join(dir, "dest")
	for _, make := range []func() error{
		func() error { return os.Mkdir(dest, 0o755) },
		func() error { return os.WriteFile(dest, nil, 0o644) },
		func() error { return os.Symlink(filepath.Join(dir, "elsewhere"), dest) },
	} {
		if err := make(); err != nil {
			t.Fatal(err)
		}
		for _, archive := range []string{string(archive), arc("( type symlink target t )"), arc("( type regular contents '' )")} {
			if err := Restore(strings.NewReader(archive), dest, RestoreOptions{}); !errors.Is(err, fs.ErrExist) {
				t.Errorf("Restore over something = %v, want ErrExist", err)
			}
		}
		if _, err := os.Lstat(filepath.Join(dir, "elsewhere")); err == nil {
			t.Error("Restore followed a link")
		}
		if err := os.Remove(dest); err != nil {
			t.Fatal(err)
		}
	}
}

func TestRestoreMaxSize(t *testing.T) {
	archive := dumpBytes(t, makeTree(t, t.TempDir(), sampleTree), nil)
	dest := filepath.Join(t.TempDir(), "dest")
	if err := Restore(bytes.NewReader(archive), dest, RestoreOptions{MaxSize: int64(len(archive))}); err != nil {
		t.Errorf("archive of just the size: %v", err)
	}
	makeWritable(t, dest)
	for _, size := range []int{1, 100, len(archive) / 2} {
		dest := filepath.Join(t.TempDir(), "dest")
		if err := Restore(bytes.NewReader(archive), dest, RestoreOptions{MaxSize: int64(size)}); err == nil {
			t.Errorf("archive of %d bytes where %d were promised: no error", len(archive), size)
		}
		if _, err := os.Lstat(dest); err == nil {
			makeWritable(t, dest)
		}
	}
}

func TestRestoreReportsReadErrors(t *testing.T) {
	broken := errors.New("broken")
	archive := dumpBytes(t, makeTree(t, t.TempDir(), sampleTree), nil)
	for _, n := range []int{0, 10, 300, len(archive) / 2} {
		dest := filepath.Join(t.TempDir(), "dest")
		r := io.MultiReader(bytes.NewReader(archive[:n]), readerFunc(func([]byte) (int, error) { return 0, broken }))
		if err := Restore(r, dest, RestoreOptions{}); !errors.Is(err, broken) {
			t.Errorf("source that breaks after %d bytes: %v", n, err)
		}
		if _, err := os.Lstat(dest); err == nil {
			makeWritable(t, dest)
		}
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(b []byte) (int, error) { return f(b) }

// From a bufio.Reader just the archive is taken, however small its buffer.
func TestReaderStopsAtTheEnd(t *testing.T) {
	archive := dumpBytes(t, makeTree(t, t.TempDir(), sampleTree), nil)
	for _, size := range []int{16, 64, readBuffer} {
		br := bufio.NewReaderSize(io.MultiReader(bytes.NewReader(archive), strings.NewReader("rest")), size)
		if _, err := List(br); err != nil {
			t.Fatal(err)
		}
		if rest, err := io.ReadAll(br); err != nil || string(rest) != "rest" {
			t.Errorf("buffer of %d: %q, %v is left, want rest", size, rest, err)
		}
	}
}
