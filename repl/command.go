package repl

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"nixbench/engine/eval"
)

// A command is one of those that begin with a colon.
type command struct {
	Command
	run func(s *sitting, ctx context.Context, arg string) (*Result, error)
	// argument says what its argument is, for completion.
	argument argumentKind
}

// An argumentKind says what a command's argument is.
type argumentKind uint8

const (
	argNone argumentKind = iota
	argExpr
	argFile
	argSetting
	argStep
	argTruth
	argWatched
)

// The groups that :? lists commands in.
const (
	groupScope   = "Load and bind"
	groupLook    = "Look at values"
	groupBuild   = "Build"
	groupErrors  = "After an error"
	groupProgram = "The workbench"
)

// table returns the commands, in the order of :?.
func table() []command {
	return []command{
		{Command{[]string{":a", ":add"}, "<expr>", "add the attributes of a set to the scope", groupScope}, (*sitting).cmdAdd, argExpr},
		{Command{[]string{":l", ":load"}, "<file>", "load a file and add its attributes to the scope", groupScope}, (*sitting).cmdLoad, argFile},
		{Command{[]string{":r", ":reload"}, "", "load all files again; bindings and results stay", groupScope}, (*sitting).cmdReload, argNone},
		{Command{[]string{":ll", ":last-loaded"}, "", "list the names that were added last", groupScope}, (*sitting).cmdLastLoaded, argNone},
		{Command{[]string{":scope"}, "", "list what is loaded and bound", groupScope}, (*sitting).cmdScope, argNone},

		{Command{[]string{":p", ":print"}, "[depth] <expr>", "evaluate and print all of a value, or to a depth", groupLook}, (*sitting).cmdPrint, argExpr},
		{Command{[]string{":t", ":type"}, "<expr>", "tell the type of a value", groupLook}, (*sitting).cmdType, argExpr},
		{Command{[]string{":doc"}, "<expr>", "explain a builtin, function or attribute", groupLook}, (*sitting).cmdDoc, argExpr},
		{Command{[]string{":e", ":edit"}, "<expr>", "open the source of a package or function in $EDITOR", groupLook}, (*sitting).cmdEdit, argExpr},
		{Command{[]string{":stats"}, "[expr]", "say what evaluating takes, or what the session has done", groupLook}, (*sitting).cmdStats, argExpr},
		{Command{[]string{":profile"}, "<expr>", "say which functions and files take the time", groupLook}, (*sitting).cmdProfile, argExpr},
		{Command{[]string{":watch"}, "[expr]", "tell what changes in a value, or would be rebuilt, when files change", groupLook}, (*sitting).cmdWatch, argExpr},
		{Command{[]string{":unwatch"}, "[expr]", "watch it no longer, or nothing", groupLook}, (*sitting).cmdUnwatch, argWatched},
		{Command{[]string{":options"}, "<expr> [words]", "search the options of a system, such as one of NixOS, by path and description", groupLook}, (*sitting).cmdOptions, argExpr},
		{Command{[]string{":save"}, "<file>", "write the inputs of this session to a file", groupLook}, (*sitting).cmdSave, argFile},

		{Command{[]string{":b", ":build"}, "<expr>", "build a derivation", groupBuild}, (*sitting).cmdBuild, argExpr},
		{Command{[]string{":plan"}, "<expr>", "show what building a derivation would do, and why", groupBuild}, (*sitting).cmdPlan, argExpr},
		{Command{[]string{":bl"}, "<expr>", "build, and link to the outputs: repl-result-out", groupBuild}, (*sitting).cmdBuildLink, argExpr},
		{Command{[]string{":i"}, "<expr>", "build and install a derivation into the profile, as planned", groupBuild}, (*sitting).cmdInstall, argExpr},
		{Command{[]string{":sh"}, "<expr>", "open a shell with what building a derivation needs, as nix-shell does", groupBuild}, (*sitting).cmdDevShell, argExpr},
		{Command{[]string{":u"}, "<expr>", "open a shell in which a derivation can be used; needs <nixpkgs>", groupBuild}, (*sitting).cmdUseShell, argExpr},
		{Command{[]string{":log"}, "<expr>", "show the log of a derivation's build", groupBuild}, (*sitting).cmdLog, argExpr},
		{Command{[]string{":why"}, "<expr> <expr>", "show why a path depends on another", groupBuild}, (*sitting).cmdWhy, argExpr},
		{Command{[]string{":closure"}, "<expr>", "browse the closure of a path", groupBuild}, (*sitting).cmdClosure, argExpr},

		{Command{[]string{":bt", ":backtrace"}, "", "list the steps of the trace of the last error", groupErrors}, (*sitting).cmdTrace, argNone},
		{Command{[]string{":frame", ":st"}, "[n]", "select a step: show its source and use its variables", groupErrors}, (*sitting).cmdStep, argStep},
		{Command{[]string{":env"}, "", "list the variables of the selected step", groupErrors}, (*sitting).cmdEnv, argNone},
		{Command{[]string{":c", ":continue"}, "", "leave the step; in the debugger, go on to the next break or error", groupErrors}, proceed(eval.ResumeContinue), argNone},
		{Command{[]string{":s", ":step"}, "", "in the debugger, go on to the next step", groupErrors}, proceed(eval.ResumeStep), argNone},
		{Command{[]string{":te", ":trace-enable"}, "[bool]", "show the whole trace of errors from now on", groupErrors}, (*sitting).cmdTraceEnable, argTruth},

		{Command{[]string{":set"}, "[name [value]]", "show or change settings", groupProgram}, (*sitting).cmdSet, argSetting},
		{Command{[]string{":profiles"}, "", "go to the profiles", groupProgram}, goTo(ScreenProfiles), argNone},
		{Command{[]string{":gc"}, "", "go to the garbage collection", groupProgram}, goTo(ScreenGC), argNone},
		{Command{[]string{":!"}, "<command>", "run a command of the shell", groupProgram}, (*sitting).cmdShell, argNone},
		{Command{[]string{":?", ":help"}, "", "list the commands", groupProgram}, (*sitting).cmdHelp, argNone},
		{Command{[]string{":q", ":quit"}, "", "leave; in the debugger, end the evaluation", groupProgram}, (*sitting).cmdQuit, argNone},
	}
}

// Commands lists the commands that begin with a colon.
func (s *Session) Commands() []Command {
	var out []Command
	for _, cmd := range table() {
		out = append(out, cmd.Command)
	}
	return out
}

// findCommand splits an input into its command and the argument.
func findCommand(input string) (command, string, error) {
	name, arg, _ := strings.Cut(input, " ")
	if strings.HasPrefix(input, ":!") {
		name, arg = ":!", input[2:]
	}
	for _, cmd := range table() {
		if slices.Contains(cmd.Names, name) {
			return cmd, strings.TrimSpace(arg), nil
		}
	}
	if name == ":lf" || name == ":load-flake" {
		return command{}, "", fmt.Errorf("command %s: flakes cannot be loaded yet; :l loads files", name)
	}
	return command{}, "", fmt.Errorf("unknown command '%s'; :? lists the commands", name)
}

func (s *sitting) runCommand(ctx context.Context, input string) (*Result, error) {
	cmd, arg, err := findCommand(input)
	if err != nil {
		return nil, err
	}
	return cmd.run(s, ctx, arg)
}

func goTo(screen Screen) func(*sitting, context.Context, string) (*Result, error) {
	return func(*sitting, context.Context, string) (*Result, error) {
		return &Result{Then: &Then{Screen: screen}}, nil
	}
}

func (s *sitting) cmdHelp(context.Context, string) (*Result, error) {
	lines := []string{
		"<expr>                evaluate; the result is _ and _N",
		"<x> = <expr>          bind a name",
	}
	group := ""
	for _, cmd := range table() {
		if cmd.Group != group {
			group = cmd.Group
			lines = append(lines, "", group)
		}
		head := strings.TrimSpace(strings.Join(cmd.Names, " ") + " " + cmd.Args)
		lines = append(lines, fmt.Sprintf("  %-28s %s", head, cmd.Help))
	}
	return textResult(lines...), nil
}

func (s *sitting) cmdShell(_ context.Context, arg string) (*Result, error) {
	return &Result{Then: &Then{Command: []string{"sh", "-c", arg}}}, nil
}
