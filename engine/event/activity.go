package event

import (
	"cmp"
	"time"
)

// An ID names an activity within one [Hub]. Zero is no activity.
type ID uint64

// A Kind says what an activity does.
type Kind uint8

// The kinds of activities.
const (
	Realise    Kind = iota // a whole request: build or substitute what was asked for
	Build                  // one derivation
	Substitute             // one store path from a binary cache
	CopyPath               // one store path between stores
	Collect                // a garbage collection
	Verify                 // a check of the store's contents
	Optimise               // files of the store become hard links to others
	Evaluate               // an expression
	Notice                 // something that is said once; over when it is posted
	Wait                   // for locks that others hold; Text says for which
	Hook                   // a program of the user's that is run after a build, its parent
)

// AutoGC is the Name of a [Collect] that a store makes of itself. What is said of it as it
// goes on is notices whose Parent it is.
const AutoGC = "auto-GC"

// String returns the kind's name in lower case.
func (k Kind) String() string {
	switch k {
	case Realise:
		return "realise"
	case Build:
		return "build"
	case Substitute:
		return "substitute"
	case CopyPath:
		return "copy"
	case Collect:
		return "collect"
	case Verify:
		return "verify"
	case Optimise:
		return "optimise"
	case Evaluate:
		return "evaluate"
	case Notice:
		return "notice"
	case Wait:
		return "wait"
	case Hook:
		return "hook"
	}
	return "unknown"
}

// A State is where an activity stands.
// An activity goes from Waiting to Running to one of the three final states,
// and may skip any but the last.
type State uint8

// The states of an activity.
const (
	Waiting State = iota
	Running
	Done
	Failed
	Cancelled
)

// String returns the state's name in lower case.
func (s State) String() string {
	switch s {
	case Waiting:
		return "waiting"
	case Running:
		return "running"
	case Done:
		return "done"
	case Failed:
		return "failed"
	case Cancelled:
		return "cancelled"
	}
	return "unknown"
}

// Final reports whether no further state follows s.
func (s State) Final() bool { return s >= Done }

// A Usage is what the processes of a builder have used together: all of them if
// IsWhole, which takes a control group, and otherwise those that were waited for.
type Usage struct {
	User, System time.Duration // of processor time
	Memory       int64         // the most bytes; unless IsWhole, of the largest process
	IsWhole      bool
	// Processes is how many there are, while the builder runs.
	Processes int
}

// An Activity is a snapshot of one unit of work.
// It is a value; the slices in it are shared and must not be modified.
type Activity struct {
	ID     ID
	Parent ID // the request that it is part of, or 0
	Kind   Kind

	// Name is what a person calls it: the derivation's name without digest.
	Name string
	// Subject is the derivation or store path that it is about, in full.
	Subject string
	// Resolved is the derivation that Subject was resolved to, which is built in
	// its place, or "".
	Resolved string

	State State
	// Phase is what the builder says it is doing ("buildPhase"), or "".
	Phase string

	// Needs are the activities that must be done before this one can run.
	// They are the edges of the graph of builds.
	Needs []ID
	// WaitingOn is how many of Needs are not done yet.
	WaitingOn int

	// Done and Total are bytes or items, as the kind has it;
	// Total is 0 if it is not known.
	Done, Total int64

	// LogFile is where the log is written, and LogSize how many bytes of it
	// are there to be read.
	LogFile string
	LogSize int64

	Started, Ended time.Time // zero if it has not

	// Text is what a Notice says, a line as it was written, which is about an error
	// if State is Failed; what a Build does, such as "building"; and what a Wait is for, or
	// a Hook, in words.
	Text string

	// ExitStatus is the builder's, if it failed with one; 128+n for signal n.
	ExitStatus int
	// Err is why it failed, in one or more lines, or "". Cause is the same as the
	// error that its kind has for it; nil if it has none.
	Err   string
	Cause error
	// IsNeeded says that others of the same request need it.
	IsNeeded bool
	// Outputs are the store paths that it made.
	Outputs []string
	// Used is what a builder that has ended took of the machine.
	Used Usage
	// Meter says what a running builder has taken so far, and false if it has ended
	// since; nil if that is not known. It reads some files and costs nothing as long
	// as nobody asks. Safe for concurrent use.
	Meter func() (Usage, bool)
}

// Built returns the derivation that a Build builds, whose log it writes: what Subject
// was resolved to, or Subject.
func (act *Activity) Built() string { return cmp.Or(act.Resolved, act.Subject) }
