package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"nixbench/engine"
	"nixbench/engine/eval"
	"nixbench/engine/settings"
	"nixbench/store"
	"nixbench/store/profile"
)

// This file is what nix-env changes: the packages of a profile and its generations.

// An envOp is an operation of nix-env that changes something.
type envOp uint8

const (
	envQuery envOp = iota + 1
	envInstall
	envUpgrade
	envUninstall
	envSet
	envSetFlag
	envSwitchGeneration
	envSwitchProfile
	envRollback
	envListGenerations
	envDeleteGenerations
)

// A userEnvCommand is what nix-env is asked to change.
type userEnvCommand struct {
	op                    envOp
	byAttr, byExpr        bool   // --attr, --from-expression
	fromProfile           string // --from-profile
	removeAll, preserve   bool
	priority, forceName   string
	lt, leq, eq, always   bool
	unknownWhenInstalling string
}

// envOpFlag names an operation.
func envOpFlag(op envOp, help string, names ...string) flag {
	return flag{names, nil, help, func(inv *invocation, _ []string) error {
		if inv.env2.op != 0 && inv.env2.op != op {
			return settings.Complain("only one operation may be specified")
		}
		inv.env2.op = op
		inv.pkgs.query = op == envQuery
		return nil
	}}
}

// userEnvFlags are the flags of nix-env beside those of queries.
func userEnvFlags() []flag {
	is := func(help string, field func(*userEnvCommand) *bool, names ...string) flag {
		return flag{names, nil, help, on(func(inv *invocation) *bool { return field(&inv.env2) })}
	}
	return []flag{
		envOpFlag(envQuery, "ask about packages", "--query", "-q"),
		envOpFlag(envInstall, "install packages", "--install", "-i"),
		envOpFlag(envUpgrade, "upgrade packages", "--upgrade", "-u"),
		envOpFlag(envUninstall, "uninstall packages", "--uninstall", "-e"),
		envOpFlag(envSet, "make a package all that is in the profile", "--set"),
		envOpFlag(envSetFlag, "set a flag, NAME VALUE, of installed packages", "--set-flag"),
		envOpFlag(envSwitchGeneration, "switch to a generation", "--switch-generation", "-G"),
		envOpFlag(envSwitchProfile, "make ~/.nix-profile lead to another profile", "--switch-profile", "-S"),
		envOpFlag(envRollback, "switch to the generation before", "--rollback"),
		envOpFlag(envListGenerations, "list generations", "--list-generations"),
		envOpFlag(envDeleteGenerations, "delete generations: numbers, old, 30d or +5", "--delete-generations"),
		is("the arguments are functions of the expression", func(c *userEnvCommand) *bool { return &c.byExpr }, "--from-expression", "-E"),
		{[]string{"--from-profile"}, []string{"PATH"}, "take packages from another profile", text1(func(inv *invocation) *string { return &inv.env2.fromProfile })},
		is("install nothing beside what was named", func(c *userEnvCommand) *bool { return &c.removeAll }, "--remove-all", "-r"),
		is("keep what has the same name", func(c *userEnvCommand) *bool { return &c.preserve }, "--preserve-installed"),
		{[]string{"--priority"}, []string{"N"}, "install with this priority; lower wins", text1(func(inv *invocation) *string { return &inv.env2.priority })},
		{[]string{"--force-name"}, []string{"NAME"}, "install under another name", text1(func(inv *invocation) *string { return &inv.env2.forceName })},
		is("upgrade to newer versions (the default)", func(c *userEnvCommand) *bool { return &c.lt }, "--lt"),
		is("upgrade also to other builds of a version", func(c *userEnvCommand) *bool { return &c.leq }, "--leq"),
		is("upgrade only to other builds of a version", func(c *userEnvCommand) *bool { return &c.eq }, "--eq"),
		is("upgrade also to older versions", func(c *userEnvCommand) *bool { return &c.always }, "--always"),
	}
}

// attrsAreArgs reports whether --attr says just that the arguments are attribute
// paths.
func (inv *invocation) attrsAreArgs(arg string) bool {
	return inv.cmd.name == "nix-env" && inv.env2.op > envQuery && (arg == "-A" || arg == "--attr")
}

// runUserEnv does what nix-env is asked to change.
func runUserEnv(ctx context.Context, inv *invocation) error {
	if inv.unknown != "" {
		return inv.cmd.usage("unknown flag '%s'", inv.unknown)
	}
	inv.printLogs, inv.bareLogs = !inv.noLogs, true
	eng, err := inv.open(ctx)
	if err != nil {
		return err
	}
	defer eng.Close()
	u := &userEnv{invocation: inv, eng: eng, profile: inv.envProfile(eng)}
	switch inv.env2.op {
	case envInstall:
		return u.install(ctx)
	case envUpgrade:
		return u.upgrade(ctx)
	case envUninstall:
		return u.uninstall(ctx)
	case envSet:
		return u.set(ctx)
	case envSetFlag:
		return u.setFlag(ctx)
	}
	return u.generation(ctx)
}

// envProfile returns the profile that nix-env works on.
func (inv *invocation) envProfile(eng *engine.Engine) string {
	for _, name := range []string{inv.profile, inv.env.Getenv("NIX_PROFILE")} {
		if name != "" {
			return inv.abs(name)
		}
	}
	return eng.DefaultProfile()
}

// A userEnv is one run of nix-env that changes a profile.
type userEnv struct {
	*invocation
	eng     *engine.Engine
	e       *evaluation
	profile string
}

// evaluator makes the evaluator that packages are evaluated with.
func (u *userEnv) evaluator(ctx context.Context) (err error) {
	u.e, err = u.invocation.evaluate(ctx, u.eng, false)
	return err
}

// do runs f with the evaluator.
func (u *userEnv) do(ctx context.Context, f func(s *eval.State) error) error {
	var failed error
	err := u.e.ev.Do(ctx, func(s *eval.State) { failed = f(s) })
	if err != nil {
		return u.e.traced(err)
	}
	return failed
}

// change changes the packages of the profile. What edit makes of those that are
// installed becomes a new generation, unless it is a dry run. If another process
// changes the profile meanwhile, it begins anew.
func (u *userEnv) change(ctx context.Context, edit func(installed []*engine.EnvPackage) ([]*engine.EnvPackage, error)) error {
	for {
		before, err := profile.Current(u.profile)
		if err != nil {
			return err
		}
		installed, err := u.installed(ctx, u.profile)
		if err != nil {
			return err
		}
		packages, err := edit(installed)
		if err != nil || u.dryRun {
			return err
		}
		u.followAgain(ctx, u.eng)
		env, err := u.eng.MakeUserEnv(ctx, u.e.ev, packages)
		u.stopFollowing()
		if err != nil {
			return u.e.traced(err)
		}
		_, err = u.eng.SetProfileFrom(ctx, u.profile, env, before)
		if !errors.Is(err, profile.ErrChanged) {
			return err
		}
		u.say("profile %q changed while we were busy; restarting", u.profile)
	}
}

// installed returns the packages of a profile.
func (u *userEnv) installed(ctx context.Context, name string) ([]*engine.EnvPackage, error) {
	pkgs, err := u.e.packagesIn(ctx, name)
	if err != nil {
		return nil, err
	}
	return envPackages(pkgs), nil
}

func envPackages(pkgs []*engine.Package) []*engine.EnvPackage {
	out := make([]*engine.EnvPackage, len(pkgs))
	for i, p := range pkgs {
		out[i] = engine.NewEnvPackage(p)
	}
	return out
}

// sources returns the packages that the arguments name. Behaviour:
// queryInstSources in Nix's nix-env.cc.
func (u *userEnv) sources(ctx context.Context, newest bool) (found []*engine.EnvPackage, err error) {
	args := slices.Concat(u.attrs, u.args)
	u.attrs = nil
	switch {
	case u.env2.fromProfile != "":
		pkgs, err := u.e.packagesIn(ctx, u.abs(u.env2.fromProfile))
		if err != nil {
			return nil, err
		}
		return u.selected(ctx, pkgs, args, newest)
	case u.env2.byAttr, u.env2.byExpr:
		return u.named(ctx, args)
	case len(args) > 0 && strings.Contains(args[0], "/"):
		for _, arg := range args {
			p, err := u.followed(u.eng, arg)
			if err != nil {
				return nil, err
			}
			ep, err := u.eng.EnvPath(ctx, p)
			if err != nil {
				return nil, err
			}
			found = append(found, ep)
		}
		return found, nil
	}
	pkgs, err := u.e.availablePackages(ctx)
	if err != nil {
		return nil, err
	}
	return u.selected(ctx, pkgs, args, newest)
}

func (u *userEnv) selected(ctx context.Context, pkgs []*engine.Package, args []string, newest bool) (found []*engine.EnvPackage, err error) {
	err = u.do(ctx, func(s *eval.State) (err error) {
		found, err = u.eng.SelectEnv(s, pkgs, args, newest, u.warn)
		return err
	})
	return found, err
}

// named returns the packages at attribute paths of the expression, or that functions
// make of it.
func (u *userEnv) named(ctx context.Context, args []string) (found []*engine.EnvPackage, err error) {
	file, err := u.e.packageSource(ctx)
	if err != nil {
		return nil, err
	}
	root, err := u.eng.EvalSource(ctx, u.e.ev, file, u.warn)
	if err != nil {
		return nil, u.e.traced(err)
	}
	err = u.do(ctx, func(s *eval.State) error {
		for _, arg := range args {
			var v eval.Value
			if u.env2.byExpr {
				v = s.Call1(s.EvalText("«string»", arg, u.env.Dir, nil), root)
			} else {
				v, _ = s.SelectPath(root, arg, u.e.args)
			}
			found = append(found, envPackages(engine.Packages(s, v, engine.WalkOptions{Args: &u.e.args, PassFailures: true}))...)
		}
		return nil
	})
	return found, err
}

// install is nix-env --install.
func (u *userEnv) install(ctx context.Context) error {
	if u.env2.priority != "" {
		if _, err := strconv.Atoi(u.env2.priority); err != nil {
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
		if u.env2.forceName != "" {
			ep.Name = u.env2.forceName
		}
		if u.env2.priority != "" {
			ep.SetFlag("priority", u.env2.priority)
		}
		name, _ := engine.ParseDrvName(ep.Name)
		names[name] = true
	}
	return u.change(ctx, func(installed []*engine.EnvPackage) ([]*engine.EnvPackage, error) {
		packages := slices.Clone(fresh)
		if !u.env2.removeAll {
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
			name, _ := engine.ParseDrvName(ep.Name)
			if !u.env2.preserve && !u.pkgs.attrPath && names[name] && !ep.Keep(s) {
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
	var built []*engine.EnvPackage
	for i, ep := range packages {
		if err != nil {
			return nil, err
		}
		var valid bool
		if valid, err = u.eng.Reader().IsValid(ctx, paths[i]); valid {
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
				packages = append(packages, u.upgraded(s, ep, available))
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
	name, version := engine.ParseDrvName(ep.Name)
	var best *engine.EnvPackage
	var bestVersion string
	for _, other := range available {
		otherName, otherVersion := engine.ParseDrvName(other.Name)
		if other.Priority(s) > ep.Priority(s) || otherName != name || !u.upgradesTo(engine.CompareVersions(version, otherVersion)) {
			continue
		}
		if best != nil {
			better := best.Priority(s) > other.Priority(s) ||
				best.Priority(s) == other.Priority(s) && engine.CompareVersions(bestVersion, otherVersion) < 0
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
	if engine.CompareVersions(version, bestVersion) > 0 {
		action = "downgrading"
	}
	u.say("%s '%s' to '%s'", action, ep.Name, best.Name)
	return best
}

// upgradesTo reports whether a version is upgraded to one that it compares to so.
func (u *userEnv) upgradesTo(c int) bool {
	switch {
	case u.env2.always:
		return true
	case u.env2.eq:
		return c == 0
	case u.env2.leq:
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
// does.
func (u *userEnv) without(ctx context.Context, packages []*engine.EnvPackage, selector string) (kept, removed []*engine.EnvPackage, err error) {
	var named store.Path
	if strings.Contains(selector, "/") {
		if named, err = u.followed(u.eng, selector); err != nil {
			return nil, nil, err
		}
	}
	err = u.do(ctx, func(s *eval.State) error {
		for _, ep := range packages {
			picked := named != "" && ep.OutPath(s) == named
			if named == "" {
				var err error
				if picked, err = engine.MatchName(selector, ep.Name); err != nil {
					return err
				}
			}
			if picked {
				removed = append(removed, ep)
			} else {
				kept = append(kept, ep)
			}
		}
		return nil
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

// generation does what concerns only generations.
func (u *userEnv) generation(ctx context.Context) error {
	op := u.env2.op
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
		return profile.SwitchLink(u.eng.ProfileLink(), u.abs(u.args[0]))
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

// packagesIn returns the packages of a profile that nix-env made.
func (e *evaluation) packagesIn(ctx context.Context, name string) (pkgs []*engine.Package, err error) {
	p, err := e.eng.ResolveLink(name, name)
	if err != nil {
		return nil, nil //nolint:nilerr // a profile that leads to nothing yet
	}
	if _, err := os.Lstat(e.eng.Reader().RealPath(p) + "/manifest.json"); err == nil {
		return nil, fmt.Errorf("profile %q is incompatible with 'nix-env'; please use 'nix profile' instead", name)
	}
	manifest := e.manifestOf(p)
	if manifest == "" {
		return nil, nil
	}
	err = e.ev.Do(ctx, func(s *eval.State) { pkgs = engine.Packages(s, s.Import(manifest), engine.WalkOptions{}) })
	return pkgs, e.traced(err)
}

// manifestOf returns where the manifest of an environment is, with a link into the store
// resolved; "" if there is none.
func (e *evaluation) manifestOf(env store.Path) string {
	file := e.eng.Reader().RealPath(env) + "/manifest.nix"
	if target, err := os.Readlink(file); err == nil {
		return target
	}
	if _, err := os.Stat(file); err == nil {
		return string(env) + "/manifest.nix"
	}
	return ""
}
