package engine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"syscall"

	"nixbench/engine/builtins"
	"nixbench/engine/syntax"
	"nixbench/store"
)

// exec runs a program for builtins.exec, with the standard error of ours.
func (w *world) exec(ctx context.Context, program string, args []string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return out, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.As(err, &exit):
		how := fmt.Sprintf("failed with exit code %d", exit.ExitCode())
		if st, ok := exit.Sys().(syscall.WaitStatus); ok && st.Signaled() {
			how = fmt.Sprintf("failed due to signal %d (%s)", int(st.Signal()), store.Capital(st.Signal().String()))
		}
		return nil, &builtins.ExecError{Program: program, How: how}
	}
	reason := err.Error()
	switch {
	case errors.Is(err, exec.ErrNotFound), errors.Is(err, fs.ErrNotExist):
		reason = "No such file or directory"
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EISDIR):
		reason = "Permission denied"
	}
	w.Warn(syntax.Hintf(syntax.ErrorHead+" executing %s: %s", store.QuoteFile(program), reason))
	return nil, &builtins.ExecError{Program: program, How: "failed with exit code 1"}
}
