package settings

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"nixbench/engine/uri"
	"nixbench/store"
)

// ErrUnknown reports that there is no setting of a name.
var ErrUnknown = errors.New("unknown setting")

// Set gives the setting name the value, written as in nix.conf. The prefix
// "extra-" adds to a list. It returns an error for which
// errors.Is(err, [ErrUnknown]) reports true if there is no such setting, and an
// [*IgnoredError] if there is none as long as an experimental feature is off. What else
// is to be said of it, [Settings.Warnings] returns. Bad values are errors of the type
// [*ValueError], but those that Nix does not go on after: [*FatalError], [*uri.Error].
func (s *Settings) Set(name, value string) error {
	fields := s.fields()
	canonical := name
	if a, ok := aliases[name]; ok {
		canonical = a
	}
	f, ok := fields[canonical]
	set := f.set
	if !ok {
		base, isExtra := strings.CutPrefix(canonical, "extra-")
		if a, ok := aliases[base]; ok {
			base = a
		}
		f, ok = fields[base]
		if !isExtra || !ok || f.extend == nil {
			return fmt.Errorf("%w '%s'", ErrUnknown, name)
		}
		canonical, set = base, f.extend
	}
	if !s.IsShown(canonical) {
		return &IgnoredError{canonical, featureOf[canonical]}
	}
	if err := set(value); errors.As(err, new(*uri.Error)) || errors.As(err, new(*FatalError)) {
		return err
	} else if err != nil {
		return &ValueError{canonical, value, f.get() == "true" || f.get() == "false", err}
	}
	s.overridden[canonical], s.users[canonical] = true, true
	return nil
}

// A FatalError says that a setting has a value that Nix stops at.
type FatalError struct{ Words string }

func (e *FatalError) Error() string { return e.Words }

// NotAbsolute is the error of a path that has to be absolute.
func NotAbsolute(path string) error {
	return &FatalError{"not an absolute path: " + store.QuoteFile(path)}
}

// A ValueError says that a setting cannot have a value.
type ValueError struct {
	Name, Value string
	boolean     bool  // the setting is true or false
	cause       error // what values there are
}

func (e *ValueError) Error() string { return fmt.Sprintf("setting '%s': %v", e.Name, e.cause) }

// Unwrap returns what is wrong with the value.
func (e *ValueError) Unwrap() error { return e.cause }

// Warning returns what Nix says before it goes on without the value.
func (e *ValueError) Warning() string {
	var own *Complaint
	if errors.As(e.cause, &own) {
		return own.Words
	}
	what := "setting"
	if e.boolean {
		what = "Boolean setting"
	}
	return fmt.Sprintf("%s '%s' has invalid value '%s'", what, e.Name, e.Value)
}

// Get returns the value of the setting name as nix.conf would write it.
func (s *Settings) Get(name string) (string, bool) {
	if a, ok := aliases[name]; ok {
		name = a
	}
	if f, ok := foreigners[name]; ok { // a build asks for some of these, once for each derivation
		return s.foreignField(name, f).get(), true
	}
	f, ok := s.fields()[name]
	if !ok {
		return "", false
	}
	return f.get(), true
}

// Names returns the names of all settings, sorted.
func (s *Settings) Names() []string {
	return slices.Sorted(maps.Keys(s.fields()))
}

// Canonical returns the name of the setting that Set changes by a name: an older one, or
// one that adds to a list.
func Canonical(name string) string {
	if a, ok := aliases[name]; ok {
		name = a
	}
	base, isExtra := strings.CutPrefix(name, "extra-")
	if _, own := abouts[name]; !isExtra || own {
		return name
	}
	if a, ok := aliases[base]; ok {
		base = a
	}
	return base
}

// aliases are older names of settings that Nix still takes.
var aliases = map[string]string{
	"build-max-jobs":                     "max-jobs",
	"build-cores":                        "cores",
	"build-timeout":                      "timeout",
	"build-max-silent-time":              "max-silent-time",
	"build-max-log-size":                 "max-build-log-size",
	"build-keep-log":                     "keep-build-log",
	"build-compress-log":                 "compress-build-log",
	"build-fallback":                     "fallback",
	"build-use-sandbox":                  "sandbox",
	"build-use-chroot":                   "sandbox",
	"build-sandbox-paths":                "sandbox-paths",
	"build-chroot-dirs":                  "sandbox-paths",
	"build-extra-sandbox-paths":          "extra-sandbox-paths",
	"build-use-substitutes":              "substitute",
	"binary-caches":                      "substituters",
	"binary-cache-public-keys":           "trusted-public-keys",
	"gc-keep-outputs":                    "keep-outputs",
	"gc-keep-derivations":                "keep-derivations",
	"substitution-max-jobs":              "max-substitution-jobs",
	"binary-caches-parallel-connections": "http-connections",
	"commit-lockfile-summary":            "commit-lock-file-summary",
	"build-impersonate-linux-26":         "impersonate-linux-26",
	"env-keep-derivations":               "keep-env-derivations",
	"trusted-binary-caches":              "trusted-substituters",
}
