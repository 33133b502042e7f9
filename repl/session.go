// Package repl is a session at the prompt, without any terminal: lines of input
// go in, results come out as snapshots that can be unfolded.
//
//	Session   what interfaces talk to
//	sitting   scope, results, loaded files; one input at a time
//	command   the commands that begin with a colon, as a table
//	complete  what can stand at the cursor
//	aside     what answers while an input is carried out
//	watch     which loaded files have changed
//	history   earlier inputs, shared by sessions
//
// Values never leave the session: interfaces hold handles.
//
// Behaviour: nix repl 2.34, and beyond it: earlier results are _ and _N,
// reloading keeps bindings, results unfold.
package repl

import (
	"context"
	"runtime/metrics"
	"sync/atomic"
	"time"

	"nixbench/engine"
	"nixbench/engine/eval"
	"nixbench/engine/settings"
)

// Options say what a session starts with.
type Options struct {
	Dir      string   // where relative paths start; required
	Includes []string // -I
	// HistoryFile keeps earlier inputs; "" keeps them in memory.
	HistoryFile string
	// Args are what functions at the top of loaded files are called with,
	// besides their defaults: --arg and --argstr.
	Args []Arg
	// Program is the command line that starts nixbench with this store, for
	// the commands that are carried out by it; they fail without.
	Program []string
	// Trace gets the messages of builtins.trace and warnings as they come,
	// which are also part of the Result; it may be nil.
	Trace func(msg string)
	// Clock tells the time; the default is time.Now.
	Clock func() time.Time
	// Debugger stops evaluations at errors and at builtins.break.
	Debugger bool
}

func (o Options) withDefaults() Options {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	return o
}

// ProgramFor is [Options.Program] of a program that works on a store.
func ProgramFor(program, storeURI string) []string {
	if storeURI == "" {
		return []string{program}
	}
	return []string{program, "--store", storeURI}
}

// Program is the command line that starts nixbench with the session's store; empty if
// it is not known.
func (s *Session) Program() []string { return s.opts.Program }

// An Arg is an argument for functions at the top of loaded files.
type Arg struct {
	Name, Value string
	IsExpr      bool // Value is an expression rather than a string
}

// A Session is what inputs at one prompt share. Its methods are safe for
// concurrent use; evaluations happen one after another.
type Session struct {
	*common
	sitting atomic.Pointer[sitting]
}

// common is what all sittings of a session share.
type common struct {
	eng     *engine.Engine
	given   *settings.Settings // those that the session began with
	opts    Options
	history *History
	watch   *watcher
	handle  atomic.Uint64 // given out last
}

// New returns a session over an engine, which the caller closes afterwards.
func New(ctx context.Context, eng *engine.Engine, opts Options) (*Session, error) {
	opts = opts.withDefaults()
	s := &Session{common: &common{
		eng: eng, given: eng.Settings(), opts: opts, history: newHistory(opts.HistoryFile), watch: newWatcher(),
	}}
	first := newSitting(s.common, memory{})
	s.sitting.Store(first)
	end, err := first.begin(ctx)
	if err != nil {
		return nil, err
	}
	end()
	return s, nil
}

// Close stops watching files. A running evaluation ends with its context, a
// stopped one now.
func (s *Session) Close() error {
	s.sitting.Load().endRun()
	return s.watch.close()
}

// Abandon gives up on an evaluation that does not heed its context. The session
// starts anew with the same files and bindings, which are evaluated again when
// they are needed; earlier results are gone.
func (s *Session) Abandon() {
	old := s.sitting.Load()
	s.sitting.Store(newSitting(s.common, old.remembered()))
	old.endRun()
}

// Eval carries out a line of input: an expression, bindings or a command. Errors
// of the language, of builds and of commands are in the Result; err is for a
// context that was cancelled before the input's turn came.
func (s *Session) Eval(ctx context.Context, input string) (*Result, error) {
	return s.sitting.Load().eval(ctx, input)
}

// Load adds the attributes of a file to the scope, as the command :l does.
func (s *Session) Load(ctx context.Context, file string) (*Result, error) {
	return s.Eval(ctx, ":l "+file)
}

// Reload loads all files again and keeps bindings and earlier results.
func (s *Session) Reload(ctx context.Context) (*Result, error) { return s.Eval(ctx, ":r") }

// Expand returns up to n children of a node from number from on. It evaluates
// the node itself if need be, and none of the children.
func (s *Session) Expand(ctx context.Context, h Handle, from, n int) ([]Node, error) {
	return s.sitting.Load().children(ctx, h, from, n)
}

// Force evaluates nodes and describes them again, in order and as many as can be
// done before ctx ends. One whose evaluation fails becomes a NodeError.
func (s *Session) Force(ctx context.Context, hs ...Handle) ([]Node, error) {
	return s.sitting.Load().force(ctx, hs)
}

// Glance is [Session.Force] that builds nothing: a value for which something would have
// to be built stays a NodeThunk, whose Note says so.
func (s *Session) Glance(ctx context.Context, hs ...Handle) ([]Node, error) {
	return s.sitting.Load().glance(ctx, hs)
}

// Enter selects the step that a handle names, of any error, as the command
// :frame does of the last: inputs that follow use its variables, until :c.
func (s *Session) Enter(ctx context.Context, h Handle) (*Result, error) {
	return s.sitting.Load().enter(ctx, h)
}

// ValueText prints a node in full, for copying: a string as it is, other values
// in the syntax of the language, evaluated.
func (s *Session) ValueText(ctx context.Context, h Handle) (string, error) {
	return s.sitting.Load().valueText(ctx, h)
}

// Complete finds what can stand at the cursor, a byte offset. Attributes are
// found by evaluating what stands before the last dot; if that fails, Err of the
// answer says why. While an input is carried out, what was bound before it is completed.
// Nothing is built for it.
func (s *Session) Complete(ctx context.Context, input string, cursor int) (*Completions, error) {
	return besideInput(s.sitting.Load(), func(at *sitting) (*Completions, error) {
		return at.complete(eval.AllowBuilds(ctx, false), input, cursor)
	})
}

// Doc explains the expression at the cursor: the variable or selection that the
// cursor stands at or just behind. Nothing is built for it.
func (s *Session) Doc(ctx context.Context, input string, cursor int) (*Doc, error) {
	return besideInput(s.sitting.Load(), func(at *sitting) (*Doc, error) {
		return at.docAt(eval.AllowBuilds(ctx, false), input, cursor)
	})
}

// Scope lists what was loaded and bound, and the files that have changed.
func (s *Session) Scope(ctx context.Context) (*Scope, error) {
	return s.sitting.Load().listScope(ctx)
}

// Progress tells what a running evaluation has done so far.
func (s *Session) Progress() EvalProgress {
	u := s.sitting.Load().under.Load()
	if u == nil {
		return EvalProgress{}
	}
	heap := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(heap)
	now := u.ev.StatsNow()
	return EvalProgress{
		Running: true, Thunks: now.Forced - u.before.Forced, Values: now.Bytes - u.before.Bytes, Heap: int64(heap[0].Value.Uint64()),
	}
}

// under is an evaluator that carries out an input, and what it had done before.
type under struct {
	ev     *eval.Evaluator
	before eval.Stats
}

// watchEval makes what ev does from now on the progress of the current input.
func (s *sitting) watchEval(ev *eval.Evaluator) { s.under.Store(&under{ev, ev.StatsNow()}) }
