package shell

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// Names that the open handler understands. They look like files, so that the
// interpreter hands them over.
const (
	fdDir     = "/dev/" + prefix + "fd/"     // a file descriptor, by number
	rwDir     = "/dev/" + prefix + "rw/"     // a file opened for reading and writing
	sourceDir = "/dev/" + prefix + "source/" // a rewritten script, by number
)

// redirects rewrites the redirections of a statement. Those of descriptors
// above 2 become commands before and after it:
//
//	cmd 3>f 2>&3
//	{ push 3 out >f && cmd 2>>/dev/…fd/3; pop 3; }
func (w *rewriter) redirects(st *syntax.Stmt) {
	keep := st.Redirs[:0:0]
	for _, rd := range st.Redirs {
		if rd = w.redirect(rd); rd != nil {
			keep = append(keep, rd)
		}
	}
	st.Redirs = keep
	if st.Cmd == nil && len(keep) == 0 {
		st.Cmd = simple(":").Cmd // <&0 alone
	}
	first := 0
	for first < len(keep) && !isHigh(keep[first]) {
		first++
	}
	if first == len(keep) {
		return
	}
	w.changed = true
	if isBareExec(st.Cmd) {
		st.Cmd = execBlock(keep)
		st.Redirs = nil
		return
	}
	st.Cmd, st.Redirs = nest(st.Cmd, keep)
}

// isHigh reports whether a redirection is of a descriptor that the
// interpreter does not have.
func isHigh(rd *syntax.Redirect) bool {
	return rd.N != nil && rd.N.Value != "0" && rd.N.Value != "1" && rd.N.Value != "2"
}

// redirect rewrites the target of one redirection; nil means that it does
// nothing.
func (w *rewriter) redirect(rd *syntax.Redirect) *syntax.Redirect {
	target := ""
	if rd.Word != nil {
		target = rd.Word.Lit()
	}
	switch rd.Op {
	case syntax.RdrClob:
		rd.Op = syntax.RdrOut
	case syntax.RdrInOut:
		rd.Op = syntax.RdrIn
		if rd.N != nil && rd.N.Value != "0" && !isHigh(rd) {
			rd.Op = syntax.AppOut
		}
		prepend(rd.Word, rwDir)
	case syntax.DplOut:
		switch {
		case target == "-", target == "1", target == "2":
			return rd
		case target != "" && strings.Trim(target, "0123456789-") != "" && rd.N == nil:
			rd.Op = syntax.RdrAll
		default:
			rd.Op = syntax.AppOut
			prepend(rd.Word, fdDir)
		}
	case syntax.DplIn:
		if target == "-" && !isHigh(rd) {
			return rd
		}
		if target == "0" && !isHigh(rd) {
			w.changed = true
			return nil
		}
		if target == "-" {
			rd.Op = syntax.DplOut
			return rd
		}
		rd.Op = syntax.RdrIn
		prepend(rd.Word, fdDir)
	default:
		return rd
	}
	w.changed = true
	return rd
}

func prepend(word *syntax.Word, s string) {
	word.Parts = append([]syntax.WordPart{&syntax.Lit{Value: s}}, word.Parts...)
}

// isBareExec reports whether a command is exec without arguments, whose
// redirections stay.
func isBareExec(cmd syntax.Command) bool {
	x, ok := cmd.(*syntax.CallExpr)
	return ok && len(x.Args) == 1 && x.Args[0].Lit() == "exec"
}

// execBlock makes a list that applies redirections to the shell one by one.
func execBlock(redirs []*syntax.Redirect) syntax.Command {
	var all *syntax.Stmt
	for _, rd := range redirs {
		st := simple("exec")
		st.Redirs = []*syntax.Redirect{rd}
		if isHigh(rd) {
			st = fdCommand("set", rd)
		}
		all = and(all, st)
	}
	return &syntax.Block{Stmts: []*syntax.Stmt{all}}
}

func and(x, y *syntax.Stmt) *syntax.Stmt {
	if x == nil {
		return y
	}
	return &syntax.Stmt{Cmd: &syntax.BinaryCmd{Op: syntax.AndStmt, X: x, Y: y}}
}

// fdCommand makes the command of ours that sets or pushes a descriptor to
// what the redirection names. It opens it on its own input or output.
func fdCommand(verb string, rd *syntax.Redirect) *syntax.Stmt {
	fd := rd.N.Value
	if rd.Op == syntax.DplOut && rd.Word.Lit() == "-" {
		return simple(prefix+"fd", verb, fd, "closed")
	}
	side := "out"
	switch rd.Op {
	case syntax.RdrIn, syntax.Hdoc, syntax.DashHdoc, syntax.WordHdoc:
		side = "in"
	}
	st := simple(prefix+"fd", verb, fd, side)
	low := *rd
	low.N = nil
	st.Redirs = []*syntax.Redirect{&low}
	return st
}

// nest wraps a command so that its redirections take effect in their order:
// those before the first high one go on the outer statement.
func nest(cmd syntax.Command, redirs []*syntax.Redirect) (syntax.Command, []*syntax.Redirect) {
	first := 0
	for first < len(redirs) && !isHigh(redirs[first]) {
		first++
	}
	if first == len(redirs) {
		return cmd, redirs
	}
	last := first
	var all *syntax.Stmt
	var pops []*syntax.Stmt
	for last < len(redirs) && isHigh(redirs[last]) {
		rd := redirs[last]
		all = and(all, fdCommand("push", rd))
		pops = append([]*syntax.Stmt{simple(prefix+"fd", "pop", rd.N.Value)}, pops...)
		last++
	}
	inner := &syntax.Stmt{}
	inner.Cmd, inner.Redirs = nest(cmd, redirs[last:])
	if inner.Cmd != nil || len(inner.Redirs) > 0 {
		all = and(all, inner)
	}
	block := &syntax.Block{Stmts: append([]*syntax.Stmt{all}, pops...)}
	return block, redirs[:first]
}

// timed rewrites time, which the interpreter reports on standard output.
func (w *rewriter) timed(x *syntax.TimeClause, sc scope) syntax.Command {
	w.changed = true
	format := "long"
	if x.PosixFormat {
		format = "posix"
	}
	block := &syntax.Block{Stmts: []*syntax.Stmt{simple(prefix+"time", "start")}}
	if x.Stmt != nil {
		w.stmt(x.Stmt, sc)
		block.Stmts = append(block.Stmts, x.Stmt)
	}
	block.Stmts = append(block.Stmts, simple(prefix+"time", format))
	return block
}

// declaration rewrites export -p and its like, which only list.
func (w *rewriter) declaration(x *syntax.DeclClause) syntax.Command {
	flags := ""
	for _, as := range x.Args {
		if as.Name != nil && strings.HasPrefix(as.Name.Value, "-") {
			flags += as.Name.Value[1:]
			continue
		}
		if as.Value != nil && as.Name == nil && strings.HasPrefix(as.Value.Lit(), "-") {
			flags += as.Value.Lit()[1:]
			continue
		}
		flags = "=" // has operands
		break
	}
	lists := flags == "" || strings.Trim(flags, "p") == "" || x.Variant.Value == "declare" && strings.Trim(flags, "pxr") == ""
	if flags == "=" || !lists || x.Variant.Value == "local" {
		for _, as := range x.Args {
			w.node(as)
		}
		return x
	}
	w.changed = true
	return simple(prefix+"list", x.Variant.Value, "-"+flags).Cmd
}
