package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"nixbench/engine"
)

// workbench is what runs if no command is named: it opens the screens.
var workbench = command{
	summary: "Open the workbench: a Nix for the terminal.",
	args:    "[FILE...]", maxArgs: -1,
	flags: slices.Concat(workbenchFlags, []flag{includeFlag, debuggerFlag}),
	run:   runWorkbench,
}

var workbenchFlags = []flag{
	{[]string{"--theme"}, []string{"NAME"}, "dark or light, or one of your own", text1(func(inv *invocation) *string { return &inv.theme })},
	{[]string{"--ascii"}, nil, "ASCII marks and glyphs; borders stay lines", on(func(inv *invocation) *bool { return &inv.ascii })},
	{[]string{"--fresh"}, nil, "begin anew: forget where the last session was, and its bookmarks", on(func(inv *invocation) *bool { return &inv.fresh })},
	{[]string{"--debug-log"}, []string{"FILE"}, "append the trace of a crash to FILE", text1(func(inv *invocation) *string { return &inv.debugLog })},
}

var pathInfoFlags = []flag{
	{[]string{"--recursive", "-r"}, nil, "the whole closure", on(func(inv *invocation) *bool { return &inv.recursive })},
	{[]string{"--size", "-s"}, nil, "the size of the NAR", on(func(inv *invocation) *bool { return &inv.size })},
	{[]string{"--disk-size"}, nil, "what it takes on disk; a file with several names is counted once, in the first path that has it", on(func(inv *invocation) *bool { return &inv.diskSize })},
	{[]string{"--closure-size", "-S"}, nil, "the size of the closure", on(func(inv *invocation) *bool { return &inv.closureSize })},
	{[]string{"--human-readable"}, nil, "sizes for people (also -h after -s or -S)", on(func(inv *invocation) *bool { return &inv.human })},
	{[]string{"-h"}, nil, "the same as --human-readable", on(func(inv *invocation) *bool { return &inv.human })},
	{[]string{"--sigs"}, nil, "show signatures", on(func(inv *invocation) *bool { return &inv.sigs })},
	{[]string{"--all"}, nil, "all paths of the store", on(func(inv *invocation) *bool { return &inv.all })},
	budgetFlag,
	jsonFlag,
	{[]string{"--json-format"}, []string{"N"}, "the shape of the JSON, 1 (the default), 2 or 3, as nix has them", func(inv *invocation, args []string) error {
		n, err := unitInt(args[0])
		if err == nil && (n < 1 || n > 3) {
			err = &ExitError{1, fmt.Errorf("unsupported path info JSON format version %d; supported versions are 1, 2 and 3", n)}
		}
		inv.jsonFormat = int(n)
		return err
	}},
}

var profileFlags = []flag{
	{[]string{"--profile"}, []string{"PATH"}, "the profile, default that of the store or the user", text1(func(inv *invocation) *string { return &inv.profile })},
	jsonFlag,
}

var dryRunFlag = flag{[]string{"--dry-run"}, nil, "say what would be done, and do nothing", on(func(inv *invocation) *bool { return &inv.dryRun })}

// commands returns the table of commands, in the order of the help text.
func commands() []command {
	return slices.Concat(evalCommands(), buildCommands(), derivationCommands(), pathCommands(), profileCommands(),
		storeCommands(), hashCommands(), inspections(), otherCommands())
}

// evalCommands are those of the language.
func evalCommands() []command {
	evalFlags := []flag{
		{[]string{"--raw"}, nil, "print a string as it is", printed(func(inv *invocation) *bool { return &inv.raw })},
		{[]string{"--xml"}, nil, "print XML", printed(func(inv *invocation) *bool { return &inv.xml })},
		{[]string{"--strict"}, nil, "evaluate all of the value", on(func(inv *invocation) *bool { return &inv.strict })},
		{[]string{"--read-only", "--readonly-mode"}, nil, "compute store paths without writing to the store", on(func(inv *invocation) *bool { return &inv.readOnly })},
		{[]string{"--json"}, nil, "print JSON", printed(func(inv *invocation) *bool { return &inv.json })},
	}
	return []command{
		{name: "eval", args: "[ATTRPATH]", maxArgs: 1, run: runEval,
			summary: "Evaluate an expression and print its value.",
			flags: slices.Concat(sourceFlags, evalFlags, []flag{
				jobsFlag,
				{[]string{"--apply"}, []string{"FUNCTION"}, "print what FUNCTION makes of the value", text1(func(inv *invocation) *string { return &inv.apply })},
				{[]string{"--profile"}, nil, "say on standard error what took the time, by function and by file", on(func(inv *invocation) *bool { return &inv.profiling })},
				{[]string{"--write-to"}, []string{"PATH"}, "write a string to a file, or a set of strings to a directory", text1(func(inv *invocation) *string { return &inv.writeTo })},
			}, prettyFlags)},
		{name: "instantiate", args: "[FILE...]", maxArgs: -1, run: runInstantiate,
			summary: "Make store derivations of an expression and print their paths, as nix-instantiate does.",
			flags: slices.Concat(legacySourceFlags, evalFlags, []flag{
				{[]string{"--eval", "--eval-only"}, nil, "print the value instead", on(func(inv *invocation) *bool { return &inv.evalOnly })},
				{[]string{"--parse", "--parse-only"}, nil, "print the syntax tree instead", on(func(inv *invocation) *bool { return &inv.parse })},
				{[]string{"--find-file"}, nil, "print where names are found in the search path", on(func(inv *invocation) *bool { return &inv.findFile })},
				{[]string{"--read-write-mode"}, nil, "write to the store with --eval too", on(func(inv *invocation) *bool { return &inv.readWrite })},
				{[]string{"--add-root"}, []string{"PATH"}, "make a root of the result", rootName},
				ignored("roots are indirect anyway", "--indirect"),
				{[]string{"--dry-run"}, nil, "the same as --readonly-mode", on(func(inv *invocation) *bool { return &inv.readOnly })},
				noRootFlag,
				{[]string{"--no-location"}, nil, "leave out of --xml where things are written", on(func(inv *invocation) *bool { return &inv.noLocation })},
				jobsFlag, unitFlags[0], unitFlags[1], unitFlags[2], keepFlags[0], keepFlags[1],
			})},
	}
}

// buildCommands are those that build, and the older commands of Nix.
func buildCommands() []command {
	return []command{
		{name: "build", args: "[ATTRPATH|STOREPATH...]", maxArgs: -1, run: runBuild,
			summary: "Build derivations, and link to their outputs.",
			flags: slices.Concat(sourceFlags, buildFlags, []flag{
				jsonFlag, prettyFlags[0], prettyFlags[1], stdinFlag, rebuildFlag("--rebuild", engine.Check, checkHelp),
				{[]string{"--profile"}, []string{"PATH"}, "make what is built the next generation of a profile", profileName},
				{[]string{"--why"}, nil, "say why what is going to be built has to be, with --dry-run without building it", on(func(inv *invocation) *bool { return &inv.why })},
				{[]string{"--shell-on-failure"}, nil, "open a shell in the sandbox of a build that fails, as its builder left it", on(func(inv *invocation) *bool { return &inv.failureShell })},
			})},
		envShell("shell"), envShell("env shell"), develop(), printDevEnv(), runCommand(), searchCommand(),
		{name: "nix-build", args: "[FILE...]", maxArgs: -1, run: runNixBuild,
			summary: "Build the derivations of a file, with the flags and exit statuses of nix-build.",
			flags: slices.Concat(legacySourceFlags, buildFlags, []flag{
				readOnlyFlag, noRootFlag, rebuildFlag("--check", engine.Check, checkHelp),
				ignored("links are roots anyway, and there are none to derivations", "--indirect", "--add-drv-link"),
				{[]string{"--drv-link"}, []string{"PATH"}, "the same as --add-drv-link", passOver},
			})},
		{name: "nix-shell", args: "[FILE|DERIVATION|PACKAGE...]", maxArgs: -1, run: runNixShell,
			summary: "Open a shell with what building a derivation needs, with the flags of nix-shell.",
			flags:   slices.Concat(legacySourceFlags, nixShellFlags(), []flag{dryRunFlag, jobsFlag, readOnlyFlag, noRootFlag})},
		{name: "nix-env", args: "[SELECTOR...]", maxArgs: -1, run: runNixEnv,
			summary: "Ask about packages and change profiles, with the flags of nix-env.",
			flags:   slices.Concat(userEnvFlags(), nixEnvFlags(), exprFlags, olderFlags)},
		{name: "nix-store", args: "[PATH...]", maxArgs: -1, run: runNixStore,
			summary: "Work with the store, with the operations and flags of nix-store.",
			flags:   nixStoreFlags()},
		{name: "nix-channel", args: "[URL NAME|NAME...]", maxArgs: -1, run: runNixChannel,
			summary: "Keep a list of channels, places of expressions, and make a profile of them.",
			flags:   slices.Concat(channelFlags(), olderFlags)},
		{name: "nix-prefetch-url", args: "URL|FILE [HASH]", maxArgs: -1, run: runNixPrefetch,
			summary: "Add the file of this machine that is at a file:// URL, or in FILE at the first of the attribute --attr, to the store, and print its hash.",
			flags:   slices.Concat(prefetchFlags(), nixPrefetchFlags(), exprFlags, olderFlags)},
		{name: "log", args: "[STOREPATH|ATTRPATH...]", maxArgs: -1, run: runLog,
			summary: "Print the build logs of derivations.", flags: sourceFlags},
		{name: "nix-collect-garbage", run: runCollectGarbage,
			summary: "Delete old generations, and what no root leads to.", flags: slices.Concat(collectGarbageFlags(), olderFlags)},
	}
}

// pathCommands are those that ask about paths.
func pathCommands() []command {
	return []command{
		{name: "path-info", args: "[STOREPATH|ATTRPATH...]", maxArgs: -1, run: runPathInfo,
			summary: "Print what the store knows about paths.",
			flags:   slices.Concat(pathInfoFlags, installableFlags, prettyFlags, sourceFlags)},
		{name: "why-depends", args: "PATH DEPENDENCY", minArgs: 2, maxArgs: 2, run: runWhyDepends,
			summary: "Show why a path has another in its closure.",
			flags: slices.Concat([]flag{
				{[]string{"--all", "-a"}, nil, "all chains of references, not just a shortest", on(func(inv *invocation) *bool { return &inv.all })},
				{[]string{"--precise"}, nil, "also the files that hold the references", on(func(inv *invocation) *bool { return &inv.precise })},
				installableFlags[0],
				jsonFlag,
			}, sourceFlags)},
		{name: "copy", args: "[STOREPATH|ATTRPATH...]", maxArgs: -1, run: runCopy,
			summary: "Copy paths, and what they refer to, from one store to another.",
			flags:   slices.Concat(copyCommandFlags(), installableFlags, sourceFlags)},
	}
}

// otherCommands are the rest.
func otherCommands() []command {
	return []command{
		{name: "config show", args: "[SETTING]", maxArgs: 1, run: runConfigShow,
			summary: "Print the settings that are in force, or one of them.", flags: slices.Concat([]flag{jsonFlag, jobsFlag}, prettyFlags)},
		{name: "config check", run: runConfigCheck,
			summary: "Check which Nix is found, and whether profiles are kept from collections."},
		{name: "repl", args: "[FILE...]", maxArgs: -1, run: runRepl,
			summary: "Evaluate lines of input: on a terminal in the workbench, else from standard input.",
			flags: slices.Concat(sourceFlags, workbenchFlags, []flag{
				{[]string{"--json"}, nil, "answer requests, JSON objects a line each, for editors", on(func(inv *invocation) *bool { return &inv.json })},
			})},
		{name: "tour", run: runTour,
			summary: "Build a small package set in a store of its own, and look around in it.",
			flags: slices.Concat(workbenchFlags, []flag{
				{[]string{"--remove"}, nil, "delete the tour's store", on(func(inv *invocation) *bool { return &inv.remove })},
			})},
		{name: "help", args: "[COMMAND]", maxArgs: 3, run: runHelp, summary: "List the commands, or explain one."},
		{name: "version", run: runVersion, summary: "Print the version."},
	}
}

func runVersion(_ context.Context, inv *invocation) error {
	name, version := "nixbench", Version
	if nix := inv.env.nixName(); nix != "" {
		name, version = nix+" (Nix)", engine.NixVersion
	}
	_, err := fmt.Fprintf(inv.env.Stdout, "%s %s\n", name, version)
	return err
}

func runHelp(_ context.Context, inv *invocation) error {
	table := commands()
	if len(inv.args) > 0 {
		name := strings.Join(inv.args, " ")
		for i := range table {
			if table[i].name == name {
				_, err := fmt.Fprint(inv.env.Stdout, table[i].help())
				return err
			}
		}
		return inv.cmd.usage("'%s' is not a nixbench command", name)
	}
	fmt.Fprint(inv.env.Stdout, "Usage: nixbench [flags] [FILE...]      open the workbench\n       nixbench COMMAND [flags] ...\n\nCommands:\n")
	for _, cmd := range table {
		fmt.Fprintf(inv.env.Stdout, "  %-22s %s\n", cmd.name, cmd.summary)
	}
	_, err := fmt.Fprint(inv.env.Stdout, "\n'nixbench COMMAND --help' explains one of them.\n")
	return err
}

// noTerminal says why the screens cannot be opened.
func noTerminal(env *Env) error {
	which := "output"
	if env.OutTerminal {
		which = "input"
	}
	return fmt.Errorf("open the workbench: standard %s is not a terminal; 'nixbench repl' reads expressions without one, 'nixbench help' lists the other commands", which)
}

func runWorkbench(ctx context.Context, inv *invocation) error {
	switch {
	case inv.plain:
		return runRepl(ctx, inv)
	case !inv.env.Terminal:
		return noTerminal(inv.env)
	}
	return inv.env.Workbench(ctx, inv.workbenchOptions())
}

func (inv *invocation) workbenchOptions() WorkbenchOptions {
	files := inv.args
	if inv.file != "" {
		files = append([]string{inv.file}, files...)
	}
	return WorkbenchOptions{
		StoreURI: inv.storeURI, Settings: inv.options, Files: files, Includes: inv.includes,
		Theme: inv.theme, ASCII: inv.ascii, Fresh: inv.fresh, DebugLog: inv.debugLog, Debugger: inv.debugger,
	}
}
