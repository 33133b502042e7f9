package shell

import (
	"strconv"
	"strings"
	"sync/atomic"

	"mvdan.cc/sh/v3/syntax"
)

// This file and its siblings rewrite a parsed script into one that means the
// same to the interpreter as the original means to a real shell. What the
// interpreter lacks is expressed by what it has: a redirection above fd 2 by
// a command of ours that stores the file, the subshell around the last
// command of a pipeline by a subshell, break in the middle of a list by a
// condition around the rest of that list.
//
// The result can be printed and parsed again, since eval and source take text.

// prefix begins the names of our own commands and variables. A script cannot
// sensibly use it.
const prefix = "__nixbench_"

// A rewriter rewrites one parsed script in place.
type rewriter struct {
	name    string // of the script, for BASH_SOURCE
	changed bool
	quotes  map[*syntax.Word]quotes // of words that are in some
	loops   *atomic.Int64           // numbered so far in the session
	funcs   map[string]bool         // functions that the script declares
	ifs     bool                    // IFS has more than blanks somewhere
}

// A scope is what surrounds a statement, inside its function or subshell.
type scope struct {
	loop    *loop // innermost, nil if none
	nested  bool  // the list is not the loop's own body
	ignored bool  // failures do not end the shell under set -e
}

// file rewrites a whole script.
func (w *rewriter) file(f *syntax.File) {
	f.Stmts = w.list(f.Stmts, scope{})
}

// list rewrites a list of statements.
func (w *rewriter) list(stmts []*syntax.Stmt, sc scope) []*syntax.Stmt {
	for i, st := range stmts {
		w.stmt(st, sc)
		if sc.loop != nil && sc.nested && i+1 < len(stmts) && leaves(st, 1) {
			rest := w.list(stmts[i+1:], sc)
			return append(stmts[:i+1:i+1], sc.loop.guard(rest))
		}
	}
	return stmts
}

// stmt rewrites one statement in place.
func (w *rewriter) stmt(st *syntax.Stmt, sc scope) {
	if st.Negated {
		sc.ignored = true
	}
	for _, rd := range st.Redirs {
		w.words(rd.Word)
		if rd.Hdoc == nil {
			w.unescape(rd.Word)
		}
		if rd.Hdoc != nil {
			w.note(rd.Hdoc, document)
			w.node(rd.Hdoc)
		}
	}
	if st.Cmd != nil {
		st.Cmd = w.command(st.Cmd, sc)
	}
	w.redirects(st)
	if st.Background {
		w.background(st)
	}
}

func (w *rewriter) command(cmd syntax.Command, sc scope) syntax.Command {
	inner := sc
	inner.nested = true
	switch x := cmd.(type) {
	case *syntax.CallExpr:
		return w.call(x, sc)
	case *syntax.Block:
		x.Stmts = w.list(x.Stmts, inner)
	case *syntax.Subshell:
		x.Stmts = w.subshell(x.Stmts, sc.ignored)
	case *syntax.BinaryCmd:
		return w.binary(x, inner)
	case *syntax.IfClause:
		w.ifClause(x, inner)
	case *syntax.WhileClause:
		cond := inner
		cond.ignored = true
		x.Cond = w.list(x.Cond, cond)
		x.Do = w.loopBody(x.Do, sc)
	case *syntax.ForClause:
		var before []*syntax.Stmt
		if iter, ok := x.Loop.(*syntax.WordIter); ok {
			before = w.list(w.fields(iter.Items, true), inner)
			w.words(iter.Items...)
		} else {
			w.node(x.Loop)
		}
		x.Do = w.loopBody(x.Do, sc)
		return after(before, x, x.Pos())
	case *syntax.CaseClause:
		w.words(x.Word)
		w.unescape(x.Word)
		for _, item := range x.Items {
			w.words(item.Patterns...)
			item.Stmts = w.list(item.Stmts, inner)
		}
	case *syntax.FuncDecl:
		if x.Name != nil {
			w.funcs[x.Name.Value] = true
		}
		w.stmt(x.Body, scope{})
	case *syntax.TimeClause:
		return w.timed(x, inner)
	case *syntax.DeclClause:
		return w.declaration(x)
	default:
		w.node(cmd)
	}
	return cmd
}

func (w *rewriter) ifClause(x *syntax.IfClause, sc scope) {
	cond := sc
	cond.ignored = true
	for ; x != nil; x = x.Else {
		x.Cond = w.list(x.Cond, cond)
		x.Then = w.list(x.Then, sc)
	}
}

// call rewrites a simple command.
func (w *rewriter) call(x *syntax.CallExpr, sc scope) syntax.Command {
	before := w.list(w.fields(x.Args, len(x.Args) > 0 && x.Args[0].Lit() == "set"), sc)
	for _, as := range x.Assigns {
		before = append(before, w.arrayFields(as, sc)...)
		w.node(as)
	}
	w.words(x.Args...)
	if sc.loop != nil && len(x.Args) > 0 {
		switch x.Args[0].Lit() {
		case "break", "continue":
			return w.leave(x, sc.loop)
		}
	}
	return after(before, x, x.Pos())
}

// arrayFields is fields of what an array is assigned.
func (w *rewriter) arrayFields(as *syntax.Assign, sc scope) []*syntax.Stmt {
	if as.Array == nil {
		return nil
	}
	var before []*syntax.Stmt
	for _, elem := range as.Array.Elems {
		if elem.Value != nil && elem.Index == nil {
			value := []*syntax.Word{elem.Value}
			before = append(before, w.fields(value, true)...)
			elem.Value = value[0]
		}
	}
	return w.list(before, sc)
}

// subshell rewrites the list of a subshell or command substitution. The
// interpreter knows neither that failures are ignored there nor traps on exit
// of a subshell.
func (w *rewriter) subshell(stmts []*syntax.Stmt, ignored bool) []*syntax.Stmt {
	trap := trapsExit(stmts)
	stmts = w.list(stmts, scope{ignored: ignored})
	if trap {
		w.changed = true
		return withExitTrap(stmts)
	}
	if ignored && !isSimple(stmts) {
		w.changed = true
		return append([]*syntax.Stmt{simple("set", "+e")}, stmts...)
	}
	return stmts
}

// withExitTrap makes a list run the exit trap that it sets: a background job
// does, if it exits by a command.
func withExitTrap(stmts []*syntax.Stmt) []*syntax.Stmt {
	body := append(stmts[:len(stmts):len(stmts)], simple("exit"))
	job := &syntax.Stmt{Cmd: &syntax.Block{Stmts: body}, Background: true}
	wait := &syntax.CallExpr{Args: []*syntax.Word{literal("wait"), parameter("!")}}
	return []*syntax.Stmt{job, {Cmd: wait}}
}

// isSimple reports whether a list is one simple command.
func isSimple(stmts []*syntax.Stmt) bool {
	if len(stmts) != 1 {
		return false
	}
	_, ok := stmts[0].Cmd.(*syntax.CallExpr)
	return ok
}

// trapsExit reports whether a list sets a trap on exit, outside of subshells
// further in.
func trapsExit(stmts []*syntax.Stmt) bool {
	found := false
	for _, st := range stmts {
		syntax.Walk(st, func(n syntax.Node) bool {
			switch x := n.(type) {
			case *syntax.Subshell, *syntax.CmdSubst, *syntax.FuncDecl:
				return false
			case *syntax.CallExpr:
				if len(x.Args) > 2 && x.Args[0].Lit() == "trap" && x.Args[1].Lit() != "-" {
					for _, arg := range x.Args[2:] {
						found = found || arg.Lit() == "EXIT" || arg.Lit() == "0"
					}
				}
			}
			return !found
		})
	}
	return found
}

// words rewrites the substitutions in words; nil ones are skipped.
func (w *rewriter) words(words ...*syntax.Word) {
	for _, word := range words {
		if word != nil && !isLiteral(word) {
			w.node(word)
		}
		escapeHash(word)
	}
}

func isLiteral(word *syntax.Word) bool {
	for _, part := range word.Parts {
		switch part.(type) {
		case *syntax.Lit, *syntax.SglQuoted:
		default:
			return false
		}
	}
	return true
}

// node rewrites the substitutions anywhere below a node that is not a command.
func (w *rewriter) node(n syntax.Node) {
	syntax.Walk(n, func(n syntax.Node) bool {
		switch x := n.(type) {
		case *syntax.Word:
			w.parts(x.Parts, w.quotes[x])
		case *syntax.DblQuoted:
			w.parts(x.Parts, double)
		case *syntax.Assign:
			w.unescape(x.Value)
			escapeHash(x.Value)
		case *syntax.ArrayElem:
			w.unescape(x.Value)
		case *syntax.BinaryTest:
			if word, ok := x.X.(*syntax.Word); ok {
				w.unescape(word)
			}
		case *syntax.UnaryTest:
			if word, ok := x.X.(*syntax.Word); ok {
				w.unescape(word)
			}
		case *syntax.CmdSubst:
			x.Stmts = w.subshell(x.Stmts, false)
			return false
		case *syntax.ProcSubst:
			x.Stmts = w.subshell(x.Stmts, false)
			return false
		}
		return true
	})
}

// parts replaces the parameters that the interpreter does not have.
func (w *rewriter) parts(parts []syntax.WordPart, in quotes) {
	for i, part := range parts {
		x, ok := part.(*syntax.ParamExp)
		if !ok || x.Param == nil {
			continue
		}
		w.alternative(x, in)
		plain := x.Exp == nil && x.Slice == nil && x.Repl == nil && !x.Length && !x.Excl
		switch {
		case x.Param.Value == "LINENO" && plain:
			parts[i] = &syntax.Lit{Value: strconv.Itoa(int(x.Pos().Line()))}
			w.changed = true
		case x.Param.Value == "BASH_SOURCE" && plain && w.name != "":
			parts[i] = &syntax.SglQuoted{Value: strings.ReplaceAll(w.name, "'", "")}
			w.changed = true
		case len(x.Param.Value) > 1 && isNumber(x.Param.Value) && plain:
			x.Slice = &syntax.Slice{Offset: literal(x.Param.Value), Length: literal("1")} // of which the interpreter knows
			x.Param = &syntax.Lit{Value: "*"}
			w.changed = true
		case x.Param.Value == "!":
			x.Param = &syntax.Lit{Value: jobLast}
			w.changed = true
		case x.Param.Value == "PIPESTATUS":
			parts[i] = &syntax.ParamExp{Param: x.Param, Exp: &syntax.Expansion{
				Op: syntax.ErrorUnsetOrNull, Word: quoted("the statuses of a pipeline are not supported"),
			}}
			w.changed = true
		}
	}
}

// binary rewrites && || and pipelines.
func (w *rewriter) binary(x *syntax.BinaryCmd, sc scope) syntax.Command {
	left := sc
	switch x.Op {
	case syntax.AndStmt, syntax.OrStmt:
		left.ignored = true
		w.stmt(x.X, left)
		w.stmt(x.Y, sc)
		return x
	}
	// The stages of a pipeline are subshells: loops do not reach into them.
	sc.loop = nil
	w.stage(x.X, sc)
	w.stage(x.Y, sc)
	if !runsApart(x.Y) {
		w.changed = true
		x.Y.Cmd = &syntax.Subshell{Stmts: []*syntax.Stmt{{Cmd: x.Y.Cmd, Position: x.Y.Position}}}
	}
	return x
}

// stage rewrites one stage of a pipeline.
func (w *rewriter) stage(st *syntax.Stmt, sc scope) {
	trap := false
	if st.Cmd != nil {
		trap = trapsExit([]*syntax.Stmt{st})
	}
	w.stmt(st, sc)
	_, isCall := st.Cmd.(*syntax.CallExpr)
	_, isPipe := st.Cmd.(*syntax.BinaryCmd)
	if !isCall && !isPipe && st.Cmd != nil && (sc.ignored || trap) {
		inner := []*syntax.Stmt{{Cmd: st.Cmd, Position: st.Position}}
		if trap {
			inner = withExitTrap(inner)
		} else {
			inner = append([]*syntax.Stmt{simple("set", "+e")}, inner...)
		}
		w.changed = true
		st.Cmd = &syntax.Subshell{Stmts: inner}
	}
}

// runsApart reports whether a command leaves the shell that runs it as it is,
// so that it needs no subshell.
func runsApart(st *syntax.Stmt) bool {
	switch x := st.Cmd.(type) {
	case *syntax.Subshell:
		return true
	case *syntax.CallExpr:
		return len(x.Args) > 0 && stateless(x.Args[0].Lit())
	}
	return false
}

// stateless reports whether a name is that of an applet, or of a builtin that
// changes nothing in the shell.
func stateless(name string) bool {
	switch name {
	case "printf", "": // printf -v sets a variable
		return false
	case "echo", "test", "[", "true", "false", ":":
		return true
	}
	return isApplet(name)
}

// literal makes a word that stands for itself.
func literal(s string) *syntax.Word {
	return &syntax.Word{Parts: []syntax.WordPart{&syntax.Lit{Value: s}}}
}

// quoted makes a word of any text.
func quoted(s string) *syntax.Word {
	return &syntax.Word{Parts: []syntax.WordPart{&syntax.SglQuoted{Value: s}}}
}

// simple makes a command of literal words.
func simple(words ...string) *syntax.Stmt {
	call := &syntax.CallExpr{}
	for _, s := range words {
		call.Args = append(call.Args, literal(s))
	}
	return &syntax.Stmt{Cmd: call}
}
