package engine

import (
	"strconv"
	"strings"

	"nixbench/engine/build"
	"nixbench/engine/event"
	"nixbench/store"
	"nixbench/store/daemon"
)

// This file reads what a daemon says of builds that fail: their status, and the words.

// line takes what the daemon says to people: among it, why a build failed that was needed
// for something. What is of no build it says for itself, as of a path that it checks, or
// for a builder.
func (r *daemonRequest) line(text string) {
	if strings.HasPrefix(text, "warning: ") || strings.HasPrefix(text, "note: ") {
		r.b.hub.Say(r.act.ID, true, text)
		return
	}
	ofBuild := false
	words := strings.ReplaceAll(text, "\n       ", "\n") // as it is below "error: "
	for _, b := range r.builds {
		if !strings.Contains(words, string(b.drvPath())) {
			continue
		}
		ofBuild = true
		switch {
		case b.act.State.Final() || b.act.Started.IsZero():
		case b.ended:
			r.failed(b, build.MiscFailure, words)
		default:
			b.words = words
		}
	}
	if !ofBuild {
		r.b.hub.Say(r.act.ID, false, text)
	}
}

// These come before a number that tells how a builder ended, in the words of Nix.
const (
	exitCode = "failed with exit code "
	bySignal = "failed due to signal "
)

// numberAfter returns the number that follows some words in a text.
func numberAfter(text, words string) (number int, found bool) {
	_, rest, found := strings.Cut(text, words)
	digits := rest
	if end := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' }); end >= 0 {
		digits = rest[:end]
	}
	number, err := strconv.Atoi(digits)
	return number, found && err == nil
}

// toldOutputs returns the outputs that a daemon names where a build has failed; none before 2.31.
func toldOutputs(dir store.Dir, text string) (outputs []store.Path) {
	_, rest, _ := strings.Cut(text, "\nOutput paths:\n")
	for line := range strings.SplitSeq(rest, "\n") {
		p, err := dir.ParsePath(strings.TrimSpace(line))
		if err != nil {
			break
		}
		outputs = append(outputs, p)
	}
	return outputs
}

// failedNeeds returns how many of what was needed failed, as a daemon says of what could
// not be built without; 1 if it does not say.
func failedNeeds(text string) int {
	for _, words := range []string{"Reason: ", ""} { // the latter of before 2.30: "2 dependencies of … failed to build"
		if count, found := numberAfter(text, words); found {
			return count
		}
	}
	return 1
}

// failed posts that a build failed, with what the daemon said of it.
func (r *daemonRequest) failed(b *daemonBuild, status build.Status, words string) {
	b.closeLog()
	failure := &build.Failure{
		DrvPath: b.drvPath(), Status: status, Phase: b.act.Phase, LogFile: b.act.LogFile, Outputs: b.planned.OutputPaths(),
	}
	if len(failure.Outputs) == 0 { // which were known once it was resolved
		failure.Outputs = toldOutputs(r.b.st.Dir(), words)
	}
	if b.act.Resolved != "" {
		failure.Of = b.planned.DrvPath
	}
	if b.log != nil {
		failure.Tail = b.log.LastLines()
	}
	if code, ok := numberAfter(words, exitCode); ok {
		failure.ExitStatus = code
		failure.Status = build.PermanentFailure
	} else if signal, ok := numberAfter(words, bySignal); ok {
		failure.Signal = signal
		failure.ExitStatus = 128 + failure.Signal
		failure.Status = build.PermanentFailure
	} else {
		failure.Status = statusOf(words, failure.Status)
		failure.Err = &build.ToldError{Words: words}
	}
	r.failures = append(r.failures, failure)
	b.act.State, b.act.ExitStatus = event.Failed, failure.ExitStatus
	b.act.Err, b.act.Cause = failure.Error(), failure
	r.final(b)
}

// saidStatuses are what daemons say of failures, and how the builds have failed then.
var saidStatuses = []struct {
	words  string
	status build.Status
}{
	{"hash mismatch in fixed-output derivation", build.HashMismatch},
	{"timed out after", build.TimedOut},
	{"may not be deterministic", build.NotDeterministic},
	{"is not allowed to refer to", build.OutputRejected},
	{"bytes of log output", build.LogLimitExceeded},
	{"failed to produce output", build.OutputRejected},
	{"is required to build on this", build.InputRejected},
}

// statusOf tells from what a daemon said how a build failed: by the first of saidStatuses
// that is part of it.
func statusOf(text string, otherwise build.Status) build.Status {
	for _, said := range saidStatuses {
		if strings.Contains(text, said.words) {
			return said.status
		}
	}
	return otherwise
}

// statuses are ours for those of a daemon.
var statuses = map[daemon.Status]build.Status{
	daemon.Built: build.Built, daemon.Substituted: build.Substituted, daemon.AlreadyValid: build.AlreadyValid,
	daemon.ResolvesToAlreadyValid: build.AlreadyValid, daemon.PermanentFailure: build.PermanentFailure,
	daemon.InputRejected: build.InputRejected, daemon.OutputRejected: build.OutputRejected,
	daemon.TransientFailure: build.TransientFailure, daemon.CachedFailure: build.PermanentFailure,
	daemon.TimedOut: build.TimedOut, daemon.DependencyFailed: build.DependencyFailed,
	daemon.LogLimitExceeded: build.LogLimitExceeded, daemon.NotDeterministic: build.NotDeterministic,
}

// status returns ours for one of a daemon.
func status(s daemon.Status) build.Status {
	if ours, known := statuses[s]; known {
		return ours
	}
	return build.MiscFailure
}
