package settings

// This file says which settings there are, and reads and writes each as text. Nix's own
// defaults and documentation of them are in describe.go and about.go.

// A field reads and writes one setting as text.
type field struct {
	get    func() string
	set    func(value string) error
	extend func(value string) error // extra-name; nil if it is not a list
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
		"impure-env":                  pairsField(s.ImpureEnv),

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
	hostDeps := fields["allowed-impure-host-deps"]
	hostDeps.extend = nil // as in Nix
	fields["allowed-impure-host-deps"] = hostDeps
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
		"trace-import-from-derivation": &s.TraceImportFromDerivation,
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
