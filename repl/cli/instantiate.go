package cli

import (
	"context"
	"fmt"
	"slices"

	"nixbench/engine"
	"nixbench/engine/eval"
	"nixbench/repl/text"
)

// runInstantiate is `nixbench instantiate`, with the flags of nix-instantiate.
func runInstantiate(ctx context.Context, inv *invocation) error {
	if inv.parse && !inv.findFile {
		return runParse(ctx, inv)
	}
	eng, err := inv.openLate(ctx)
	if err != nil {
		return err
	}
	defer eng.Close()
	e, err := inv.evaluate(ctx, eng, inv.readOnly || inv.evalOnly && !inv.readWrite || inv.findFile)
	if err != nil {
		return err
	}
	printed := 0
	for _, arg := range inv.legacyArgs() {
		switch {
		case inv.findFile:
			err = e.printFile(ctx, arg)
		case inv.evalOnly:
			err = e.printValues(ctx, arg)
		default:
			err = e.printDerivations(ctx, arg, &printed)
		}
		if err != nil {
			return err
		}
	}
	return eng.Flush(ctx)
}

// legacyArgs returns the arguments of a command that takes files or, after
// --expr, expressions; ./default.nix if there are none. Standard input, which is
// one, is read once, before the others.
func (inv *invocation) legacyArgs() []string {
	if len(inv.args) == 0 && !inv.hasExpr && !inv.findFile {
		return []string{"."}
	}
	if inv.findFile || !slices.Contains(inv.args, "-") {
		return inv.args
	}
	rest := slices.DeleteFunc(slices.Clone(inv.args), func(arg string) bool { return arg == "-" })
	return append([]string{"-"}, rest...)
}

// legacyRoot returns the value of such an argument.
func (e *evaluation) legacyRoot(ctx context.Context, arg string) (eval.Value, error) {
	if e.inv.hasExpr && arg != "-" {
		return e.expr(ctx, arg)
	}
	return e.fromFileBy(ctx, e.ev.EvalApart, arg)
}

// legacyValues calls f with the values that the attribute paths of --attr
// select from the value of an argument, and where these were written before they were
// called, as far as that is known.
func (e *evaluation) legacyValues(ctx context.Context, arg string, f func(eval.Value, eval.Pos) error) error {
	root, err := e.legacyRoot(ctx, arg)
	if err != nil {
		return err
	}
	return e.legacySelected(ctx, root, f)
}

// legacySelected is legacyValues for the value itself.
func (e *evaluation) legacySelected(ctx context.Context, root eval.Value, f func(eval.Value, eval.Pos) error) error {
	attrs := e.inv.attrs
	if len(attrs) == 0 {
		attrs = []string{""}
	}
	for _, attr := range attrs {
		// Nix calls what it prints only if there is something to call it with.
		v, err := e.ev.Select(ctx, root, attr, *e.argsFor(root), false)
		var pos eval.Pos
		if err == nil {
			err = e.ev.Do(ctx, func(s *eval.State) { pos = s.PlaceOf(v, 0) })
		}
		if err == nil && (!e.inv.evalOnly || e.args.Len() > 0) {
			v, err = e.ev.Select(ctx, v, "", *e.argsFor(v), true)
		}
		if err != nil {
			return e.traced(err)
		}
		if err := f(v, pos); err != nil {
			return err
		}
	}
	return nil
}

// legacyRead reads an argument, whose value is evaluated when it is wanted.
func (e *evaluation) legacyRead(ctx context.Context, arg string) (v eval.Value, err error) {
	if e.inv.hasExpr && arg != "-" {
		err = e.ev.Do(ctx, func(s *eval.State) { v = s.DelayText("«string»", arg, e.inv.env.Dir) })
		return v, e.traced(err)
	}
	delay := func(ctx context.Context, file string) (v eval.Value, err error) {
		err = e.ev.Do(ctx, func(s *eval.State) { v = s.DelayApart(file) })
		return v, err
	}
	return e.fromFileBy(ctx, delay, arg)
}

// legacyPackages returns the packages that an argument stands for, of which nothing is
// instantiated yet.
func (e *evaluation) legacyPackages(ctx context.Context, root eval.Value) ([]*engine.Package, error) {
	var all []*engine.Package
	err := e.legacySelected(ctx, root, func(v eval.Value, _ eval.Pos) error {
		found, err := e.packages(ctx, v)
		all = append(all, found...)
		return err
	})
	return all, err
}

// withOutputNames instantiates packages that have to say which output they stand for.
// After an error there are those before it.
func (e *evaluation) withOutputNames(ctx context.Context, pkgs []*engine.Package) ([]engine.Derivation, error) {
	drvs, err := e.instantiate(ctx, pkgs, engine.FactOutputName)
	for i, d := range drvs {
		if d.OutputName == "" {
			return drvs[:i], fmt.Errorf("derivation '%s' lacks an 'outputName' attribute", d.DrvPath)
		}
	}
	return drvs, err
}

// printValues prints values as nix-instantiate --eval does.
func (e *evaluation) printValues(ctx context.Context, arg string) error {
	return e.legacyValues(ctx, arg, func(v eval.Value, pos eval.Pos) error {
		if plain := !e.inv.json && !e.inv.xml && !e.inv.raw; plain && e.inv.strict {
			var err error
			if v, err = e.ev.ForceDeep(ctx, v); err != nil {
				return e.traced(err)
			}
		}
		return e.print(ctx, v, pos)
	})
}

// printDerivations prints the paths of the derivations that an argument stands
// for, or of the roots that are made of them, which printed counts. Those before one
// that fails are printed, too.
func (e *evaluation) printDerivations(ctx context.Context, arg string, printed *int) error {
	return e.legacyValues(ctx, arg, func(v eval.Value, _ eval.Pos) error {
		pkgs, err := e.packages(ctx, v)
		if err != nil {
			return err
		}
		drvs, err := e.withOutputNames(ctx, pkgs)
		if e.inv.once.wanted(err) {
			return err
		}
		if len(drvs) > 0 && e.inv.addRoot == "" {
			e.inv.warnNoRoot()
		}
		if err := e.eng.Settle(ctx); err != nil {
			return err
		}
		for _, d := range drvs {
			if err := e.printDerivation(ctx, d, printed); err != nil {
				return err
			}
		}
		return err
	})
}

func (e *evaluation) printDerivation(ctx context.Context, d engine.Derivation, printed *int) error {
	shown := string(d.DrvPath)
	if e.inv.addRoot != "" {
		shown = e.inv.addRoot
		if *printed++; *printed > 1 {
			shown = fmt.Sprintf("%s-%d", shown, *printed)
		}
		if err := e.eng.AddRoot(ctx, d.DrvPath, shown); err != nil {
			return err
		}
	}
	if d.OutputName != "out" {
		shown += "!" + d.OutputName
	}
	_, err := fmt.Fprintln(e.inv.env.Stdout, shown)
	return err
}

// printFile prints where a name is found in the search path.
func (e *evaluation) printFile(ctx context.Context, name string) error {
	var file string
	err := e.ev.Do(ctx, func(s *eval.State) { file = s.FindFile(e.ev.Options().SearchPath, name) })
	if err != nil {
		return e.traced(err)
	}
	if shown := eval.ShowPath(file); shown != file {
		return fmt.Errorf("'%s' has no physical path", text.Sanitise(shown))
	}
	_, err = fmt.Fprintln(e.inv.env.Stdout, file)
	return err
}
