package local

// While a collection runs, it has read the files of temporary roots. Processes
// that need a path then ask the collection itself, over a socket: a path and a
// newline, answered by "1" when the path is not, or no more, being deleted.
//
// Behaviour: Nix 2.34, gc.cc.

import (
	"bufio"
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"

	"nixbench/store"
	"nixbench/store/socket"
)

// listen makes the socket and serves it until Close.
func (coll *collection) listen() error {
	name := coll.st.gcSocket()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	listener, err := socket.Listen(name)
	if err != nil {
		return err
	}
	coll.listener = listener
	if err := os.Chmod(name, 0o666); err != nil {
		return err
	}
	coll.serving.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			coll.mu.Lock()
			closed := coll.closed
			coll.clients[conn] = true
			coll.mu.Unlock()
			if closed {
				conn.Close()
				return
			}
			coll.serving.Go(func() { coll.serve(conn) })
		}
	})
	return nil
}

// serve answers one process, which sends paths, each on a line, and gets "1"
// for each when it may rely on it.
func (coll *collection) serve(conn net.Conn) {
	defer func() {
		coll.mu.Lock()
		delete(coll.clients, conn)
		coll.mu.Unlock()
		conn.Close()
	}()
	in := bufio.NewScanner(conn)
	for in.Scan() {
		if p, err := coll.st.dir.ParsePath(in.Text()); err == nil {
			coll.keep(p)
		}
		if _, err := conn.Write([]byte("1")); err != nil {
			return
		}
	}
}

// keep notes that a process wants p, and waits until it is not being deleted.
func (coll *collection) keep(p store.Path) {
	coll.mu.Lock()
	defer coll.mu.Unlock()
	coll.kept[p.Digest()] = true
	for coll.claims[p.Digest()] > 0 && !coll.closed {
		coll.changed.Wait()
	}
}
