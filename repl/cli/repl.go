package cli

import (
	"context"

	"nixbench/repl"
)

// runRepl is `nixbench repl`: on a terminal the workbench, else a session that
// reads standard input to its end.
func runRepl(ctx context.Context, inv *invocation) error {
	if inv.env.Terminal && !inv.plain {
		return inv.env.Workbench(ctx, inv.workbenchOptions())
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
	p := &repl.Plain{Session: s, In: inv.env.Stdin, Out: inv.env.Stdout, Err: inv.env.Stderr}
	files := inv.workbenchOptions().Files
	failed, err := p.Run(ctx, files)
	if err == nil && failed {
		err = &ExitError{Status: 1}
	}
	return err
}

// sessionOptions are the options of the flags for a session.
func (inv *invocation) sessionOptions() repl.Options {
	opts := repl.Options{Dir: inv.env.Dir, Includes: inv.includes, Debugger: inv.debugger}
	for _, arg := range inv.autoArgs {
		if arg.from == argExpr || arg.from == argText {
			opts.Args = append(opts.Args, repl.Arg{Name: arg.name, Value: arg.value, IsExpr: arg.from == argExpr})
		}
	}
	return opts
}
