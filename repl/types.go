package repl

import (
	"io"
	"time"

	"nixbench/store"
)

// This file is what a session tells interfaces: snapshots, never values.

// A Handle names a value in the session; 0 is none.
type Handle uint64

// A NodeKind says what a value is.
type NodeKind uint8

// The kinds of nodes.
const (
	NodeOther NodeKind = iota
	NodeNull
	NodeBool
	NodeNumber
	NodeString
	NodePath
	NodeSet
	NodeList
	NodeLambda
	NodeBuiltin
	NodeDerivation
	NodeThunk // not evaluated; expanding evaluates it
	NodeError // evaluating it failed; Text says why, and its steps are below it
	// What follows is no value: it says more of the one that it is below of.
	NodeOutput  // of a derivation: Store, and in Note whether it is valid
	NodeContext // Store is what a string refers to, and Note how
	NodeFormal  // an argument of a function; Text is its default
	NodeFrame   // a step of an error; its source and its variables are below it
	NodeSource  // a line of source text
	NodeDoc     // a line of words
)

// A Node is a value as it is shown on one line, with a way to what is in it.
type Node struct {
	Handle Handle
	Label  string // the attribute's name, "[2]" of a list item, "" of a result
	Text   string // one line, clean: "{ 11 attrs }", "\"GPL-3.0\""
	Note   string // what else is to be known: "not built", a place; clean
	Kind   NodeKind
	// HasChildren tells whether Expand can show more.
	HasChildren bool
	Count       int // how many children there are, -1 if not known yet
	// AttrPath leads from the result to this value, for putting it into the
	// input: "_4.meta.license".
	AttrPath string
	// Store is the derivation or store path that the value is, if it is one.
	Store store.Path
	File  string // where the value was written, "" if not known
	Line  int
}

// A ResultKind says what came of an input.
type ResultKind uint8

// The kinds of results.
const (
	ResultNothing ResultKind = iota // a command that has nothing to say
	ResultValue                     // Node
	ResultText                      // Lines
	ResultDoc                       // Doc
	ResultBuilt                     // Outputs, of the build of Drv
	ResultError                     // Err
	ResultQuit                      // the user wants to leave
)

// A Result is what came of an input.
type Result struct {
	Number  int // of the input; its value is _N
	Kind    ResultKind
	Node    Node
	Lines   []string // clean
	Doc     *Doc
	Drv     store.Path
	Outputs []BuiltOutput
	Err     *EvalError
	// Traces are the messages of builtins.trace, and warnings; clean.
	Traces []string
	Took   time.Duration
	// Stopped says that the evaluation waits where a debugger stopped it; Err or
	// Lines say why.
	Stopped bool
	// Then says where to go next: the command was ":closure e" and the like.
	Then *Then
}

// A Screen is a part of the workbench that a command may lead to.
type Screen uint8

// The screens.
const (
	ScreenNone Screen = iota
	ScreenBuilds
	ScreenClosure
	ScreenProfiles
	ScreenGC
)

// A Then is what a command asks the interface to do next. At most one field is
// set beside Screen.
type Then struct {
	Screen  Screen
	Path    store.Path // to show there
	Why     [2]store.Path
	File    string // to open in the editor, at Line
	Line    int
	Command []string // to run in the terminal with the interface set aside
}

// A BuiltOutput is an output of a finished build.
type BuiltOutput struct {
	Name string
	Path store.Path
}

// An EvalError is an error of the language, ready to be shown. All text is
// clean.
type EvalError struct {
	Msg     string
	Where   string   // "<repl>:1:22"
	Excerpt []string // source lines with a line of carets
	Trace   []Frame  // innermost first
	// Steps names the steps of the trace, to be expanded; the first is the error
	// itself. It is 0 if there are none.
	Steps Handle
	// Own names the place in the user's own file if Where is in another: "in your
	// file: /home/me/a.nix:4:7, while calling 'f'". It may be empty.
	Own string
	// ShowTrace says that the user wants to see traces: the command :te.
	ShowTrace bool
	File      string // to open in the editor; "" if it is not a file
	Line      int
}

// A Frame is a line of a trace.
type Frame struct {
	Text  string
	Where string
	File  string
	Line  int
}

// Completions are what can stand at the cursor.
type Completions struct {
	// Start is the byte offset from which on the input is replaced.
	Start int
	Items []CompletionItem // sorted
	// More tells that there are more than were listed.
	More bool
	// Err says why there are none: the error of evaluating the prefix.
	Err string
}

// A CompletionItem is one possibility.
type CompletionItem struct {
	Text   string // replaces the input from Start to the cursor
	Detail string // a type or a signature, often ""
}

// A Doc explains a function or a value.
type Doc struct {
	Title string
	Lines []DocLine
	File  string
	Line  int
}

// A DocLine is a line of a [Doc].
type DocLine struct {
	Text string
	Code bool // source text, in Nix
	Head bool // a heading
}

// A Scope lists the names that can be used.
type Scope struct {
	Names  int // how many in all
	Loaded []ScopeEntry
	Bound  []ScopeEntry
	Last   []ScopeEntry // _, _1, …
	Files  []LoadedFile
	// Frame is the step of an error whose variables hide others, "" if none is
	// selected: "2: while calling 'f'". Variables are its own.
	Frame     string
	Variables []ScopeEntry
}

// A ScopeEntry is a name, or many that came at once.
type ScopeEntry struct {
	Name  string
	Count int    // names that came with it, 0 for one
	Text  string // what it is
}

// A LoadedFile is a file that the session depends on.
type LoadedFile struct {
	Name    string
	Changed bool // on disk, since it was loaded
}

// A Command is one of the commands that begin with a colon.
type Command struct {
	Names []string // ":b", ":build"
	Args  string   // "<expr>"
	Help  string
	Group string
}

// EvalProgress is what a running evaluation has done so far.
type EvalProgress struct {
	Running bool
	Thunks  int64 // forced; 0 if not known
	Heap    int64 // bytes
}

// A LogFile is a build's log, which may still be growing.
type LogFile interface {
	io.ReaderAt
	io.Closer
	// Size is how many bytes can be read now.
	Size() (int64, error)
}
