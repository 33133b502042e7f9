package disk

import (
	"errors"
	"io/fs"
	"path/filepath"
	"testing"
)

func TestOf(t *testing.T) {
	dir := t.TempDir()
	space, err := Of(dir)
	if err != nil {
		t.Fatal(err)
	}
	if space.Total <= 0 || space.Free < 0 || space.Free > space.Total || space.FilesLeft > space.Files || space.ReadOnly {
		t.Errorf("got %+v", space)
	}
	var failed *fs.PathError
	if _, err := Of(filepath.Join(dir, "none")); !errors.As(err, &failed) || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want that it does not exist", err)
	}
}
