package build

import (
	"context"
	"sync"

	"nixbench/store"
)

// A refCache remembers the references of paths that stay valid for as long as
// it lives, since a temporary root keeps them.
type refCache struct {
	mu   sync.Mutex // mu guards refs
	refs map[store.Path][]store.Path
}

// inputClosure returns the closure of the inputs of a build, sorted, and keeps
// it from being collected.
func inputClosure(ctx context.Context, st Store, planned *PlannedBuild) ([]store.Path, error) {
	inputs := planned.inputPaths()
	for _, p := range inputs {
		if err := st.AddTempRoot(ctx, p); err != nil {
			return nil, err
		}
	}
	cache := planned.refs
	return store.Requisites(ctx, func(ctx context.Context, p store.Path) ([]store.Path, error) {
		return cache.references(ctx, st, p)
	}, inputs...)
}

// references returns the references of a path that a temporary root keeps.
func (c *refCache) references(ctx context.Context, st Store, p store.Path) ([]store.Path, error) {
	c.mu.Lock()
	refs, ok := c.refs[p]
	c.mu.Unlock()
	if ok {
		return refs, nil
	}
	info, err := st.PathInfo(ctx, p)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.refs == nil {
		c.refs = make(map[store.Path][]store.Path)
	}
	c.refs[p] = info.References
	return info.References, nil
}
