package cli

import (
	"cmp"
	"context"
	"slices"

	"nixbench/engine/eval"
)

// This file is nix run: the main program of a package.

// runCommand is the command.
func runCommand() command {
	return command{name: "run", args: "[ATTRPATH [ARGUMENT...]]", maxArgs: -1, run: runRun,
		summary: "Run the main program of a package, with the arguments after it; -- before those that look like flags.",
		flags:   slices.Concat(sourceFlags, envShellFlags()[1:], []flag{jobsFlag})}
}

// runRun is `nix run`. It returns as runEnvShell does.
func runRun(ctx context.Context, inv *invocation) error {
	eng, err := inv.open(ctx)
	if err != nil {
		return err
	}
	defer eng.Close()
	e, err := inv.evaluate(ctx, eng, false)
	if err != nil {
		return err
	}
	args := inv.installableArgs()
	v, err := e.called(ctx, args[0])
	if err != nil {
		return err
	}
	app, err := eng.AppOf(ctx, e.ev, v)
	if err != nil {
		return e.traced(err)
	}
	result, err := inv.realise(ctx, eng, targetsOf([]installable{{args[0], app.Target}}))
	if err != nil {
		return exitOne(err)
	}
	program, err := app.Program(eng.Store().Dir(), result.Outcomes[0].Outputs)
	if err != nil {
		return err
	}
	vars, err := inv.variables()
	place, placeErr := storePlaceOf(eng)
	if err := cmp.Or(err, placeErr, eng.Close()); err != nil {
		return err
	}
	return place.run(append([]string{program}, args[1:]...), vars)
}

// called returns the value at an attribute path, called if it is a function that can be
// called with the arguments that there are.
//
// Behaviour: InstallableAttrPath::toValue in Nix's installable-attr-path.cc.
func (e *evaluation) called(ctx context.Context, arg string) (v eval.Value, err error) {
	if v, _, err = e.selected(ctx, arg); err != nil {
		return v, err
	}
	err = e.ev.Do(ctx, func(s *eval.State) { v = s.AutoCall(v, e.args) })
	return v, e.traced(err)
}
