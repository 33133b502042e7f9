package cli

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"syscall"

	"nixbench/store"
)

// An output is the standard output of a command. It keeps the first error, so that a
// command that goes on after one still ends with it. It is safe for concurrent use if
// the writer is.
type output struct {
	w   io.Writer
	mu  sync.Mutex
	err error // guarded by mu
}

func (o *output) Write(p []byte) (int, error) {
	n, err := o.w.Write(p)
	if err == nil {
		return n, nil
	}
	err = &writeError{left: len(p) - n, newline: strings.HasSuffix(string(p), "\n"), cause: err}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err == nil {
		o.err = err
	}
	return n, err
}

// failed returns the first error of writing.
func (o *output) failed() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.err
}

// A writeError reports output that could not be written, in the words of writeFull in
// Nix's file-descriptor.cc. Nix writes the last newline by itself.
type writeError struct {
	left    int // bytes that were not written
	newline bool
	cause   error
}

func (err *writeError) Error() string {
	n := err.left
	if err.newline && n > 1 {
		n--
	}
	return fmt.Sprintf("write of %d bytes: %s", n, systemError(err.cause))
}

// Unwrap returns the error of the system.
func (err *writeError) Unwrap() error { return err.cause }

// systemError returns an error of the system as the C library words it: "No such file
// or directory".
func systemError(err error) string {
	text := err.Error()
	if errno := syscall.Errno(0); errors.As(err, &errno) {
		text = errno.Error()
	}
	return store.Capital(text)
}

// hungUp reports whether a command ended because nobody reads what it writes, and is
// one of those that Nix lets end well then: those that are older than nix.
func (inv *invocation) hungUp(err error) bool {
	var written *writeError
	if !errors.As(err, &written) || !errors.Is(err, syscall.EPIPE) || inv.cmd == nil {
		return false
	}
	switch inv.cmd.name {
	case "instantiate", "nix-build", "nix-env":
		return true
	}
	return strings.HasPrefix(inv.env.nixName(), "nix-")
}
