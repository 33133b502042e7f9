package daemon

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"syscall"
)

// maxSocketName is how long the name of a socket may be that is connected to.
var maxSocketName = len(syscall.RawSockaddrUnix{}.Path) - 2

// dial connects to a socket.
func dial(ctx context.Context, socket string) (net.Conn, error) {
	name := socket
	if len(socket) > maxSocketName {
		dir, base := filepath.Split(socket)
		if len(base) > maxSocketName {
			return nil, fmt.Errorf("socket path '%s' is too long", socket)
		}
		d, err := os.Open(dir)
		if err != nil {
			return nil, &DialError{socket, err}
		}
		defer d.Close()
		name = fmt.Sprintf("/proc/self/fd/%d/%s", d.Fd(), base)
	}
	var d net.Dialer
	nc, err := d.DialContext(ctx, "unix", name)
	if err != nil && ctx.Err() == nil {
		err = &DialError{socket, err}
	}
	return nc, err
}
