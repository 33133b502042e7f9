package engine

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"nixbench/engine/builtins"
	"nixbench/engine/eval"
	"nixbench/engine/heap"
	"nixbench/engine/instantiate"
	"nixbench/engine/settings"
	"nixbench/engine/syntax"
	"nixbench/store"
	"nixbench/store/cores"
)

// EvalOptions say how an evaluator sees the world. The zero value writes to the
// store and looks names up in NIX_PATH.
type EvalOptions struct {
	// Includes are -I: each a path, or NAME=PATH. They come before NIX_PATH.
	Includes []string
	// Dir is the directory that relative Includes start from; by default the
	// working directory.
	Dir string
	// ReadOnly computes store paths without writing to the store.
	ReadOnly bool
	// Trace and Warn get the messages of builtins.trace and builtins.warn, and
	// the evaluator's own warnings; nil drops them. Warnings begin with
	// "warning:" or "evaluation warning:".
	Trace func(msg string)
	Warn  func(msg syntax.Hint)
	// Inform gets what is being done that may take a while, "unpacking …"; nil
	// drops it.
	Inform func(msg string)
	// Built is called when something was built for an evaluation, before that goes on; it may
	// be nil.
	Built func()
	// OnRead is told the names of the files outside the store that are read;
	// nil drops them. It must return soon and be safe for concurrent use.
	OnRead func(file string)
	// OnFile is told of each file that is about to be evaluated, likewise.
	OnFile func(file string)
	// OnDerivation is told of each derivation that evaluation makes, likewise.
	OnDerivation func(p store.Path)
	// Tracer is told of calls; nil if nobody wants to know.
	Tracer eval.Tracer
	// TraceOperators is that of [eval.Options].
	TraceOperators bool
	// Count and CountSelections are as in [eval.Options].
	Count, CountSelections bool
	// MayRepeat is that of [eval.Options].
	MayRepeat func() bool
	// MemoryLimit bounds the bytes of values of one evaluation; 0 is what the
	// setting eval-memory-limit says.
	MemoryLimit int64
	// Debugger is called where evaluations stop; nil if they do not.
	Debugger eval.Debugger
}

// NewEvaluator returns an evaluator over the engine's store. It belongs to the
// caller, who drops it when it is no longer wanted. Cancelling ctx ends only the making,
// which with restrict-eval may read the store.
func (e *Engine) NewEvaluator(ctx context.Context, opts EvalOptions) (*eval.Evaluator, error) {
	if e.evalsIn != nil {
		return e.evalsIn.NewEvaluator(ctx, opts)
	}
	if opts.Dir == "" {
		wd, err := os.Getwd()
		if err != nil {
			return nil, fmt.Errorf("find the working directory: %v", err)
		}
		opts.Dir = wd
	}
	path := e.searchPath(opts)
	w := &world{e: e, opts: opts}
	var files eval.FileCache
	if e.files != nil {
		files = e.files
	}
	ev := eval.New(eval.Options{
		OnFile: opts.OnFile, FileCache: files,
		World:       w.restrict(ctx, path),
		Builtins:    builtins.Table(e.builtinOptions(w)),
		SearchPath:  path,
		Lookup:      lookUp,
		Corepkgs:    builtins.Corepkgs(),
		Dir:         opts.Dir,
		Home:        e.getenv("HOME"),
		MaxDepth:    e.settings.MaxCallDepth,
		Cores:       heap.Serve(e.evalCores()),
		MayRepeat:   opts.MayRepeat,
		MemoryLimit: cmp.Or(opts.MemoryLimit, int64(e.settings.EvalMemoryLimit)<<20),
		Room:        heap.Room,
		Debugger:    opts.Debugger,
		Tracer:      opts.Tracer, TraceOperators: opts.TraceOperators,
		Count: opts.Count, CountSelections: opts.CountSelections,
		IgnoreTry:    e.settings.IgnoreTry,
		PureEval:     e.settings.PureEval,
		RestrictEval: e.settings.RestrictEval,
		Features:     features(e.settings),
		Lints:        lints(e.settings),
	})
	if e.settings.RestrictEval {
		// As Nix does, which lets what they lead to be read.
		if err := ev.Do(ctx, (*eval.State).LookUpAll); err != nil {
			return nil, err
		}
	}
	return ev, nil
}

// builtinOptions are those of the builtins of an evaluation in w.
func (e *Engine) builtinOptions(w *world) builtins.Options {
	opts := builtins.Options{
		Derivations:     instantiate.New(e.store.Dir(), w),
		Store:           w,
		PureEval:        e.settings.PureEval,
		TraceVerbose:    e.settings.TraceVerbose,
		AbortOnWarn:     e.settings.AbortOnWarn || isYes(e.getenv("NIX_ABORT_ON_WARN")),
		DebuggerOnTrace: e.settings.DebuggerOnTrace,
		DebuggerOnWarn:  e.settings.DebuggerOnWarn,
		ReadOnly:        w.readOnly(),
	}
	if e.settings.AllowNativeCode {
		opts.Exec = w.exec
	}
	return opts
}

// evalCores returns how many goroutines may work on an evaluation at once.
func (e *Engine) evalCores() int {
	if n := e.settings.EvalCores; n > 0 {
		return n
	}
	return cores.Usable()
}

// features returns the experimental features that the evaluator has to know.
func features(set *settings.Settings) map[string]bool {
	on := make(map[string]bool)
	for _, name := range set.Features() {
		on[name] = true
	}
	return on
}

// lints reads the settings about discouraged literals.
func lints(set *settings.Settings) eval.Lints {
	of := func(v string) syntax.Lint {
		return map[string]syntax.Lint{"warn": syntax.LintWarn, "fatal": syntax.LintFatal}[v]
	}
	return eval.Lints{
		URLLiterals: of(set.LintURLLiterals), ShortPaths: of(set.LintShortPaths),
		AbsolutePaths: of(set.LintAbsolutePaths),
	}
}

// isYes reports whether a variable of the environment switches something on.
func isYes(v string) bool { return v == "1" || v == "yes" || v == "true" }

// searchPath returns what <x> is looked up in: the includes, then the nix-path.
func (e *Engine) searchPath(opts EvalOptions) []eval.SearchPathEntry {
	if e.settings.PureEval {
		return nil // nothing outside is looked up
	}
	var path []eval.SearchPathEntry
	for _, include := range slices.Concat(opts.Includes, e.settings.NixPath) {
		prefix, target, ok := strings.Cut(include, "=")
		if !ok {
			prefix, target = "", include
		}
		path = append(path, eval.SearchPathEntry{Prefix: prefix, Path: target})
	}
	if e.settings.RestrictEval {
		return path
	}
	return append(path, e.channelEntries()...)
}

// channelEntries returns what is looked at where nothing that was named has a file: the
// user's channels, and root's.
// Behaviour: getDefaultNixPath in Nix's eval-settings.cc.
func (e *Engine) channelEntries() (path []eval.SearchPathEntry) {
	channels := e.rootChannels()
	for _, entry := range []eval.SearchPathEntry{
		{Path: filepath.Join(e.DefExpr(), "channels")},
		{Prefix: "nixpkgs", Path: filepath.Join(channels, "nixpkgs")},
		{Path: channels},
	} {
		if real, err := e.RealFile(entry.Path); err != nil {
			continue
		} else if _, err := os.Stat(real); err == nil {
			path = append(path, entry)
		}
	}
	return path
}
