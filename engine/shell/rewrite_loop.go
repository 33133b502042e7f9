package shell

import (
	"strconv"

	"mvdan.cc/sh/v3/syntax"
)

// The interpreter notices break and continue only between the statements of
// the loop's own list: in { break; echo x; } it goes on to the echo. So where
// such a statement can leave a list further in, the rest of that list is made
// to depend on a variable that break and continue set:
//
//	if c; then continue; fi; rest
//	if c; then loop1=1; continue; fi; case $loop1 in ”) rest ;; esac
//
// case, unlike if, leaves $? to the first command of the rest.

// A loop is a loop whose body is being rewritten.
type loop struct {
	outer   *loop
	flag    string // the variable
	guarded bool   // the variable is needed
}

// loopBody rewrites the list between do and done.
func (w *rewriter) loopBody(stmts []*syntax.Stmt, sc scope) []*syntax.Stmt {
	flag := prefix + "loop" + strconv.FormatInt(w.loops.Add(1), 10)
	l := &loop{outer: sc.loop, flag: flag}
	l.guarded = needsGuard(stmts, false)
	stmts = w.list(stmts, scope{loop: l, ignored: sc.ignored})
	if l.guarded {
		w.changed = true
		stmts = append([]*syntax.Stmt{assignment(l.flag, "")}, stmts...)
	}
	return stmts
}

// needsGuard reports whether a list further in can be left before its end.
// nested says that stmts is such a list, and not the loop's own.
func needsGuard(stmts []*syntax.Stmt, nested bool) bool {
	for i, st := range stmts {
		if nested && i+1 < len(stmts) && leaves(st, 1) {
			return true
		}
		for _, sub := range innerLists(st.Cmd) {
			if needsGuard(sub, true) {
				return true
			}
		}
	}
	return false
}

// innerLists returns the lists inside a command that belong to the same loop.
// Those of a loop inside it count, since break 2 may leave them.
func innerLists(cmd syntax.Command) [][]*syntax.Stmt {
	switch x := cmd.(type) {
	case *syntax.Block:
		return [][]*syntax.Stmt{x.Stmts}
	case *syntax.IfClause:
		var lists [][]*syntax.Stmt
		for ; x != nil; x = x.Else {
			lists = append(lists, x.Cond, x.Then)
		}
		return lists
	case *syntax.CaseClause:
		var lists [][]*syntax.Stmt
		for _, item := range x.Items {
			lists = append(lists, item.Stmts)
		}
		return lists
	case *syntax.BinaryCmd:
		if x.Op == syntax.AndStmt || x.Op == syntax.OrStmt {
			return [][]*syntax.Stmt{{x.X}, {x.Y}}
		}
	case *syntax.WhileClause:
		return [][]*syntax.Stmt{x.Do}
	case *syntax.ForClause:
		return [][]*syntax.Stmt{x.Do}
	}
	return nil
}

// leaves reports whether a statement can run a break or continue that leaves
// at least depth loops around it.
func leaves(st *syntax.Stmt, depth int) bool {
	switch x := st.Cmd.(type) {
	case *syntax.CallExpr:
		return leaveCount(x) >= depth
	case *syntax.WhileClause, *syntax.ForClause:
		depth++
	}
	for _, list := range innerLists(st.Cmd) {
		for _, sub := range list {
			if leaves(sub, depth) {
				return true
			}
		}
	}
	return false
}

// leaveCount returns how many loops a break or continue leaves, 0 for another
// command.
func leaveCount(x *syntax.CallExpr) int {
	if len(x.Args) == 0 {
		return 0
	}
	if name := x.Args[0].Lit(); name != "break" && name != "continue" {
		return 0
	}
	if len(x.Args) > 1 {
		if n, err := strconv.Atoi(x.Args[1].Lit()); err == nil {
			return n
		}
	}
	return 1
}

// leave rewrites a break or continue so that it sets the variables of the
// loops that it leaves.
func (w *rewriter) leave(x *syntax.CallExpr, l *loop) syntax.Command {
	block := &syntax.Block{}
	for n := leaveCount(x); n > 0 && l != nil; n-- {
		if l.guarded {
			block.Stmts = append(block.Stmts, assignment(l.flag, "1"))
		}
		l = l.outer
	}
	if len(block.Stmts) == 0 {
		return x
	}
	w.changed = true
	block.Stmts = append(block.Stmts, &syntax.Stmt{Cmd: x})
	return block
}

// guard makes the rest of a list depend on the loop going on.
func (l *loop) guard(rest []*syntax.Stmt) *syntax.Stmt {
	return &syntax.Stmt{Cmd: &syntax.CaseClause{Word: parameter(l.flag), Items: []*syntax.CaseItem{{
		Op: syntax.Break, Patterns: []*syntax.Word{quoted("")}, Stmts: rest,
	}}}}
}

func assignment(name, value string) *syntax.Stmt {
	return &syntax.Stmt{Cmd: &syntax.CallExpr{Assigns: []*syntax.Assign{{
		Name: &syntax.Lit{Value: name}, Value: quoted(value),
	}}}}
}
