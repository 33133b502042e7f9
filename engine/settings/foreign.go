package settings

// foreign are the settings that the real Nix knows and that mean nothing to
// us, or mean something that we always do: they are passed over in silence,
// so that a nix.conf written for Nix draws no warnings.
var foreign = makeSet(
	"access-tokens", "allow-new-privileges", "allow-symlinked-store",
	"allowed-impure-host-deps", "allowed-users", "always-allow-substitutes", "auto-allocate-uids",
	"bash-prompt", "bash-prompt-prefix", "bash-prompt-suffix", "build-hook", "build-users-group",
	"builders", "builders-use-substitutes", "commit-lockfile-summary", "commit-lock-file-summary",
	"diff-hook", "download-attempts", "download-buffer-size",
	"download-speed", "eval-attrset-update-layer-rhs-threshold",
	"external-builders", "gc-reserved-space",
	"http2", "id-count", "impersonate-linux-26", "impure-env", "json-log-path",
	"keep-env-derivations", "lazy-trees",
	"min-free-check-interval", "nar-buffer-size", "narinfo-cache-meta-ttl",
	"narinfo-cache-negative-ttl", "narinfo-cache-positive-ttl", "nix-shell-always-looks-for-shell-nix",
	"nix-shell-shebang-arguments-relative-to-script", "plugin-files", "post-build-hook", "pre-build-hook",
	"pre-allocate-contents", "preallocate-contents", "print-missing", "repl-overlays",
	"require-drop-supplementary-groups", "run-diff-hook", "sandbox-fallback", "secret-key-files",
	"stalled-download-timeout", "start-id", "trace-import-from-derivation",
	"trust-tarballs-from-git-forges", "trusted-substituters", "trusted-users",
	"upgrade-nix-store-path-url", "use-case-hack", "use-cgroups", "use-registries", "use-sqlite-wal",
	"user-agent-suffix", "warn-large-path-threshold",
)

func makeSet(names ...string) map[string]bool {
	set := make(map[string]bool, len(names))
	for _, name := range names {
		set[name] = true
	}
	return set
}
