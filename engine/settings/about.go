package settings

// This file says what settings are for, in a line each.

// A When says from when on another value of a setting holds.
type When uint8

// The times at which settings are read.
const (
	AtStart     When = iota // when the program starts: it opens the store with it
	AtEvaluator             // when an evaluator is made: all of its values are of one kind
	AtBuild                 // when builds begin, or a collection
	Never                   // it means nothing to us
)

// About is what is to be known of a setting.
type About struct {
	Help string // a line
	When When
}

// AboutOf tells of a setting; ok is false if there is none of that name.
func AboutOf(name string) (about About, ok bool) {
	if about, ok = abouts[name]; ok {
		return about, true
	}
	if _, ok = foreigners[name]; ok {
		return About{"of Nix; it means nothing here", Never}, true
	}
	return About{}, false
}

var abouts = map[string]About{
	"max-jobs":                 {"how many builds run at once, or 'auto'", AtBuild},
	"cores":                    {"cores that a build may use, as NIX_BUILD_CORES; 0 is all", AtBuild},
	"keep-failed":              {"keep the directories of builds that fail", AtBuild},
	"keep-going":               {"go on with other builds when one has failed", AtBuild},
	"fallback":                 {"build what cannot be substituted", AtBuild},
	"always-allow-substitutes": {"substitute also what derivations forbid to", AtBuild},
	"timeout":                  {"seconds that a build may take; 0 is no limit", AtBuild},
	"max-silent-time":          {"seconds that a build may say nothing; 0 is no limit", AtBuild},
	"max-build-cpus":           {"processors that a build may use at once; 0 is no limit", AtBuild},
	"max-build-memory":         {"bytes of memory that a build may use; 0 is no limit", AtBuild},
	"max-build-processes":      {"processes that a build may have at once; 0 is no limit", AtBuild},
	"max-build-log-size":       {"bytes that a build may say; 0 is no limit", AtBuild},
	"log-lines":                {"lines of its log that are shown of a build that failed", AtBuild},
	"keep-build-log":           {"keep the logs of builds", AtBuild},
	"compress-build-log":       {"compress the logs of builds", AtBuild},
	"build-poll-interval":      {"seconds between two looks at what another process has locked", AtBuild},
	"build-dir":                {"where builds have their directories", AtBuild},
	"impure-env":               {"values of variables that impureEnvVars names, in the place of the environment's", AtBuild},
	"pre-build-hook":           {"a program that is run before each build", AtBuild},
	"post-build-hook":          {"a program that is run after each build", AtBuild},
	"diff-hook":                {"a program that is run if a build comes out differently", AtBuild},
	"run-diff-hook":            {"run diff-hook", AtBuild},
	"use-cgroups":              {"measure builds by control groups", AtBuild},
	"sandbox":                  {"true, or relaxed for __noChroot; builds always have a sandbox", AtBuild},
	"sandbox-paths":            {"what else is seen in the sandbox", AtBuild},
	"sandbox-build-dir":        {"the directory of builds, as they see it", AtBuild},
	"sandbox-dev-shm-size":     {"the size of /dev/shm in the sandbox", AtBuild},
	"filter-syscalls":          {"keep builds from making set-user-ID files", AtBuild},
	"allowed-impure-host-deps": {"what __impureHostDeps may name", AtBuild},
	"extra-platforms":          {"other systems that this machine can build for", AtBuild},
	"system-features":          {"what requiredSystemFeatures may ask for", AtBuild},
	"hashed-mirrors":           {"where files are looked for by their hash", AtBuild},
	"auto-allocate-uids":       {"builds have users of their own, of those from start-id on", AtBuild},
	"start-id":                 {"the first user of auto-allocate-uids", AtBuild},
	"id-count":                 {"how many users auto-allocate-uids has", AtBuild},
	"keep-outputs":             {"a collection keeps the outputs of derivations that live", AtBuild},
	"keep-derivations":         {"a collection keeps the derivations of outputs that live", AtBuild},

	"nix-path":                     {"where <...> is looked for", AtEvaluator},
	"pure-eval":                    {"evaluation sees only what is fixed by hashes", AtEvaluator},
	"restrict-eval":                {"evaluation sees only what nix-path leads to", AtEvaluator},
	"allowed-uris":                 {"what restricted evaluation may read besides", AtEvaluator},
	"allow-import-from-derivation": {"evaluation may build", AtBuild},
	"trace-import-from-derivation": {"warn of what evaluation builds", AtBuild},
	"allow-unsafe-native-code-during-evaluation": {"builtins.exec", AtEvaluator},
	"eval-cores":                  {"cores that an evaluation uses; 0 is all", AtEvaluator},
	"eval-memory-limit":           {"MiB of values that an evaluation may make; 0 is no limit", AtEvaluator},
	"eval-system":                 {"builtins.currentSystem", AtEvaluator},
	"max-call-depth":              {"how deep calls may be", AtEvaluator},
	"trace-verbose":               {"show builtins.traceVerbose", AtEvaluator},
	"trace-function-calls":        {"say on standard error what is called", AtEvaluator},
	"abort-on-warn":               {"builtins.warn is an error", AtEvaluator},
	"debugger-on-trace":           {"the debugger stops at builtins.trace", AtEvaluator},
	"debugger-on-warn":            {"the debugger stops at builtins.warn", AtEvaluator},
	"ignore-try":                  {"the debugger passes over errors in tryEval", AtEvaluator},
	"lint-url-literals":           {"what is said of URLs without quotes", AtEvaluator},
	"lint-short-path-literals":    {"what is said of paths without ./", AtEvaluator},
	"lint-absolute-path-literals": {"what is said of absolute paths", AtEvaluator},
	"warn-short-path-literals":    {"an older lint-short-path-literals", AtEvaluator},
	"eval-profiler":               {"flamegraph, or disabled", AtEvaluator},
	"eval-profile-file":           {"where eval-profiler writes", AtEvaluator},
	"eval-profiler-frequency":     {"samples a second of eval-profiler; 0 is each call", AtEvaluator},
	"experimental-features":       {"what is switched on", AtEvaluator},
	"tarball-ttl":                 {"seconds that what was fetched is good for", AtEvaluator},
	"show-trace":                  {"show the whole trace of errors", AtEvaluator},

	"store":                    {"the store, else that of $NIX_REMOTE", AtStart},
	"system":                   {"the system of this machine", AtStart},
	"secret-key-files":         {"keys that what is built is signed with", AtStart},
	"trusted-public-keys":      {"keys whose signatures are trusted", AtStart},
	"require-sigs":             {"paths need signatures that are trusted", AtStart},
	"substitute":               {"substitute what others have built", AtStart},
	"substituters":             {"stores that have what others have built", AtStart},
	"max-substitution-jobs":    {"how many paths are substituted at once", AtStart},
	"http-connections":         {"connections at once", AtStart},
	"connect-timeout":          {"seconds to wait for a connection", AtStart},
	"netrc-file":               {"names and passwords for downloads", AtStart},
	"ssl-cert-file":            {"certificates that are trusted", AtStart},
	"min-free":                 {"bytes below which builds begin to collect", AtStart},
	"max-free":                 {"bytes at which that collection ends", AtStart},
	"min-free-check-interval":  {"seconds between two looks at the free space", AtStart},
	"auto-optimise-store":      {"share equal files of what is added", AtStart},
	"fsync-metadata":           {"make paths and changes of the database durable; unless fsync-store-paths is on, too, nothing waits for the disk without it", AtStart},
	"fsync-store-paths":        {"make paths durable before they are registered", AtStart},
	"sync-before-registering":  {"make all files durable before paths are registered", AtStart},
	"ignored-acls":             {"extended attributes that files may keep", AtStart},
	"use-xdg-base-directories": {"keep profiles below the directories of XDG", AtStart},
	"flake-registry":           {"where names of flakes are looked up", AtStart},
	"warn-dirty":               {"warn of changed files in a flake", AtStart},
	"allow-dirty":              {"take changed files of a flake", AtStart},
	"accept-flake-config":      {"take settings from flakes", AtStart},
	"eval-cache":               {"keep what was evaluated of flakes", AtStart},
	"eval-file-cache":          {"keep what was made of files", AtStart},
}

// Values lists the values that a setting can have if they are few.
func Values(name string) []string {
	switch f, ok := Default().fields()[name]; {
	case !ok:
		return nil
	case name == "sandbox":
		return []string{"false", "relaxed", "true"}
	case name == "eval-profiler":
		return []string{"disabled", "flamegraph"}
	case len(name) > 5 && name[:5] == "lint-":
		return []string{"fatal", "ignore", "warn"}
	case f.get() == "true" || f.get() == "false":
		return []string{"false", "true"}
	}
	return nil
}
