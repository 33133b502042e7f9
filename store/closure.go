package store

import (
	"context"
	"fmt"
	"slices"
)

// Requisites returns the closure of roots: the roots and everything that they
// refer to, directly or not, sorted. Refs is called once for each path; its
// result is not kept. An error of refs is returned as it is.
func Requisites(ctx context.Context, refs func(context.Context, Path) ([]Path, error), roots ...Path) ([]Path, error) {
	seen := make(map[Path]struct{}, len(roots))
	var all []Path
	add := func(paths []Path) {
		for _, p := range paths {
			if _, found := seen[p]; !found {
				seen[p] = struct{}{}
				all = append(all, p)
			}
		}
	}
	add(roots)
	for next := 0; next < len(all); next++ {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("find requisites: %w", err)
		}
		found, err := refs(ctx, all[next])
		if err != nil {
			return nil, err
		}
		add(found)
	}
	slices.Sort(all)
	return all, nil
}

// References returns the References of st's paths, for [Requisites] and
// [TopoSort].
func References(st Reader) func(context.Context, Path) ([]Path, error) {
	return func(ctx context.Context, p Path) ([]Path, error) {
		info, err := st.PathInfo(ctx, p)
		if err != nil {
			return nil, err
		}
		return info.References, nil
	}
}

// TopoSort returns paths without duplicates such that each comes after those
// of them that it refers to: the order to add them in, and the reverse of the
// order to delete them in. References outside paths and to itself do not
// matter. The result depends only on the order of paths and of what refs
// returns. If References go in a circle the error is a [*CycleError].
func TopoSort(ctx context.Context, paths []Path, refs func(context.Context, Path) ([]Path, error)) ([]Path, error) {
	const (
		waiting = iota + 1
		open    // on the way from a path that is being visited
		done
	)
	state := make(map[Path]uint8, len(paths))
	for _, p := range paths {
		state[p] = waiting
	}
	type frame struct {
		p    Path
		rest []Path // references not yet visited
	}
	var stack []frame
	sorted := make([]Path, 0, len(state))
	visit := func(p Path) error {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("sort paths: %w", err)
		}
		found, err := refs(ctx, p)
		if err != nil {
			return err
		}
		state[p] = open
		stack = append(stack, frame{p, found})
		return nil
	}
	for _, root := range paths {
		if state[root] != waiting {
			continue
		}
		if err := visit(root); err != nil {
			return nil, err
		}
		for len(stack) > 0 {
			top := &stack[len(stack)-1]
			if len(top.rest) == 0 {
				state[top.p] = done
				sorted = append(sorted, top.p)
				stack = stack[:len(stack)-1]
				continue
			}
			next := top.rest[0]
			top.rest = top.rest[1:]
			switch {
			case state[next] == open && next != top.p:
				return nil, &CycleError{Path: top.p, Reference: next}
			case state[next] == waiting:
				if err := visit(next); err != nil {
					return nil, err
				}
			}
		}
	}
	return sorted, nil
}
