package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"nixbench/engine"
	"nixbench/engine/eval"
	"nixbench/store"
	"nixbench/store/drvname"
)

// This file is how nix-env changes which packages are in a profile.

// install is nix-env --install.
func (u *userEnv) install(ctx context.Context) error {
	if u.envChange.priority != "" {
		if _, err := strconv.Atoi(u.envChange.priority); err != nil {
			return u.cmd.usage("'--priority' requires an integer argument")
		}
	}
	if err := u.evaluator(ctx); err != nil {
		return err
	}
	fresh, err := u.sources(ctx, true)
	if err == nil && u.pkgs.prebuiltOnly {
		fresh, err = u.prebuilt(ctx, fresh)
	}
	if err != nil {
		return err
	}
	names := make(map[string]bool)
	for _, ep := range fresh {
		if u.envChange.forceName != "" {
			ep.Name = u.envChange.forceName
		}
		if u.envChange.priority != "" {
			ep.SetFlag("priority", u.envChange.priority)
		}
		name, _ := drvname.Split(ep.Name)
		names[name] = true
	}
	return u.change(ctx, func(installed []*engine.EnvPackage) ([]*engine.EnvPackage, error) {
		packages := slices.Clone(fresh)
		if !u.envChange.removeAll {
			kept, err := u.besides(ctx, installed, names)
			if err != nil {
				return nil, err
			}
			packages = append(packages, kept...)
			for _, ep := range fresh {
				u.say("installing '%s'", ep.Name)
			}
		}
		return packages, u.realiseFirst(ctx, fresh)
	})
}

// besides returns what stays of installed packages when such with some names are
// installed.
func (u *userEnv) besides(ctx context.Context, installed []*engine.EnvPackage, names map[string]bool) (kept []*engine.EnvPackage, err error) {
	err = u.do(ctx, func(s *eval.State) error {
		for _, ep := range installed {
			name, _ := drvname.Split(ep.Name)
			if !u.envChange.preserve && !u.pkgs.attrPath && names[name] && !ep.Keep(s) {
				u.say("replacing old '%s'", ep.Name)
			} else {
				kept = append(kept, ep)
			}
		}
		return nil
	})
	return kept, err
}

// prebuilt returns the packages that need not be built.
func (u *userEnv) prebuilt(ctx context.Context, packages []*engine.EnvPackage) ([]*engine.EnvPackage, error) {
	paths := make([]store.Path, len(packages))
	err := u.do(ctx, func(s *eval.State) error {
		for i, ep := range packages {
			paths[i] = ep.OutPath(s)
		}
		return nil
	})
	var elsewhere []store.Path
	if err == nil {
		elsewhere, err = u.eng.MassSubstitutable(ctx, paths)
	}
	var built []*engine.EnvPackage
	for i, ep := range packages {
		if err != nil {
			return nil, err
		}
		valid := slices.Contains(elsewhere, paths[i])
		if !valid {
			valid, err = u.eng.Reader().IsValid(ctx, paths[i])
		}
		if valid {
			built = append(built, ep)
		}
	}
	return built, err
}

// realiseFirst says what has to be built for packages and, unless it is a dry run,
// builds it.
func (u *userEnv) realiseFirst(ctx context.Context, packages []*engine.EnvPackage) error {
	var targets []store.DerivedPath
	err := u.do(ctx, func(s *eval.State) error {
		for _, ep := range packages {
			targets = append(targets, ep.Target(s))
		}
		return nil
	})
	if err != nil || len(targets) == 0 {
		return err
	}
	_, err = u.invocation.realise(ctx, u.eng, targets)
	return err
}

// upgrade is nix-env --upgrade.
func (u *userEnv) upgrade(ctx context.Context) error {
	if err := u.evaluator(ctx); err != nil {
		return err
	}
	available, err := u.sources(ctx, false)
	if err != nil {
		return err
	}
	return u.change(ctx, func(installed []*engine.EnvPackage) (packages []*engine.EnvPackage, err error) {
		err = u.do(ctx, func(s *eval.State) error {
			for _, ep := range installed {
				s.WithContext(eval.MakeString("while trying to find an upgrade for '"+ep.Name+"'"), func() eval.Value {
					packages = append(packages, u.upgraded(s, ep, available))
					return eval.MakeBool(true)
				})
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		return packages, u.realiseFirst(ctx, packages)
	})
}

// upgraded returns the package that an installed one is upgraded to, or itself.
// Behaviour: upgradeDerivations in Nix's nix-env.cc.
func (u *userEnv) upgraded(s *eval.State, ep *engine.EnvPackage, available []*engine.EnvPackage) *engine.EnvPackage {
	if ep.Keep(s) {
		return ep
	}
	name, version := drvname.Split(ep.Name)
	var best *engine.EnvPackage
	var bestVersion string
	for _, other := range available {
		otherName, otherVersion := drvname.Split(other.Name)
		if other.Priority(s) > ep.Priority(s) || otherName != name || !u.upgradesTo(drvname.CompareVersions(version, otherVersion)) {
			continue
		}
		if best != nil {
			better := best.Priority(s) > other.Priority(s) ||
				best.Priority(s) == other.Priority(s) && drvname.CompareVersions(bestVersion, otherVersion) < 0
			if !better {
				continue
			}
		}
		best, bestVersion = other, otherVersion
	}
	if best == nil || ep.OutPath(s) == best.OutPath(s) {
		return ep
	}
	action := "upgrading"
	if drvname.CompareVersions(version, bestVersion) > 0 {
		action = "downgrading"
	}
	u.say("%s '%s' to '%s'", action, ep.Name, best.Name)
	return best
}

// upgradesTo reports whether a version is upgraded to one that it compares to so.
func (u *userEnv) upgradesTo(c int) bool {
	switch {
	case u.envChange.always:
		return true
	case u.envChange.eq:
		return c == 0
	case u.envChange.leq:
		return c <= 0
	}
	return c < 0
}

// uninstall is nix-env --uninstall.
func (u *userEnv) uninstall(ctx context.Context) error {
	if err := u.evaluator(ctx); err != nil {
		return err
	}
	return u.change(ctx, func(installed []*engine.EnvPackage) ([]*engine.EnvPackage, error) {
		for _, selector := range u.args {
			kept, removed, err := u.without(ctx, installed, selector)
			if err != nil {
				return nil, err
			}
			if len(removed) == 0 {
				u.warn(fmt.Sprintf("selector '%s' matched no installed derivations", selector))
			}
			for _, ep := range removed {
				u.say("uninstalling '%s'", ep.Name)
			}
			installed = kept
		}
		return installed, nil
	})
}

// without splits packages into those that a selector does not pick and those that it
// does, in the order that Nix leaves them in.
func (u *userEnv) without(ctx context.Context, packages []*engine.EnvPackage, selector string) (kept, removed []*engine.EnvPackage, err error) {
	var named store.Path
	if strings.Contains(selector, "/") {
		if named, err = u.followed(u.eng, selector); err != nil {
			return nil, nil, err
		}
	}
	err = u.do(ctx, func(s *eval.State) error {
		packages = slices.Clone(packages)
		var failed error
		split := cxxPartition(packages, func(ep *engine.EnvPackage) bool {
			if named != "" {
				return ep.OutPath(s) != named
			}
			picked, err := engine.MatchName(selector, ep.Name)
			failed = cmp.Or(failed, err)
			return !picked
		})
		kept, removed = packages[:split], packages[split:]
		return failed
	})
	return kept, removed, err
}

// set is nix-env --set.
func (u *userEnv) set(ctx context.Context) error {
	if err := u.evaluator(ctx); err != nil {
		return err
	}
	found, err := u.sources(ctx, true)
	if err != nil {
		return err
	}
	if len(found) != 1 {
		return errors.New("--set requires exactly one derivation")
	}
	if err := u.realiseFirst(ctx, found); err != nil || u.dryRun {
		return err
	}
	var out store.Path
	err = u.do(ctx, func(s *eval.State) error {
		out = found[0].OutPath(s)
		return nil
	})
	if err == nil {
		_, err = u.eng.SetProfile(ctx, u.profile, out)
	}
	return err
}

// setFlag is nix-env --set-flag.
func (u *userEnv) setFlag(ctx context.Context) error {
	if len(u.args) < 2 {
		return u.cmd.usage("not enough arguments to '--set-flag'")
	}
	if err := u.evaluator(ctx); err != nil {
		return err
	}
	name, value, selectors := u.args[0], u.args[1], u.args[2:]
	return u.change(ctx, func(installed []*engine.EnvPackage) ([]*engine.EnvPackage, error) {
		hit := make(map[string]bool)
		for _, ep := range installed {
			for _, selector := range selectors {
				picked, err := engine.MatchName(selector, ep.Name)
				if err != nil {
					return nil, err
				}
				if picked {
					hit[selector] = true
					u.say("setting flag on '%s'", ep.Name)
					ep.SetFlag(name, value)
					break
				}
			}
		}
		for _, selector := range selectors {
			if !hit[selector] && selector != "*" {
				return nil, fmt.Errorf("selector '%s' matches no derivations", selector)
			}
		}
		return installed, nil
	})
}
