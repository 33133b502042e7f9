package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
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
	op                  envOp
	byAttr, byExpr      bool     // --attr, --from-expression
	flags               []string // those of operations, and those that none has, in order
	attrTooEarly        string   // --attr as it was written before the operation; "" if it was not
	fromProfile         string   // --from-profile
	removeAll, preserve bool
	priority, forceName string
	lt, leq, eq, always bool
}

// envOpFlag names an operation.
func envOpFlag(op envOp, help string, names ...string) flag {
	return flag{names, nil, help, func(inv *invocation, _ []string) error {
		if inv.envChange.op != 0 && inv.envChange.op != op {
			return settings.Complain("only one operation may be specified")
		}
		inv.envChange.op = op
		inv.pkgs.query = op == envQuery
		return nil
	}}
}

// sourceOfEnv are the flags that say where packages come from.
var sourceOfEnv = []string{"--from-expression", "-E", "--from-profile", "--attr", "-A"}

// envFlags are the flags that operations have; those that are not here have none.
//
// Behaviour: Nix, nix-env.cc.
var envFlags = map[envOp][]string{
	envQuery: {
		"--status", "-s", "--no-name", "--system", "--description", "--compare-versions", "-c", "--drv-path", "--out-path",
		"--meta", "--installed", "--available", "-a", "--xml", "--json", "--attr-path", "-P", "--attr", "-A",
	},
	envInstall: append([]string{"--preserve-installed", "-P", "--remove-all", "-r", "--priority"}, sourceOfEnv...),
	envUpgrade: append([]string{"--lt", "--leq", "--eq", "--always"}, sourceOfEnv...),
	envSet:     sourceOfEnv,
}

// isEnvOpFlag reports whether a flag is one of some operations only.
func isEnvOpFlag(name string) bool {
	for _, names := range envFlags {
		if slices.Contains(names, name) {
			return true
		}
	}
	return false
}

// unknownFlag returns the first flag that was given and that the operation does not have, ""
// for none.
func (c *userEnvCommand) unknownFlag() string {
	for _, name := range c.flags {
		if !slices.Contains(envFlags[c.op], name) {
			return name
		}
	}
	return ""
}

// userEnvFlags are the flags of nix-env beside those of queries.
func userEnvFlags() []flag {
	is := func(help string, field func(*userEnvCommand) *bool, names ...string) flag {
		return flag{names, nil, help, on(func(inv *invocation) *bool { return field(&inv.envChange) })}
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
		{[]string{"--from-profile"}, []string{"PATH"}, "take packages from another profile", text1(func(inv *invocation) *string { return &inv.envChange.fromProfile })},
		is("install nothing beside what was named", func(c *userEnvCommand) *bool { return &c.removeAll }, "--remove-all", "-r"),
		is("keep what has the same name", func(c *userEnvCommand) *bool { return &c.preserve }, "--preserve-installed"),
		{[]string{"--priority"}, []string{"N"}, "install with this priority; lower wins", text1(func(inv *invocation) *string { return &inv.envChange.priority })},
		{[]string{"--force-name"}, []string{"NAME"}, "install under another name", text1(func(inv *invocation) *string { return &inv.envChange.forceName })},
		is("upgrade to newer versions (the default)", func(c *userEnvCommand) *bool { return &c.lt }, "--lt"),
		is("upgrade also to other builds of a version", func(c *userEnvCommand) *bool { return &c.leq }, "--leq"),
		is("upgrade only to other builds of a version", func(c *userEnvCommand) *bool { return &c.eq }, "--eq"),
		is("upgrade also to older versions", func(c *userEnvCommand) *bool { return &c.always }, "--always"),
	}
}

// attrsAreArgs reports whether --attr says just that the arguments are attribute
// paths. Where the operation is not known yet, it does.
func (inv *invocation) attrsAreArgs(arg string) bool {
	if inv.cmd.name != "nix-env" || arg != "-A" && arg != "--attr" {
		return false
	}
	if inv.envChange.op == 0 {
		inv.envChange.attrTooEarly = arg
	}
	return inv.envChange.op != envQuery
}

// runUserEnv does what nix-env is asked to change.
func runUserEnv(ctx context.Context, inv *invocation) error {
	eng, err := inv.open(ctx)
	if err != nil {
		return err
	}
	defer eng.Close()
	eng.MakeDefExpr()
	u := &userEnv{invocation: inv, eng: eng, profile: inv.envProfile(eng)}
	switch inv.envChange.op {
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
	eng.MakeProfileLinks()
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
		u.say("profile %s changed while we were busy; restarting", store.QuoteFile(u.profile))
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
	case u.envChange.fromProfile != "":
		pkgs, err := u.e.packagesIn(ctx, u.abs(u.envChange.fromProfile))
		if err != nil {
			return nil, err
		}
		return u.selected(ctx, pkgs, args, newest)
	case u.envChange.byAttr, u.envChange.byExpr:
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
	root := eval.EmptyAttrs
	if file != "" {
		if root, err = u.eng.EvalSource(ctx, u.e.ev, file, u.warn); err != nil {
			return nil, u.e.traced(err)
		}
	}
	err = u.do(ctx, func(s *eval.State) error {
		for _, arg := range args {
			var v eval.Value
			if u.envChange.byExpr {
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

// packagesIn returns the packages of a profile that nix-env made.
func (e *evaluation) packagesIn(ctx context.Context, name string) (pkgs []*engine.Package, err error) {
	p, err := e.eng.ResolveLink(name, name)
	if err != nil {
		return nil, nil //nolint:nilerr // a profile that leads to nothing yet
	}
	if _, err := os.Lstat(e.eng.Reader().RealPath(p) + "/manifest.json"); err == nil {
		return nil, fmt.Errorf("profile %s is incompatible with 'nix-env'; please use 'nix profile' instead", store.QuoteFile(name))
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
