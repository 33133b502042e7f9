package cli

import (
	"errors"
	"fmt"
	"strings"

	"nixbench/engine"
	"nixbench/engine/eval"
	"nixbench/repl"
	"nixbench/store"
)

// traced is an evaluation error that is to be shown with its whole trace.
type traced struct{ err *eval.Error }

func (t traced) Error() string { return t.err.Error() }
func (t traced) Unwrap() error { return t.err }

// formatError returns an error as standard error shows it, without a final
// newline: language errors in Nix's layout, others behind "error: ", and advice
// where there is any. Control characters are taken out.
func (inv *invocation) formatError(err error) string {
	msg := inv.errorText(err)
	if own := inv.ownPlace(err); own != "" {
		msg += "\n\n" + indent(own)
	}
	if hint := advice(err); hint != "" && inv.env.nixName() == "" {
		msg += "\n\n" + indent(hint)
	}
	var lines []string
	for line := range strings.SplitSeq(inv.clean(msg), "\n") {
		if rest, ok := strings.CutPrefix(line, "error:"); ok && inv.env.Colour && !inv.plain {
			line = "\x1b[31;1merror:\x1b[0m" + rest
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// ownPlace returns the line that names the place of an error in the user's own
// file, "" if the error does or Nix's output is asked for.
func (inv *invocation) ownPlace(err error) string {
	var evalErr *eval.Error
	if inv.env.nixName() != "" || !errors.As(err, &evalErr) || len(inv.watchers.evs) == 0 {
		return ""
	}
	var files []string
	for _, arg := range append(inv.args[:len(inv.args):len(inv.args)], inv.file) {
		files = append(files, inv.abs(arg))
	}
	return repl.OwnOf(inv.watchers.evs[len(inv.watchers.evs)-1], []string{inv.env.Dir}, files).Line(evalErr)
}

// indent puts text below the first line of an error.
func indent(s string) string {
	return "       " + strings.ReplaceAll(s, "\n", "\n       ")
}

func (inv *invocation) errorText(err error) string {
	var evalErr *eval.Error
	if !errors.As(err, &evalErr) {
		var parts []string
		for _, part := range inv.paragraphs(err) {
			parts = append(parts, "error: "+strings.TrimLeft(indent(part), " "))
		}
		return strings.Join(parts, "\n")
	}
	var withTrace traced
	shown := *evalErr
	var failed *engine.BuildError
	if errors.As(err, &failed) {
		shown.Msg = strings.Join(inv.paragraphs(failed), "\n")
	}
	return shown.Format(errors.As(err, &withTrace))
}

// paragraphs returns what there is to say about an error: for builds that
// failed, and for what was not built because of them, a paragraph each.
func (inv *invocation) paragraphs(err error) []string {
	var failed *engine.BuildError
	if !errors.As(err, &failed) {
		return []string{err.Error()}
	}
	var parts []string
	for _, cause := range failed.Result.Failures {
		var failure *engine.Failure
		if errors.As(cause, &failure) {
			parts = append(parts, inv.describeFailure(failure))
		} else {
			parts = append(parts, cause.Error())
		}
	}
	for _, outcome := range failed.Result.Outcomes {
		var dep *engine.DependencyError
		if errors.As(outcome.Err, &dep) {
			parts = append(parts, fmt.Sprintf("Cannot build '%s'.\nReason: %s.", dep.DrvPath, dependenciesFailed(len(dep.Failed))))
		}
	}
	if len(parts) == 0 {
		parts = append(parts, err.Error())
	}
	return parts
}

func dependenciesFailed(n int) string {
	if n == 1 {
		return "1 dependency failed"
	}
	return fmt.Sprintf("%d dependencies failed", n)
}

// describeFailure tells of one failed build, in Nix's words. The last lines of
// the log are told unless they have been printed.
func (inv *invocation) describeFailure(f *engine.Failure) string {
	var b strings.Builder
	var mismatch *store.HashMismatch
	switch {
	case errors.As(f.Err, &mismatch):
		return fmt.Sprintf("hash mismatch in fixed-output derivation '%s':\n  specified: %s\n     got:    %s",
			f.DrvPath, mismatch.Want.SRI(), mismatch.Got.SRI())
	case f.Err != nil:
		fmt.Fprintf(&b, "Cannot build '%s'.\nReason: %v.", f.DrvPath, f.Err)
	case f.ExitStatus > 128:
		fmt.Fprintf(&b, "Cannot build '%s'.\nReason: builder failed due to signal %d.", f.DrvPath, f.ExitStatus-128)
	default:
		fmt.Fprintf(&b, "Cannot build '%s'.\nReason: builder failed with exit code %d.", f.DrvPath, f.ExitStatus)
	}
	if f.Phase != "" {
		fmt.Fprintf(&b, "\nPhase: %s", f.Phase)
	}
	if len(f.Tail) > 0 && !inv.printLogs {
		fmt.Fprintf(&b, "\nLast %d log lines:", len(f.Tail))
		for _, line := range f.Tail {
			b.WriteString("\n> " + line)
		}
		if f.LogFile != "" {
			fmt.Fprintf(&b, "\nFor full logs, run:\n  nixbench log %s", f.DrvPath)
		}
	}
	if f.KeptDir != "" {
		fmt.Fprintf(&b, "\nThe build directory was kept: %s", f.KeptDir)
	}
	return b.String()
}

// advice returns what to do about an error, "" if there is nothing to say.
func advice(err error) string {
	switch {
	case errors.Is(err, engine.ErrNotDerivation):
		return "Name one with -A, or see what there is: nixbench eval -f FILE --apply builtins.attrNames"
	case errors.Is(err, engine.ErrCorrupt):
		return "Make it anew, from the journal and the files: nixbench store rebuild-db"
	case errors.Is(err, store.ErrInvalidPath):
		return "See what the store has: nixbench path-info --all"
	}
	return ""
}
