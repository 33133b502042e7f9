package repl

import (
	"errors"
	"slices"
	"strings"

	"nixbench/engine"
	"nixbench/engine/eval"
	"nixbench/engine/syntax"
	"nixbench/repl/text"
)

// describe turns an error into what interfaces show of it. The frames of a
// language error stay for :bt.
func (s *sitting) describe(err error) *EvalError {
	if partly, ok := err.(*partlyPrintedError); ok {
		e := s.describe(partly.error)
		e.Printed = partly.printed
		return e
	}
	var evalErr *eval.Error
	var syntaxErr *syntax.Error
	var failure *engine.Failure
	switch {
	case errors.As(err, &evalErr):
		if !s.stopped && !s.attached && s.trail.scope == nil {
			s.setTrace(evalErr)
		}
		e := describeEval(evalErr)
		e.ShowTrace = s.tracing
		e.Own = s.own().Line(evalErr)
		if n := s.errorNode(evalErr); n.HasChildren {
			e.Steps = n.Handle
		}
		return e
	case errors.As(err, &failure):
		return describeBuild(failure)
	case errors.As(err, &syntaxErr):
		return &EvalError{
			Msg: text.PlainLine(syntaxErr.Msg), Where: syntaxErr.Pos.String(),
			Excerpt: excerpt(syntaxErr.Pos), File: file(syntaxErr.Pos), Line: syntaxErr.Pos.Line,
		}
	}
	return &EvalError{Msg: cleanText(err.Error())}
}

// own returns which files are the user's own: those where the session began, and
// near those that were loaded.
func (s *sitting) own() *Own {
	var files []string
	for _, l := range s.loaded {
		files = append(files, l.file)
	}
	return OwnOf(s.ev, []string{s.opts.Dir}, files)
}

func describeBuild(failure *engine.Failure) *EvalError {
	e := &EvalError{Msg: cleanText(failure.Error())}
	for _, line := range failure.Tail {
		e.Excerpt = append(e.Excerpt, text.PlainLine(line))
	}
	return e
}

func describeEval(err *eval.Error) *EvalError {
	e := &EvalError{Msg: cleanText(err.Msg)}
	if len(err.Suggestions) > 0 {
		e.Msg += "; did you mean " + text.SanitiseName(strings.Join(err.Suggestions, " or ")) + "?"
	}
	pos := err.Pos
	for i := len(err.Trace) - 1; i >= 0 && pos.Line == 0; i-- {
		pos = err.Trace[i].Pos
	}
	if pos.Line > 0 {
		e.Where, e.Excerpt, e.File, e.Line = pos.String(), excerpt(pos), file(pos), pos.Line
	}
	for _, frame := range slices.Backward(err.Trace) {
		f := Frame{Text: text.SanitiseName(frame.Text), File: file(frame.Pos), Line: frame.Pos.Line}
		if frame.Pos.Line > 0 {
			f.Where = frame.Pos.String()
		}
		e.Trace = append(e.Trace, f)
	}
	return e
}

// cleanText cleans a text of several lines.
func cleanText(msg string) string {
	lines := strings.Split(msg, "\n")
	for i, line := range lines {
		lines[i] = text.PlainLine(line)
	}
	return strings.Join(lines, "\n")
}

// file returns the file of a position, "" if it is at the prompt.
func file(pos syntax.Position) string {
	if strings.HasPrefix(pos.Name, "/") {
		return pos.Name
	}
	return ""
}

// excerpt returns the source around a position, with a caret below the column.
func excerpt(pos syntax.Position) []string {
	var lines []string
	for line := range strings.SplitSeq(strings.TrimSuffix(eval.Excerpt(pos), "\n"), "\n") {
		if line != "" {
			lines = append(lines, text.PlainLine(line))
		}
	}
	return lines
}

// A partlyPrintedError ended the printing of a value.
type partlyPrintedError struct {
	error
	printed string
}

// Unwrap returns the error itself.
func (e *partlyPrintedError) Unwrap() error { return e.error }
