package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"nixbench/store/profile"
)

// This file is what nix-env does with the generations of a profile.

// generation does what concerns only generations.
func (u *userEnv) generation(ctx context.Context) error {
	op := u.envChange.op
	switch {
	case op == envDeleteGenerations:
		return u.deleteNamed(ctx)
	case (op == envRollback || op == envListGenerations) && len(u.args) > 0:
		return u.cmd.usage("no arguments expected")
	case op != envRollback && op != envListGenerations && len(u.args) != 1:
		return u.cmd.usage("exactly one argument expected")
	case op == envRollback:
		return u.switchTo(ctx, u.eng, u.profile, 0)
	case op == envListGenerations:
		return u.listGenerations()
	case op == envSwitchProfile:
		return u.switchProfile(u.abs(u.args[0]))
	}
	number, err := strconv.Atoi(u.args[0])
	if err != nil || number < 0 {
		return u.cmd.usage("expected a generation number")
	}
	if number == 0 {
		return errors.New("profile version 0 does not exist")
	}
	return u.switchTo(ctx, u.eng, u.profile, number)
}

// switchProfile makes the user's link lead to a profile, which it names alone if it lies in
// the same directory.
// Behaviour: switchLink in Nix's profiles.cc.
func (u *userEnv) switchProfile(name string) error {
	link := u.eng.ProfileLink()
	if filepath.Dir(link) == filepath.Dir(name) {
		name = filepath.Base(name)
	}
	return profile.SwitchLink(link, name)
}

// listGenerations prints generations as nix-env does.
func (u *userEnv) listGenerations() error {
	gens, err := profile.List(u.profile)
	if err != nil {
		return err
	}
	for _, gen := range gens {
		current := ""
		if gen.Current {
			current = "(current)"
		}
		if err := u.println(fmt.Sprintf("%4d   %s   %s", gen.Number, gen.Created.Local().Format("2006-01-02 15:04:05"), current)); err != nil {
			return err
		}
	}
	return nil
}

// deleteNamed is nix-env --delete-generations.
func (u *userEnv) deleteNamed(ctx context.Context) error {
	rule, err := u.deleteRule()
	if err != nil {
		return err
	}
	return u.deleteGenerations(ctx, u.eng, u.profile, rule)
}

func (u *userEnv) deleteRule() (profile.Rule, error) {
	if len(u.args) == 1 {
		switch arg := u.args[0]; {
		case arg == "old":
			return profile.Rule{Old: true}, nil
		case strings.Contains(arg, "d"):
			return u.oldRule(arg)
		case strings.Contains(arg, "+"):
			if len(arg) < 2 {
				return profile.Rule{}, fmt.Errorf("invalid number of generations '%s'", arg)
			}
			keep, err := strconv.Atoi(arg[1:])
			switch {
			case err != nil || keep < 0:
				return profile.Rule{}, fmt.Errorf("invalid number of generations to keep '%s'", arg)
			case keep == 0:
				return profile.Rule{}, errors.New("Must keep at least one generation, otherwise the current one would be deleted") //nolint:staticcheck // Nix's words
			}
			return profile.Rule{Keep: keep}, nil
		}
	}
	var numbers []int
	for _, arg := range u.args {
		n, err := strconv.Atoi(arg)
		if err != nil || n < 0 {
			return profile.Rule{}, u.cmd.usage("invalid generation number '%s'", arg)
		}
		numbers = append(numbers, n)
	}
	numbers, err := existing(u.profile, numbers)
	return profile.Rule{Numbers: numbers}, err
}
