package engine_test

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
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
	store := t.TempDir()
	enginetest.Run(t, "testdata/lang", *update, func(t *testing.T, in enginetest.Input) (string, bool) {
		l := newLang(t, in, store)
		if in.Kind == enginetest.ParseOkay || in.Kind == enginetest.ParseFail {
			return l.parse(t, in)
		}
		return l.eval(t, in)
	})
}

// A lang is an evaluator with the options of one case.
type lang struct {
	ev *eval.Evaluator
}

func newLang(t *testing.T, in enginetest.Input, store string) *lang {
	t.Helper()
	env := map[string]string{"HOME": in.Home, "TEST_VAR": "foo"}
	getenv := func(name string) string { return env[name] }
	set, _, err := settings.Load(func(name string) (string, bool) { v, ok := env[name]; return v, ok })
	if err != nil {
		t.Fatal(err)
	}
	opts := engine.EvalOptions{Dir: in.Dir, ReadOnly: true}
	for flags := in.Flags; len(flags) > 0; {
		switch f := flags[0]; {
		case f == "--extra-experimental-features":
			set.ExperimentalFeatures = append(slices.Clone(set.ExperimentalFeatures), flags[1])
			flags = flags[2:]
		case f == "-I":
			opts.Includes = append(opts.Includes, flags[1])
			flags = flags[2:]
		case f == "--option":
			if err := set.Set(flags[1], flags[2]); err != nil {
				t.Fatal(err)
			}
			flags = flags[3:]
		default:
			t.Fatalf("unknown flag %s", f)
		}
	}
	e, err := engine.Open(t.Context(), engine.Options{
		StoreURI: filepath.Join(store, t.Name()), Settings: set, Getenv: getenv, Throwaway: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	ev, err := e.NewEvaluator(opts)
	if err != nil {
		t.Fatal(err)
	}
	return &lang{ev}
}

// parse does what nix-instantiate --parse does.
func (l *lang) parse(t *testing.T, in enginetest.Input) (string, bool) {
	t.Helper()
	src, err := os.ReadFile(in.File)
	if err != nil {
		t.Fatal(err)
	}
	e, f, err := syntax.ParseExpr(in.File, src, l.ev.ParseOptions(in.Dir))
	if err == nil {
		_, err = resolve.Expr(e, f, &resolve.Options{
			Symbols: eval.Symbols(),
			Global:  func(y syntax.Sym) bool { _, ok := l.ev.Global(eval.SymName(y)); return ok },
		})
	}
	if err != nil {
		return "error: " + err.Error(), true
	}
	return syntax.Print(e, eval.Symbols()), false
}

// eval does what nix-instantiate --eval --strict does.
func (l *lang) eval(t *testing.T, in enginetest.Input) (string, bool) {
	t.Helper()
	v, err := l.ev.EvalFile(t.Context(), in.File)
	if err == nil {
		v, err = l.ev.ForceDeep(t.Context(), v)
	}
	if e, ok := err.(*eval.Error); ok {
		return e.Format(true), true
	} else if err != nil {
		t.Fatal(err)
	}
	return l.ev.PrintPlain(v, true), false
}
