package build

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"nixbench/store"
	"nixbench/store/drv"
	"nixbench/store/nar"
	"nixbench/store/nixhash"
	"nixbench/store/refscan"
)

// This file brings outputs into the store: everything that made them has ended,
// and nobody but us can reach them.

// An output is one output of a build on its way into the store.
type output struct {
	name store.OutputName
	spec drv.Output
	file string // where it is
	info *store.PathInfo
	// mismatch says that it is not the fixed output it should be.
	mismatch *store.HashMismatch
}

// collect takes what the builder made, where locate says it is, and makes it
// valid. Outputs in valid are there already and stay as they are.
func (j *job) collect(ctx context.Context, locate func(store.Path) string, valid []store.Path) error {
	c := &collector{job: j, names: digestNames(j.closure)}
	for _, p := range outputPaths(j.planned) {
		c.names[p.Digest()] = p
	}
	defer c.removeTemps()
	var outputs []*output
	d := j.planned.Derivation
	for _, name := range d.OutputNames() {
		spec := d.Outputs[name]
		if slices.Contains(valid, spec.Path) {
			continue
		}
		o := &output{name: name, spec: spec, file: locate(spec.Path)}
		if err := c.take(ctx, o); err != nil {
			return err
		}
		outputs = append(outputs, o)
	}
	return j.install(ctx, outputs)
}

// A collector turns files into store objects.
type collector struct {
	*job
	names map[string]store.Path // what may be referred to, by digest
	temps []func() error
}

// digestNames returns paths by their digests.
func digestNames(paths []store.Path) map[string]store.Path {
	names := make(map[string]store.Path, len(paths))
	for _, p := range paths {
		names[p.Digest()] = p
	}
	return names
}

func (c *collector) removeTemps() {
	for _, remove := range c.temps {
		remove()
	}
}

// take makes an output canonical and finds out its hash and references.
func (c *collector) take(ctx context.Context, o *output) error {
	info, err := os.Lstat(o.file)
	if errors.Is(err, fs.ErrNotExist) {
		return rejectf("builder for '%s' failed to produce output path for output '%s' at \"%s\"", c.planned.DrvPath, o.name, o.file)
	}
	if err != nil {
		return err
	}
	if info.Mode()&fs.ModeSymlink == 0 && info.Mode().Perm()&0o022 != 0 {
		return rejectf("suspicious ownership or permission on \"%s\" for output '%s'; rejecting this build output", o.file, o.name)
	}
	if c.user != nil && c.user.isOther() {
		if err := c.user.own(o.file); err != nil {
			return &statusError{status: OutputRejected, err: err}
		}
	}
	if err := c.st.Canonicalise(ctx, o.file); err != nil {
		return &statusError{status: OutputRejected, err: err}
	}
	o.info = &store.PathInfo{
		Path: o.spec.Path, Deriver: c.planned.DrvPath, Ultimate: true,
		RegistrationTime: time.Now().Unix(),
	}
	if o.spec.Kind() == drv.Fixed {
		return c.takeFixed(ctx, o)
	}
	return c.read(o, io.Discard)
}

// read reads an output once, for its hash, its size and its references, and
// passes it on to w as an archive.
func (c *collector) read(o *output, w io.Writer) error {
	hasher := nixhash.New(nixhash.SHA256)
	digests := make([]string, 0, len(c.names))
	for digest := range c.names {
		digests = append(digests, digest)
	}
	scanner := refscan.New(digests)
	if err := nar.Dump(io.MultiWriter(hasher, scanner, w), o.file, nil); err != nil {
		return err
	}
	o.info.NarHash, o.info.NarSize = hasher.Sum(), hasher.Size()
	if c.planned.Options.DiscardReferences[o.name] {
		return nil
	}
	for _, digest := range scanner.Found() {
		o.info.References = append(o.info.References, c.names[digest])
	}
	slices.Sort(o.info.References)
	return nil
}

// takeFixed copies a fixed output to files that no builder has ever seen, which
// it might hold open somewhere, and hashes what has arrived there.
func (c *collector) takeFixed(ctx context.Context, o *output) error {
	dir, remove, err := c.st.TempDir(ctx)
	if err != nil {
		return err
	}
	c.temps = append(c.temps, remove)
	fresh := filepath.Join(dir, "x")
	if err := c.copy(o, fresh); err != nil {
		return err
	}
	o.file = fresh
	if len(o.info.References) > 0 {
		return &statusError{status: HashMismatch, err: fmt.Errorf(
			"fixed-output derivations must not reference store paths: '%s' references %d distinct paths, e.g. '%s'",
			c.planned.DrvPath, len(o.info.References), o.info.References[0])}
	}
	return c.checkFixed(o)
}

// copy copies an output and reads it on the way.
func (c *collector) copy(o *output, to string) error {
	r, w := io.Pipe()
	done := make(chan error, 1)
	go func() {
		err := c.read(o, w)
		w.CloseWithError(err)
		done <- err
	}()
	err := nar.Restore(r, to, nar.RestoreOptions{})
	r.CloseWithError(errors.New("copy ended"))
	return errors.Join(err, <-done)
}

// checkFixed compares the hash of a fixed output with the one promised.
func (c *collector) checkFixed(o *output) error {
	got, err := hashFixed(o)
	if err != nil {
		return err
	}
	ca := store.ContentAddress{Method: o.spec.Method, Hash: got}
	o.info.CA = ca.String()
	if got == o.spec.Hash {
		return nil
	}
	o.mismatch = &store.HashMismatch{Path: c.planned.DrvPath, Want: o.spec.Hash, Got: got}
	o.info.Path, err = ca.Path(c.st.Dir(), o.spec.Path.Name(), nil, false)
	return err
}

// hashFixed hashes a fixed output as its derivation says.
func hashFixed(o *output) (nixhash.Hash, error) {
	hasher := nixhash.New(o.spec.Algo)
	switch o.spec.Method {
	case store.NAR:
		if o.spec.Algo == nixhash.SHA256 {
			return o.info.NarHash, nil
		}
		err := nar.Dump(hasher, o.file, nil)
		return hasher.Sum(), err
	case store.Flat, store.Text:
		info, err := os.Lstat(o.file)
		if err != nil {
			return nixhash.Hash{}, err
		}
		if !info.Mode().IsRegular() || info.Mode()&0o100 != 0 {
			return nixhash.Hash{}, rejectf("output path '%s' should be a non-executable regular file since recursive hashing is not enabled (one of outputHashMode={flat,text} is true)", o.spec.Path)
		}
		file, err := os.Open(o.file)
		if err != nil {
			return nixhash.Hash{}, err
		}
		defer file.Close()
		_, err = io.Copy(hasher, file)
		return hasher.Sum(), err
	}
	return nixhash.Hash{}, fmt.Errorf("hash '%s': ingestion method %s is not supported", o.spec.Path, o.spec.Method)
}

// install checks outputs, moves them into the store and registers them.
func (j *job) install(ctx context.Context, outputs []*output) error {
	if err := j.checkCycles(ctx, outputs); err != nil {
		return err
	}
	if len(outputs) == 1 && outputs[0].mismatch != nil {
		j.installMismatch(ctx, outputs[0])
		return outputs[0].mismatch
	}
	if err := j.checkOutputs(ctx, outputs); err != nil {
		return err
	}
	infos := make([]*store.PathInfo, 0, len(outputs))
	files := make(map[store.Path]string, len(outputs))
	for _, o := range outputs {
		infos = append(infos, o.info)
		files[o.info.Path] = o.file
	}
	return j.st.Install(ctx, infos, files)
}

// installMismatch makes a fixed output valid as what it is, so that it need not
// be fetched again once the hash in the expression is put right. If that path
// is locked, somebody is about to do so.
func (j *job) installMismatch(ctx context.Context, o *output) {
	if j.st.AddTempRoot(ctx, o.info.Path) != nil {
		return
	}
	unlock, ok, err := j.st.TryLockPaths(ctx, []store.Path{o.info.Path})
	if err != nil || !ok {
		return
	}
	defer unlock()
	if valid, err := j.st.IsValid(ctx, o.info.Path); err != nil || valid {
		return
	}
	info := *o.info
	info.Deriver = "" // it is not what the derivation makes
	j.st.Install(ctx, []*store.PathInfo{&info}, map[store.Path]string{info.Path: o.file})
}

// checkCycles refuses outputs that refer to each other in a circle.
func (j *job) checkCycles(ctx context.Context, outputs []*output) error {
	byPath := make(map[store.Path]*output)
	var paths []store.Path
	for _, o := range outputs {
		byPath[o.info.Path] = o
		paths = append(paths, o.info.Path)
	}
	_, err := store.TopoSort(ctx, paths, func(_ context.Context, p store.Path) ([]store.Path, error) {
		return byPath[p].info.References, nil
	})
	var cycle *store.CycleError
	if errors.As(err, &cycle) {
		return rejectf("cycle detected in build of '%s' in the references of output '%s' from output '%s'",
			j.planned.DrvPath, byPath[cycle.Reference].name, byPath[cycle.Path].name)
	}
	return err
}
