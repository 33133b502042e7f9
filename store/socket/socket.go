// Package socket connects to Unix sockets, and makes them, however long their names are. The system
// takes names of a hundred bytes only; the directory of a longer one goes by its descriptor.
package socket

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"syscall"
)

// maxName is how long, in bytes, the name of a socket may be. Source: unix(7).
var maxName = len(syscall.RawSockaddrUnix{}.Path) - 2

// Dial connects to a socket.
func Dial(ctx context.Context, name string) (net.Conn, error) {
	short, done, err := shorten(name)
	if err != nil {
		return nil, err
	}
	defer done()
	var d net.Dialer
	c, err := d.DialContext(ctx, "unix", short)
	return c, named(err, name)
}

// Listen makes a socket. Closing it does not remove the file.
func Listen(name string) (*net.UnixListener, error) {
	short, done, err := shorten(name)
	if err != nil {
		return nil, err
	}
	defer done()
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: short, Net: "unix"})
	if err != nil {
		return nil, named(err, name)
	}
	l.SetUnlinkOnClose(false) // it may go by another name then
	return l, nil
}

// named has an error, or nil, tell of a socket by its own name.
func named(err error, name string) error {
	if op, ok := errors.AsType[*net.OpError](err); ok {
		op.Addr = &net.UnixAddr{Name: name, Net: "unix"}
	}
	return err
}

// A TooLongError says that the last part of a name alone is too long.
type TooLongError struct{ Name string }

func (e *TooLongError) Error() string { return fmt.Sprintf("socket path '%s' is too long", e.Name) }

// shorten returns a name for a file that is short until done is called.
func shorten(name string) (short string, done func(), err error) {
	if len(name) <= maxName {
		return name, func() {}, nil
	}
	dir, base := filepath.Split(name)
	d, err := os.Open(cmp.Or(dir, "."))
	if err != nil {
		return "", nil, err
	}
	if short = fmt.Sprintf("/proc/self/fd/%d/%s", d.Fd(), base); len(short) > maxName {
		d.Close()
		return "", nil, &TooLongError{name}
	}
	return short, func() { d.Close() }, nil
}
