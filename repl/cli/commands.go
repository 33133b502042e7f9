package cli

import (
	"context"
	"errors"
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
	{[]string{"--debug-log"}, []string{"FILE"}, "write the program's own log to FILE", text1(func(inv *invocation) *string { return &inv.debugLog })},
}

var pathInfoFlags = []flag{
	{[]string{"--recursive", "-r"}, nil, "the whole closure", on(func(inv *invocation) *bool { return &inv.recursive })},
	{[]string{"--size", "-s"}, nil, "the size of the NAR", on(func(inv *invocation) *bool { return &inv.size })},
	{[]string{"--closure-size", "-S"}, nil, "the size of the closure", on(func(inv *invocation) *bool { return &inv.closureSize })},
	{[]string{"--human-readable"}, nil, "sizes for people (also -h after -s or -S)", on(func(inv *invocation) *bool { return &inv.human })},
	{[]string{"-h"}, nil, "the same as --human-readable", on(func(inv *invocation) *bool { return &inv.human })},
	{[]string{"--sigs"}, nil, "show signatures", on(func(inv *invocation) *bool { return &inv.sigs })},
	{[]string{"--all"}, nil, "all paths of the store", on(func(inv *invocation) *bool { return &inv.all })},
	budgetFlag,
	jsonFlag,
	{[]string{"--json-format"}, []string{"N"}, "the shape of the JSON, 1 (the default) or 2, as nix has them", func(inv *invocation, args []string) (err error) {
		if inv.jsonFormat, err = number(args[0]); err == nil && inv.jsonFormat != 1 && inv.jsonFormat != 2 {
			err = fmt.Errorf("got %d, want 1 or 2", inv.jsonFormat)
		}
		return err
	}},
}

var profileFlags = []flag{
	{[]string{"--profile"}, []string{"PATH"}, "the profile, default that of the store or the user", text1(func(inv *invocation) *string { return &inv.profile })},
	jsonFlag,
}

var dryRunFlag = flag{[]string{"--dry-run"}, nil, "say what would be done, and do nothing", on(func(inv *invocation) *bool { return &inv.dryRun })}

// commands returns the table of commands.
func commands() []command {
	evalFlags := []flag{
		{[]string{"--raw"}, nil, "print a string as it is", printed(func(inv *invocation) *bool { return &inv.raw })},
		{[]string{"--xml"}, nil, "print XML", printed(func(inv *invocation) *bool { return &inv.xml })},
		{[]string{"--strict"}, nil, "evaluate all of the value", on(func(inv *invocation) *bool { return &inv.strict })},
		{[]string{"--read-only", "--readonly-mode"}, nil, "compute store paths without writing to the store", on(func(inv *invocation) *bool { return &inv.readOnly })},
		{[]string{"--json"}, nil, "print JSON", printed(func(inv *invocation) *bool { return &inv.json })},
	}
	return append([]command{
		{name: "eval", args: "[ATTRPATH]", maxArgs: 1, run: runEval,
			summary: "Evaluate an expression and print its value.",
			flags: slices.Concat(sourceFlags, evalFlags, []flag{
				ignored("nothing is built but what evaluation needs", "--print-build-logs", "-L"),
				ignored("there is no network", "--offline", "--no-net", "--refresh"),
				jobsFlag, evalStoreFlag,
				{[]string{"--apply"}, []string{"FUNCTION"}, "print what FUNCTION makes of the value", text1(func(inv *invocation) *string { return &inv.apply })},
				{[]string{"--profile"}, nil, "say on standard error what took the time, by function and by file", on(func(inv *invocation) *bool { return &inv.profiling })},
				{[]string{"--pretty"}, nil, "print JSON over several lines, as to a terminal", prettyJSON("yes")},
				{[]string{"--no-pretty"}, nil, "print JSON on one line", prettyJSON("no")},
				{[]string{"--write-to"}, []string{"PATH"}, "write a string to a file, or a set of strings to a directory", text1(func(inv *invocation) *string { return &inv.writeTo })},
			})},
		{name: "instantiate", args: "[FILE...]", maxArgs: -1, run: runInstantiate,
			summary: "Make store derivations of an expression and print their paths, as nix-instantiate does.",
			flags: slices.Concat(legacySourceFlags, evalFlags, []flag{
				{[]string{"--eval", "--eval-only"}, nil, "print the value instead", on(func(inv *invocation) *bool { return &inv.evalOnly })},
				{[]string{"--parse", "--parse-only"}, nil, "print the syntax tree instead", on(func(inv *invocation) *bool { return &inv.parse })},
				{[]string{"--find-file"}, nil, "print where names are found in the search path", on(func(inv *invocation) *bool { return &inv.findFile })},
				{[]string{"--read-write-mode"}, nil, "write to the store with --eval too", on(func(inv *invocation) *bool { return &inv.readWrite })},
				{[]string{"--add-root"}, []string{"PATH"}, "make a root of the result", text1(func(inv *invocation) *string { return &inv.addRoot })},
				ignored("roots are indirect anyway", "--indirect"),
				{[]string{"--dry-run"}, nil, "the same as --readonly-mode", on(func(inv *invocation) *bool { return &inv.readOnly })},
				{[]string{"--no-gc-warning"}, nil, "do not warn that there is no --add-root", on(func(inv *invocation) *bool { return &inv.noRootWarning })},
				{[]string{"--no-location"}, nil, "leave out of --xml where things are written", on(func(inv *invocation) *bool { return &inv.noLocation })},
				ignored("nothing is repaired while evaluating", "--repair"),
				jobsFlag, evalStoreFlag, unitFlags[0], unitFlags[1], unitFlags[2], keepFlags[0], keepFlags[1],
			})},
		{name: "build", args: "[ATTRPATH|STOREPATH...]", maxArgs: -1, run: runBuild,
			summary: "Build derivations, and link to their outputs.",
			flags: slices.Concat(sourceFlags, buildFlags, []flag{
				jsonFlag, rebuildFlag("--rebuild", engine.Check, checkHelp),
				{[]string{"--shell-on-failure"}, nil, "open a shell in the sandbox of a build that fails, as its builder left it", on(func(inv *invocation) *bool { return &inv.failureShell })},
			})},
		{name: "nix-build", args: "[FILE...]", maxArgs: -1, run: runNixBuild,
			summary: "Build the derivations of a file, with the flags and exit statuses of nix-build.",
			flags:   slices.Concat(legacySourceFlags, buildFlags, []flag{rebuildFlag("--check", engine.Check, checkHelp)})},
		{name: "nix-env", args: "[SELECTOR...]", maxArgs: -1, run: runNixEnv,
			summary: "Ask about packages and change profiles, with the flags of nix-env.",
			flags:   slices.Concat(userEnvFlags(), nixEnvFlags(), exprFlags)},
		{name: "nix-store", args: "[PATH...]", maxArgs: -1, run: runNixStore,
			summary: "Work with the store, with the operations and flags of nix-store.",
			flags:   nixStoreFlags()},
		{name: "config show", args: "[SETTING]", maxArgs: 1, run: runConfigShow,
			summary: "Print the settings that are in force, or one of them."},
		{name: "log", args: "STOREPATH|ATTRPATH...", minArgs: 1, maxArgs: -1, run: runLog,
			summary: "Print the build logs of derivations.", flags: sourceFlags},
		{name: "path-info", args: "[STOREPATH|ATTRPATH...]", maxArgs: -1, run: runPathInfo,
			summary: "Print what the store knows about paths.",
			flags:   slices.Concat(pathInfoFlags, sourceFlags)},
		{name: "why-depends", args: "PATH DEPENDENCY", minArgs: 2, maxArgs: 2, run: runWhyDepends,
			summary: "Show why a path has another in its closure.",
			flags: slices.Concat([]flag{
				{[]string{"--all", "-a"}, nil, "all chains of references, not just a shortest", on(func(inv *invocation) *bool { return &inv.all })},
				{[]string{"--precise"}, nil, "also the files that hold the references", on(func(inv *invocation) *bool { return &inv.precise })},
				jsonFlag,
			}, sourceFlags)},
		{name: "profile history", run: runProfileHistory,
			summary: "Show what changed with each generation of a profile.", flags: profileFlags},
		{name: "profile rollback", run: runProfileRollback,
			summary: "Switch a profile to the generation before the current one, or to another.",
			flags: slices.Concat(profileFlags, []flag{dryRunFlag, {[]string{"--to"}, []string{"NUMBER"}, "the generation to switch to", func(inv *invocation, args []string) (err error) {
				if inv.to, err = number(args[0]); err == nil && inv.to < 1 {
					err = fmt.Errorf("got %d, want the number of a generation", inv.to)
				}
				return err
			}}})},
		{name: "profile add", args: "STOREPATH|ATTRPATH...", minArgs: 0, maxArgs: -1, run: runProfileAdd,
			summary: "Add packages to a profile.", flags: profileAddFlags()},
		{name: "profile install", args: "STOREPATH|ATTRPATH...", minArgs: 0, maxArgs: -1, run: runProfileAdd,
			summary: "The same as profile add.", flags: profileAddFlags()},
		{name: "profile remove", args: "[NAME|STOREPATH...]", maxArgs: -1, run: runProfileRemove,
			summary: "Remove packages from a profile.", flags: profileMatchFlags()},
		{name: "profile upgrade", args: "[NAME|STOREPATH...]", maxArgs: -1, run: runProfileUpgrade,
			summary: "Say which packages of a profile could be upgraded.", flags: append(profileMatchFlags(), dryRunFlag)},
		{name: "profile pin", args: "NUMBER", minArgs: 1, maxArgs: 1, run: runProfilePin,
			summary: "Keep a generation of a profile from being deleted.",
			flags:   append(profileFlags[:1:1], flag{[]string{"--remove"}, nil, "let it be deleted again", on(func(inv *invocation) *bool { return &inv.remove })})},
		{name: "profile label", args: "NUMBER [TEXT...]", minArgs: 1, maxArgs: -1, run: runProfileLabel,
			summary: "Give a generation of a profile a label, or without TEXT take it away.", flags: profileFlags[:1]},
		{name: "profile delete", args: "[NUMBER...]", maxArgs: -1, run: runProfileDelete,
			summary: "Delete generations of a profile, by number or by rule.", flags: profileDeleteFlags()},
		{name: "profile wipe-history", run: runProfileWipe,
			summary: "Delete the generations of a profile that are not current.",
			flags:   slices.Concat(profileFlags[:1], []flag{dryRunFlag, {[]string{"--older-than"}, []string{"PERIOD"}, "only those older than PERIOD, such as 30d", text1(func(inv *invocation) *string { return &inv.olderThan })}})},
		{name: "profile diff-closures", run: runDiffClosures,
			summary: "Show the difference of closures between the generations of a profile.", flags: profileFlags},
		{name: "profile list", run: runProfileList,
			summary: "List the packages in a profile.", flags: profileFlags},
		{name: "store gc", run: runStoreGC,
			summary: "Delete what no root leads to.",
			flags:   []flag{dryRunFlag, jsonFlag, maxFreedFlag("--max")}},
		{name: "store verify", args: "[STOREPATH|ATTRPATH...]", maxArgs: -1, run: runStoreVerify,
			summary: "Check paths, or that the store is as its database says.",
			flags: slices.Concat([]flag{
				{[]string{"--check-contents"}, nil, "of the whole store: read and hash all files", on(func(inv *invocation) *bool { return &inv.checkContents })},
				{[]string{"--repair"}, nil, "of the whole store: make paths invalid whose files are gone, if nothing refers to them", on(func(inv *invocation) *bool { return &inv.repair })},
			}, verifyFlags(), sourceFlags, []flag{jsonFlag})},
		{name: "store info", run: runStoreInfo,
			summary: "Say which store it is, who writes it and what may be done to it.", flags: []flag{jsonFlag}},
		{name: "store optimise", run: runStoreOptimise,
			summary: "Make files with the same contents hard links to one.", flags: []flag{jsonFlag}},
		{name: "store add", args: "PATH", minArgs: 1, maxArgs: 1, run: runStoreAdd,
			summary: "Copy a file or directory into the store.", flags: addToStoreFlags()},
		{name: "store add-file", args: "PATH", minArgs: 1, maxArgs: 1, run: runStoreAddFile,
			summary: "The same with --mode flat.", flags: addToStoreFlags()},
		{name: "store add-path", args: "PATH", minArgs: 1, maxArgs: 1, run: runStoreAdd,
			summary: "The same as store add.", flags: addToStoreFlags()},
		{name: "store ls", args: "PATH", minArgs: 1, maxArgs: 1, run: runStoreLs,
			summary: "List what is in a store path.", flags: lsFlags()},
		{name: "store cat", args: "PATH", minArgs: 1, maxArgs: 1, run: runStoreCat,
			summary: "Print a file in the store."},
		{name: "store dump-path", args: "STOREPATH|ATTRPATH", minArgs: 1, maxArgs: 1, run: runStoreDumpPath,
			summary: "Write the archive of a store path.", flags: sourceFlags},
		{name: "store delete", args: "STOREPATH|ATTRPATH...", minArgs: 1, maxArgs: -1, run: runStoreDelete,
			summary: "Delete paths that nothing needs.", flags: slices.Concat(deleteFlags(), sourceFlags)},
		{name: "store repair", args: "STOREPATH|ATTRPATH...", minArgs: 1, maxArgs: -1, run: runStoreRepair,
			summary: "Make paths anew that are damaged.", flags: sourceFlags},
		{name: "store path-from-hash-part", args: "HASHPART", minArgs: 1, maxArgs: 1, run: runPathFromHashPart,
			summary: "Print the store path that begins with a hash part."},
		{name: "store diff-closures", args: "PATH PATH", minArgs: 2, maxArgs: 2, run: runStoreDiffClosures,
			summary: "Show the difference of two closures.", flags: sourceFlags},
		{name: "nar ls", args: "NAR PATH", minArgs: 2, maxArgs: 2, run: runNarLs,
			summary: "List what is in an archive.", flags: lsFlags()},
		{name: "nar cat", args: "NAR PATH", minArgs: 2, maxArgs: 2, run: runNarCat,
			summary: "Print a file in an archive."},
		{name: "nar pack", args: "PATH", minArgs: 1, maxArgs: 1, run: runNarPack,
			summary: "Write the archive of a file."},
		{name: "nar dump-path", args: "PATH", minArgs: 1, maxArgs: 1, run: runNarPack,
			summary: "The same as nar pack."},
		{name: "hash path", args: "PATH...", maxArgs: -1, run: runHashPath,
			summary: "Print the hash of the archive of files.", flags: hashPathFlags()},
		{name: "hash file", args: "PATH...", maxArgs: -1, run: runHashFile,
			summary: "Print the hash of the contents of files.", flags: hashFileFlags()},
		{name: "hash convert", args: "HASH...", maxArgs: -1, run: runHashConvert,
			summary: "Print hashes in another base.", flags: hashConvertFlags()},
		{name: "hash to-base16", args: "HASH...", maxArgs: -1, run: runHashTo(base16), summary: "Print hashes in base 16.", flags: []flag{hashAlgoFlag("--type")}},
		{name: "hash to-base32", args: "HASH...", maxArgs: -1, run: runHashTo(nix32), summary: "Print hashes in Nix's base 32.", flags: []flag{hashAlgoFlag("--type")}},
		{name: "hash to-base64", args: "HASH...", maxArgs: -1, run: runHashTo(base64), summary: "Print hashes in base 64.", flags: []flag{hashAlgoFlag("--type")}},
		{name: "hash to-sri", args: "HASH...", maxArgs: -1, run: runHashTo(sri), summary: "Print hashes in the form of subresource integrity.", flags: []flag{hashAlgoFlag("--type")}},
		{name: "nix-hash", args: "PATH|HASH...", maxArgs: -1, run: runNixHash,
			summary: "Hash files or convert hashes, with the flags of nix-hash.", flags: nixHashFlags()},
		{name: "nix-collect-garbage", run: runCollectGarbage,
			summary: "Delete old generations, and what no root leads to.", flags: collectGarbageFlags()},
		{name: "store rebuild-db", run: runStoreRebuild,
			summary: "Make the store's database anew from its journal and files.",
			flags:   []flag{dryRunFlag, jsonFlag}},
		{name: "repl", args: "[FILE...]", maxArgs: -1, run: runRepl,
			summary: "Evaluate lines of input: on a terminal in the workbench, else from standard input.",
			flags:   slices.Concat(sourceFlags, workbenchFlags)},
		{name: "tour", run: runTour,
			summary: "Build a small package set in a store of its own, and look around in it.",
			flags: slices.Concat(workbenchFlags, []flag{
				{[]string{"--remove"}, nil, "delete the tour's store", on(func(inv *invocation) *bool { return &inv.remove })},
			})},
		{name: "help", args: "[COMMAND]", maxArgs: 2, run: runHelp, summary: "List the commands, or explain one."},
		{name: "version", run: runVersion, summary: "Print the version."},
	}, inspections()...)
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

// errNoTerminal reports that the screens cannot be opened.
var errNoTerminal = errors.New("open the workbench: standard input and output are not a terminal; 'nixbench help' lists the commands that need none")

func runWorkbench(ctx context.Context, inv *invocation) error {
	switch {
	case inv.plain:
		return runRepl(ctx, inv)
	case !inv.env.Terminal:
		return errNoTerminal
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
