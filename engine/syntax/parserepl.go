package syntax

import "strings"

// A ReplInput is what was typed at a prompt: bindings or an expression.
type ReplInput struct {
	Bindings *Attrs // nil if it is an expression; without dynamic attributes
	Expr     Expr   // nil if it is bindings
	File     *File
}

// ParseReplInput reads what was typed at a prompt: attribute bindings as in
// a set (a = 1; inherit (x) y), whose last semicolon may be missing, or else
// an expression. The error is an [*Error]: of the two readings, the one that
// gets further decides what it says.
//
// Behaviour: nix repl 2.34, but for the choice of the message.
func ParseReplInput(name, src string, opts *Options) (*ReplInput, error) {
	b, f, bindErr := parseBindings(name, src, src, opts)
	if bindErr == nil {
		return &ReplInput{Bindings: b, File: f}, nil
	}
	b, f, endErr := parseBindings(name, src+"\n;", src, opts)
	if endErr == nil {
		return &ReplInput{Bindings: b, File: f}, nil
	}
	if e, ok := endErr.(*Error); ok && !strings.HasPrefix(e.Msg, "syntax error") {
		return nil, e // bindings, but wrong
	}
	e, f, err := ParseExpr(name, src, opts)
	if err == nil {
		return &ReplInput{Expr: e, File: f}, nil
	}
	if further(bindErr, err) {
		return nil, bindErr
	}
	return nil, err
}

// further reports whether a reading that ended with err1 got further than one
// that ended with err2.
func further(err1, err2 error) bool {
	e1, ok1 := err1.(*Error)
	e2, ok2 := err2.(*Error)
	return ok1 && ok2 && e1.Pos.Offset > e2.Pos.Offset
}

// parseBindings reads the bindings in src. source is what positions show of it.
func parseBindings(name, src, source string, opts *Options) (*Attrs, *File, error) {
	p, err := newParser(name, src, opts)
	if err != nil {
		return nil, nil, err
	}
	p.file.source, p.arena = source, new(arena)
	p.next()
	if p.tok.Kind == EndOfFile {
		p.syntaxError()
	}
	a := p.bindings(EndOfFile, NoPos)
	if len(a.Dynamic) > 0 {
		d := a.Dynamic[0]
		p.fail(int32(p.file.Offset(d.At)), "dynamic attributes not allowed at the prompt")
	}
	if err := p.finish(true); err != nil {
		return nil, p.file, err
	}
	return a, p.file, nil
}
