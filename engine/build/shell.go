package build

import (
	"context"
	"fmt"
	"io"
	"sync"

	"nixbench/engine/sandbox"
)

// A Shell is opened in the sandbox of a build that has failed, as its builder left
// it, for somebody to look around. It is one at a time: others wait.
type Shell struct {
	In  io.Reader // commands, a line each
	Out io.Writer // gets what the commands print, as they print it

	mu sync.Mutex // mu is held while the shell is open
}

// shellLoop reads commands and runs them: the shells of sandboxes have no prompt.
const shellLoop = `printf '$ '; while IFS= read -r nixbench_line; do eval "$nixbench_line"; printf '$ '; done; echo`

// look opens the shell in the sandbox that spec describes, until whoever uses it
// leaves.
func (s *Shell) look(ctx context.Context, j *job, spec *sandbox.Spec) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if ctx.Err() != nil {
		return
	}
	inside := *spec
	inside.Builder, inside.Args = "/bin/sh", []string{"sh", "-c", shellLoop}
	inside.Started = nil
	inside.Input, inside.Timeout, inside.MaxSilent, inside.MaxLog = s.In, 0, 0, 0
	fmt.Fprintf(s.Out, "\nThe build of '%s' failed. This is a shell in its sandbox, as the builder left it; 'exit' leaves it.\n", j.planned.DrvPath)
	if _, err := sandbox.Run(ctx, &inside, s.Out); err != nil {
		fmt.Fprintf(s.Out, "error: %v\n", err)
	}
}
