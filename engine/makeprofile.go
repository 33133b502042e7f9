package engine

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"nixbench/engine/build"
	"nixbench/store"
	"nixbench/store/nar"
	"nixbench/store/nixhash"
)

// MakeProfile adds to the store what a profile with these packages leads to: a
// directory of links to their files, and the manifest. Two packages of one
// priority that have a file of the same name are an error; what is left out, since
// it is no directory or leads nowhere, the engine warns of.
// Behaviour: ProfileManifest::build in Nix's profile.cc.
func (e *Engine) MakeProfile(ctx context.Context, m *Manifest) (p store.Path, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("make profile: %w", err)
		}
	}()
	var packages []build.Package
	var refs []store.Path
	for _, name := range m.Names() {
		elem := m.Elements[name]
		for _, p := range elem.StorePaths {
			if elem.Active {
				packages = append(packages, build.Package{Path: string(p), Priority: elem.Priority})
			}
			refs = append(refs, p)
		}
	}
	dir, err := os.MkdirTemp("", "nixbench-profile-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	tree := filepath.Join(dir, "profile")
	if err := build.BuildProfile(ctx, e.store, tree, packages, e.warn); err != nil {
		return "", err
	}
	manifest, err := json.Marshal(m)
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(filepath.Join(tree, "manifest.json"), manifest, 0o444); err != nil {
		return "", err
	}
	slices.Sort(refs)
	return e.addReferring(ctx, "profile", tree, slices.Compact(refs))
}

// A ConflictError says which files of two packages of a profile have one name.
type ConflictError = build.ConflictError

// addReferring adds a tree that refers to other paths, addressed by its
// contents.
func (e *Engine) addReferring(ctx context.Context, name, tree string, refs []store.Path) (store.Path, error) {
	var archive bytes.Buffer
	if err := nar.Dump(&archive, tree, nil); err != nil {
		return "", err
	}
	sum := nixhash.Sum(nixhash.SHA256, archive.Bytes())
	return e.addArchive(ctx, name, store.ContentAddress{Method: store.NAR, Hash: sum}, &archive, refs)
}

// addArchive adds what an archive in memory holds, addressed by ca, which refers to other
// paths.
func (e *Engine) addArchive(ctx context.Context, name string, ca store.ContentAddress, archive *bytes.Buffer, refs []store.Path) (store.Path, error) {
	p, err := ca.Path(e.store.Dir(), name, refs, false)
	if err != nil {
		return "", err
	}
	if err := e.adopt(ctx, refs...); err != nil {
		return "", err
	}
	info := &store.PathInfo{
		Path: p, NarHash: nixhash.Sum(nixhash.SHA256, archive.Bytes()), NarSize: int64(archive.Len()), References: refs, CA: ca.String(),
	}
	return p, e.store.AddNAR(ctx, info, archive)
}
