package profile

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"time"

	"nixbench/store/disk"
)

// A Rule says which generations to delete: those that any of its fields names.
// The current one is never deleted, nor such that are pinned, nor the one that the
// machine was booted from.
type Rule struct {
	// Numbers lists generations; each must exist and be one that may be deleted.
	Numbers []int
	// Old means all but the current generation.
	Old bool
	// Keep, if above 0, means what comes before the current generation and the
	// Keep-1 ones before that. Newer ones than the current one stay.
	Keep int
	// OlderThan, if not zero, means those made before then, except the one that
	// was current then, so that one can return to how things were.
	OlderThan time.Time
	// Since, if not zero, means those made then or later.
	Since time.Time
	// Pattern, if not "", means those whose label or name in the store, without the
	// digest, it matches as in [path.Match].
	Pattern string
}

// bootedSystem is the link to the system that a NixOS machine was booted from.
const bootedSystem = "/run/booted-system"

// protected says why a generation is not to be deleted, "" if it may be.
func protected(gen Generation, booted string) string {
	switch {
	case gen.Current:
		return "current"
	case gen.Pinned:
		return "pinned"
	case booted != "" && string(gen.Path) == booted:
		return "what the machine was booted from"
	}
	return ""
}

// matches reports whether a pattern matches what a generation is called.
func (gen Generation) matches(pattern string) bool {
	for _, name := range []string{gen.Label, gen.Path.Name()} {
		if ok, err := path.Match(pattern, name); err == nil && ok && name != "" {
			return true
		}
	}
	return false
}

// A DeletePlan says which generations of a profile are to be deleted. It only
// removes links: their paths go with the next collection. It can be executed
// once.
type DeletePlan struct {
	Profile string       // absolute name of the link
	Delete  []Generation // by number
	Keep    []Generation // by number; with the current one

	st   Store
	done bool
}

// NewDelete plans to delete the generations of profile that rule names.
// If rule.Numbers lists one that there is not, errors.Is(err, ErrNoGeneration).
func NewDelete(ctx context.Context, st Store, profile string, rule Rule) (*DeletePlan, error) {
	gens, err := list(profile)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return nil, fmt.Errorf("delete generations of %s: %w", profile, err)
	}
	if _, err := path.Match(rule.Pattern, ""); err != nil {
		return nil, fmt.Errorf("delete generations of %s: pattern %q: %w", profile, rule.Pattern, err)
	}
	plan := &DeletePlan{Profile: profile, st: st}
	booted, _ := os.Readlink(bootedSystem)
	for _, number := range rule.Numbers {
		i := slices.IndexFunc(gens, func(gen Generation) bool { return gen.Number == number })
		if i < 0 {
			return nil, fmt.Errorf("delete generation %d of %s: %w", number, profile, ErrNoGeneration)
		}
		if why := protected(gens[i], booted); why != "" {
			return nil, fmt.Errorf("delete generation %d of %s: it is %s", number, profile, why)
		}
	}
	for i, gen := range gens {
		if protected(gen, booted) == "" && rule.names(gens, i) {
			plan.Delete = append(plan.Delete, gen)
		} else {
			plan.Keep = append(plan.Keep, gen)
		}
	}
	return plan, nil
}

// names reports whether the rule names gens[i], which is not current.
func (rule Rule) names(gens []Generation, i int) bool {
	if !rule.Since.IsZero() && !gens[i].Created.Before(rule.Since) || rule.Pattern != "" && gens[i].matches(rule.Pattern) {
		return true
	}
	if rule.Old || slices.Contains(rule.Numbers, gens[i].Number) {
		return true
	}
	if rule.Keep > 0 {
		current := slices.IndexFunc(gens, func(gen Generation) bool { return gen.Current })
		if current >= 0 && i <= current-rule.Keep {
			return true
		}
	}
	if rule.OlderThan.IsZero() || !gens[i].Created.Before(rule.OlderThan) {
		return false
	}
	// The last one made before then was current at that time.
	return slices.ContainsFunc(gens[i+1:], func(gen Generation) bool {
		return gen.Created.Before(rule.OlderThan)
	})
}

// Execute deletes the links of plan.Delete. If one of them has become current
// or leads elsewhere than when the plan was made it does nothing, and
// errors.Is(err, ErrChanged); those that are gone already are passed over.
// It panics if called twice.
func (plan *DeletePlan) Execute(ctx context.Context) error {
	if plan.done {
		panic("profile: plan executed twice")
	}
	plan.done = true
	if err := plan.execute(ctx); err != nil {
		return fmt.Errorf("delete generations of %s: %w", plan.Profile, err)
	}
	return nil
}

func (plan *DeletePlan) execute(ctx context.Context) error {
	if len(plan.Delete) == 0 {
		return nil
	}
	unlock, err := plan.st.LockFile(ctx, plan.Profile)
	if err != nil {
		return err
	}
	defer unlock()
	current, err := currentNumber(plan.Profile)
	if err != nil {
		return err
	}
	for _, gen := range plan.Delete {
		target, err := os.Readlink(gen.Link)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		} else if err != nil {
			return err
		}
		if _, err := os.Lstat(pinName(plan.Profile, gen.Number)); err == nil {
			return fmt.Errorf("generation %d: %w", gen.Number, ErrChanged)
		}
		if gen.Number == current || target != string(gen.Path) {
			return fmt.Errorf("generation %d: %w", gen.Number, ErrChanged)
		}
	}
	for _, gen := range plan.Delete {
		for _, name := range []string{gen.Link, parentName(plan.Profile, gen.Number), labelName(plan.Profile, gen.Number)} {
			if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
	}
	return disk.Sync(filepath.Dir(plan.Profile))
}
