package cli

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"slices"
	"strings"
	"time"

	"nixbench/engine"
	"nixbench/engine/event"
	"nixbench/repl/text"
	"nixbench/store"
	"nixbench/store/drv"
)

// A follower tells of builds on a stream that nobody redraws: a line when one
// starts, its log if wanted, a line when it fails if others go on.
type follower struct {
	w     io.Writer
	quiet bool // tell nothing but failures, and bare logs
	logs  bool // print the lines of logs
	bare  bool // without the build's name before each
	// blocks tells of a build when it has ended, with all of its log in one piece.
	blocks bool
	level  int                  // of the messages of builders that are told
	fail   func(event.Activity) // tells of a failure
	// json tells of activities in the format internal-json.
	json bool
	// bar shows what runs; lines stay of what has ended. nil for none: lines tell of what
	// begins.
	bar *bar

	shown []string  // the bar's lines
	drawn time.Time // when they were made
	stale bool      // something has happened since

	copied map[event.ID]bool // substitutions that were told of
	begun  map[event.ID]bool // likewise waits and hooks
	ended  []event.Activity  // of what is told in JSON, what was told to be over together

	requests map[event.ID]*jsonRequest // told of in JSON, and not over

	seen  map[event.ID]*followed
	runs  map[event.ID]*followed   // of seen
	count [event.Cancelled + 1]int // of seen, by their states
	began time.Time
	// mark is the activity that is posted to learn how far all has been told, and passed is
	// sent to when it is met.
	mark   event.ID
	passed chan struct{}
	// log opens the log of a derivation that has been built.
	log func(store.Path) (io.ReadCloser, error)
	// derivation reads the derivation that is built.
	derivation func(drvPath string) (*drv.Derivation, error)
}

// followed is how far the log of a build has been printed.
type followed struct {
	act    event.Activity
	offset int64
	// hasEnded says that the log is whole, though the build may go on.
	hasEnded bool
	grew     time.Time // when its log was last seen to have grown
	quiet    bool      // that its log does not grow has been told
	tail     string    // the last line of its log when that had tailOf bytes
	tailOf   int64
	hook     event.ID // what runs after it, told of in JSON; 0 for nothing
}

// beat says that builds are still running.
func (f *follower) beat() {
	running := f.running()
	switch n := len(running); {
	case n == 0 || f.quiet || f.bare || f.json:
	case f.blocks:
		f.tellRunning(running)
	case n == 1:
		fmt.Fprintf(f.w, "still building %s\n", text.SanitiseName(running[0].act.Name))
	default:
		fmt.Fprintf(f.w, "still building %d derivations\n", n)
	}
}

// running returns the builds that run, the oldest first.
func (f *follower) running() []*followed {
	var running []*followed
	for _, seen := range f.runs {
		running = append(running, seen)
	}
	slices.SortFunc(running, func(a, b *followed) int {
		return cmp.Or(a.act.Started.Compare(b.act.Started), cmp.Compare(a.act.ID, b.act.ID))
	})
	return running
}

// tellSubstitute says once that a path is copied, which may be over by now.
func (f *follower) tellSubstitute(act event.Activity) {
	if act.Text == "" || f.quiet || f.copied[act.ID] {
		return
	}
	if f.copied == nil {
		f.copied = make(map[event.ID]bool)
	}
	f.copied[act.ID] = true
	fmt.Fprintf(f.w, "copying path '%s' from '%s'...\n", act.Subject, text.Sanitise(act.Text))
}

func (f *follower) tell(acts []*event.Activity) {
	defer f.passMark(acts)
	defer f.tellEnds()
	defer f.tellCounts()
	for _, shared := range acts {
		act := *shared
		if act.ID == f.mark {
			continue
		}
		switch act.Kind {
		case event.Build:
		case event.Notice:
			f.tellNotice(act)
			continue
		case event.Substitute:
			f.tellSubstitute(act)
			continue
		case event.Wait, event.Hook:
			f.tellAround(act)
			continue
		case event.Realise:
			f.tellRequest(act)
			continue
		default:
			continue
		}
		seen := f.seen[act.ID]
		isNew := seen == nil
		if isNew {
			seen = &followed{act: event.Activity{State: event.Waiting}}
			f.seen[act.ID] = seen
			f.count[event.Waiting]++
		}
		before := seen.act
		seen.act = act
		f.count[before.State]--
		f.count[act.State]++
		f.countBuild(&act, before.State, isNew)
		if delete(f.runs, act.ID); act.State == event.Running {
			f.runs[act.ID] = seen
		}
		if act.LogSize > before.LogSize {
			seen.grew, seen.quiet = time.Now(), false
		}
		if act.Resolved != before.Resolved && f.bare && !f.quiet {
			fmt.Fprintf(f.w, "resolved derivation: '%s' -> '%s'...\n", act.Subject, act.Resolved)
		}
		if !act.Started.IsZero() { // or it waits, or never began
			f.tellProgress(seen, before)
			if before.Started.IsZero() && f.level >= levelChatty {
				f.tellBuilder(act.Built())
			}
		}
		if act.State == event.Failed && before.State != event.Failed {
			f.fail(act)
		}
	}
}

// tellBuilder tells what is executed for a build.
func (f *follower) tellBuilder(drvPath string) {
	d, err := f.derivation(drvPath)
	if err != nil {
		return // it is gone by now
	}
	for _, msg := range []string{
		"executing builder '" + d.Builder + "'",
		"using builder args '" + strings.Join(d.Args, " ") + "'",
	} {
		if f.json {
			m := jsonMessage{Level: levelChatty, Msg: msg}
			fmt.Fprintln(f.w, m.line())
			continue
		}
		for line := range strings.SplitSeq(msg, "\n") {
			fmt.Fprintln(f.w, text.Plain(text.Sanitise(line)))
		}
	}
}

// tellNotice prints what was said once. What is said after a build is part of its
// log for whoever wants that.
func (f *follower) tellNotice(act event.Activity) {
	if seen := f.seen[act.Parent]; act.Phase != "" && seen != nil && !f.blocks {
		f.tellRest(seen)
	}
	if f.tellHookLine(act) {
		return
	}
	lines := strings.Split(act.Text, "\n")
	for i, line := range lines {
		lines[i] = text.Plain(text.Sanitise(line))
	}
	line := strings.Join(lines, "\n")
	switch {
	case act.Phase == "" && (!f.quiet || act.State == event.Failed):
		fmt.Fprintln(f.w, line)
	case act.Phase != "" && f.logs && f.bare:
		fmt.Fprintf(f.w, "%s: %s\n", act.Phase, line)
	case act.Phase != "" && f.logs && !f.quiet:
		fmt.Fprintf(f.w, "%s (post)> %s\n", text.SanitiseName(act.Name), line)
	}
}

// tellRest prints the rest of a log, which is whole, unless that was done.
func (f *follower) tellRest(seen *followed) {
	if !seen.hasEnded {
		seen.hasEnded = true
		f.tellNew(seen)
	}
}

// tellProgress tells that a build has begun, and what is new in its log.
func (f *follower) tellProgress(seen *followed, before event.Activity) {
	if f.json {
		f.tellActivity(seen, before)
		return
	}
	if f.blocks {
		if seen.act.State.Final() && !before.State.Final() {
			f.tellBlock(seen)
		}
		return
	}
	switch {
	case f.bar != nil:
		if act := &seen.act; act.State.Final() && !before.State.Final() && act.State != event.Cancelled {
			fmt.Fprintf(f.w, "%s: %s\n", text.SanitiseName(act.Name), verdict(act))
		}
	case before.Started.IsZero() && !f.quiet:
		fmt.Fprintf(f.w, "%s '%s'...\n", seen.act.Text, seen.act.Built())
	}
	f.tellNew(seen)
}

// tellNew prints the lines of the log that are new, if logs are wanted, as they always are
// in JSON, and what the builder says to us.
func (f *follower) tellNew(seen *followed) {
	if f.json {
		f.tellLines(seen)
	} else {
		f.tellLog(seen)
	}
}

// tellLog prints the lines of the log that are new.
func (f *follower) tellLog(seen *followed) {
	prefix := text.SanitiseName(seen.act.Name) + "> "
	if f.bare {
		prefix = ""
	}
	f.eachNewLine(seen, func(line string) { f.tellLine(prefix, line) })
}

// eachNewLine passes the whole lines of the log that are new; the rest of the last
// line too once the build has ended.
func (f *follower) eachNewLine(seen *followed, pass func(line string)) {
	log, err := f.openLog(seen)
	if err != nil {
		return // not written yet
	}
	defer log.Close()
	there := seen.act.LogSize - seen.offset
	if seen.hasEnded {
		there = math.MaxInt64
	}
	data, err := io.ReadAll(io.LimitReader(log, there))
	if err != nil {
		return
	}
	if !seen.hasEnded && !seen.act.State.Final() {
		data = data[:bytes.LastIndexByte(data, '\n')+1]
	}
	seen.offset += int64(len(data))
	for line := range bytes.Lines(data) {
		pass(string(bytes.TrimRight(line, "\n")))
	}
}

// tellLine prints a line of a log, if logs are wanted, or of what the builder says to us
// what is meant for people and what is wrong.
func (f *follower) tellLine(prefix, line string) {
	message, ok := text.LogMessage(line)
	if problem := engine.CheckLine(text.LastDrawn(line)); problem != nil {
		ok = false
		if f.level >= levelOfProblem(problem) {
			fmt.Fprintln(f.w, text.PlainLine(problem.String()))
		}
	}
	switch {
	case ok && message.Action == "msg" && message.Level <= f.level:
		fmt.Fprintln(f.w, text.PlainLogLine(line))
	case ok || !f.logs || f.quiet && !f.bare:
	case prefix != "":
		fmt.Fprintln(f.w, text.PrefixedLogLine(prefix, line))
	default:
		fmt.Fprintln(f.w, text.PlainLine(line))
	}
}

// openLog opens a log at the place where telling it has got to. A log that is
// finished may have been compressed by now.
func (f *follower) openLog(seen *followed) (io.ReadCloser, error) {
	file, err := os.Open(seen.act.LogFile)
	if err == nil {
		_, err = file.Seek(seen.offset, io.SeekStart)
		return file, err
	}
	if isBegun := seen.act.LogFile != "" || seen.act.State.Final(); !isBegun || !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	log, err := f.log(store.Path(seen.act.Built()))
	if err == nil {
		_, err = io.CopyN(io.Discard, log, seen.offset)
	}
	return log, err
}
