package local

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// TestDeleteStaysInTree takes the steps of a deletion by hand (CVE-2025-46415): what was a
// directory when it was looked at, and is a link since, is not gone down into; and from a
// directory that was moved elsewhere meanwhile there is no way up.
func TestDeleteStaysInTree(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"tree/moved/in", "outside/keep"} {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("../outside", filepath.Join(dir, "tree/link")); err != nil {
		t.Fatal(err)
	}
	fd, err := unix.Open(filepath.Join(dir, "tree"), unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	d := &deleter{fd: fd}
	defer func() { unix.Close(d.fd) }()
	if names, err := d.descend("link", nil); err == nil {
		t.Errorf("went through a link, and found %v", names)
	}
	if _, err := d.descend("moved", nil); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(dir, "tree/moved"), filepath.Join(dir, "outside/moved")); err != nil {
		t.Fatal(err)
	}
	if frame, err := d.ascend(); err == nil {
		t.Errorf("came out elsewhere: %+v", frame)
	}
}
