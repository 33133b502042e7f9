package repl

// This file searches the options of a module system, such as those of NixOS, and
// says what they are set to.

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"nixbench/engine/eval"
	"nixbench/repl/text"
)

// How many options are told in full, and how deep they may be.
const (
	maxOptions    = 20
	maxOptionDeep = 24
)

// An option is one that was found.
type option struct {
	path  string
	value eval.Value // the set that describes it
}

// cmdOptions finds the options in whose paths, or else in whose paths and descriptions, all
// words are: as a text, as a list whose
// options unfold, and without words as paths to choose from.
func (s *sitting) cmdOptions(ctx context.Context, arg string) (*Result, error) {
	expr, rest, ok := splitArgs(arg + " ")
	if !ok {
		expr, rest = arg, ""
	}
	v, config, err := s.optionSet(ctx, expr)
	if err != nil {
		return nil, err
	}
	search := &optionSearch{s: s, words: strings.Fields(strings.ToLower(rest))}
	if err := search.walk(ctx, v, "", 0); err != nil {
		return nil, err
	}
	found := slices.Concat(search.found, search.about)
	var lines []string
	for _, o := range found[:min(len(found), maxOptions)] {
		lines = append(lines, s.optionLines(ctx, o)...)
	}
	switch more := len(found) - maxOptions; {
	case len(found) == 0:
		lines = append(lines, "no option has that in its path or description")
	case more > 0:
		lines = append(lines, fmt.Sprintf("... and %s; more words find fewer", text.Plural(more, "more option")))
	}
	if err := ctx.Err(); err != nil {
		return nil, context.Cause(ctx)
	}
	res := textResult(lines...)
	if len(found) > 0 {
		res.Node = s.optionList(ctx, found, config)
	}
	if len(search.words) == 0 && len(found) > 1 {
		res.Options = &OptionList{Of: expr}
		for _, o := range found {
			res.Options.Paths = append(res.Options.Paths, text.SanitiseName(o.path))
		}
	}
	return res, nil
}

// optionSet evaluates an expression to a set of options. Of a whole system, config is the
// expression of what the options are set to; else "".
func (s *sitting) optionSet(ctx context.Context, expr string) (v eval.Value, config string, err error) {
	if v, err = s.evalText(ctx, expr); err == nil {
		v, err = s.ev.Force(ctx, v)
	}
	if err != nil {
		return v, "", err
	}
	if set, ok := s.attr(ctx, v, "options"); ok { // a whole system
		if _, ok := s.attr(ctx, v, "config"); ok {
			v, config = set, selection(expr)+".config"
		}
	}
	if v.Kind() != eval.KindAttrs {
		return v, "", errors.New("this is " + eval.ShowType(v) + ", want a set of options, or a system with them")
	}
	return v, config, nil
}

// attr is an attribute of a set, evaluated; ok is false if there is none, or it
// cannot be.
func (s *sitting) attr(ctx context.Context, set eval.Value, name string) (v eval.Value, ok bool) {
	if set.Kind() != eval.KindAttrs {
		return v, false
	}
	if v, ok = set.Attrs().GetName(name); !ok {
		return v, false
	}
	v, err := s.ev.Force(ctx, v)
	return v, err == nil
}

// textAttr is an attribute that is a string, or a set with the text of one; else "".
func (s *sitting) textAttr(ctx context.Context, set eval.Value, name string) string {
	v, ok := s.attr(ctx, set, name)
	if ok && v.Kind() == eval.KindAttrs {
		v, ok = s.attr(ctx, v, "text")
	}
	if !ok || v.Kind() != eval.KindString {
		return ""
	}
	out, err := s.print(ctx, v, eval.PrintOptions{})
	if err != nil {
		return ""
	}
	return strings.Join(strings.Fields(text.PlainLine(strings.ReplaceAll(out, "\n", " "))), " ")
}

// optionSearch is the state of a search.
type optionSearch struct {
	s     *sitting
	words []string
	found []option // by their paths
	about []option // for what is said of them
	exact bool     // one has the only word as its path, and is all that is found
}

// walk looks for options in a set. Parts that cannot be evaluated have none.
func (o *optionSearch) walk(ctx context.Context, set eval.Value, path string, depth int) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if kind, ok := o.s.attr(ctx, set, "_type"); ok && o.s.ev.Snapshot(kind).Text == `"option"` {
		o.take(ctx, option{path, set})
		return nil
	}
	if depth == maxOptionDeep {
		return nil
	}
	for _, child := range o.s.ev.Children(set, 0, set.Attrs().Len()) {
		if strings.HasPrefix(child.Name, "_") {
			continue
		}
		v, err := o.s.ev.Force(ctx, child.Value)
		if err != nil || v.Kind() != eval.KindAttrs {
			continue
		}
		name := eval.QuoteName(child.Name)
		if path != "" {
			name = path + "." + name
		}
		if err := o.walk(ctx, v, name, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// take keeps an option if it is one that is looked for.
func (o *optionSearch) take(ctx context.Context, found option) {
	path := strings.ToLower(found.path)
	if len(o.words) == 1 && path == o.words[0] {
		o.found, o.about, o.exact = []option{found}, nil, true
		return
	}
	if o.exact {
		return
	}
	rest := slices.DeleteFunc(slices.Clone(o.words), func(word string) bool { return strings.Contains(path, word) })
	if len(rest) == 0 {
		o.found = append(o.found, found)
		return
	}
	about := strings.ToLower(o.s.textAttr(ctx, found.value, "description"))
	if !slices.ContainsFunc(rest, func(word string) bool { return !strings.Contains(about, word) }) {
		o.about = append(o.about, found)
	}
}

// optionLines say what an option is set to, and what it is for.
func (s *sitting) optionLines(ctx context.Context, o option) []string {
	value := "not set"
	if v, ok := o.value.Attrs().GetName("value"); ok {
		if snap, err := s.ev.Expand(ctx, v); err == nil {
			value = s.line(snap)
			if snap.Err != nil {
				value = text.PlainLine(firstLine(snap.Text))
			}
		}
	}
	lines := []string{text.SanitiseName(o.path) + " = " + value}
	kind := ""
	if t, ok := s.attr(ctx, o.value, "type"); ok {
		kind = s.textAttr(ctx, t, "description")
	}
	standard := s.defaultOf(ctx, &o)
	if kind != "" {
		if standard != "" {
			kind += ", by default " + standard
		}
		lines = append(lines, "    "+text.Cut(text.SanitiseName(kind), maxOptionLine))
	}
	if about := s.textAttr(ctx, o.value, "description"); about != "" {
		lines = append(lines, "    "+text.Cut(text.SanitiseName(about), maxOptionLine))
	}
	return lines
}

// maxOptionLine is how many cells are said of what an option is.
const maxOptionLine = 200
