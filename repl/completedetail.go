package repl

import (
	"context"
	"errors"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"nixbench/engine/eval"
	"nixbench/repl/text"
)

// This file says in a few words what the names are that completion offers.

// maxDetail is how many cells are said of a completion.
const maxDetail = 48

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
	switch snap.Kind {
	case eval.KindThunk:
		return ""
	case eval.KindLambda:
		if l := s.ev.LambdaText(v); l != nil {
			return text.Cut(signature(l), maxDetail)
		}
	case eval.KindAttrs:
		if name := s.known(v, "name"); name != "" && s.known(v, "type") == "derivation" {
			return text.Cut(text.SanitiseName(strings.TrimSpace(name+"  "+s.known(v, "meta", "description"))), maxDetail)
		}
	}
	return text.Cut(s.line(snap), maxDetail)
}

// When few completions are left, what they are is evaluated, as far as there is
// time.
const (
	fewCompletions = 20
	lookTime       = 40 * time.Millisecond
)

func (s *sitting) look(ctx context.Context, children []eval.Child) {
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	for i := range children {
		v, err := s.ev.Force(ctx, children[i].Value)
		if err != nil {
			continue
		}
		children[i].Value = v
		if v.Kind() == eval.KindAttrs && s.isDerivation(ctx, v) {
			for _, path := range []string{"name", "meta.description"} {
				if at, err := s.ev.Select(ctx, v, path, s.args, false); err == nil {
					_, _ = s.ev.Force(ctx, at)
				}
			}
		}
	}
}

// longPrefix is how long what is around a variable may be for it to be evaluated for each
// completion.
const longPrefix = 32 << 10

// lookAround says what variables are where they stand in an input, as far as there is time.
func (s *sitting) lookAround(ctx context.Context, a surroundings, items []CompletionItem) {
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	prefix := a.prefix()
	for i := range items {
		it := &items[i]
		switch {
		case ctx.Err() != nil || len(prefix) > longPrefix:
			return
		case slices.Contains(a.args, it.Text) || slices.Contains(keywords, it.Text):
			continue
		}
		v, err := s.evalText(ctx, prefix+it.Text)
		if err != nil {
			continue
		}
		value := []eval.Child{{Value: v}}
		s.look(ctx, value)
		it.Detail = s.shortDetail(value[0].Value)
	}
}

// known is the string at a path of attributes, as far as it is evaluated; else "".
func (s *sitting) known(v eval.Value, path ...string) string {
	for _, name := range path {
		snap := s.ev.Snapshot(v)
		if snap.Kind != eval.KindAttrs {
			return ""
		}
		n := snap.Children
		i := sort.Search(n, func(i int) bool { return s.attrName(v, i) >= name })
		if i == n || s.attrName(v, i) != name {
			return ""
		}
		v = s.ev.Children(v, i, 1)[0].Value
	}
	if snap := s.ev.Snapshot(v); snap.Kind == eval.KindString {
		if u, err := strconv.Unquote(snap.Text); err == nil {
			return u
		}
	}
	return ""
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
