package gc

import (
	"time"

	"nixbench/store"
)

// A Root keeps a path and all that it leads to from being deleted.
type Root struct {
	// Link is where the root is: the symbolic link that leads into the store,
	// a file below /proc, or a file of temporary roots.
	Link string
	// Path is what the root keeps. If Dangling it is where the link led, if
	// that was a store path, or "".
	Path store.Path
	Kind Kind
	// Since is when the root was made, or the process started; the zero value
	// if that is not known.
	Since time.Time
	// Note says more about the root in a few words: "current" of a generation
	// that its profile leads to, or the name of the process; often "".
	Note string
	// Dangling means that the root keeps nothing: the link or what it leads to
	// is gone, or the path is not valid.
	Dangling bool
	// Locked means that the user may not write to the directory that the link is in, and
	// so cannot remove it. It is for those who show roots to set.
	Locked bool
	// Auto is, where Link is gone, the link in gcroots/auto that leads to it; else "".
	Auto string
	// Target is what the link says, "" of what is no link.
	Target string
}

// Told returns what Nix says of a root that leads nowhere, where it looks for roots; "" of
// others, and where it says nothing.
func (r Root) Told() string {
	switch {
	case r.Auto != "":
		return "removing stale link from " + store.QuoteFile(r.Auto) + " to " + store.QuoteFile(r.Link)
	case r.Dangling && r.Target != "":
		return "skipping invalid root from " + store.QuoteFile(r.Link) + " to " + store.QuoteFile(r.Target)
	}
	return ""
}

// noteCurrent is the Note of the current generation of a profile.
const noteCurrent = "current"

// Removable reports whether the root is a link that a user may remove.
// Processes and temporary roots end by themselves, and without its current
// generation a profile would lead nowhere.
func (r Root) Removable() bool { return r.IsLink() && !r.Locked && !r.Current() }

// Current reports whether the root is the current generation of a profile.
func (r Root) Current() bool { return r.Kind == KindGeneration && r.Note == noteCurrent }

// IsLink reports whether the root is a link, and not something of a process.
func (r Root) IsLink() bool {
	switch r.Kind {
	case KindGeneration, KindResult, KindDirenv, KindOther:
		return true
	default:
		return false
	}
}

// Kind says what makes a [Root].
type Kind uint8

// The kinds of roots.
const (
	KindOther      Kind = iota // a link in the gcroots directory itself
	KindGeneration             // a generation of a profile
	KindResult                 // a link elsewhere, as nix build leaves
	KindDirenv                 // a link of direnv's
	KindProcess                // a running process has it open, mapped or in its environment
	KindTemp                   // a process asked to keep it until it ends
	KindBuild                  // as KindTemp, and it is being built now
)

// String returns the kind in lower case: "generation".
func (k Kind) String() string {
	switch k {
	case KindGeneration:
		return "generation"
	case KindResult:
		return "result"
	case KindDirenv:
		return "direnv"
	case KindProcess:
		return "process"
	case KindTemp:
		return "temp"
	case KindBuild:
		return "build"
	default:
		return "other"
	}
}
