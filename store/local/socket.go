package local

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
)

// maxSocketName is the longest name of a socket that the system takes.
const maxSocketName = 100

// dialUnix connects to a socket, however long its name is.
func dialUnix(ctx context.Context, name string) (net.Conn, error) {
	short, done, err := shortName(name)
	if err != nil {
		return nil, err
	}
	defer done()
	var d net.Dialer
	return d.DialContext(ctx, "unix", short)
}

// listenUnix makes a socket, however long its name is.
func listenUnix(name string) (*net.UnixListener, error) {
	short, done, err := shortName(name)
	if err != nil {
		return nil, err
	}
	defer done()
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: short, Net: "unix"})
	if err != nil {
		return nil, err
	}
	l.SetUnlinkOnClose(false) // it may go by another name then
	return l, nil
}

// shortName returns a name for a file that is short until done is called.
func shortName(name string) (short string, done func(), err error) {
	if len(name) <= maxSocketName {
		return name, func() {}, nil
	}
	dir, err := os.Open(filepath.Dir(name))
	if err != nil {
		return "", nil, err
	}
	short = fmt.Sprintf("/proc/self/fd/%d/%s", dir.Fd(), filepath.Base(name))
	return short, func() { dir.Close() }, nil
}
