package desk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"

	"nixbench/engine"
	"nixbench/engine/event"
	"nixbench/inspect/reasons"
	"nixbench/repl"
	"nixbench/store"
)

// ShellCommand returns what opens a shell where a build has failed. If its directory
// was kept that is the user's shell, in it; else the build is done once more, and the
// shell is in its sandbox if it fails again: isAgain.
func (d *Desk) ShellCommand(act event.Activity) (cmd *exec.Cmd, isAgain bool, err error) {
	var failure *engine.Failure
	if errors.As(act.Cause, &failure) && failure.KeptDir != "" {
		if _, err := os.Stat(failure.KeptDir); err == nil {
			shell := d.eng.Getenv("SHELL")
			if shell == "" {
				shell = "/bin/sh"
			}
			cmd := exec.Command(shell)
			cmd.Dir = failure.KeptDir
			return cmd, false, nil
		}
	}
	program := d.Program()
	if len(program) == 0 {
		return nil, false, errors.New("open a shell: it is not known how to start nixbench")
	}
	args := append(slices.Clone(program[1:]), "build", "--no-link", "--print-build-logs", "--shell-on-failure", act.Subject+"^*")
	return exec.Command(program[0], args...), true, nil
}

// A BuildReason is why a derivation has to be built.
type BuildReason = reasons.Reason

// ExplainBuild says why a derivation, and what it needs, have to be built: each after
// what it needs. There is nothing to say if its outputs are valid.
func (d *Desk) ExplainBuild(ctx context.Context, drvPath store.Path) ([]BuildReason, error) {
	plan, err := d.eng.PlanRealise(ctx, []store.DerivedPath{store.AllOutputsOf(drvPath)})
	if err != nil {
		return nil, err
	}
	return repl.Explain(ctx, d.eng, plan)
}

// CopyLog writes the log of a derivation's build to a file for the user's editor,
// which the caller removes.
func (d *Desk) CopyLog(ctx context.Context, drv store.Path) (name string, err error) {
	log, err := d.eng.Log(ctx, drv)
	if err != nil {
		return "", err
	}
	defer log.Close()
	dir, err := os.MkdirTemp("", "nixbench-log-")
	if err != nil {
		return "", fmt.Errorf("copy log: %w", err)
	}
	name = filepath.Join(dir, drv.Name()+".log")
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err == nil {
		_, err = io.Copy(file, log)
		err = errors.Join(err, file.Close())
	}
	if err != nil {
		os.RemoveAll(dir)
		return "", fmt.Errorf("copy log: %w", err)
	}
	return name, nil
}
