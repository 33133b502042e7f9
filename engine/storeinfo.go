package engine

import (
	"cmp"
	"context"
	"net/url"
	"strconv"
	"strings"

	"nixbench/store/daemon"
)

// StoreInfo says which store an engine works on, and what may be done to it.
type StoreInfo struct {
	URL     string // as Nix writes it: "local", "daemon", "local://?root=/srv"
	Version string // of the Nix that writes it, "" if none does
	// Trusted says whether we may do what only trusted users may; nil if the daemon
	// does not say.
	Trusted *bool
	// Access says in a few words what may be done to the store and by whom.
	Access string
}

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
	uri, _, _ := strings.Cut(e.url, "?")
	return uri
}

func (e *Engine) isDummy() bool {
	_, is := e.store.(dummyStore)
	return is
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

// render returns the URL of what is written, as Nix does.
func (loc *Location) render() string {
	switch {
	case loc.Scratch:
		return "dummy://?read-only=false"
	case loc.Dummy:
		return "dummy://"
	}
	params := make(map[string]string)
	for name, value := range map[string]string{
		"root": loc.Build.Root, "real": loc.Build.RealDir, "state": loc.Build.StateDir, "log": loc.Build.LogDir,
		"store": string(loc.Build.Dir), "build-dir": loc.BuildDir,
	} {
		if value != "" {
			params[name] = value
		}
	}
	if loc.Build.ReadOnly {
		params["read-only"] = "true"
	}
	base := "local"
	if loc.Daemon != nil {
		base = loc.Daemon.URI
		if n := loc.Daemon.MaxConnections; n != 0 {
			params["max-connections"] = strconv.Itoa(n)
		}
	}
	if len(params) == 0 {
		return base
	}
	switch base {
	case "daemon":
		base = "unix://"
	case "local":
		base = "local://"
	}
	query := make(url.Values, len(params))
	for name, value := range params {
		query.Set(name, value)
	}
	return base + "?" + strings.NewReplacer("%2F", "/", "+", "%20").Replace(query.Encode())
}
