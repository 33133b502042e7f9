package cli

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"nixbench/engine"
	"nixbench/engine/eval"
	"nixbench/engine/event"
	"nixbench/engine/settings"
	"nixbench/engine/syntax"
	"nixbench/repl"
	"nixbench/repl/text"
	"nixbench/store"
	"nixbench/store/drv"
)

// traced is an evaluation error that is to be shown with its whole trace.
type traced struct{ err *eval.Error }

func (t traced) Error() string { return t.err.Error() }
func (t traced) Unwrap() error { return t.err }

// formatError is colouredError as standard error may show it.
func (inv *invocation) formatError(err error) string { return inv.clean(inv.colouredError(err)) }

// colouredError returns an error in Nix's colours, without a final newline: language
// errors in Nix's layout, others behind "error: ", and advice where there is any.
func (inv *invocation) colouredError(err error) string {
	msg := inv.errorText(err)
	if own := inv.ownPlace(err); own != "" {
		msg += "\n\n" + indent(own)
	}
	if hint := advice(err); hint != "" && inv.env.nixName() == "" {
		msg += "\n\n" + indent(hint)
	}
	return msg
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

// indentation is how far below the first line of an error others begin.
const indentation = "       "

// indent puts text below the first line of an error.
func indent(s string) string {
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		if line != "" {
			lines[i] = indentation + line
		}
	}
	return strings.Join(lines, "\n")
}

func (inv *invocation) errorText(err error) string {
	var evalErr *eval.Error
	if !errors.As(err, &evalErr) {
		var undeleted *engine.UndeletedError
		if errors.As(err, &undeleted) {
			return describeUndeleted(undeleted)
		}
		if trace := traceOf(err); len(trace) > 0 {
			return withTrace(trace, err)
		}
		var parts []string
		for _, part := range inv.paragraphs(err) {
			parts = append(parts, atHead(part))
		}
		return strings.Join(parts, "\n")
	}
	var withTrace traced
	shown := *evalErr
	var failed *engine.BuildError
	var before string // what is told of several builds before the error, which is of all
	if errors.As(err, &failed) {
		parts := inv.describeResult(failed.Result, true)
		for _, part := range parts[:len(parts)-1] {
			before += atHead(part) + "\n"
		}
		shown.Say(syntax.Hint(paint(parts[len(parts)-1])))
	}
	return before + string(shown.FormatInColours(errors.As(err, &withTrace)))
}

// atHead returns a paragraph behind "error: ", "" if it is empty.
func atHead(part string) string {
	if part == "" {
		return ""
	}
	return syntax.ErrorHead + " " + strings.TrimLeft(indent(paint(part)), " ")
}

// traceOf returns what was being done when something turned out to be wrong, of a
// derivation or a store, outermost first.
func traceOf(err error) []string {
	var malformed *drv.JSONError
	var unreadable *drv.OptionsError
	var wrong *engine.DerivationError
	var untraced *engine.TraceError
	var denied *engine.AccessError
	var unseen *engine.SandboxPathError
	var told *engine.DaemonError
	switch {
	case errors.As(err, &told):
		return told.Traces
	case errors.As(err, &unseen):
		return []string{"while setting up the build environment"}
	case errors.As(err, &denied) && denied.While() != "":
		return []string{denied.While()}
	case errors.As(err, &malformed):
		return malformed.While
	case errors.As(err, &unreadable):
		return unreadable.While
	case errors.As(err, &untraced) && untraced.While != "":
		return []string{untraced.While}
	case errors.As(err, &wrong):
		return []string{"while checking derivation from JSON with name '" + wrong.Name + "'"}
	}
	return nil
}

// withTrace returns an error below what was being done, outermost first.
func withTrace(trace []string, err error) string {
	text := syntax.ErrorHead + "\n"
	for _, step := range trace {
		text += "       … " + strings.TrimLeft(indent(step), " ") + "\n\n"
	}
	return text + "       " + syntax.ErrorHead + " " + paint(nixWords(err))
}

// describeUndeleted tells of a path of the store that could not be deleted whole.
func describeUndeleted(undeleted *engine.UndeletedError) string {
	var b strings.Builder
	for _, err := range undeleted.More {
		b.WriteString(syntax.IgnoredHead + " " + paint(err.Error()) + "\n")
	}
	what := "store path"
	if _, err := store.DefaultDir.Join(filepath.Base(undeleted.File)); err != nil {
		what = "garbage in store directory"
	}
	trace := []string{"While deleting " + what + " " + store.QuoteFile(undeleted.File)}
	if undeleted.While != "" {
		trace = append(trace, undeleted.While)
	}
	return b.String() + withTrace(trace, undeleted)
}

// paragraphs returns what there is to say about an error: for builds that
// failed, and for what was not built because of them, a paragraph each.
func (inv *invocation) paragraphs(err error) []string {
	var failed *engine.BuildError
	if errors.As(err, &failed) {
		return inv.describeResult(failed.Result, inv.isOldBuild())
	}
	return inv.describeFailure(err)
}

// describeFailure tells of one build that failed, and of the derivation that was
// resolved to it if that is another.
func (inv *invocation) describeFailure(err error) []string {
	var obtain *engine.ObtainError
	if errors.As(err, &obtain) {
		var parts []string
		if f := (*engine.Failure)(nil); !errors.As(err, &f) || !inv.told[f.Asked()] {
			parts = inv.describeFailure(obtain.Err)
		}
		return append(parts, obtain.Message())
	}
	var parts []string
	var dependency *engine.DependencyError
	if errors.As(err, &dependency) {
		for _, t := range dependency.Unobtained {
			parts = append(parts, (&engine.ObtainError{Derivation: t}).Message())
		}
	}
	parts = append(parts, inv.describeBuild(err))
	var f *engine.Failure
	if errors.As(err, &f) && f.Of != "" {
		parts = append(parts, fmt.Sprintf("build of resolved derivation '%s' failed", f.DrvPath))
	}
	return parts
}

// describeResult tells of builds that failed what has not been told yet, then the
// targets, and if there are several which they were; in the older commands, and of what an
// evaluation wanted (isOld), those that were given up too, each of which is an empty line.
func (inv *invocation) describeResult(result *engine.Result, isOld bool) []string {
	var parts, targets []string
	told := maps.Clone(inv.told)
	if told == nil {
		told = map[store.Path]bool{}
	}
	for _, err := range result.Failures {
		if f := (*engine.Failure)(nil); errors.As(err, &f) && f.EndsAll() {
			return []string{inv.describeBuild(err)}
		}
	}
	var wanted []engine.Outcome
	gaveUp := !errors.Is(result.Err(), engine.ErrCancelled)
	for _, outcome := range inOrder(result.Outcomes, isOld) {
		isCancelled := errors.Is(outcome.Err, engine.ErrCancelled)
		if isCancelled && !isOld {
			continue
		}
		if len(outcome.Target.Through) == 0 {
			told[outcome.Target.Path] = true
		}
		targets = append(targets, "'"+targetName(outcome.Target, isOld)+"'")
		if !isCancelled || gaveUp {
			wanted = append(wanted, outcome)
		}
	}
	for _, err := range result.Failures {
		var failure *engine.Failure
		if !errors.As(err, &failure) || !told[failure.Asked()] {
			parts = append(parts, inv.describeFailure(err)...)
		}
	}
	for _, outcome := range wanted {
		if errors.Is(outcome.Err, engine.ErrCancelled) {
			parts = append(parts, "")
			continue
		}
		for _, text := range inv.describeFailure(outcome.Err) {
			if !slices.Contains(parts, text) {
				parts = append(parts, text)
			}
		}
	}
	slices.Sort(targets)
	if targets = slices.Compact(targets); len(targets) > 1 {
		parts = append(parts, "build of "+strings.Join(targets, ", ")+" failed")
	}
	if len(parts) == 0 {
		parts = append(parts, result.Err().Error())
	}
	return parts
}

// isOldBuild reports whether a command is one that builds and is not of nix.
func (inv *invocation) isOldBuild() bool {
	return inv.cmd.name == "nix-build" || inv.cmd.name == "nix-store"
}

// inOrder returns outcomes in the order in which failures are told: in that of the
// older commands, by name and the first last, or as they were asked for.
func inOrder(outcomes []engine.Outcome, isOld bool) []engine.Outcome {
	failed := slices.DeleteFunc(slices.Clone(outcomes), func(o engine.Outcome) bool { return o.Err == nil })
	if !isOld || len(failed) == 0 {
		return failed
	}
	slices.SortStableFunc(failed, func(a, b engine.Outcome) int {
		return cmp.Or(strings.Compare(a.Target.Path.Name(), b.Target.Path.Name()), strings.Compare(string(a.Target.Path), string(b.Target.Path)))
	})
	return append(failed[1:], failed[0])
}

// targetName returns what a target is called where several have failed.
func targetName(target store.DerivedPath, isOld bool) string {
	if isOld {
		return string(target.Path)
	}
	return target.String()
}

// describeBuild tells of one build that failed, in Nix's words. The last lines of
// the log are told unless they have been printed.
func (inv *invocation) describeBuild(err error) string {
	var dependency *engine.DependencyError
	if errors.As(err, &dependency) {
		return dependency.Message()
	}
	var f *engine.Failure
	if !errors.As(err, &f) {
		return nixWords(err)
	}
	text := f.Message()
	var different *engine.DifferenceError
	switch {
	case errors.As(f.Err, &different) && inv.env.nixName() == "":
		return text + differing(different)
	case !f.BuilderFailed():
		return text
	}
	if f.Phase != "" && !inv.bareLogs {
		text += "\nPhase: " + f.Phase
	}
	if last := f.LastLines(); last != "" && !inv.printLogs {
		text += last
		if f.LogFile != "" {
			text += "\nFor full logs, run:\n  " + inv.logCommand() + " " + string(f.DrvPath)
		}
	}
	if f.DiskFull {
		text += "\nnote: build failure may have been caused by lack of free disk space"
	}
	return text
}

// differing names the files of an output that differ.
func differing(err *engine.DifferenceError) string {
	said := "\nDiffering files:"
	for _, name := range err.Differing {
		said += "\n  " + text.SanitiseName(name)
	}
	if more := err.Count - len(err.Differing); more > 0 {
		said += fmt.Sprintf("\n  and %d more", more)
	}
	return said
}

// logCommand returns the command that prints a log.
func (inv *invocation) logCommand() string {
	switch {
	case inv.env.nixName() == "":
		return "nixbench log"
	case inv.env.nixName() == "nix" || inv.hasNixLog:
		return "nix log"
	}
	return "nix-store -l"
}

// endsWith reports whether the failure of a derivation is that of what was asked for, all its
// outputs, and ends the rest, whoever needs it.
func (inv *invocation) endsWith(drvPath store.Path) bool {
	asked := func(t store.DerivedPath) bool {
		return t.Path == drvPath && slices.Equal(t.Outputs, []store.OutputName{store.AllOutputs})
	}
	ending := inv.ending.Load()
	return ending != nil && slices.ContainsFunc(*ending, asked)
}

// tellFailure tells on standard error of a build that failed while others go on.
func (inv *invocation) tellFailure(act event.Activity) {
	var failure *engine.Failure
	if errors.As(act.Cause, &failure) && failure.KeptDir != "" {
		fmt.Fprintln(inv.env.Stderr, inv.clean(fmt.Sprintf("note: keeping build directory \"%s\"", failure.KeptDir)))
	}
	if !act.IsNeeded || act.Cause == nil || inv.endsWith(store.Path(act.Subject)) || failure != nil && failure.EndsAll() {
		return // it is told at the end
	}
	if inv.told == nil {
		inv.told = map[store.Path]bool{}
	}
	inv.told[store.Path(act.Subject)] = true
	if inv.jsonLog {
		fmt.Fprintln(inv.env.Stderr, inv.jsonError(act.Cause))
	} else {
		fmt.Fprintln(inv.env.Stderr, inv.formatError(act.Cause))
	}
}

// advice returns what to do about an error, "" if there is nothing to say.
func advice(err error) string {
	var file *settings.FileError
	var unreachable *engine.DialError
	switch {
	case errors.As(err, &unreachable):
		return unreachable.Advice()
	case errors.As(err, &file):
		return "It is in " + file.Where + "."
	case errors.Is(err, engine.ErrNotDerivation):
		return "Name one with -A, or see what there is: nixbench eval -f FILE --apply builtins.attrNames"
	case errors.Is(err, engine.ErrCorrupt):
		return "Make it anew, from the journal and the files: nixbench store rebuild-db"
	case errors.Is(err, store.ErrInvalidPath):
		return "See what the store has: nixbench path-info --all"
	}
	return ""
}
