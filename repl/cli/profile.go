package cli

import (
	"context"
	"fmt"
	"path/filepath"
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
		name = eng.DefaultProfile()
	} else if !filepath.IsAbs(name) {
		name = filepath.Join(inv.env.Dir, name)
	}
	return f(eng, name)
}

// generations returns the generations of a profile, of which there must be one.
func generations(name string) ([]profile.Generation, error) {
	gens, err := profile.List(name)
	if err == nil && len(gens) == 0 {
		err = fmt.Errorf("list generations of %s: %w", name, profile.ErrNoGeneration)
	}
	return gens, err
}

// runProfileHistory is `nixbench profile history`: what changed from each
// generation to the next.
func runProfileHistory(ctx context.Context, inv *invocation) error {
	return inv.withProfile(ctx, func(eng *engine.Engine, name string) error {
		gens, err := generations(name)
		if err != nil {
			return err
		}
		if inv.json {
			return inv.historyJSON(gens)
		}
		d, err := newDiffer(ctx, eng)
		if err != nil {
			return err
		}
		for i, gen := range gens {
			current := ""
			if gen.Current {
				current = ", current"
			}
			fmt.Fprintf(inv.env.Stdout, "Version %d (%s%s)%s:\n", gen.Number, gen.Created.Format(time.DateOnly), current, parentNote(gen, gens, i))
			var before profile.Generation
			if i > 0 {
				before = gens[i-1]
			}
			changes, err := d.generations(before, gen)
			if err != nil {
				fmt.Fprintf(inv.env.Stdout, "  not known: %v\n", err)
				continue
			}
			inv.printChanges(changes, "  ")
			if i < len(gens)-1 {
				fmt.Fprintln(inv.env.Stdout)
			}
		}
		return nil
	})
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
	}
	out := make([]generation, len(gens))
	for i, gen := range gens {
		out[i] = generation{gen.Number, gen.Created.UTC().Format(time.RFC3339), string(gen.Path), gen.Current, gen.Parent}
	}
	return writeJSON(inv.env.Stdout, out)
}

// runDiffClosures is `nixbench profile diff-closures`.
func runDiffClosures(ctx context.Context, inv *invocation) error {
	return inv.withProfile(ctx, func(eng *engine.Engine, name string) error {
		gens, err := generations(name)
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
		gens, err := generations(name)
		if err != nil {
			return err
		}
		for _, gen := range gens {
			if gen.Current {
				return inv.listElements(ctx, eng, gen)
			}
		}
		return fmt.Errorf("list packages of %s: %w", name, profile.ErrNoGeneration)
	})
}

func (inv *invocation) listElements(ctx context.Context, eng *engine.Engine, gen profile.Generation) error {
	manifest, err := eng.ReadManifest(ctx, gen.Path)
	if err != nil {
		return err
	}
	if inv.json {
		return writeJSON(inv.env.Stdout, manifest)
	}
	for i, name := range manifest.Names() {
		elem := manifest.Elements[name]
		if i > 0 {
			fmt.Fprintln(inv.env.Stdout)
		}
		fmt.Fprintf(inv.env.Stdout, "Name:               %s\n", text.SanitiseName(name))
		if elem.AttrPath != "" {
			fmt.Fprintf(inv.env.Stdout, "Attribute path:     %s\n", text.SanitiseName(elem.AttrPath))
		}
		for _, p := range elem.StorePaths {
			fmt.Fprintf(inv.env.Stdout, "Store paths:        %s\n", text.SanitiseName(string(p)))
		}
	}
	return nil
}
