package cli

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"nixbench/engine"
	"nixbench/store"
	"nixbench/store/profile"
)

// This file is what nix-env, nix profile and nix-collect-garbage do with the
// generations of profiles.

// levelNotice is the level of what is told even with one --quiet.
const levelNotice = 2

// notice prints what is told even with one --quiet.
func (inv *invocation) notice(format string, args ...any) {
	if inv.verbosity() >= levelNotice {
		inv.tell(fmt.Sprintf(format, args...))
	}
}

// oldRule returns the rule that "30d" stands for; "" names all old generations.
func (inv *invocation) oldRule(period string) (profile.Rule, error) {
	if period == "" {
		return profile.Rule{Old: true}, nil
	}
	days, ok := strings.CutSuffix(period, "d")
	if !ok {
		return profile.Rule{}, inv.cmd.usage("invalid number of days specifier '%s', expected something like '14d'", period)
	}
	n, err := strconv.Atoi(days)
	if err != nil || n < 1 {
		return profile.Rule{}, inv.cmd.usage("invalid number of days specifier '%s'", period)
	}
	return profile.Rule{OlderThan: time.Now().Add(-time.Duration(n) * 24 * time.Hour)}, nil
}

// deleteGenerations deletes the generations of a profile that a rule names, or says
// which it would.
func (inv *invocation) deleteGenerations(ctx context.Context, eng *engine.Engine, name string, rule profile.Rule) error {
	plan, err := eng.PlanDelete(ctx, name, rule)
	if err != nil {
		return err
	}
	verb := "removing"
	if inv.dryRun {
		verb = "would remove"
	}
	gens := slices.Clone(plan.Delete)
	if rule.Keep > 0 || !rule.OlderThan.IsZero() {
		slices.Reverse(gens) // as Nix walks back from the current one
	}
	for _, gen := range gens {
		inv.notice("%s profile version %d", verb, gen.Number)
	}
	if inv.dryRun {
		return nil
	}
	return plan.Execute(ctx)
}

// existing returns those of the numbers that are generations of a profile. To name the
// current one is an error.
func existing(name string, numbers []int) ([]int, error) {
	gens, err := profile.List(name)
	if err != nil {
		return nil, err
	}
	var found []int
	for _, gen := range gens {
		if !slices.Contains(numbers, gen.Number) {
			continue
		}
		if gen.Current {
			return nil, fmt.Errorf("cannot delete current version of profile %s", store.QuoteFile(name))
		}
		found = append(found, gen.Number)
	}
	return found, nil
}

// switchTo switches a profile to a generation, 0 for the one before the current.
func (inv *invocation) switchTo(ctx context.Context, eng *engine.Engine, name string, number int) error {
	gens, err := profile.List(name)
	if err != nil {
		return err
	}
	current, goal := 0, 0
	for _, gen := range gens {
		if gen.Current {
			current = gen.Number
		}
	}
	for _, gen := range gens {
		if number == 0 && gen.Number < current || gen.Number == number {
			goal = gen.Number
		}
	}
	switch {
	case goal == 0 && number != 0:
		return fmt.Errorf("profile version %d does not exist", number)
	case goal == 0:
		return fmt.Errorf("no profile version older than the current (%d) exists", current)
	}
	inv.notice("switching profile from version %d to %d", current, goal)
	if inv.dryRun {
		return nil
	}
	plan, err := eng.PlanSwitch(ctx, name, goal)
	if err != nil {
		return err
	}
	return plan.Execute(ctx)
}
