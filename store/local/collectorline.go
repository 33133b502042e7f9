package local

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"sync"
	"syscall"
	"time"

	"nixbench/store"
	"nixbench/store/socket"
)

// A collectorLine is how a Store announces paths to a collection that runs.
type collectorLine struct {
	mu sync.Mutex // mu guards conn, also while an answer is awaited
	// conn is the connection to a collection that ran when it was last needed.
	// It is kept as Nix keeps its own: Nix's collector has been seen to crash
	// when one connection follows quickly on another.
	conn net.Conn
}

// announce tells the collection that serves a socket to keep paths, and waits
// until it has. It returns false if there is none, or if it ended meanwhile.
func (l *collectorLine) announce(ctx context.Context, name string, paths []store.Path) (bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.conn == nil {
		conn, err := socket.Dial(ctx, name)
		if errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, fs.ErrNotExist) {
			return false, nil
		} else if err != nil {
			return false, err
		}
		l.conn = conn
	}
	conn := l.conn
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
	err := askToKeep(conn, paths)
	if !stop() || err != nil {
		// It has a deadline now, or an answer may still come over it.
		l.hangUpLocked()
	}
	if err == nil {
		return true, nil
	}
	switch {
	case ctx.Err() != nil:
		return false, ctx.Err()
	case errors.Is(err, io.EOF), errors.Is(err, syscall.EPIPE), errors.Is(err, syscall.ECONNRESET):
		return false, nil
	default:
		return false, err
	}
}

// hangUp closes the connection to a collection.
func (l *collectorLine) hangUp() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.hangUpLocked()
}

func (l *collectorLine) hangUpLocked() {
	if l.conn != nil {
		l.conn.Close()
		l.conn = nil
	}
}

// askToKeep sends paths to a collection, and waits for each answer.
func askToKeep(conn net.Conn, paths []store.Path) error {
	answer := make([]byte, 1)
	for _, p := range paths {
		if _, err := io.WriteString(conn, string(p)+"\n"); err != nil {
			return err
		}
		if _, err := io.ReadFull(conn, answer); err != nil {
			return err
		}
		if answer[0] != '1' {
			return fmt.Errorf("ask the collection to keep %s: got answer %q, want 1", p, answer)
		}
	}
	return nil
}
