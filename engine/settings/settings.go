package settings

import (
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
)

// A Settings is the whole of the configuration. [Default] makes one.
// It is not safe for concurrent use while [Settings.Set] is being called;
// afterwards it is only read.
type Settings struct {
	// Building.
	MaxJobs    int // builds at once; at least 1 unless the user says 0 ("build nothing here")
	Cores      int // NIX_BUILD_CORES; 0: all of the machine's
	KeepFailed bool
	KeepGoing  bool
	Fallback   bool
	// AlwaysSubstitute substitutes also what derivations forbid to.
	AlwaysSubstitute bool
	Timeout          int   // seconds a build may take; 0: no limit
	MaxSilent        int   // seconds a build may say nothing; 0: no limit
	MaxLogSize       int64 // bytes; 0: no limit
	LogLines         int   // lines of a failed build's log to show
	KeepLog          bool
	CompressLog      bool
	PollInterval     int    // seconds between two looks at a lock that another holds
	BuildDir         string // "": builds in the store's state directory
	// PreBuildHook, PostBuildHook and DiffHook are programs that are run before
	// and after builds and for one that came out differently; "" is none.
	PreBuildHook, PostBuildHook, DiffHook string
	RunDiffHook                           bool
	UseCgroups                            bool // measure and bound builds by control groups
	MinFreeInterval                       int  // seconds between two looks at the free space
	// MaxBuildMemory, MaxBuildProcesses and MaxBuildCPUs bound what the processes of a
	// build take together, by control groups; 0: no limit. MaxBuildMemory is in bytes.
	MaxBuildMemory                  int64
	MaxBuildProcesses, MaxBuildCPUs int
	// AutoAllocateIDs lets root's builders have 65,536 users and groups where their
	// derivations require the feature uid-range. StartID and IDCount are those that
	// root's builders get theirs from, of which each has as many to itself.
	AutoAllocateIDs  bool
	StartID, IDCount int64

	// The sandbox.
	Sandbox         string // "true", "relaxed" or "false", as written; we always sandbox
	SandboxPaths    map[string]string
	SandboxBuildDir string
	SandboxShmSize  string
	FilterSyscalls  bool
	AllowedHostDeps []string // of the host that __impureHostDeps may name
	// ImpureEnv are values of variables that impureEnvVars may name, in the place of
	// those that the environment has.
	ImpureEnv map[string]string

	// The machine.
	System         string
	ExtraPlatforms []string
	SystemFeatures []string

	// Substitution and trust.
	Substitute        bool
	Substituters      []string
	TrustedPublicKeys []string
	SecretKeyFiles    []string // of the keys that what is built is signed with
	RequireSigs       bool
	HashedMirrors     []string
	MaxSubstJobs      int
	HTTPConnections   int
	ConnectTimeout    int // seconds
	NetrcFile         string
	SSLCertFile       string

	// The store.
	Store              string
	KeepOutputs        bool
	KeepDerivations    bool
	MinFree, MaxFree   int64 // bytes
	AutoOptimise       bool
	FsyncMetadata      bool
	FsyncStorePaths    bool
	SyncBeforeRegister bool
	IgnoredACLs        []string
	UseXDGBase         bool

	// The language.
	NixPath                   []string
	ExperimentalFeatures      []string
	PureEval                  bool
	RestrictEval              bool
	AllowImportFromDerivation bool
	TraceImportFromDerivation bool
	AllowNativeCode           bool // builtins.exec
	AbortOnWarn               bool
	LintURLLiterals           string // "ignore", "warn" or "fatal", as the next two
	LintShortPaths            string
	LintAbsolutePaths         string
	AllowedURIs               []string
	MaxCallDepth              int
	EvalCores                 int // goroutines of an evaluation at once; 0: as many as the machine has cores
	TarballTTL                int // seconds
	TraceVerbose              bool
	IgnoreTry                 bool // the debugger passes over errors in tryEval
	DebuggerOnTrace           bool
	TraceFunctionCalls        bool
	EvalProfiler              string // "disabled" or "flamegraph"
	EvalProfileFile           string
	EvalProfilerFrequency     int    // samples a second; 0: at every call
	EvalSystem                string // builtins.currentSystem; "": System
	DebuggerOnWarn            bool
	EvalMemoryLimit           int // MiB of values that one evaluation may make; 0 is no limit
	ShowTrace                 bool
	WarnDirty                 bool
	AllowDirty                bool
	AcceptFlakeConfig         bool
	FlakeRegistry             string
	EvalCache                 bool
	// EvalFileCache keeps what was made of files in $XDG_CACHE_HOME/nixbench/files,
	// which may be deleted at any time.
	EvalFileCache bool

	overridden map[string]bool   // names that were set
	users      map[string]bool   // those that were set by others than the machine's nix.conf
	foreign    map[string]string // values of foreigners that were set
	warnings   []string          // that Warnings has not returned yet
	hasKVM     bool              // the machine has /dev/kvm, which adds to the default of SystemFeatures
}

// IDsPerBuilder is how many users and groups each of root's builders has to itself.
const IDsPerBuilder = 1 << 16

// Default returns the settings of a machine without any configuration.
func Default() *Settings {
	return &Settings{
		MaxJobs:         1,
		LogLines:        25,
		KeepLog:         true,
		CompressLog:     true,
		PollInterval:    5,
		MinFreeInterval: 5,
		Sandbox:         "true",
		SandboxPaths:    map[string]string{},
		ImpureEnv:       map[string]string{},
		SandboxBuildDir: "/build",
		SandboxShmSize:  "50%",
		FilterSyscalls:  true,

		System:         System(),
		ExtraPlatforms: extraPlatforms(),
		SystemFeatures: defaultFeatures(),
		StartID:        872415232,
		IDCount:        128 * IDsPerBuilder,

		Substitute:        true,
		Substituters:      []string{"https://cache.nixos.org/"},
		TrustedPublicKeys: []string{"cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY="},
		RequireSigs:       true,
		MaxSubstJobs:      16,
		HTTPConnections:   25,
		ConnectTimeout:    15,
		NetrcFile:         "/etc/nix/netrc",
		SSLCertFile:       "/etc/ssl/certs/ca-certificates.crt",

		Store:           "auto",
		KeepDerivations: true,
		MaxFree:         1<<63 - 1,
		FsyncMetadata:   true,
		IgnoredACLs:     []string{"security.csm", "security.selinux", "system.nfs4_acl"},

		AllowImportFromDerivation: true,
		MaxCallDepth:              10000,
		EvalProfiler:              "disabled",
		EvalProfileFile:           "nix.profile",
		EvalProfilerFrequency:     99,
		TarballTTL:                3600,
		WarnDirty:                 true,
		AllowDirty:                true,
		FlakeRegistry:             "https://channels.nixos.org/flake-registry.json",
		EvalCache:                 true,
		EvalFileCache:             true,

		overridden: map[string]bool{},
		users:      map[string]bool{},
		foreign:    map[string]string{},
	}
}

// warn notes a warning.
func (s *Settings) warn(format string, args ...any) {
	s.warnings = append(s.warnings, fmt.Sprintf(format, args...))
}

// Warnings returns what there is to be said of the values that were set since it was
// called last, in Nix's words.
func (s *Settings) Warnings() []string {
	warnings := s.warnings
	s.warnings = nil
	return warnings
}

// String returns the settings as a nix.conf for any Nix would have them: without those that
// are off with their experimental features, and of those that others do not know, or have
// another value for, only what was set.
func (s *Settings) String() string {
	initial := Default()
	var out strings.Builder
	for _, name := range s.Names() {
		value, _ := s.Get(name)
		if before, _ := initial.Get(name); !s.IsShown(name) || slices.Contains(peculiar, name) && value == before {
			continue
		}
		fmt.Fprintf(&out, "%s = %s\n", name, value)
	}
	return out.String()
}

// peculiar are the settings that Nix does not know, or that are something else there by
// default.
var peculiar = []string{
	"build-hook", "builders", "eval-cores", "eval-file-cache", "eval-memory-limit", "lazy-trees", "max-build-cpus",
	"max-build-memory", "max-build-processes", "repl-overlays",
}

// Clone returns a copy that shares nothing with s.
func (s *Settings) Clone() *Settings {
	c := *s
	c.SandboxPaths, c.ImpureEnv = maps.Clone(s.SandboxPaths), maps.Clone(s.ImpureEnv)
	c.overridden = maps.Clone(s.overridden)
	c.users = maps.Clone(s.users)
	c.foreign = maps.Clone(s.foreign)
	for _, list := range c.lists() {
		*list = slices.Clone(*list)
	}
	return &c
}

// lists returns the fields of s that are lists.
func (s *Settings) lists() []*[]string {
	return []*[]string{
		&s.ExtraPlatforms, &s.SystemFeatures, &s.Substituters, &s.TrustedPublicKeys, &s.SecretKeyFiles,
		&s.HashedMirrors, &s.IgnoredACLs, &s.NixPath, &s.ExperimentalFeatures, &s.AllowedURIs,
		&s.AllowedHostDeps,
	}
}

// IsOverridden reports whether a file, a variable or an option set name.
func (s *Settings) IsOverridden(name string) bool { return s.overridden[name] }

// Users returns the settings that the user gave, in a file of his own, in the
// environment or on the command line, and not only the machine's nix.conf.
func (s *Settings) Users() map[string]string {
	given := make(map[string]string, len(s.users))
	for name := range s.users {
		given[name], _ = s.Get(name)
	}
	return given
}

// BuildCores returns the value of NIX_BUILD_CORES: Cores, or the machine's
// number of cores where Cores is 0.
func (s *Settings) BuildCores() int {
	if s.Cores > 0 {
		return s.Cores
	}
	return runtime.NumCPU()
}

// CanBuild reports whether system is this machine's or one that it also runs.
func (s *Settings) CanBuild(system string) bool {
	return system == "builtin" || system == s.System || slices.Contains(s.ExtraPlatforms, system)
}
