package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"nixbench/engine"
	"nixbench/repl/text"
	"nixbench/store/profile"
)

// withProfile opens the engine and finds the profile that --profile names.
func (inv *invocation) withProfile(ctx context.Context, f func(eng *engine.Engine, name string) error) error {
	eng, err := inv.open(ctx)
	if err != nil {
		return err
	}
	defer eng.Close()
	name := inv.profile
	if name == "" {
		eng.MakeProfileLinks()
		name = eng.DefaultProfile()
	}
	return f(eng, inv.abs(name))
}

// generations returns the generations of a profile. That there are none is not
// an error, as in Nix, but a warning.
func (inv *invocation) generations(name string) ([]profile.Generation, error) {
	gens, err := profile.List(name)
	if err == nil && len(gens) == 0 && inv.env.nixName() == "" {
		inv.warn(fmt.Sprintf("profile '%s' has no generations", name))
	}
	return gens, err
}

// runProfileHistory is `nixbench profile history`: which packages were added,
// changed and removed with each generation.
func runProfileHistory(ctx context.Context, inv *invocation) error {
	return inv.withProfile(ctx, func(eng *engine.Engine, name string) error {
		gens, err := inv.generations(name)
		if err != nil {
			return err
		}
		if inv.json {
			return inv.historyJSON(gens)
		}
		before := &engine.Manifest{}
		for i, gen := range gens {
			if i > 0 {
				fmt.Fprintln(inv.env.Stdout)
			}
			current := ""
			if gen.Current {
				current = ", current"
			}
			if inv.env.nixName() == "" {
				current += generationNotes(gen)
			} else {
				current = "" // Nix tells it by colour
			}
			fmt.Fprintf(inv.env.Stdout, "Version %d (%s%s)%s:\n",
				gen.Number, gen.Created.UTC().Format(time.DateOnly), current, parentNote(gen, gens, i))
			manifest, err := eng.ReadManifest(ctx, gen.Path)
			if err != nil {
				return err
			}
			inv.printManifestChanges(before, manifest)
			before = manifest
		}
		return nil
	})
}

// printManifestChanges prints a line for each package that was added, changed
// or removed.
func (inv *invocation) printManifestChanges(before, after *engine.Manifest) {
	shown := 0
	line := func(elem engine.Element, was, is []string) {
		fmt.Fprintf(inv.env.Stdout, "  %s: %s -> %s\n", text.SanitiseName(elem.Identifier()), versions(was), versions(is))
		shown++
	}
	names := slices.Concat(before.Names(), after.Names())
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		old, was := before.Elements[name]
		elem, is := after.Elements[name]
		switch {
		case !was:
			line(elem, nil, elem.Versions())
		case !is:
			line(old, old.Versions(), nil)
		case !slices.Equal(old.Versions(), elem.Versions()):
			line(old, old.Versions(), elem.Versions())
		}
	}
	if shown == 0 {
		fmt.Fprintln(inv.env.Stdout, "  No changes.")
	}
}

// parentNote says which generation gen was made from if that is not the one
// before it.
func parentNote(gen profile.Generation, gens []profile.Generation, i int) string {
	switch {
	case i == 0:
		return ""
	case gen.Parent != 0 && gen.Parent != gens[i-1].Number:
		return fmt.Sprintf(" <- %d, made from %d", gens[i-1].Number, gen.Parent)
	}
	return fmt.Sprintf(" <- %d", gens[i-1].Number)
}

func (inv *invocation) historyJSON(gens []profile.Generation) error {
	type generation struct {
		Number  int    `json:"number"`
		Created string `json:"created"`
		Path    string `json:"path"`
		Current bool   `json:"current"`
		Parent  int    `json:"parent,omitempty"`
		Label   string `json:"label,omitempty"`
		Pinned  bool   `json:"pinned,omitempty"`
	}
	out := make([]generation, len(gens))
	for i, gen := range gens {
		out[i] = generation{gen.Number, gen.Created.UTC().Format(time.RFC3339), string(gen.Path), gen.Current, gen.Parent, gen.Label, gen.Pinned}
	}
	return writeJSON(inv.env.Stdout, out)
}

// runDiffClosures is `nixbench profile diff-closures`.
func runDiffClosures(ctx context.Context, inv *invocation) error {
	return inv.withProfile(ctx, func(eng *engine.Engine, name string) error {
		gens, err := inv.generations(name)
		if err != nil {
			return err
		}
		d, err := newDiffer(ctx, eng)
		if err != nil {
			return err
		}
		for i := 1; i < len(gens); i++ {
			fmt.Fprintf(inv.env.Stdout, "Version %d -> %d:\n", gens[i-1].Number, gens[i].Number)
			changes, err := d.generations(gens[i-1], gens[i])
			if err != nil {
				return err
			}
			inv.printChanges(changes, "  ")
			if i < len(gens)-1 {
				fmt.Fprintln(inv.env.Stdout)
			}
		}
		return nil
	})
}

// runProfileRollback is `nixbench profile rollback`.
func runProfileRollback(ctx context.Context, inv *invocation) error {
	return inv.withProfile(ctx, func(eng *engine.Engine, name string) error {
		if inv.env.nixName() != "" {
			return inv.switchTo(ctx, eng, name, inv.to)
		}
		plan, err := inv.planRollback(ctx, eng, name)
		if err != nil {
			return err
		}
		fmt.Fprintf(inv.env.Stderr, "switching profile from version %d to %d\n", plan.From.Number, plan.To.Number)
		if inv.dryRun {
			return nil
		}
		return plan.Execute(ctx)
	})
}

func (inv *invocation) planRollback(ctx context.Context, eng *engine.Engine, name string) (*profile.SwitchPlan, error) {
	if inv.to > 0 {
		return eng.PlanSwitch(ctx, name, inv.to)
	}
	return eng.PlanPrevious(ctx, name)
}

// runProfileList is `nixbench profile list`: the packages of a profile.
func runProfileList(ctx context.Context, inv *invocation) error {
	return inv.withProfile(ctx, func(eng *engine.Engine, name string) error {
		gens, err := inv.generations(name)
		if err != nil {
			return err
		}
		manifest := &engine.Manifest{Version: 3}
		for _, gen := range gens {
			if gen.Current {
				if manifest, err = eng.ReadManifest(ctx, gen.Path); err != nil {
					return err
				}
			}
		}
		return inv.listElements(manifest)
	})
}

// listElements prints a paragraph for each package.
func (inv *invocation) listElements(manifest *engine.Manifest) error {
	if inv.json {
		return writeJSON(inv.env.Stdout, manifest)
	}
	for i, name := range manifest.Names() {
		elem := manifest.Elements[name]
		if i > 0 {
			fmt.Fprintln(inv.env.Stdout)
		}
		inactive := ""
		if !elem.Active {
			inactive = " (inactive)"
		}
		fmt.Fprintf(inv.env.Stdout, "Name:               %s%s\n", text.SanitiseName(name), inactive)
		if src := elem.Source; src != nil {
			fmt.Fprintf(inv.env.Stdout, "Flake attribute:    %s\n", text.SanitiseName(src.Attribute()))
			fmt.Fprintf(inv.env.Stdout, "Original flake URL: %s\n", text.SanitiseName(src.OriginalURL))
			fmt.Fprintf(inv.env.Stdout, "Locked flake URL:   %s\n", text.SanitiseName(src.URL))
		}
		paths := make([]string, len(elem.StorePaths))
		for i, p := range elem.StorePaths {
			paths[i] = text.SanitiseName(string(p))
		}
		slices.Sort(paths)
		fmt.Fprintf(inv.env.Stdout, "Store paths:        %s\n", strings.Join(paths, " "))
	}
	return nil
}
