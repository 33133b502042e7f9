package tui

// This file is what the REPL screen needs of a session. Values never leave the
// session: the screen gets snapshots of them, one level at a time.

import (
	"context"

	"nixbench/repl"
)

// Repl is what the REPL screen asks for.
type Repl interface {
	// Incomplete tells whether input is the beginning of something longer,
	// so that Enter starts a new line.
	Incomplete(input string) bool
	// Eval carries out a line of input: an expression, bindings or a
	// command. Errors of the language are in the Result; err is for
	// a session that cannot go on. Cancelling ctx interrupts it.
	Eval(ctx context.Context, input string) (*Result, error)
	// Expand returns up to n children of a node from number from on. It
	// evaluates the node itself if need be, and none of the children.
	Expand(ctx context.Context, h Handle, from, n int) ([]Node, error)
	// Force evaluates nodes and describes them again, in order and as many
	// as can be done before ctx ends. One whose evaluation fails becomes
	// a NodeError.
	Force(ctx context.Context, hs ...Handle) ([]Node, error)
	// Glance is Force that builds nothing: what would need it stays a NodeThunk.
	Glance(ctx context.Context, hs ...Handle) ([]Node, error)
	// Enter selects the step of an error that a node names, whose variables
	// the inputs that follow can use.
	Enter(ctx context.Context, h Handle) (*Result, error)
	// ValueText prints a node in full, for copying.
	ValueText(ctx context.Context, h Handle) (string, error)
	// Complete finds what can stand at the cursor, a byte offset.
	Complete(ctx context.Context, input string, cursor int) (*Completions, error)
	// Doc explains the expression at the cursor.
	Doc(ctx context.Context, input string, cursor int) (*Doc, error)
	// Scope lists what was loaded and bound, and the loaded files that have
	// changed on disk.
	Scope(ctx context.Context) (*Scope, error)
	// WaitChange waits until files that the session has loaded change, and returns those
	// that do at once: one or more.
	WaitChange(ctx context.Context) (files []string, err error)
	// Recheck loads all files again, evaluates what the command :watch has
	// named and tells what has changed.
	Recheck(ctx context.Context) (*Result, error)
	// Reload loads all files again and keeps bindings and earlier results.
	Reload(ctx context.Context) (*Result, error)
	// Commands lists the commands that begin with a colon.
	Commands() []Command
	// History lists earlier inputs of all sessions, newest first.
	History() []string
	// AddHistory appends an input to the history.
	AddHistory(ctx context.Context, input string) error
	// Progress tells what a running evaluation has done so far.
	Progress() EvalProgress
	// Abandon gives up on an evaluation that does not heed its context; the
	// session starts anew with the same files and bindings.
	Abandon()
}

// What a session tells is the session's own.
type (
	Handle         = repl.Handle
	Node           = repl.Node
	NodeKind       = repl.NodeKind
	Result         = repl.Result
	ResultKind     = repl.ResultKind
	OptionList     = repl.OptionList
	Then           = repl.Then
	BuiltOutput    = repl.BuiltOutput
	EvalError      = repl.EvalError
	Frame          = repl.Frame
	Completions    = repl.Completions
	CompletionItem = repl.CompletionItem
	Doc            = repl.Doc
	DocLine        = repl.DocLine
	Scope          = repl.Scope
	ScopeEntry     = repl.ScopeEntry
	LoadedFile     = repl.LoadedFile
	Command        = repl.Command
	EvalProgress   = repl.EvalProgress
)

// The kinds of nodes.
const (
	NodeOther      = repl.NodeOther
	NodeNull       = repl.NodeNull
	NodeBool       = repl.NodeBool
	NodeNumber     = repl.NodeNumber
	NodeString     = repl.NodeString
	NodePath       = repl.NodePath
	NodeSet        = repl.NodeSet
	NodeList       = repl.NodeList
	NodeLambda     = repl.NodeLambda
	NodeBuiltin    = repl.NodeBuiltin
	NodeDerivation = repl.NodeDerivation
	NodeThunk      = repl.NodeThunk
	NodeError      = repl.NodeError
	NodeOutput     = repl.NodeOutput
	NodeContext    = repl.NodeContext
	NodeFormal     = repl.NodeFormal
	NodeFrame      = repl.NodeFrame
	NodeSource     = repl.NodeSource
	NodeDoc        = repl.NodeDoc
)

// The kinds of results.
const (
	ResultNothing = repl.ResultNothing
	ResultValue   = repl.ResultValue
	ResultText    = repl.ResultText
	ResultDoc     = repl.ResultDoc
	ResultBuilt   = repl.ResultBuilt
	ResultError   = repl.ResultError
	ResultQuit    = repl.ResultQuit
)

// ThenScreen returns the screen that a command leads to, and false for none.
func ThenScreen(then *Then) (ScreenID, bool) {
	if then == nil || then.Screen == repl.ScreenNone {
		return 0, false
	}
	return ScreenID(then.Screen-repl.ScreenBuilds) + ScreenBuilds, true
}
