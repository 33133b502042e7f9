package engine

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"nixbench/engine/eval"
	"nixbench/engine/settings"
	"nixbench/store"
	"nixbench/store/narinfo"
)

// This file reads the parameters of the URLs of stores. What is wrong with them is told
// in the words that Nix has for settings, of which they are some.

// A paramKind says what values a parameter has.
type paramKind uint8

const (
	paramDir    paramKind = iota // an absolute path
	paramSwitch                  // a Boolean
	paramInt
	paramUint // at least 0
	paramWords
	paramText
)

// storeParams are the parameters of all stores.
var storeParams = map[string]paramKind{
	"store": paramDir, "path-info-cache-size": paramInt, "trusted": paramSwitch, "priority": paramInt,
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
	daemonParams = map[string]paramKind{"max-connections": paramInt, "max-connection-age": paramUint}
	cacheParams  = map[string]paramKind{
		"compression": paramText, "secret-key": paramText, "secret-keys": paramText, "local-nar-cache": paramText,
		"write-nar-listing": paramSwitch, "index-debug-info": paramSwitch, "parallel-compression": paramSwitch, "compression-level": paramInt,
	}
	dummyParams = map[string]paramKind{"read-only": paramSwitch}
)

// params returns the parameters that a store of its kind has.
func (loc *Location) params() map[string]paramKind {
	known := maps.Clone(storeParams)
	switch {
	case loc.Dummy:
		maps.Copy(known, dummyParams)
	case loc.Cache != "":
		maps.Copy(known, cacheParams)
	case loc.Daemon != nil:
		maps.Copy(known, dirParams)
		maps.Copy(known, daemonParams)
	default:
		maps.Copy(known, dirParams)
		maps.Copy(known, localParams)
	}
	return known
}

// setParams sets parameters, and notes how Nix shows them.
func (loc *Location) setParams(params map[string]string) error {
	if _, ok := params["root"]; ok && !loc.Dummy && loc.Cache == "" {
		loc.setRoot("") // what it implies comes before what others say
	}
	known := loc.params()
	shown := make(map[string]string)
	for _, name := range slices.Sorted(maps.Keys(params)) {
		kind, ok := known[name]
		if !ok {
			loc.Warnings = append(loc.Warnings, "unknown setting '"+strings.ToValidUTF8(name, "\ufffd")+"'")
			continue
		}
		value, err := loc.setParam(name, params[name], kind)
		if err != nil {
			return err
		}
		shown[name] = value
	}
	if len(shown) > 0 {
		loc.Params = shown
	}
	return nil
}

// setParam sets a parameter and returns how it is shown. Those that are only checked say
// how the store is used by others, or are about what we do in another way.
func (loc *Location) setParam(name, value string, kind paramKind) (shown string, err error) {
	switch kind {
	case paramDir:
		if filepath.IsAbs(value) {
			dir := filepath.Clean(value)
			loc.setDir(name, dir)
			return dir, nil
		}
		if name == "store" {
			return "", settings.Complain("store directory path \"%s\" is not an absolute path", value)
		}
		return "", settings.NotAbsolute(value)
	case paramSwitch:
		return loc.setSwitch(name, value)
	case paramInt, paramUint:
		n, err := settings.ParseNumber(value, map[paramKind]settings.NumberType{paramInt: settings.Int, paramUint: settings.Uint}[kind])
		if err != nil {
			return "", settings.Complain("setting '%s' has invalid value '%s'", name, value)
		}
		if name == "max-connections" {
			loc.Daemon.MaxConnections = max(int(n), 1)
		}
		return strconv.FormatInt(n, 10), nil
	}
	if name == "compression" && !slices.Contains(narinfo.Compressions, value) {
		return "", invalidCompression(value)
	}
	if kind == paramText {
		return value, nil
	}
	words := strings.Fields(value)
	slices.Sort(words)
	return strings.Join(slices.Compact(words), " "), nil
}

// invalidCompression refuses a compression that Nix does not have.
func invalidCompression(name string) error {
	words := fmt.Sprintf("option 'compression' has invalid value '%s'", name)
	if meant := eval.DidYouMean(narinfo.Compressions, name); meant != "" {
		words += "\n" + string(meant)
	}
	return settings.Complain("%s", words)
}

func (loc *Location) setSwitch(name, value string) (shown string, err error) {
	on := slices.Contains([]string{"true", "yes", "1"}, value)
	if !on && !slices.Contains([]string{"false", "no", "0"}, value) {
		return "", settings.Complain("Boolean setting '%s' has invalid value '%s'", name, value)
	}
	switch {
	case name == "read-only" && loc.Dummy:
		loc.Scratch = !on
	case name == "read-only":
		loc.Build.ReadOnly = on
	}
	return strconv.FormatBool(on), nil
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
