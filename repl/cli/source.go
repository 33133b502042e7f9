package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"nixbench/engine"
	"nixbench/engine/eval"
	"nixbench/repl/text"
	"nixbench/store"
)

// This file says where a command's expression comes from: --file, --expr and
// the arguments that functions are called with.

// open opens the engine that the flags ask for. The caller closes it.
func (inv *invocation) open(ctx context.Context) (*engine.Engine, error) {
	warn := func(msg string) {
		if !inv.quiet {
			fmt.Fprintln(inv.env.Stderr, "warning: "+text.PlainLine(msg))
		}
	}
	set, err := engine.LoadSettings(inv.env.Getenv, warn)
	if err != nil {
		return nil, err
	}
	for _, opt := range inv.options {
		if err := set.Set(opt.Name, opt.Value); err != nil {
			return nil, inv.cmd.usage("setting '%s': %v", opt.Name, err)
		}
	}
	return engine.Open(ctx, engine.Options{
		StoreURI: inv.storeURI, Settings: set, Getenv: inv.env.Getenv, Warn: warn,
	})
}

// An evaluation is an evaluator and what the flags say about its input.
type evaluation struct {
	inv  *invocation
	eng  *engine.Engine
	ev   *eval.Evaluator
	args eval.Attrs // of --arg and --argstr
}

// evaluate makes an evaluator that writes traces and warnings to standard error.
func (inv *invocation) evaluate(ctx context.Context, eng *engine.Engine, readOnly bool) (*evaluation, error) {
	say := func(prefix string) func(string) {
		return func(msg string) {
			for line := range strings.SplitSeq(prefix+msg, "\n") {
				fmt.Fprintln(inv.env.Stderr, text.PlainLine(line))
			}
		}
	}
	ev, err := eng.NewEvaluator(engine.EvalOptions{
		Includes: inv.includes, Dir: inv.env.Dir, ReadOnly: readOnly,
		Trace: say(""), Warn: say("warning: "),
	})
	if err != nil {
		return nil, err
	}
	e := &evaluation{inv: inv, eng: eng, ev: ev, args: eval.NoAttrs()}
	return e, e.setArgs(ctx)
}

// setArgs evaluates --arg and --argstr.
func (e *evaluation) setArgs(ctx context.Context) error {
	if len(e.inv.argExprs)+len(e.inv.argStrs) == 0 {
		return nil
	}
	return e.traced(e.ev.Do(ctx, func(s *eval.State) {
		b := s.NewAttrs(len(e.inv.argExprs) + len(e.inv.argStrs))
		for _, arg := range e.inv.argExprs {
			b.SetName(arg.Name, s.EvalText("«command line argument»", arg.Value, e.inv.env.Dir, nil))
		}
		for _, arg := range e.inv.argStrs {
			b.SetName(arg.Name, eval.MakeString(arg.Value))
		}
		e.args = s.ForceAttrs(b.Value(), "")
	}))
}

// traced marks an evaluation error for --show-trace.
func (e *evaluation) traced(err error) error {
	var evalErr *eval.Error
	if (e.inv.showTrace || e.eng.Settings().ShowTrace) && errors.As(err, &evalErr) {
		return traced{evalErr}
	}
	return err
}

// file returns the absolute name of the file that name stands for: a path, a
// search path such as <nixpkgs>, or "-" for standard input, whose text it
// returns instead.
func (e *evaluation) root(ctx context.Context) (eval.Value, error) {
	switch {
	case e.inv.hasExpr && e.inv.file != "":
		return eval.Value{}, e.inv.cmd.usage("--file and --expr exclude each other")
	case e.inv.hasExpr && e.inv.expr == "-":
		return e.stdin(ctx)
	case e.inv.hasExpr:
		return e.expr(ctx, e.inv.expr)
	case e.inv.file == "-":
		return e.stdin(ctx)
	case e.inv.file == "":
		return eval.Value{}, e.inv.cmd.usage("say which expression is meant: --file FILE or --expr EXPR")
	}
	return e.fromFile(ctx, e.inv.file)
}

func (e *evaluation) expr(ctx context.Context, expr string) (eval.Value, error) {
	v, err := e.ev.EvalString(ctx, expr, e.inv.env.Dir)
	return v, e.traced(err)
}

func (e *evaluation) stdin(ctx context.Context) (eval.Value, error) {
	src, err := io.ReadAll(e.inv.env.Stdin)
	if err != nil {
		return eval.Value{}, fmt.Errorf("read standard input: %v", err)
	}
	return e.expr(ctx, string(src))
}

func (e *evaluation) fromFile(ctx context.Context, name string) (eval.Value, error) {
	if strings.HasPrefix(name, "<") && strings.HasSuffix(name, ">") {
		return e.expr(ctx, "import "+name)
	}
	if !filepath.IsAbs(name) {
		name = filepath.Join(e.inv.env.Dir, name)
	}
	v, err := e.ev.EvalFile(ctx, name)
	return v, e.traced(err)
}

// selectAttr selects an attribute path from v; "" is v itself. If call is true, what
// it leads to is called with the arguments if it is a function, as functions on the
// way always are.
func (e *evaluation) selectAttr(ctx context.Context, v eval.Value, attrPath string, call bool) (eval.Value, error) {
	if call {
		v, err := e.ev.Select(ctx, v, attrPath, e.args)
		return v, e.traced(err)
	}
	var found eval.Value
	err := e.ev.Do(ctx, func(s *eval.State) {
		found, _ = s.SelectPath(v, attrPath, e.args)
		found = s.Force(found)
	})
	return found, e.traced(err)
}

// An installable is something that can be built or looked at: derivations, or
// a store path.
type installable struct {
	name   string // as the user wrote it
	target store.DerivedPath
	drv    engine.Derivation // the zero value for a store path
}

// installables returns what the arguments stand for: store paths, "drv^out"
// and, if there is an expression, attribute paths in it with or without
// "^out,dev".
func (inv *invocation) installables(ctx context.Context, eng *engine.Engine, attrs []string) ([]installable, error) {
	var out []installable
	var e *evaluation
	var root eval.Value
	for _, attr := range attrs {
		if inst, ok, err := inv.storePath(eng, attr); err != nil {
			return nil, err
		} else if ok {
			out = append(out, inst)
			continue
		}
		if e == nil {
			var err error
			if e, err = inv.evaluate(ctx, eng, false); err != nil {
				return nil, err
			}
			if root, err = e.root(ctx); err != nil {
				return nil, err
			}
		}
		found, err := e.attrInstallables(ctx, root, attr)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}

// storePath parses an argument that names something in the store: a path in
// it, a link to one, or "drv^out".
func (inv *invocation) storePath(eng *engine.Engine, arg string) (installable, bool, error) {
	dir := eng.Store().Dir()
	if strings.ContainsAny(arg, "^!") && strings.HasPrefix(arg, string(dir)+"/") {
		target, err := dir.ParseDerivedPath(arg)
		return installable{name: arg, target: target}, true, err
	}
	if p, _, err := dir.PathOf(arg); err == nil {
		return installable{name: arg, target: store.DerivedPath{Path: p}}, true, nil
	}
	if strings.HasPrefix(arg, string(dir)+"/") {
		_, err := dir.ParsePath(arg)
		return installable{}, false, err
	}
	if !strings.Contains(arg, "/") && (inv.file != "" || inv.hasExpr) {
		return installable{}, false, nil
	}
	p, err := eng.ResolveLink(filepath.Join(inv.env.Dir, arg), arg)
	if err != nil {
		return installable{}, false, nil //nolint:nilerr // not a link into the store: an attribute
	}
	return installable{name: arg, target: store.DerivedPath{Path: p}}, true, nil
}

func (e *evaluation) attrInstallables(ctx context.Context, root eval.Value, attr string) ([]installable, error) {
	attrPath, spec, hasSpec := strings.Cut(attr, "^")
	v, err := e.selectAttr(ctx, root, attrPath, true)
	if err != nil {
		return nil, err
	}
	drvs, err := e.eng.Derivations(ctx, e.ev, v)
	if err != nil {
		return nil, e.traced(err)
	}
	var out []installable
	for _, d := range drvs {
		target := d.Target()
		if hasSpec {
			if target.Outputs, err = store.ParseOutputs(spec); err != nil {
				return nil, err
			}
		}
		out = append(out, installable{name: attr, target: target, drv: d})
	}
	return out, nil
}
