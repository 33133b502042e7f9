package repl

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"nixbench/engine/eval"
	"nixbench/engine/syntax"
	"nixbench/repl/text"
)

func (s *sitting) cmdDoc(ctx context.Context, arg string) (*Result, error) {
	doc, err := s.explain(ctx, "", arg)
	if err != nil {
		return nil, err
	}
	return &Result{Kind: ResultDoc, Doc: doc}, nil
}

func (s *sitting) docAt(ctx context.Context, input string, cursor int) (*Doc, error) {
	end, err := s.beginBeside(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	cursor = min(max(cursor, 0), len(input))
	for cursor < len(input) && IsNamePart(input[cursor]) {
		cursor++
	}
	at := syntax.CompletionAt(input, cursor)
	switch {
	case at.Kind == syntax.CompleteAttr && at.Prefix != "":
		a := around(beforeBase(input, at))
		return s.explain(ctx, a.prefix(), at.Base+"."+at.Prefix)
	case at.Kind == syntax.CompleteVariable && at.Prefix != "":
		a := around(input[:at.Start])
		return s.explain(ctx, a.prefix(), at.Prefix)
	}
	return nil, errors.New("nothing to explain here")
}

// IsNamePart reports whether a byte can be part of a name.
func IsNamePart(c byte) bool {
	return c == '_' || c == '-' || c == '\'' || '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
}

// explain evaluates an expression and says what is known of it: the text of a
// builtin, or the comment before a function or attribute. Prefix is what stands
// before the expression and is not shown: "let a = 1; in ".
func (s *sitting) explain(ctx context.Context, prefix, expr string) (*Doc, error) {
	v, err := s.evalText(ctx, prefix+expr)
	if err != nil {
		return nil, err
	}
	if v, err = s.ev.Force(ctx, v); err != nil {
		return nil, err
	}
	doc := &Doc{Title: text.PlainLine(expr)}
	if b := v.Builtin(); b != nil {
		doc.Title = strings.TrimSpace("builtins." + b.Name + " " + strings.Join(b.Args, " "))
		if b.Doc != nil {
			doc.Lines = docLines(b.Doc())
		}
		return doc, nil
	}
	if pos, ok := s.ev.FunctionPos(v); ok {
		s.explainAt(doc, pos)
		if len(doc.Lines) == 0 {
			doc.Lines = []DocLine{{Text: s.line(s.ev.Snapshot(v)), Code: true}, {}, {Text: "There is no documentation comment."}}
		}
		return doc, nil
	}
	if pos := s.attrPos(ctx, prefix+expr); pos != 0 {
		s.explainAt(doc, pos)
	}
	if len(doc.Lines) == 0 {
		doc.Lines = []DocLine{{Text: eval.ShowType(v) + ": " + s.line(s.ev.Snapshot(v))}, {}, {Text: "There is no documentation comment."}}
	}
	return doc, nil
}

// explainAt fills in the comment at a position, and the position.
func (s *sitting) explainAt(doc *Doc, pos eval.Pos) {
	at := s.ev.Position(pos)
	if strings.HasPrefix(at.Name, "/") {
		doc.File, doc.Line = at.Name, at.Line
	}
	if at.File != nil {
		if comment, ok := at.File.Doc(pos); ok {
			doc.Lines = docLines(comment)
		}
	}
}

// attrPos returns where the attribute that expr selects was written.
func (s *sitting) attrPos(ctx context.Context, expr string) eval.Pos {
	dot := strings.LastIndexByte(expr, '.')
	if dot < 0 {
		return s.loadedPos(strings.TrimSpace(expr))
	}
	v, err := s.evalText(ctx, expr[:dot])
	if err == nil {
		v, err = s.ev.Force(ctx, v)
	}
	if err != nil || v.Kind() != eval.KindAttrs {
		return 0
	}
	return v.Attrs().Pos(eval.Intern(strings.Trim(expr[dot+1:], `"`)))
}

// loadedPos returns where an attribute was written that was loaded under its name, and is
// still what the name stands for.
func (s *sitting) loadedPos(name string) eval.Pos {
	for _, l := range slices.Backward(s.loaded) {
		if slices.Contains(l.names, name) && l.set.Kind() == eval.KindAttrs && !s.isBound(name) {
			return l.set.Attrs().Pos(eval.Intern(name))
		}
	}
	return 0
}

// isBound tells whether an input has bound a name.
func (s *sitting) isBound(name string) bool {
	return slices.ContainsFunc(s.bound, func(b binding) bool { return b.name == name })
}

// docLines splits Markdown into lines: headings, code and text.
func docLines(markdown string) []DocLine {
	var lines []DocLine
	fence := -1 // how far the fence is indented that code is in
	for _, line := range evened(strings.Split(strings.TrimSpace(markdown), "\n")) {
		line = text.PlainLine(strings.TrimRight(line, " \t\r"))
		indent := len(line) - len(strings.TrimLeft(line, " "))
		switch {
		case strings.HasPrefix(line[indent:], "```"):
			if fence < 0 {
				fence = indent
			} else {
				fence = -1
			}
		case fence >= 0:
			lines = append(lines, DocLine{Text: line[min(indent, fence):], Code: true})
		case indent >= codeIndent:
			lines = append(lines, DocLine{Text: line[codeIndent:], Code: true})
		case strings.HasPrefix(line[indent:], "#"):
			lines = append(lines, DocLine{Text: strings.TrimSpace(strings.TrimLeft(line[indent:], "#")), Head: true})
		default:
			lines = append(lines, DocLine{Text: line})
		}
	}
	return lines
}

// codeIndent is from how many blanks on an indented line of Markdown is code.
const codeIndent = 4

// evened takes away what all lines behind the first are indented by, if that means nothing:
// the first one of a comment stands right behind its delimiter.
func evened(lines []string) []string {
	common := codeIndent
	for _, line := range lines[1:] {
		if rest := strings.TrimLeft(line, " "); strings.TrimSpace(rest) != "" {
			common = min(common, len(line)-len(rest))
		}
	}
	if common == codeIndent {
		return lines
	}
	for i, line := range lines[1:] {
		lines[i+1] = line[min(common, len(line)):]
	}
	return lines
}

// cmdEdit leads to the source of a function, a package or a file.
func (s *sitting) cmdEdit(ctx context.Context, arg string) (*Result, error) {
	v, err := s.evalText(ctx, arg)
	if err != nil {
		return nil, err
	}
	if v, err = s.ev.Force(ctx, v); err != nil {
		return nil, err
	}
	file, line, err := s.sourceOf(ctx, v, arg)
	if err != nil {
		return nil, err
	}
	return &Result{Then: &Then{File: file, Line: line}}, nil
}

func (s *sitting) sourceOf(ctx context.Context, v eval.Value, expr string) (string, int, error) {
	if v.Kind() == eval.KindPath || v.Kind() == eval.KindString {
		name, err := s.print(ctx, v, eval.PrintOptions{})
		return name, 0, err
	}
	pos := eval.Pos(0)
	if at, ok := s.ev.FunctionPos(v); ok {
		pos = at
	} else if v.Kind() == eval.KindAttrs {
		if file, line, ok := s.metaPosition(ctx, v); ok {
			return file, line, nil
		}
	}
	if pos == 0 {
		pos = s.attrPos(ctx, expr)
	}
	at := s.ev.Position(pos)
	if !strings.HasPrefix(at.Name, "/") {
		return "", 0, fmt.Errorf("it is not known where this was written")
	}
	return at.Name, at.Line, nil
}

// metaPosition reads meta.position of a package: "file:line".
func (s *sitting) metaPosition(ctx context.Context, v eval.Value) (file string, line int, ok bool) {
	var at string
	err := s.ev.Do(ctx, func(st *eval.State) {
		meta, has := v.Attrs().GetName("meta")
		if !has {
			return
		}
		if pos, has := st.ForceAttrs(meta, "").GetName("position"); has {
			at, _ = st.ForceString(pos, "")
		}
	})
	i := strings.LastIndexByte(at, ':')
	if err != nil || i < 0 {
		return "", 0, false
	}
	n := 0
	if _, err := fmt.Sscanf(at[i+1:], "%d", &n); err != nil {
		return "", 0, false
	}
	return at[:i], n, true
}
