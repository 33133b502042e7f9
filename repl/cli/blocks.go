package cli

import (
	"fmt"
	"io"
	"strings"
	"time"

	"nixbench/engine/event"
	"nixbench/repl/text"
)

// This file tells of builds where what is told is read later, in the log of a CI: the
// logs of builds that ran side by side are not mixed.

const (
	silence     = 300 * time.Second // of a build, until its last lines are told
	silentLines = 10                // how many
)

// tellBlock tells how a build went, and all of its log.
func (f *follower) tellBlock(seen *followed) {
	fmt.Fprintf(f.w, "== %s: %s\n", text.SanitiseName(seen.act.Name), verdict(&seen.act))
	f.tellLog(seen)
}

// verdict says how a build ended.
func verdict(act *event.Activity) string {
	took := text.Duration(act.Ended.Sub(act.Started))
	switch act.State {
	case event.Done:
		return "built in " + took
	case event.Cancelled:
		return "stopped after " + took
	}
	how := "failed"
	if act.ExitStatus != 0 {
		how += fmt.Sprintf(" with exit status %d", act.ExitStatus)
	}
	if act.Phase != "" {
		how += " in " + text.SanitiseName(act.Phase)
	}
	return how + " after " + took
}

// tellRunning says which builds are running and since when, and shows the end of the
// logs of those that have been silent for long.
func (f *follower) tellRunning(running []*followed) {
	done := 0
	for _, seen := range f.seen {
		if seen.act.State.Final() {
			done++
		}
	}
	var names []string
	for _, seen := range running {
		names = append(names, fmt.Sprintf("%s (%s)", text.SanitiseName(seen.act.Name), text.Duration(time.Since(seen.act.Started))))
	}
	fmt.Fprintf(f.w, "-- still building %s; %d of %d done\n", strings.Join(names, ", "), done, len(f.seen))
	for _, seen := range running {
		since := seen.grew
		if since.IsZero() {
			since = seen.act.Started
		}
		if quiet := time.Since(since); quiet >= silence && !seen.quiet {
			seen.quiet = true
			f.tellSilent(seen, quiet)
		}
	}
}

// tellSilent shows the last lines of a log that does not grow.
func (f *follower) tellSilent(seen *followed, quiet time.Duration) {
	name := text.SanitiseName(seen.act.Name)
	lines := f.lastLines(seen)
	if len(lines) == 0 {
		fmt.Fprintf(f.w, "-- %s has written nothing for %s\n", name, text.Duration(quiet))
		return
	}
	fmt.Fprintf(f.w, "-- %s has written nothing for %s; last:\n", name, text.Duration(quiet))
	for _, line := range lines {
		f.tellLine(name+"> ", line)
	}
}

// lastLines returns the last lines of the log of a build that runs.
func (f *follower) lastLines(seen *followed) []string {
	const enough = 16 << 10
	log, err := f.openLog(seen)
	if err != nil {
		return nil
	}
	defer log.Close()
	if _, err := io.CopyN(io.Discard, log, max(0, seen.act.LogSize-enough)); err != nil {
		return nil
	}
	data, err := io.ReadAll(io.LimitReader(log, enough))
	if err != nil || len(data) == 0 {
		return nil
	}
	lines := strings.Split(strings.TrimRight(string(data), "\n"), "\n")
	return lines[max(0, len(lines)-silentLines):]
}

// tellSummary says what became of all builds.
func (f *follower) tellSummary() {
	count := make(map[string]int)
	for _, seen := range f.seen {
		switch {
		case seen.act.Started.IsZero():
			count["not begun"]++
		case seen.act.State == event.Done:
			count["built"]++
		case seen.act.State == event.Failed:
			count["failed"]++
		default:
			count["stopped"]++
		}
	}
	var parts []string
	for _, what := range []string{"built", "failed", "stopped", "not begun"} {
		if n := count[what]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, what))
		}
	}
	if len(parts) > 0 {
		fmt.Fprintf(f.w, "== %s: %s, in %s\n", text.Plural(len(f.seen), "build"), strings.Join(parts, ", "), text.Duration(time.Since(f.began)))
	}
}
