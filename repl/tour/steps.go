package tour

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"

	"nixbench/engine"
	"nixbench/store"
)

// This file is what happens on the tour: what is built, the generations of the
// profile, the roots, and what is left over as garbage.

// A change adds a package to the profile, or with an empty attribute takes it
// away.
type change struct{ name, attr string }

// generations are the changes that lead from each generation to the next.
var generations = [][]change{
	{{"greet", "greet"}, {"calc", "calc"}},
	{{"notes", "notes"}, {"browser", "browser_126"}},
	{{"greet", "greet_1_1"}},
	{{"browser", "browser"}, {"editor", "editor"}},
	{{"notes", ""}},
}

// results are the links beside the package set that keep something alive.
var results = []change{{"result-server", "server"}, {"result-games", "games"}}

// Quick are the packages that build at once; Rest takes half a minute, and one
// of it fails.
var (
	Quick = []string{"desktop", "games", "tools", "server", "browser_126", "wallpapers", "textkit.doc"}
	Rest  = []string{"machine", "broken"}
)

// Prepare builds the quick packages, makes the generations of the profile and
// the links to results.
func (t *Tour) Prepare(ctx context.Context) error {
	if err := t.Build(ctx, Quick...); err != nil {
		return err
	}
	manifest := &engine.Manifest{Version: 3, Elements: map[string]engine.Element{}}
	for _, changes := range generations {
		if err := t.addGeneration(ctx, manifest, changes); err != nil {
			return err
		}
	}
	for _, r := range results {
		p, err := t.output(ctx, r.attr)
		if err != nil {
			return err
		}
		if err := t.Engine.AddRoot(ctx, p, filepath.Join(t.Root, "tour", r.name)); err != nil {
			return err
		}
	}
	return nil
}

// Build builds packages. That some fail is told by Failed.
func (t *Tour) Build(ctx context.Context, attrs ...string) error {
	targets, err := t.Targets(ctx, attrs...)
	if err != nil {
		return err
	}
	result, err := t.Engine.Realise(ctx, targets)
	if err != nil {
		return err
	}
	t.Failed = append(t.Failed, result.Failures...)
	return ctx.Err()
}

// addGeneration changes the manifest and makes a generation of it.
func (t *Tour) addGeneration(ctx context.Context, manifest *engine.Manifest, changes []change) error {
	elements := maps.Clone(manifest.Elements)
	for _, c := range changes {
		if c.attr == "" {
			delete(elements, c.name)
			continue
		}
		p, err := t.output(ctx, c.attr)
		if err != nil {
			return err
		}
		elements[c.name] = engine.Element{
			Active: true, Priority: engine.DefaultPriority, StorePaths: []store.Path{p},
		}
	}
	manifest.Elements = elements
	p, err := t.Engine.MakeProfile(ctx, manifest)
	if err != nil {
		return err
	}
	_, err = t.Engine.SetProfile(ctx, t.Profile(), p)
	return err
}

// output returns the path of a package's output, which must have been built.
func (t *Tour) output(ctx context.Context, attr string) (store.Path, error) {
	drvs, err := t.derivations(ctx, attr)
	if err != nil {
		return "", err
	}
	d, err := t.Engine.ReadDerivation(ctx, drvs[0].DrvPath)
	if err != nil {
		return "", err
	}
	p := d.OutputPath(drvs[0].OutputName)
	if _, err := t.Engine.StoreOf(ctx, p); err != nil {
		return "", fmt.Errorf("find %s: %w", attr, err)
	}
	return p, nil
}
