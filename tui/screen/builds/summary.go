package builds

// This file sums up: for the header, and when the workbench is left.

import (
	"strings"

	"nixbench/engine/event"
	"nixbench/repl/text"
	"nixbench/tui"
)

// Summary tells what was built, and how to see why what failed did.
func (s *Screen) Summary() []string {
	c := s.board.count
	cancelled := c[event.Cancelled] + s.board.live() // leaving cancels what runs
	if c[event.Done]+c[event.Failed]+cancelled == 0 {
		return nil
	}
	failures := s.board.failures()
	parts := []string{text.Count(c[event.Done]) + " done"}
	if n := len(failures); n > 0 {
		parts = append(parts, text.Count(n)+" failed")
	}
	if n := c[event.Failed] - len(failures); n > 0 {
		parts = append(parts, text.Count(n)+" blocked by them")
	}
	if cancelled > 0 {
		parts = append(parts, text.Count(cancelled)+" cancelled")
	}
	out := []string{"builds: " + strings.Join(parts, ", ")}
	for i, n := range failures {
		if left := len(failures) - i; len(out) == 4 && left > 1 {
			return append(out, "  and "+text.Count(left)+" more")
		}
		out = append(out, "  failed: "+text.SanitiseName(n.act.Name)+s.howItFailed(n.act)+"   "+s.env.OnStore("nixbench log "+tui.Word(text.SanitiseName(n.act.Built()))))
	}
	return out
}

// howItFailed says with what and when a build failed: " (exit 2 in checkPhase after
// 0m41s)".
func (s *Screen) howItFailed(act *event.Activity) string {
	var words []string
	if act.ExitStatus != 0 {
		words = append(words, "exit "+text.Count(act.ExitStatus))
	}
	if act.Phase != "" {
		words = append(words, "in "+text.SanitiseName(act.Phase))
	}
	if took := s.took(act); took != "" {
		words = append(words, "after "+took)
	}
	if len(words) == 0 {
		return ""
	}
	return " (" + strings.Join(words, " ") + ")"
}

// Busy says what quitting would cancel.
func (s *Screen) Busy() string {
	if n := s.board.live(); n > 0 {
		return text.Plural(n, "build")
	}
	return ""
}

// Badge counts the builds that have not ended, and those that failed; when all have
// ended, the failures that nobody has seen.
func (s *Screen) Badge() string {
	live, failed := s.board.live(), len(s.board.failures())
	if live == 0 {
		failed = s.board.unseen()
	}
	badge := ""
	if live > 0 {
		badge = text.Count(live) + ">"
	}
	if failed > 0 {
		badge += text.Count(failed) + "!"
	}
	return badge
}

// Status sums up, for the right of the header.
func (s *Screen) Status() string {
	if s.board.live() == 0 {
		return ""
	}
	status := text.Duration(s.env.Now.Sub(s.board.first))
	if s.board.first.IsZero() {
		status = text.Duration(0)
	}
	if left, ok := s.left(); ok {
		status += ", about " + text.Duration(left) + " left"
	}
	return status
}
