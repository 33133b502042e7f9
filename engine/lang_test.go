package engine_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

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
	plain := openEngine(t, nil, engine.Options{})
	enginetest.Run(t, "testdata/lang", *update, func(t *testing.T, in enginetest.Input) (string, bool) {
		e := plain
		if len(in.Flags) > 0 {
			e = openEngine(t, in.Flags, engine.Options{})
		}
		l := &lang{in: in}
		var err error
		if l.ev, err = e.NewEvaluator(t.Context(), evalOptions(in)); err != nil {
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

// Every case has the same outcome, warnings and traces included, and takes the same
// work, whether its files are parsed or what was made of them was kept.
func TestLangCached(t *testing.T) {
	var told atomic.Pointer[string]
	opts := engine.Options{CacheDir: t.TempDir(), Debug: func(msg string) { told.Store(&msg) }}
	plain, cached := openEngine(t, nil, engine.Options{}), openEngine(t, nil, opts)
	var asked atomic.Int64 // how many cases the cache of cached was for
	t.Run("cases", func(t *testing.T) {
		enginetest.Run(t, "testdata/lang", false, func(t *testing.T, in enginetest.Input) (output string, failed bool) {
			engines := []*engine.Engine{plain, cached, cached}
			if len(in.Flags) > 0 {
				with := openEngine(t, in.Flags, engine.Options{CacheDir: opts.CacheDir})
				engines = []*engine.Engine{openEngine(t, in.Flags, engine.Options{}), with, with}
			} else {
				asked.Add(1)
			}
			var outcomes [3]string
			for i, e := range engines {
				outcomes[i], output, failed = outcome(t, e, in)
			}
			if diff := cmp.Diff(outcomes[0], outcomes[1]); diff != "" {
				t.Errorf("first run with the cache (-without +with):\n%s", diff)
			}
			if diff := cmp.Diff(outcomes[0], outcomes[2]); diff != "" {
				t.Errorf("second run with the cache (-without +with):\n%s", diff)
			}
			return strings.ReplaceAll(output, homeDir, in.Home), failed
		})
	})
	cached.Close()
	if asked.Load() < 200 {
		return // -run has chosen a few
	}
	found, put := 0, 0
	if _, err := fmt.Sscanf(*told.Load(), "cache of files: %d entries found, %d put", &found, &put); err != nil || found < put || put < 100 {
		t.Errorf("%s: %v", *told.Load(), err)
	}
}

// outcome lets an engine answer a case, and says all that can be seen of that.
func outcome(t *testing.T, e *engine.Engine, in enginetest.Input) (all, output string, failed bool) {
	t.Helper()
	var said []string
	opts := evalOptions(in)
	opts.Trace = func(msg string) { said = append(said, msg) }
	opts.Warn = func(msg syntax.Hint) { opts.Trace(msg.Plain()) }
	ev, err := e.NewEvaluator(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	l := &lang{ev: ev, in: in}
	if in.Kind == enginetest.ParseOkay || in.Kind == enginetest.ParseFail {
		output, failed = l.parse(t)
		return output, output, failed
	}
	output, failed = l.eval(t)
	all = fmt.Sprintf("%s\n%s\n%+v", strings.Join(said, "\n"), output, ev.Stats())
	if l.err != nil {
		all += "\n" + l.err.Format(true)
	}
	return all, output, failed
}

// homeDir is the home directory of all cases.
const homeDir = "/home-of-the-case"

// openEngine returns an engine with the settings that flags say.
func openEngine(t *testing.T, flags []string, opts engine.Options) *engine.Engine {
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
	opts.StoreURI, opts.Settings, opts.Throwaway = t.TempDir(), set, true
	opts.Getenv = func(name string) string { return env[name] }
	e, err := engine.Open(t.Context(), opts)
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
	ev  *eval.Evaluator
	in  enginetest.Input
	err *eval.Error // of eval
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
	v, err := l.ev.EvalApart(t.Context(), l.in.File)
	if err == nil {
		v, err = l.ev.ForceDeep(t.Context(), v)
	}
	if e, ok := err.(*eval.Error); ok {
		l.err = e
		return e.Format(slices.Contains(l.in.Flags, "--show-trace")), true
	} else if err != nil {
		t.Fatal(err)
	}
	text, err := l.ev.PrintPlain(t.Context(), v)
	if err != nil {
		t.Fatal(err)
	}
	return text, false
}
