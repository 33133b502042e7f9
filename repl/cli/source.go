package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"

	"nixbench/engine"
	"nixbench/engine/eval"
	"nixbench/engine/syntax"
)

// This file says where a command's expression comes from: --file, --expr and
// the arguments that functions are called with.

// An evaluation is an evaluator and what the flags say about its input.
type evaluation struct {
	inv  *invocation
	eng  *engine.Engine
	ev   *eval.Evaluator
	args eval.Attrs // of --arg and --argstr
	// shellArgs are those with inNixShell for functions that take it, in nix-shell.
	shellArgs eval.Attrs
}

// evaluate makes an evaluator that writes traces and warnings to standard error.
func (inv *invocation) evaluate(ctx context.Context, eng *engine.Engine, readOnly bool) (*evaluation, error) {
	e := &evaluation{inv: inv, eng: eng, args: eval.NoAttrs()}
	tracer, err := inv.watch(eng.Settings())
	if err != nil {
		return nil, err
	}
	ev, err := eng.NewEvaluator(ctx, engine.EvalOptions{
		Tracer: tracer, TraceOperators: inv.watchers.ofCalls, Count: inv.showsStats(), CountSelections: inv.countsCalls(),
		Includes: inv.includes, Dir: inv.env.Dir, ReadOnly: readOnly || inv.readOnly, Trace: inv.tell, Warn: inv.warnOfSource, Inform: inv.inform, Built: inv.catchUp,
		Debugger: e.debugger(), OnFile: inv.tellsFiles(), OnDerivation: inv.tellsDerivations(), MayRepeat: inv.once.possible,
	})
	if err != nil {
		return nil, err
	}
	e.ev = ev
	inv.watchers.evs = append(inv.watchers.evs, ev)
	return e, e.setArgs(ctx)
}

// An autoArg is an argument for functions that are called where they are met.
type autoArg struct {
	name, value string
	from        argKind
}

// An argKind says what the value of an autoArg is.
type argKind uint8

const (
	argExpr  argKind = iota // --arg: an expression
	argText                 // --argstr: a string
	argFile                 // --arg-from-file: a file with the string
	argStdin                // --arg-from-stdin: none, the string is standard input
)

// text returns what is passed as a string.
func (e *evaluation) text(arg autoArg) (string, error) {
	switch arg.from {
	case argFile:
		b, err := os.ReadFile(e.inv.abs(arg.value))
		return string(b), openingFile(arg.value, err)
	case argStdin:
		b, err := io.ReadAll(e.inv.env.Stdin)
		if err != nil {
			return "", fmt.Errorf("read standard input: %v", err)
		}
		return string(b), nil
	}
	return arg.value, nil
}

// openingFile returns an error of reading or writing a file as one, in Nix's words, of
// opening name; nil for nil.
func openingFile(name string, err error) error {
	if path := (*fs.PathError)(nil); errors.As(err, &path) {
		return fmt.Errorf("opening file \"%s\": %s", name, systemError(path))
	}
	return err
}

// setArgs makes values of the arguments; the last of a name counts. Files are read and
// expressions parsed in the order of names.
func (e *evaluation) setArgs(ctx context.Context) error {
	args := make(map[string]autoArg)
	for _, arg := range e.inv.autoArgs {
		args[arg.name] = arg
	}
	vals := make(map[string]eval.Value)
	for _, name := range slices.Sorted(maps.Keys(args)) {
		arg := args[name]
		if arg.from == argExpr {
			err := e.ev.Do(ctx, func(s *eval.State) { vals[name] = s.DelayText("«string»", arg.value, e.inv.env.Dir) })
			if err != nil {
				return e.traced(err)
			}
			continue
		}
		text, err := e.text(arg)
		if err != nil {
			return err
		}
		vals[name] = eval.MakeString(text)
	}
	if len(vals) > 0 {
		if err := e.makeArgs(ctx, &e.args, vals); err != nil {
			return err
		}
	}
	if e.inv.cmd.name != "nix-shell" {
		return nil
	}
	vals["inNixShell"] = eval.MakeBool(true)
	return e.makeArgs(ctx, &e.shellArgs, vals)
}

func (e *evaluation) makeArgs(ctx context.Context, set *eval.Attrs, vals map[string]eval.Value) error {
	return e.traced(e.ev.Do(ctx, func(s *eval.State) {
		b := s.NewAttrs(len(vals))
		for name, v := range vals {
			b.SetName(name, v)
		}
		*set = s.ForceAttrs(b.Value(), "")
	}))
}

// argsFor are what a value is called with if it is a function.
func (e *evaluation) argsFor(v eval.Value) *eval.Attrs {
	if e.inv.cmd.name == "nix-shell" {
		if l := e.ev.LambdaText(v); l != nil && slices.ContainsFunc(l.Formals, func(f syntax.Formal) bool { return eval.SymName(f.Name) == "inNixShell" }) {
			return &e.shellArgs
		}
	}
	return &e.args
}

// traced marks an evaluation error for --show-trace.
func (e *evaluation) traced(err error) error {
	var evalErr *eval.Error
	if (e.inv.showTrace || e.eng.Settings().ShowTrace) && errors.As(err, &evalErr) {
		return traced{evalErr}
	}
	return err
}

// root returns the value that --file or --expr gives, for an installable that is an
// attribute of it.
func (e *evaluation) root(ctx context.Context, installable string) (eval.Value, error) {
	switch {
	case e.inv.hasExpr && e.inv.file != "":
		return eval.Value{}, e.inv.cmd.usage("'--file' and '--expr' are exclusive")
	case e.inv.hasExpr && e.inv.expr == "-":
		return e.stdin(ctx)
	case e.inv.hasExpr:
		return e.expr(ctx, e.inv.expr)
	case e.inv.file == "":
		return eval.Value{}, e.inv.noExpression(e.eng, installable)
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
	var v eval.Value
	err = e.ev.Do(ctx, func(s *eval.State) { v = s.Force(s.EvalText("«stdin»", string(src), e.inv.env.Dir, nil)) })
	return v, e.traced(err)
}

// fromFile evaluates a file that is named by a path, by <NAME> in the search
// path, or by "-" for standard input.
func (e *evaluation) fromFile(ctx context.Context, name string) (eval.Value, error) {
	return e.fromFileBy(ctx, e.ev.EvalFile, name)
}

// fromFileBy is fromFile with what evaluates the file.
func (e *evaluation) fromFileBy(ctx context.Context, evalFile func(context.Context, string) (eval.Value, error), name string) (v eval.Value, err error) {
	if name == "-" {
		return e.stdin(ctx)
	}
	if name, err = e.locate(ctx, name); err != nil {
		return v, err
	}
	e.inv.env.Large()
	v, err = evalFile(ctx, name)
	return v, e.traced(err)
}

// locate returns the absolute name of a file that is named by a path, by a URL or by
// <NAME> in the search path.
func (e *evaluation) locate(ctx context.Context, name string) (string, error) {
	ok, file := false, ""
	err := e.ev.Do(ctx, func(s *eval.State) { file, ok = engine.LocateFile(s, name) })
	if err != nil || ok {
		return file, e.traced(err)
	}
	return e.inv.abs(name), nil
}

// selected returns the value that an installable is, an attribute of the expression, and
// its place.
func (e *evaluation) selected(ctx context.Context, installable string) (v eval.Value, pos eval.Pos, err error) {
	root, err := e.root(ctx, installable)
	if err != nil {
		return v, pos, err
	}
	attrPath, _, err := cutAttrPath(installable)
	if err != nil {
		return v, pos, err
	}
	return e.selectAttr(ctx, root, attrPath)
}

// selectAttr selects an attribute path from v, as nix eval does; "" is v itself.
// Functions on the way are called with the arguments, what it leads to is not. Pos is the
// place of the attribute.
func (e *evaluation) selectAttr(ctx context.Context, v eval.Value, attrPath string) (found eval.Value, pos eval.Pos, err error) {
	err = e.ev.Do(ctx, func(s *eval.State) {
		v, pos = s.SelectPath(v, attrPath, e.args)
		found = s.ForceFor(v, pos)
	})
	return found, pos, e.traced(err)
}
