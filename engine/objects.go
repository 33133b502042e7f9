package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"nixbench/store"
	"nixbench/store/export"
	"nixbench/store/gc"
	"nixbench/store/local"
	"nixbench/store/nar"
	"nixbench/store/narinfo"
	"nixbench/store/nixhash"
)

// This file is what commands do with single objects of the stores.

// An AbsentError says that there are no files of a path; see [local.AbsentError].
type AbsentError = local.AbsentError

// AddFile adds a copy of the file system object at file, an absolute name. An executable
// file is added as one also where its contents alone are hashed, unlike by an evaluation.
func (e *Engine) AddFile(ctx context.Context, name, file string, method store.IngestionMethod, algo nixhash.Algo) (store.Path, error) {
	if method == store.Flat || method == store.Text {
		if info, err := os.Lstat(file); err == nil && info.Mode().IsRegular() && info.Mode()&0o100 != 0 {
			p, err := e.addExecutable(ctx, name, file, method, algo)
			if err != nil {
				return "", fmt.Errorf("add %s: %w", file, err)
			}
			return p, nil
		}
	}
	return e.store.AddTree(ctx, name, file, method, algo, nil)
}

// addExecutable adds an executable file, which must not change meanwhile, by its contents.
// Behaviour: Store::addToStoreSlow in Nix's store-api.cc.
func (e *Engine) addExecutable(ctx context.Context, name, file string, method store.IngestionMethod, algo nixhash.Algo) (store.Path, error) {
	sum, err := hashOfFile(ctx, file, method, cmp.Or(algo, nixhash.SHA256))
	if err != nil {
		return "", err
	}
	ca := store.ContentAddress{Method: method, Hash: sum}
	p, err := ca.Path(e.store.Dir(), name, nil, false)
	if err != nil {
		return "", err
	}
	archive := nixhash.New(nixhash.SHA256)
	if err := nar.Dump(store.StopWriter(ctx, archive), file, nil); err != nil {
		return "", err
	}
	info := &store.PathInfo{Path: p, NarHash: archive.Sum(), NarSize: archive.Size(), CA: ca.String()}
	return p, store.Pipe(func(w io.Writer) error {
		return nar.Dump(store.StopWriter(ctx, w), file, nil)
	}, func(r io.Reader) error {
		return e.store.AddNAR(ctx, info, r)
	})
}

// HashPath returns the hash and the size of the archive of a path as it is on
// disk, whatever the store says about it.
func (e *Engine) HashPath(ctx context.Context, p store.Path) (nixhash.Hash, int64, error) {
	h := nixhash.New(nixhash.SHA256)
	err := e.DumpPath(ctx, h, p)
	return h.Sum(), h.Size(), err
}

// DumpPath writes the archive of a path.
func (e *Engine) DumpPath(ctx context.Context, w io.Writer, p store.Path) error {
	if st := e.cache(); st != nil {
		return st.cache.Dump(ctx, w, p)
	}
	return nar.Dump(store.StopWriter(ctx, w), bothStores{e}.RealPath(p), nil)
}

// Export writes paths, each after those of them that it refers to; see
// [export.Write]. All must be valid.
func (e *Engine) Export(ctx context.Context, w io.Writer, paths []store.Path) error {
	if err := e.Flush(ctx); err != nil {
		return err
	}
	return export.Write(ctx, w, exported{e}, paths)
}

// exported is what an export reads.
type exported struct{ e *Engine }

func (x exported) PathInfo(ctx context.Context, p store.Path) (*store.PathInfo, error) {
	return bothStores{x.e}.PathInfo(ctx, p)
}

func (x exported) Dump(ctx context.Context, w io.Writer, p store.Path) error {
	return x.e.DumpPath(ctx, w, p)
}

// Import adds the paths that Export wrote, and calls added with each. What they
// refer to must be valid by then.
func (e *Engine) Import(ctx context.Context, r io.Reader, added func(store.Path) error) error {
	return export.Read(ctx, r, e.store.Dir(), func(info *store.PathInfo, archive io.Reader) error {
		if err := e.adopt(ctx, info.OtherReferences()...); err != nil {
			return err
		}
		if err := e.store.AddNAR(ctx, info, archive); err != nil {
			return err
		}
		return added(info.Path)
	})
}

// ErrNotOurs reports that the store is one that only its own processes may change
// in such a way.
var ErrNotOurs = errors.New("you don't have sufficient rights to use this command")

// local returns the store if it is one that is written to directly.
func (e *Engine) local() (*local.Store, error) {
	st, ok := e.store.(*local.Store)
	if !ok {
		return nil, ErrNotOurs
	}
	return st, nil
}

// Register makes paths valid whose files are there; see [local.Store.Register].
func (e *Engine) Register(ctx context.Context, infos []*store.PathInfo) error {
	st, err := e.local()
	if err != nil {
		return err
	}
	return st.Register(ctx, infos)
}

// Canonicalise gives the files of a path the metadata of store objects.
func (e *Engine) Canonicalise(ctx context.Context, p store.Path) error {
	st, err := e.local()
	if err != nil {
		return err
	}
	return st.Canonicalise(ctx, st.RealPath(p))
}

// Derivers returns the valid derivations, of all stores, that p is an output of,
// sorted.
func (e *Engine) Derivers(ctx context.Context, p store.Path) ([]store.Path, error) {
	var all []store.Path
	for _, st := range e.stores() {
		derivers, err := st.Derivers(ctx, p)
		if err != nil {
			return nil, err
		}
		all = append(all, derivers...)
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

// Roots returns the roots of the store that is built into.
func (e *Engine) Roots(ctx context.Context) ([]gc.Root, error) {
	roots, _, err := e.store.Roots(ctx)
	return roots, err
}

// RemoveStaleRoots removes of roots, which Roots or a plan has, the links in gcroots/auto
// to what is still gone, and temporary roots of processes that have ended; it tells of that
// and of roots that lead nowhere. A daemon does so itself.
func (e *Engine) RemoveStaleRoots(roots []gc.Root, tell func(text string)) error {
	if st, ok := e.store.(interface {
		RemoveStaleRoots([]gc.Root, func(string)) error
	}); ok {
		return st.RemoveStaleRoots(roots, tell)
	}
	for _, r := range roots {
		if text := r.Told(); text != "" {
			tell(text)
		}
	}
	return nil
}

// Occupied reports whether the store that is built into has p, or files in its
// place.
func (e *Engine) Occupied(ctx context.Context, p store.Path) (bool, error) {
	if valid, err := e.store.IsValid(ctx, p); valid || err != nil {
		return valid, err
	}
	_, err := os.Lstat(e.store.RealPath(p))
	return err == nil, nil
}

// LastLink follows links from file until there is no more, or one leads into the
// store.
func (e *Engine) LastLink(file string) string {
	for range store.MaxLinks {
		target, err := os.Readlink(file)
		if err != nil || e.store.Dir().Contains(file) {
			break
		}
		if !filepath.IsAbs(target) {
			target = filepath.Join(filepath.Dir(file), target)
		}
		file = target
	}
	return file
}

// Lookup returns what finds out what paths refer to, in all stores.
func (e *Engine) Lookup() *store.Lookup { return store.NewLookup(bothStores{e}) }

// Graph returns the graph of all stores.
func (e *Engine) Graph(ctx context.Context) (*store.Graph, error) {
	g, err := e.store.Graph(ctx)
	if err != nil || e.machine == nil {
		return g, err
	}
	more, err := e.machine.Graph(ctx)
	if err != nil {
		return nil, err
	}
	return store.MergeGraphs(g, more), nil
}

// GraphCost returns how many paths can be looked up in the time that Graph takes.
func (e *Engine) GraphCost(ctx context.Context) (int, error) {
	n, err := e.store.GraphCost(ctx)
	if err != nil || e.machine == nil {
		return n, err
	}
	more, err := e.machine.GraphCost(ctx)
	return n + more, err
}

// RepairPath makes a path anew whose files are damaged or gone, by building it again.
func (e *Engine) RepairPath(ctx context.Context, p store.Path) error {
	info, err := bothStores{e}.PathInfo(ctx, p)
	if err != nil {
		return err
	}
	if mended, err := e.mend(ctx, p); err != nil || mended {
		return err
	}
	valid := false
	if info.Deriver != "" {
		if valid, err = e.store.IsValid(ctx, info.Deriver); err != nil {
			return err
		}
	}
	if !valid {
		return fmt.Errorf("cannot repair path '%s'", p)
	}
	plan, err := e.PlanRebuild(ctx, []store.DerivedPath{store.AllOutputsOf(info.Deriver)}, Repair)
	if err != nil {
		return err
	}
	res, err := e.ExecuteRealise(ctx, plan)
	if err == nil && res.Err() != nil {
		err = &BuildError{Result: res}
	}
	return err
}

// Trusted reports whether a path can be trusted without knowing who built it: it is
// named after its contents, or at least so many of the trusted keys have signed it.
func (e *Engine) Trusted(info *store.PathInfo, signatures int) bool {
	if info.IsContentAddressed() {
		return true
	}
	keys, err := narinfo.ParsePublicKeys(e.settings.TrustedPublicKeys)
	return err == nil && len(keys.Verify(info)) >= signatures
}
