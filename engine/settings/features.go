package settings

import (
	"fmt"
	"slices"
	"strings"
)

// features are the experimental features that Nix knows, sorted.
// Source: Nix, experimental-features.cc.
var features = []string{
	"auto-allocate-uids", "blake3-hashes", "ca-derivations", "cgroups", "configurable-impure-env", "daemon-trust-override",
	"dynamic-derivations", "external-builders", "fetch-closure", "fetch-tree", "flakes", "git-hashing", "impure-derivations",
	"local-overlay-store", "mounted-ssh-store", "nix-command", "parse-toml-timestamps", "pipe-operators",
	"read-only-local-store", "recursive-nix", "verified-fetches",
}

// HasFeature reports whether an experimental feature is enabled; flakes need fetch-tree.
// Behaviour: BaseSetting<std::set<ExperimentalFeature>>::parse in Nix's config.cc.
func (s *Settings) HasFeature(name string) bool {
	return slices.Contains(s.ExperimentalFeatures, name) || name == "fetch-tree" && slices.Contains(s.ExperimentalFeatures, "flakes")
}

// Features returns the experimental features that are enabled, sorted. Words that are none
// are not among them.
func (s *Settings) Features() []string {
	return slices.DeleteFunc(slices.Clone(features), func(name string) bool { return !s.HasFeature(name) })
}

// featuresField is experimental-features, shown as Features. Words that are none are
// warned of.
func (s *Settings) featuresField(f field) field {
	warned := func(set func(string) error) func(string) error {
		return func(value string) error {
			for _, word := range strings.Fields(value) {
				switch {
				case word == "no-url-literals":
					s.warn("experimental feature '%s' has been stabilized and renamed; use 'lint-url-literals = fatal' setting instead", word)
				case !slices.Contains(features, word):
					s.warn("unknown experimental feature '%s'", word)
				}
			}
			return set(value)
		}
	}
	return field{get: func() string { return strings.Join(s.Features(), " ") }, set: warned(f.set), extend: warned(f.extend)}
}

// featureOf are the settings that there are only with an experimental feature.
var featureOf = map[string]string{
	"accept-flake-config": "flakes", "allow-dirty-locks": "flakes", "commit-lock-file-summary": "flakes",
	"flake-registry": "flakes", "use-registries": "flakes",
	"auto-allocate-uids": "auto-allocate-uids", "impure-env": "configurable-impure-env",
}

// An IgnoredError reports that a setting changes nothing, for its experimental
// feature is off.
type IgnoredError struct{ Name, Feature string }

// Error returns what Nix warns of.
func (e *IgnoredError) Error() string {
	return fmt.Sprintf("Ignoring setting '%s' because experimental feature '%s' is not enabled", e.Name, e.Feature)
}

// IsShown reports whether a setting is one of those that there are with the
// experimental features that are switched on.
func (s *Settings) IsShown(name string) bool {
	feature, ok := featureOf[name]
	return !ok || s.HasFeature(feature)
}
