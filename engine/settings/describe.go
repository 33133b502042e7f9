package settings

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// A Description is what `nix config show --json` tells of a setting. Values are of the
// types of JSON: bool, int64, string, []string, maps, nil.
// Source: toJSONObject in Nix's configuration.cc.
type Description struct {
	Aliases     []string `json:"aliases"` // sorted
	Default     any      `json:"defaultValue"`
	Description string   `json:"description"`
	// Documented is false if the default depends on the machine.
	Documented bool    `json:"documentDefault"`
	Feature    *string `json:"experimentalFeature"` // that it needs; nil for none
	Value      any     `json:"value"`
}

// ofMachine are the settings whose defaults depend on the machine.
var ofMachine = []string{"build-users-group", "builders", "extra-platforms", "nix-path", "ssl-cert-file", "system-features"}

// optional are texts that are null where they are empty.
var optional = []string{"build-dir", "diff-hook", "json-log-path"}

// pairs are lists of NAME=VALUE.
var pairs = []string{"access-tokens", "impure-env"}

// asDeclared are the experimental features in the order in which JSON lists them.
// Source: Nix, experimental-features.hh.
var asDeclared = []string{
	"ca-derivations", "impure-derivations", "flakes", "fetch-tree", "nix-command", "git-hashing", "recursive-nix",
	"fetch-closure", "auto-allocate-uids", "cgroups", "daemon-trust-override", "dynamic-derivations", "parse-toml-timestamps",
	"read-only-local-store", "local-overlay-store", "configurable-impure-env", "mounted-ssh-store", "verified-fetches",
	"pipe-operators", "external-builders", "blake3-hashes",
}

// Describe returns what is to be known of a setting.
func (s *Settings) Describe(name string) (d Description, ok bool) {
	value, ok := s.typed(name)
	if !ok {
		return d, false
	}
	d = Description{Aliases: []string{}, Value: value, Documented: !slices.Contains(ofMachine, name)}
	usual := Default()
	if s.hasKVM {
		usual.SystemFeatures = slices.Sorted(slices.Values(append(usual.SystemFeatures, "kvm")))
	}
	d.Default, _ = usual.typed(name)
	for _, alias := range slices.Sorted(maps.Keys(aliases)) {
		if aliases[alias] == name {
			d.Aliases = append(d.Aliases, alias)
		}
	}
	about, _ := AboutOf(name)
	d.Description = about.Help + "\n"
	if feature, needed := featureOf[name]; needed {
		d.Feature = &feature
	}
	return d, true
}

// typed returns the value of a setting as JSON has it.
func (s *Settings) typed(name string) (value any, ok bool) {
	text, ok := s.Get(name)
	if !ok {
		return nil, false
	}
	_, isWords := s.words()[name]
	_, isInt := s.ints()[name]
	_, isSize := s.sizes()[name]
	f, isForeign := foreigners[name]
	switch {
	case slices.Contains(optional, name) && text == "":
		return nil, true
	case name == "sandbox-paths":
		return s.typedPaths(), true
	case name == "external-builders" && text == "[]", name == "build-hook":
		return strings.Fields(strings.Trim(text, "[]")), true
	case name == "experimental-features":
		on := s.Features()
		slices.SortFunc(on, func(a, b string) int { return slices.Index(asDeclared, a) - slices.Index(asDeclared, b) })
		return on, true
	case slices.Contains(pairs, name):
		values := make(map[string]string)
		for _, word := range strings.Fields(text) {
			key, value, _ := strings.Cut(word, "=")
			values[key] = value
		}
		return values, true
	case isWords, name == "substituters", isForeign && (f.kind == list || f.kind == stores):
		return strings.Fields(text), true
	case name == "max-jobs", isInt, isSize, isForeign && (f.kind == number || f.kind == small):
		n, err := strconv.ParseInt(text, 10, 64)
		return n, err == nil
	case text == "true", text == "false":
		return text == "true", true
	}
	return text, true
}

// A boundPath is a path that the sandbox has from outside.
type boundPath struct {
	Optional bool   `json:"optional"`
	Source   string `json:"source"`
}

func (s *Settings) typedPaths() map[string]boundPath {
	paths := make(map[string]boundPath)
	for inside, outside := range s.SandboxPaths {
		source, optional := strings.CutSuffix(outside, "?")
		paths[inside] = boundPath{optional, source}
	}
	return paths
}
