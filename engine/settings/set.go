package settings

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"nixbench/engine/uri"
	"nixbench/store"
)

// ErrUnknown reports that there is no setting of a name.
var ErrUnknown = errors.New("unknown setting")

// A field reads and writes one setting as text.
type field struct {
	get    func() string
	set    func(value string) error
	extend func(value string) error // extra-name; nil if it is not a list
}

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

// fields returns every setting by name.
func (s *Settings) fields() map[string]field {
	fields := map[string]field{
		"max-jobs":      s.jobsField(),
		"sandbox":       sandboxField(&s.Sandbox),
		"eval-profiler": profilerField(&s.EvalProfiler),

		"lint-url-literals":           lintField("lint-url-literals", &s.LintURLLiterals),
		"lint-short-path-literals":    lintField("lint-short-path-literals", &s.LintShortPaths),
		"lint-absolute-path-literals": lintField("lint-absolute-path-literals", &s.LintAbsolutePaths),
		"warn-short-path-literals":    s.lintWarnField(&s.LintShortPaths),
		"sandbox-paths":               pathsField(&s.SandboxPaths),

		"build-dir":         pathField("", &s.BuildDir),
		"sandbox-build-dir": pathField("sandbox-build-dir", &s.SandboxBuildDir),
		"netrc-file":        pathField("netrc-file", &s.NetrcFile),
		"ssl-cert-file":     pathField("", &s.SSLCertFile),
		"diff-hook":         pathField("", &s.DiffHook),
	}
	for name, p := range s.bools() {
		fields[name] = boolField(p)
	}
	for name, p := range s.ints() {
		fields[name] = intField(p, typeOf(name))
	}
	for name, p := range s.sizes() {
		fields[name] = sizeField(p)
	}
	for name, p := range s.strings() {
		fields[name] = textField(p)
	}
	for name, p := range s.words() {
		fields[name] = wordsField(p)
	}
	for name, f := range foreigners {
		fields[name] = s.foreignField(name, f)
	}
	fields["store"] = s.storeField()
	fields["substituters"] = s.storesField(&s.Substituters)
	for _, name := range []string{"system-features", "extra-platforms", "ignored-acls", "allowed-impure-host-deps"} {
		fields[name] = sortedField(s.words()[name])
	}
	fields["experimental-features"] = s.featuresField(fields["experimental-features"])
	return fields
}

func (s *Settings) bools() map[string]*bool {
	return map[string]*bool{
		"keep-failed": &s.KeepFailed, "keep-going": &s.KeepGoing, "fallback": &s.Fallback, "always-allow-substitutes": &s.AlwaysSubstitute,
		"keep-build-log": &s.KeepLog, "compress-build-log": &s.CompressLog,
		"filter-syscalls": &s.FilterSyscalls,
		"substitute":      &s.Substitute, "require-sigs": &s.RequireSigs,
		"keep-outputs": &s.KeepOutputs, "keep-derivations": &s.KeepDerivations,
		"auto-optimise-store": &s.AutoOptimise, "fsync-metadata": &s.FsyncMetadata,
		"fsync-store-paths": &s.FsyncStorePaths, "sync-before-registering": &s.SyncBeforeRegister,
		"use-xdg-base-directories": &s.UseXDGBase,
		"pure-eval":                &s.PureEval, "restrict-eval": &s.RestrictEval,
		"allow-import-from-derivation": &s.AllowImportFromDerivation,
		"abort-on-warn":                &s.AbortOnWarn,

		"allow-unsafe-native-code-during-evaluation": &s.AllowNativeCode,

		"trace-verbose": &s.TraceVerbose, "show-trace": &s.ShowTrace,
		"ignore-try": &s.IgnoreTry, "debugger-on-trace": &s.DebuggerOnTrace, "trace-function-calls": &s.TraceFunctionCalls, "debugger-on-warn": &s.DebuggerOnWarn,
		"warn-dirty": &s.WarnDirty, "allow-dirty": &s.AllowDirty,
		"accept-flake-config": &s.AcceptFlakeConfig, "eval-cache": &s.EvalCache,
		"eval-file-cache": &s.EvalFileCache,
		"run-diff-hook":   &s.RunDiffHook, "use-cgroups": &s.UseCgroups, "auto-allocate-uids": &s.AutoAllocateIDs,
	}
}

func (s *Settings) ints() map[string]*int {
	return map[string]*int{
		"cores": &s.Cores, "timeout": &s.Timeout, "max-silent-time": &s.MaxSilent,
		"log-lines": &s.LogLines, "build-poll-interval": &s.PollInterval,
		"max-substitution-jobs": &s.MaxSubstJobs, "http-connections": &s.HTTPConnections,
		"connect-timeout": &s.ConnectTimeout, "max-call-depth": &s.MaxCallDepth, "eval-profiler-frequency": &s.EvalProfilerFrequency,
		"eval-cores":        &s.EvalCores,
		"eval-memory-limit": &s.EvalMemoryLimit,
		"tarball-ttl":       &s.TarballTTL,

		"min-free-check-interval": &s.MinFreeInterval,
		"max-build-processes":     &s.MaxBuildProcesses, "max-build-cpus": &s.MaxBuildCPUs,
	}
}

func (s *Settings) sizes() map[string]*int64 {
	return map[string]*int64{
		"max-build-log-size": &s.MaxLogSize, "min-free": &s.MinFree, "max-free": &s.MaxFree,
		"max-build-memory": &s.MaxBuildMemory,
		"start-id":         &s.StartID, "id-count": &s.IDCount,
	}
}

func (s *Settings) strings() map[string]*string {
	return map[string]*string{
		"sandbox-dev-shm-size": &s.SandboxShmSize, "system": &s.System,
		"flake-registry": &s.FlakeRegistry, "eval-profile-file": &s.EvalProfileFile,
		"eval-system":    &s.EvalSystem,
		"pre-build-hook": &s.PreBuildHook, "post-build-hook": &s.PostBuildHook,
	}
}

func (s *Settings) words() map[string]*[]string {
	return map[string]*[]string{
		"extra-platforms": &s.ExtraPlatforms, "system-features": &s.SystemFeatures,
		"trusted-public-keys": &s.TrustedPublicKeys, "secret-key-files": &s.SecretKeyFiles,
		"hashed-mirrors": &s.HashedMirrors, "ignored-acls": &s.IgnoredACLs,
		"nix-path": &s.NixPath, "experimental-features": &s.ExperimentalFeatures,
		"allowed-uris": &s.AllowedURIs, "allowed-impure-host-deps": &s.AllowedHostDeps,
	}
}

// jobsField is max-jobs: a number, or "auto" for the number of cores.
func (s *Settings) jobsField() field {
	return field{
		get: func() string { return strconv.Itoa(s.MaxJobs) },
		set: func(value string) error {
			if value == "auto" {
				s.MaxJobs = runtime.NumCPU()
				return nil
			}
			n, err := strconv.ParseUint(value, 10, 31)
			if err != nil {
				return &Complaint{"configuration setting 'max-jobs' should be 'auto' or an integer", fmt.Sprintf("got %q, want 'auto' or a number", value)}
			}
			s.MaxJobs = int(n)
			return nil
		},
	}
}

func sandboxField(p *string) field {
	return field{
		get: func() string { return *p },
		set: func(value string) error {
			switch value {
			case "true", "relaxed", "false":
				*p = value
				return nil
			}
			return &Complaint{fmt.Sprintf("option 'sandbox' has invalid value '%s'", value), fmt.Sprintf("got %q, want 'true', 'relaxed' or 'false'", value)}
		},
	}
}

// profilerField is eval-profiler.
func profilerField(p *string) field {
	return field{
		get: func() string { return *p },
		set: func(value string) error {
			if value != "disabled" && value != "flamegraph" {
				return &Complaint{fmt.Sprintf("option 'eval-profiler' has invalid value '%s'", value), fmt.Sprintf("got %q, want 'disabled' or 'flamegraph'", value)}
			}
			*p = value
			return nil
		},
	}
}

// lintField is a setting about something discouraged.
func lintField(name string, p *string) field {
	return field{
		get: func() string { return cmp.Or(*p, "ignore") },
		set: func(value string) error {
			if value != "ignore" && value != "warn" && value != "fatal" {
				return Complain("option '%s' has invalid value '%s' (expected 'ignore', 'warn', or 'fatal')", name, value)
			}
			*p = value
			return nil
		},
	}
}

// lintWarnField is the Boolean that the setting behind p was before.
func (s *Settings) lintWarnField(p *string) field {
	warn := *p == "warn"
	f := boolField(&warn)
	set := f.set
	f.set = func(value string) error {
		err := set(value)
		if err == nil {
			*p = map[bool]string{true: "warn", false: "ignore"}[warn]
			s.warn("'warn-short-path-literals' is deprecated, use 'lint-short-path-literals = %s' instead", *p)
		}
		return err
	}
	return f
}

func textField(p *string) field {
	return field{
		get: func() string { return *p },
		set: func(value string) error { *p = value; return nil },
	}
}

func boolField(p *bool) field {
	return field{
		get: func() string { return strconv.FormatBool(*p) },
		set: func(value string) error {
			switch value {
			case "true", "yes", "1":
				*p = true
			case "false", "no", "0":
				*p = false
			default:
				return fmt.Errorf("got %q, want a Boolean", value)
			}
			return nil
		},
	}
}

// typeOf returns the type of one of ints.
func typeOf(name string) NumberType {
	switch name {
	case "timeout", "max-silent-time":
		return Long
	case "log-lines", "http-connections", "connect-timeout", "min-free-check-interval":
		return Size
	}
	return Uint
}

func intField(p *int, t NumberType) field {
	return field{
		get: func() string { return strconv.Itoa(*p) },
		set: func(value string) error {
			n, err := ParseNumber(value, t)
			if err == nil {
				*p = int(bounded(n, t))
			}
			return err
		},
	}
}

// bounded returns the largest number that we have for what is larger.
func bounded(n int64, t NumberType) int64 {
	if t == Size && n < 0 {
		return math.MaxInt64
	}
	return n
}

// sizeField is a number of 64 bits.
func sizeField(p *int64) field {
	return field{
		get: func() string { return strconv.FormatInt(*p, 10) },
		set: func(value string) error {
			n, err := ParseNumber(value, Size)
			if err == nil {
				*p = bounded(n, Size)
			}
			return err
		},
	}
}

// pathField is an absolute path. It may be empty if it has no name to be called by.
func pathField(name string, p *string) field {
	return field{
		get: func() string { return *p },
		set: func(value string) error {
			switch {
			case value == "" && name != "":
				return Complain("setting '%s' is a path and paths cannot be empty", name)
			case value == "":
				*p = ""
				return nil
			case !filepath.IsAbs(value):
				return NotAbsolute(value)
			}
			*p = filepath.Clean(value)
			return nil
		},
	}
}

// sortedField is a set of words.
func sortedField(p *[]string) field {
	change := func(words []string) error {
		slices.Sort(words)
		*p = slices.Compact(words)
		return nil
	}
	return field{
		get:    func() string { return strings.Join(*p, " ") },
		set:    func(value string) error { return change(strings.Fields(value)) },
		extend: func(value string) error { return change(slices.Concat(*p, strings.Fields(value))) },
	}
}

func wordsField(p *[]string) field {
	return field{
		get:    func() string { return strings.Join(*p, " ") },
		set:    func(value string) error { *p = strings.Fields(value); return nil },
		extend: func(value string) error { *p = slices.Concat(*p, strings.Fields(value)); return nil },
	}
}

// pathsField is sandbox-paths: words "inside=outside" or "both". A '?' at the
// end means that the path may be missing; it stays in the value.
func pathsField(p *map[string]string) field {
	add := func(to map[string]string, value string) error {
		for _, word := range strings.Fields(value) {
			inside, outside, ok := strings.Cut(word, "=")
			if !ok {
				outside = word
				inside = strings.TrimSuffix(word, "?")
			}
			if !strings.HasPrefix(inside, "/") {
				return fmt.Errorf("got %q, want an absolute path", word)
			}
			to[inside] = outside
		}
		*p = to
		return nil
	}
	return field{
		get: func() string {
			var words []string
			for _, inside := range slices.Sorted(maps.Keys(*p)) {
				if outside := (*p)[inside]; strings.TrimSuffix(outside, "?") == inside {
					words = append(words, outside)
				} else {
					words = append(words, inside+"="+outside)
				}
			}
			return strings.Join(words, " ")
		},
		set:    func(value string) error { return add(map[string]string{}, value) },
		extend: func(value string) error { return add(maps.Clone(*p), value) },
	}
}
