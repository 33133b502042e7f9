package repl

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"nixbench/engine"
	"nixbench/engine/eval"
	"nixbench/engine/syntax"
)

// A sitting is a session up to where it is abandoned: an evaluator and all
// values that it made.
type sitting struct {
	*common

	// turn is held, by sending to it, while the fields below are used.
	turn    chan struct{}
	ev      *eval.Evaluator // nil before the first turn
	scope   *eval.Scope
	args    eval.Attrs
	names   []string // defined in scope, in order, with repetitions
	loaded  []load
	bound   []binding
	inputs  []boundInput // oldest first
	results []binding    // _N
	handles *handles
	count   int // of inputs
	trail   trace
	watched []watchedExpr
	depth   int   // that results are printed to
	tracer  *gate // of a sitting that measures; nil

	// run is the input that may stop; nil if there is none.
	run      *run
	stopped  bool        // run waits to go on
	attached bool        // to a stopped evaluation that is not of this session
	how      eval.Resume // how that goes on
	traces   []string    // messages of builtins.trace during this input
	tracing  bool        // :te

	// under is what is being evaluated; nil between inputs.
	under atomic.Pointer[under]
	// aside answers while an input is carried out; nil between inputs.
	aside atomic.Pointer[sitting]
	lent  bool // aside has, or had, the scopes that there are

	mu     sync.Mutex // mu guards traces and the fields below
	memory memory
	opened chan struct{} // closed while there is an aside
}

// A memory is what the next sitting begins with.
type memory struct {
	loaded  []load
	inputs  []boundInput
	watched []watchedExpr
	count   int
	tracing bool
	depth   int
}

// A load is something whose attributes were added to the scope.
type load struct {
	file  string // absolute; "" for :a
	expr  string // of :a
	names []string
	set   eval.Value // whose attributes they are; not remembered, as it is of one evaluator
}

// A binding is a name that an input bound.
type binding struct {
	name  string
	value eval.Value
}

// A boundInput is an input that bound names.
type boundInput struct {
	source string
	names  []string
}

func newSitting(c *common, m memory) *sitting {
	return &sitting{
		common: c, turn: make(chan struct{}, 1), handles: newHandles(), opened: make(chan struct{}),
		count: m.count, tracing: m.tracing, depth: max(m.depth, 1), watched: m.watched, memory: m,
	}
}

// remembered is what the next sitting begins with.
func (s *sitting) remembered() memory {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.memory
}

// remember notes what the next sitting would begin with.
func (s *sitting) remember() {
	s.mu.Lock()
	defer s.mu.Unlock()
	loaded := slices.Clone(s.loaded)
	for i := range loaded {
		loaded[i].set = eval.Value{}
	}
	s.memory = memory{loaded, slices.Clone(s.inputs), slices.Clone(s.watched), s.count, s.tracing, s.depth}
}

// start makes the evaluator, and loads and binds what is remembered.
func (s *sitting) start(ctx context.Context) error {
	ev, err := s.eng.NewEvaluator(ctx, engine.EvalOptions{
		Includes: s.opts.Includes, Dir: s.opts.Dir,
		Trace: s.trace, Warn: func(msg syntax.Hint) { s.trace(msg.Plain()) },
		Inform: s.trace, OnRead: s.watch.add, Debugger: s.stopsAt(), Tracer: s.watcher(),
	})
	if err != nil {
		return err
	}
	s.ev, s.scope, s.names = ev, eval.NewScope(), nil
	if s.args, err = s.evalArgs(ctx); err != nil {
		return err
	}
	m := s.remembered()
	s.loaded, s.bound, s.inputs = nil, nil, nil
	for _, l := range m.loaded {
		// What cannot be loaded now can be with :r.
		_ = s.loadAgain(ctx, l)
	}
	for _, in := range m.inputs {
		_, _ = s.carryOut(ctx, in.source) // it only binds names
	}
	return context.Cause(ctx) // then it is done again
}

// watcher is what is told of calls, nil if nobody wants to know.
func (s *sitting) watcher() eval.Tracer {
	if s.tracer == nil {
		return nil
	}
	return s.tracer
}

// evalArgs makes the set of arguments for functions at the top of files.
func (s *sitting) evalArgs(ctx context.Context) (args eval.Attrs, err error) {
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

func (s *sitting) trace(msg string) {
	s.mu.Lock()
	s.traces = append(s.traces, msg)
	s.mu.Unlock()
	if s.opts.Trace != nil {
		s.opts.Trace(msg)
	}
}

// takeTraces returns the messages of builtins.trace since it was called last.
func (s *sitting) takeTraces() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	traces := s.traces
	s.traces = nil
	return traces
}

// begin waits for the session's turn and returns the function that ends it.
func (s *sitting) begin(ctx context.Context) (end func(), err error) {
	select {
	case s.turn <- struct{}{}:
		return s.begun(ctx)
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// begun makes the evaluator at the begin of the first turn, and returns the function that
// ends the turn.
func (s *sitting) begun(ctx context.Context) (end func(), err error) {
	if s.ev == nil {
		if err := s.start(eval.AllowBuilds(ctx, true)); err != nil {
			s.ev = nil
			<-s.turn
			return nil, err
		}
	}
	return func() { <-s.turn }, nil
}

// define binds a name in the scope.
func (s *sitting) define(name string, v eval.Value) {
	s.ownScopes()
	if s.trail.scope != nil {
		s.trail.scope.Define(name, v)
	}
	s.scope.Define(name, v)
	s.names = append(s.names, name)
}

// abs makes a file name absolute.
func (s *sitting) abs(name string) string {
	if filepath.IsAbs(name) {
		return filepath.Clean(name)
	}
	return filepath.Join(s.opts.Dir, name)
}

// errQuit reports that the user wants to leave.
var errQuit = errors.New("quit")

func (s *sitting) eval(ctx context.Context, input string) (*Result, error) {
	return s.turnFor(ctx, func(ctx context.Context) (*Result, error) {
		if s.opts.Debugger && !s.stopped {
			return s.carryOutStopping(ctx, input)
		}
		return s.carryOut(ctx, input)
	})
}

// turnFor carries out what counts as an input.
func (s *sitting) turnFor(ctx context.Context, carryOut func(context.Context) (*Result, error)) (*Result, error) {
	end, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	s.watchEval(s.ev)
	defer s.under.Store(nil)
	s.count++
	s.remember()
	s.takeTraces()
	defer s.openAside()()
	started := s.opts.Clock()
	res, err := carryOut(ctx)
	switch {
	case errors.Is(err, errQuit):
		res = &Result{Kind: ResultQuit}
	case err != nil:
		res = &Result{Kind: ResultError, Err: s.describe(err)}
	case res == nil:
		res = &Result{}
	}
	res.Number, res.Took = s.count, s.opts.Clock().Sub(started)
	for _, msg := range s.takeTraces() {
		res.Traces = append(res.Traces, strings.Split(cleanText(msg), "\n")...)
	}
	s.remember()
	return res, nil
}

// number names the result of the current input: _4.
func (s *sitting) number() string { return fmt.Sprintf("_%d", s.count) }
