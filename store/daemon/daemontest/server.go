// Package daemontest is a daemon that speaks the worker protocol, for tests that
// have no real one. It serves a store/local store. What it builds, it makes up: a
// derivation whose environment has "contents" gets outputs with that text, one
// with "fails" prints that and fails, one with "stopped" ends as one that is stopped since
// another has failed.
package daemontest

import (
	"bufio"
	"context"
	"net"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"nixbench/store"
	"nixbench/store/local"
)

// A Server serves the store below Root.
type Server struct {
	Root, Socket string
	Collections  atomic.Int64 // requests for one
	// Modern says that new connections are to know derivations in the build trace by their
	// paths, as from Nix 2.35 on.
	Modern atomic.Bool

	st *local.Store
	l  net.Listener

	mu    sync.Mutex // mu guards the fields below
	conns map[net.Conn]bool
	temp  map[net.Conn]map[store.Path]bool // temporary roots
	old   map[string]string                // what outputs came to be, by their names with hashes
}

// Start starts a server that ends with the test.
func Start(t testing.TB) *Server {
	t.Helper()
	root, err := os.MkdirTemp("", "daemontest") // short: the name of a socket has a limit
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(root) })
	s, err := Serve(root)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// Serve starts a server for the store below root.
func Serve(root string) (*Server, error) {
	s := &Server{
		Root: root, Socket: filepath.Join(root, "socket"),
		conns: make(map[net.Conn]bool), temp: make(map[net.Conn]map[store.Path]bool),
		old: make(map[string]string),
	}
	var err error
	s.st, err = local.Open(context.Background(), local.Options{Root: root, SyncMode: local.SyncNone})
	if err != nil {
		return nil, err
	}
	if s.l, err = net.Listen("unix", s.Socket); err != nil {
		return nil, err
	}
	go func() {
		for {
			nc, err := s.l.Accept()
			if err != nil {
				return
			}
			s.mu.Lock()
			s.conns[nc], s.temp[nc] = true, make(map[store.Path]bool)
			s.mu.Unlock()
			go s.serve(nc)
		}
	}()
	return s, nil
}

// URI is what --store takes.
func (s *Server) URI() string { return "unix://" + s.Socket + "?root=" + s.Root }

// Kill closes all connections, as if their processes had died.
func (s *Server) Kill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for nc := range s.conns {
		nc.Close()
	}
}

// Close ends the server.
func (s *Server) Close() {
	s.l.Close()
	s.Kill()
	s.st.Close()
}

// serve serves one connection.
func (s *Server) serve(nc net.Conn) {
	defer func() {
		nc.Close()
		s.mu.Lock()
		delete(s.conns, nc)
		delete(s.temp, nc)
		s.mu.Unlock()
		if err := recover(); err != nil {
			if _, ours := err.(connError); !ours {
				panic(err)
			}
		}
	}()
	w := bufio.NewWriter(nc)
	c := &conn{wire: wire{r: bufio.NewReader(nc), w: w, dir: s.st.Dir()}, s: s, nc: nc}
	flush := func() { check(w.Flush()) }
	c.number()
	c.number()
	if c.modern = s.Modern.Load(); c.modern {
		c.put(0x6478696f, 1<<8|38)
		flush()
		c.words()
		c.put([]string{"realisation-with-path-not-hash"})
	} else {
		c.put(0x6478696f, 1<<8|37)
	}
	flush()
	c.number()
	c.number()
	c.put("2.99-test", 2)
	c.put(tagLast)
	flush()
	for {
		op := c.number()
		if err := c.do(context.Background(), op); err != nil {
			c.put(tagError, "Error", 0, "Error", "\x1b[31;1merror:\x1b[0m "+err.Error(), 0, 0)
		}
		flush()
	}
}

const (
	tagLast   = 0x616c7473
	tagError  = 0x63787470
	tagNext   = 0x6f6c6d67
	tagStart  = 0x53545254
	tagStop   = 0x53544f50
	tagResult = 0x52534c54
)

// A conn is a connection of a Server's.
type conn struct {
	wire
	s      *Server
	nc     net.Conn
	modern bool
}
