// Command nixbench is a Nix workbench for the terminal: a whole Nix (evaluator,
// store, builder, garbage collector) under an interface of five screens, and
// commands that do the same without them.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"nixbench/engine/chroot"
	"nixbench/engine/heap"
	"nixbench/engine/shell"
	"nixbench/repl/cli"
	"nixbench/tui/guard"

	"github.com/charmbracelet/x/term"
)

func main() {
	serveOthers()
	os.Exit(run())
}

// serveOthers does what this program is beside a workbench: the guard of its terminal, what
// runs programs of a store that is elsewhere, and in a build's sandbox /bin/sh and its
// applets. "nixbench sh" is the same shell for people. It returns if the program was not
// called by one of these names.
func serveOthers() {
	args := os.Args
	if guard.Answers(args[0]) {
		os.Exit(guard.Main(args))
	}
	if chroot.Answers(args[0]) {
		os.Exit(chroot.Main(args))
	}
	if len(args) > 1 && args[1] == "sh" {
		args = args[1:]
	}
	if shell.Answers(args[0]) {
		os.Exit(shell.Main(context.Background(), args, os.Stdin, os.Stdout, os.Stderr, os.Environ()))
	}
}

// run runs the command line and returns the exit status.
func run() int {
	collector := heap.CollectLate()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	context.AfterFunc(ctx, stop)                            // a second signal ends the program at once
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE) // output that nobody reads is an error
	dir, err := os.Getwd()
	if err != nil {
		fmt.Fprintf(os.Stderr, "error: find the working directory: %v\n", err)
		return 1
	}
	stdin, stdout, stderr := term.IsTerminal(os.Stdin.Fd()), term.IsTerminal(os.Stdout.Fd()), term.IsTerminal(os.Stderr.Fd())
	env := &cli.Env{
		Args: cli.Named(os.Args), Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Getenv: userEnv(), Environment: os.Getenv, Home: userHome(),
		Dir: dir, Terminal: stdin && stdout, OutTerminal: stdout,
		Large: collector.PutOff,
		ErrSize: func() (width, height int) {
			width, height, _ = term.GetSize(os.Stderr.Fd())
			return width, height
		},
		ErrTerminal: stderr, Colour: stderr && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb",
		Workbench: func(ctx context.Context, opts cli.WorkbenchOptions) error {
			collector.AsUsual()
			return workbench(ctx, opts, collector.Used)
		},
	}
	return cli.Run(ctx, env)
}
