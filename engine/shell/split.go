package shell

import (
	"context"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// This file splits values into fields where IFS has more than blanks, of which the
// interpreter drops those that are empty. It is done where scripts walk through lists: in
// the words of for, of set, and of arrays.
//
//	IFS=:; for dir in $PATH
//
//	__nixbench_split __nixbench_fields1 "$PATH"; for dir in "${__nixbench_fields1[@]}"

// setsIFS reports whether a script gives IFS a value that has more than blanks, as far as
// its text says.
func setsIFS(n syntax.Node) bool {
	found := false
	syntax.Walk(n, func(n syntax.Node) bool {
		as, ok := n.(*syntax.Assign)
		if ok && as.Name != nil && as.Name.Value == "IFS" && as.Value != nil {
			lit := as.Value.Lit()
			found = lit == "" && !isBlank(as.Value) || strings.Trim(lit, " \t\n") != ""
		}
		return !found
	})
	return found
}

// isBlank reports whether a word is blanks in quotes.
func isBlank(word *syntax.Word) bool {
	for _, part := range word.Parts {
		single, ok := part.(*syntax.SglQuoted)
		if !ok || strings.Trim(single.Value, " \t\n") != "" {
			return false
		}
	}
	return true
}

// isValue reports whether a word is one value that is to be split.
func isValue(word *syntax.Word) bool {
	if len(word.Parts) != 1 || asksStatus(word) {
		return false
	}
	switch x := word.Parts[0].(type) {
	case *syntax.ParamExp:
		return x.Param != nil && x.Param.Value != "@" && x.Param.Value != "*" && x.Index == nil && !x.Excl
	case *syntax.CmdSubst:
		return true
	}
	return false
}

// splitInto returns the command that puts the fields of a value into an array.
func splitInto(name string, word *syntax.Word) *syntax.Stmt {
	value := &syntax.Word{Parts: []syntax.WordPart{&syntax.DblQuoted{Parts: word.Parts}}}
	return &syntax.Stmt{Cmd: &syntax.CallExpr{Args: []*syntax.Word{literal(prefix + "split"), literal(name), value}}}
}

// split assigns an array the fields of a value. Patterns in them are left for the shell.
func (in *internalCall) split(ctx context.Context) error {
	var b strings.Builder
	b.WriteString(in.args[0] + "=(")
	for _, field := range splitFields(in.args[1], in.ifs()) {
		b.WriteByte(' ')
		quotePattern(&b, field)
	}
	b.WriteString(")")
	return in.eval(ctx, b.String())
}

// splitFields splits a value as the shell does: at each character of ifs that is no blank,
// with the blanks of ifs around it, and at runs of these.
func splitFields(value, ifs string) []string {
	if ifs == "" {
		if value == "" {
			return nil
		}
		return []string{value}
	}
	isSpace := func(c byte) bool { return strings.IndexByte(" \t\n", c) >= 0 && strings.IndexByte(ifs, c) >= 0 }
	isMark := func(c byte) bool { return strings.IndexByte(ifs, c) >= 0 && !isSpace(c) }
	var fields []string
	at := 0
	skip := func() {
		for at < len(value) && isSpace(value[at]) {
			at++
		}
	}
	for skip(); at < len(value); {
		start := at
		for at < len(value) && strings.IndexByte(ifs, value[at]) < 0 {
			at++
		}
		fields = append(fields, value[start:at])
		skip()
		if at < len(value) && isMark(value[at]) {
			at++
			skip()
		}
	}
	return fields
}

// quotePattern writes a field so that nothing in it has a meaning but what a pattern has.
func quotePattern(b *strings.Builder, field string) {
	if field == "" {
		b.WriteString("''")
	}
	for _, c := range []byte(field) {
		switch {
		case strings.IndexByte("*?[]-!", c) >= 0 || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c == '/' || c == '.':
			b.WriteByte(c)
		case c == '\'':
			b.WriteString(`"'"`)
		default:
			b.WriteString("'" + string([]byte{c}) + "'")
		}
	}
}
