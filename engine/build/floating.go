package build

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"

	"nixbench/store"
	"nixbench/store/nar"
	"nixbench/store/nixhash"
	"nixbench/store/refscan"
)

// This file moves outputs that were made at scratch paths to where their contents
// say that they go. What refers to a scratch path is rewritten.

// A mover gives the outputs of a derivation their paths, each after those that it
// refers to.
type mover struct {
	*collector
	final map[string]string // digests by those of the scratch paths that they replace
}

// moveFloating gives floating outputs their paths. Outputs is sorted so that none
// refers to a later one.
func (c *collector) moveFloating(ctx context.Context, outputs []*output) error {
	m := &mover{c, make(map[string]string)}
	for _, o := range outputs {
		if err := m.move(ctx, o); err != nil {
			return err
		}
		m.final[o.scratch.Digest()] = o.info.Path.Digest()
	}
	return nil
}

// move computes the path of an output, and rewrites the output if need be.
func (m *mover) move(ctx context.Context, o *output) error {
	self := o.scratch.Digest()
	others := make(map[string]string)
	for _, digest := range o.mentions {
		if to, ok := m.final[digest]; ok {
			others[digest] = to
		}
	}
	if o.spec.Method == store.Git && len(others) > 0 {
		// Its hash is not that of one stream that could be rewritten on the way.
		if err := m.rewrite(ctx, o, others); err != nil {
			return err
		}
		clear(others)
	}
	hash, err := m.hash(ctx, o, self, others)
	if err != nil {
		return err
	}
	refs, refersToSelf := m.references(o)
	ca := store.ContentAddress{Method: o.spec.Method, Hash: hash}
	if o.info.Path, err = ca.Path(m.st.Dir(), o.scratch.Name(), refs, refersToSelf); err != nil {
		return refersError(o.scratch.Name())
	}
	o.info.CA, o.info.References = ca.String(), refs
	if refersToSelf {
		o.info.References = append(o.info.References, o.info.Path)
	}
	slices.Sort(o.info.References)
	if slices.Contains(o.mentions, self) {
		others[self] = o.info.Path.Digest()
	}
	if len(others) == 0 {
		return nil
	}
	return m.rewrite(ctx, o, others)
}

// references returns what an output refers to, without itself, with the paths
// that other outputs have now.
func (m *mover) references(o *output) (refs []store.Path, self bool) {
	for _, ref := range o.info.References {
		to, isOutput := m.final[ref.Digest()]
		switch {
		case ref == o.scratch:
			self = true
		case isOutput:
			refs = append(refs, store.Path(string(ref.Dir())+"/"+to+"-"+ref.Name()))
		default:
			refs = append(refs, ref)
		}
	}
	slices.Sort(refs)
	return refs, self
}

// hash hashes an output as its derivation says, as if other outputs were where
// they are now and its own path were not known.
func (m *mover) hash(ctx context.Context, o *output, self string, others map[string]string) (nixhash.Hash, error) {
	isNAR := o.spec.Method == store.NAR
	if isNAR && o.spec.Algo == nixhash.SHA256 && len(others) == 0 && !slices.Contains(o.mentions, self) {
		return o.info.NarHash, nil
	}
	if o.spec.Method == store.Git {
		return o.gitHash(ctx)
	}
	hasher, err := refscan.NewSelfHasher(o.spec.Algo, self)
	if err != nil {
		return nixhash.Hash{}, err
	}
	rewriter, err := refscan.NewRewriter(hasher, others)
	if err != nil {
		return nixhash.Hash{}, err
	}
	if err := o.dump(rewriter); err != nil {
		return nixhash.Hash{}, err
	}
	if err := rewriter.Close(); err != nil {
		return nixhash.Hash{}, err
	}
	hash, _, err := hasher.Finish()
	return hash, err
}

// dumpFlat writes the contents of an output that is to be a plain file.
func dumpFlat(w io.Writer, o *output) error {
	info, err := os.Lstat(o.file)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() || info.Mode()&0o100 != 0 {
		return rejectf("output path \"%s\" should be a non-executable regular file since recursive hashing is not enabled (one of outputHashMode={flat,text} is true)", o.file)
	}
	file, err := os.Open(o.file)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = io.Copy(w, file)
	return err
}

// rewrite makes a copy of an output with digests replaced, which takes its place.
func (m *mover) rewrite(ctx context.Context, o *output, digests map[string]string) error {
	dir, remove, err := m.st.TempDir(ctx)
	if err != nil {
		return err
	}
	m.temps = append(m.temps, remove)
	fresh := filepath.Join(dir, "x")
	hasher := nixhash.New(nixhash.SHA256)
	err = store.Pipe(func(w io.Writer) error {
		rewriter, err := refscan.NewRewriter(io.MultiWriter(hasher, w), digests)
		if err != nil {
			return err
		}
		if err := nar.Dump(rewriter, o.file, nil); err != nil {
			return err
		}
		return rewriter.Close()
	}, func(r io.Reader) error { return nar.Restore(r, fresh, nar.RestoreOptions{}) })
	if err != nil {
		return err
	}
	o.info.NarHash, o.info.NarSize, o.file = hasher.Sum(), hasher.Size(), fresh
	return m.st.Canonicalise(ctx, fresh)
}
