package daemontest

import (
	"context"
	"fmt"
	"slices"

	"nixbench/store/gc"
)

// This file finds roots and collects garbage.

// roots returns all roots, those of connections too.
func (s *Server) roots(ctx context.Context) ([]gc.Root, error) {
	roots, _, err := s.st.Roots(ctx)
	roots = slices.DeleteFunc(roots, func(r gc.Root) bool {
		return r.Dangling || r.Kind == gc.KindTemp || r.Kind == gc.KindBuild // ours, of what we add
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, paths := range s.temp {
		for p := range paths {
			roots = append(roots, gc.Root{Link: "{censored}", Path: p})
		}
	}
	return roots, err
}

func (c *conn) findRoots(ctx context.Context) error {
	roots, err := c.s.roots(ctx)
	if err != nil {
		return err
	}
	c.put(tagLast, len(roots))
	for _, r := range roots {
		c.put(r.Link, r.Path)
	}
	return nil
}

// collect deletes what is asked for, up to the first path that is alive.
func (c *conn) collect(ctx context.Context) error {
	c.s.Collections.Add(1)
	action, paths := c.number(), c.paths()
	for range 5 {
		c.number()
	}
	if action != 3 {
		return fmt.Errorf("action %d is not for tests", action)
	}
	roots, err := c.s.roots(ctx)
	if err != nil {
		return err
	}
	if err := c.s.st.ReleaseTempRoots(); err != nil { // of what we added
		return err
	}
	plan, err := gc.NewPlan(ctx, c.s.st, gc.Options{Only: paths})
	if err != nil {
		return err
	}
	for _, p := range paths {
		valid, err := c.s.st.IsValid(ctx, p)
		if err != nil {
			return err
		}
		dead := slices.ContainsFunc(plan.Dead, func(i gc.Item) bool { return i.Path == p })
		if valid && (!dead || slices.ContainsFunc(roots, func(r gc.Root) bool { return r.Path == p })) {
			return fmt.Errorf("Cannot delete path '%s' since it is still alive. To find out why, use: nix-store --query --roots", p)
		}
	}
	res, err := plan.Execute(ctx, func(p gc.Progress) { c.put(tagNext, fmt.Sprintf("deleting '%s'\n", p.Path)) })
	if err != nil {
		return err
	}
	return c.done(res.Deleted, res.Freed, 0)
}
