package cli

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"nixbench/engine"
	"nixbench/engine/settings"
)

// on returns a setter of a switch.
func on(field func(*invocation) *bool) func(*invocation, []string) error {
	return func(inv *invocation, _ []string) error {
		*field(inv) = true
		return nil
	}
}

// text1 returns a setter of a string.
func text1(field func(*invocation) *string) func(*invocation, []string) error {
	return func(inv *invocation, args []string) error {
		*field(inv) = args[0]
		return nil
	}
}

// outLink sets where the link to a result is made. An empty name is that of the directory.
// Of this and --no-link the last one counts.
func outLink(inv *invocation, args []string) error {
	inv.outLink, inv.noLink = inv.abs(args[0]), false
	return nil
}

// profileName sets the profile that gets a result. An empty name is that of the directory.
func profileName(inv *invocation, args []string) error {
	inv.profile = inv.abs(args[0])
	return nil
}

// rootName sets where a root is made. An empty name is that of the directory.
func rootName(inv *invocation, args []string) error {
	inv.addRoot = inv.abs(args[0])
	return nil
}

// printed returns a setter of how values are printed. Of several, nix-instantiate
// takes the last.
func printed(field func(*invocation) *bool) func(*invocation, []string) error {
	return func(inv *invocation, _ []string) error {
		if inv.cmd.name == "instantiate" {
			inv.raw, inv.xml, inv.json = false, false, false
		}
		*field(inv) = true
		return nil
	}
}

// storeURI returns a setter of a store.
func storeURI(field func(*invocation) *string) func(*invocation, []string) error {
	return func(inv *invocation, args []string) error {
		*field(inv) = cmp.Or(args[0], "auto")
		return checkStore(args[0])
	}
}

// checkStore returns an error of what says which store is meant.
func checkStore(text string) error {
	_, err := settings.ParseStore(text, nil)
	return err
}

// jobsFlag is --max-jobs.
var jobsFlag = flag{[]string{"--max-jobs", "-j"}, []string{"N"}, "builds at once", func(inv *invocation, args []string) error {
	if err := settings.Default().Set("max-jobs", args[0]); err != nil {
		return err // where --option only warns
	}
	return setting("max-jobs", "")(inv, args)
}}

// evalStoreFlag is --eval-store.
var evalStoreFlag = flag{[]string{"--eval-store"}, []string{"URI"}, "where derivations are written, instead of --store", storeURI(func(inv *invocation) *string { return &inv.evalStore })}

// keepFlags are those of the older commands that say what follows a failed build.
var keepFlags = []flag{
	{[]string{"--keep-going", "-k"}, nil, "build what does not depend on a failed build", setting("keep-going", "true")},
	{[]string{"--keep-failed", "-K"}, nil, "keep the directory of a failed build", setting("keep-failed", "true")},
}

// noRootFlag and readOnlyFlag are those of the older commands that say how they go about the store.
var (
	noRootFlag   = flag{[]string{"--no-gc-warning"}, nil, "do not warn that there is no --add-root", on(func(inv *invocation) *bool { return &inv.noRootWarning })}
	readOnlyFlag = flag{[]string{"--readonly-mode"}, nil, "compute store paths without writing to the store", on(func(inv *invocation) *bool { return &inv.readOnly })}
)

// unitFlags are settings that the older commands take with a unit, K, M, G or T.
var unitFlags = []flag{unitFlag("cores", "NIX_BUILD_CORES"), unitFlag("timeout", "seconds that a build may take"),
	unitFlag("max-silent-time", "seconds that a build may say nothing for")}

// olderFlags are those that all older commands have.
// Behaviour: LegacyArgs in Nix's shared.cc.
var olderFlags = slices.Concat([]flag{jobsFlag}, unitFlags, keepFlags, []flag{readOnlyFlag, noRootFlag})

// unitFlag is one of unitFlags. Behaviour: string2IntWithUnitPrefix in Nix's util.hh.
func unitFlag(name, help string) flag {
	return flag{[]string{"--" + name}, []string{"N"}, help, func(inv *invocation, args []string) error {
		text, unit := args[0], uint64(1)
		if n := len(text); n > 0 && !(text[n-1] >= '0' && text[n-1] <= '9') {
			i := indexUnit(text[n-1])
			if letter := strings.ToUpper(text[n-1:]); i == 0 && letter >= "A" && letter <= "Z" {
				return settings.Complain("invalid unit specifier '%s'", letter)
			}
			text, unit = text[:n-1], 1<<(10*i)
		}
		n, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			return settings.Complain("'%s' is not an integer", args[0])
		}
		inv.options = append(inv.options, Option{Name: name, Value: strconv.FormatUint(n*unit, 10)})
		return nil
	}}
}

// prettyFlags say how JSON is printed.
var prettyFlags = []flag{
	{[]string{"--pretty"}, nil, "print JSON over several lines, as to a terminal", prettyJSON("yes")},
	{[]string{"--no-pretty"}, nil, "print JSON on one line", prettyJSON("no")},
}

// prettyJSON returns a setter of what --pretty says.
func prettyJSON(value string) func(*invocation, []string) error {
	return func(inv *invocation, _ []string) error {
		inv.pretty = value
		return nil
	}
}

// setting returns a setter of a nix.conf setting.
func setting(name, value string) func(*invocation, []string) error {
	return func(inv *invocation, args []string) error {
		v := value
		if len(args) > 0 {
			v = args[0]
		}
		inv.options = append(inv.options, Option{Name: name, Value: v})
		return nil
	}
}

var commonFlags = []flag{
	{[]string{"--help", "-h"}, nil, "show this text", on(func(inv *invocation) *bool { return &inv.help })},
	{[]string{"--version"}, nil, "print the version", on(func(inv *invocation) *bool { return &inv.version })},
	{[]string{"--store"}, []string{"URI"}, "the store: a directory, local?root=DIR, daemon, unix://SOCKET, dummy://, auto", storeURI(func(inv *invocation) *string { return &inv.storeURI })},
	{[]string{"--option"}, []string{"NAME", "VALUE"}, "set a setting of nix.conf", func(inv *invocation, args []string) error {
		inv.options = append(inv.options, Option{Name: args[0], Value: args[1]})
		return nil
	}},
	{[]string{"--extra-experimental-features"}, []string{"NAMES"}, "turn experimental features on", setting("extra-experimental-features", "")},
	{[]string{"--plain"}, nil, "plain text, never the screens, no colours; as with ACCESSIBLE=1 or TERM=dumb", on(func(inv *invocation) *bool { return &inv.plain })},
	{[]string{"--quiet"}, nil, "say less; may be repeated", louder(-1)},
	{[]string{"--verbose", "-v"}, nil, "say more; may be repeated", louder(1)},
	{[]string{"--debug"}, nil, "say all there is to say", louder(levelVomit)},
	{[]string{"--log-format"}, []string{"FORMAT"}, "bar or bar-with-logs: on a terminal what runs is shown in its last lines; raw: lines only; internal-json; or blocks: each build in one piece when it has ended", logFormat},
	{[]string{"--print-build-logs", "-L"}, nil, "print the logs of builds as they come", func(inv *invocation, _ []string) error {
		inv.printLogs = inv.printLogs || !inv.bareLogs // as in Nix
		return nil
	}},
	ignored("there is no network", "--offline", "--no-net", "--refresh"),
	{[]string{"--no-build-output", "-Q"}, nil, "print no logs of builds", func(inv *invocation, _ []string) error {
		inv.setLogs(false, inv.bareLogs || inv.cmd.isOlder())
		return nil
	}},
}

// logFormat takes the formats of Nix. All of them but JSON are lines of text.
func logFormat(inv *invocation, args []string) error {
	switch args[0] {
	case "raw", "raw-with-logs":
		inv.setLogs(args[0] == "raw-with-logs", true)
	case "bar", "bar-with-logs":
		inv.setLogs(args[0] == "bar-with-logs", false)
	case "internal-json":
		inv.jsonLog, inv.blocks, inv.printLogs = true, false, true
	case "blocks":
		inv.jsonLog, inv.blocks, inv.printLogs = false, true, true
	default:
		return &ExitError{1, fmt.Errorf("option 'log-format' has an invalid value '%s'", args[0])}
	}
	return nil
}

// setLogs says whether logs are printed as they come, and whether that and all else is told
// in lines only.
func (inv *invocation) setLogs(print, lines bool) {
	inv.jsonLog, inv.blocks, inv.printLogs, inv.bareLogs = false, false, print, lines
}

var jsonFlag = flag{[]string{"--json"}, nil, "print JSON", on(func(inv *invocation) *bool { return &inv.json })}

// sourceFlags say which expression is meant.
var sourceFlags = slices.Concat([]flag{
	{[]string{"--expr", "-E"}, []string{"EXPR"}, "take attributes of EXPR", func(inv *invocation, args []string) error {
		inv.expr, inv.hasExpr = args[0], true
		return nil
	}},
	{[]string{"--file", "-f"}, []string{"FILE"}, "take attributes of the expression in FILE", text1(func(inv *invocation) *string { return &inv.file })},
}, exprFlags, lockFlags)

// legacySourceFlags are those of nix-build and nix-instantiate, where files are
// arguments.
var legacySourceFlags = slices.Concat([]flag{
	{[]string{"--expr", "-E"}, nil, "the arguments are expressions", on(func(inv *invocation) *bool { return &inv.hasExpr })},
}, exprFlags)

var exprFlags = []flag{
	rebuildFlag("--repair", engine.Repair, "build again, or add again, what is damaged"),
	{[]string{"--attr", "-A"}, []string{"ATTRPATH"}, "an attribute; may be repeated", func(inv *invocation, args []string) error {
		inv.attrs = append(inv.attrs, args[0])
		return nil
	}},
	includeFlag,
	{[]string{"--arg"}, []string{"NAME", "EXPR"}, "pass EXPR as the argument NAME of functions", func(inv *invocation, args []string) error {
		inv.autoArgs = append(inv.autoArgs, autoArg{args[0], args[1], argExpr})
		return nil
	}},
	{[]string{"--argstr"}, []string{"NAME", "STRING"}, "pass STRING as the argument NAME of functions", func(inv *invocation, args []string) error {
		inv.autoArgs = append(inv.autoArgs, autoArg{args[0], args[1], argText})
		return nil
	}},
	{[]string{"--arg-from-file"}, []string{"NAME", "FILE"}, "pass the contents of FILE as the argument NAME of functions", func(inv *invocation, args []string) error {
		inv.autoArgs = append(inv.autoArgs, autoArg{args[0], args[1], argFile})
		return nil
	}},
	{[]string{"--arg-from-stdin"}, []string{"NAME"}, "pass standard input as the argument NAME of functions", func(inv *invocation, args []string) error {
		inv.autoArgs = append(inv.autoArgs, autoArg{args[0], "", argStdin})
		return nil
	}},
	evalStoreFlag,
	{[]string{"--show-trace"}, nil, "show the whole trace of an error", on(func(inv *invocation) *bool { return &inv.showTrace })},
	debuggerFlag,
	{[]string{"--override-flake"}, []string{"REF", "REF"}, "take one flake for another in the registries", func(inv *invocation, args []string) error {
		inv.wantFlake(args[0], true)
		inv.wantFlake(args[1], true)
		return nil
	}},
	{[]string{"--impure"}, nil, "let evaluation read all files and the environment, which 'nix' does not with --expr", setting("pure-eval", "false")},
}

var debuggerFlag = flag{[]string{"--debugger"}, nil, "stop at errors and at builtins.break, and look around there", on(func(inv *invocation) *bool { return &inv.debugger })}

var includeFlag = flag{[]string{"--include", "-I"}, []string{"PATH"}, "add PATH or NAME=PATH to the search path", func(inv *invocation, args []string) error {
	inv.includes = append(inv.includes, args[0])
	return nil
}}

// passOver takes a flag that changes nothing.
func passOver(*invocation, []string) error { return nil }

// ignored returns a switch that changes nothing.
func ignored(help string, names ...string) flag {
	return flag{names, nil, help, passOver}
}

// rebuildFlag is a flag of what to do with what is valid already.
func rebuildFlag(name string, mode engine.Mode, help string) flag {
	return flag{[]string{name}, nil, help, func(inv *invocation, _ []string) error {
		inv.mode = mode
		return nil
	}}
}

// checkHelp is what --check and --rebuild do.
const checkHelp = "build again what is valid, and name the files that come out differently"

var buildFlags = []flag{
	{[]string{"--no-link", "--no-out-link"}, nil, "make no link to the result", on(func(inv *invocation) *bool { return &inv.noLink })},
	{[]string{"--out-link", "-o"}, []string{"PATH"}, "where to make the link, default ./result", outLink},
	{[]string{"--print-out-paths"}, nil, "print the paths of the outputs", on(func(inv *invocation) *bool { return &inv.printOutPaths })},
	{[]string{"--dry-run"}, nil, "say what would be built, and build nothing", on(func(inv *invocation) *bool { return &inv.dryRun })},
	jobsFlag,
	unitFlags[0], unitFlags[1], unitFlags[2], keepFlags[0], keepFlags[1],
}

// settingFlag returns the flag that a setting of nix.conf is on the command line
// too: --max-call-depth N, or for one that is true or false --pure-eval and
// --no-pure-eval.
func settingFlag(name string) (*flag, bool) {
	long, ok := strings.CutPrefix(name, "--")
	if !ok {
		return nil, false
	}
	defaults := settings.Default()
	isSwitch := func(name string) bool {
		value, found := defaults.Get(name)
		return found && (value == "true" || value == "false")
	}
	positive, negated := strings.CutPrefix(long, "no-")
	switch {
	case isSwitch(long):
		return &flag{names: []string{name}, set: switchSetting(long, "true")}, true
	case negated && isSwitch(positive):
		return &flag{names: []string{name}, set: switchSetting(positive, "false")}, true
	}
	_, found := defaults.Get(long)
	if found || strings.HasPrefix(long, "extra-") && !errors.Is(settings.Default().Set(long, ""), settings.ErrUnknown) {
		return &flag{names: []string{name}, args: []string{"VALUE"}, set: func(inv *invocation, args []string) error {
			var ignored *settings.IgnoredError
			switch err := defaults.Set(long, args[0]); {
			case errors.As(err, &ignored): // unless the feature is turned on
				inv.wantFeature(ignored.Feature)
			case err != nil:
				return err // where --option only warns
			}
			return setting(long, "")(inv, args)
		}}, true
	}
	return nil, false
}

// switchSetting sets a setting that is true or false. If it needs a feature, so does the flag.
func switchSetting(name, value string) func(*invocation, []string) error {
	return func(inv *invocation, _ []string) error {
		var ignored *settings.IgnoredError
		if errors.As(settings.Default().Set(name, value), &ignored) {
			inv.wantFeature(ignored.Feature)
		}
		inv.options = append(inv.options, Option{Name: name, Value: value, isFlag: true})
		return nil
	}
}

// number parses a flag's argument.
func number(s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0, fmt.Errorf("got '%s', want a number", s)
	}
	return n, nil
}

// indexUnit returns the power of 1024 that a letter stands for, 0 if none.
func indexUnit(c byte) int {
	for i, unit := range []byte("KMGT") {
		if c == unit || c == unit+'a'-'A' {
			return i + 1
		}
	}
	return 0
}
