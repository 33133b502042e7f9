package repl

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"nixbench/engine"
	"nixbench/engine/eval"
	"nixbench/engine/syntax"
	"nixbench/repl/text"
)

// maxListed is how many of many names are listed.
const maxListed = 20

func (s *sitting) cmdAdd(ctx context.Context, arg string) (*Result, error) {
	v, err := s.evalText(ctx, arg)
	if err != nil {
		return nil, err
	}
	l := load{expr: arg}
	if err := s.addAttrs(ctx, v, &l); err != nil {
		return nil, err
	}
	return s.added(l), nil
}

func (s *sitting) cmdLoad(ctx context.Context, arg string) (*Result, error) {
	if arg == "" {
		return nil, errors.New(":l needs a file")
	}
	l := load{file: arg}
	if engine.NamesPath(arg) {
		l.file = s.abs(expandHome(arg, s.eng.Getenv("HOME")))
	}
	if err := s.load(ctx, &l); err != nil {
		return nil, err
	}
	s.loaded = slices.DeleteFunc(s.loaded, func(old load) bool { return old.file == l.file })
	return s.added(l), nil
}

func expandHome(name, home string) string {
	if rest, ok := strings.CutPrefix(name, "~/"); ok {
		return filepath.Join(home, rest)
	}
	return name
}

// load evaluates a file, calls it if it is a function, and adds its attributes.
func (s *sitting) load(ctx context.Context, l *load) error {
	file := l.file
	err := s.ev.Do(ctx, func(st *eval.State) {
		if found, ok := engine.LocateFile(st, l.file); ok {
			file = found
		}
	})
	if err != nil {
		return err
	}
	v, err := s.ev.EvalFile(ctx, file)
	if err != nil {
		return err
	}
	if v, err = s.ev.Select(ctx, v, "", s.args, true); err != nil {
		return err
	}
	return s.addAttrs(ctx, v, l)
}

// addAttrs defines the attributes of v, and says in l which.
func (s *sitting) addAttrs(ctx context.Context, v eval.Value, l *load) error {
	err := s.ev.Do(ctx, func(st *eval.State) { v = st.ForceAttrs(v, "").Value() })
	if err != nil {
		return err
	}
	l.set = v
	for _, child := range s.ev.Children(v, 0, v.Attrs().Len()) {
		s.define(child.Name, child.Value)
		l.names = append(l.names, child.Name)
	}
	return nil
}

// added remembers a load and says what it added, as Nix does.
func (s *sitting) added(l load) *Result {
	s.loaded = append(s.loaded, l)
	lines := []string{fmt.Sprintf("Added %d variables.", len(l.names))}
	var names []string
	for _, name := range l.names[:min(len(l.names), maxListed)] {
		names = append(names, text.SanitiseName(name))
	}
	if len(names) > 0 {
		lines = append(lines, strings.Join(names, ", "))
	}
	if more := len(l.names) - len(names); more > 0 {
		lines = append(lines, fmt.Sprintf("... and %d more; view with :ll", more))
	}
	return textResult(lines...)
}

func (s *sitting) cmdLastLoaded(context.Context, string) (*Result, error) {
	if len(s.loaded) == 0 {
		return nil, errors.New("nothing was loaded yet")
	}
	var lines []string
	for _, name := range s.loaded[len(s.loaded)-1].names {
		lines = append(lines, text.SanitiseName(name))
	}
	return textResult(lines...), nil
}

func (s *sitting) cmdReload(ctx context.Context, _ string) (*Result, error) {
	loaded := s.loaded
	s.ev.ForgetFiles()
	s.watch.reset()
	s.scope, s.names, s.loaded = eval.NewScope(), nil, nil
	var failed error
	lines := []string{}
	for _, l := range loaded {
		if err := s.loadAgain(ctx, l); err != nil {
			failed = err
			continue
		}
		again := s.loaded[len(s.loaded)-1]
		lines = append(lines, fmt.Sprintf("Added %d variables from %s.", len(again.names), text.SanitiseName(again.source())))
	}
	for _, b := range s.results {
		s.define(b.name, b.value)
	}
	s.rebind(ctx)
	if n := len(s.results); n > 0 {
		s.define("_", s.results[n-1].value)
	}
	if failed != nil {
		return nil, failed
	}
	return textResult(lines...), nil
}

// rebind binds all names again, to expressions that see what was loaded now. What
// was said of the result before it keeps its value, and so does all if ctx ends.
func (s *sitting) rebind(ctx context.Context) {
	inputs := s.inputs
	old := make(map[string]eval.Value, len(s.bound))
	for _, b := range s.bound {
		old[b.name] = b.value
	}
	s.bound, s.inputs, s.trail.scope = nil, nil, nil
	for _, in := range inputs {
		if !usesLast(in.source) {
			if _, err := s.carryOut(ctx, in.source); err == nil {
				continue
			}
		}
		for _, name := range in.names {
			s.bindName(name, old[name])
		}
		s.inputs = append(s.inputs, in)
	}
}

// usesLast tells whether an input is about the result before it, or may be.
func usesLast(input string) bool {
	scan := syntax.NewScanner(input)
	for {
		tok := scan.Next()
		switch {
		case tok.Kind == syntax.EndOfFile || tok.Kind == syntax.BadToken:
			return false
		case tok.Kind == syntax.Ident && input[tok.Start:tok.End] == "_":
			return true
		}
	}
}

func (l load) source() string {
	if l.file != "" {
		return l.file
	}
	return l.expr
}

// loadAgain loads what was loaded before; it stays on the list if that fails.
func (s *sitting) loadAgain(ctx context.Context, l load) error {
	again := load{file: l.file, expr: l.expr}
	var err error
	if l.file != "" {
		err = s.load(ctx, &again)
	} else {
		err = s.reAdd(ctx, &again)
	}
	if err != nil {
		again.names = l.names
	}
	s.loaded = append(s.loaded, again)
	return err
}

// reAdd evaluates the expression of an earlier :a again.
func (s *sitting) reAdd(ctx context.Context, l *load) error {
	v, err := s.evalText(ctx, l.expr)
	if err != nil {
		return err
	}
	return s.addAttrs(ctx, v, l)
}

func (s *sitting) listScope(ctx context.Context) (*Scope, error) {
	end, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	scope := &Scope{Names: len(s.ev.GlobalNames())}
	for _, l := range s.loaded {
		scope.Names += len(l.names)
		scope.Loaded = append(scope.Loaded, ScopeEntry{
			Name: text.SanitiseName(l.source()), Count: len(l.names), Text: text.Plural(len(l.names), "name"),
		})
	}
	for _, b := range s.bound {
		scope.Bound = append(scope.Bound, s.entry(b))
	}
	for _, b := range s.results[max(0, len(s.results)-5):] {
		scope.Last = append(scope.Last, s.entry(b))
	}
	scope.Names += len(scope.Bound)
	scope.Files = s.watch.files()
	own := s.own()
	for i := range scope.Files {
		scope.Files[i].Own = own.Includes(scope.Files[i].Name)
	}
	s.listStep(scope)
	for _, w := range s.watched {
		scope.Watched = append(scope.Watched, ScopeEntry{Name: text.PlainLine(w.expr), Text: w.seen.summary()})
	}
	return scope, nil
}

// listStep adds the selected step, if there is one.
func (s *sitting) listStep(scope *Scope) {
	if s.trail.scope == nil {
		return
	}
	at := s.trail.at
	st := &s.trail.steps[at]
	scope.Frame = fmt.Sprintf("%d: %s", at, text.PlainLine(firstLine(st.Text)))
	for _, level := range st.Levels() {
		if level.Kind == eval.LevelWith {
			continue // too many, and not of the step alone
		}
		for _, v := range level.Names[:min(len(level.Names), maxListed)] {
			scope.Variables = append(scope.Variables, s.entry(binding{v.Name, v.Value}))
		}
	}
}

func (s *sitting) entry(b binding) ScopeEntry {
	return ScopeEntry{Name: text.SanitiseName(b.name), Text: s.line(s.ev.Snapshot(b.value))}
}

func (s *sitting) cmdScope(context.Context, string) (*Result, error) {
	var lines []string
	for _, l := range s.loaded {
		lines = append(lines, fmt.Sprintf("loaded  %s  %s", text.SanitiseName(l.source()), text.Plural(len(l.names), "name")))
	}
	for _, b := range slices.Concat(s.bound, s.results) {
		e := s.entry(b)
		lines = append(lines, fmt.Sprintf("bound   %s  %s", e.Name, e.Text))
	}
	for _, f := range s.watch.files() {
		if f.Changed {
			lines = append(lines, "changed "+text.SanitiseName(f.Name))
		}
	}
	return textResult(lines...), nil
}

func (s *sitting) cmdPrint(ctx context.Context, arg string) (*Result, error) {
	opts := eval.PrintOptions{Force: true, Indent: 2}
	if first, rest, ok := strings.Cut(arg, " "); ok {
		if depth, err := strconv.Atoi(first); err == nil && depth > 0 {
			opts.MaxDepth, arg = depth, rest
		}
	}
	v, err := s.evalText(ctx, arg)
	if err != nil {
		return nil, err
	}
	out, err := s.print(ctx, v, opts)
	if err != nil {
		return nil, &partlyPrintedError{err, cleanText(out)}
	}
	return textResult(strings.Split(cleanText(out), "\n")...), nil
}

func (s *sitting) cmdType(ctx context.Context, arg string) (*Result, error) {
	v, err := s.evalText(ctx, arg)
	if err != nil {
		return nil, err
	}
	if v, err = s.ev.Force(ctx, v); err != nil {
		return nil, err
	}
	return textResult(eval.ShowType(v)), nil
}

// cmdSave writes the inputs of this session to a new file.
func (s *sitting) cmdSave(_ context.Context, arg string) (*Result, error) {
	if arg == "" {
		return nil, errors.New(":save needs a file")
	}
	name := s.abs(arg)
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return nil, err
	}
	inputs := s.history.session()
	_, err = f.WriteString(strings.Join(inputs, "\n") + "\n")
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	return textResult(fmt.Sprintf("wrote %s to %s", text.Plural(len(inputs), "input"), text.SanitiseName(name))), nil
}
