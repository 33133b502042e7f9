package repl

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"nixbench/engine/eval"
	"nixbench/engine/syntax"
	"nixbench/repl/text"
)

// maxCompletions is how many completions are listed.
const maxCompletions = 200

// keywords are completed like variables.
var keywords = []string{"assert", "else", "if", "import", "in", "inherit", "let", "rec", "then", "with"}

func (s *sitting) complete(ctx context.Context, input string, cursor int) (*Completions, error) {
	cursor = min(max(cursor, 0), len(input))
	if strings.HasPrefix(input, ":") {
		return s.completeCommand(ctx, input, cursor)
	}
	return s.completeExpr(ctx, input, cursor)
}

func (s *sitting) completeCommand(ctx context.Context, input string, cursor int) (*Completions, error) {
	blank := strings.IndexByte(input, ' ')
	if blank < 0 || cursor <= blank {
		c := &Completions{}
		for _, cmd := range table() {
			for _, name := range cmd.Names {
				c.offer(input[:cursor], name, cmd.Help)
			}
		}
		return c, nil
	}
	cmd, _, err := findCommand(input)
	if err != nil {
		return &Completions{Start: cursor, Err: text.PlainLine(err.Error())}, nil
	}
	start := blank + 1
	switch cmd.argument {
	case argFile:
		return s.completeFile(input[start:cursor], start), nil
	case argExpr:
		c, err := s.completeExpr(ctx, input[start:], cursor-start)
		if c != nil {
			c.Start += start
		}
		return c, err
	}
	return &Completions{Start: cursor}, nil
}

func (s *sitting) completeExpr(ctx context.Context, input string, cursor int) (*Completions, error) {
	at := syntax.CompletionAt(input, cursor)
	switch at.Kind {
	case syntax.CompleteVariable:
		return s.completeVariable(ctx, at, around(input[:at.Start]))
	case syntax.CompleteAttr:
		a := around(beforeBase(input, at))
		at.Base = a.prefix() + at.Base
		return s.completeAttr(ctx, at)
	case syntax.CompletePath:
		return s.completeFile(at.Prefix, at.Start), nil
	}
	return &Completions{Start: cursor}, nil
}

// beforeBase is the text before the expression that an attribute is selected
// from.
func beforeBase(input string, at syntax.Completion) string {
	before := input[:at.Start]
	if i := strings.LastIndex(before, at.Base); at.Base != "" && i >= 0 {
		return before[:i]
	}
	return before
}

// offer adds a completion if it begins with what is there already.
func (c *Completions) offer(prefix, name, detail string) {
	if !strings.HasPrefix(name, prefix) {
		return
	}
	if len(c.Items) >= maxCompletions {
		c.More = true
		return
	}
	c.Items = append(c.Items, CompletionItem{Text: name, Detail: detail})
}

func (s *sitting) completeVariable(ctx context.Context, at syntax.Completion, a surroundings) (*Completions, error) {
	end, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	names := slices.Concat(a.names, s.withNames(ctx, a.withs), s.stepNames(), s.names, s.ev.GlobalNames(), keywords)
	slices.Sort(names)
	c := &Completions{Start: at.Start}
	for _, name := range slices.Compact(names) {
		// Names that begin with two underscores are not for people to type.
		if strings.HasPrefix(name, "__") && !strings.HasPrefix(at.Prefix, "__") {
			continue
		}
		detail := ""
		if !slices.Contains(a.names, name) {
			detail = s.detail(name)
		}
		c.offer(at.Prefix, name, detail)
	}
	return c, nil
}

// withNames are the attributes of sets that a with brings into scope; one that
// cannot be evaluated brings none.
func (s *sitting) withNames(ctx context.Context, exprs []string) []string {
	var names []string
	for _, expr := range exprs {
		v, err := s.evalText(ctx, expr)
		if err == nil {
			v, err = s.ev.Force(ctx, v)
		}
		if err != nil || v.Kind() != eval.KindAttrs {
			continue
		}
		for _, child := range s.ev.Children(v, 0, v.Attrs().Len()) {
			names = append(names, child.Name)
		}
	}
	return names
}

// detail says what a variable is, without evaluating it.
func (s *sitting) detail(name string) string {
	v, ok := s.visible().Lookup(name)
	if !ok {
		if v, ok = s.ev.Global(name); !ok {
			return ""
		}
	}
	return s.shortDetail(v)
}

// shortDetail says what a value is in a few words.
func (s *sitting) shortDetail(v eval.Value) string {
	snap := s.ev.Snapshot(v)
	if snap.Kind == eval.KindBuiltin {
		if b := v.Builtin(); b != nil {
			return strings.Join(b.Args, " ")
		}
	}
	if snap.Kind == eval.KindThunk {
		return ""
	}
	return text.Cut(s.line(snap), 48)
}

func (s *sitting) completeAttr(ctx context.Context, at syntax.Completion) (*Completions, error) {
	end, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	c := &Completions{Start: at.Start}
	v, err := s.evalText(ctx, at.Base)
	if err == nil {
		v, err = s.ev.Force(ctx, v)
	}
	switch {
	case err != nil && ctx.Err() != nil:
		return nil, err
	case err != nil:
		c.Err = s.shortError(err)
		return c, nil
	case v.Kind() != eval.KindAttrs:
		c.Err = "this is " + eval.ShowType(v) + ", which has no attributes"
		return c, nil
	}
	for _, child := range s.ev.Children(v, 0, v.Attrs().Len()) {
		name := eval.QuoteName(child.Name)
		if strings.HasPrefix(name, at.Prefix) {
			c.offer(at.Prefix, name, s.shortDetail(child.Value))
		}
	}
	return c, nil
}

// shortError is an error in one line.
func (s *sitting) shortError(err error) string {
	var evalErr *eval.Error
	msg := err.Error()
	if errors.As(err, &evalErr) {
		msg = evalErr.Msg
	}
	first, _, _ := strings.Cut(msg, "\n")
	return text.PlainLine(first)
}

// completeFile completes the last part of a file name.
func (s *sitting) completeFile(prefix string, start int) *Completions {
	dir, base := filepath.Split(prefix)
	entries, err := os.ReadDir(s.abs(expandHome(dir, s.eng.Getenv("HOME"))))
	c := &Completions{Start: start + len(dir)}
	if err != nil {
		c.Err = text.PlainLine(err.Error())
		return c
	}
	for _, entry := range entries {
		name := entry.Name()
		if strings.HasPrefix(name, ".") && !strings.HasPrefix(base, ".") {
			continue
		}
		if entry.IsDir() {
			name += "/"
		}
		c.offer(base, name, "")
	}
	return c
}
