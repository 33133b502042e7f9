package tuitest

// This file has what the closure browser asks for.

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"nixbench/inspect/diff"
	"nixbench/inspect/files"
	"nixbench/inspect/why"
	"nixbench/store"
	"nixbench/store/drv"
	"nixbench/tui"
)

// Graph implements tui.Stores and gc.Store.
func (b *Backend) Graph(context.Context) (*store.Graph, error) {
	err := b.call("")
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.graph, err
}

// PathInfo implements tui.Stores.
func (b *Backend) PathInfo(_ context.Context, p store.Path) (*store.PathInfo, error) {
	if err := b.call(""); err != nil {
		return nil, err
	}
	g := b.graph
	i, ok := g.Index(p)
	if !ok {
		return nil, fmt.Errorf("path %s: %w", p, store.ErrInvalidPath)
	}
	info := &store.PathInfo{Path: p, NarSize: g.NarSize[i], Deriver: g.DeriverPath(i), RegistrationTime: g.Registered[i], Ultimate: true}
	for _, r := range g.References(i) {
		info.References = append(info.References, g.Paths[r])
	}
	return info, nil
}

// Places implements tui.Stores.
func (b *Backend) Places(context.Context) ([]tui.Place, error) {
	return []tui.Place{
		{Kind: "profile", Name: "tour", Path: PathNamed("desktop-12"), Time: Start().Add(-8 * 24 * time.Hour)},
		{Kind: "result", Name: "~/src/app/result", Path: PathNamed("server-12"), Time: Start().Add(-210 * 24 * time.Hour)},
		{Kind: "root", Name: "/nix/var/nix/gcroots/mail", Path: PathNamed("mailer-5.5"), Time: Start().Add(-90 * time.Minute)},
	}, b.call("")
}

// ResolvePath implements tui.Stores.
func (b *Backend) ResolvePath(_ context.Context, s string) (store.Path, error) {
	for _, p := range b.graph.Paths {
		if string(p) == s || p.Name() == s {
			return p, b.call("")
		}
	}
	return "", fmt.Errorf("path %q: %w", s, store.ErrInvalidPath)
}

// Files implements tui.Stores.
func (b *Backend) Files(_ context.Context, p store.Path) (*files.Tree, error) {
	return files.New([]files.Object{
		{Kind: files.Directory, Parent: files.None},
		{Name: "bin", Kind: files.Directory, Parent: 0},
		{Name: "bin/" + p.Name(), Kind: files.Executable, Size: 81 << 10, Files: 1, Parent: 1},
		{Name: "bin/run", Kind: files.Link, Target: p.Name(), Files: 1, Parent: 1},
		{Name: "share", Kind: files.Directory, Parent: 0},
		{Name: "share/doc", Kind: files.Directory, Parent: 4},
		{Name: "share/doc/README", Kind: files.Regular, Size: 2 << 10, Files: 1, Parent: 5},
		{Name: "share/doc/manual.txt", Kind: files.Regular, Size: 30 << 10, Files: 1, Parent: 5},
		{Name: "share/words", Kind: files.Regular, Size: 12 << 10, Files: 1, Parent: 4},
	}), b.call("")
}

// FileIn implements tui.Stores.
func (b *Backend) FileIn(_ context.Context, p store.Path, name string) (string, error) {
	return filepath.Join("/real", string(p), name), b.call("")
}

// FilesHolding implements tui.Stores.
func (b *Backend) FilesHolding(_ context.Context, referrer, reference store.Path) ([]why.Occurrence, error) {
	return []why.Occurrence{{
		File: "bin/" + referrer.Name(), Place: why.InContents, Offset: 2,
		Context: "#!" + string(reference) + "/bin/sh", Digest: 2 + len(Dir) + 1,
	}}, b.call("")
}

// Etc implements tui.Stores: what is called desktop is a system.
func (b *Backend) Etc(_ context.Context, before, after store.Path) ([]diff.FileChange, error) {
	if before == after || !strings.HasPrefix(before.Name(), "desktop-") || !strings.HasPrefix(after.Name(), "desktop-") {
		return nil, b.call("")
	}
	return []diff.FileChange{
		{Name: "hosts", Kind: diff.Changed, Gone: []string{"127.0.0.1 old"}, New: []string{"127.0.0.1 " + after.Name(), "::1 new"}},
		{Name: "issue", Kind: diff.Rebuilt},
		{Name: "systemd/system/player.service", Kind: diff.Added},
	}, b.call("")
}

// CompareDerivations implements tui.Stores: a derivation has its package's name and
// size as variables.
func (b *Backend) CompareDerivations(ctx context.Context, before, after store.Path) (*diff.Derivations, error) {
	read := func(_ context.Context, p store.Path) (*drv.Derivation, error) {
		i, ok := b.graph.Index(p)
		if !ok {
			return nil, fmt.Errorf("read derivation %s: %w", p, store.ErrInvalidPath)
		}
		name := strings.TrimSuffix(p.Name(), ".drv")
		d := &drv.Derivation{
			Name: name, System: "x86_64-linux", Builder: "/bin/sh", Args: []string{"-e", "build.sh"},
			Env:       map[string]string{"name": name, "script": "make\ninstall " + name},
			Outputs:   map[store.OutputName]drv.Output{"out": {Path: PathNamed(name)}},
			InputDrvs: map[store.Path][]store.OutputName{},
		}
		for _, r := range b.graph.References(i) {
			d.InputDrvs[b.graph.Paths[r]] = []store.OutputName{"out"}
		}
		return d, b.call("")
	}
	return diff.CompareDerivations(ctx, read, before, after)
}
