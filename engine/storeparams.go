package engine

import (
	"fmt"
	"maps"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"nixbench/engine/settings"
	"nixbench/store"
)

// This file reads the parameters of the URLs of stores. What is wrong with them is told
// in the words that Nix has for settings, of which they are some.

// A paramKind says what values a parameter has.
type paramKind uint8

const (
	paramDir    paramKind = iota // an absolute path
	paramSwitch                  // a Boolean
	paramNumber                  // of at least 0
	paramWords
)

// storeParams are the parameters of all stores.
var storeParams = map[string]paramKind{
	"store": paramDir, "path-info-cache-size": paramNumber, "trusted": paramSwitch, "priority": paramNumber,
	"want-mass-query": paramSwitch, "system-features": paramWords,
}

// Parameters of stores that are directories, of those that are written directly, of those
// behind a daemon, and of no store at all.
var (
	dirParams   = map[string]paramKind{"root": paramDir, "real": paramDir, "state": paramDir, "log": paramDir}
	localParams = map[string]paramKind{
		"require-sigs": paramSwitch, "read-only": paramSwitch, "build-dir": paramDir,
		"ignore-gc-delete-failure": paramSwitch, "use-roots-daemon": paramSwitch,
	}
	daemonParams = map[string]paramKind{"max-connections": paramNumber, "max-connection-age": paramNumber}
	dummyParams  = map[string]paramKind{"read-only": paramSwitch}
)

// params returns the parameters that a store of its kind has.
func (loc *Location) params() map[string]paramKind {
	known := maps.Clone(storeParams)
	switch {
	case loc.Dummy:
		maps.Copy(known, dummyParams)
	case loc.Daemon != nil:
		maps.Copy(known, dirParams)
		maps.Copy(known, daemonParams)
	default:
		maps.Copy(known, dirParams)
		maps.Copy(known, localParams)
	}
	return known
}

// parameterText is what parameters are in, once spaces and double quotes are escaped.
// Source: boost::urls, params_encoded_view; extraAllowedCharsInQuery in Nix's url.cc.
var parameterText = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?[\] "]|%[0-9A-Fa-f]{2})*$`)
})

// parseParams reads parameters. What has no value is as if it were empty.
func parseParams(query string) (url.Values, error) {
	if !parameterText().MatchString(query) {
		return nil, fmt.Errorf("invalid URI query '%s': leftover", query)
	}
	params := make(url.Values)
	for pair := range strings.SplitSeq(query, "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		name, _ = url.PathUnescape(name) // all escapes are whole
		value, _ = url.PathUnescape(value)
		params.Add(name, value)
	}
	return params, nil
}

func (loc *Location) setParams(params url.Values) error {
	if roots := params["root"]; len(roots) > 0 && !loc.Dummy {
		loc.setRoot("") // what it implies comes before what others say
	}
	known := loc.params()
	for _, name := range slices.Sorted(maps.Keys(params)) {
		values := params[name]
		kind, ok := known[name]
		if !ok {
			loc.Unknown = append(loc.Unknown, name)
			continue
		}
		if err := loc.setParam(name, values[len(values)-1], kind); err != nil {
			return err
		}
	}
	return nil
}

// setParam sets a parameter. Those that are only checked say how the store is used by
// others, or are about what we do in another way.
func (loc *Location) setParam(name, value string, kind paramKind) error {
	switch kind {
	case paramDir:
		if filepath.IsAbs(value) {
			loc.setDir(name, filepath.Clean(value))
			return nil
		}
		if name == "store" {
			return settings.Complain("store directory path \"%s\" is not an absolute path", value)
		}
		return notAbsolute(value)
	case paramSwitch:
		on := slices.Contains([]string{"true", "yes", "1"}, value)
		if !on && !slices.Contains([]string{"false", "no", "0"}, value) {
			return settings.Complain("Boolean setting '%s' has invalid value '%s'", name, value)
		}
		switch {
		case name == "read-only" && loc.Dummy:
			loc.Scratch = !on
		case name == "read-only":
			loc.Build.ReadOnly = on
		}
	case paramNumber:
		n, err := strconv.ParseUint(value, 10, 31)
		if err != nil {
			return settings.Complain("setting '%s' has invalid value '%s'", name, value)
		}
		if name == "max-connections" {
			loc.Daemon.MaxConnections = max(int(n), 1)
		}
	}
	return nil
}

func (loc *Location) setDir(name, dir string) {
	switch name {
	case "store":
		loc.Build.Dir = store.Dir(dir)
	case "root":
		loc.Build.Root = dir
	case "real":
		loc.Build.RealDir = dir
	case "state":
		loc.Build.StateDir = dir
	case "log":
		loc.Build.LogDir = dir
	case "build-dir":
		loc.BuildDir = dir
	}
}

// notAbsolute is the error of a path that has to be absolute.
func notAbsolute(path string) error {
	return fmt.Errorf("not an absolute path: %s", store.QuoteFile(path))
}

// warnOfParams warns of the parameters that no such store has.
func (loc *Location) warnOfParams(warn func(string)) {
	for _, name := range loc.Unknown {
		if warn != nil {
			warn("unknown setting '" + strings.ToValidUTF8(name, "\ufffd") + "'")
		}
	}
}
