package cli

import (
	"context"
	"errors"

	"nixbench/engine"
	"nixbench/store"
)

// This file is nix copy to and from binary caches of this machine.

// copyToCache copies paths to the cache at --to.
func (inv *invocation) copyToCache(ctx context.Context) error {
	from, err := inv.openAt(ctx, inv.copyFrom)
	if err != nil {
		return err
	}
	defer from.Close()
	inv.follow(ctx, from)
	to, err := from.OpenCache(inv.copyTo)
	if err != nil {
		return err
	}
	_, paths, traced, err := inv.whatToCopy(ctx, from)
	if err != nil {
		return err
	}
	if err := from.CopyToCache(ctx, to, paths, traced, inv.copyOptions(fromTo(from.HumanURI(), to.URL()))); err != nil {
		return err
	}
	if inv.outLink != "" {
		return errors.New("'--out-link' is not supported for this Nix store")
	}
	return nil
}

// copyFromCache copies paths from the cache at --from.
func (inv *invocation) copyFromCache(ctx context.Context) error {
	to, err := inv.openAt(ctx, inv.copyTo)
	if err != nil {
		return err
	}
	defer to.Close()
	from, err := to.OpenCache(inv.copyFrom)
	if err != nil {
		return err
	}
	roots, traced, err := inv.rootsInCache(ctx, to, from)
	if err != nil {
		return err
	}
	paths := roots.paths()
	switch {
	case inv.all:
		paths, err = from.All(ctx)
	case !inv.notRecursive:
		paths, err = store.Requisites(ctx, from.References, paths...)
	}
	if err != nil {
		return err
	}
	if err := to.CopyFromCache(ctx, from, paths, traced, inv.copyOptions(fromTo(from.URL(), to.HumanURI()))); err != nil {
		return err
	}
	return inv.keepCopied(ctx, to, roots)
}

// rootsInCache returns what the arguments name, and what the cache says of outputs among it.
func (inv *invocation) rootsInCache(ctx context.Context, to *engine.Engine, from *engine.Cache) (roots copied, traced []store.Realisation, err error) {
	if inv.all {
		return nil, nil, nil
	}
	insts, err := inv.installables(ctx, to, inv.installableArgs())
	if err != nil {
		return nil, nil, err
	}
	for _, inst := range insts {
		outputs, rs, err := to.FindInCache(ctx, from, inst.target)
		if err != nil {
			return nil, nil, err
		}
		roots, traced = append(roots, outputs), append(traced, rs...)
	}
	return roots, traced, nil
}
