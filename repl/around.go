package repl

// This file finds what names an unfinished expression binds around a place:
// those of let, with and functions. It looks at tokens only, since what is
// being typed cannot be parsed yet.

import (
	"slices"
	"strings"

	"nixbench/engine/syntax"
)

// surroundings are what holds at a place in an expression.
type surroundings struct {
	// names are bound there; their values may not be known.
	names []string
	// args are those of names that are arguments of functions.
	args []string
	// within are the beginnings that an expression needs for its variables to
	// mean what they mean there, outermost first: "let a = 1; in ", "with b; ".
	within []string
	// withs are the expressions whose attributes are variables, each with its
	// own surroundings before it.
	withs []string
	// inherited is the expression whose attributes are being named in
	// inherit (expression) …, with its surroundings before it; "" elsewhere.
	inherited string
	// called is what stands before the set that is being written, if a name may
	// be bound there: perhaps a function that is called with it.
	called string
}

// prefix is what an expression at the place begins with.
func (a *surroundings) prefix() string { return strings.Join(a.within, "") }

// A frame is a bracket or a let that is open.
type frame struct {
	kind  syntax.Kind
	isRec bool         // the names in these braces are variables in them
	named string       // what stands before an @ and these braces
	start int          // of what is in it
	semi  int          // behind the last semicolon of a binding
	with  int          // where the expression of an open with begins, -1 for none
	skip  bool         // the next semicolon ends an assertion
	here  surroundings // of what is in it, since the last binding
	bound []string     // by a let or a pattern, up to now

	first   bool   // a binding may begin here
	inherit bool   // all names are bound up to the semicolon
	from    string // of inherit (from), with its parentheses
	isFrom  bool   // it is such an expression
	before  string // what stands before the bracket
}

// around looks at the text before a place.
func around(src string) surroundings {
	a := &aroundScan{src: src, frames: []frame{{with: -1}}}
	scan := syntax.NewScanner(src)
	for {
		tok := scan.Next()
		if tok.Kind == syntax.EndOfFile || tok.Kind == syntax.BadToken {
			break
		}
		a.token(tok)
		a.before, a.last = a.last, tok
	}
	return a.all()
}

// aroundScan is the state of around.
type aroundScan struct {
	src          string
	frames       []frame
	before, last syntax.Token
	formals      []string // of the braces that were closed last
}

func (a *aroundScan) top() *frame { return &a.frames[len(a.frames)-1] }

func (a *aroundScan) push(k syntax.Kind, start int) {
	a.frames = append(a.frames, frame{kind: k, start: start, semi: start, with: -1, first: true})
}

func (a *aroundScan) pop() {
	if len(a.frames) > 1 {
		a.frames = a.frames[:len(a.frames)-1]
	}
}

func (a *aroundScan) text(tok syntax.Token) string { return a.src[tok.Start:tok.End] }

func (a *aroundScan) token(tok syntax.Token) {
	f := a.top()
	switch tok.Kind {
	case syntax.ParenOpen, syntax.BraceOpen, syntax.BracketOpen, syntax.DollarBrace, syntax.IndOpen, syntax.KwLet:
		before, named := a.src[:tok.Start], ""
		if tok.Kind == syntax.BraceOpen && a.last.Kind == syntax.At && a.before.Kind == syntax.Ident {
			named = a.text(a.before)
		}
		a.push(tok.Kind, int(tok.End))
		a.top().isFrom = tok.Kind == syntax.ParenOpen && a.last.Kind == syntax.KwInherit
		if tok.Kind == syntax.BraceOpen {
			a.top().before, a.top().isRec = before, a.last.Kind == syntax.KwRec
			a.top().named = named
		}
	case syntax.Quote:
		if f.kind == syntax.Quote {
			a.pop()
		} else {
			a.push(tok.Kind, int(tok.End))
		}
	case syntax.BraceClose:
		a.formals = slices.Clone(f.bound)
		if f.named != "" {
			a.formals = append(a.formals, f.named)
		}
		a.pop()
	case syntax.ParenClose, syntax.BracketClose, syntax.IndClose:
		a.pop()
		if f.isFrom {
			a.top().from = a.src[f.start-1 : tok.End]
		}
	case syntax.KwIn:
		a.in(int(tok.Start))
	case syntax.KwWith:
		f.with = int(tok.End)
	case syntax.KwAssert:
		f.skip = true
	case syntax.Semicolon:
		a.semicolon(int(tok.Start))
	case syntax.Colon:
		a.colon()
	case syntax.Ident:
		binds := f.kind == syntax.KwLet || f.kind == syntax.BraceOpen
		if binds && (f.first || f.inherit || a.last.Kind == syntax.Comma) {
			f.bound = append(f.bound, a.text(tok))
		}
		f.first = false
	case syntax.KwInherit:
		f.inherit = true
	}
}

// in ends the bindings of a let: from here on they hold.
func (a *aroundScan) in(at int) {
	for len(a.frames) > 1 && a.top().kind != syntax.KwLet {
		a.pop()
	}
	f := *a.top()
	if f.kind != syntax.KwLet {
		return
	}
	a.pop()
	outer := &a.top().here
	outer.within = append(outer.within, "let "+a.src[f.start:at]+" in ")
	outer.names = append(outer.names, f.bound...)
	outer.args = except(outer.args, f.bound)
}

// except are names that are not among others.
func except(names, others []string) []string {
	return slices.DeleteFunc(names, func(name string) bool { return slices.Contains(others, name) })
}

// semicolon ends the expression of a with or an assertion, or a binding.
func (a *aroundScan) semicolon(at int) {
	f := a.top()
	switch {
	case f.with >= 0:
		expr := a.src[f.with:at]
		f.here.withs = append(f.here.withs, f.here.prefix()+"("+expr+")")
		f.here.within = append(f.here.within, "with "+expr+"; ")
		f.with = -1
	case f.skip:
		f.skip = false
	default:
		f.semi, f.first, f.inherit, f.from = at+1, true, false, ""
		f.here = surroundings{}
	}
}

// colon makes parameters of the names before it.
func (a *aroundScan) colon() {
	var args []string
	switch {
	case a.last.Kind == syntax.BraceClose:
		args = a.formals
	case a.last.Kind == syntax.Ident:
		args = []string{a.text(a.last)}
		if a.before.Kind == syntax.At {
			args = append(args, a.formals...)
		}
	}
	here := &a.top().here
	here.names, here.args = append(here.names, args...), append(here.args, args...)
}

// all is what holds behind the last token.
func (a *aroundScan) all() surroundings {
	var out surroundings
	for _, f := range a.frames {
		if f.kind == syntax.KwLet || f.isRec {
			out.within = append(out.within, "let "+a.src[f.start:f.semi]+" in ")
			out.names = append(out.names, f.bound...)
			out.args = except(out.args, f.bound)
		}
		for _, w := range f.here.withs {
			out.withs = append(out.withs, out.prefix()+w)
		}
		out.within = append(out.within, f.here.within...)
		out.names, out.args = append(out.names, f.here.names...), append(out.args, f.here.args...)
	}
	top := a.top()
	switch {
	case top.from != "":
		out.inherited = out.prefix() + top.from
	case top.kind == syntax.BraceOpen && top.first:
		head := strings.TrimRight(top.before, " \t\n")
		if at := syntax.CompletionAt(head+".", len(head)+1); at.Kind == syntax.CompleteAttr && at.Base != "" && !strings.HasSuffix(at.Base, "rec") {
			out.called = out.prefix() + at.Base
		}
	}
	slices.Sort(out.names)
	out.names = slices.Compact(out.names)
	return out
}
