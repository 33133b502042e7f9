// Package repl is a session at the prompt, without any terminal: lines of input
// go in, results come out as snapshots that can be unfolded.
//
//	Session   scope, results, loaded files; one input at a time
//	command   the commands that begin with a colon, as a table
//	complete  what can stand at the cursor
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
	"errors"
	"fmt"
	"path/filepath"
	"runtime/metrics"
	"sync/atomic"
	"time"

	"nixbench/engine"
	"nixbench/engine/eval"
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
	// Trace gets the messages of builtins.trace and warnings, beside those
	// that are part of a Result; it may be nil.
	Trace func(msg string)
	// Clock tells the time; the default is time.Now.
	Clock func() time.Time
}

// An Arg is an argument for functions at the top of loaded files.
type Arg struct {
	Name, Value string
	IsExpr      bool // Value is an expression rather than a string
}

// A Session is what inputs at one prompt share. Its methods are safe for
// concurrent use; evaluations happen one after another.
type Session struct {
	eng     *engine.Engine
	opts    Options
	history *History
	watch   *watcher

	// turn is held, by sending to it, while the fields below are used.
	turn    chan struct{}
	ev      *eval.Evaluator
	scope   *eval.Scope
	args    eval.Attrs
	names   []string // defined in scope, in order, with repetitions
	loaded  []load
	bound   []binding
	results []binding // _N
	handles map[Handle]handled
	last    Handle // given out last
	count   int    // of inputs
	lastErr *eval.Error
	traces  []string // messages of builtins.trace during this input
	tracing bool     // :te

	running atomic.Bool
}

// A load is something whose attributes were added to the scope.
type load struct {
	file  string // absolute; "" for :a
	expr  string // of :a
	names []string
}

// A binding is a name that an input bound.
type binding struct {
	name  string
	value eval.Value
}

// handled is what a Handle stands for.
type handled struct {
	value    eval.Value
	attrPath string
	pos      eval.Pos
}

// New returns a session over an engine, which the caller closes afterwards.
func New(ctx context.Context, eng *engine.Engine, opts Options) (*Session, error) {
	if opts.Clock == nil {
		opts.Clock = time.Now
	}
	s := &Session{
		eng: eng, opts: opts, turn: make(chan struct{}, 1),
		history: newHistory(opts.HistoryFile), handles: make(map[Handle]handled),
		watch: newWatcher(),
	}
	if err := s.start(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

// Close stops watching files. A running evaluation ends with its context.
func (s *Session) Close() error { return s.watch.close() }

// start makes a fresh evaluator and an empty scope.
func (s *Session) start(ctx context.Context) error {
	ev, err := s.eng.NewEvaluator(engine.EvalOptions{
		Includes: s.opts.Includes, Dir: s.opts.Dir,
		Trace: s.trace, Warn: func(msg string) { s.trace("warning: " + msg) },
		OnRead: s.watch.add,
	})
	if err != nil {
		return err
	}
	s.ev, s.scope, s.names = ev, eval.NewScope(), nil
	s.args, err = s.evalArgs(ctx)
	return err
}

// evalArgs makes the set of arguments for functions at the top of files.
func (s *Session) evalArgs(ctx context.Context) (args eval.Attrs, err error) {
	args = eval.NoAttrs()
	if len(s.opts.Args) == 0 {
		return args, nil
	}
	err = s.ev.Do(ctx, func(st *eval.State) {
		b := st.NewAttrs(len(s.opts.Args))
		for _, arg := range s.opts.Args {
			if arg.IsExpr {
				b.SetName(arg.Name, st.EvalText("«command line argument»", arg.Value, s.opts.Dir, nil))
			} else {
				b.SetName(arg.Name, eval.MakeString(arg.Value))
			}
		}
		args = st.ForceAttrs(b.Value(), "")
	})
	return args, err
}

func (s *Session) trace(msg string) {
	if s.opts.Trace != nil {
		s.opts.Trace(msg)
	}
}

// begin waits for the session's turn and returns the function that ends it.
func (s *Session) begin(ctx context.Context) (end func(), err error) {
	select {
	case s.turn <- struct{}{}:
		return func() { <-s.turn }, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// define binds a name in the scope.
func (s *Session) define(name string, v eval.Value) {
	s.scope.Define(name, v)
	s.names = append(s.names, name)
}

// abs makes a file name absolute.
func (s *Session) abs(name string) string {
	if filepath.IsAbs(name) {
		return filepath.Clean(name)
	}
	return filepath.Join(s.opts.Dir, name)
}

// Load adds the attributes of a file to the scope, as the command :l does.
func (s *Session) Load(ctx context.Context, file string) (*Result, error) {
	return s.Eval(ctx, ":l "+file)
}

// Progress tells what a running evaluation has done so far.
func (s *Session) Progress() EvalProgress {
	if !s.running.Load() {
		return EvalProgress{}
	}
	heap := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(heap)
	return EvalProgress{Running: true, Heap: int64(heap[0].Value.Uint64())}
}

// errQuit reports that the user wants to leave.
var errQuit = errors.New("quit")

// Eval carries out a line of input: an expression, bindings or a command. Errors
// of the language, of builds and of commands are in the Result; err is for a
// context that was cancelled before the input's turn came.
func (s *Session) Eval(ctx context.Context, input string) (*Result, error) {
	end, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	s.running.Store(true)
	defer s.running.Store(false)
	s.count++
	started := s.opts.Clock()
	res, err := s.carryOut(ctx, input)
	switch {
	case errors.Is(err, errQuit):
		res = &Result{Kind: ResultQuit}
	case err != nil:
		res = &Result{Kind: ResultError, Err: s.describe(err)}
	case res == nil:
		res = &Result{}
	}
	res.Number, res.Took = s.count, s.opts.Clock().Sub(started)
	return res, nil
}

// number names the result of the current input: _4.
func (s *Session) number() string { return fmt.Sprintf("_%d", s.count) }
