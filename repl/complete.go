package repl

import (
	"context"
	"slices"
	"sort"
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

func (s *sitting) completeExpr(ctx context.Context, input string, cursor int) (*Completions, error) {
	at := syntax.CompletionAt(input, cursor)
	switch at.Kind {
	case syntax.CompleteVariable:
		a := around(input[:at.Start])
		switch {
		case a.inherited != "":
			return s.completeInherited(ctx, a.inherited, at)
		case a.called != "":
			if c, err := s.completeArgument(ctx, a.called, at); c != nil && len(c.Items) > 0 || err != nil {
				return c, err
			}
		}
		return s.completeVariable(ctx, at, a)
	case syntax.CompleteAttr:
		a := around(beforeBase(input, at))
		at.Base = a.prefix() + at.Base
		c, err := s.completeAttr(ctx, at)
		if err == nil {
			c.explainArgument(a.args)
		}
		return c, err
	case syntax.CompletePath:
		return s.completeFile(at.Prefix, at.Start), nil
	}
	return &Completions{Start: cursor}, nil
}

// explainArgument says of an argument of a function why its attributes are not known.
func (c *Completions) explainArgument(args []string) {
	for _, name := range args {
		if c.Err == "undefined variable '"+name+"'" {
			c.Err = "'" + name + "' is an argument, which has no value before a call"
		}
	}
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
	c.offerLazily(prefix, name, func() string { return detail })
}

// offerLazily is offer where it takes time to say what the completion is.
func (c *Completions) offerLazily(prefix, name string, detail func() string) {
	if !strings.HasPrefix(name, prefix) {
		return
	}
	c.Total++
	if len(c.Items) >= maxCompletions {
		c.More = true
		return
	}
	c.Items = append(c.Items, CompletionItem{Text: name, Detail: detail()})
}

// offerAll offers names that begin with what is there, or else those that have it
// anywhere, in any case.
func (c *Completions) offerAll(prefix string, names []string, detail func(i int) string) {
	for i, name := range names {
		c.offerLazily(prefix, name, func() string { return detail(i) })
	}
	if c.Total > 0 || len(prefix) < 2 {
		return
	}
	part := strings.ToLower(prefix)
	for i, name := range names {
		if strings.Contains(strings.ToLower(name), part) {
			c.offerLazily("", name, func() string { return detail(i) })
		}
	}
}

func (s *sitting) completeVariable(ctx context.Context, at syntax.Completion, a surroundings) (*Completions, error) {
	end, err := s.beginBeside(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	all := [][]string{a.names, s.withNames(ctx, a.withs), s.stepNames(), s.names, s.ev.GlobalNames(), keywords}
	var names []string
	for _, part := range all {
		for _, name := range part { // few are left to be sorted
			if strings.HasPrefix(name, at.Prefix) {
				names = append(names, name)
			}
		}
	}
	if len(names) == 0 {
		names = slices.Concat(all...)
	}
	slices.Sort(names)
	c := &Completions{Start: at.Start}
	names = slices.DeleteFunc(slices.Compact(names), func(name string) bool {
		// Names that begin with two underscores are not for people to type.
		return strings.HasPrefix(name, "__") && !strings.HasPrefix(at.Prefix, "__")
	})
	c.offerAll(at.Prefix, names, func(i int) string {
		if slices.Contains(a.names, names[i]) {
			return ""
		}
		return s.detail(names[i])
	})
	if len(c.Items) <= fewCompletions {
		s.lookAround(ctx, a, c.Items)
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

func (s *sitting) completeAttr(ctx context.Context, at syntax.Completion) (*Completions, error) {
	end, err := s.beginBeside(ctx)
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
	s.offerAttrs(ctx, c, at.Prefix, v)
	return c, nil
}

// offerAttrs offers the names of the attributes of a set, which may have very many:
// those that begin with prefix are looked for in their order.
func (s *sitting) offerAttrs(ctx context.Context, c *Completions, prefix string, v eval.Value) {
	n := v.Attrs().Len()
	raw, quoted := strings.CutPrefix(prefix, `"`)
	from := sort.Search(n, func(i int) bool { return s.attrName(v, i) >= raw })
	to := n
	if raw != "" {
		to = from + sort.Search(n-from, func(i int) bool { return !strings.HasPrefix(s.attrName(v, from+i), raw) })
	}
	if from == to {
		if !quoted {
			s.offerParts(c, prefix, v)
		}
		return
	}
	c.Total, c.More = to-from, to-from > maxCompletions
	children := s.ev.Children(v, from, min(to-from, maxCompletions))
	if len(children) <= fewCompletions {
		s.look(ctx, children)
	}
	for _, child := range children {
		name := eval.QuoteName(child.Name)
		if strings.HasPrefix(name, prefix) {
			c.Items = append(c.Items, CompletionItem{Text: name, Detail: s.shortDetail(child.Value)})
		} else {
			c.Total-- // a name that has to be written in quotes
		}
	}
}

// offerParts offers the names that have part somewhere.
func (s *sitting) offerParts(c *Completions, part string, v eval.Value) {
	if len(part) < 2 {
		return
	}
	part = strings.ToLower(part)
	for _, child := range s.ev.Children(v, 0, v.Attrs().Len()) {
		if strings.Contains(strings.ToLower(child.Name), part) {
			c.offerLazily("", eval.QuoteName(child.Name), func() string { return s.shortDetail(child.Value) })
		}
	}
}

func (s *sitting) attrName(v eval.Value, i int) string { return s.ev.Children(v, i, 1)[0].Name }

// completeInherited completes a name in inherit (base).
func (s *sitting) completeInherited(ctx context.Context, base string, at syntax.Completion) (*Completions, error) {
	at.Base = base
	return s.completeAttr(ctx, at)
}

// completeArgument completes a name in { } that a function is called with, by what
// the function takes; nil if it is none that says. A path stands for the function
// in its file.
func (s *sitting) completeArgument(ctx context.Context, function string, at syntax.Completion) (*Completions, error) {
	end, err := s.beginBeside(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	v, err := s.evalText(ctx, function)
	if err == nil {
		v, err = s.ev.Force(ctx, v)
	}
	if err == nil && v.Kind() == eval.KindPath {
		if v, err = s.evalText(ctx, "import ("+function+")"); err == nil {
			v, err = s.ev.Force(ctx, v)
		}
	}
	if err == nil && v.Kind() == eval.KindAttrs {
		if f, ok := v.Attrs().GetName("__functionArgs"); ok {
			if f, err = s.ev.Force(ctx, f); err == nil && f.Kind() == eval.KindAttrs {
				c := &Completions{Start: at.Start}
				s.offerAttrs(ctx, c, at.Prefix, f)
				return c, nil
			}
		}
	}
	if err != nil {
		return nil, ctx.Err() // what is called is not known
	}
	l := s.ev.LambdaText(v)
	if l == nil || !l.HasFormals {
		return nil, nil
	}
	c := &Completions{Start: at.Start}
	formals := s.functionNodes(v)
	slices.SortFunc(formals, func(a, b Node) int { return strings.Compare(a.Label, b.Label) })
	for _, n := range formals {
		if n.Kind == NodeFormal && n.Label != "..." {
			c.offer(at.Prefix, n.Label, text.Cut(n.Text, maxDetail))
		}
	}
	return c, nil
}
