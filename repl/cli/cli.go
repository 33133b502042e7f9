package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"nixbench/engine"
	"nixbench/engine/eval"
	"nixbench/engine/settings"
	"nixbench/repl/text"
	"nixbench/store/drv"
)

// Version is the version of nixbench.
const Version = "0.1.0"

// An Env is what a command gets from the process it runs in.
type Env struct {
	Args           []string // os.Args
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Getenv         func(string) string // of the process, HOME as Home has it
	// Environment is what expressions and builders see of the environment.
	Environment func(string) string
	Home        engine.Home
	Dir         string // the working directory
	// Terminal is true if both standard input and output are terminals.
	Terminal bool
	// ErrTerminal is true if standard error is a terminal: then text is cleaned.
	ErrTerminal bool
	// ErrSize is how many columns and lines the terminal of standard error has, 0 if that
	// is not known. It may be nil.
	ErrSize func() (width, height int)
	// Colour is true if standard error may get colours.
	Colour bool
	// OutTerminal is true if standard output is a terminal.
	OutTerminal bool
	// Large is called before what is going to take more memory than a short command.
	Large func()
	// Workbench opens the screens. It is called only if Terminal is true.
	Workbench func(ctx context.Context, opts WorkbenchOptions) error

	bar *bar // the end of the terminal of standard error; nil if it is none
}

// WorkbenchOptions say what the workbench opens with.
type WorkbenchOptions struct {
	StoreURI string
	Settings []Option // in the order given
	Files    []string // loaded in the REPL
	Includes []string // -I
	Profile  string   // the profile to show first; "" chooses
	Theme    string
	ASCII    bool
	Fresh    bool   // nothing of earlier sessions is restored
	DebugLog string // a file that gets the trace of a crash
	Debugger bool   // evaluations stop at errors and breakpoints
	// Build are attributes of the first file that are built from the start.
	Build []string
}

// An Option is a setting from the command line.
type Option struct {
	Name, Value string
	// isFlag says that it is a flag of its own, which is refused without the feature that the
	// setting needs, where others are warned of.
	isFlag bool
}

// An ExitError ends a command with a status, its message already said if Err is nil.
type ExitError struct {
	Status int
	Err    error // may be nil
}

func (err *ExitError) Error() string {
	if err.Err == nil {
		return fmt.Sprintf("exit status %d", err.Status)
	}
	return err.Err.Error()
}

// Unwrap returns what went wrong.
func (err *ExitError) Unwrap() error { return err.Err }

type runFunc func(ctx context.Context, inv *invocation) error

// Run runs the command that env.Args names and returns the exit status.
func Run(ctx context.Context, env *Env) int {
	env = env.withBar()
	out := &output{w: env.Stdout}
	env, once := prepare(env, out)
	inv := &invocation{env: env, once: once}
	err := inv.run(ctx)
	inv.stopFollowing()
	if once.wanted(err) && ctx.Err() == nil {
		env = once.again()
		inv = &invocation{env: env, oneThread: true}
		err = inv.run(ctx)
		inv.stopFollowing()
	}
	if reported := inv.reportWatched(err == nil); err == nil {
		err = reported
	}
	if err == nil {
		err = out.failed()
	}
	if err == nil || quitDebugger(err) || inv.hungUp(err) {
		return 0
	}
	status := 1
	var built *engine.BuildError
	if errors.As(err, &built) {
		status = built.Result.ExitStatus() // also of builds that an evaluation wanted
	}
	if errors.Is(err, eval.ErrFetched) {
		status = 102
	}
	if name := env.nixName(); errors.Is(err, engine.ErrNoBuilder) && name != "" && name != "nix" {
		status = 100
	}
	var exit *ExitError
	if errors.As(err, &exit) {
		status = exit.Status
		if exit.Err == nil {
			return status
		}
	}
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		fmt.Fprintln(env.Stderr, inv.formatError(errors.New("interrupted by the user")))
		return 1 // as Nix
	}
	if inv.jsonFile != nil {
		fmt.Fprintln(inv.jsonFile, inv.jsonError(err))
	}
	if inv.jsonLog {
		fmt.Fprintln(env.Stderr, inv.jsonError(err))
	} else {
		fmt.Fprintln(env.Stderr, inv.formatError(err))
	}
	inv.adviseHelp(err)
	return status
}

// adviseHelp says where to read how a command is used, if that was the mistake.
func (inv *invocation) adviseHelp(err error) {
	var usage *usageError
	var malformed *drv.JSONError
	var complaint *settings.Complaint
	var file *settings.FileError
	switch {
	case errors.As(err, &usage) && inv.env.nixName() == "":
		inv.tell("Try 'nixbench " + usage.command + " --help' for more information.")
	case usage != nil, inv.env.nixName() != "" && (errors.Is(err, eval.ErrUsage) || errors.As(err, &complaint) || errors.As(err, &file) && file.Usage || errors.As(err, &malformed) && malformed.Usage):
		inv.tell("Try '" + inv.env.Args[0] + " --help' for more information.")
	}
}

// nixName returns the name of the command of Nix that the program was called
// by, "" if it was called by its own.
func (env *Env) nixName() string {
	name := filepath.Base(env.Args[0])
	if name == "nix" || strings.HasPrefix(name, "nix-") {
		return name
	}
	return ""
}

// wantsLines tells whether whoever is at the terminal is to get plain lines: a screen
// reader reads them, and a terminal that knows no more shows them.
func (env *Env) wantsLines() bool {
	switch env.Getenv("TERM") {
	case "", "dumb":
		return true
	}
	accessible := env.Getenv("ACCESSIBLE")
	return accessible != "" && accessible != "0" && accessible != "false"
}

func (inv *invocation) run(ctx context.Context) error {
	if name := inv.env.nixName(); name == "nix" || name == "" {
		if number := inv.env.Getenv(completionVariable); number != "" {
			return inv.complete(ctx, number)
		}
	}
	if args := inv.env.Args; inv.env.nixName() == "nix" && len(args) == 2 && args[1] == "__dump-cli" {
		return inv.dumpCommands()
	}
	cmd, argv, err := inv.find(inv.unaliased(inv.env.Args[1:]))
	if err != nil {
		return err
	}
	inv.cmd = cmd
	if cmd.isOlder() {
		inv.setLogs(true, true)
	}
	if cmd.name == "nix-shell" {
		if argv, err = inv.ofScript(cmd, argv); err != nil {
			return err
		}
	}
	err = cmd.parse(inv, argv)
	if inv.jsonLog {
		with := *inv.env
		with.Stderr = &jsonLines{w: inv.env.Stderr}
		inv.env = &with
	}
	inv.plain = inv.plain || inv.env.Terminal && inv.env.wantsLines()
	switch {
	case inv.help:
		_, err := io.WriteString(inv.env.Stdout, cmd.help())
		return err
	case inv.version:
		return runVersion(ctx, inv)
	case err != nil:
		return err
	}
	return cmd.run(ctx, inv)
}

// find returns the command that the arguments name, of up to three words, and
// the arguments after it.
func (inv *invocation) find(args []string) (*command, []string, error) {
	var flags []string // before the command's name
	for len(args) > 0 && strings.HasPrefix(args[0], "-") {
		n := 1
		if f, ok := workbench.flag(args[0]); ok {
			n += len(f.args)
		}
		n = min(n, len(args))
		flags, args = append(flags, args[:n]...), args[n:]
	}
	if inv.env.nixName() == "" && len(flags) > 0 && len(args) > 0 {
		if words, ok := ofNix[args[0]]; ok { // the program answers to it, were it not for the flags
			args = slices.Concat(words, args[1:])
		}
	}
	if len(args) == 0 && inv.env.nixName() == "nix" && len(flags) == 0 {
		return nil, nil, &usageError{"help", "no subcommand specified"}
	}
	if len(args) == 0 {
		return &workbench, flags, nil
	}
	table := commands()
	for words := 3; words > 0; words-- {
		if len(args) < words {
			continue
		}
		name := strings.Join(args[:words], " ")
		for i := range table {
			if table[i].name == name {
				return &table[i], append(flags, args[words:]...), nil
			}
		}
	}
	if strings.ContainsAny(args[0], "/<.") {
		return &workbench, append(flags, args...), nil // a file to load in the REPL
	}
	return nil, nil, inv.unknownCommand(args)
}

// groupOf returns the words that can follow those of a group of commands, sorted.
func groupOf(words []string) (next []string) {
	for _, cmd := range commands() {
		if rest, ok := strings.CutPrefix(cmd.name, strings.Join(words, " ")+" "); ok {
			word, _, _ := strings.Cut(rest, " ")
			next = append(next, word)
		}
	}
	slices.Sort(next)
	return slices.Compact(next)
}

// nixCommands are the commands of nix, without those that have another name by now: what
// may have been meant by a word that is none.
// Source: registerCommand in Nix's src/nix.
var nixCommands = []string{
	"build", "bundle", "config", "copy", "daemon", "derivation", "develop", "edit", "env", "eval", "flake", "fmt",
	"formatter", "hash", "help", "help-stores", "key", "log", "nar", "path-info", "print-dev-env", "profile", "realisation",
	"registry", "repl", "run", "search", "shell", "store", "upgrade-nix", "why-depends",
}

// notRecognised is Nix's error about a word that is none of the names of commands.
func notRecognised(word string, names []string) error {
	message := fmt.Sprintf("'%s' is not a recognised command", text.SanitiseName(word))
	if meant := eval.DidYouMean(names, word); meant != "" {
		message += "\n" + string(meant)
	}
	return &usageError{"help", message}
}

func (inv *invocation) unknownCommand(args []string) error {
	if n := slices.Index(args, "--help"); n > 0 {
		if words := groupOf(args[:n]); words != nil {
			_, err := fmt.Fprintf(inv.env.Stdout, "%s needs one of: %s\n", strings.Join(args[:n], " "), strings.Join(words, ", "))
			return &ExitError{0, err}
		}
	}
	var group []string
	for _, cmd := range commands() {
		if first, second, two := strings.Cut(cmd.name, " "); two && first == args[0] {
			group = append(group, second)
		}
	}
	isNix := inv.env.nixName() == "nix"
	if group != nil && isNix && len(args) > 1 {
		return notRecognised(args[1], group)
	}
	if group != nil && isNix {
		slices.Sort(group)
		return &usageError{"help", fmt.Sprintf("nix %s requires a sub-command. Available sub-commands:\n\n  · %s", args[0], strings.Join(group, "\n  · "))}
	}
	if group != nil {
		return &usageError{"help", fmt.Sprintf("'nixbench %s' needs one of: %s", args[0], strings.Join(group, ", "))}
	}
	if why, known := leftOut[args[0]]; known {
		if slices.Contains(args, "--help") {
			_, err := fmt.Fprintf(inv.env.Stdout, "%s is not here: %s.\n", args[0], why)
			return &ExitError{0, err}
		}
		if isNix && args[0] == "flake" {
			if err := inv.noFlakeCommand(args); err != nil {
				return err
			}
		}
		return &ExitError{1, fmt.Errorf("%s is not here: %s", args[0], why)}
	}
	if isNix {
		return notRecognised(args[0], nixCommands)
	}
	return &usageError{"help", fmt.Sprintf("'%s' is not a nixbench command", text.SanitiseName(args[0]))}
}
