// Package daemontest is a daemon that speaks the worker protocol, for tests that
// have no real one. It serves a store/local store. What it builds, it makes up: a
// derivation whose environment has "contents" gets outputs with that text, one
// with "fails" prints that and fails.
package daemontest

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"nixbench/store"
	"nixbench/store/drv"
	"nixbench/store/gc"
	"nixbench/store/local"
	"nixbench/store/nar"
	"nixbench/store/nixhash"
)

// A Server serves the store below Root.
type Server struct {
	Root, Socket string
	Collections  atomic.Int64 // requests for one

	st *local.Store
	l  net.Listener

	mu    sync.Mutex // mu guards the fields below
	conns map[net.Conn]bool
	temp  map[net.Conn]map[store.Path]bool // temporary roots
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
	c.put(0x6478696f, 1<<8|37)
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
	s  *Server
	nc net.Conn
}

// done says that a request is done; its result follows.
func (c *conn) done(result ...any) error {
	c.put(tagLast)
	c.put(result...)
	return nil
}

// do does a request. Its error comes before done.
func (c *conn) do(ctx context.Context, op uint64) error {
	st := c.s.st
	switch op {
	case 1:
		valid, err := st.IsValid(ctx, c.path())
		return c.answer(err, valid)
	case 6:
		paths, err := st.Referrers(ctx, c.path())
		return c.answer(err, paths)
	case 33:
		paths, err := st.Derivers(ctx, c.path())
		return c.answer(err, paths)
	case 23:
		paths, err := st.AllPaths(ctx)
		return c.answer(err, paths)
	case 29:
		p, err := st.PathFromHashPart(ctx, c.text())
		return c.answer(err, p)
	case 31:
		paths := c.paths()
		c.number()
		valid, err := st.QueryValid(ctx, paths)
		return c.answer(err, valid)
	case 26:
		info, err := st.PathInfo(ctx, c.path())
		if errors.Is(err, store.ErrInvalidPath) {
			return c.done(0)
		}
		if err == nil {
			c.put(tagLast, 1)
			c.putInfo(info)
		}
		return err
	case 41:
		return c.outputs(ctx, c.path())
	case 11:
		p := c.path()
		c.s.mu.Lock()
		c.s.temp[c.nc][p] = true
		c.s.mu.Unlock()
		return c.done(1)
	case 12:
		return c.answer(st.AddIndirectRoot(ctx, c.text()), 1)
	case 19:
		for range 12 {
			c.number()
		}
		for range c.number() {
			c.text()
			c.text()
		}
		return c.done()
	case 34:
		_, err := st.Optimise(ctx, local.OptimiseOptions{})
		return c.answer(err, 1)
	}
	return c.doMore(ctx, op)
}

// answer is done unless there is an error.
func (c *conn) answer(err error, result ...any) error {
	if err != nil {
		return err
	}
	return c.done(result...)
}

// doMore does the requests that take several steps.
func (c *conn) doMore(ctx context.Context, op uint64) error {
	switch op {
	case 7:
		return c.addToStore(ctx)
	case 39:
		return c.addNAR(ctx)
	case 44:
		return c.addMultiple(ctx)
	case 14:
		return c.findRoots(ctx)
	case 20:
		return c.collect(ctx)
	case 35:
		check, _ := c.number() != 0, c.number()
		found := false
		err := c.s.st.Verify(ctx, local.VerifyOptions{CheckContents: check}, func(f local.Finding) {
			found = true
			c.put(tagNext, f.Err.Error()+"\n")
		})
		return c.answer(err, found)
	case 40:
		return c.queryMissing(ctx)
	case 45:
		drvPath := store.Path(string(c.dir) + "/" + c.text())
		return c.answer(c.s.st.AddLog(ctx, drvPath, bytes.NewReader(c.framed())), 1)
	case 46:
		return c.build(ctx)
	}
	return fmt.Errorf("invalid operation %d", op)
}

func (c *conn) outputs(ctx context.Context, p store.Path) error {
	outputs, err := c.s.st.DerivationOutputs(ctx, p)
	if err != nil {
		return err
	}
	c.put(tagLast, len(outputs))
	for _, name := range slices.Sorted(maps.Keys(outputs)) {
		c.put(name, outputs[name])
	}
	return nil
}

func (c *conn) addToStore(ctx context.Context) error {
	name, method := c.text(), c.text()
	refs := c.paths()
	c.number()
	data := c.framed()
	var p store.Path
	var err error
	switch method {
	case "text:sha256":
		p, err = c.s.st.AddText(ctx, name, data, refs)
	case "fixed:r:sha256":
		h := nixhash.Sum(nixhash.SHA256, data)
		if p, err = c.dir.FixedPath(name, store.NAR, h, refs, false); err == nil {
			ca := store.ContentAddress{Method: store.NAR, Hash: h}
			info := &store.PathInfo{Path: p, NarHash: h, NarSize: int64(len(data)), References: refs, CA: ca.String()}
			err = c.s.st.AddNAR(ctx, info, bytes.NewReader(data))
		}
	default:
		err = fmt.Errorf("unknown method %q", method)
	}
	if err != nil {
		return err
	}
	info, err := c.s.st.PathInfo(ctx, p)
	if err == nil {
		c.put(tagLast, p)
		c.putInfo(info)
	}
	return err
}

func (c *conn) addNAR(ctx context.Context) error {
	info := c.info(c.path())
	c.number()
	c.number()
	data := c.framed()
	if info.CA == "" {
		return fmt.Errorf("cannot add path '%s' because it lacks a signature by a trusted key", info.Path)
	}
	return c.answer(c.s.st.AddNAR(ctx, info, bytes.NewReader(data)))
}

func (c *conn) addMultiple(ctx context.Context) error {
	c.number()
	c.number()
	in := wire{r: bytes.NewReader(c.framed()), dir: c.dir}
	for range in.number() {
		info := in.info(in.path())
		if err := c.s.st.AddNAR(ctx, info, in.r); err != nil {
			return err
		}
	}
	return c.done()
}

// roots returns all roots, those of connections too.
func (s *Server) roots(ctx context.Context) ([]gc.Root, error) {
	roots, _, err := s.st.Roots(ctx)
	roots = slices.DeleteFunc(roots, func(r gc.Root) bool {
		return r.Dangling || r.Kind == gc.KindTemp || r.Kind == gc.KindBuild // ours, of what we add
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, paths := range s.temp {
		for p := range paths {
			roots = append(roots, gc.Root{Link: "{censored}", Path: p})
		}
	}
	return roots, err
}

func (c *conn) findRoots(ctx context.Context) error {
	roots, err := c.s.roots(ctx)
	if err != nil {
		return err
	}
	c.put(tagLast, len(roots))
	for _, r := range roots {
		c.put(r.Link, r.Path)
	}
	return nil
}

// collect deletes what is asked for, up to the first path that is alive.
func (c *conn) collect(ctx context.Context) error {
	c.s.Collections.Add(1)
	action, paths := c.number(), c.paths()
	for range 5 {
		c.number()
	}
	if action != 3 {
		return fmt.Errorf("action %d is not for tests", action)
	}
	roots, err := c.s.roots(ctx)
	if err != nil {
		return err
	}
	if err := c.s.st.ReleaseTempRoots(); err != nil { // of what we added
		return err
	}
	plan, err := gc.NewPlan(ctx, c.s.st, gc.Options{Only: paths})
	if err != nil {
		return err
	}
	for _, p := range paths {
		valid, err := c.s.st.IsValid(ctx, p)
		if err != nil {
			return err
		}
		dead := slices.ContainsFunc(plan.Dead, func(i gc.Item) bool { return i.Path == p })
		if valid && (!dead || slices.ContainsFunc(roots, func(r gc.Root) bool { return r.Path == p })) {
			return fmt.Errorf("Cannot delete path '%s' since it is still alive. To find out why, use: nix-store --query --roots", p)
		}
	}
	res, err := plan.Execute(ctx, func(p gc.Progress) { c.put(tagNext, fmt.Sprintf("deleting '%s'\n", p.Path)) })
	if err != nil {
		return err
	}
	return c.done(res.Deleted, res.Freed, 0)
}

// queryMissing finds the derivations that have to be built.
func (c *conn) queryMissing(ctx context.Context) error {
	missing, err := c.missing(ctx, c.words())
	if err != nil {
		return err
	}
	return c.done(slices.Sorted(maps.Keys(missing)), []store.Path{}, []store.Path{}, 0, 0)
}

// missing returns the derivations of targets whose outputs are not valid, and
// those that they need.
func (c *conn) missing(ctx context.Context, targets []string) (map[store.Path]*drv.Derivation, error) {
	found := make(map[store.Path]*drv.Derivation)
	var visit func(p store.Path) error
	visit = func(p store.Path) error {
		d, err := c.s.st.ReadDerivation(ctx, p)
		if err != nil || found[p] != nil {
			return err
		}
		if valid, err := c.s.st.IsValid(ctx, d.OutputPath("out")); err != nil || valid {
			return err
		}
		found[p] = d
		for input := range d.InputDrvs {
			if err := visit(input); err != nil {
				return err
			}
		}
		return nil
	}
	for _, text := range targets {
		t, err := c.dir.ParseDerivedPath(text)
		if err == nil && t.Outputs != nil {
			err = visit(t.Path)
		}
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

// build makes up the outputs of targets.
func (c *conn) build(ctx context.Context) error {
	targets := c.words()
	c.number()
	missing, err := c.missing(ctx, targets)
	if err != nil {
		return err
	}
	order, err := store.TopoSort(ctx, slices.Sorted(maps.Keys(missing)), func(_ context.Context, p store.Path) ([]store.Path, error) {
		return slices.Collect(maps.Keys(missing[p].InputDrvs)), nil
	})
	if err != nil {
		return err
	}
	failed := make(map[store.Path]string)
	for id, p := range order {
		if err := c.buildOne(ctx, id+1, p, missing[p], failed); err != nil {
			return err
		}
	}
	c.put(tagLast, len(targets))
	for _, text := range targets {
		t, _ := c.dir.ParseDerivedPath(text)
		status, message := 0, failed[t.Path]
		switch {
		case message != "" && missing[t.Path].Env["fails"] == "":
			status = 10 // a dependency failed
		case message != "":
			status = 3
		}
		c.put(text, status, message, 1, 0, 0, 0, 0, 0, 0)
	}
	return nil
}

// buildOne builds, or notes why not in failed.
func (c *conn) buildOne(ctx context.Context, id int, p store.Path, d *drv.Derivation, failed map[store.Path]string) error {
	for input := range d.InputDrvs {
		if failed[input] != "" {
			failed[p] = fmt.Sprintf("1 dependencies of derivation '%s' failed to build", p)
			return nil
		}
	}
	c.put(tagStart, id, 3, 105, "building '"+string(p)+"'", 4, 1, p, 1, "", 0, 1, 0, 1, 0)
	c.put(tagResult, id, 104, 1, 1, "buildPhase")
	says := d.Env["fails"]
	if says == "" {
		says = "making " + d.Name
	}
	c.put(tagResult, id, 101, 1, 1, says)
	if d.Env["fails"] != "" {
		failed[p] = fmt.Sprintf("builder for '%s' failed with exit code 1", p)
		c.put(tagNext, "error: "+failed[p]+"\n", tagStop, id)
		return nil
	}
	var archive bytes.Buffer
	if err := nar.DumpContents(&archive, []byte(d.Env["contents"])); err != nil {
		return err
	}
	var refs []store.Path
	for input := range d.InputDrvs {
		if in, err := c.s.st.ReadDerivation(ctx, input); err == nil {
			refs = append(refs, in.OutputPath("out"))
		}
	}
	slices.Sort(refs)
	info := &store.PathInfo{
		Path: d.OutputPath("out"), Deriver: p, NarHash: nixhash.Sum(nixhash.SHA256, archive.Bytes()), NarSize: int64(archive.Len()),
		References: refs, Ultimate: true,
	}
	if err := c.s.st.AddNAR(ctx, info, &archive); err != nil {
		return err
	}
	c.put(tagStop, id)
	return nil
}
