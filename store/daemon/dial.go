package daemon

import (
	"context"
	"errors"
	"net"

	"nixbench/store/socket"
)

// dial connects to a socket.
func dial(ctx context.Context, name string) (net.Conn, error) {
	nc, err := socket.Dial(ctx, name)
	var tooLong *socket.TooLongError
	if err != nil && ctx.Err() == nil && !errors.As(err, &tooLong) {
		err = &DialError{name, err}
	}
	return nc, err
}
