package eval

import (
	"errors"

	"nixbench/engine/syntax"
)

// An ErrorKind says what kind of thing went wrong.
type ErrorKind uint8

// The kinds of errors. Only Throw and Assert are caught by builtins.tryEval.
const (
	ErrorOther       ErrorKind = iota // any other error of evaluation
	ErrorThrow                        // builtins.throw, and what counts as such
	ErrorAbort                        // builtins.abort
	ErrorAssert                       // assert
	ErrorType                         // a value of the wrong kind
	ErrorUndefined                    // undefined variable
	ErrorMissingAttr                  // attribute missing
	ErrorCoerce                       // cannot coerce to a string
	ErrorRecursion                    // infinite recursion
	ErrorLimit                        // depth or memory
	ErrorCancelled                    // the context was cancelled
	ErrorSyntax                       // the text is not Nix
	ErrorFile                         // a file or store operation failed
)

var errorKindNames = [...]string{
	"error", "throw", "abort", "assert", "type", "undefined", "missing attribute",
	"coerce", "recursion", "limit", "cancelled", "syntax", "file",
}

// String returns a word for the kind.
func (k ErrorKind) String() string { return errorKindNames[k] }

// Catchable reports whether builtins.tryEval catches errors of this kind.
func (k ErrorKind) Catchable() bool { return k == ErrorThrow || k == ErrorAssert }

// An Error is an error of the language. Its message is Nix's own wording.
//
// Where errors.Is(err, context.Canceled) or DeadlineExceeded of a cancelled
// evaluation, or the cause of a file or store operation, is asked for, Unwrap
// leads there.
type Error struct {
	Kind ErrorKind
	Msg  string // without "error: "; may have several lines
	// Coloured is Msg with Nix's colours; "" if nothing in it has one.
	Coloured syntax.Hint
	// Pos is the place of the error; the zero Position if it has none.
	Pos syntax.Position
	// Trace is what was being evaluated, outermost first.
	Trace []TraceFrame
	// Suggestions are similar names, best first, for "Did you mean".
	Suggestions []string

	pos       Pos        // Pos, before it is spelt out
	inner     innerSteps // saved frames that belong below those of the stack
	cause     error
	kept      *failure // what thunks keep of it so far
	unordered bool     // see Unordered
	asked     int      // the entries of the stack from asked-1 on have been, by replaceCaught; 0: none

	// What Steps are made of; set with Trace.
	ev      *Evaluator
	told    bool    // to the debugger
	framed  bool    // see Framed
	foreign bool    // see Foreign
	halt    bool    // it only says why the debugger was called
	stack   []frame // saved
	from    []int32 // by frame of Trace, where in stack it is from
	cell    *Value  // that turned out to refer to itself
	whole   bool    // Msg ends with what is printed as it is, spaces included
	bare    bool    // see Untraced
}

// A TraceFrame is one step of an error's trace.
type TraceFrame struct {
	Text string // "while evaluating the attribute 'x'"
	// Coloured is Text with Nix's colours; "" if nothing in it has one.
	Coloured syntax.Hint
	Pos      syntax.Position // may be zero
	// Verbose frames are shown only on demand (--show-trace).
	Verbose bool
	// Always frames are shown even where the trace is truncated.
	Always bool
}

// Error returns the message, and the place if there is one.
func (e *Error) Error() string { return e.Msg }

// Unwrap returns the error of the operation that failed, if that was one.
func (e *Error) Unwrap() error { return e.cause }

// An ErrorOption adds to an error before it is raised.
type ErrorOption func(*Error)

// At gives the error a place.
func At(pos Pos) ErrorOption { return func(e *Error) { e.pos = pos } }

// While adds a frame to the error's trace, inside those of the calls that are
// under way. Of several, the first is the innermost.
func While(pos Pos, text syntax.Hint) ErrorOption {
	return func(e *Error) { e.inner.add(textFrame(pos, text)) }
}

// Whole says that spaces and newlines at the end of the message are printed.
func Whole() ErrorOption { return func(e *Error) { e.whole = true } }

// Untraced says that nothing tells of what led to the error: in Nix it is an exception of
// a library, to which no steps are added, and at which no debugger stops.
func Untraced() ErrorOption { return func(e *Error) { e.bare = true } }

// Suggest adds similar names.
func Suggest(names []string) ErrorOption { return func(e *Error) { e.Suggestions = names } }

// Because sets the cause of the error.
func Because(err error) ErrorOption { return func(e *Error) { e.cause = err } }

// Fail raises a language error: it unwinds the evaluation and does not return.
func (s *State) Fail(kind ErrorKind, format string, args ...any) {
	s.throw(Errorf(kind, format, args...))
}

// Errorf returns an error that has not been raised yet.
func Errorf(kind ErrorKind, format string, args ...any) *Error {
	e := &Error{Kind: kind}
	e.Say(syntax.Hintf(format, args...))
	return e
}

// Say sets the message.
func (e *Error) Say(msg syntax.Hint) { e.Msg, e.Coloured = msg.Split() }

// Raise is Fail with a ready message and further options.
func (s *State) Raise(kind ErrorKind, msg syntax.Hint, opts ...ErrorOption) {
	e := &Error{Kind: kind}
	e.Say(msg)
	for _, opt := range opts {
		opt(e)
	}
	s.throw(e)
}

// ErrUsage is the cause of errors that Nix counts as mistakes in the use of a
// command, although they are in an expression.
var ErrUsage = errors.New("usage")

// ErrFetched is the cause of errors about files that were fetched and have another
// hash than the one that was wanted, after which Nix's commands exit with 102.
var ErrFetched = errors.New("fetched file has another hash")

// FailWith raises an error of Go as a language error: an [*Error] as it is,
// anything else as one of kind [ErrorFile] with it as its cause.
func (s *State) FailWith(err error) {
	if e, ok := err.(*Error); ok {
		s.throw(e)
	}
	s.throw(&Error{Kind: ErrorFile, Msg: syntax.Told(err.Error()), cause: err})
}

// Throw raises the error of builtins.throw.
func (s *State) Throw(msg string) { s.throw(&Error{Kind: ErrorThrow, Msg: syntax.Told(msg)}) }

// throw unwinds the evaluation. All language errors come through here: see Try.
func (s *State) throw(e *Error) {
	if s.ev.opts.Debugger != nil && !e.bare {
		s.stopAtError(e)
	}
	s.thrown = e
	panic(e)
}

// wrongType raises "expected a list but found a set: { … }" at a place, while
// doing what ctx says at another.
func (s *State) wrongType(want string, v Value, at, while Pos, ctx string) {
	s.raiseWrongType(want, v, s.showForError(v), at, while, ctx)
}

// wrongOperand is wrongType for part of an expression that is evaluated where it stands.
func (s *State) wrongOperand(x node, want string, v Value, at Pos) {
	stops := Framed()
	if unseen(x) {
		stops = Foreign()
	}
	s.raiseWrongType(want, v, s.showForError(v), at, 0, "", stops)
}

// wrongArgument is wrongType for what a slot holds that was handed to a function.
func (s *State) wrongArgument(want string, slot Value, at, while Pos, ctx string, opts ...ErrorOption) {
	s.raiseWrongType(want, slot.peek(), s.showArgument(slot), at, while, ctx, opts...)
}

func (s *State) raiseWrongType(want string, v Value, shown syntax.Hint, at, while Pos, ctx string, opts ...ErrorOption) {
	msg := syntax.Hintf("expected "+want+" but found %s: %s", ShowType(v), shown)
	s.Raise(ErrorType, msg, append([]ErrorOption{At(at), While(while, syntax.Hint(ctx))}, opts...)...)
}
