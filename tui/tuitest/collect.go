package tuitest

import (
	"context"
	"os"
	"path/filepath"
	"slices"

	"nixbench/store"
	"nixbench/store/gc"
)

// This file makes a Backend a gc.Store, over which plans are made and carried
// out.

var _ gc.Store = (*Backend)(nil)

// GCPlan implements tui.GC.
func (b *Backend) GCPlan(ctx context.Context) (*gc.Plan, error) {
	if err := b.call(""); err != nil {
		return nil, err
	}
	return gc.NewPlan(ctx, b, gc.Options{KeepDerivations: true})
}

// Collect implements tui.GC.
func (b *Backend) Collect(ctx context.Context, plan *gc.Plan) (*gc.Result, error) {
	if err := b.call("collect %d paths", len(plan.Dead)); err != nil {
		return &gc.Result{}, err
	}
	return plan.Execute(ctx, nil)
}

// Dir implements gc.Store.
func (b *Backend) Dir() store.Dir { return Dir }

// Roots implements gc.Store.
func (b *Backend) Roots(context.Context) ([]gc.Root, []string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	roots := slices.Clone(b.roots)
	current, err := os.Readlink(b.Profile())
	for i, r := range roots {
		if filepath.Base(r.Link) == current {
			roots[i].Note = "current"
		}
	}
	return roots, nil, err
}

// Entries implements gc.Store.
func (b *Backend) Entries(context.Context) ([]string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []string
	for _, p := range b.graph.Paths {
		out = append(out, p.Base())
	}
	return out, nil
}

// InUse implements gc.Store.
func (b *Backend) InUse(string) bool { return false }

// LockGC implements gc.Store.
func (b *Backend) LockGC(context.Context) (gc.Collection, error) { return collection{b}, nil }

// collection deletes from a Backend.
type collection struct{ b *Backend }

func (c collection) Claim([]store.Path) []store.Path       { return nil }
func (c collection) Release([]store.Path)                  {}
func (c collection) Kept(store.Path) bool                  { return false }
func (c collection) Finish(context.Context) (int64, error) { return 0, nil }
func (c collection) Close() error                          { return nil }

// Invalidate takes paths out of the graph.
func (c collection) Invalidate(_ context.Context, paths []store.Path) ([]store.Path, error) {
	c.b.mu.Lock()
	defer c.b.mu.Unlock()
	old := c.b.graph
	gone := map[store.Path]bool{}
	for _, p := range paths {
		gone[p] = true
	}
	at := make([]int32, old.Len())
	var nodes []store.GraphNode
	for i, p := range old.Paths {
		at[i] = -1
		if !gone[p] {
			at[i] = int32(len(nodes))
			nodes = append(nodes, store.GraphNode{Path: p, NarSize: old.NarSize[i], Registered: old.Registered[i], Deriver: old.DeriverPath(int32(i))})
		}
	}
	var refs, outputs [][2]int32
	for i := range int32(old.Len()) {
		for _, r := range old.References(i) {
			if at[i] >= 0 && at[r] >= 0 {
				refs = append(refs, [2]int32{at[i], at[r]})
			}
		}
		for _, o := range old.Outputs(i) {
			if at[i] >= 0 && at[o] >= 0 {
				outputs = append(outputs, [2]int32{at[i], at[o]})
			}
		}
	}
	c.b.graph = store.NewGraph(nodes, refs, outputs)
	return nil, nil
}

// Remove tells the size of a path.
func (c collection) Remove(_ context.Context, p store.Path) (int64, error) {
	for _, known := range packages() {
		if PathNamed(known.name) == p {
			return known.kib << 10, nil
		}
	}
	return 0, nil
}

// RemoveRoot removes a root, and its link if it is one of the profile's.
func (c collection) RemoveRoot(_ context.Context, root gc.Root) error {
	c.b.mu.Lock()
	defer c.b.mu.Unlock()
	c.b.roots = slices.DeleteFunc(c.b.roots, func(r gc.Root) bool { return r.Link == root.Link })
	if root.Kind == gc.KindGeneration {
		return os.Remove(root.Link)
	}
	return nil
}
