package cli

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"nixbench/repl"
)

// runRepl is `nixbench repl`: on a terminal the workbench, else a session that
// reads standard input to its end.
func runRepl(ctx context.Context, inv *invocation) error {
	if inv.env.Terminal && !inv.plain && !inv.json {
		return inv.env.Workbench(ctx, inv.workbenchOptions())
	}
	var interrupts chan os.Signal
	if inv.env.Terminal && !inv.json {
		// ^C gives the prompt back: the program goes on without ctx, which it ends.
		interrupts = make(chan os.Signal, 1)
		signal.Notify(interrupts, os.Interrupt)
		defer signal.Stop(interrupts)
		var stop context.CancelFunc
		ctx, stop = signal.NotifyContext(context.WithoutCancel(ctx), syscall.SIGTERM, syscall.SIGHUP)
		defer stop()
	}
	eng, err := inv.open(ctx)
	if err != nil {
		return err
	}
	defer eng.Close()
	s, err := repl.New(ctx, eng, inv.sessionOptions())
	if err != nil {
		return err
	}
	defer s.Close()
	files := inv.workbenchOptions().Files
	if inv.json {
		return repl.Serve(ctx, s, files, inv.env.Stdin, inv.env.Stdout)
	}
	p := &repl.Plain{Session: s, In: inv.env.Stdin, Out: inv.env.Stdout, Err: inv.env.Stderr, Interrupts: interrupts}
	if interrupts != nil {
		p.Prompt = "nix-repl> "
	}
	failed, err := p.Run(ctx, files)
	if err == nil && failed {
		err = &ExitError{Status: 1}
	}
	return err
}

// sessionOptions are the options of the flags for a session.
func (inv *invocation) sessionOptions() repl.Options {
	opts := repl.Options{Dir: inv.env.Dir, Includes: inv.includes, Debugger: inv.debugger}
	if self, err := os.Executable(); err == nil {
		opts.Program = repl.ProgramFor(self, inv.storeURI)
	}
	for _, arg := range inv.autoArgs {
		if arg.from == argExpr || arg.from == argText {
			opts.Args = append(opts.Args, repl.Arg{Name: arg.name, Value: arg.value, IsExpr: arg.from == argExpr})
		}
	}
	return opts
}
