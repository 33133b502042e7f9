package build

import (
	"errors"
	"fmt"

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
	Status  Status
	// ExitStatus is the builder's, 128+n if signal n ended it, or 0 if that is
	// not what the build failed of: then Err says it.
	ExitStatus int
	// Err is why, if it was not the builder's exit; it may be a
	// [*store.HashMismatch] or a [*sandbox.SetupError].
	Err error
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
	case e.ExitStatus > 128:
		return fmt.Sprintf("build %s: killed by signal %d", e.DrvPath, e.ExitStatus-128)
	}
	return fmt.Sprintf("build %s: exit status %d", e.DrvPath, e.ExitStatus)
}

// Unwrap returns Err.
func (e *Failure) Unwrap() error { return e.Err }

// A DependencyError reports that a derivation was not built because something
// that it needs could not be.
type DependencyError struct {
	DrvPath store.Path
	// Failed are the derivations that failed by themselves, not because of
	// others; sorted.
	Failed []store.Path
}

func (e *DependencyError) Error() string {
	if len(e.Failed) == 1 {
		return fmt.Sprintf("build %s: needs %s, which failed", e.DrvPath, e.Failed[0])
	}
	return fmt.Sprintf("build %s: %d derivations that it needs failed, e.g. %s", e.DrvPath, len(e.Failed), e.Failed[0])
}

// ErrCancelled reports that a build was cancelled.
var ErrCancelled = errors.New("cancelled")

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

// Unwrap returns [store.ErrInvalidPath].
func (e *UnknownError) Unwrap() error { return store.ErrInvalidPath }
