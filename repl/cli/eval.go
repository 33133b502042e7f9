package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"nixbench/engine"
	"nixbench/engine/eval"
	"nixbench/store"
)

// runEval is `nixbench eval`: an expression's value.
func runEval(ctx context.Context, inv *invocation) error {
	eng, err := inv.open(ctx)
	if err != nil {
		return err
	}
	defer eng.Close()
	e, err := inv.evaluate(ctx, eng, inv.readOnly)
	if err != nil {
		return err
	}
	v, err := e.root(ctx)
	if err != nil {
		return err
	}
	attrs := append(inv.attrs, inv.args...)
	if len(attrs) > 1 {
		return inv.cmd.usage("got %s, want at most 1 attribute", countArgs(len(attrs)))
	}
	attr := strings.Join(attrs, "")
	if v, err = e.selectAttr(ctx, v, attr, false); err != nil {
		return err
	}
	if inv.apply != "" {
		f, err := e.expr(ctx, inv.apply)
		if err != nil {
			return err
		}
		if v, err = e.ev.Call(ctx, f, v); err != nil {
			return e.traced(err)
		}
	}
	out, err := e.show(ctx, v)
	if err != nil {
		return err
	}
	if err := e.write(out); err != nil {
		return err
	}
	return eng.Flush(ctx)
}

// show returns a value as the flags ask for it.
func (e *evaluation) show(ctx context.Context, v eval.Value) (out string, err error) {
	switch {
	case e.inv.json:
		return e.call(ctx, "__toJSON", v)
	case e.inv.xml:
		return e.call(ctx, "__toXML", v)
	case e.inv.raw:
		err = e.ev.Do(ctx, func(s *eval.State) {
			out, _ = s.CoerceToString(v, "while generating the eval command output", eval.CoerceOpts{})
		})
		return out, e.traced(err)
	}
	err = e.ev.Do(ctx, func(s *eval.State) { out = s.Print(v, eval.PrintOptions{Force: true}) })
	return out, e.traced(err)
}

// call calls a builtin that returns a string.
func (e *evaluation) call(ctx context.Context, builtin string, v eval.Value) (out string, err error) {
	f, _ := e.ev.Global(builtin)
	err = e.ev.Do(ctx, func(s *eval.State) { out, _ = s.ForceString(s.Call1(f, v), "") })
	return out, e.traced(err)
}

// write writes a value's text, with a newline unless it is raw.
func (e *evaluation) write(out string) error {
	if !e.inv.raw && !strings.HasSuffix(out, "\n") {
		out += "\n"
	}
	if e.inv.raw && e.inv.env.Terminal && out != "" {
		out += "\n"
	}
	_, err := fmt.Fprint(e.inv.env.Stdout, out)
	return err
}

// runInstantiate is `nixbench instantiate`, with the flags of nix-instantiate.
func runInstantiate(ctx context.Context, inv *invocation) error {
	if inv.parse {
		return runParse(ctx, inv)
	}
	eng, err := inv.open(ctx)
	if err != nil {
		return err
	}
	defer eng.Close()
	e, err := inv.evaluate(ctx, eng, inv.readOnly)
	if err != nil {
		return err
	}
	roots, err := e.legacyRoots(ctx)
	if err != nil {
		return err
	}
	attrs := inv.attrs
	if len(attrs) == 0 {
		attrs = []string{""}
	}
	for _, root := range roots {
		for _, attr := range attrs {
			// Nix calls what it prints only if there is something to call it with.
			v, err := e.selectAttr(ctx, root, attr, !inv.evalOnly || e.args.Len() > 0)
			if err != nil {
				return err
			}
			if inv.evalOnly {
				err = e.printLegacy(ctx, v)
			} else {
				err = e.printDerivations(ctx, v)
			}
			if err != nil {
				return err
			}
		}
	}
	return eng.Flush(ctx)
}

// legacyRoots returns the values of the files that are the arguments, or of
// --expr, which then takes the arguments as expressions, or of ./default.nix.
func (e *evaluation) legacyRoots(ctx context.Context) ([]eval.Value, error) {
	exprs := e.inv.args
	if e.inv.hasExpr {
		exprs = append([]string{e.inv.expr}, exprs...)
	} else if len(exprs) == 0 {
		exprs = []string{"./default.nix"}
		if e.inv.file != "" {
			exprs[0] = e.inv.file
		}
	}
	var roots []eval.Value
	for _, arg := range exprs {
		load := e.fromFile
		switch {
		case arg == "-":
			load = func(ctx context.Context, _ string) (eval.Value, error) { return e.stdin(ctx) }
		case e.inv.hasExpr:
			load = e.expr
		}
		v, err := load(ctx, arg)
		if err != nil {
			return nil, err
		}
		roots = append(roots, v)
	}
	return roots, nil
}

// printLegacy prints a value as nix-instantiate --eval does.
func (e *evaluation) printLegacy(ctx context.Context, v eval.Value) error {
	if e.inv.json || e.inv.xml || e.inv.raw {
		out, err := e.show(ctx, v)
		if err != nil {
			return err
		}
		return e.write(out)
	}
	if e.inv.strict {
		var err error
		if v, err = e.ev.ForceDeep(ctx, v); err != nil {
			return e.traced(err)
		}
	}
	return e.write(e.ev.PrintPlain(v, e.inv.strict))
}

// printDerivations prints the paths of the derivations that v holds.
func (e *evaluation) printDerivations(ctx context.Context, v eval.Value) error {
	drvs, err := e.eng.Derivations(ctx, e.ev, v)
	if err != nil {
		return e.traced(err)
	}
	for i, d := range drvs {
		p := string(d.DrvPath)
		if e.inv.addRoot != "" {
			link := e.inv.addRoot
			if i > 0 {
				link = fmt.Sprintf("%s-%d", link, i+1)
			}
			if p, err = e.addRoot(ctx, d.DrvPath, link); err != nil {
				return err
			}
		}
		if len(d.Outputs) == 1 && d.Outputs[0] != "out" {
			p += "!" + d.Outputs[0]
		}
		fmt.Fprintln(e.inv.env.Stdout, p)
	}
	return nil
}

func (e *evaluation) addRoot(ctx context.Context, p store.Path, link string) (string, error) {
	abs := link
	if !filepath.IsAbs(abs) {
		abs = filepath.Join(e.inv.env.Dir, abs)
	}
	return abs, e.eng.AddRoot(ctx, p, abs)
}

// runParse prints syntax trees.
func runParse(_ context.Context, inv *invocation) error {
	names := inv.args
	if inv.hasExpr {
		names = append([]string{inv.expr}, names...)
	}
	for _, name := range names {
		from, src, dir := "«string»", []byte(name), inv.env.Dir
		if !inv.hasExpr {
			if !filepath.IsAbs(name) {
				name = filepath.Join(inv.env.Dir, name)
			}
			var err error
			if src, err = os.ReadFile(name); err != nil {
				return err
			}
			from, dir = name, filepath.Dir(name)
		}
		out, err := engine.Parse(from, src, dir, inv.env.Getenv("HOME"))
		if err != nil {
			return err
		}
		fmt.Fprintln(inv.env.Stdout, out)
	}
	return nil
}
