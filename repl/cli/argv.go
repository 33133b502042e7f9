package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"nixbench/engine/settings"
	"nixbench/engine/uri"
)

// A flag is one option of a command.
type flag struct {
	names []string // as written, with dashes, the long one first
	args  []string // placeholders of its arguments; may be empty; "NAME..." takes all that follow
	help  string
	set   func(inv *invocation, args []string) error
}

// A command is one entry of the command table.
type command struct {
	name    string // "store gc"
	args    string // placeholders of its positional arguments
	summary string
	flags   []flag
	run     runFunc
	// minArgs and maxArgs bound the positional arguments; maxArgs -1 is any number.
	minArgs, maxArgs int
}

// A usageError is a mistake in the arguments: exit status 1, with a hint to --help.
type usageError struct {
	command string
	msg     string
}

func (err *usageError) Error() string { return err.msg }

// parse fills inv from the arguments after the command's name: flags in any
// place, clustered short ones ("-rsSh") and "--name=value" included; after "--"
// all are positional, but for what the older commands take as flags there.
func (cmd *command) parse(inv *invocation, argv []string) error {
	for len(argv) > 0 {
		argv = expandCluster(argv)
		arg := argv[0]
		argv = argv[1:]
		switch {
		case arg == "--" && cmd.isOlder():
			if err := cmd.parseAfterDashes(inv, argv); err != nil {
				return err
			}
			argv = nil
		case arg == "--":
			inv.args = append(inv.args, argv...)
			argv = nil
		case arg == "-" && !cmd.takesDash(inv):
			rest, err := cmd.unrecognised(inv, arg, argv)
			if err != nil {
				return err
			}
			argv = rest
		case arg == "-" || !strings.HasPrefix(arg, "-"):
			inv.args = append(inv.args, arg)
		default:
			rest, err := cmd.parseFlag(inv, arg, argv)
			if err != nil {
				return err
			}
			argv = rest
		}
	}
	if inv.fromStdin {
		if err := inv.argsFromStdin(); err != nil {
			return err
		}
	}
	return cmd.checkArgs(inv)
}

// parseAfterDashes handles the arguments of an older command after "--": of its own
// flags each is still one, but has no arguments; those that all commands of Nix have
// are unknown.
// Behaviour: LegacyArgs::processArgs in Nix's shared.cc.
func (cmd *command) parseAfterDashes(inv *invocation, argv []string) error {
	for _, arg := range argv {
		_, own := cmd.flag(arg)
		own = own && !cmd.sharesFlag(arg)
		var err error
		switch {
		case !strings.HasPrefix(arg, "-") || arg == "-" && cmd.takesDash(inv):
			inv.args = append(inv.args, arg)
		case own:
			_, err = cmd.parseFlag(inv, arg, nil)
		case cmd.keepsUnknown():
			_, err = cmd.unrecognised(inv, arg, nil)
		default:
			err = cmd.usage("unexpected argument '%s'", arg)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// sharesFlag reports whether Nix has the flag of an older command in all commands, or in
// all that evaluate.
func (cmd *command) sharesFlag(name string) bool {
	switch name {
	case "--help", "-h", "--version", "--attr", "-A":
		return false
	case "--repair":
		return cmd.name != "nix-store"
	}
	_, isSetting := settingFlag(name)
	shared := slices.Concat(commonFlags, exprFlags, olderFlags)
	return isSetting || slices.ContainsFunc(shared, func(f flag) bool { return slices.Contains(f.names, name) })
}

// takesDash reports whether "-" is an argument, as it is for what reads an expression
// from standard input, and not a flag that there is not.
func (cmd *command) takesDash(inv *invocation) bool {
	switch cmd.name {
	case "instantiate", "nix-build", "nix-shell":
		return true
	}
	return inv.env.nixName() == ""
}

// parseFlag handles the flag arg, whose arguments may follow in argv, and
// returns what is left of argv.
func (cmd *command) parseFlag(inv *invocation, arg string, argv []string) ([]string, error) {
	if slices.Contains(cmd.notOfNix(inv), arg) {
		return cmd.unrecognised(inv, arg, argv)
	}
	if inv.attrsAreArgs(arg) {
		inv.envChange.byAttr = true
		inv.envChange.flags = append(inv.envChange.flags, arg)
		return argv, nil
	}
	name, value, hasValue := strings.Cut(arg, "=")
	hasValue = hasValue && inv.env.nixName() == "" // Nix does not take it so
	if f, ok := cmd.flag(name); ok && hasValue && strings.HasPrefix(arg, "--") {
		if len(f.args) != 1 {
			return nil, cmd.usage("flag '%s' takes %s, got '%s'", name, countArgs(len(f.args)), arg)
		}
		return argv, cmd.setFlag(inv, f, name, []string{value})
	}
	if f, ok := cmd.flag(arg); ok {
		if len(f.args) == 1 && strings.HasSuffix(f.args[0], "...") {
			return nil, cmd.setFlag(inv, f, arg, argv)
		}
		if len(argv) < len(f.args) {
			return nil, inv.missingArgs(cmd, arg, f, len(argv))
		}
		n := len(f.args)
		return argv[n:], cmd.setFlag(inv, f, arg, argv[:n])
	}
	return cmd.unrecognised(inv, arg, argv)
}

// expandCluster writes the first of several arguments out if it is a cluster of short
// flags: -rsSh is -r -s -S -h, and -j4 is -j 4.
// Behaviour: RootArgs::parseCmdline in Nix's args.cc.
func expandCluster(argv []string) []string {
	arg := argv[0]
	if len(arg) <= 2 || arg[0] != '-' || !isLetter(arg[1]) {
		return argv
	}
	expanded := []string{arg[:2]}
	for i := 2; i < len(arg); i++ {
		if !isLetter(arg[i]) {
			expanded = append(expanded, arg[i:])
			break
		}
		expanded = append(expanded, "-"+arg[i:i+1])
	}
	return append(expanded, argv[1:]...)
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// keepsUnknown reports whether it is the operations of the command that know which
// flags there are.
func (cmd *command) keepsUnknown() bool {
	return slices.Contains([]string{"nix-env", "nix-store", "nix-channel"}, cmd.name)
}

func (cmd *command) unrecognised(inv *invocation, arg string, argv []string) ([]string, error) {
	if cmd.name == "nix-env" {
		// Its operations look at what is left, when there is one.
		inv.envChange.flags = append(inv.envChange.flags, arg)
		return argv, nil
	}
	if cmd.name == "nix-store" {
		inv.legacy.flags = append(inv.legacy.flags, arg) // its operations know theirs
		return argv, nil
	}
	if cmd.name == "nix-channel" {
		return nil, cmd.usage("unsupported argument '%s'", arg)
	}
	return nil, cmd.usage("unrecognised flag '%s'", arg)
}

// ownArgs are the flags of the older commands that Nix parses apart.
var ownArgs = []string{
	"-A", "--attr", "--add-root", "-f", "--file", "-p", "--profile", "--system-filter", "--from-profile", "--priority",
	"--force-name", "-o", "--out-link", "--max-freed", "--delete-older-than", "--run", "--command", "--keep",
	"--exclude", "-i", "--type", "--name", "-b", "--binding", "--drv-link",
}

func (inv *invocation) missingArgs(cmd *command, name string, f *flag, given int) error {
	if cmd.name == "nix-env" && (name == "-A" || name == "--attr") && inv.envChange.op == 0 {
		return cmd.usage("no operation specified") // it is the operations that know the flag
	}
	if cmd.isOlder() && slices.Contains(ownArgs, name) {
		return cmd.usage("'%s' requires an argument", name)
	}
	return cmd.usage("flag '%s' requires %d argument(s), but only %d were given", name, len(f.args), given)
}

func countArgs(n int) string {
	switch n {
	case 0:
		return "no argument"
	case 1:
		return "1 argument"
	}
	return fmt.Sprintf("%d arguments", n)
}

func (cmd *command) setFlag(inv *invocation, f *flag, name string, args []string) error {
	if cmd.name == "nix-env" && isEnvOpFlag(name) {
		inv.envChange.flags = append(inv.envChange.flags, name)
	}
	if err := f.set(inv, args); err != nil {
		if errors.As(err, new(*ExitError)) || errors.As(err, new(*usageError)) {
			return err
		}
		var bad *settings.ValueError
		var own *settings.Complaint
		switch {
		case errors.As(err, new(*uri.Error)), errors.As(err, new(*settings.FatalError)):
			return &ExitError{1, err}
		case errors.As(err, &bad):
			return cmd.usage("%s", bad.Warning())
		case errors.As(err, &own):
			return cmd.usage("%s", own.Words)
		}
		return cmd.usage("flag '%s': %v", name, err)
	}
	return nil
}

// notOfNix returns the flags of ours that a command does not have under the name
// that it was called by.
func (cmd *command) notOfNix(inv *invocation) []string {
	if inv.env.nixName() == "" {
		return nil
	}
	if cmd.isOlder() {
		return append(cmd.oursInOlder(), "--print-build-logs", "-L", "--offline", "--no-net", "--refresh")
	}
	ours := slices.Clone(oursInNix[cmd.name])
	if cmd.name == "path-info" {
		return append(ours, oursInAll...)
	}
	return append(append(ours, "-h"), oursInAll...) // there it is another flag
}

// oursInAll are flags that no command of nix has.
var oursInAll = []string{"-E", "--attr", "-A", "--no-build-output", "-Q", "--plain"}

// oursInNix are flags that one command of nix does not have.
var oursInNix = map[string][]string{
	"build":                 {"--no-out-link", "-k", "-K", "--why", "--shell-on-failure"},
	"eval":                  {"--strict", "--xml", "--readonly-mode", "--profile"},
	"path-info":             {"--budget", "--disk-size"},
	"profile diff-closures": {"--json"},
	"profile history":       {"--json"},
	"profile rollback":      {"--json"},
	"profile upgrade":       {"--dry-run"},
	"repl":                  {"--theme", "--ascii", "--fresh", "--debug-log", "--json"},
	"store gc":              {"--json"},
	"store optimise":        {"--json"},
	"store verify":          {"--check-contents", "--json"},
	"why-depends":           {"--json"},
}

// isOlder reports whether the command is one of those that Nix had before nix.
func (cmd *command) isOlder() bool {
	return cmd.name == "instantiate" || strings.HasPrefix(cmd.name, "nix-")
}

// oursInOlder returns the flags that Nix does not have of one of the older commands.
func (cmd *command) oursInOlder() []string {
	switch cmd.name {
	case "nix-build":
		return []string{"--debugger", "--print-out-paths"}
	case "instantiate", "nix-env", "nix-store", "nix-hash", "nix-collect-garbage":
		return []string{"--debugger"}
	}
	return nil
}

// flag returns the command's flag of that name, one of its own, of all commands,
// or one that is a setting.
func (cmd *command) flag(name string) (*flag, bool) {
	for _, flags := range [][]flag{cmd.flags, commonFlags} {
		for i := range flags {
			if slices.Contains(flags[i].names, name) {
				return &flags[i], true
			}
		}
	}
	return settingFlag(name)
}

// checkArgs looks whether there are as many arguments as there may be. Without one, the
// real Nix takes the flake of the directory where an argument could be one.
func (cmd *command) checkArgs(inv *invocation) error {
	switch n := len(inv.args); {
	case n < cmd.minArgs && inv.env.nixName() == "nix" && !strings.Contains(cmd.args, "ATTRPATH"):
		return cmd.usage("more arguments are required")
	case n < cmd.minArgs && !inv.fromStdin:
		return cmd.usage("got %s, want %s", countArgs(n), cmd.args)
	case cmd.maxArgs >= 0 && n > cmd.maxArgs:
		return cmd.usage("unexpected argument '%s'", inv.args[cmd.maxArgs])
	}
	return nil
}

func (cmd *command) usage(format string, args ...any) error {
	return &usageError{cmd.name, fmt.Sprintf(format, args...)}
}

// help returns the command's manual in plain text.
func (cmd *command) help() string {
	var b strings.Builder
	usage := strings.TrimSpace("nixbench " + cmd.name) // the workbench has no name
	fmt.Fprintf(&b, "Usage: %s [flags] %s\n\n%s\n", usage, cmd.args, cmd.summary)
	for _, group := range []struct {
		title string
		flags []flag
	}{{"Flags", cmd.flags}, {"Common flags", commonFlags}} {
		if len(group.flags) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n%s:\n", group.title)
		for _, f := range group.flags {
			head := strings.Join(append([]string{strings.Join(f.names, ", ")}, f.args...), " ")
			fmt.Fprintf(&b, "  %-34s %s\n", head, f.help)
		}
	}
	b.WriteString("\nEvery setting of nix.conf is a flag too: --max-silent-time 60, --pure-eval, --no-keep-going.\n")
	return b.String()
}
