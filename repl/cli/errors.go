package cli

import (
	"errors"
	"strings"

	"nixbench/engine"
	"nixbench/engine/eval"
	"nixbench/repl/text"
	"nixbench/store"
)

// traced is an evaluation error that is to be shown with its whole trace.
type traced struct{ err *eval.Error }

func (t traced) Error() string { return t.err.Error() }
func (t traced) Unwrap() error { return t.err }

// formatError returns an error as standard error shows it, without a final
// newline: language errors in Nix's layout, others behind "error: ", and advice
// where there is any. Control characters are taken out.
func formatError(err error, colour bool) string {
	msg := errorText(err)
	if hint := advice(err); hint != "" {
		msg += "\n\n       " + strings.ReplaceAll(hint, "\n", "\n       ")
	}
	var lines []string
	for line := range strings.SplitSeq(msg, "\n") {
		lines = append(lines, text.PlainLine(line))
	}
	msg = strings.Join(lines, "\n")
	if rest, ok := strings.CutPrefix(msg, "error:"); ok && colour {
		msg = "\x1b[31;1merror:\x1b[0m" + rest
	}
	return msg
}

func errorText(err error) string {
	var withTrace traced
	var evalErr *eval.Error
	switch {
	case errors.As(err, &withTrace):
		return withTrace.err.Format(true)
	case errors.As(err, &evalErr) && !isBuildError(err):
		return evalErr.Format(false)
	}
	return "error: " + err.Error()
}

func isBuildError(err error) bool {
	var failure *engine.Failure
	return errors.As(err, &failure)
}

// advice returns what to do about an error, "" if there is nothing to say.
func advice(err error) string {
	switch {
	case errors.Is(err, engine.ErrNotDerivation):
		return "Name one with -A, or see what there is: nixbench eval -f FILE --apply builtins.attrNames"
	case errors.Is(err, store.ErrInvalidPath):
		return "See what the store has: nixbench path-info --all"
	}
	return ""
}
