package engine

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"golang.org/x/sys/unix"

	"nixbench/engine/settings"
	"nixbench/store"
	"nixbench/store/cache"
	"nixbench/store/drv"
	"nixbench/store/gc"
	"nixbench/store/local"
	"nixbench/store/nar"
	"nixbench/store/narinfo"
	"nixbench/store/nixhash"
	"nixbench/store/pending"
)

// This file is a binary cache on this machine as the store of an engine: it is asked about
// paths and added to, and has neither builds nor roots.

// A cacheStore is such a store. What is looked at as files is unpacked, once, into a
// temporary directory.
//
// Behaviour: Nix, binary-cache-store.cc and local-binary-cache-store.cc.
type cacheStore struct {
	dummyStore // does nothing, or says that it cannot
	cache      *cache.Cache

	mu        sync.Mutex                 // mu guards the fields below
	scratch   string                     // the temporary directory, "" before there is one
	unpacking map[string]<-chan struct{} // by name: closed once that is done, or has failed
}

var _ backend = (*cacheStore)(nil)

// unsupported is the error of what a cache cannot do, in Nix's words.
func (st *cacheStore) unsupported(operation string) error {
	return fmt.Errorf("operation '%s' is not supported by store '%s'", operation, st.cache.URL())
}

func (st *cacheStore) Writable() error { return nil }

// Close deletes what was unpacked.
func (st *cacheStore) Close() error {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.scratch == "" {
		return nil
	}
	ctx := context.Background() //nolint:forbidigo // what is temporary goes, also where the command is cancelled
	_, err := local.DeleteTree(ctx, st.scratch)
	return err
}

// temp returns a new name in the temporary directory.
func (st *cacheStore) temp(name string) (string, error) {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.scratch == "" {
		dir, err := os.MkdirTemp("", "nixbench-cache-")
		if err != nil {
			return "", err
		}
		st.scratch = dir
	}
	return filepath.Join(st.scratch, name), nil
}

// Unpack unpacks a path if the store is a binary cache, so that its files are there.
func (e *Engine) Unpack(ctx context.Context, p store.Path) error {
	st := e.cache()
	if st == nil {
		return nil
	}
	_, err := st.files(ctx, p)
	return err
}

// files returns where a path is unpacked, which is done now if it was not yet. Where that
// fails nothing is left there.
func (st *cacheStore) files(ctx context.Context, p store.Path) (string, error) {
	file, err := st.temp(p.Base())
	if err != nil {
		return "", err
	}
	release, err := st.claim(ctx, file)
	if err != nil {
		return file, err
	}
	defer release()
	if _, err := os.Lstat(file); err == nil {
		return file, nil
	}
	if err := st.unpack(ctx, p, file); err != nil {
		_, _ = local.DeleteTree(context.WithoutCancel(ctx), file) // the error that counts is the first
		return file, err
	}
	return file, nil
}

// claim waits until nobody unpacks a file or ctx is done, and keeps others from it until
// release is called.
func (st *cacheStore) claim(ctx context.Context, file string) (release func(), err error) {
	for {
		st.mu.Lock()
		busy := st.unpacking[file]
		if busy == nil {
			break // which leaves it locked
		}
		st.mu.Unlock()
		select {
		case <-busy:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	defer st.mu.Unlock()
	if st.unpacking == nil {
		st.unpacking = make(map[string]<-chan struct{})
	}
	ended := make(chan struct{})
	st.unpacking[file] = ended
	return func() {
		st.mu.Lock()
		defer st.mu.Unlock()
		delete(st.unpacking, file)
		close(ended)
	}, nil
}

// An Archived says how a path is kept in a binary cache.
type Archived = narinfo.Info

// Archived says how a path is kept if the store is a binary cache, or returns nil.
func (e *Engine) Archived(p store.Path) *Archived {
	st := e.cache()
	if st == nil {
		return nil
	}
	info, err := st.cache.Info(p)
	if err != nil {
		return nil
	}
	return info
}

// RealPath returns where a path was unpacked; where that failed there is nothing.
func (st *cacheStore) RealPath(p store.Path) string {
	ctx := context.Background() //nolint:forbidigo // store.Reader asks where a path is without a context; Unpack is what can be cancelled
	file, _ := st.files(ctx, p)
	return cmp.Or(file, string(p))
}

func (st *cacheStore) unpack(ctx context.Context, p store.Path, file string) error {
	info, err := st.cache.PathInfo(ctx, p)
	if err != nil {
		return err
	}
	return piped(ctx, st.cache, p, func(archive io.Reader) error {
		return nar.Restore(archive, file, nar.RestoreOptions{MaxSize: info.NarSize})
	})
}

func (st *cacheStore) PathInfo(ctx context.Context, p store.Path) (*store.PathInfo, error) {
	return st.cache.PathInfo(ctx, p)
}

func (st *cacheStore) IsValid(ctx context.Context, p store.Path) (bool, error) {
	return st.cache.Has(ctx, p)
}

func (st *cacheStore) QueryValid(ctx context.Context, paths []store.Path) ([]store.Path, error) {
	return st.cache.QueryValid(ctx, paths)
}

func (st *cacheStore) AllPaths(ctx context.Context) ([]store.Path, error) { return st.cache.All(ctx) }

func (st *cacheStore) Realisation(ctx context.Context, drvPath store.Path, output store.OutputName) (store.Realisation, bool, error) {
	return (&tracedElsewhere{Reader: st, from: st.cache}).Realisation(ctx, drvPath, output)
}

func (st *cacheStore) Referrers(context.Context, store.Path) ([]store.Path, error) {
	return nil, st.unsupported("queryReferrers")
}

func (st *cacheStore) PathFromHashPart(ctx context.Context, digest string) (store.Path, error) {
	return st.cache.PathFromHashPart(ctx, digest)
}

// Graph reads what is said of all paths.
func (st *cacheStore) Graph(ctx context.Context) (*store.Graph, error) {
	paths, err := st.cache.All(ctx)
	if err != nil {
		return nil, err
	}
	at := make(map[store.Path]int32, len(paths))
	nodes := make([]store.GraphNode, len(paths))
	for i, p := range paths {
		at[p], nodes[i].Path = int32(i), p
	}
	var refs [][2]int32
	for i, p := range paths {
		info, err := st.cache.PathInfo(ctx, p)
		if err != nil {
			return nil, err
		}
		nodes[i].NarSize, nodes[i].Deriver = info.NarSize, info.Deriver
		for _, ref := range info.References {
			if to, ok := at[ref]; ok {
				refs = append(refs, [2]int32{int32(i), to})
			}
		}
	}
	return store.NewGraph(nodes, refs, nil), nil
}

// ReadDerivation reads a derivation, which has to be the one that its path stands for.
func (st *cacheStore) ReadDerivation(ctx context.Context, p store.Path) (*drv.Derivation, error) {
	info, err := st.cache.PathInfo(ctx, p)
	if err != nil {
		return nil, err
	}
	if !p.IsDerivation() {
		return nil, fmt.Errorf("read derivation: '%s' is none", p)
	}
	f, err := os.OpenFile(st.RealPath(info.Path), os.O_RDONLY|unix.O_NOFOLLOW, 0) // a link may lead anywhere
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(f)
	if err != nil {
		return nil, err
	}
	return drv.ParseChecked(p, text)
}

func (st *cacheStore) ReadDerivations(ctx context.Context, paths []store.Path, use func(i int, d *drv.Derivation) error) error {
	for i, p := range paths {
		d, err := st.ReadDerivation(ctx, p)
		if err != nil && !errors.Is(err, store.ErrInvalidPath) {
			return err
		}
		if err := use(i, d); err != nil {
			return err
		}
	}
	return nil
}

// DerivationOutputs returns the outputs of a derivation as far as they are known.
func (st *cacheStore) DerivationOutputs(ctx context.Context, p store.Path) (map[store.OutputName]store.Path, error) {
	d, err := st.ReadDerivation(ctx, p)
	if err != nil {
		return nil, err
	}
	outputs := make(map[store.OutputName]store.Path, len(d.Outputs))
	for name, o := range d.Outputs {
		outputs[name] = o.Path
		if o.Path != "" {
			continue
		}
		if r, ok, err := st.Realisation(ctx, p, name); err != nil {
			return nil, err
		} else if ok {
			outputs[name] = r.OutPath
		}
	}
	return outputs, nil
}

func (st *cacheStore) AddNAR(ctx context.Context, info *store.PathInfo, archive io.Reader) error {
	return st.cache.Add(ctx, info, archive)
}

func (st *cacheStore) AddSignatures(ctx context.Context, p store.Path, sigs []string) (int, error) {
	return st.cache.AddSignatures(ctx, p, sigs)
}

func (st *cacheStore) AddText(ctx context.Context, name string, contents []byte, refs []store.Path) (store.Path, error) {
	refs = store.SortUnique(refs)
	hash := nixhash.Sum(nixhash.SHA256, contents)
	p, err := st.dir.TextPath(name, hash, refs)
	if err != nil {
		return "", err
	}
	var archive bytes.Buffer
	w := nar.NewWriter(&archive)
	if err := w.WriteHeader(&nar.Header{Type: nar.Regular, Size: int64(len(contents))}); err != nil {
		return "", err
	}
	if _, err := w.Write(contents); err != nil {
		return "", err
	}
	if err := w.Close(); err != nil {
		return "", err
	}
	ca := store.ContentAddress{Method: store.Text, Hash: hash}
	return p, st.cache.Add(ctx, &store.PathInfo{
		Path: p, NarHash: nixhash.Sum(nixhash.SHA256, archive.Bytes()), NarSize: int64(archive.Len()), References: refs, CA: ca.String(),
	}, &archive)
}

func (st *cacheStore) AddDerivation(ctx context.Context, d *drv.Derivation) (store.Path, error) {
	p, add, err := pending.New(st.dir, d)
	if err != nil {
		return "", err
	}
	if have, err := st.cache.Has(ctx, p); err != nil || have {
		return p, err
	}
	return st.AddText(ctx, p.Name(), []byte(add.Text), add.Refs)
}

// AddTree adds a file or tree by way of a store in the temporary directory, where its path
// is found out.
func (st *cacheStore) AddTree(ctx context.Context, name, file string, method store.IngestionMethod, algo nixhash.Algo, filter func(string, string) (bool, error)) (store.Path, error) {
	root, err := st.temp("added")
	if err != nil {
		return "", err
	}
	own, err := local.Open(ctx, local.Options{Root: root, Dir: st.dir, SyncMode: local.SyncNone})
	if err != nil {
		return "", err
	}
	defer own.Close()
	p, err := own.AddTree(ctx, name, file, method, algo, filter)
	if err != nil {
		return "", err
	}
	info, err := own.PathInfo(ctx, p)
	if err != nil {
		return "", err
	}
	return p, piped(ctx, dumped{own}, p, func(archive io.Reader) error { return st.cache.Add(ctx, info, archive) })
}

// dumped is a store whose files paths are copied from.
type dumped struct{ *local.Store }

func (d dumped) Dump(ctx context.Context, w io.Writer, p store.Path) error {
	return nar.Dump(store.StopWriter(ctx, w), d.RealPath(p), nil)
}

func (st *cacheStore) OpenLog(drvPath store.Path) (io.ReadCloser, error) {
	return st.cache.OpenLog(drvPath)
}

func (st *cacheStore) AddLog(ctx context.Context, drvPath store.Path, log io.Reader) error {
	return st.cache.AddLog(ctx, drvPath, log)
}

func (st *cacheStore) AddPermRoot(context.Context, store.Path, string) error {
	return st.unsupported("addPermRoot")
}

func (st *cacheStore) LockGC(context.Context) (gc.Collection, error) { return nil, st.errGC() }

func (st *cacheStore) DeleteRealisations(context.Context, []store.DrvOutput) error { return st.errGC() }

func (st *cacheStore) errGC() error {
	return settings.Complain("Garbage collection not supported by store '%s'", st.cache.URL())
}

// Verify reads all archives, if contents are to be checked.
func (st *cacheStore) Verify(ctx context.Context, opts local.VerifyOptions, report func(local.Finding)) error {
	paths, err := st.cache.All(ctx)
	if err != nil || !opts.CheckContents {
		return err
	}
	for _, p := range paths {
		info, err := st.cache.PathInfo(ctx, p)
		if err != nil {
			return err
		}
		got := nixhash.New(nixhash.SHA256)
		err = st.cache.Dump(ctx, got, p)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err == nil && (got.Sum() != info.NarHash || got.Size() != info.NarSize) {
			err = &store.HashMismatch{Path: p, Want: info.NarHash, Got: got.Sum()}
		}
		if err != nil {
			report(local.Finding{Path: p, Err: err})
		}
	}
	return nil
}
