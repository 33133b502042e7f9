package diff

import (
	"bytes"
	"encoding/json"
	"strings"

	"nixbench/store"
	"nixbench/store/drvname"
)

// A System is what a generation of NixOS says of itself. What it does not say is "".
type System struct {
	Version  string // of NixOS: "26.11.20261120.1b77ac9"
	Revision string // of its configuration, else of nixpkgs, in full
	Kernel   string // "6.9.3"
}

// System returns what the path of a generation says; nothing if it is no NixOS. What
// cannot be read is left out.
//
// Behaviour: nixpkgs, nixos/modules/system/activation/top-level.nix has nixos-version and
// kernel, and nixos-version.sh the JSON.
func (f Files) System(p store.Path) System {
	version, ok := f.contents(string(p) + "/nixos-version")
	if !ok {
		return System{}
	}
	first, _, _ := strings.Cut(string(version), "\n")
	s := System{Version: first}
	if place, _, err := f.follow(string(p) + "/kernel"); err == nil {
		if kernel, _, err := f.Dir.PathOf(place); err == nil {
			_, s.Kernel = drvname.Split(kernel.Name())
		}
	}
	script, _ := f.contents(string(p) + "/sw/bin/nixos-version")
	s.Revision = revision(script)
	return s
}

// contents returns those of a small file, where links lead to.
func (f Files) contents(place string) ([]byte, bool) {
	place, info, err := f.follow(place)
	if err != nil || info == nil {
		return nil, false
	}
	data, err := f.read(place)
	return data, err == nil && data != nil
}

// revision is what the script nixos-version would print as JSON.
func revision(script []byte) string {
	for line := range bytes.Lines(script) {
		var said struct {
			Config  string `json:"configurationRevision"`
			Nixpkgs string `json:"nixpkgsRevision"`
		}
		if !bytes.HasPrefix(line, []byte("{")) || json.Unmarshal(line, &said) != nil {
			continue
		}
		if said.Config != "" {
			return said.Config
		}
		return said.Nixpkgs
	}
	return ""
}
