package engine

import (
	"cmp"
	"context"
	"errors"
	"io"
	"io/fs"
	"slices"
	"strconv"
	"sync"

	"nixbench/store"
	"nixbench/store/cache"
	"nixbench/store/narinfo"
)

// This file opens the binary caches that may be copied from.

// A substituter is a binary cache that the settings name.
type substituter struct {
	*cache.Cache
	trusted   bool // what it has need not be signed
	priority  int
	massQuery bool
}

// substituters are those of some settings. The zero value is ready to use.
type substituters struct {
	mu   sync.Mutex // mu guards the fields below
	urls []string
	list []*substituter // in the order in which they are asked
}

// substituters returns those that are asked for paths, in that order.
func (e *Engine) substituters() []*substituter {
	if !e.substitutes() {
		return nil
	}
	return e.allSubstituters()
}

// substitutes reports whether paths may be copied from others: the settings allow it, and
// the store is one of files that no daemon writes.
func (e *Engine) substitutes() bool {
	return e.Settings().Substitute && e.daemon == nil && !e.isDummy() && e.cache() == nil
}

// allSubstituters returns those that there are, in the order in which they are asked.
func (e *Engine) allSubstituters() []*substituter {
	set := e.Settings()
	e.subs.mu.Lock()
	defer e.subs.mu.Unlock()
	if e.subs.urls == nil || !slices.Equal(e.subs.urls, set.Substituters) {
		e.subs.urls, e.subs.list = append([]string{}, set.Substituters...), nil
		for i, url := range e.subs.urls {
			if !IsCache(url) || slices.Contains(e.subs.urls[:i], url) {
				continue
			}
			sub, err := e.openSubstituter(url)
			if err != nil {
				e.warnOf(err.Error())
				continue
			}
			e.subs.list = append(e.subs.list, sub)
		}
		slices.SortStableFunc(e.subs.list, func(a, b *substituter) int { return cmp.Compare(a.priority, b.priority) })
	}
	return e.subs.list
}

func (e *Engine) warnOf(msg string) {
	if e.warn != nil {
		e.warn(msg)
	}
}

// openSubstituter opens a cache at a URL. Nothing is made there.
func (e *Engine) openSubstituter(url string) (*substituter, error) {
	loc, err := e.locateCache(url)
	if err != nil {
		return nil, err
	}
	c, err := cache.Open(loc.Cache, e.store.Dir(), cache.Options{Existing: true})
	if err != nil {
		return nil, err
	}
	sub := &substituter{Cache: c, trusted: loc.Params["trusted"] == "true", priority: c.Priority(), massQuery: c.WantsMassQuery()}
	if n, err := strconv.Atoi(loc.Params["priority"]); err == nil {
		sub.priority = n
	}
	if value, ok := loc.Params["want-mass-query"]; ok {
		sub.massQuery = value == "true"
	}
	return sub, nil
}

// LogElsewhere opens the log of the derivation p, or of what made p, that a substituter has,
// and says which. If none has it, errors.Is(err, [fs.ErrNotExist]).
// Behaviour: Nix, getBuildLog in log-store.cc.
func (e *Engine) LogElsewhere(p store.Path) (log io.ReadCloser, from string, err error) {
	for _, sub := range e.allSubstituters() {
		drvPath := p
		if !p.IsDerivation() {
			info, err := sub.info(p)
			if err != nil {
				return nil, "", err
			}
			if info == nil || info.Deriver == "" {
				continue
			}
			drvPath = info.Deriver
		}
		log, err := sub.OpenLog(drvPath)
		if !errors.Is(err, fs.ErrNotExist) {
			return log, sub.URL(), err
		}
	}
	return nil, "", fs.ErrNotExist
}

// info returns what a cache says of a path, nil if it does not have it.
func (sub *substituter) info(p store.Path) (*narinfo.Info, error) {
	info, err := sub.Info(p)
	if errors.Is(err, store.ErrInvalidPath) {
		return nil, nil
	}
	return info, err
}

// MassSubstitutable returns those of paths that caches have that may be asked about what
// nobody needs yet, sorted.
// Behaviour: Nix, querySubstitutablePaths in local-store.cc.
func (e *Engine) MassSubstitutable(ctx context.Context, paths []store.Path) (have []store.Path, err error) {
	for _, sub := range e.substituters() {
		if !sub.massQuery {
			continue
		}
		found, err := sub.QueryValid(ctx, paths)
		if err != nil {
			return nil, err
		}
		have = append(have, found...)
	}
	return store.SortUnique(have), nil
}
