package builtins

import (
	"strings"

	"nixbench/engine/eval"
	"nixbench/engine/syntax"
)

// debugging are the builtins on errors, messages and the order of evaluation.
func (t *table) debugging() []eval.Builtin {
	addErrorContext := def2("addErrorContext", 0, "context value", addErrorContext)
	addErrorContext.NoTrace = true
	return []eval.Builtin{
		global(def1("abort", 0, "s", abort)),
		global(def1("throw", 0, "s", throw)),
		addErrorContext,
		def1("tryEval", 0, "e", tryEval),
		def2("seq", 1, "e1 e2", seq),
		def2("deepSeq", 0, "e1 e2", deepSeq),
		def2("trace", 1, "e1 e2", t.trace),
		def2("traceVerbose", 0, "e1 e2", t.traceVerbose),
		def2("warn", 0, "e1 e2", t.warn),
		global(def1("break", 0, "v", breakpoint)),
	}
}

func abort(s *eval.State, v eval.Value) eval.Value {
	text, _ := s.CoerceToString(v, "while evaluating the error message passed to builtins.abort", copyPaths)
	s.Fail(eval.ErrorAbort, "evaluation aborted with the following error message: '%s'", text)
	return v
}

func throw(s *eval.State, v eval.Value) eval.Value {
	text, _ := s.CoerceToString(v, "while evaluating the error message passed to builtin.throw", copyPaths)
	s.Throw(text)
	return v
}

func addErrorContext(s *eval.State, context, v eval.Value) eval.Value {
	return s.WithErrorContext(context, func() eval.Value { return s.Force(v) })
}

func tryEval(s *eval.State, v eval.Value) eval.Value {
	result, success := v, eval.False
	err := s.TryEval(func() { s.Force(v) })
	if err == nil {
		success = eval.True
	} else {
		result = eval.False
	}
	b := s.NewAttrs(2)
	b.Set(symValue, result)
	b.SetName("success", success)
	return b.Value()
}

func seq(s *eval.State, a, b eval.Value) eval.Value {
	s.Force(a)
	return s.Force(b)
}

func deepSeq(s *eval.State, a, b eval.Value) eval.Value {
	s.ForceDeep(a)
	return s.Force(b)
}

func (t *table) trace(s *eval.State, msg, v eval.Value) eval.Value {
	var text string
	if msg = s.Force(msg); msg.Kind() == eval.KindString {
		text = msg.AsString()
	} else {
		text = s.Print(msg, eval.PrintOptions{})
	}
	s.MakeText(len(text))
	s.World().Trace(text)
	if t.DebuggerOnTrace {
		s.BreakAtTrace()
	}
	return s.Force(v)
}

func (t *table) traceVerbose(s *eval.State, msg, v eval.Value) eval.Value {
	if t.TraceVerbose {
		return t.trace(s, msg, v)
	}
	return s.Force(v)
}

func (t *table) warn(s *eval.State, msg, v eval.Value) eval.Value {
	text, _ := s.ForceString(msg, "while evaluating the first argument; the message passed to builtins.warn")
	s.MakeText(len(text))
	s.World().Warn(evaluationWarning(text))
	if t.AbortOnWarn {
		s.Fail(eval.ErrorAbort, "aborting to reveal stack trace of warning, as abort-on-warn is set")
	}
	if t.DebuggerOnTrace || t.DebuggerOnWarn {
		s.BreakAtTrace()
	}
	return s.Force(v)
}

// evaluationWarning lays the message of builtins.warn out as Nix does: below each
// other without white space at the ends of lines, unless it begins with a newline.
func evaluationWarning(text string) syntax.Hint {
	const white = " \t\r\n"
	head := syntax.EvaluationWarningHead
	body := strings.TrimRight(text, white)
	switch {
	case strings.HasPrefix(text, "\n"):
		return syntax.Hint(head + body)
	case body == "":
		return ""
	}
	lines, indent := strings.Split(body, "\n"), head+" "
	for i, line := range lines {
		lines[i] = strings.TrimRight(indent+line, white)
		indent = strings.Repeat(" ", len(syntax.Hint(head).Plain())+1)
	}
	return syntax.Hint(strings.Join(lines, "\n"))
}

// failWhile raises an error with a step of the trace.
func failWhile(s *eval.State, step, format string, args ...any) {
	s.Raise(eval.ErrorOther, syntax.Hintf(format, args...), eval.While(0, syntax.Hint(step)))
}

func breakpoint(s *eval.State, v eval.Value) eval.Value {
	s.Break()
	return s.Force(v)
}
