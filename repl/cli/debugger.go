package cli

import (
	"bufio"
	"context"
	"errors"

	"nixbench/engine/eval"
	"nixbench/repl"
)

// debugger returns what the evaluation calls where it stops; nil without
// --debugger. The prompt reads standard input.
func (e *evaluation) debugger() eval.Debugger {
	if !e.inv.debugger {
		return nil
	}
	env := e.inv.env
	d := &repl.Debugger{
		Engine: e.eng, Options: e.inv.sessionOptions(),
		In: bufio.NewReader(env.Stdin), Out: env.Stdout, Err: env.Stderr,
	}
	if env.Terminal {
		d.Prompt = "nix-repl> "
	}
	return func(ctx context.Context, stop *eval.Stop) eval.Resume { return d.Stop(ctx, e.ev, stop) }
}

// quitDebugger reports whether a command failed since the user left the debugger at a
// step or a trace, which is no failure.
func quitDebugger(err error) bool {
	return errors.Is(err, eval.ErrQuit) && !errors.Is(err, eval.ErrQuitBreak)
}
