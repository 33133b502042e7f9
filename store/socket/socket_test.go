package socket

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"
)

// TestSocketNames pins that sockets with long names work.
func TestSocketNames(t *testing.T) {
	for _, n := range []int{1, 200} {
		dir := t.TempDir() + "/" + strings.Repeat("d", n)
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if _, err := Dial(t.Context(), dir+"/socket"); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("no socket: got %v, want %v", err, fs.ErrNotExist)
		} else if !strings.Contains(err.Error(), dir+"/socket: ") {
			t.Errorf("no socket: got %v, want one that names %s/socket", err, dir)
		}
		l, err := Listen(dir + "/socket")
		if err != nil {
			t.Fatal(err)
		}
		c, err := Dial(t.Context(), dir+"/socket")
		if err != nil {
			t.Error(err)
		} else {
			c.Close()
		}
		l.Close()
	}
	var tooLong *TooLongError
	if _, err := Dial(t.Context(), "/"+strings.Repeat("n", 120)); !errors.As(err, &tooLong) {
		t.Errorf("a name that cannot be shortened: got %v, want %T", err, tooLong)
	}
	t.Chdir(t.TempDir())
	if _, err := Dial(t.Context(), strings.Repeat("n", 120)); !errors.As(err, &tooLong) {
		t.Errorf("a name without a directory: got %v, want %T", err, tooLong)
	}
}
