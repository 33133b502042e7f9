package builtins

import (
	"context"

	"nixbench/engine/eval"
	"nixbench/engine/syntax"
	"nixbench/store"
)

// An ExecFunc runs a program of the search path of commands and returns what it
// prints. Its error is what the language says of a program that fails.
type ExecFunc func(ctx context.Context, program string, args []string) ([]byte, error)

// native are the builtins that run code which is no Nix. They are there only if
// that is allowed.
func (t *table) native() []eval.Builtin {
	if t.Exec == nil {
		return nil
	}
	return []eval.Builtin{
		def1("exec", 0, "args", t.exec),
		def2("importNative", 0, "path symbol", importNative),
	}
}

// exec evaluates what a program prints.
func (t *table) exec(s *eval.State, list eval.Value) eval.Value {
	elems := s.ForceElems(list, "while evaluating the first argument passed to builtins.exec")
	if len(elems) == 0 {
		s.Fail(eval.ErrorOther, "at least one argument to 'exec' required")
	}
	var argv []string
	var ctx eval.StringContext
	step := "while evaluating the first element of the argument passed to builtins.exec"
	for _, e := range elems {
		text, c := s.CoerceToString(e, step, eval.CoerceOpts{})
		argv, ctx = append(argv, text), ctx.Union(c)
		step = "while evaluating an element of the argument passed to builtins.exec"
	}
	for i, arg := range argv {
		argv[i] = s.Realise(ctx, arg)
	}
	out, err := t.Exec(s.Context(), argv[0], argv[1:])
	if err != nil {
		s.Poll()
		s.FailWith(err)
	}
	var v eval.Value
	s.While(0, syntax.Hintf("while parsing the output from '%s'", argv[0]), func() { v = s.DelayText("«string»", string(out), "/") })
	s.While(0, syntax.Hintf("while evaluating the output from '%s'", argv[0]), func() { v = s.Force(v) })
	return v
}

// importNative would load a library for the real Nix, whose functions take its
// own C++ objects: there is nothing that they could work with.
func importNative(s *eval.State, file, symbol eval.Value) eval.Value {
	p := s.RealPath(s.RealisePath(file, realising))
	name := s.ForceStringNoCtx(symbol, "while evaluating the second argument passed to builtins.importNative")
	if !s.Exists(p) {
		s.Fail(eval.ErrorOther, "could not open '%s': %s: cannot open shared object file: No such file or directory", p, p)
	}
	s.Fail(eval.ErrorOther, "could not load symbol '%s' from '%s': %s", name, p,
		"a function for Nix in C++ cannot work with this evaluator, which is none")
	return eval.Value{}
}

// ExecError is the error of a program that ended as it should not: as "failed
// with exit code 1" tells.
type ExecError struct{ Program, How string }

func (e *ExecError) Error() string { return "program " + store.QuoteFile(e.Program) + " " + e.How }
