package engine

import (
	"cmp"
	"context"
	"strings"

	"nixbench/engine/settings"
	"nixbench/engine/uri"
	"nixbench/store/daemon"
)

// StoreInfo says which store an engine works on, and what may be done to it.
type StoreInfo struct {
	URL     string // as Nix writes it: "local", "daemon", "local://?state=/srv"
	Version string // of the Nix that writes it, "" if none does
	// Trusted says whether we may do what only trusted users may; nil if the daemon
	// does not say.
	Trusted *bool
	// Access says in a few words what may be done to the store and by whom.
	Access string
}

// A DaemonError is what a daemon said instead of doing what was asked of it.
type DaemonError = daemon.Error

// ErrDaemonClosed reports that a daemon went away before it had answered.
var ErrDaemonClosed = daemon.ErrClosed

// A DialError says that the daemon cannot be reached.
type DialError = daemon.DialError

// StoreURL returns the URL of the store, as StoreInfo has it, without asking the store.
func (e *Engine) StoreURL() string { return e.url }

// StoreInfo asks the store what it is.
func (e *Engine) StoreInfo(ctx context.Context) (StoreInfo, error) {
	yes := true
	info := StoreInfo{URL: e.url, Version: NixVersion, Trusted: &yes}
	switch {
	case e.daemon != nil:
		told, err := e.daemon.Connect(ctx)
		if err != nil {
			return StoreInfo{}, err
		}
		info.Version, info.Trusted = told.Version, nil
		if told.Trust != daemon.TrustUnknown {
			yes = told.Trust == daemon.Trusted
			info.Trusted = &yes
		}
		info.Access = e.daemon.access(told)
	case e.isDummy():
		info.Version, info.Access = "", "nothing is there, and nothing can be added"
	case e.cache() != nil:
		info.Version, info.Access = "", "a binary cache in a directory"
	case e.isScratch():
		info.Version, info.Access = "", "what is added is gone when the program ends"
	case e.store.ReadOnly():
		info.Access = "only read"
	default:
		info.Access = "read and written by this program"
	}
	if e.machine != nil {
		info.Access += "; " + string(e.machine.Dir()) + " is read beside it"
	}
	return info, nil
}

// HumanURI returns what messages call the store: its URL without parameters.
func (e *Engine) HumanURI() string {
	base, _, _ := strings.Cut(e.url, "?")
	return base
}

// CheckCollect returns an error if there is no collecting garbage in the store, or nobody
// who would.
func (e *Engine) CheckCollect(ctx context.Context) error {
	switch {
	case e.isDummy():
		return errDummyGC
	case e.cache() != nil:
		return e.cache().errGC()
	case e.daemon != nil:
		_, err := e.daemon.Connect(ctx)
		return err
	}
	return nil
}

// CheckLogs returns an error if the store keeps no logs of builds.
func (e *Engine) CheckLogs() error {
	if e.isDummy() {
		return settings.Complain("Build log storage and retrieval not supported by store 'dummy://'")
	}
	return nil
}

func (e *Engine) isDummy() bool {
	_, is := e.store.(dummyStore)
	return is
}

// cache returns the store if it is a binary cache, or nil.
func (e *Engine) cache() *cacheStore {
	st, _ := e.store.(*cacheStore)
	return st
}

func (e *Engine) isScratch() bool {
	_, is := e.store.(scratchStore)
	return is
}

// access says what may be done to the store, by what the daemon says of itself.
func (st *daemonStore) access(told daemon.Info) string {
	s := "written by nix-daemon " + cmp.Or(told.Version, "(protocol "+told.Protocol+")")
	if st.direct != nil {
		s += ", its database read directly"
	} else {
		s += ", which is asked for all that is known"
	}
	if told.Trust == daemon.NotTrusted {
		s += "; it does not trust you: no paths without signatures, few settings, roots of others unnamed"
	}
	return s
}

// render returns the URL of what is written, as Nix does: of directories that are no
// parameters it says nothing.
func (loc *Location) render() string {
	base := "local"
	switch {
	case loc.Dummy:
		base = "dummy://"
	case loc.Cache != "":
		base = "file://" + uri.EncodePath(uri.FileSegments(loc.Cache))
	case loc.Daemon != nil:
		base = loc.Daemon.URI
	case len(loc.Params) > 0:
		base = "local://"
	}
	if len(loc.Params) == 0 {
		return base
	}
	return base + "?" + uri.EncodeQuery(loc.Params)
}
