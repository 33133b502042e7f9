package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"nixbench/engine/settings"
	"nixbench/store"
	"nixbench/store/cache"
)

// This file copies paths to binary caches in directories of this machine, and from them.

// A Cache is a binary cache in a directory; see [cache.Cache].
type Cache = cache.Cache

// cacheParams are the parameters of a file:// URL that say how the cache is written. Others
// mean nothing here.
var cacheParams = []string{"compression", "secret-key", "secret-keys"}

// IsCache reports whether a URL is that of a binary cache on this machine.
func IsCache(text string) bool { return strings.HasPrefix(text, "file:") }

// OpenCache opens the binary cache at a file:// URL, for the paths of the store of e.
func (e *Engine) OpenCache(text string) (*Cache, error) {
	ref, err := settings.ParseStore(text, func(format string, args ...any) {
		if e.warn != nil {
			e.warn(fmt.Sprintf(format, args...))
		}
	})
	if err != nil {
		return nil, err
	}
	dir, err := placeOf(ref)
	if err != nil {
		return nil, err
	}
	params := ref.Params
	for _, name := range slices.Sorted(maps.Keys(params)) {
		if _, usual := storeParams[name]; !usual && !slices.Contains(cacheParams, name) && e.warn != nil {
			e.warn(fmt.Sprintf("parameter '%s' of the store '%s' is not used", name, text))
		}
	}
	opts := cache.Options{Compression: params["compression"]}
	files := strings.FieldsFunc(params["secret-key"]+","+params["secret-keys"], func(r rune) bool { return r == ',' })
	for _, name := range files {
		key, err := readSecretKey(name)
		if err != nil {
			return nil, err
		}
		opts.Keys = append(opts.Keys, key)
	}
	return cache.Open(dir, e.store.Dir(), opts)
}

// CopyToCache copies those of paths, all of which are valid, that the cache does not have,
// each after those that it refers to, and notes what outputs came to be.
func (e *Engine) CopyToCache(ctx context.Context, to *Cache, paths []store.Path, traced []store.Realisation, opts CopyOptions) error {
	if err := e.flush(ctx); err != nil {
		return err
	}
	from := exported{e}
	err := copyMissing(ctx, paths, to.QueryValid, store.References(bothStores{e}), opts, func(p store.Path) error {
		info, err := from.PathInfo(ctx, p)
		if err != nil {
			return err
		}
		if opts.Copy != nil {
			opts.Copy(p)
		}
		return piped(ctx, from, p, func(archive io.Reader) error { return to.Add(ctx, info, archive) })
	})
	for _, r := range traced {
		if err == nil && !r.Unresolved {
			err = to.AddRealisation(ctx, r)
		}
	}
	return err
}

// FindInCache returns where the outputs of a target are that are in a cache: a path itself, or
// what the store or the cache knows an output to be, with what the cache says of it.
func (e *Engine) FindInCache(ctx context.Context, from *Cache, target store.DerivedPath) (paths map[store.OutputName]store.Path, traced []store.Realisation, err error) {
	if target.Outputs == nil {
		return map[store.OutputName]store.Path{"": target.Path}, nil, nil
	}
	paths, err = e.FindOutputs(ctx, target)
	if errors.Is(err, store.ErrInvalidPath) && len(target.Through) == 0 && !slices.Contains(target.Outputs, store.AllOutputs) {
		paths = make(map[store.OutputName]store.Path) // of a derivation that only the cache may know
		for _, name := range target.Outputs {
			paths[name] = ""
		}
	} else if err != nil {
		return nil, nil, err
	}
	for name, p := range paths {
		if p != "" {
			continue
		}
		r, ok, err := from.Realisation(ctx, target.Path, name)
		if err == nil && !ok {
			err = fmt.Errorf("cannot operate on output '%s' of the unbuilt derivation '%s'", name, target.Path)
		}
		if err != nil {
			return nil, nil, err
		}
		paths[name], traced = r.OutPath, append(traced, r)
	}
	return paths, traced, nil
}

// CopyFromCache copies those of paths that the store does not have from a cache, each after
// those that it refers to, and notes what outputs came to be.
func (e *Engine) CopyFromCache(ctx context.Context, from *Cache, paths []store.Path, traced []store.Realisation, opts CopyOptions) error {
	if err := e.flush(ctx); err != nil {
		return err
	}
	err := copyMissing(ctx, paths, e.store.QueryValid, from.References, opts, func(p store.Path) error {
		return e.takePath(ctx, from, p, opts)
	})
	if err == nil {
		err = e.flush(ctx)
	}
	if err != nil {
		return err
	}
	return e.CopyBuildTrace(ctx, e, traced, opts)
}
