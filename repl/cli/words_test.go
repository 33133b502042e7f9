package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"
	"testing"

	"nixbench/engine"
	"nixbench/repl/text"
	"nixbench/store"
	"nixbench/store/nar"
)

// What is said around an error counts only where Nix has no words of its own for what is
// inside.
func TestNixWords(t *testing.T) {
	readlink := &fs.PathError{Op: "readlink", Path: "/x", Err: syscall.ENOENT}
	for _, c := range []struct {
		err  error
		want string
	}{
		{errors.New("add path: no space"), "add path: no space"},
		{fmt.Errorf("add path: %w", &nar.TypeError{File: "/dev/null"}), "file '/dev/null' has an unsupported type"},
		{fmt.Errorf("add path: %w", &nar.NotFlatError{File: "/x"}), (&nar.NotFlatError{File: "/x"}).Error()},
		{fmt.Errorf("add path: %w", readlink), `reading symbolic link "/x": No such file or directory`},
		{&fs.PathError{Op: "open", Path: "/x", Err: syscall.ENOENT}, "open /x: no such file or directory"},
		{fmt.Errorf("look up: %w", &engine.UnknownError{For: "flake"}), "look up: " + (&engine.UnknownError{For: "flake"}).Error()},
		{fmt.Errorf("build: %w", &engine.DaemonError{Message: "you may not"}), "you may not"},
		{fmt.Errorf("build: %w", engine.ErrDaemonClosed), "Nix daemon disconnected unexpectedly (maybe it crashed?)"},
		{fmt.Errorf("look up: %w", &store.HashMismatch{}), (&store.HashMismatch{}).Message()},
	} {
		if got := nixWords(c.err); got != c.want {
			t.Errorf("nixWords(%v) = %q, want %q", c.err, got, c.want)
		}
	}
}

// What a daemon was doing is said around what it says, the outermost first.
func TestTraceOfDaemon(t *testing.T) {
	err := fmt.Errorf("build: %w", &engine.DaemonError{Message: "odd number of tokens", Traces: []string{"while parsing", "while reading options"}})
	const want = "error:\n       … while parsing\n\n       … while reading options\n\n       error: odd number of tokens"
	if got := text.Plain(withTrace(traceOf(err), err)); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
