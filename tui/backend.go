package tui

// This file is what the interface needs of the engine. main passes the real
// one; tui/tuitest has one of made-up data. Every method that takes a context
// may wait, and is called only from commands (see [Ask]); the others answer at
// once and are safe to call from Update.

import (
	"context"
	"os/exec"
	"time"

	"nixbench/engine/event"
	"nixbench/inspect/diff"
	"nixbench/inspect/files"
	"nixbench/inspect/why"
	"nixbench/repl/desk"
	"nixbench/store"
	"nixbench/store/gc"
	"nixbench/store/profile"
	"nixbench/tui/widget/logview"
)

// What the desk tells is its own.
type (
	Info           = desk.Info
	RealiseOptions = desk.RealiseOptions
	BuildReason    = desk.BuildReason
	BuildElsewhere = desk.BuildElsewhere
	Place          = desk.Place
	Profile        = desk.Profile
	Generation     = desk.Generation
)

// A Backend is all that the interface needs of the engine. It is safe for
// concurrent use.
type Backend interface {
	Host
	Repl
	Builds
	Stores
	Profiles
	GC
}

// A Host is the machine and the program around the interface.
type Host interface {
	// Info says what the workbench works on; it does not change.
	Info() Info
	// Events returns the mailbox of all activities, which the app shell
	// alone reads; nil if there is none.
	Events() *event.Mailbox
	// EditorCommand returns the user's editor opening file at line, where 0
	// is no line.
	EditorCommand(file string, line int) (*exec.Cmd, error)
	// CopyText puts text on the clipboard of the machine that the program
	// runs on, if that has one; the terminal is told separately.
	CopyText(ctx context.Context, text string) error
}

// Builds is what the builds screen asks for. Activities come as [EventsMsg].
type Builds interface {
	// Realise builds or substitutes targets and waits for the end. Progress
	// comes by events. Cancelling ctx cancels the builds.
	Realise(ctx context.Context, targets []store.DerivedPath, opts RealiseOptions) error
	// CancelBuild cancels the running build of a derivation, if there is one.
	CancelBuild(drv store.Path)
	// OpenLog opens the log of a derivation's build, running or ended. For
	// one that has none, errors.Is(err, fs.ErrNotExist).
	OpenLog(ctx context.Context, drv store.Path) (logview.File, error)
	// ExplainBuild says why a derivation, and what it needs, have to be built, each
	// after what it needs; nothing if its outputs are valid.
	ExplainBuild(ctx context.Context, drv store.Path) ([]BuildReason, error)
	// CopyLog writes such a log to a file for the user's editor, alone in a
	// directory that the caller removes.
	CopyLog(ctx context.Context, drv store.Path) (name string, err error)
	// ShellCommand returns what opens a shell where a build has failed: in its
	// directory, if that was kept; else it is built once more, isAgain, and the
	// shell is in its sandbox.
	ShellCommand(act event.Activity) (cmd *exec.Cmd, isAgain bool, err error)
	// UsualTime is how long builds of that name took lately, 0 if unknown.
	UsualTime(name string) time.Duration
	// AwaitElsewhere waits until what other processes do in the store is not last, and
	// returns it; after nil that is at once.
	AwaitElsewhere(ctx context.Context, last []BuildElsewhere) ([]BuildElsewhere, error)
}

// Stores is what the closure browser asks for. Sizes and why-depends are
// computed from the graph by inspect/closure and inspect/why.
type Stores interface {
	// Graph returns all valid paths with their references. It tells how far it is;
	// see store.WithProgress.
	Graph(ctx context.Context) (*store.Graph, error)
	// PathInfo returns what the store knows about a path. If it is not valid,
	// errors.Is(err, store.ErrInvalidPath).
	PathInfo(ctx context.Context, p store.Path) (*store.PathInfo, error)
	// Places lists what leads to what a user may want to browse: the running
	// system, profiles, results, other roots; newest first in each kind. With an
	// error come those that were found.
	Places(ctx context.Context) ([]Place, error)
	// ResolvePath finds the store path that s, typed by the user, is or leads
	// to: a path in the store, a link, a name of a place.
	ResolvePath(ctx context.Context, s string) (store.Path, error)
	// Files reads what is in a path, with sizes.
	Files(ctx context.Context, p store.Path) (*files.Tree, error)
	// FileIn returns where a regular file is on this machine: that called name in a
	// path, links followed, or with no name the path itself.
	FileIn(ctx context.Context, p store.Path, name string) (file string, err error)
	// FilesHolding lists the files of referrer in which the digest of
	// reference stands, a few places in each.
	FilesHolding(ctx context.Context, referrer, reference store.Path) ([]why.Occurrence, error)
	// Etc tells what has become of the files of etc from one path to another;
	// of what is no system that is nothing.
	Etc(ctx context.Context, before, after store.Path) ([]diff.FileChange, error)
	// CompareDerivations finds out what makes two derivations differ.
	CompareDerivations(ctx context.Context, before, after store.Path) (*diff.Derivations, error)
}

// Profiles is what the profiles screen asks for. The plans are executed by
// their own Execute.
type Profiles interface {
	// ProfileList lists the profiles of this user and this machine.
	ProfileList(ctx context.Context) ([]Profile, error)
	// Generations lists the generations of the profile with that link, by
	// number.
	Generations(ctx context.Context, profile string) ([]Generation, error)
	// SwitchPlan, RollbackPlan and DeletePlan say what would be done; see
	// store/profile.
	SwitchPlan(ctx context.Context, profile string, number int) (*profile.SwitchPlan, error)
	RollbackPlan(ctx context.Context, profile string) (*profile.SwitchPlan, error)
	DeletePlan(ctx context.Context, profile string, rule profile.Rule) (*profile.DeletePlan, error)
	// AnnotateGeneration sets the label and the pin of a generation.
	AnnotateGeneration(ctx context.Context, profile string, number int, label string, pinned bool) error
}

// GC is what the GC screen asks for.
type GC interface {
	// GCPlan says what a collection would delete; plan.Ignoring gives it
	// for other roots without asking again.
	GCPlan(ctx context.Context) (*gc.Plan, error)
	// Collect executes the plan; activities of kind Collect tell how far it
	// is. The result is never nil.
	Collect(ctx context.Context, plan *gc.Plan) (*gc.Result, error)
	// OnDisk is how many bytes deleting paths would free on the disk, with
	// files that are hard links counted once. It reads all their files.
	OnDisk(ctx context.Context, paths []store.Path) (int64, error)
	// Disk tells how full the store's file system is, in bytes.
	Disk(ctx context.Context) (used, total int64, err error)
	// WriteFile writes a report for the user and returns its full name.
	WriteFile(ctx context.Context, name string, data []byte) (string, error)
}
