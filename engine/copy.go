package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"

	"nixbench/store"
	"nixbench/store/local"
	"nixbench/store/narinfo"
)

// This file copies store objects, and the logs of builds, from the stores of one engine to
// the store of another.
//
// Behaviour: Nix, copyPaths in store-api.cc and copy.cc.

// CopyOptions say how CopyPaths copies, and what it tells. All may be zero.
type CopyOptions struct {
	// Unsigned copies also what no trusted key has signed.
	Unsigned bool
	// Begin is called with how many paths have to be copied, if there are any.
	Begin func(n int)
	// Copy is called with each path before it is copied.
	Copy func(store.Path)
}

// An UntrustedError reports that a path is not copied because no trusted key has signed it.
type UntrustedError struct{ Path store.Path }

func (e *UntrustedError) Error() string {
	return fmt.Sprintf("cannot add path '%s' because it lacks a signature by a trusted key", e.Path)
}

// CopyPaths copies those of paths, all of which are valid in the stores of e, that the
// store of to does not have, each after those that it refers to.
func (e *Engine) CopyPaths(ctx context.Context, to *Engine, paths []store.Path, opts CopyOptions) error {
	if err := errors.Join(e.Flush(ctx), to.Flush(ctx)); err != nil {
		return err
	}
	err := copyMissing(ctx, paths, to.store.QueryValid, store.References(bothStores{e}), opts, func(p store.Path) error {
		return to.takePath(ctx, exported{e}, p, opts)
	})
	if err != nil {
		return err
	}
	return to.Flush(ctx)
}

// copyMissing calls one with each of paths that is not there yet, after those that it refers
// to. Valid returns those that are there, sorted.
func copyMissing(ctx context.Context, paths []store.Path, valid func(context.Context, []store.Path) ([]store.Path, error),
	refs func(context.Context, store.Path) ([]store.Path, error), opts CopyOptions, one func(store.Path) error,
) error {
	have, err := valid(ctx, paths)
	if err != nil {
		return err
	}
	missing := without(paths, have)
	if len(missing) == 0 {
		return nil
	}
	if opts.Begin != nil {
		opts.Begin(len(missing))
	}
	order, err := store.TopoSort(ctx, missing, refs)
	if err != nil {
		return err
	}
	for _, p := range order {
		if err := one(p); err != nil {
			return err
		}
	}
	return nil
}

// without returns those of paths that are not among others, sorted without duplicates.
// Others are sorted.
func without(paths, others []store.Path) []store.Path {
	return slices.DeleteFunc(store.SortUnique(paths), func(p store.Path) bool {
		_, found := slices.BinarySearch(others, p)
		return found
	})
}

// A pathSource is what paths are copied from.
type pathSource interface {
	PathInfo(ctx context.Context, p store.Path) (*store.PathInfo, error)
	// Dump writes the archive of a path.
	Dump(ctx context.Context, w io.Writer, p store.Path) error
}

// takePath adds a path from elsewhere.
func (e *Engine) takePath(ctx context.Context, from pathSource, p store.Path, opts CopyOptions) error {
	info, err := from.PathInfo(ctx, p)
	if err != nil {
		return err
	}
	copied := *info
	copied.Ultimate, copied.RegistrationTime = false, 0
	if e.isDummy() {
		return e.store.AddNAR(ctx, &copied, nil)
	}
	if !opts.Unsigned && e.settings.RequireSigs {
		if trusted, err := e.trusts(&copied); err != nil {
			return err
		} else if !trusted {
			return &UntrustedError{p}
		}
	}
	if err := e.adopt(ctx, copied.OtherReferences()...); err != nil {
		return err
	}
	if opts.Copy != nil {
		opts.Copy(p)
	}
	return piped(ctx, from, p, func(archive io.Reader) error { return e.store.AddNAR(ctx, &copied, archive) })
}

// piped calls use with the archive of a path.
func piped(ctx context.Context, from pathSource, p store.Path, use func(archive io.Reader) error) error {
	return store.Pipe(func(w io.Writer) error { return from.Dump(ctx, w, p) }, use)
}

// An UntrustedOutputError reports that it is not noted what an output came to be because no
// trusted key has signed it.
type UntrustedOutputError struct{ OutPath store.Path }

func (e *UntrustedOutputError) Error() string {
	return fmt.Sprintf("cannot register realisation '%s' because it lacks a signature by a trusted key", e.OutPath.Base())
}

// BuildTraceOf returns what the build trace says of targets, and of what their derivations
// need, sorted, where the feature for it is on.
func (e *Engine) BuildTraceOf(ctx context.Context, targets []store.DerivedPath) (traced []store.Realisation, err error) {
	if !e.settings.HasFeature("ca-derivations") {
		return nil, nil
	}
	for _, target := range targets {
		if target.Outputs == nil {
			continue
		}
		rs, outputs, err := e.BuildTrace(ctx, target)
		if err != nil {
			return nil, err
		}
		traced = append(traced, rs...)
		if d, err := e.ReadDerivation(ctx, target.Path); err != nil || !d.NeedsResolution(true) {
			continue
		}
		for name, p := range outputs {
			if p != "" {
				traced = append(traced, store.Realisation{DrvPath: target.Path, Output: name, OutPath: p, Unresolved: true})
			}
		}
	}
	slices.SortFunc(traced, store.Realisation.Compare)
	traced = slices.CompactFunc(traced, func(a, b store.Realisation) bool { return a.Compare(b) == 0 })
	if st, ok := e.store.(interface {
		FillOld(context.Context, *store.Realisation) error
	}); ok {
		for i := range traced {
			if err := st.FillOld(ctx, &traced[i]); err != nil {
				return nil, err
			}
		}
	}
	return traced, nil
}

// CopyBuildTrace notes in the store of to what outputs came to be, whose paths are valid
// there. A daemon looks at signatures itself, whatever opts say.
// Behaviour: Nix 2.36, registerDrvOutput in local-store.cc.
func (e *Engine) CopyBuildTrace(ctx context.Context, to *Engine, traced []store.Realisation, opts CopyOptions) error {
	if st, ok := to.store.(*daemonStore); ok {
		return st.registerRealisations(ctx, traced)
	}
	st, ok := to.store.(*local.Store)
	if !ok || len(traced) == 0 {
		return nil
	}
	if !opts.Unsigned && to.settings.RequireSigs {
		keys, err := to.trustedKeys()
		if err != nil {
			return err
		}
		traced = slices.DeleteFunc(slices.Clone(traced), func(r store.Realisation) bool { return r.Unresolved })
		for _, r := range traced {
			if !isSigned(keys, r) {
				return &UntrustedOutputError{r.OutPath}
			}
		}
	}
	return st.RegisterRealisations(ctx, traced, nil)
}

// trustedKeys returns the keys that paths may be signed by: those of the settings and our
// own.
func (e *Engine) trustedKeys() (narinfo.PublicKeys, error) {
	own, err := e.secretKeys()
	if err != nil {
		return nil, err
	}
	public := slices.Clone(e.settings.TrustedPublicKeys)
	for _, key := range own {
		public = append(public, key.Public())
	}
	return narinfo.ParsePublicKeys(public)
}

// trusts reports whether a path may be added for what it is said to be: it is named after
// its contents, or one of the trusted keys or of our own has signed it.
func (e *Engine) trusts(info *store.PathInfo) (bool, error) {
	if e.Trusted(info, 1) {
		return true, nil
	}
	keys, err := e.trustedKeys()
	return err == nil && len(keys.Verify(info)) > 0, err
}

// A NoLogError reports that there is no log of a derivation.
type NoLogError struct{ Drv store.Path }

func (e *NoLogError) Error() string { return fmt.Sprintf("build log for '%s' is not available", e.Drv) }

// CopyLog copies the log of a derivation to the store of another engine, unless that has
// one.
func (e *Engine) CopyLog(ctx context.Context, to *Engine, drvPath store.Path) error {
	if err := e.CheckLogs(); err != nil {
		return err
	}
	log, err := e.Log(ctx, drvPath)
	if errors.Is(err, fs.ErrNotExist) {
		return &NoLogError{drvPath}
	} else if err != nil {
		return err
	}
	defer log.Close()
	return to.store.AddLog(ctx, drvPath, log)
}
