package cli

import (
	"context"
	"errors"
	"os"

	"nixbench/engine"
	"nixbench/engine/eval"
)

// A packageQuery is what `nix-env --query` is asked for.
type packageQuery struct {
	query, available, installed           bool
	status, noName, attrPath, system      bool
	drvPath, outPath, description, meta   bool
	compareVersions, prebuiltOnly, dryRun bool
	systemFilter                          string
}

// nixEnvFlags are the flags of nix-env that ask about packages.
func nixEnvFlags() []flag {
	query := func(help string, field func(*packageQuery) *bool, names ...string) flag {
		return flag{names, nil, help, on(func(inv *invocation) *bool { return field(&inv.pkgs) })}
	}
	return []flag{
		query("packages of an expression", func(q *packageQuery) *bool { return &q.available }, "--available", "-a"),
		query("packages of a profile (the default)", func(q *packageQuery) *bool { return &q.installed }, "--installed"),
		query("print whether a package is installed, present, substitutable", func(q *packageQuery) *bool { return &q.status }, "--status", "-s"),
		query("print no names", func(q *packageQuery) *bool { return &q.noName }, "--no-name"),
		query("print attribute paths; with --install the same as --preserve-installed", func(q *packageQuery) *bool { return &q.attrPath }, "--attr-path", "-P"),
		query("print systems", func(q *packageQuery) *bool { return &q.system }, "--system"),
		query("print store derivations", func(q *packageQuery) *bool { return &q.drvPath }, "--drv-path"),
		query("print paths of outputs", func(q *packageQuery) *bool { return &q.outPath }, "--out-path"),
		query("print descriptions", func(q *packageQuery) *bool { return &q.description }, "--description"),
		query("with --json or --xml, print meta", func(q *packageQuery) *bool { return &q.meta }, "--meta"),
		query("compare installed and available versions", func(q *packageQuery) *bool { return &q.compareVersions }, "--compare-versions", "-c"),
		query("only packages that need not be built", func(q *packageQuery) *bool { return &q.prebuiltOnly }, "--prebuilt-only", "-b"),
		query("say what would be done", func(q *packageQuery) *bool { return &q.dryRun }, "--dry-run"),
		{[]string{"--file", "-f"}, []string{"FILE"}, "the expression, default ~/.nix-defexpr", text1(func(inv *invocation) *string { return &inv.file })},
		{[]string{"--profile", "-p"}, []string{"PATH"}, "the profile, default that of the user", func(inv *invocation, args []string) error {
			inv.profile = inv.abs(args[0]) // an empty name is that of the directory
			return nil
		}},
		{[]string{"--system-filter"}, []string{"SYSTEM"}, "only packages for SYSTEM, default '*'", text1(func(inv *invocation) *string { return &inv.pkgs.systemFilter })},
		{[]string{"--xml"}, nil, "print XML", on(func(inv *invocation) *bool { return &inv.xml })},
		jsonFlag,
	}
}

// runNixEnv is `nixbench nix-env`.
func runNixEnv(ctx context.Context, inv *invocation) error {
	q := &inv.pkgs
	if q.dryRun {
		inv.tell("(dry run; not doing anything)")
	}
	switch {
	case inv.envChange.op == 0:
		return inv.cmd.usage("no operation specified")
	case inv.envChange.unknownFlag() != "":
		return inv.cmd.usage("unknown flag '%s'", inv.envChange.unknownFlag())
	case inv.envChange.op != envQuery:
		inv.dryRun = q.dryRun
		return runUserEnv(ctx, inv)
	case inv.envChange.attrTooEarly != "": // as Nix, which takes no argument of it then
		return inv.cmd.usage("'%s' requires an argument", inv.envChange.attrTooEarly)
	case q.attrPath && !q.available:
		return inv.cmd.usage("--attr-path(-P) only works with --available")
	}
	eng, err := inv.openLate(ctx)
	if err != nil {
		return err
	}
	defer eng.Close()
	eng.MakeDefExpr()
	e, err := inv.evaluate(ctx, eng, true)
	if err != nil {
		return err
	}
	if inv.file != "" {
		if inv.file, err = e.packageSource(ctx); err != nil { // also if only the profile is asked about
			return err
		}
	}
	var installed, available []*engine.Package
	if !q.available || q.compareVersions || q.status {
		if installed, err = e.installedPackages(ctx); err != nil {
			return err
		}
	}
	if q.available || q.compareVersions {
		if available, err = e.availablePackages(ctx); err != nil {
			return err
		}
	}
	pkgs, others := installed, available
	if q.available {
		pkgs, others = available, installed
	}
	if pkgs, err = engine.SelectPackages(pkgs, inv.args); err != nil {
		return err
	}
	return e.printPackages(ctx, sortPackages(pkgs), installed, others)
}

// availablePackages returns the packages of --file, in the order in which they
// are found.
func (e *evaluation) availablePackages(ctx context.Context) ([]*engine.Package, error) {
	file, err := e.packageSource(ctx)
	if err != nil || file == "" {
		return nil, err
	}
	root, err := e.eng.EvalSource(ctx, e.ev, file, e.inv.warn)
	if err != nil {
		return nil, e.traced(err)
	}
	prefix := "" // the last that was given
	if n := len(e.inv.attrs); n > 0 {
		prefix = e.inv.attrs[n-1]
	}
	var pkgs []*engine.Package
	err = e.ev.Do(ctx, func(s *eval.State) {
		v, _ := s.SelectPath(root, prefix, e.args)
		found := engine.Packages(s, v, engine.WalkOptions{Prefix: prefix, Args: &e.args, PassFailures: true})
		filter := e.inv.pkgs.systemFilter
		for _, p := range found {
			if filter == "" || filter == "*" || p.System(s) == filter {
				pkgs = append(pkgs, p)
			}
		}
	})
	return pkgs, e.traced(err)
}

// packageSource returns the file that packages are taken from, "" if there is
// none.
func (e *evaluation) packageSource(ctx context.Context) (string, error) {
	if e.inv.file != "" {
		return e.locate(ctx, e.inv.file)
	}
	file := e.eng.DefExpr()
	if _, err := os.Stat(file); errors.Is(err, os.ErrNotExist) {
		return "", nil
	}
	return file, nil
}

// installedPackages returns the packages of the profile that nix-env made.
func (e *evaluation) installedPackages(ctx context.Context) (pkgs []*engine.Package, err error) {
	return e.packagesIn(ctx, e.inv.envProfile(e.eng))
}
