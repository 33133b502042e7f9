package local

import (
	"bytes"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// A file that shares its blocks has kept what it is; one with other contents shares
// none. Where the file system cannot do it nothing happens at all.
func TestShare(t *testing.T) {
	dir := t.TempDir()
	fd, err := unix.Open(dir, unix.O_RDONLY|unix.O_DIRECTORY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	same := bytes.Repeat([]byte("0123456789abcdef"), 1<<16)
	differs := bytes.Clone(same)
	differs[len(differs)-1]++
	write := func(name string, data []byte) {
		t.Helper()
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, data, 0o444); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(file, time.Unix(1, 0), time.Unix(1, 0)); err != nil {
			t.Fatal(err)
		}
	}
	write("a", same)
	write("b", same)
	write("c", differs)
	before, err := os.Stat(filepath.Join(dir, "b"))
	if err != nil {
		t.Fatal(err)
	}
	err = share(fd, "b", fd, "a", int64(len(same)))
	t.Logf("share: %v", err)
	after, statErr := os.Stat(filepath.Join(dir, "b"))
	if statErr != nil {
		t.Fatal(statErr)
	}
	if after.Mode() != before.Mode() || after.ModTime() != before.ModTime() || after.Sys().(*syscall.Stat_t).Ino != before.Sys().(*syscall.Stat_t).Ino {
		t.Errorf("b became %v of %v, was %v of %v", after.Mode(), after.ModTime(), before.Mode(), before.ModTime())
	}
	if err := share(fd, "c", fd, "a", int64(len(same))); err == nil {
		t.Error("files that differ share blocks")
	}
	for name, want := range map[string][]byte{"a": same, "b": same, "c": differs} {
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s has other contents: %v", name, err)
		}
	}
}
