package daemon

import (
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"sync"
	"syscall"

	"nixbench/store"
)

// A ProtocolError reports that a daemon said what it may not.
type ProtocolError struct{ What string }

func (e *ProtocolError) Error() string {
	return "the daemon does not keep to the protocol: " + e.What
}

// An Error is what a daemon answered instead of doing what was asked of it.
type Error struct {
	Message string   // without colours; often of several lines
	Traces  []string // what it was doing, outermost first
}

func (e *Error) Error() string { return e.Message }

// ErrClosed reports that a daemon closed the connection before it had answered.
var ErrClosed = errors.New("the daemon closed the connection unexpectedly (maybe it crashed)")

// ErrSilent reports that a daemon did not answer in time what takes no time, or
// stopped in the middle of an answer.
var ErrSilent = errors.New("the daemon does not answer")

// errUsed reports that a store is used after Close.
var errUsed = errors.New("the store is closed")

// explain says what an error of a connection means.
func explain(err error) error {
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return ErrClosed
	case errors.Is(err, os.ErrDeadlineExceeded):
		return ErrSilent
	}
	return err
}

// A DialError says that a daemon cannot be reached.
type DialError struct {
	Socket string
	Err    error // of the system
}

// Error returns what Nix says.
func (e *DialError) Error() string {
	cause := e.Err.Error()
	var sys syscall.Errno
	if errors.As(e.Err, &sys) {
		cause = store.Capital(sys.Error())
	}
	return fmt.Sprintf("cannot connect to socket at '%s': %s", e.Socket, cause)
}

// Unwrap returns the error of the system.
func (e *DialError) Unwrap() error { return e.Err }

// Advice says what may be the matter, "" if that is not known.
func (e *DialError) Advice() string {
	if errors.Is(e.Err, syscall.ECONNREFUSED) || errors.Is(e.Err, syscall.ENOENT) {
		return "Is nix-daemon running?"
	}
	return ""
}

// colour is a terminal's sequence for colours and the like.
var colour = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile("\x1b\\[[0-9;:]*[A-Za-z]") })

// Plain returns a message without colours and the word that begins errors.
func Plain(s string) string {
	s = strings.TrimRight(colour().ReplaceAllString(s, ""), "\n")
	return strings.TrimPrefix(s, "error: ")
}
