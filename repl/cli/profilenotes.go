package cli

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"nixbench/engine"
	"nixbench/repl/text"
	"nixbench/store/profile"
)

// This file is what nixbench does with generations and Nix does not: pins, labels, and
// deleting by rule.

// generationArg reads the number of a generation.
func (inv *invocation) generationArg() (int, error) {
	number, err := strconv.Atoi(inv.args[0])
	if err != nil || number < 1 {
		return 0, inv.cmd.usage("got '%s', want the number of a generation", inv.args[0])
	}
	return number, nil
}

// runProfilePin is `nixbench profile pin`.
func runProfilePin(ctx context.Context, inv *invocation) error {
	number, err := inv.generationArg()
	if err != nil {
		return err
	}
	return inv.withProfile(ctx, func(eng *engine.Engine, name string) error {
		return eng.PinGeneration(ctx, name, number, !inv.remove)
	})
}

// runProfileLabel is `nixbench profile label`.
func runProfileLabel(ctx context.Context, inv *invocation) error {
	number, err := inv.generationArg()
	if err != nil {
		return err
	}
	return inv.withProfile(ctx, func(eng *engine.Engine, name string) error {
		return eng.LabelGeneration(ctx, name, number, strings.Join(inv.args[1:], " "))
	})
}

// profileDeleteFlags say which generations are deleted.
func profileDeleteFlags() []flag {
	return append(profileFlags[:1:1], dryRunFlag,
		flag{[]string{"--keep"}, []string{"N"}, "all but the current one and the N-1 before it; newer ones stay", func(inv *invocation, args []string) (err error) {
			if inv.rule.Keep, err = number(args[0]); err == nil && inv.rule.Keep < 1 {
				err = fmt.Errorf("got %d, want 1 or more", inv.rule.Keep)
			}
			return err
		}},
		flag{[]string{"--older-than"}, []string{"PERIOD"}, "those older than PERIOD, such as 30d, but for the one that was current then", func(inv *invocation, args []string) error {
			rule, err := inv.oldRule(args[0])
			inv.rule.OlderThan = rule.OlderThan
			return err
		}},
		flag{[]string{"--since"}, []string{"DATE"}, "those made since DATE, such as 2026-01-31", func(inv *invocation, args []string) (err error) {
			inv.rule.Since, err = time.ParseInLocation(time.DateOnly, args[0], time.Local)
			return err
		}},
		flag{[]string{"--pattern"}, []string{"GLOB"}, "those whose label or name in the store matches", func(inv *invocation, args []string) error {
			inv.rule.Pattern = args[0]
			return nil
		}},
		flag{[]string{"--old"}, nil, "all but the current one", func(inv *invocation, _ []string) error {
			inv.rule.Old = true
			return nil
		}})
}

// runProfileDelete is `nixbench profile delete`: the generations that the arguments and
// flags name. The current one, pinned ones and the one that the machine was booted from
// stay.
func runProfileDelete(ctx context.Context, inv *invocation) error {
	rule := inv.rule
	for _, arg := range inv.args {
		n, err := strconv.Atoi(arg)
		if err != nil || n < 1 {
			return inv.cmd.usage("got '%s', want the number of a generation", arg)
		}
		rule.Numbers = append(rule.Numbers, n)
	}
	if rule.Numbers == nil && !rule.Old && rule.Keep == 0 && rule.OlderThan.IsZero() && rule.Since.IsZero() && rule.Pattern == "" {
		return inv.cmd.usage("say which generations: their numbers, --keep, --older-than, --since, --pattern or --old")
	}
	return inv.withProfile(ctx, func(eng *engine.Engine, name string) error {
		return inv.deleteGenerations(ctx, eng, name, rule)
	})
}

// generationNotes says in a few words what is noted about a generation, after a comma.
func generationNotes(gen profile.Generation) string {
	notes := ""
	if gen.Pinned {
		notes += ", pinned"
	}
	if gen.Label != "" {
		notes += ", " + text.SanitiseName(gen.Label)
	}
	return notes
}
