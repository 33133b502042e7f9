package build

import (
	"errors"

	"nixbench/store"
)

// A Target is what can be asked for: a store path, or outputs of a derivation.
type Target = store.DerivedPath

// A Mode says what to do with what is valid already.
type Mode uint8

// The modes.
const (
	Normal Mode = iota // build what is not valid
	Check              // build again what is, and see whether it comes out the same
	Repair             // build what is not valid, or damaged
)

// Does says what a build does in a mode, in Nix's words.
func (m Mode) Does() string {
	switch m {
	case Check:
		return "checking outputs of"
	case Repair:
		return "repairing outputs of"
	}
	return "building"
}

// A Result says what came of a request.
type Result struct {
	Outcomes []Outcome // one for each target, in the order asked for
	// Failures are the goals that failed by themselves, in the order in which
	// they did; a [*Failure] or a [*UnknownError] each.
	Failures []error
	// ByDaemon says that a daemon did it, of whose failures Nix's commands do not
	// know what statuses they have.
	ByDaemon bool
}

// An Outcome is what came of one target.
type Outcome struct {
	Target  Target
	DrvPath store.Path // "" for a plain store path
	// Outputs holds the paths of the outputs asked for, if Status is OK.
	// A plain store path is the output "".
	Outputs map[store.OutputName]store.Path
	Status  Status
	// Err is nil if Status is OK, and otherwise a [*Failure],
	// [*DependencyError], [*UnknownError] or [ErrCancelled], or an [*ObtainError]
	// because of one of them.
	Err error
}

// Err returns nil if every target was realised, and otherwise an error whose
// tree holds those of all goals that failed.
func (r *Result) Err() error {
	if len(r.Failures) > 0 {
		return errors.Join(r.Failures...)
	}
	var cancelled error
	for _, o := range r.Outcomes {
		switch {
		case o.Status == Cancelled:
			cancelled = o.Err
		case o.Err != nil:
			return o.Err
		}
	}
	return cancelled
}

// ExitStatus returns what nix-build exits with: 0 if all went well, 100 if a
// builder failed, 101 for a timeout, 102 for a hash mismatch, 104 for a build
// that came out differently, sums of these where more than one happened, and 1
// for anything else and all that a daemon did.
//
// Behaviour: Nix, build-result.cc; worker-protocol-connection.cc.
func (r *Result) ExitStatus() int {
	const base, failed, timedOut, mismatch, differs = 0x60, 0x04, 0x01, 0x02, 0x08
	if r.Err() == nil {
		return 0
	}
	if r.ByDaemon {
		return 1
	}
	mask := 0
	for _, err := range r.Failures {
		var failure *Failure
		if !errors.As(err, &failure) {
			continue
		}
		switch failure.Status {
		case PermanentFailure, InputRejected:
			mask |= base | failed
		case TimedOut:
			mask |= base | failed | timedOut
		case HashMismatch:
			mask |= base | failed | mismatch
		case NotDeterministic:
			mask |= base | differs
		}
	}
	return max(mask, 1)
}
