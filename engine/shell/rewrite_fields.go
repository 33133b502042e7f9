package shell

import (
	"slices"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// This file keeps together what is quoted inside ${x-word} and ${x+word}, where the
// interpreter splits it into fields like all else. The fields are put into an array, by
// which of the words is meant, and the command takes them from there:
//
//	cmd ${1+"$@"}
//
//	if test -n "${1+set}"; then __nixbench_fields1=("$@"); else __nixbench_fields1=(); fi
//	cmd "${__nixbench_fields1[@]}"

// fields takes such words out of words, and if they are a list that is walked through, also
// those that split.go is about. It returns what is to be run before the command that has them.
func (w *rewriter) fields(words []*syntax.Word, isList bool) []*syntax.Stmt {
	var before []*syntax.Stmt
	for i, word := range words {
		at := quotedAlternative(word)
		if at < 0 && !(isList && w.ifs && isValue(word)) {
			continue
		}
		name := prefix + "fields" + strconv.FormatInt(w.loops.Add(1), 10)
		if at >= 0 {
			before = append(before, chooseFields(name, word, at))
		} else {
			before = append(before, splitInto(name, word))
		}
		words[i] = &syntax.Word{Parts: []syntax.WordPart{&syntax.DblQuoted{Parts: []syntax.WordPart{
			&syntax.ParamExp{Param: &syntax.Lit{Value: name}, Index: literal("@")},
		}}}}
		w.changed = true
	}
	return before
}

// after returns a command that runs others first.
func after(before []*syntax.Stmt, cmd syntax.Command, pos syntax.Pos) syntax.Command {
	if len(before) == 0 {
		return cmd
	}
	return &syntax.Block{Stmts: append(before, &syntax.Stmt{Cmd: cmd, Position: pos})}
}

// quotedAlternative returns which part of a word is a parameter with a word for it that
// has quotes, or -1.
func quotedAlternative(word *syntax.Word) int {
	for i, part := range word.Parts {
		x, ok := part.(*syntax.ParamExp)
		if !ok || x.Param == nil || x.Exp == nil || x.Exp.Word == nil || x.Length || x.Excl {
			continue
		}
		switch x.Exp.Op {
		case syntax.AlternateUnset, syntax.AlternateUnsetOrNull, syntax.DefaultUnset, syntax.DefaultUnsetOrNull:
			if hasQuotes(x.Exp.Word) && !asksStatus(word) {
				return i
			}
		}
	}
	return -1
}

// hasQuotes reports whether something in a word is quoted, outside of substitutions.
func hasQuotes(word *syntax.Word) bool {
	found := false
	syntax.Walk(word, func(n syntax.Node) bool {
		switch n.(type) {
		case *syntax.SglQuoted, *syntax.DblQuoted:
			found = true
		case *syntax.CmdSubst, *syntax.ProcSubst, *syntax.ArithmExp:
			return false
		}
		return !found
	})
	return found
}

// asksStatus reports whether a word has the status of the command before, which another
// command in between would change.
func asksStatus(word *syntax.Word) bool {
	found := false
	syntax.Walk(word, func(n syntax.Node) bool {
		x, ok := n.(*syntax.ParamExp)
		found = found || ok && x.Param != nil && x.Param.Value == "?"
		return !found
	})
	return found
}

// chooseFields returns the command that puts the fields of a word into an array, where its
// part at stands for a parameter or for another word.
func chooseFields(name string, word *syntax.Word, at int) *syntax.Stmt {
	x := word.Parts[at].(*syntax.ParamExp)
	with := func(parts ...syntax.WordPart) []*syntax.Stmt {
		array := &syntax.ArrayExpr{}
		all := append(slices.Clone(word.Parts[:at]), parts...)
		for _, field := range splitBlanks(append(all, word.Parts[at+1:]...)) {
			array.Elems = append(array.Elems, &syntax.ArrayElem{Value: &syntax.Word{Parts: field}})
		}
		assign := &syntax.Assign{Name: &syntax.Lit{Value: name}, Array: array}
		return []*syntax.Stmt{{Cmd: &syntax.CallExpr{Assigns: []*syntax.Assign{assign}}}}
	}
	test, plain := *x, *x
	test.Exp = &syntax.Expansion{Op: syntax.AlternateUnset, Word: literal("set")}
	plain.Exp = nil
	choice := &syntax.IfClause{}
	switch x.Exp.Op {
	case syntax.AlternateUnsetOrNull:
		test.Exp.Op = syntax.AlternateUnsetOrNull
		fallthrough
	case syntax.AlternateUnset:
		choice.Then, choice.Else = with(x.Exp.Word.Parts...), &syntax.IfClause{Then: with()}
	case syntax.DefaultUnsetOrNull:
		test.Exp.Op = syntax.AlternateUnsetOrNull
		fallthrough
	default:
		choice.Then, choice.Else = with(&plain), &syntax.IfClause{Then: with(x.Exp.Word.Parts...)}
	}
	isSet := []*syntax.Word{literal("test"), literal("-n"), {Parts: []syntax.WordPart{&syntax.DblQuoted{Parts: []syntax.WordPart{&test}}}}}
	if x.Param.Value == "@" || x.Param.Value == "*" { // which the interpreter takes for many
		isSet = []*syntax.Word{literal("test"), parameter("#"), literal("-ne"), literal("0")}
	}
	choice.Cond = []*syntax.Stmt{{Cmd: &syntax.CallExpr{Args: isSet}}}
	return &syntax.Stmt{Cmd: choice}
}

// splitBlanks splits parts into words where there are blanks in what is not quoted.
func splitBlanks(parts []syntax.WordPart) [][]syntax.WordPart {
	var words [][]syntax.WordPart
	var word []syntax.WordPart
	end := func() {
		if len(word) > 0 {
			words, word = append(words, word), nil
		}
	}
	for _, part := range parts {
		lit, ok := part.(*syntax.Lit)
		if !ok {
			word = append(word, part)
			continue
		}
		text := lit.Value
		for at := 0; at < len(text); at++ {
			switch {
			case text[at] == '\\':
				at++ // what follows is quoted
			case strings.IndexByte(" \t\n", text[at]) >= 0:
				if at > 0 {
					word = append(word, &syntax.Lit{Value: text[:at]})
				}
				end()
				text, at = text[at+1:], -1
			}
		}
		if text != "" {
			word = append(word, &syntax.Lit{Value: text})
		}
	}
	end()
	return words
}
