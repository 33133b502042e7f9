package build

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"syscall"

	"nixbench/store"
)

// A Status says how the realisation of a target or goal ended.
type Status uint8

// The statuses. Those that a build can fail with are Nix's; see
// [Result.ExitStatus] for what commands make of them.
const (
	AlreadyValid     Status = iota // there was nothing to do
	Built                          // here and now
	Substituted                    // from a binary cache
	PermanentFailure               // the builder failed, and would again
	TransientFailure               // it failed, and might not again
	InputRejected                  // it cannot be built here, or at all
	OutputRejected                 // what it made is not what it may make
	HashMismatch                   // a fixed output has another hash
	TimedOut                       // it took too long, or said nothing for too long
	LogLimitExceeded               // it said too much
	NotDeterministic               // built again, it came out differently
	DependencyFailed               // something that it needs failed
	Cancelled                      // by the user, or because another build failed
	MiscFailure                    // it is not the derivation's fault
)

// OK reports whether the outputs are there.
func (s Status) OK() bool { return s <= Substituted }

// A Failure reports that a derivation could not be built.
type Failure struct {
	DrvPath store.Path
	// Of is the derivation that was resolved to DrvPath, or "".
	Of     store.Path
	Status Status
	// ExitStatus is the builder's, 128+n if signal n ended it, or 0 if that is
	// not what the build failed of: then Err says it. Signal is n, or 0.
	ExitStatus, Signal int
	// DiskFull says that there was next to no space left when it failed.
	DiskFull bool
	// Err is why, if it was not the builder's exit, or what a builtin builder
	// says of its exit; it may be a
	// [*store.HashMismatch], a [*RefusedError] or a [*sandbox.SetupError].
	Err error
	// Outputs are the paths that it would have made, as far as they are known,
	// sorted.
	Outputs []store.Path
	// Phase is what the builder said last that it was doing, or "".
	Phase string
	// Tail holds the last lines of the log, without what was said to us rather
	// than to people. They are as the builder wrote them and must be cleaned
	// before they are shown.
	Tail []string
	// LogFile is where the log was written; it may have been compressed since.
	LogFile string
	// KeptDir is the build directory, if it was kept.
	KeptDir string
}

func (e *Failure) Error() string {
	switch {
	case e.Err != nil:
		return fmt.Sprintf("build %s: %v", e.DrvPath, e.Err)
	case e.Signal > 0:
		return fmt.Sprintf("build %s: killed by signal %d", e.DrvPath, e.Signal)
	case e.DiskFull:
		return fmt.Sprintf("build %s: exit status %d; the disk is full, or nearly so", e.DrvPath, e.ExitStatus)
	}
	return fmt.Sprintf("build %s: exit status %d", e.DrvPath, e.ExitStatus)
}

// Unwrap returns Err.
func (e *Failure) Unwrap() error { return e.Err }

// Asked returns the derivation that was to be built: Of if there is one, or
// DrvPath.
func (e *Failure) Asked() store.Path { return cmp.Or(e.Of, e.DrvPath) }

// Message says in Nix's words what failed, in one or more lines; the log is not
// in it.
//
// Behaviour: Nix, derivation-building-goal.cc.
func (e *Failure) Message() string {
	var refused *RefusedError
	var mismatch *store.HashMismatch
	switch {
	case errors.As(e.Err, &refused):
		return cannotBuild(e.DrvPath, refused.Reasons...)
	case errors.As(e.Err, &mismatch):
		return fmt.Sprintf("hash mismatch in fixed-output derivation '%s':\n  specified: %s\n     got:    %s",
			e.DrvPath, mismatch.Want.SRI(), mismatch.Got.SRI())
	case e.Signal > 0:
		return cannotBuild(e.DrvPath, fmt.Sprintf("builder failed due to signal %d (%s).", e.Signal, store.Capital(syscall.Signal(e.Signal).String()))) + outputLines(e.Outputs)
	case e.BuilderFailed():
		return cannotBuild(e.DrvPath, fmt.Sprintf("builder failed with exit code %d.", e.ExitStatus)) + outputLines(e.Outputs)
	case e.isOwnWords():
		return e.Err.Error()
	}
	return cannotBuild(e.DrvPath, e.Err.Error()+".") + outputLines(e.Outputs)
}

// LastLines are the last lines of the log of a builder that failed, as Nix tells them below
// the message; "" for none.
func (e *Failure) LastLines() string {
	if len(e.Tail) == 0 || !e.BuilderFailed() {
		return ""
	}
	text := fmt.Sprintf("\nLast %d log lines:", len(e.Tail))
	for _, line := range e.Tail {
		text += "\n> " + line
	}
	return text
}

// BuilderFailed reports whether it was the builder that failed, so that the log
// says why.
func (e *Failure) BuilderFailed() bool { return e.ExitStatus != 0 || e.Err == nil }

// EndsAll reports whether nothing else is to be said of what was asked for; see [endError].
func (e *Failure) EndsAll() bool { return errors.As(e.Err, new(endError)) }

// An endError is one, in Nix's words, that ends everything there, whatever is to go on: that
// of a hook, and that something cannot be checked.
type endError struct{ error }

// isOwnWords reports whether Err says all that Nix does.
func (e *Failure) isOwnWords() bool {
	var status *statusError
	var told *ToldError
	if errors.As(e.Err, &told) {
		return true
	}
	switch e.Status {
	case MiscFailure:
		return errors.As(e.Err, &status) || e.EndsAll()
	case OutputRejected, HashMismatch, TimedOut, LogLimitExceeded, NotDeterministic:
		return true
	}
	return false
}

// cannotBuild returns the beginning of what Nix says of a derivation that was
// not built.
func cannotBuild(drvPath store.Path, reasons ...string) string {
	text := fmt.Sprintf("Cannot build '%s'.", drvPath)
	for _, reason := range reasons {
		text += "\nReason: " + reason
	}
	return text
}

// outputLines returns the end of it.
func outputLines(outputs []store.Path) string {
	if len(outputs) == 0 {
		return ""
	}
	text := "\nOutput paths:"
	for _, p := range outputs {
		text += "\n  " + string(p)
	}
	return text
}

// A ToldError is why a build failed in the words of the Nix that did it.
type ToldError struct{ Words string }

func (e *ToldError) Error() string { return e.Words }

// A RefusedError reports that a derivation cannot be built by this machine.
type RefusedError struct {
	Reasons []string // in Nix's words, each of one or more lines
}

func (e *RefusedError) Error() string {
	return strings.ReplaceAll(strings.Join(e.Reasons, "; "), "\n", ", ")
}

// A DependencyError reports that a derivation was not built because something
// that it needs could not be.
type DependencyError struct {
	DrvPath store.Path
	// Failed are the derivations that failed by themselves, not because of
	// others; sorted.
	Failed []store.Path
	// Outputs are the paths that it would have made, sorted, and Count is how many
	// of what it needs directly had failed by then.
	Outputs []store.Path
	Count   int
	// Unobtained are the derivations that it needs which others would have made.
	Unobtained []Target
}

// Message says so in Nix's words, in several lines.
func (e *DependencyError) Message() string {
	failed := "1 dependency failed."
	if e.Count != 1 {
		failed = fmt.Sprintf("%d dependencies failed.", e.Count)
	}
	return cannotBuild(e.DrvPath, failed) + outputLines(e.Outputs)
}

func (e *DependencyError) Error() string {
	if len(e.Failed) == 1 {
		return fmt.Sprintf("build %s: needs %s, which failed", e.DrvPath, e.Failed[0])
	}
	return fmt.Sprintf("build %s: %d derivations that it needs failed, e.g. %s", e.DrvPath, len(e.Failed), e.Failed[0])
}

// An ObtainError reports that a derivation is not there, because what would have made
// it could not be built.
type ObtainError struct {
	Derivation Target // one output
	Err        error  // why
}

// Message says so in Nix's words, without why.
func (e *ObtainError) Message() string {
	return fmt.Sprintf("failed to obtain derivation of '%s'", e.Derivation)
}

func (e *ObtainError) Error() string {
	return fmt.Sprintf("obtain derivation of %s: %v", e.Derivation, e.Err)
}

// Unwrap returns Err.
func (e *ObtainError) Unwrap() error { return e.Err }

// ErrCancelled reports that a build was cancelled.
var ErrCancelled = errors.New("cancelled")

// A NoOutputError reports in Nix's words that a derivation has no output of a name.
type NoOutputError struct {
	DrvPath store.Path
	Output  store.OutputName
}

func (e *NoOutputError) Error() string {
	return fmt.Sprintf("derivation '%s' does not have wanted outputs '%s'", e.DrvPath, e.Output)
}

// An UnknownError reports that a path is not valid and that nobody can make it.
type UnknownError struct {
	Path store.Path
	// For is the derivation that needs it, or "".
	For store.Path
}

func (e *UnknownError) Error() string {
	if e.For == "" {
		return fmt.Sprintf("realise %s: path is not valid, and no derivation or cache is known to make it", e.Path)
	}
	return fmt.Sprintf("build %s: needs %s, which is not valid, and no derivation or cache is known to make it", e.For, e.Path)
}

// Message says in Nix's words that a path that was asked for cannot be had.
//
// Behaviour: Nix, substitution-goal.cc and derivation-trampoline-goal.cc.
func (e *UnknownError) Message() string {
	if e.Path.IsDerivation() {
		return fmt.Sprintf("failed to obtain derivation of '%s'", e.Path)
	}
	return fmt.Sprintf("path '%s' is required, but there is no substituter that can build it", e.Path)
}

// Unwrap returns [store.ErrInvalidPath].
func (e *UnknownError) Unwrap() error { return store.ErrInvalidPath }
