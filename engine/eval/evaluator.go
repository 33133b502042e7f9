package eval

import (
	"context"
	"math"
	"path"
	"sync"
	"sync/atomic"

	"nixbench/engine/syntax"
)

// Options say what an [Evaluator] evaluates with.
type Options struct {
	World    World     // required
	Builtins []Builtin // what the language knows; may be empty
	// SearchPath is what <x> is looked up in.
	SearchPath []SearchPathEntry
	// Lookup finds what an entry of a search path leads to that may be a URL. It
	// returns "" for one that is left out, and reports whether the entry is to be
	// taken as a path; nil takes all as paths.
	Lookup func(s *State, entry string) (dir string, isPath bool)
	// Corepkgs are the files that <nix/…> falls back to, by name.
	Corepkgs map[string]string
	// Dir is the directory that relative paths in search paths start from.
	Dir string
	// Home is the directory that ~ stands for.
	Home string
	// MaxDepth is the greatest depth of calls; 0 means 10000, as Nix.
	MaxDepth int
	// MemoryLimit bounds the bytes of values that one evaluation may make;
	// 0 means no limit.
	MemoryLimit int64
	// Room is asked before many bytes are taken: whether size more can be had, and how
	// many can. It is safe for concurrent use; nil means that there is room for all.
	Room func(size int64) (free int64, ok bool)
	// Cores is how many goroutines may evaluate at once, for one evaluation.
	// 0 and 1 mean that it has no help: see [Ahead].
	Cores int
	// MayRepeat reports whether an evaluation that ends with an error that is
	// [Error.Unordered] is going to be started again, in one thread; nil: never.
	MayRepeat func() bool
	// PureEval and RestrictEval are Nix's settings pure-eval and restrict-eval;
	// builtins ask for them.
	PureEval, RestrictEval bool
	// Tracer is told of calls; nil if nobody wants to know. It is used by one
	// goroutine at a time only if evaluations are.
	Tracer Tracer
	// TraceOperators tells it of operators that are calls of builtins in Nix, too.
	TraceOperators bool
	// Count counts the thunks that Nix avoids, which takes some time, and
	// CountSelections the attributes that are selected. With either, an evaluation has
	// no help, so that nothing is counted that need not be evaluated.
	Count, CountSelections bool
	// Debugger is called where evaluations stop; nil if they do not.
	Debugger Debugger
	// IgnoreTry is Nix's setting ignore-try: errors that tryEval may catch do not
	// stop for the debugger.
	IgnoreTry bool
	// OnFile is told of each file that is about to be evaluated; nil if nobody
	// wants to know. It must be safe for concurrent use.
	OnFile func(file string)
	// FileCache keeps what is made of files; nil keeps nothing.
	FileCache FileCache
	// Lints are Nix's settings lint-….
	Lints Lints
	// Features are the experimental features that are on.
	Features map[string]bool
}

// Lints say what becomes of discouraged literals: see [syntax.Options].
type Lints struct {
	URLLiterals, ShortPaths, AbsolutePaths syntax.Lint
}

const defaultMaxDepth = 10000

// An Evaluator is what evaluations share. It is safe for concurrent use.
type Evaluator struct {
	world    World
	opts     Options
	maxDepth int
	limit    int64
	cores    int
	cold     int64 // bytes that an evaluation allocates before it offers work
	pause    int64 // bytes that a State allocates between two times that it offers work

	globals   map[Sym]Value
	builtins  Value
	positions *syntax.PosTable
	fileCache fileCache
	imports   sync.Map // path -> path of the file that importing it reads
	copied    sync.Map // path -> store.Path
	lookedUp  sync.Map // entry of a search path -> what lookupEntry returned
	missing   sync.Map // entries of search paths that were warned of
	nodes     nodeTable
	stopped   atomic.Pointer[State] // for the debugger
	framed    atomic.Bool           // a Framed error was raised, for a debugger

	// mu guards the fields below, and additions to states.
	mu         sync.Mutex
	files      map[string]importedFile // by resolved path
	idle       []*State
	total      Stats
	selections map[Pos]int64            // nil if they are not counted
	states     atomic.Pointer[[]*State] // by id

	waitMu  sync.Mutex // guards waitsFor of every State, and waiting
	waiting []*State   // those that are parked
}

// New returns an Evaluator.
func New(opts Options) *Evaluator {
	ownNames.CompareAndSwap(0, int64(symbols.Len()))
	ev := &Evaluator{
		world: opts.World, opts: opts, maxDepth: opts.MaxDepth, limit: opts.MemoryLimit, cores: opts.Cores, cold: coldBytes, pause: offerBytes,
		positions: syntax.NewPosTable(), files: make(map[string]importedFile), fileCache: fileCache{store: opts.FileCache},
	}
	if ev.world != nil {
		ev.positions.Hides = ev.hides
	}
	if opts.CountSelections {
		ev.selections = make(map[Pos]int64)
	}
	if opts.Debugger != nil || opts.Tracer != nil || opts.Count || opts.CountSelections {
		ev.cores = 1 // they see evaluation in the order that it has without help
	}
	if ev.maxDepth == 0 {
		ev.maxDepth = defaultMaxDepth
	}
	ev.maxDepth++ // Nix counts from 0
	ev.states.Store(new([]*State))
	ev.nodes.init()
	ev.bindBuiltins(opts.Builtins)
	return ev
}

// bindBuiltins makes the global names and the set builtins.
func (ev *Evaluator) bindBuiltins(table []Builtin) {
	ev.globals = make(map[Sym]Value, 2*len(table))
	entries := make([]Attr, 0, len(table)+1)
	for i := range table {
		b := &table[i]
		if b.Feature != "" && !ev.opts.Features[b.Feature] {
			continue
		}
		v := MakeBuiltin(b)
		if b.Arity == 0 && b.F0 == nil {
			v = b.Value
		} else if b.Arity == 0 {
			c, _ := newChunk(1)
			v = initThunk(c, c, ev.nodes.add(&constantNode{builtin: b}, builtinRoom))
		}
		global := b.Name
		if !b.Global {
			global = "__" + b.Name
		}
		ev.globals[Intern(global)] = v
		entries = append(entries, Attr{Name: Intern(b.Name), Value: v})
	}
	self, _ := newChunk(1)
	entries = append(entries, Attr{Name: symBuiltins, Value: makeRef(self)})
	entries = sortAttrs(entries, nil)
	sh := &Shape{syms: make([]Sym, len(entries))}
	first, vals := newChunk(len(entries) + 1)
	for i, e := range entries {
		sh.syms[i], vals[i+1] = e.Name, e.Value
	}
	ev.builtins = initAttrs(first, sh)
	self.publish(ev.builtins)
	ev.globals[symBuiltins] = ev.builtins
}

// evaluateConstants evaluates the builtins that are evaluated late here: they are
// shown as what they are.
func (s *State) evaluateConstants() {
	for _, name := range [...]string{"currentSystem", "currentTime", "derivation", "nixPath", "storeDir"} {
		if c := get(s.ev.builtins, Intern(name)); c != nil {
			s.force(*c)
		}
	}
}

// Options returns what the Evaluator was made with.
func (ev *Evaluator) Options() *Options { return &ev.opts }

// Global returns the value of a name that is bound in every file.
func (ev *Evaluator) Global(name string) (Value, bool) {
	v, ok := ev.globals[symbols.Lookup(name)]
	return v, ok
}

// GlobalNames returns the names that are bound in every file, in no order.
func (ev *Evaluator) GlobalNames() []string {
	names := make([]string, 0, len(ev.globals))
	for s := range ev.globals {
		names = append(names, SymName(s))
	}
	return names
}

// Position spells out a position, with the file as [ShowPath] has it.
func (ev *Evaluator) Position(p Pos) syntax.Position {
	at := ev.positions.Position(p)
	at.Name = ShowPath(at.Name)
	return at
}

// Stats returns what all evaluations that have ended did.
func (ev *Evaluator) Stats() Stats {
	ev.mu.Lock()
	defer ev.mu.Unlock()
	return ev.total
}

// StatsNow is [Evaluator.Stats] and what the evaluations that go on have done so far,
// of which it has no more than the thunks and the bytes.
func (ev *Evaluator) StatsNow() Stats {
	ev.mu.Lock()
	defer ev.mu.Unlock()
	now := ev.total
	for _, s := range *ev.states.Load() {
		now.Add(Stats{Thunks: s.seen.thunks.Load(), Forced: s.seen.forced.Load(), Bytes: s.seen.bytes.Load()})
	}
	return now
}

// ForgetFiles makes later imports read their files again.
func (ev *Evaluator) ForgetFiles() {
	ev.mu.Lock()
	clear(ev.files)
	ev.mu.Unlock()
	ev.imports.Clear()
	ev.copied.Clear()
}

// acquire returns a State for one evaluation.
func (ev *Evaluator) acquire(ctx context.Context) *State {
	ev.mu.Lock()
	var s *State
	if outer := ev.stopped.Load(); outer != nil {
		s = ev.nested(outer)
	} else if n := len(ev.idle); n > 0 {
		s, ev.idle = ev.idle[n-1], ev.idle[:n-1]
	} else {
		states := *ev.states.Load()
		s = &State{ev: ev, id: uint64(len(states))}
		s.busy = s.id<<8 | rawBusy
		states = append(states[:len(states):len(states)], s)
		ev.states.Store(&states)
	}
	ev.mu.Unlock()
	s.ctx, s.world = ctx, ev.world
	s.nextOffer = ev.cold
	if ev.cores < 2 || ev.opts.Tracer != nil {
		s.nextOffer = math.MaxInt64
	}
	s.room = maxRoom
	s.thrown = nil
	s.stepping, s.undebugged = false, false
	s.nodes = ev.nodes.view()
	s.tracer = ev.opts.Tracer
	return s
}

// retire ends an evaluation.
func (ev *Evaluator) retire(s *State) {
	s.ctx = nil
	ev.mu.Lock()
	defer ev.mu.Unlock()
	ev.total.Add(s.stats)
	s.stats, s.taken, s.unasked, s.texts = Stats{}, 0, 0, 0
	s.seen.set(s.stats)
	if s.outer != nil {
		ev.replaceState(s.outer)
		return
	}
	ev.idle = append(ev.idle, s)
}

// Do runs f with a State of its own, in the calling goroutine, and returns the
// error that unwound it: an [*Error], for which errors.Is(err, context.Canceled)
// if the context was cancelled. The Evaluator is not harmed by errors: what was
// being evaluated can be evaluated again.
//
// A builtin must not call it: it already has a State.
func (ev *Evaluator) Do(ctx context.Context, f func(*State)) (err error) {
	s := ev.acquire(ctx)
	must := s.keepIdle()
	interrupted := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		s.interrupt.Store(true)
		ev.wake()
		close(interrupted)
	})
	defer func() {
		r := recover()
		crew := s.crew
		helped := s.dismiss()
		if e, ok := r.(*Error); ok {
			e.unordered = e.unordered || s.unsure > 0 || helped && (e.isTooDeep() || crew.doubted(s, e))
			if e.unordered && ev.mayRepeat() {
				s.held = nil // they are told by the next evaluation
			}
			s.tellHeld()
			err = s.finish(e) // evaluates; may be cancelled
			if *must && ctx.Err() == nil {
				err = ErrMustBuild
			}
			r = nil
		}
		if !stop() {
			<-interrupted
		}
		s.interrupt.Store(false)
		s.restore(checkpoint{})
		ev.retire(s)
		if r != nil {
			panic(r)
		}
	}()
	if ctx.Err() != nil {
		s.cancelled()
	}
	f(s)
	return nil
}

func (ev *Evaluator) value(ctx context.Context, f func(*State) Value) (v Value, err error) {
	err = ev.Do(ctx, func(s *State) { v = f(s) })
	return v, err
}

// EvalFile evaluates a file, or the default.nix of a directory. The value is
// shared with every import of that file.
func (ev *Evaluator) EvalFile(ctx context.Context, file string) (Value, error) {
	return ev.value(ctx, func(s *State) Value { return s.Import(file) })
}

// EvalApart is EvalFile for the file that a command is about: what imports it
// evaluates it anew, and no step of the trace names it.
func (ev *Evaluator) EvalApart(ctx context.Context, file string) (Value, error) {
	return ev.value(ctx, func(s *State) Value { return s.evalRoot(s.readNode(s.resolveImport(file), nil)) })
}

// EvalString evaluates a text. Dir is the absolute directory that relative
// paths start from.
func (ev *Evaluator) EvalString(ctx context.Context, text, dir string) (Value, error) {
	return ev.value(ctx, func(s *State) Value { return s.EvalText("«string»", text, dir, nil) })
}

// EvalExpr evaluates an expression that was parsed with [Symbols] and
// [Evaluator.Positions], in a scope that may be nil.
func (ev *Evaluator) EvalExpr(ctx context.Context, e syntax.Expr, f *syntax.File, scope *Scope) (Value, error) {
	return ev.value(ctx, func(s *State) Value { return s.evalExpr(e, f, scope) })
}

// Force evaluates v to weak head normal form.
func (ev *Evaluator) Force(ctx context.Context, v Value) (Value, error) {
	return ev.value(ctx, func(s *State) Value { return s.force(v) })
}

// ForceDeep evaluates v and all that it contains.
func (ev *Evaluator) ForceDeep(ctx context.Context, v Value) (Value, error) {
	return ev.value(ctx, func(s *State) Value {
		s.ForceDeepApart(v)
		return s.force(v)
	})
}

// Call calls a function.
func (ev *Evaluator) Call(ctx context.Context, f Value, args ...Value) (Value, error) {
	return ev.value(ctx, func(s *State) Value { return s.Call(f, args...) })
}

// parseOptions returns how to parse a text whose relative paths start from dir.
func (ev *Evaluator) parseOptions(dir string) *syntax.Options {
	return &syntax.Options{
		Symbols: symbols, Positions: ev.positions, BasePath: dir, Home: ev.opts.Home,
		PureEval: ev.opts.PureEval, PipeOperators: ev.opts.Features["pipe-operators"],
		URLLiterals: ev.opts.Lints.URLLiterals, ShortPaths: ev.opts.Lints.ShortPaths,
		AbsolutePaths: ev.opts.Lints.AbsolutePaths,
	}
}

// ParseOptions returns how to parse texts for this Evaluator.
// Dir is the absolute directory that relative paths start from.
func (ev *Evaluator) ParseOptions(dir string) *syntax.Options {
	return ev.parseOptions(path.Clean(dir))
}
