package builtins

import (
	"strings"
	"sync"

	"nixbench/engine/eval"
	"nixbench/engine/instantiate"
)

// Version is the version of Nix whose language the builtins are.
const Version = "2.34.8"

// languageVersion is builtins.langVersion.
const languageVersion = 6

// Options say what the builtins work with. The zero value has derivations that
// are computed but not written.
type Options struct {
	// Derivations makes derivations. It must belong to the evaluator that gets
	// the table. The default writes nothing.
	Derivations *instantiate.Instantiator
	// Store is asked for the references of files; nil knows none.
	Store Store
	// PureEval leaves out currentTime and currentSystem.
	PureEval bool
	// TraceVerbose lets traceVerbose write.
	TraceVerbose bool
	// AbortOnWarn makes builtins.warn an error.
	AbortOnWarn bool
	// DebuggerOnTrace and DebuggerOnWarn stop for a debugger at trace and warn,
	// or at warn alone.
	DebuggerOnTrace, DebuggerOnWarn bool
	// ReadOnly lets store paths that are not valid be named.
	ReadOnly bool
	// Exec runs programs; nil leaves out exec and importNative.
	Exec ExecFunc
}

// A table makes the builtins of one evaluator.
type table struct {
	Options
	regexes sync.Map // pattern -> *ere.Regexp
}

// Table returns the builtins of one evaluator. It must not be shared between
// evaluators.
func Table(opts Options) []eval.Builtin {
	t := &table{Options: opts}
	if t.Derivations == nil {
		t.Derivations = instantiate.New("/nix/store", nil)
	}
	var all []eval.Builtin
	for _, family := range [][]eval.Builtin{
		t.constants(), types(), arithmetic(), lists(), attrSets(), t.texts(), versions(),
		hashes(), conversions(), t.contexts(), t.debugging(), t.paths(), t.imports(),
		t.derivations(), t.fetchers(), flakes(), t.native(),
	} {
		all = append(all, family...)
	}
	for i := range all {
		name := all[i].Name
		all[i].Doc = func() string { return parseDocs()[name].text }
		if all[i].Step == "" {
			all[i].Step = whileEvaluating(&all[i])
		}
	}
	return all
}

// def1 returns a builtin of one argument. Strict is as in [eval.Builtin].
func def1(name string, strict uint8, args string, f func(*eval.State, eval.Value) eval.Value) eval.Builtin {
	return eval.Builtin{Name: name, Arity: 1, Strict: strict, F1: f, Args: strings.Fields(args)}
}

// def2 returns a builtin of two arguments.
func def2(name string, strict uint8, args string, f func(*eval.State, eval.Value, eval.Value) eval.Value) eval.Builtin {
	return eval.Builtin{Name: name, Arity: 2, Strict: strict, F2: f, Args: strings.Fields(args)}
}

// def3 returns a builtin of three arguments.
func def3(name string, strict uint8, args string, f func(*eval.State, eval.Value, eval.Value, eval.Value) eval.Value) eval.Builtin {
	return eval.Builtin{Name: name, Arity: 3, Strict: strict, F3: f, Args: strings.Fields(args)}
}

// constant returns a builtin that is no function.
func constant(name string, f func(*eval.State) eval.Value) eval.Builtin {
	return eval.Builtin{Name: name, F0: f}
}

// global binds a builtin at the top level without the prefix "__" as well.
func global(b eval.Builtin) eval.Builtin {
	b.Global = true
	return b
}

// says sets the step of the trace for the argument that is told of.
func says(step string, b eval.Builtin) eval.Builtin {
	b.Step = step
	return b
}

// whileEvaluating returns what most builtins say of the argument that is told of, ""
// if none is.
func whileEvaluating(b *eval.Builtin) string {
	ordinal, ok := map[uint8]string{eval.Told: "first", eval.Told << 1: "second"}[b.Strict]
	if !ok {
		return ""
	}
	return "while evaluating the " + ordinal + " argument passed to builtins." + b.Name
}

// feature puts a builtin behind an experimental feature.
func feature(name string, b eval.Builtin) eval.Builtin {
	b.Feature = name
	return b
}

// copyPaths is how most builtins make strings: paths are copied to the store.
var copyPaths = eval.CoerceOpts{CopyToStore: true}
