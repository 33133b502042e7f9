package tuitest

// This file has profiles, and the store that they are of.

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"nixbench/inspect/diff"
	"nixbench/store"
	"nixbench/store/profile"
	"nixbench/tui"
)

// ProfileList implements tui.Profiles.
func (b *Backend) ProfileList(context.Context) ([]tui.Profile, error) {
	return []tui.Profile{
		{Link: b.Profile(), Name: "tour"},
		{Link: "/nix/var/nix/profiles/system", Name: "system", ReadOnly: "root's: sudo nixbench profile rollback --profile /nix/var/nix/profiles/system"},
	}, b.call("")
}

// Generations implements tui.Profiles.
func (b *Backend) Generations(_ context.Context, link string) ([]tui.Generation, error) {
	if err := b.call(""); err != nil {
		return nil, err
	}
	gens, err := profile.List(link)
	out := make([]tui.Generation, len(gens))
	for i, g := range gens {
		out[i].Generation = g
		if strings.HasPrefix(g.Path.Name(), "desktop-") {
			out[i].System = diff.System{Version: "26.11." + g.Path.Name()[len("desktop-"):], Revision: "8e1f0c2aa0b1", Kernel: "6.9.3"}
		}
	}
	return out, err
}

// SwitchPlan implements tui.Profiles.
func (b *Backend) SwitchPlan(ctx context.Context, link string, n int) (*profile.SwitchPlan, error) {
	if err := b.call(""); err != nil {
		return nil, err
	}
	return profile.NewSwitch(ctx, b, link, n)
}

// RollbackPlan implements tui.Profiles.
func (b *Backend) RollbackPlan(ctx context.Context, link string) (*profile.SwitchPlan, error) {
	if err := b.call(""); err != nil {
		return nil, err
	}
	return profile.NewRollback(ctx, b, link)
}

// DeletePlan implements tui.Profiles.
func (b *Backend) DeletePlan(ctx context.Context, link string, rule profile.Rule) (*profile.DeletePlan, error) {
	if err := b.call(""); err != nil {
		return nil, err
	}
	return profile.NewDelete(ctx, b, link, rule)
}

// AnnotateGeneration implements tui.Profiles.
func (b *Backend) AnnotateGeneration(ctx context.Context, link string, n int, label string, pinned bool) error {
	if err := b.call("annotate %d %q %v", n, label, pinned); err != nil {
		return err
	}
	return errors.Join(profile.SetLabel(ctx, b, link, n, label), profile.SetPinned(ctx, b, link, n, pinned))
}

// IsValid implements profile.Store.
func (b *Backend) IsValid(_ context.Context, p store.Path) (bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	_, ok := b.graph.Index(p)
	return ok, nil
}

// AddPermRoot implements profile.Store.
func (b *Backend) AddPermRoot(_ context.Context, p store.Path, link string) error {
	if err := b.call("root %s %s", p.Name(), filepath.Base(link)); err != nil {
		return err
	}
	return os.Symlink(string(p), link)
}

// Sync implements profile.Store.
func (b *Backend) Sync(context.Context) error { return nil }

// LockFile implements profile.Store.
func (b *Backend) LockFile(context.Context, string) (func(), error) { return func() {}, nil }
