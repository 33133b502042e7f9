package daemontest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"nixbench/store"
	"nixbench/store/local"
	"nixbench/store/nar"
	"nixbench/store/nixhash"
)

// This file answers what clients ask for.

// What clients ask for. The client of package daemon has numbers of its own, so that a
// mistake in one of the two shows.
// Format: Nix, worker-protocol.hh.
const (
	opIsValidPath            = 1
	opQueryReferrers         = 6
	opAddToStore             = 7
	opAddTempRoot            = 11
	opAddIndirectRoot        = 12
	opFindRoots              = 14
	opSetOptions             = 19
	opCollectGarbage         = 20
	opQueryAllValidPaths     = 23
	opQueryPathInfo          = 26
	opQueryPathFromHashPart  = 29
	opQueryValidPaths        = 31
	opQueryValidDerivers     = 33
	opOptimiseStore          = 34
	opVerifyStore            = 35
	opAddToStoreNar          = 39
	opQueryMissing           = 40
	opQueryDerivationOutputs = 41
	opRegisterDrvOutput      = 42
	opQueryRealisation       = 43
	opAddMultipleToStore     = 44
	opAddBuildLog            = 45
	opBuildPathsWithResults  = 46
)

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
	case opIsValidPath:
		valid, err := st.IsValid(ctx, c.path())
		return c.answer(err, valid)
	case opQueryReferrers:
		paths, err := st.Referrers(ctx, c.path())
		return c.answer(err, paths)
	case opQueryValidDerivers:
		paths, err := st.Derivers(ctx, c.path())
		return c.answer(err, paths)
	case opQueryAllValidPaths:
		paths, err := st.AllPaths(ctx)
		return c.answer(err, paths)
	case opQueryPathFromHashPart:
		p, err := st.PathFromHashPart(ctx, c.text())
		return c.answer(err, p)
	case opQueryValidPaths:
		paths := c.paths()
		c.number()
		valid, err := st.QueryValid(ctx, paths)
		return c.answer(err, valid)
	case opQueryPathInfo:
		info, err := st.PathInfo(ctx, c.path())
		if errors.Is(err, store.ErrInvalidPath) {
			return c.done(0)
		}
		if err == nil {
			c.put(tagLast, 1)
			c.putInfo(info)
		}
		return err
	case opQueryDerivationOutputs:
		return c.outputs(ctx, c.path())
	case opAddTempRoot:
		p := c.path()
		c.s.mu.Lock()
		c.s.temp[c.nc][p] = true
		c.s.mu.Unlock()
		return c.done(1)
	case opAddIndirectRoot:
		return c.answer(st.AddIndirectRoot(ctx, c.text()), 1)
	case opSetOptions:
		for range 12 {
			c.number()
		}
		for range c.number() {
			c.text()
			c.text()
		}
		return c.done()
	case opOptimiseStore:
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
	case opAddToStore:
		return c.addToStore(ctx)
	case opAddToStoreNar:
		return c.addNAR(ctx)
	case opAddMultipleToStore:
		return c.addMultiple(ctx)
	case opFindRoots:
		return c.findRoots(ctx)
	case opCollectGarbage:
		return c.collect(ctx)
	case opVerifyStore:
		return c.verify(ctx)
	case opQueryMissing:
		return c.queryMissing(ctx)
	case opAddBuildLog:
		drvPath := store.Path(string(c.dir) + "/" + c.text())
		return c.answer(c.s.st.AddLog(ctx, drvPath, bytes.NewReader(c.framed())), 1)
	case opBuildPathsWithResults:
		return c.build(ctx)
	case opRegisterDrvOutput:
		return c.registerRealisation(ctx)
	case opQueryRealisation:
		return c.queryRealisation(ctx)
	}
	return fmt.Errorf("invalid operation %d", op)
}

// verify checks the store, and repairs what it has built.
func (c *conn) verify(ctx context.Context) error {
	opts := local.VerifyOptions{CheckContents: c.number() != 0, Stage: func(msg string) { c.put(tagNext, msg+"\n") }}
	if c.number() != 0 {
		opts.Repair = func(ctx context.Context, p store.Path) error {
			info, err := c.s.st.PathInfo(ctx, p)
			if err != nil {
				return err
			}
			d, err := c.s.st.ReadDerivation(ctx, info.Deriver)
			if err != nil {
				return err
			}
			return os.WriteFile(c.s.st.RealPath(p), []byte(d.Env["contents"]), 0o444)
		}
	}
	found := false
	err := c.s.st.Verify(ctx, opts, func(f local.Finding) {
		found = found || !f.Repaired
		c.put(tagNext, f.Err.Error()+"\n")
	})
	return c.answer(err, found)
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
	case "fixed:git:sha1":
		p, err = c.addGit(ctx, name, data)
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

// addGit adds what an archive holds at the path that follows from its hash in Git.
func (c *conn) addGit(ctx context.Context, name string, archive []byte) (store.Path, error) {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "object")
	if err := nar.Restore(bytes.NewReader(archive), file, nar.RestoreOptions{}); err != nil {
		return "", err
	}
	return c.s.st.AddTree(ctx, name, file, store.Git, nixhash.SHA1, nil)
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
