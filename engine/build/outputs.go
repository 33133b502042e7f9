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
	"nixbench/store/githash"
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
	// scratch is its path for the builder. Mentions are the digests of such
	// paths that were found in it, its own and those of the other outputs.
	scratch  store.Path
	mentions []string
	info     *store.PathInfo
	// mismatch says that it is not the fixed output it should be.
	mismatch *store.HashMismatch
}

// collect takes what the builder made, where locate says it is, and makes it
// valid. Those that are there already stay as they are.
func (j *job) collect(ctx context.Context, locate func(store.Path) string) error {
	c := &collector{job: j, names: digestNames(j.closure)}
	for _, p := range j.scratch {
		c.names[p.Digest()] = p
	}
	defer c.removeTemps()
	var outputs []*output
	d := j.drv
	for _, name := range d.OutputNames() {
		spec := d.Outputs[name]
		if _, valid := j.outputs[name]; valid {
			continue
		}
		o := &output{name: name, spec: spec, scratch: j.scratch[name], file: locate(j.scratch[name])}
		if err := c.take(ctx, o); err != nil {
			return err
		}
		outputs = append(outputs, o)
	}
	outputs, err := j.sortOutputs(ctx, outputs)
	if err != nil {
		return err
	}
	if k := d.Outputs[outputs[0].name].Kind(); k == drv.Floating || k == drv.Impure {
		if err := c.moveFloating(ctx, outputs); err != nil {
			return err
		}
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
			return &statusError{status: OutputRejected, err: unfit(err)}
		}
	}
	if err := c.st.Canonicalise(ctx, o.file); err != nil {
		return &statusError{status: OutputRejected, err: unfit(err)}
	}
	o.info = &store.PathInfo{
		Path: o.scratch, Deriver: c.planned.DrvPath, Ultimate: true,
		RegistrationTime: time.Now().Unix(),
	}
	switch o.spec.Kind() {
	case drv.Fixed:
		return c.takeFixed(ctx, o)
	case drv.Impure:
		return c.takeFresh(ctx, o)
	}
	return c.read(o, io.Discard)
}

// refersError says in Nix's words that a path whose name says only what is in it refers
// to others. Name is its name.
func refersError(name string) error {
	return &ToldError{fmt.Sprintf(store.ReferencesFormat, name)}
}

// unfit says in Nix's words which file no store object can have.
func unfit(err error) error {
	var odd *nar.TypeError
	var deep *nar.DepthError
	switch {
	case errors.As(err, &odd):
		return fmt.Errorf("file \"%s\" has an unsupported type", odd.File)
	case errors.As(err, &deep):
		return errors.New(deep.Message())
	}
	return err
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
	for _, p := range c.scratch {
		if slices.Contains(scanner.Found(), p.Digest()) {
			o.mentions = append(o.mentions, p.Digest())
		}
	}
	if c.options.DiscardReferences[o.name] {
		return nil
	}
	for _, digest := range scanner.Found() {
		o.info.References = append(o.info.References, c.names[digest])
	}
	slices.Sort(o.info.References)
	return nil
}

// takeFresh copies an output to files that no builder has ever seen, which it
// might hold open somewhere, and reads what arrives there.
func (c *collector) takeFresh(ctx context.Context, o *output) error {
	dir, remove, err := c.st.TempDir(ctx)
	if err != nil {
		return err
	}
	c.temps = append(c.temps, remove)
	fresh := filepath.Join(dir, "x")
	if err := store.Pipe(func(w io.Writer) error { return c.read(o, w) },
		func(r io.Reader) error { return nar.Restore(r, fresh, nar.RestoreOptions{}) }); err != nil {
		return err
	}
	o.file = fresh
	return nil
}

// takeFixed takes a fixed output, and hashes it.
func (c *collector) takeFixed(ctx context.Context, o *output) error {
	if err := c.takeFresh(ctx, o); err != nil {
		return err
	}
	if len(o.info.References) > 0 && (o.spec.Method != store.NAR || o.spec.Algo != nixhash.SHA256) {
		return refersError(drv.NameOf(c.planned.DrvPath))
	}
	if err := c.checkFixed(ctx, o); err != nil || o.mismatch != nil || len(o.info.References) == 0 {
		return err
	}
	return &statusError{status: HashMismatch, err: fmt.Errorf(
		"fixed-output derivations must not reference store paths: '%s' references %d distinct paths, e.g. '%s'",
		c.planned.DrvPath, len(o.info.References), o.info.References[0])}
}

// checkFixed compares the hash of a fixed output with the one promised.
func (c *collector) checkFixed(ctx context.Context, o *output) error {
	got, err := hashFixed(ctx, o)
	if err != nil {
		return err
	}
	ca := store.ContentAddress{Method: o.spec.Method, Hash: got}
	o.info.CA = ca.String()
	if got == o.spec.Hash {
		return nil
	}
	o.mismatch = &store.HashMismatch{Path: c.planned.DrvPath, Want: o.spec.Hash, Got: got}
	o.info.Path, err = ca.Path(c.st.Dir(), o.spec.Path.Name(), o.info.OtherReferences(), false)
	return err
}

// hashFixed hashes a fixed output as its derivation says.
func hashFixed(ctx context.Context, o *output) (nixhash.Hash, error) {
	switch {
	case o.spec.Method == store.NAR && o.spec.Algo == nixhash.SHA256:
		return o.info.NarHash, nil
	case o.spec.Method == store.Git:
		return o.gitHash(ctx)
	}
	hasher := nixhash.New(o.spec.Algo)
	err := o.dump(hasher)
	return hasher.Sum(), err
}

// gitHash returns the hash that Git has for an output's files.
func (o *output) gitHash(ctx context.Context) (nixhash.Hash, error) {
	return githash.Sum(ctx, o.file, o.spec.Algo, nil)
}

// dump writes what of an output its derivation has hashed, unless that is by Git.
func (o *output) dump(w io.Writer) error {
	switch o.spec.Method {
	case store.NAR:
		return nar.Dump(w, o.file, nil)
	case store.Flat, store.Text:
		return dumpFlat(w, o)
	}
	panic(fmt.Sprintf("build: unreachable: dump by ingestion method %q", o.spec.Method)) // git: see gitHash
}

// install checks outputs, moves them into the store and registers them.
func (j *job) install(ctx context.Context, outputs []*output) error {
	if j.planned.Mode == Check {
		return j.compare(ctx, outputs)
	}
	if len(outputs) == 1 && outputs[0].mismatch != nil {
		j.installMismatch(ctx, outputs[0])
		return outputs[0].mismatch
	}
	if err := j.checkOutputs(ctx, outputs); err != nil {
		return err
	}
	for _, o := range outputs {
		if err := j.sign(o.info); err != nil {
			return err
		}
	}
	outputs, err := j.replace(ctx, outputs)
	if err != nil || len(outputs) == 0 {
		return err
	}
	infos := make([]*store.PathInfo, 0, len(outputs))
	files := make(map[store.Path]string, len(outputs))
	for _, o := range outputs {
		infos = append(infos, o.info)
		files[o.info.Path] = o.file
	}
	unlock, err := j.lockFloating(ctx, outputs)
	if err != nil {
		return err
	}
	defer unlock()
	if err := j.vouchForValid(ctx, outputs); err != nil {
		return err
	}
	if err := j.st.Install(ctx, infos, files); err != nil {
		return err
	}
	for _, o := range outputs {
		j.outputs[o.name] = o.info.Path
	}
	return nil
}

// vouchForValid notes of content-addressed outputs that are valid already that they
// were built here, too. The caller holds their locks.
func (j *job) vouchForValid(ctx context.Context, outputs []*output) error {
	for _, o := range outputs {
		if o.info.CA == "" {
			continue
		}
		info, err := j.st.PathInfo(ctx, o.info.Path)
		if errors.Is(err, store.ErrInvalidPath) {
			continue
		}
		if err != nil {
			return err
		}
		if err := j.vouch(ctx, info); err != nil {
			return err
		}
	}
	return nil
}

// lockFloating locks and keeps from being collected where outputs go of which
// that was not known before.
func (j *job) lockFloating(ctx context.Context, outputs []*output) (unlock func(), err error) {
	var paths []store.Path
	for _, o := range outputs {
		if o.info.Path == o.spec.Path {
			continue
		}
		if err := j.st.AddTempRoot(ctx, o.info.Path); err != nil {
			return nil, err
		}
		paths = append(paths, o.info.Path)
	}
	if len(paths) == 0 {
		return func() {}, nil
	}
	slices.Sort(paths)
	return j.st.LockPaths(ctx, slices.Compact(paths))
}

// sign adds signatures to what is known of an output.
func (j *job) sign(info *store.PathInfo) error {
	if j.opts.Sign == nil {
		return nil
	}
	return j.opts.Sign(info)
}

// installMismatch makes a fixed output valid as what it is, so that it need not
// be fetched again once the hash in the expression is put right. If that path
// is locked, somebody is about to do so.
func (j *job) installMismatch(ctx context.Context, o *output) {
	if j.st.AddTempRoot(ctx, o.info.Path) != nil || j.sign(o.info) != nil {
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
	j.st.Install(ctx, []*store.PathInfo{o.info}, map[store.Path]string{o.info.Path: o.file})
}

// sortOutputs sorts outputs so that each comes after those that it refers to, and
// refuses those that refer to each other in a circle.
func (j *job) sortOutputs(ctx context.Context, outputs []*output) ([]*output, error) {
	byPath := make(map[store.Path]*output)
	var paths []store.Path
	for _, o := range outputs {
		byPath[o.scratch] = o
		paths = append(paths, o.scratch)
	}
	sorted, err := store.TopoSort(ctx, paths, func(_ context.Context, p store.Path) ([]store.Path, error) {
		return byPath[p].info.References, nil
	})
	var cycle *store.CycleError
	if errors.As(err, &cycle) {
		return nil, rejectf("cycle detected in build of '%s' in the references of output '%s' from output '%s'",
			j.planned.DrvPath, byPath[cycle.Reference].name, byPath[cycle.Path].name)
	}
	for i, p := range sorted {
		outputs[i] = byPath[p]
	}
	return outputs, err
}
