package eval

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"

	"nixbench/engine/resolve"
	"nixbench/engine/syntax"
)

// A Scope holds the variables of a prompt, or of scopedImport: names outside a
// text that it may refer to. Not safe for concurrent use.
type Scope struct {
	names  *resolve.Scope
	values []Value // by slot
}

// NewScope returns a scope without variables.
func NewScope() *Scope { return &Scope{names: resolve.NewScope()} }

// Define binds a name. What was evaluated before keeps the earlier binding.
func (c *Scope) Define(name string, v Value) {
	c.names.Define(Intern(name))
	c.values = append(c.values, v)
}

// Lookup returns the value of a name.
func (c *Scope) Lookup(name string) (Value, bool) {
	slot, ok := c.names.Lookup(symbols.Lookup(name))
	if !ok {
		return Value{}, false
	}
	return c.values[slot], true
}

// EvalText parses and evaluates a text. Name says where it is from, as
// «string» does; dir is the directory that relative paths start from.
func (s *State) EvalText(name, text, dir string, scope *Scope) Value {
	tape, _, size := s.parse(name, text, s.ev.parseOptions(dir), scope)
	in := newText(tape, scope)
	in.internal = name == DerivationInternal
	return s.evalRoot(s.compileText(in), size)
}

// DelayText parses a text as EvalText does. The value is evaluated when it is
// wanted.
func (s *State) DelayText(name, text, dir string) Value {
	tape, _, size := s.parse(name, text, s.ev.parseOptions(dir), nil)
	c := s.alloc(1)
	return initThunk(c, c, s.ev.nodes.add(&textNode{s.compile(tape, nil), size}, builtinRoom))
}

// DelayApart is DelayText for a file, which is evaluated as [Evaluator.EvalApart] does.
func (s *State) DelayApart(file string) Value {
	root, size := s.readNode(s.resolveImport(file), nil)
	c := s.alloc(1)
	return initThunk(c, c, s.ev.nodes.add(&textNode{root, size}, builtinRoom))
}

// A textNode evaluates a compiled text.
type textNode struct {
	root node
	size int // of its frame
}

func (n *textNode) Eval(s *State, _ *Value) Value { return s.evalRoot(n.root, n.size) }

func (n *textNode) Delay(s *State, _ *Value) Value { panic("eval: unreachable: delay a text") }

// warnings passes on the remarks about a text, with the places that they are about.
// f may be nil.
func (s *State) warnings(f *syntax.File) {
	if f == nil {
		return
	}
	for _, w := range f.Warnings {
		s.World().Warn(FormatWarning(f, w))
	}
}

func (s *State) failSyntax(err error) {
	var se *syntax.Error
	if !errors.As(err, &se) {
		s.FailWith(err)
	}
	kind := ErrorSyntax
	if strings.HasPrefix(se.Msg, "undefined variable") {
		kind = ErrorUndefined
	}
	s.throw(&Error{Kind: kind, Msg: se.Msg, Coloured: se.Coloured, Pos: se.Pos, cause: err})
}

func (s *State) evalExpr(e syntax.Expr, f *syntax.File, scope *Scope) Value {
	size, err := resolve.Expr(e, f, s.ev.resolveOptions(scope))
	if err != nil {
		s.failSyntax(err)
	}
	return s.evalRoot(s.compile(syntax.NewTape(e, f), scope), int(size))
}

// evalRoot evaluates what compile returned, in a frame of size slots.
func (s *State) evalRoot(n node, size int) Value {
	fr := s.newFrame(size + 1)
	s.push(rootFrame(fr, n))
	v := n.Eval(s, fr)
	s.pop()
	return v
}

// parse reads a text and resolves it. It is evaluated in a frame of size slots.
func (s *State) parse(name, src string, opts *syntax.Options, scope *Scope) (tape *syntax.Tape, f *syntax.File, size int) {
	tape, f, err := syntax.ParseTape(name, src, opts, func(e syntax.Expr, f *syntax.File) error {
		ropts := s.ev.resolveOptions(scope)
		ropts.Poll = s.poll
		slots, err := resolve.Expr(e, f, ropts)
		size = int(slots)
		return err
	})
	s.warnings(f)
	if err != nil {
		s.failSyntax(err)
	}
	return tape, f, size
}

// IsClosed reports whether a text is an expression that uses no variables but its own and
// those that every text has. Dir is where relative paths start.
func (ev *Evaluator) IsClosed(text, dir string) bool {
	e, f, err := syntax.ParseExpr("«string»", text, ev.ParseOptions(dir))
	if err == nil {
		_, err = resolve.Expr(e, f, ev.resolveOptions(nil))
	}
	return err == nil
}

// apart reports whether functions take their arguments one by one: a debugger that goes on
// step by step is called in each.
func (ev *Evaluator) apart() bool { return ev.opts.Debugger != nil }

func (ev *Evaluator) resolveOptions(scope *Scope) *resolve.Options {
	opts := &resolve.Options{Symbols: symbols, Global: ev.IsGlobal, Apart: ev.apart()}
	if scope != nil {
		opts.Scope = scope.names
	}
	return opts
}

// compile makes nodes of a resolved text.
func (s *State) compile(tape *syntax.Tape, scope *Scope) node {
	return s.compileText(newText(tape, scope))
}

func newText(tape *syntax.Tape, scope *Scope) *text {
	in := &text{tape: tape}
	if scope != nil {
		in.outer = scope.values
	}
	return in
}

func (s *State) compileText(in *text) node {
	late := &lateContext{ev: s.ev, text: in}
	c := late.begin()
	c.poll = s.poll
	r := in.tape.Reader()
	n := c.delayed(r.Expr(0))
	c.finish(unit{late: late})
	r.Release()
	return n
}

// IsGlobal reports whether a name is bound in every file.
func (ev *Evaluator) IsGlobal(name Sym) bool {
	_, ok := ev.globals[name]
	return ok
}

// Import evaluates a file, or the default.nix of a directory, once.
func (s *State) Import(file string) Value {
	return s.force(s.imported(s.resolveImport(file)).value)
}

// imported returns a file that there is one of in the evaluator.
func (s *State) imported(resolved string) importedFile {
	ev := s.ev
	ev.mu.Lock()
	f, ok := ev.files[resolved]
	ev.mu.Unlock()
	if ok {
		return f
	}
	c := s.alloc(1)
	n := &fileNode{path: resolved}
	f = importedFile{initThunk(c, c, ev.nodes.add(n, builtinRoom)), n}
	ev.mu.Lock()
	defer ev.mu.Unlock()
	if first, ok := ev.files[resolved]; ok {
		return first
	}
	ev.files[resolved] = f
	return f
}

// ScopedImport evaluates a file with further variables. It is not cached.
func (s *State) ScopedImport(file string, vars Attrs) Value {
	scope := NewScope()
	for a := range vars.BySymbol() {
		scope.Define(SymName(a.Name), a.Value)
	}
	file = s.resolveImport(file)
	s.noteFile(file)
	return s.evalRoot(s.readNode(file, scope))
}

// An importedFile is a thunk of a file's value, and its node.
type importedFile struct {
	value Value
	node  *fileNode
}

// A fileNode evaluates a file, as a step of the trace.
type fileNode struct {
	path  string
	ahead readAhead
}

func (n *fileNode) Eval(s *State, _ *Value) Value {
	s.noteFile(n.path)
	root, size, ok := n.ahead.take()
	if !ok {
		root, size = s.readNode(n.path, nil)
	}
	s.push(textFrame(0, syntax.Hint("while evaluating the file '"+syntax.Magenta.Paint(ShowPath(n.path))+"':")))
	outer := s.shelf
	s.shelve(shelvingFile(root))
	v := s.evalRoot(root, size)
	s.shelf = outer
	s.pop()
	return v
}

func shelvingFile(root node) *shelving {
	if unseen(root) {
		return &shelving{shelf: shelfUnseen}
	}
	return &shelving{shelfText, "a file", 0}
}

func (n *fileNode) Delay(s *State, _ *Value) Value { panic("eval: unreachable: delay a file") }

// noteFile tells whoever wants to know that a file is going to be evaluated.
func (s *State) noteFile(file string) {
	if s.ev.opts.OnFile != nil {
		s.ev.opts.OnFile(file)
	}
}

// maxFileText is the size, in bytes, of the largest buffer that is kept to read
// files into, or to write an entry of the FileCache in.
const maxFileText = 1 << 20

// readNode parses and compiles a file. It is evaluated in a frame of size slots.
func (s *State) readNode(file string, scope *Scope) (root node, size int) {
	buf := s.fileText[:0]
	s.fileText = nil
	text := s.source(file, buf)
	n, f, size := s.parseFile(file, text, scope)
	// The file is not kept in memory, and the next one is read where it was.
	// It is read again where errors are shown, which may be after s has been cancelled.
	ev, ctx := s.ev, context.WithoutCancel(s.ctx)
	f.Drop(func() ([]byte, error) { return ev.contents(ctx, file, nil) })
	if cap(text) <= maxFileText {
		s.fileText = text
	}
	return n, size
}

// ReadExpr returns the text of what importing a path reads, and the name of that file.
func (s *State) ReadExpr(file string) (name string, text []byte) {
	name = s.resolveImport(file)
	return name, s.source(name, nil)
}

// source appends the contents of a file that is going to be evaluated.
func (s *State) source(file string, buf []byte) []byte {
	b, err := s.ev.contents(s.ctx, file, buf)
	if err != nil {
		s.failRead(s.ResolveLinks(file), err)
	}
	return b
}

// ReadFile returns the contents of a file of the World, or of a core package.
func (s *State) ReadFile(file string) []byte {
	b, err := s.ev.contents(s.ctx, file, nil)
	if err != nil {
		s.failRead(s.RealPath(file), err)
	}
	return b
}

// contents appends the contents of a file of the World, or of a core package.
func (ev *Evaluator) contents(ctx context.Context, file string, buf []byte) ([]byte, error) {
	if text, ok := Corepkg(ev.opts.Corepkgs, file); ok {
		return append(buf, text...), nil
	}
	if file == corepkgsRoot {
		return nil, ErrNotRegular
	}
	return ev.world.ReadFile(ctx, file, buf)
}

// Lstat says what a file of the World or a core package is, without following a
// link.
func (s *State) Lstat(file string) (FileType, error) {
	if file == corepkgsRoot {
		return FileDirectory, nil
	}
	if _, ok := Corepkg(s.ev.opts.Corepkgs, file); ok {
		return FileRegular, nil
	}
	return s.world.Lstat(s.ctx, file)
}

// Exists reports whether a path exists, following symbolic links.
func (s *State) Exists(file string) bool {
	_, _, err := s.stat(file)
	return err == nil
}

// stat follows symbolic links to what a path is.
func (s *State) stat(file string) (string, FileType, error) {
	for range maxSymlinks - 1 { // Nix counts the path itself
		t, err := s.Lstat(file)
		if err != nil || t != FileSymlink {
			return file, t, err
		}
		target, err := s.world.Readlink(s.ctx, file)
		if err != nil {
			return file, t, err
		}
		if !path.IsAbs(target) {
			target = path.Join(path.Dir(file), target)
		}
		file = path.Clean(target)
	}
	return file, 0, fmt.Errorf("too many symbolic links encountered while traversing the path '%s'", file)
}
