package tuitest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"nixbench/repl"
	"nixbench/tui"
)

// A Repl is a session of made-up answers: it knows a set "pkgs", numbers,
// strings, bindings, some commands, and an error for all else. It is safe for
// concurrent use.
type Repl struct {
	mu      sync.Mutex // mu guards the fields below
	number  int
	history []string
	bound   []tui.ScopeEntry
	built   bool
	// Hook, if not nil, answers an input instead; ok false lets it pass.
	Hook func(ctx context.Context, input string) (r *tui.Result, ok bool)
	// Printing, if not nil, is called before a value is printed in full.
	Printing func(ctx context.Context)
	// ChangedFiles are what WaitChange returns once.
	ChangedFiles []string
	// Watched are the expressions that Scope says are watched.
	Watched []tui.ScopeEntry
	// Unkept, if not nil, is why inputs cannot be added to the history.
	Unkept error
	// Abandoned counts the evaluations that were given up.
	Abandoned int
}

// NewRepl starts a session.
func NewRepl() *Repl { return &Repl{history: []string{"pkgs.hello", "lib.version", "1 + 2"}} }

// handles of the made-up values.
const (
	handlePkgs tui.Handle = iota + 1
	handleMeta
	handleList
	handleBig
	handleThrow
	handleEditor
	handleSteps
	handleStep
	handleOptions
	handleOption
)

// Incomplete counts brackets and looks for an open "let".
func (r *Repl) Incomplete(input string) bool {
	depth := 0
	for _, c := range input {
		switch c {
		case '(', '{', '[':
			depth++
		case ')', '}', ']':
			depth--
		}
	}
	fields := strings.Fields(input)
	return depth > 0 || len(fields) > 0 && fields[0] == "let" && !strings.Contains(input, " in ") && !strings.Contains(input, "\nin ")
}

// Eval implements tui.Repl.
func (r *Repl) Eval(ctx context.Context, input string) (*tui.Result, error) {
	if r.Hook != nil {
		if res, ok := r.Hook(ctx, input); ok {
			return res, ctx.Err()
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.number++
	res := &tui.Result{Number: r.number, Took: 12 * time.Millisecond}
	input = strings.TrimSpace(input)
	name, value, isBinding := strings.Cut(input, " = ")
	switch {
	case input == ":q" || input == ":quit":
		res.Kind = tui.ResultQuit
	case input == ":?" || input == ":help":
		res.Kind = tui.ResultText
		for _, c := range r.Commands() {
			res.Lines = append(res.Lines, strings.Join(c.Names, " ")+" "+c.Args+"  "+c.Help)
		}
	case strings.HasPrefix(input, ":b "):
		res.Kind, r.built = tui.ResultBuilt, true
		res.Drv, res.Built = PathNamed("editor-7.2.drv"), 1
		res.Outputs = []tui.BuiltOutput{{Name: "out", Path: PathNamed("editor-7.2")}}
	case strings.HasPrefix(input, ":closure "):
		res.Then = &tui.Then{Screen: repl.ScreenClosure, Path: PathNamed("editor-7.2")}
	case input == ":options sys":
		res.Kind, res.Node = tui.ResultText, tui.Node{Handle: handleOptions, Text: "3 options", Kind: tui.NodeSet, HasChildren: true, Count: 3}
		res.Options = &tui.OptionList{Of: "sys", Paths: []string{"services.mail.enable", "services.web.enable", "services.web.port"}}
	case strings.HasPrefix(input, ":options sys "):
		res.Kind, res.Node = tui.ResultText, r.node("services.web.port", handleOption)
	case strings.HasPrefix(input, ":i "):
		res.Kind, res.Lines = tui.ResultText, []string{"installing 'editor-7.2'", "this derivation will be built:", "  " + string(PathNamed("editor-7.2.drv"))}
		res.Then = &tui.Then{Command: []string{"nixbench", "nix-env", "--install"}, Ask: "install editor-7.2 into the profile?"}
	case strings.HasPrefix(input, ":sh "):
		res.Then = &tui.Then{Command: []string{"nixbench", "nix-shell"}, Interactive: true}
	case strings.HasPrefix(input, ":t "):
		res.Kind, res.Lines = tui.ResultText, []string{"a set"}
	case isBinding && !strings.ContainsAny(name, "({"):
		r.bound = append(r.bound, tui.ScopeEntry{Name: name, Text: value})
	case input == "pkgs":
		res.Kind, res.Node, res.OfScope = tui.ResultValue, r.node("", handlePkgs), true
	case strings.HasPrefix(input, "\""):
		res.Kind, res.Node = tui.ResultValue, tui.Node{Text: input, Kind: tui.NodeString}
	case strings.Trim(input, "0123456789 +") == "":
		res.Kind, res.Node = tui.ResultValue, tui.Node{Text: "3", Kind: tui.NodeNumber}
	default:
		line, _, _ := strings.Cut(input, "\n")
		res.Kind = tui.ResultError
		res.Err = &tui.EvalError{
			Msg: "undefined variable '" + input + "'", Where: "<repl>:1:1",
			Excerpt: []string{line, strings.Repeat("^", len(line))},
			Trace:   []tui.Frame{{Text: "while evaluating the input", Where: "<repl>:1:1"}},
			Steps:   handleSteps,
		}
	}
	return res, nil
}

// node is the made-up value of a handle.
func (r *Repl) node(label string, h tui.Handle) tui.Node {
	n := tui.Node{Handle: h, Label: label, HasChildren: true, AttrPath: "_" + label}
	switch h {
	case handlePkgs:
		n.Text, n.Kind, n.Count = "{ 5 attrs }", tui.NodeSet, 5
	case handleMeta:
		n.Text, n.Kind, n.Count = "{ 2 attrs }", tui.NodeSet, 2
	case handleList:
		n.Text, n.Kind, n.Count = "[ 3 items ]", tui.NodeList, 3
	case handleBig:
		n.Text, n.Kind, n.Count = "[ 100,000 items ]", tui.NodeList, 100_000
	case handleThrow:
		n.Text, n.Kind, n.Count = "«thunk»", tui.NodeThunk, -1
	case handleOption:
		n.Text, n.Kind, n.Count, n.AttrPath = "80", tui.NodeNumber, 4, "sys.config."+label
	}
	return n
}

// editor is a derivation that has been built if an input has.
func (r *Repl) editor() tui.Node {
	n := tui.Node{
		Handle: handleEditor, Label: "editor", Text: "«derivation editor-7.2»", Note: r.status(), Kind: tui.NodeDerivation,
		AttrPath: "_.editor", Store: PathNamed("editor-7.2.drv"), HasChildren: true, Count: 1,
	}
	return n
}

func (r *Repl) status() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.built {
		return "valid"
	}
	return "not built"
}

// Expand implements tui.Repl.
func (r *Repl) Expand(_ context.Context, h tui.Handle, from, n int) ([]tui.Node, error) {
	var all []tui.Node
	switch h {
	case handlePkgs:
		all = []tui.Node{
			r.editor(),
			r.node("items", handleBig), r.node("list", handleList), r.node("meta", handleMeta), r.node("oops", handleThrow),
		}
	case handleMeta:
		all = []tui.Node{
			{Label: "license", Text: "\"MIT\"", Kind: tui.NodeString, AttrPath: "_.meta.license"},
			{Label: "line", Text: "58", Kind: tui.NodeNumber, AttrPath: "_.meta.line", File: "/src/default.nix", Line: 58},
		}
	case handleList:
		all = []tui.Node{{Text: "1", Kind: tui.NodeNumber}, {Text: "true", Kind: tui.NodeBool}, {Text: "null", Kind: tui.NodeNull}}
	case handleBig:
		for i := from; i < min(from+n, 100_000); i++ {
			all = append(all, tui.Node{Text: fmt.Sprint(i), Kind: tui.NodeNumber})
		}
		return all, nil
	case handleEditor:
		out := PathNamed("editor-7.2")
		all = []tui.Node{{Label: "out", Text: string(out), Note: r.status(), Kind: tui.NodeOutput, Store: out}}
	case handleSteps:
		all = []tui.Node{
			{Label: "0", Text: "the error itself", Note: "<repl>:1:1", Kind: tui.NodeFrame},
			{Handle: handleStep, Label: "1", Text: "while evaluating the input", Note: "<repl>:1:1", Kind: tui.NodeFrame, HasChildren: true, Count: -1},
		}
	case handleOptions:
		for _, path := range []string{"services.mail.enable", "services.web.enable", "services.web.port"} {
			all = append(all, r.node(path, handleOption))
		}
	case handleOption:
		all = []tui.Node{
			{Label: "type", Text: "16 bit unsigned integer", Kind: tui.NodeDoc}, {Label: "default", Text: "80", Kind: tui.NodeDoc},
			{Label: "about", Text: "The port that the web is served on.", Kind: tui.NodeDoc},
			{Label: "declared", Text: "/src/modules/web.nix:12", Kind: tui.NodePath, File: "/src/modules/web.nix", Line: 12},
		}
	case handleStep:
		all = []tui.Node{
			{Text: "     1| pkgs.edtor", Kind: tui.NodeSource}, {Text: "      |     ^", Kind: tui.NodeSource},
			{Text: "arguments", Kind: tui.NodeDoc}, {Label: "x", Text: "1", Kind: tui.NodeNumber},
		}
	case handleThrow:
		return nil, fmt.Errorf("oops: %w", errTest)
	}
	from = min(from, len(all))
	return all[from:min(from+n, len(all))], nil
}

// Glance implements tui.Repl.
func (r *Repl) Glance(ctx context.Context, hs ...tui.Handle) ([]tui.Node, error) {
	return r.Force(ctx, hs...)
}

// Force implements tui.Repl.
func (r *Repl) Force(_ context.Context, hs ...tui.Handle) ([]tui.Node, error) {
	var nodes []tui.Node
	for _, h := range hs {
		if h == handleEditor {
			nodes = append(nodes, r.editor())
			continue
		}
		n := r.node("oops", h)
		if h == handleThrow {
			n.Text, n.Kind, n.HasChildren, n.Count = "«error: not in this world»", tui.NodeError, false, 0
		}
		nodes = append(nodes, n)
	}
	return nodes, nil
}

// Enter implements tui.Repl.
func (r *Repl) Enter(context.Context, tui.Handle) (*tui.Result, error) {
	return &tui.Result{Kind: tui.ResultText, Lines: []string{"0: the error itself", "arguments", "  x = 1"}}, nil
}

// ValueText implements tui.Repl.
func (r *Repl) ValueText(ctx context.Context, h tui.Handle) (string, error) {
	if r.Printing != nil {
		r.Printing(ctx)
		if err := ctx.Err(); err != nil {
			return "", err
		}
	}
	return r.node("", h).Text, nil
}

// Complete implements tui.Repl.
func (r *Repl) Complete(_ context.Context, input string, cursor int) (*tui.Completions, error) {
	head := input[:cursor]
	start := strings.LastIndexAny(head, " ([{;") + 1
	word := head[start:]
	if strings.HasPrefix(word, "oops.") {
		return &tui.Completions{Start: start, Err: "oops: not in this world"}, nil
	}
	c := &tui.Completions{Start: start}
	items := []tui.CompletionItem{
		{Text: "lib.attrsets.filterAttrs", Detail: "(name -> value -> bool) -> set -> set"},
		{Text: "lib.attrsets.filterAttrsRecursive", Detail: "(name -> value -> bool) -> set -> set"},
		{Text: "pkgs"}, {Text: "pkgs.editor"}, {Text: ":build", Detail: "build a derivation"},
	}
	for _, fits := range []func(s, word string) bool{strings.HasPrefix, strings.Contains} {
		for _, it := range items {
			if fits(it.Text, word) {
				c.Items = append(c.Items, it)
			}
		}
		if len(c.Items) > 0 || len(word) < 2 {
			break
		}
	}
	return c, nil
}

// Doc implements tui.Repl.
func (r *Repl) Doc(_ context.Context, input string, _ int) (*tui.Doc, error) {
	return &tui.Doc{
		Title: input, File: "/src/lib/attrsets.nix", Line: 512,
		Lines: []tui.DocLine{{Text: "Filter an attribute set by a predicate."}, {Text: "Example", Head: true}, {Text: "filterAttrs (n: v: n == \"foo\")", Code: true}},
	}, nil
}

// Scope implements tui.Repl.
func (r *Repl) Scope(context.Context) (*tui.Scope, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return &tui.Scope{
		Names: 118, Loaded: []tui.ScopeEntry{{Name: "tour", Count: 31, Text: "examples/tour/default.nix"}},
		Bound: r.bound, Files: []tui.LoadedFile{{Name: "examples/tour/default.nix", Own: true}}, Watched: r.Watched,
	}, nil
}

// WaitChange implements tui.Repl: it returns at once, with an error unless a
// file was set.
func (r *Repl) WaitChange(context.Context) ([]string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	files := r.ChangedFiles
	r.ChangedFiles = nil
	if files == nil {
		return nil, context.Canceled
	}
	return files, nil
}

// Recheck implements tui.Repl.
func (r *Repl) Recheck(context.Context) (*tui.Result, error) {
	return &tui.Result{Kind: tui.ResultText, Lines: []string{"answer", "  ~ 42  ->  52"}}, nil
}

// Reload implements tui.Repl.
func (r *Repl) Reload(context.Context) (*tui.Result, error) {
	return &tui.Result{Kind: tui.ResultText, Lines: []string{"Added 31 variables."}}, nil
}

// Commands implements tui.Repl.
func (r *Repl) Commands() []tui.Command {
	return []tui.Command{
		{Names: []string{":?", ":help"}, Help: "this list", Group: "help"},
		{Names: []string{":b", ":build"}, Args: "<expr>", Help: "build a derivation", Group: "builds"},
		{Names: []string{":q", ":quit"}, Help: "leave", Group: "session"},
	}
}

// History implements tui.Repl.
func (r *Repl) History() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.history...)
}

// AddHistory implements tui.Repl.
func (r *Repl) AddHistory(_ context.Context, input string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.Unkept != nil {
		return r.Unkept
	}
	r.history = append([]string{input}, r.history...)
	return nil
}

// Progress implements tui.Repl.
func (r *Repl) Progress() tui.EvalProgress {
	return tui.EvalProgress{Running: true, Thunks: 412_000, Values: 310 << 20, Heap: 1 << 30}
}

// Abandon implements tui.Repl.
func (r *Repl) Abandon() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.Abandoned++
}
