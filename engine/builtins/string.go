package builtins

import (
	"errors"
	"strings"

	"nixbench/engine/builtins/ere"
	"nixbench/engine/eval"
)

// texts are the builtins on strings.
func (t *table) texts() []eval.Builtin {
	return []eval.Builtin{
		global(def1("toString", eval.Coerced, "e", toString)),
		says(substringStart, def3("substring", eval.Told, "start len s", substring)),
		def1("stringLength", eval.Coerced, "e", stringLength),
		says(separatorString, def2("concatStringsSep", eval.Told, "separator list", concatStringsSep)),
		def3("replaceStrings", 1, "from to s", replaceStrings),
		def2("match", eval.Told, "regex str", t.match),
		def2("split", eval.Told, "regex str", t.split),
	}
}

const separatorString = "while evaluating the first argument (the separator string) passed to builtins.concatStringsSep"

const substringStart = "while evaluating the first argument (the start offset) passed to builtins.substring"

func toString(s *eval.State, v eval.Value) eval.Value {
	if v = s.Force(v); v.Kind() == eval.KindString {
		return v
	}
	return eval.MakeContextString(s.CoerceToString(v,
		"while evaluating the first argument passed to builtins.toString", eval.CoerceOpts{More: true}))
}

// substring counts bytes. A negative length takes all that follows.
func substring(s *eval.State, start, length, str eval.Value) eval.Value {
	from := s.ForceInt(start, substringStart)
	if from < 0 {
		s.Fail(eval.ErrorOther, "negative start position in 'substring'")
	}
	n := s.ForceInt(length, "while evaluating the second argument (the substring length) passed to builtins.substring")
	text, ctx := s.CoerceToString(str, "while evaluating the third argument (the string) passed to builtins.substring", copyPaths)
	size := int64(len(text))
	from = min(from, size)
	if n < 0 || n > size-from {
		n = size - from
	}
	return eval.MakeContextString(text[from:from+n], ctx)
}

func stringLength(s *eval.State, v eval.Value) eval.Value {
	text, _ := s.CoerceToString(v, "while evaluating the argument passed to builtins.stringLength", copyPaths)
	return eval.MakeInt(int64(len(text)))
}

func concatStringsSep(s *eval.State, separator, list eval.Value) eval.Value {
	sep, ctx := s.ForceString(separator, separatorString)
	elems := s.ForceElems(list, "while evaluating the second argument (the list of strings to concat) passed to builtins.concatStringsSep")
	var b strings.Builder
	ahead := s.CoerceAhead(elems, copyPaths)
	defer ahead.Stop()
	for i, e := range elems {
		if i%pollEvery == 0 {
			s.Poll()
		}
		ahead.Take(i)
		if i > 0 {
			s.AppendText(&b, sep)
		}
		text, c := s.CoerceToString(e,
			"while evaluating one element of the list of strings to concat passed to builtins.concatStringsSep", copyPaths)
		s.AppendText(&b, text)
		ctx = ctx.Union(c)
	}
	return eval.MakeContextString(b.String(), ctx)
}

// pollEvery is how many short steps of a loop pass between two looks at whether
// the evaluation was cancelled.
const pollEvery = 1 << 10

// A replacer carries out builtins.replaceStrings. Replacements are evaluated
// when they are first needed, and only then lend their context.
type replacer struct {
	s    *eval.State
	from []string
	to   []eval.Value
	text []string // of to, where done
	done []bool
	ctx  eval.StringContext
}

func replaceStrings(s *eval.State, from, to, str eval.Value) eval.Value {
	froms := s.ForceElems(from, "while evaluating the first argument passed to builtins.replaceStrings")
	r := replacer{s: s, to: s.ForceElems(to, "while evaluating the second argument passed to builtins.replaceStrings")}
	if len(froms) != len(r.to) {
		s.Fail(eval.ErrorOther, "'from' and 'to' arguments passed to builtins.replaceStrings have different lengths")
	}
	for _, e := range froms {
		text, _ := s.ForceString(e, "while evaluating one of the strings to replace passed to builtins.replaceStrings")
		r.from = append(r.from, text)
	}
	r.text, r.done = make([]string, len(froms)), make([]bool, len(froms))
	var text string
	text, r.ctx = s.ForceString(str, "while evaluating the third argument passed to builtins.replaceStrings")
	return eval.MakeContextString(r.replace(text), r.ctx)
}

// replace scans from left to right and takes the first string of from that is
// next. An empty one matches everywhere, also at the end.
func (r *replacer) replace(text string) string {
	var first [256]bool // bytes that a string of from begins with
	empty := false
	for _, f := range r.from {
		if f == "" {
			empty = true
		} else {
			first[f[0]] = true
		}
	}
	var b strings.Builder
	steps := 0
	for p := 0; p <= len(text); {
		if steps++; steps%pollEvery == 0 {
			r.s.Poll()
		}
		if !empty {
			n := plainBytes(text[p:], &first)
			r.s.AppendText(&b, text[p:p+n])
			p += n
		}
		i := r.find(text[p:])
		if i >= 0 {
			r.s.AppendText(&b, r.replacement(i))
			p += len(r.from[i])
		}
		if i < 0 || r.from[i] == "" {
			if p < len(text) {
				b.WriteByte(text[p])
			}
			p++
		}
	}
	return b.String()
}

// plainPiece is how many bytes are gone through without looking whether the evaluation
// was cancelled.
const plainPiece = 1 << 12

// plainBytes returns how many bytes text begins with that are not in set, at most a piece.
func plainBytes(text string, set *[256]bool) int {
	text = text[:min(len(text), plainPiece)]
	for i := range len(text) {
		if set[text[i]] {
			return i
		}
	}
	return len(text)
}

// find returns the index of the first string of from that rest begins with, or -1.
func (r *replacer) find(rest string) int {
	for i, f := range r.from {
		if strings.HasPrefix(rest, f) {
			return i
		}
	}
	return -1
}

func (r *replacer) replacement(i int) string {
	if !r.done[i] {
		text, ctx := r.s.ForceString(r.to[i], "while evaluating one of the replacement strings passed to builtins.replaceStrings")
		r.text[i], r.done[i] = text, true
		r.ctx = r.ctx.Union(ctx)
	}
	return r.text[i]
}

// regex returns a compiled pattern. Patterns are compiled once for all
// evaluations that share the table.
func (t *table) regex(s *eval.State, pattern string) *ere.Regexp {
	if re, ok := t.regexes.Load(pattern); ok {
		return re.(*ere.Regexp)
	}
	re, err := ere.Compile(pattern)
	if err != nil {
		failRegex(s, pattern, err)
	}
	t.regexes.Store(pattern, re)
	return re
}

// failRegex raises the error of compiling or matching a pattern.
func failRegex(s *eval.State, pattern string, err error) {
	switch {
	case errors.Is(err, ere.ErrTooLarge):
		s.Fail(eval.ErrorOther, "memory limit exceeded by regular expression '%s'", pattern)
	case errors.Is(err, ere.ErrTooComplex):
		s.Fail(eval.ErrorLimit, "matching takes too many steps with regular expression '%s'", pattern)
	}
	s.Fail(eval.ErrorOther, "invalid regular expression '%s'", pattern)
}

func (t *table) match(s *eval.State, regex, str eval.Value) eval.Value {
	pattern := s.ForceStringNoCtx(regex, "while evaluating the first argument passed to builtins.match")
	re := t.regex(s, pattern)
	text, _ := s.ForceString(str, "while evaluating the second argument passed to builtins.match")
	m, err := re.Match(text, s.Poll)
	if err != nil {
		failRegex(s, pattern, err)
	}
	if m == nil {
		return eval.Null
	}
	return groupList(s, text, m)
}

// groupList returns the groups of a match.
func groupList(s *eval.State, text string, m []ere.Span) eval.Value {
	list, elems := s.NewList(len(m) - 1)
	for i, g := range m[1:] {
		if g.Start < 0 {
			elems[i] = eval.Null
		} else {
			elems[i] = eval.MakeString(text[g.Start:g.End])
		}
	}
	return list
}

func (t *table) split(s *eval.State, regex, str eval.Value) eval.Value {
	pattern := s.ForceStringNoCtx(regex, "while evaluating the first argument passed to builtins.split")
	re := t.regex(s, pattern)
	str = s.ForceCtx(str, "while evaluating the second argument passed to builtins.split")
	text, _ := s.ForceString(str, "while evaluating the second argument passed to builtins.split")
	matches, err := re.FindAll(text, s.Poll, s.MakeRoom)
	if err != nil {
		failRegex(s, pattern, err)
	}
	if len(matches) == 0 {
		return s.ListOf(str) // keeps its context
	}
	list, elems := s.NewList(2*len(matches) + 1)
	from := 0
	for i, m := range matches {
		elems[2*i] = eval.MakeString(text[from:m[0].Start])
		elems[2*i+1] = groupList(s, text, m)
		from = m[0].End
	}
	elems[2*len(matches)] = eval.MakeString(text[from:])
	return list
}
