package engine_test

import (
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"nixbench/engine"
	"nixbench/engine/enginetest"
	"nixbench/engine/eval"
	"nixbench/engine/resolve"
	"nixbench/engine/settings"
	"nixbench/engine/syntax"
)

var update = flag.Bool("update", false, "rewrite the expectations of the language cases")

// Every case of testdata/lang has the outcome that it says.
func TestLang(t *testing.T) {
	plain := openEngine(t, nil)
	enginetest.Run(t, "testdata/lang", *update, func(t *testing.T, in enginetest.Input) (string, bool) {
		e := plain
		if len(in.Flags) > 0 {
			e = openEngine(t, in.Flags)
		}
		l := &lang{in: in}
		var err error
		if l.ev, err = e.NewEvaluator(evalOptions(in)); err != nil {
			t.Fatal(err)
		}
		answer := l.eval
		if in.Kind == enginetest.ParseOkay || in.Kind == enginetest.ParseFail {
			answer = l.parse
		}
		output, failed := answer(t)
		return strings.ReplaceAll(output, homeDir, in.Home), failed
	})
}

// homeDir is the home directory of all cases.
const homeDir = "/home-of-the-case"

// openEngine returns an engine with the settings that flags say.
func openEngine(t *testing.T, flags []string) *engine.Engine {
	t.Helper()
	env := map[string]string{"HOME": homeDir, "TEST_VAR": "foo"}
	set, _, err := settings.Load(func(name string) (string, bool) { v, ok := env[name]; return v, ok })
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range flags {
		switch f {
		case "--extra-experimental-features":
			set.ExperimentalFeatures = append(slices.Clone(set.ExperimentalFeatures), flags[i+1])
		case "--option":
			if err := set.Set(flags[i+1], flags[i+2]); err != nil {
				t.Fatal(err)
			}
		}
	}
	e, err := engine.Open(t.Context(), engine.Options{
		StoreURI: t.TempDir(), Settings: set, Throwaway: true,
		Getenv: func(name string) string { return env[name] },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return e
}

// evalOptions returns the options of the evaluator of one case.
func evalOptions(in enginetest.Input) engine.EvalOptions {
	opts := engine.EvalOptions{Dir: in.Dir, ReadOnly: true}
	for i, f := range in.Flags {
		if f == "-I" {
			opts.Includes = append(opts.Includes, in.Flags[i+1])
		}
	}
	return opts
}

// A lang answers one case.
type lang struct {
	ev *eval.Evaluator
	in enginetest.Input
}

// parse does what nix-instantiate --parse does.
func (l *lang) parse(t *testing.T) (string, bool) {
	t.Helper()
	src, err := os.ReadFile(l.in.File)
	if err != nil {
		t.Fatal(err)
	}
	e, f, err := syntax.ParseExpr(l.in.File, string(src), l.ev.ParseOptions(l.in.Dir))
	if err == nil {
		_, err = resolve.Expr(e, f, &resolve.Options{
			Symbols: eval.Symbols(),
			Global:  func(y syntax.Sym) bool { _, ok := l.ev.Global(eval.SymName(y)); return ok },
		})
	}
	if se, ok := err.(*syntax.Error); ok {
		return (&eval.Error{Msg: se.Msg, Pos: se.Pos}).Format(false), true
	} else if err != nil {
		t.Fatal(err)
	}
	return syntax.Print(e, eval.Symbols()), false
}

// eval does what nix-instantiate --eval --strict does.
func (l *lang) eval(t *testing.T) (string, bool) {
	t.Helper()
	v, err := l.ev.EvalFile(t.Context(), l.in.File)
	if err == nil {
		v, err = l.ev.ForceDeep(t.Context(), v)
	}
	if e, ok := err.(*eval.Error); ok {
		return e.Format(slices.Contains(l.in.Flags, "--show-trace")), true
	} else if err != nil {
		t.Fatal(err)
	}
	return l.ev.PrintPlain(v, true), false
}
