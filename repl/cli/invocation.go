package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync/atomic"

	"nixbench/engine"
	"nixbench/engine/settings"
	"nixbench/inspect/closure"
	"nixbench/store"
	"nixbench/store/profile"
)

// This file has what a command was asked for, and how it opens its engine.

// An invocation is a command with its arguments.
type invocation struct {
	cmd  *command
	env  *Env
	args []string // the positional ones

	oneThread bool   // evaluate in one; see rerun
	once      *rerun // how to run the command again; nil if it is not going to be

	// catchUp waits until what has happened in builds has been told, and unfollow ends what
	// follows them; nil if nothing does. Told are the derivations whose failure has been told
	// by then.
	catchUp, unfollow func()
	told              map[store.Path]bool

	// ending is what is being built, if a failure ends that; what follows builds reads it.
	ending atomic.Pointer[[]store.DerivedPath]

	// Common.
	help, json, plain bool
	showTrace         bool
	debugger          bool
	storeURI          string
	evalStore         string                           // --eval-store; "" is the store
	checks            []func(*settings.Settings) error // of flags, once the settings are known
	options           []Option

	// What is told of what goes on.
	quiet    bool
	louder   int          // than the usual level
	jsonFile *jsonFile    // gets what is told, too, unless nil
	hear     func(string) // gets warnings instead of standard error, unless nil
	jsonLog  bool         // --log-format internal-json
	blocks   bool         // --log-format blocks

	// Where expressions come from.
	file, expr string
	hasExpr    bool
	attrs      []string
	includes   []string
	autoArgs   []autoArg // of --arg and its like, in order

	// Evaluation.
	raw, strict, parse, xml, evalOnly, findFile bool
	readOnly, readWrite, noRootWarning          bool
	noLocation                                  bool
	apply, writeTo, pretty                      string
	profiling                                   bool
	watchers                                    watchers

	// Building.
	mode                          engine.Mode
	failureShell, why             bool
	dryRun, noLink, printOutPaths bool
	printLogs                     bool // as they come; else the end of those of failures
	hasNixLog                     bool // there is `nix log`, so that nix-store -l need not be named
	bareLogs                      bool // lines only: no bar, no name of what is built
	outLink, addRoot              string

	// Packages.
	pkgs packageQuery

	// Of one command, or of a family.
	envChange userEnvCommand // what nix-env changes
	shell     shellOptions   // of nix-shell
	program   envOptions     // of nix shell
	dev       devOptions     // of nix develop
	legacy    storeCommand   // of nix-store
	hashing   hashing        // of nix-hash and nix hash
	prefetch  prefetch       // of nix-prefetch-url and nix store prefetch-file
	channelOp channelOp      // of nix-channel

	// What paths are asked for, copied and added.
	recursive        bool
	wantsDerivation  bool // the derivation of what is named
	fromStdin        bool // arguments from standard input, too
	notRecursive     bool
	name             string
	hasName          bool
	copyFrom, copyTo string // stores that paths are copied from and to; "": the usual one
	noCheckSigs      bool

	// What is told of store paths.
	size, closureSize, diskSize, human, sigs, all, precise bool
	jsonFormat                                             int // 0: the default
	budget                                                 int64
	budgetGiven                                            bool
	long, directory                                        bool // of listings

	// Verification and signatures.
	noContents, noTrust   bool
	checkContents, repair bool
	sigsNeeded            int
	keyName, keyFile      string
	hasKeyName            bool
	sigStores             []string // that signatures are copied from

	// Collections and deletion.
	ignoreLiveness           bool
	skipAlive, alsoReferrers bool
	maxFreed                 int64 // bytes
	maxFreedGiven            bool
	freeSize                 int64 // bytes
	freeGiven, yes           bool
	spared, without          []string

	// Old generations.
	deleteOld bool
	olderThan string
	patterns  []string // of packages of a profile
	rule      profile.Rule

	// Lists that answer questions.
	deep                     bool // nixbench doctor --deep
	limit                    int
	limitGiven               bool
	order                    closure.Order
	query                    closure.Query
	csv, dot                 bool
	buildTime, ofDerivations bool

	// Profiles.
	profile string
	to      int

	// The workbench and the tour.
	theme, debugLog      string
	ascii, remove, fresh bool
	version              bool
}

// open opens the engine that the flags ask for, and tells of what it builds. The
// caller closes it.
func (inv *invocation) open(ctx context.Context) (*engine.Engine, error) {
	return inv.openEngine(ctx, false)
}

// openLate is open for commands that may not need the store's database.
func (inv *invocation) openLate(ctx context.Context) (*engine.Engine, error) {
	return inv.openEngine(ctx, true)
}

// openFor opens the engine, and finds in it what the arguments mean. The caller closes
// the engine, unless there is an error.
func openFor[T any](ctx context.Context, inv *invocation, find func(context.Context, *engine.Engine) ([]T, error)) (*engine.Engine, []T, error) {
	eng, err := inv.open(ctx)
	if err != nil {
		return nil, nil, err
	}
	found, err := find(ctx, eng)
	if err != nil {
		eng.Close()
		return nil, nil, err
	}
	return eng, found, nil
}

func (inv *invocation) openEngine(ctx context.Context, late bool) (*engine.Engine, error) {
	opts, err := inv.engineOptions()
	if err != nil {
		return nil, err
	}
	opts.Late = late
	eng, err := engine.Open(ctx, opts)
	if err == nil {
		inv.follow(ctx, eng)
	}
	return eng, err
}

// engineOptions returns what the flags say of the engine.
func (inv *invocation) engineOptions() (engine.Options, error) {
	set, err := inv.settings()
	inv.hasNixLog = err == nil && set.HasFeature("nix-command")
	return engine.Options{
		EvalStoreURI: inv.evalStore, Settings: set, Getenv: inv.env.Getenv, Environment: inv.env.Environment, Warn: inv.warn,
		CacheDir: engine.CacheDir(inv.env.Getenv), Debug: inv.debug,
		Repair: inv.mode == engine.Repair, RefuseUnwritable: inv.env.nixName() != "",
	}, err
}

// follow tells of the builds of an engine on standard error until
// stopFollowing.
func (inv *invocation) follow(ctx context.Context, eng *engine.Engine) {
	inv.openJSONFile(ctx, eng)
	unfollow := inv.followJSON(ctx, eng)
	catchUp, stop := follow(ctx, eng, follower{
		w: inv.env.Stderr, quiet: inv.quiet, logs: inv.printLogs, bare: inv.bareLogs, blocks: inv.blocks,
		level: inv.verbosity(), fail: inv.tellFailure, bar: inv.builderBar(), json: inv.jsonLog,
	})
	inv.catchUp, inv.unfollow = catchUp, func() { stop(); unfollow() }
}

// followAgain tells of builds after stopFollowing, too.
func (inv *invocation) followAgain(ctx context.Context, eng *engine.Engine) {
	if inv.unfollow == nil {
		inv.follow(ctx, eng)
	}
}

// stopFollowing waits until all that has happened has been told.
func (inv *invocation) stopFollowing() {
	if inv.unfollow != nil {
		inv.unfollow()
		inv.catchUp, inv.unfollow = nil, nil
	}
}

// settings returns the configuration with what the flags change.
func (inv *invocation) settings() (*settings.Settings, error) {
	if warning := inv.env.Home.Warning; warning != "" {
		inv.warn(warning)
	}
	set, err := engine.LoadSettings(inv.env.Getenv, inv.warn)
	if err != nil {
		return nil, err
	}
	// What is written on the command line of nix is pure unless it says otherwise.
	if inv.env.nixName() == "nix" && (inv.hasExpr && inv.cmd.name != "repl" || inv.cmd.name == "config show") {
		set.PureEval = true
	}
	if inv.storeURI != "" {
		if err := set.Set("store", inv.storeURI); err != nil {
			return nil, err
		}
	}
	for _, opt := range inv.options {
		var bad *settings.ValueError
		var ignored *settings.IgnoredError
		switch err := set.Set(opt.Name, opt.Value); {
		case errors.Is(err, settings.ErrUnknown):
			inv.warn(fmt.Sprintf("unknown setting '%s'", opt.Name))
		case errors.As(err, &ignored):
			if !opt.isFlag {
				inv.warn(ignored.Error())
			}
		case errors.As(err, &bad):
			inv.warn(bad.Warning())
		case err != nil:
			return nil, err
		}
	}
	if inv.cmd.name == "search" && !set.IsOverridden("allow-import-from-derivation") {
		set.AllowImportFromDerivation = false
	}
	for _, warning := range set.Warnings() {
		inv.warn(warning)
	}
	for _, check := range inv.checks {
		if err := check(set); err != nil {
			return nil, &ExitError{1, err}
		}
	}
	if inv.env.nixName() == "nix" && inv.file != "" && set.PureEval && set.IsOverridden("pure-eval") {
		return nil, inv.cmd.usage("'--file' is not compatible with '--pure-eval'")
	}
	if inv.oneThread || inv.showsStats() || inv.verbosity() >= levelTalkative {
		set.EvalCores = 1 // what is done twice or in vain would be counted
	}
	return set, nil
}

// wantFeature says that a flag which was given needs an experimental feature.
func (inv *invocation) wantFeature(feature string) {
	inv.checks = append(inv.checks, func(set *settings.Settings) error { return wantFeature(set, feature) })
}

func wantFeature(set *settings.Settings, feature string) error {
	if set.HasFeature(feature) {
		return nil
	}
	return fmt.Errorf("experimental Nix feature '%s' is disabled; add '--extra-experimental-features %[1]s' to enable it", feature)
}

// abs returns the absolute name of a file that the user named.
func (inv *invocation) abs(name string) string {
	if filepath.IsAbs(name) {
		return filepath.Clean(name)
	}
	return filepath.Join(inv.env.Dir, name)
}
