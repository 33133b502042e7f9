package repl

import (
	"cmp"
	"io"
	"slices"
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

var nodeKinds = [...]string{
	"other", "null", "bool", "number", "string", "path", "set", "list", "lambda", "builtin", "derivation", "thunk", "error",
	"output", "context", "formal", "frame", "source", "doc",
}

// MarshalText writes the kind in a word: "set".
func (k NodeKind) MarshalText() ([]byte, error) { return []byte(nodeKinds[k]), nil }

// A Node is a value as it is shown on one line, with a way to what is in it.
type Node struct {
	Handle Handle   `json:"handle,omitempty"`
	Label  string   `json:"label,omitempty"` // the attribute's name, "[2]" of a list item, "" of a result
	Text   string   `json:"text"`            // one line, clean: "{ 11 attrs }", "\"GPL-3.0\""
	Note   string   `json:"note,omitempty"`  // what else is to be known: "not built", a place; clean
	Kind   NodeKind `json:"kind"`
	// HasChildren tells whether Expand can show more.
	HasChildren bool `json:"hasChildren,omitempty"`
	Count       int  `json:"count,omitempty"` // how many children there are, -1 if not known yet
	// AttrPath leads from the result to this value, for putting it into the
	// input: "_4.meta.license".
	AttrPath string `json:"attrPath,omitempty"`
	// Store is the derivation or store path that the value is, if it is one.
	Store store.Path `json:"store,omitempty"`
	File  string     `json:"file,omitempty"` // where the value was written, "" if not known
	Line  int        `json:"line,omitempty"`
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

var resultKinds = [...]string{"nothing", "value", "text", "doc", "built", "error", "quit"}

// MarshalText writes the kind in a word: "value".
func (k ResultKind) MarshalText() ([]byte, error) { return []byte(resultKinds[k]), nil }

// A Result is what came of an input.
type Result struct {
	Number  int           `json:"number"` // of the input; its value is _N
	Kind    ResultKind    `json:"kind"`
	Node    Node          `json:"node,omitzero"`
	Lines   []string      `json:"lines,omitempty"` // clean
	Doc     *Doc          `json:"doc,omitempty"`
	Drv     store.Path    `json:"drv,omitempty"`
	Outputs []BuiltOutput `json:"outputs,omitempty"` // by name
	// Built counts the derivations that had to be built for Outputs, and Copied the
	// paths that came from another store; both are 0 if all was valid.
	Built  int        `json:"built,omitempty"`
	Copied int        `json:"copied,omitempty"`
	Err    *EvalError `json:"error,omitempty"`
	// Traces are the messages of builtins.trace, and warnings; clean.
	Traces []string      `json:"traces,omitempty"`
	Took   time.Duration `json:"took,omitempty"` // in JSON: nanoseconds
	// Stopped says that the evaluation waits where a debugger stopped it; Err or
	// Lines say why.
	Stopped bool `json:"stopped,omitempty"`
	// Options are those that the command ":options e" has found, to choose from.
	Options *OptionList `json:"options,omitempty"`
	// Then says where to go next: the command was ":closure e" and the like.
	Then *Then `json:"then,omitempty"`
	// OfScope says that the expression may use what was loaded or bound in the session.
	OfScope bool `json:"ofScope,omitempty"`
}

// Output returns the path of the output that is meant if none is named: "out", or else
// the first. There is at least one.
func (r *Result) Output() store.Path {
	i := slices.IndexFunc(r.Outputs, func(o BuiltOutput) bool { return o.Name == "out" })
	return r.Outputs[max(i, 0)].Path
}

// An OptionList is options of a module system to choose from.
type OptionList struct {
	Of    string   `json:"of"`    // the expression that has them
	Paths []string `json:"paths"` // ":options OF PATH" tells of one
}

// A Screen is a part of the workbench that a command may lead to.
type Screen uint8

var screens = [...]string{"", "builds", "closure", "profiles", "gc"}

// MarshalText writes the screen's name.
func (sc Screen) MarshalText() ([]byte, error) { return []byte(screens[sc]), nil }

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
	Screen  Screen        `json:"screen,omitzero"`
	Path    store.Path    `json:"path,omitempty"` // to show there
	Why     [2]store.Path `json:"why,omitzero"`
	File    string        `json:"file,omitempty"` // to open in the editor, at Line
	Line    int           `json:"line,omitempty"`
	Command []string      `json:"command,omitempty"` // to run in the terminal with the interface set aside
	// Interactive says that the command is a shell: it needs the keyboard, and what it
	// has shown need not be read when it has ended.
	Interactive bool `json:"interactive,omitempty"`
	// Ask is what the user has to agree to before the command is run, the Lines of the
	// result being its plan: "install hello-2.12.2?".
	Ask string `json:"ask,omitempty"`
}

// A BuiltOutput is an output of a finished build.
type BuiltOutput struct {
	Name string     `json:"name,omitempty"`
	Path store.Path `json:"path,omitempty"`
	Link string     `json:"link,omitempty"` // to it, as from the session's directory; "" for none
}

// Shown is the output's name, or the link to it.
func (o BuiltOutput) Shown() string { return cmp.Or(o.Link, o.Name) }

// An EvalError is an error of the language, ready to be shown. All text is
// clean.
type EvalError struct {
	Msg     string   `json:"msg,omitempty"`
	Where   string   `json:"where,omitempty"`   // "<repl>:1:22"
	Excerpt []string `json:"excerpt,omitempty"` // source lines with a line of carets
	Trace   []Frame  `json:"trace,omitempty"`   // innermost first
	// Steps names the steps of the trace, to be expanded; the first is the error
	// itself. It is 0 if there are none.
	Steps Handle `json:"steps,omitempty"`
	// Own names the place in the user's own file if Where is in another: "in your
	// file: /home/me/a.nix:4:7, while calling 'f'". It may be empty.
	Own string `json:"own,omitempty"`
	// ShowTrace says that the user wants to see traces: the command :te.
	ShowTrace bool   `json:"showTrace,omitempty"`
	File      string `json:"file,omitempty"` // to open in the editor; "" if it is not a file
	Line      int    `json:"line,omitempty"`
	// Printed is what had been printed of a value when the error ended that; clean.
	Printed string `json:"printed,omitempty"`
}

// A Frame is a line of a trace.
type Frame struct {
	Text  string `json:"text"`
	Where string `json:"where,omitempty"`
	File  string `json:"file,omitempty"`
	Line  int    `json:"line,omitempty"`
}

// Completions are what can stand at the cursor.
type Completions struct {
	// Start is the byte offset from which on the input is replaced.
	Start int              `json:"start"`
	Items []CompletionItem `json:"items,omitempty"` // sorted
	Total int              `json:"total"`           // how many there are
	// More tells that there are more than were listed.
	More bool `json:"more,omitempty"`
	// Err says why there are none: the error of evaluating the prefix.
	Err string `json:"error,omitempty"`
}

// A CompletionItem is one possibility.
type CompletionItem struct {
	Text   string `json:"text"`             // replaces the input from Start to the cursor
	Detail string `json:"detail,omitempty"` // a type or a signature, often ""
}

// A Doc explains a function or a value.
type Doc struct {
	Title string    `json:"title,omitempty"`
	Lines []DocLine `json:"lines,omitempty"`
	File  string    `json:"file,omitempty"`
	Line  int       `json:"line,omitempty"`
}

// A DocLine is a line of a [Doc].
type DocLine struct {
	Text string `json:"text"`
	Code bool   `json:"code,omitempty"` // source text, in Nix
	Head bool   `json:"head,omitempty"` // a heading
}

// A Scope lists the names that can be used.
type Scope struct {
	Names  int          `json:"names,omitempty"` // how many in all
	Loaded []ScopeEntry `json:"loaded,omitempty"`
	Bound  []ScopeEntry `json:"bound,omitempty"`
	Last   []ScopeEntry `json:"last,omitempty"` // _, _1, …
	Files  []LoadedFile `json:"files,omitempty"`
	// Frame is the step of an error whose variables hide others, "" if none is
	// selected: "2: while calling 'f'". Variables are its own.
	Frame     string       `json:"frame,omitempty"`
	Variables []ScopeEntry `json:"variables,omitempty"`
	Watched   []ScopeEntry `json:"watched,omitempty"` // expressions
}

// A ScopeEntry is a name, or many that came at once.
type ScopeEntry struct {
	Name  string `json:"name,omitempty"`
	Count int    `json:"count,omitempty"` // names that came with it, 0 for one
	Text  string `json:"text"`            // what it is
}

// A LoadedFile is a file that the session depends on.
type LoadedFile struct {
	Name    string `json:"name,omitempty"`
	Own     bool   `json:"own,omitempty"`     // the user's, rather than a library's
	Changed bool   `json:"changed,omitempty"` // on disk, since it was loaded
}

// A Command is one of the commands that begin with a colon.
type Command struct {
	Names []string `json:"names,omitempty"` // ":b", ":build"
	Args  string   `json:"args,omitempty"`  // "<expr>"
	Help  string   `json:"help,omitempty"`
	Group string   `json:"group,omitempty"`
}

// EvalProgress is what a running evaluation has done so far.
type EvalProgress struct {
	Running bool
	Thunks  int64 // evaluated
	Values  int64 // bytes of the values that were made
	Heap    int64 // bytes
}

// A LogFile is a build's log, which may still be growing.
type LogFile interface {
	io.ReaderAt
	io.Closer
	// Size is how many bytes can be read now.
	Size() (int64, error)
}
