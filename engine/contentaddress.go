package engine

import (
	"context"
	"io"
	"maps"
	"slices"
	"strings"

	"nixbench/store"
	"nixbench/store/nixhash"
	"nixbench/store/refscan"
)

// This file copies store objects to paths that their contents say: what referred to
// the old ones refers to the new ones then, and nobody has to be trusted for them.
//
// Behaviour: Nix, make-content-addressed.cc.

// A Rewrite is a path and the content-addressed one that it was copied to.
type Rewrite struct{ From, To store.Path }

// MakeContentAddressed copies paths, all of them valid, and all that they refer to, into
// the store of to. It calls told with each copy before it is made, and returns those of
// paths, each after those that it refers to.
func (e *Engine) MakeContentAddressed(ctx context.Context, to *Engine, paths []store.Path, told func(Rewrite)) ([]Rewrite, error) {
	if err := to.store.Writable(); err != nil {
		return nil, err
	}
	lookup := e.Lookup()
	closure, err := lookup.Requisites(ctx, paths...)
	if err != nil {
		return nil, err
	}
	order, err := store.TopoSort(ctx, closure, store.References(bothStores{e}))
	if err != nil {
		return nil, err
	}
	c := &copier{from: e, to: to, told: told, done: make(map[store.Path]store.Path, len(order))}
	var rewrites []Rewrite
	for _, p := range order {
		if err := c.copy(ctx, p); err != nil {
			return nil, err
		}
		if slices.Contains(paths, p) {
			rewrites = append(rewrites, Rewrite{p, c.done[p]})
		}
	}
	return rewrites, to.Flush(ctx)
}

// A copier copies paths, each after those that it refers to.
type copier struct {
	from, to *Engine
	told     func(Rewrite)
	done     map[store.Path]store.Path // where the copies are
	kept     keptArchive               // of the path that is being copied
}

// copy copies a path to where its contents say that it goes.
func (c *copier) copy(ctx context.Context, p store.Path) error {
	old, err := bothStores{c.from}.PathInfo(ctx, p)
	if err != nil {
		return err
	}
	others := make(map[store.Path]store.Path) // that are elsewhere
	var refs []store.Path
	for _, ref := range old.OtherReferences() {
		if c.done[ref] != ref {
			others[ref] = c.done[ref]
		}
		refs = append(refs, c.done[ref])
	}
	slices.Sort(refs)
	refersToSelf := len(refs) < len(old.References)
	hasher, err := refscan.NewSelfHasher(nixhash.SHA256, p.Digest())
	if err != nil {
		return err
	}
	c.kept.reset()
	if err := c.dump(ctx, io.MultiWriter(hasher, &c.kept), p, others); err != nil {
		return err
	}
	sum, size, err := hasher.Finish()
	if err != nil {
		return err
	}
	ca := store.ContentAddress{Method: store.NAR, Hash: sum}
	info := &store.PathInfo{CA: ca.String(), References: refs}
	if info.Path, err = ca.Path(c.to.store.Dir(), p.Name(), refs, refersToSelf); err != nil {
		return err
	}
	if refersToSelf {
		info.References = append(info.References, info.Path)
		slices.Sort(info.References)
	}
	c.done[p] = info.Path
	if hasher.Occurrences() == 0 {
		info.NarHash, info.NarSize = sum, size
	}
	c.told(Rewrite{p, info.Path})
	return c.add(ctx, p, info, others)
}

// add adds the copy of p that info describes, but for the hash and the size of its archive
// if that changes by the copy's own path.
func (c *copier) add(ctx context.Context, p store.Path, info *store.PathInfo, others map[store.Path]store.Path) error {
	if valid, err := c.to.store.IsValid(ctx, info.Path); valid || err != nil {
		return err
	}
	write := func(w io.Writer) error {
		self, err := refscan.NewRewriter(w, map[string]string{p.Digest(): info.Path.Digest()})
		if err != nil {
			return err
		}
		if c.kept.isWhole {
			_, err = self.Write(c.kept.archive)
		} else {
			err = c.dump(ctx, self, p, others)
		}
		if err != nil {
			return err
		}
		return self.Close()
	}
	if info.NarHash.IsZero() {
		h := nixhash.New(nixhash.SHA256)
		if err := write(h); err != nil {
			return err
		}
		info.NarHash, info.NarSize = h.Sum(), h.Size()
	}
	return store.Pipe(write, func(r io.Reader) error { return c.to.store.AddNAR(ctx, info, r) })
}

// A keptArchive keeps an archive in memory unless it is large, so that it need not be read
// again.
type keptArchive struct {
	archive []byte
	isWhole bool // it has all that was written
}

// maxKeptArchive is how large an archive is kept, in bytes.
const maxKeptArchive = 16 << 20

// reset makes it empty.
func (k *keptArchive) reset() { k.archive, k.isWhole = k.archive[:0], true }

// Write takes what it has room for. It does not fail.
func (k *keptArchive) Write(b []byte) (int, error) {
	if k.isWhole = k.isWhole && len(k.archive)+len(b) <= maxKeptArchive; k.isWhole {
		k.archive = append(k.archive, b...)
	}
	return len(b), nil
}

// dump writes the archive of p with the names of others replaced: whole names, as Nix
// does, and not digests alone.
func (c *copier) dump(ctx context.Context, w io.Writer, p store.Path, others map[store.Path]store.Path) error {
	if len(others) == 0 {
		return c.from.DumpPath(ctx, w, p)
	}
	nw := newNameWriter(w, others)
	if err := c.from.DumpPath(ctx, nw, p); err != nil {
		return err
	}
	return nw.flush(0)
}

// A nameWriter passes on what is written to it with names of paths replaced by others of
// the same length. It holds back some bytes until flush(0).
type nameWriter struct {
	w        io.Writer
	replacer *strings.Replacer
	longest  int // of the names
	buf      []byte
}

// nameBuffer is how many bytes are looked at together.
const nameBuffer = 256 << 10

func newNameWriter(w io.Writer, names map[store.Path]store.Path) *nameWriter {
	nw := &nameWriter{w: w}
	var pairs []string
	for _, from := range slices.Sorted(maps.Keys(names)) {
		pairs = append(pairs, string(from), string(names[from]))
		nw.longest = max(nw.longest, len(from))
	}
	nw.replacer = strings.NewReplacer(pairs...)
	return nw
}

func (nw *nameWriter) Write(b []byte) (int, error) {
	nw.buf = append(nw.buf, b...)
	if len(nw.buf) < nameBuffer {
		return len(b), nil
	}
	return len(b), nw.flush(nw.longest - 1)
}

// flush replaces names in what is held, and passes on all of it but the last keep bytes,
// in which a name may begin.
func (nw *nameWriter) flush(keep int) error {
	text := nw.replacer.Replace(string(nw.buf))
	n := max(0, len(text)-keep)
	nw.buf = append(nw.buf[:0], text[n:]...)
	_, err := io.WriteString(nw.w, text[:n])
	return err
}
