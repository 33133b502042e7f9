package shell

import (
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// This file quotes in another way what is quoted by a backslash, or would have to be
// when it is printed.

// escapeHash escapes what could be read as a comment when a word is printed into a
// subshell: there the library takes the # of $x#y for the beginning of one.
func escapeHash(word *syntax.Word) {
	if word == nil {
		return
	}
	for i := 1; i < len(word.Parts); i++ {
		if lit, ok := word.Parts[i].(*syntax.Lit); ok && strings.HasPrefix(lit.Value, "#") {
			word.Parts[i] = &syntax.SglQuoted{Value: "#"}
			if rest := lit.Value[1:]; rest != "" {
				word.Parts = slices.Insert(word.Parts, i+1, syntax.WordPart(&syntax.Lit{Value: rest}))
			}
		}
	}
}

// unescape puts what follows backslashes in a word into quotes: where a word is not split
// into fields, the interpreter would leave them. The word is in no quotes itself, or nil.
func (w *rewriter) unescape(word *syntax.Word) {
	if word == nil {
		return
	}
	var parts []syntax.WordPart
	for i, part := range word.Parts {
		lit, ok := part.(*syntax.Lit)
		if !ok || !strings.Contains(lit.Value, `\`) {
			if parts != nil {
				parts = append(parts, part)
			}
			continue
		}
		if parts == nil {
			parts = append(make([]syntax.WordPart, 0, len(word.Parts)+2), word.Parts[:i]...)
		}
		parts = appendUnescaped(parts, lit.Value)
	}
	if parts != nil {
		word.Parts, w.changed = parts, true
	}
}

// appendUnescaped appends what a text with backslashes stands for.
func appendUnescaped(parts []syntax.WordPart, text string) []syntax.WordPart {
	for text != "" {
		plain, rest, found := strings.Cut(text, `\`)
		if plain != "" {
			parts = append(parts, &syntax.Lit{Value: plain})
		}
		switch {
		case !found:
			return parts
		case rest == "":
			return append(parts, &syntax.SglQuoted{Value: `\`})
		case rest[0] == '\'':
			parts = append(parts, &syntax.DblQuoted{Parts: []syntax.WordPart{&syntax.Lit{Value: "'"}}})
		default:
			parts = append(parts, &syntax.SglQuoted{Value: rest[:1]})
		}
		text = rest[1:]
	}
	return parts
}

// quotes are what a word is in.
type quotes uint8

const (
	none quotes = iota
	double
	document // a here-document
)

// note notes what a word is in.
func (w *rewriter) note(word *syntax.Word, in quotes) {
	if w.quotes == nil {
		w.quotes = make(map[*syntax.Word]quotes)
	}
	w.quotes[word] = in
}

// alternative unescapes the word that stands for a parameter, as the 'a\ b' of ${x:-a\ b}.
// In quotes it is put into others, where the interpreter knows what can be escaped there.
func (w *rewriter) alternative(x *syntax.ParamExp, in quotes) {
	if x.Exp == nil || x.Exp.Word == nil {
		return
	}
	switch x.Exp.Op {
	case syntax.DefaultUnset, syntax.DefaultUnsetOrNull, syntax.AssignUnset, syntax.AssignUnsetOrNull,
		syntax.ErrorUnset, syntax.ErrorUnsetOrNull, syntax.AlternateUnset, syntax.AlternateUnsetOrNull:
	default:
		return // what patterns are made of is unescaped
	}
	if in == none {
		w.unescape(x.Exp.Word)
		return
	}
	w.note(x.Exp.Word, in)
	for i, part := range x.Exp.Word.Parts {
		if single, ok := part.(*syntax.SglQuoted); ok && !single.Dollar && !strings.ContainsAny(single.Value, "\"$`") {
			lit := &syntax.Lit{Value: "'" + single.Value + "'"} // which quotes nothing there
			x.Exp.Word.Parts[i], w.changed = &syntax.DblQuoted{Parts: []syntax.WordPart{lit}}, true
		}
		if lit, ok := part.(*syntax.Lit); ok && in == double && strings.Contains(lit.Value, `\`) {
			lit.Value = strings.ReplaceAll(lit.Value, `\}`, "}")
			x.Exp.Word.Parts[i], w.changed = &syntax.DblQuoted{Parts: []syntax.WordPart{lit}}, true
		}
	}
}
