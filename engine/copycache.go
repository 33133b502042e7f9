package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"nixbench/engine/build"
	"nixbench/engine/settings"
	"nixbench/store"
	"nixbench/store/cache"
	"nixbench/store/drv"
)

// This file copies paths to binary caches in directories of this machine, and from them.

// A Cache is a binary cache in a directory; see [cache.Cache].
type Cache = cache.Cache

// A CorruptError says that what a cache says of a path cannot be read; see
// [cache.CorruptError].
type CorruptError = cache.CorruptError

// A TraceError says that what a cache says of an output cannot be read; see
// [cache.TraceError].
type TraceError = cache.TraceError

// A GoneError says that a cache does not have an archive that it should have; see
// [cache.GoneError].
type GoneError = cache.GoneError

// A CompressedError says that an archive is not compressed as it is said to be; see
// [cache.CompressedError].
type CompressedError = cache.CompressedError

// IsCache reports whether a URL is that of a binary cache on this machine.
func IsCache(text string) bool { return strings.HasPrefix(text, "file:") }

// OpenCache opens the binary cache at a file:// URL, for the paths of the store of e.
func (e *Engine) OpenCache(text string) (*Cache, error) {
	loc, err := e.locateCache(text)
	if err != nil {
		return nil, err
	}
	return loc.openCache(e.store.Dir())
}

// locateCache reads the URL of a cache, and warns of what is dubious in it.
func (e *Engine) locateCache(text string) (Location, error) {
	var loc Location
	ref, err := settings.ParseStore(text, func(format string, args ...any) { e.warnOf(fmt.Sprintf(format, args...)) })
	if err == nil {
		err = loc.cache(ref)
	}
	for _, warning := range loc.Warnings {
		e.warnOf(warning)
	}
	return loc, err
}

// openCache opens the cache at a location.
func (loc *Location) openCache(dir store.Dir) (*Cache, error) {
	isOn := func(name string) bool { return loc.Params[name] == "true" }
	opts := cache.Options{Compression: loc.Params["compression"], Listings: isOn("write-nar-listing"), DebugInfo: isOn("index-debug-info"), Parallel: isOn("parallel-compression")}
	if level, err := strconv.Atoi(loc.Params["compression-level"]); err == nil {
		opts.Level = &level
	}
	files := strings.FieldsFunc(loc.Params["secret-key"]+","+loc.Params["secret-keys"], func(r rune) bool { return r == ',' })
	for _, name := range files {
		key, err := readSecretKey(name)
		if err != nil {
			return nil, err
		}
		opts.Keys = append(opts.Keys, key)
	}
	return cache.Open(loc.Cache, dir, opts)
}

// CopyToCache copies those of paths, all of which are valid, that the cache does not have,
// each after those that it refers to, and notes what outputs came to be.
func (e *Engine) CopyToCache(ctx context.Context, to *Cache, paths []store.Path, traced []store.Realisation, opts CopyOptions) error {
	if err := e.Flush(ctx); err != nil {
		return err
	}
	from := exported{e}
	err := copyMissing(ctx, paths, to.QueryValid, store.References(bothStores{e}), opts, func(p store.Path) error {
		info, err := from.PathInfo(ctx, p)
		if err == nil {
			err = to.CheckCompression() // before it is told of
		}
		if err != nil {
			return err
		}
		if opts.Copy != nil {
			opts.Copy(p)
		}
		return piped(ctx, from, p, func(archive io.Reader) error { return to.Add(ctx, info, archive) })
	})
	for _, r := range traced {
		if err == nil {
			err = to.AddRealisation(ctx, r)
		}
	}
	return err
}

// FindInCache returns where the outputs of a target are that are in a cache: a path itself, or
// what the store or the cache knows an output to be, with what the cache says of it and of
// what it was built from.
func (e *Engine) FindInCache(ctx context.Context, from *Cache, target store.DerivedPath) (paths map[store.OutputName]store.Path, traced []store.Realisation, err error) {
	if target.Outputs == nil {
		return map[store.OutputName]store.Path{"": target.Path}, nil, nil
	}
	reader := &tracedElsewhere{Reader: bothStores{e}, from: from}
	traced, paths, err = build.Trace(ctx, reader, e.settings, target)
	if errors.Is(err, store.ErrInvalidPath) && len(target.Through) == 0 && !slices.Contains(target.Outputs, store.AllOutputs) {
		paths = make(map[store.OutputName]store.Path) // of a derivation that only the cache may know
		for _, name := range target.Outputs {
			r, ok, err := from.Realisation(ctx, target.Path, name, nil)
			if err != nil {
				return nil, nil, err
			}
			if ok {
				traced = append(traced, r)
			}
			paths[name] = r.OutPath
		}
	} else if err != nil {
		return nil, nil, err
	}
	for name, p := range paths {
		if p == "" {
			return nil, nil, fmt.Errorf("cannot operate on output '%s' of the unbuilt derivation '%s'", name, target.Path)
		}
	}
	return paths, traced, nil
}

// tracedElsewhere reads a store, and of what outputs came to be what a cache says.
type tracedElsewhere struct {
	build.Reader
	from   *Cache
	modulo *drv.Modulo
}

func (r *tracedElsewhere) Realisation(ctx context.Context, drvPath store.Path, output store.OutputName) (store.Realisation, bool, error) {
	if r.modulo == nil {
		r.modulo = &drv.Modulo{Dir: r.Dir(), Load: func(p store.Path) (*drv.Derivation, error) { return r.ReadDerivation(ctx, p) }}
	}
	return r.from.Realisation(ctx, drvPath, output, func() (string, error) {
		d, err := r.ReadDerivation(ctx, drvPath)
		if errors.Is(err, store.ErrInvalidPath) {
			return "", nil // it is what another resolves to
		} else if err != nil {
			return "", err
		}
		h, err := r.modulo.TraceHash(d)
		return h.Base16(), err
	})
}

// CopyFromCache copies those of paths that the store does not have from a cache, each after
// those that it refers to, and notes what outputs came to be.
func (e *Engine) CopyFromCache(ctx context.Context, from *Cache, paths []store.Path, traced []store.Realisation, opts CopyOptions) error {
	if err := e.Flush(ctx); err != nil {
		return err
	}
	err := copyMissing(ctx, paths, e.store.QueryValid, from.References, opts, func(p store.Path) error {
		return e.takePath(ctx, from, p, opts)
	})
	if err == nil {
		err = e.Flush(ctx)
	}
	if err != nil {
		return err
	}
	return e.CopyBuildTrace(ctx, e, traced, opts)
}
