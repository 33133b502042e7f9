package build

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"nixbench/engine/event"
	"nixbench/engine/sandbox"
	"nixbench/store"
	"nixbench/store/drv"
)

// This file runs the programs that the user wants run around builds. They are the
// user's own, so they run outside any sandbox, in the user's environment.
//
// Behaviour: Nix, derivation-builder.cc and derivation-building-goal.cc.

// phasePostHook is the phase of what post-build-hook says.
const phasePostHook = "post-build-hook"

// hookTime is how long what a hook has started may go on to say something when the hook
// was told to end.
const hookTime = 5 * time.Second

// runHook runs a program with what it prints going to stdout and stderr, up to its end: what
// it leaves running in the background is waited for as long as it may print something.
func runHook(ctx context.Context, cmd *exec.Cmd, stdout, stderr io.Writer) error {
	streams, err := attach(cmd, stdout, stderr)
	if err != nil {
		return err
	}
	defer streams.close()
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid = true
	cmd.Cancel = func() error {
		streams.endSoon()
		return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	}
	if err = cmd.Start(); err == nil {
		streams.closeWriters()
		err = cmd.Wait()
		// Its group is told to end also if it has left that behind.
		defer context.AfterFunc(ctx, func() { _ = cmd.Cancel() })()
		streams.wait()
	}
	var exit *exec.ExitError
	switch {
	case err == nil || ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &exit) && exit.Sys().(syscall.WaitStatus).Signaled():
		signal := exit.Sys().(syscall.WaitStatus).Signal()
		return fmt.Errorf("program \"%s\" failed due to signal %d (%s)", cmd.Args[0], signal, store.Capital(signal.String()))
	case errors.As(err, &exit):
		return fmt.Errorf("program \"%s\" failed with exit code %d", cmd.Args[0], exit.ExitCode())
	}
	return &notProgramError{program: cmd.Args[0], err: cmp.Or(errors.Unwrap(err), err)}
}

// streams copy what a hook prints.
type streams struct {
	readers, writers []*os.File
	copying          sync.WaitGroup
}

// attach gives a command pipes to print to, one if both streams go to the same place.
func attach(cmd *exec.Cmd, stdout, stderr io.Writer) (*streams, error) {
	s := new(streams)
	open := func(to io.Writer) (*os.File, error) {
		r, w, err := os.Pipe()
		if err != nil {
			return nil, err
		}
		s.readers, s.writers = append(s.readers, r), append(s.writers, w)
		s.copying.Go(func() { _, _ = io.Copy(to, r) })
		return w, nil
	}
	out, err := open(stdout)
	if err != nil {
		return nil, err
	}
	cmd.Stdout, cmd.Stderr = out, out
	if stdout == stderr {
		return s, nil
	}
	if cmd.Stderr, err = open(stderr); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// closeWriters closes our own ends, without which there would be no end to read.
func (s *streams) closeWriters() {
	for _, w := range s.writers {
		w.Close()
	}
	s.writers = nil
}

// endSoon gives what still prints some time to end.
func (s *streams) endSoon() {
	for _, r := range s.readers {
		_ = r.SetReadDeadline(time.Now().Add(hookTime))
	}
}

// wait waits until nobody can print any more.
func (s *streams) wait() { s.copying.Wait() }

func (s *streams) close() {
	s.closeWriters()
	s.wait()
	for _, r := range s.readers {
		r.Close()
	}
}

// A notProgramError says that a hook could not be executed. In Nix it has failed by
// then in a process of its own, which says why.
type notProgramError struct {
	program string
	err     error
}

func (e *notProgramError) Error() string {
	return fmt.Sprintf("program \"%s\" failed with exit code 1", e.program)
}

// why is what the process of a hook that cannot be executed says.
func (e *notProgramError) why() string {
	err := e.err
	if errors.Is(err, exec.ErrNotFound) {
		err = syscall.ENOENT
	}
	return fmt.Sprintf("error: executing %s: %s", store.QuoteFile(e.program), store.Capital(err.Error()))
}

// preBuildHook asks pre-build-hook what else the builder is to see.
func (j *job) preBuildHook(ctx context.Context) ([]sandbox.Mount, error) {
	hook := j.settings.PreBuildHook
	if hook == "" {
		return nil, nil
	}
	var answer bytes.Buffer
	says := j.notices("", false)
	defer says.end()
	cmd := exec.CommandContext(ctx, hook, string(j.planned.DrvPath), j.chroot+"/root")
	if err := runHook(ctx, cmd, &answer, says); err != nil {
		return nil, &statusError{status: MiscFailure, err: endError{err}}
	}
	return parsePreBuildHook(answer.String())
}

// parsePreBuildHook reads the answer of a pre-build-hook: the line
// "extra-sandbox-paths", then "INSIDE=OUTSIDE" or a path that is both on each, up
// to an empty one.
func parsePreBuildHook(answer string) ([]sandbox.Mount, error) {
	var mounts []sandbox.Mount
	isPaths := false
	for line := range strings.Lines(answer) {
		line, isWhole := strings.CutSuffix(line, "\n")
		switch {
		case !isWhole:
		case !isPaths && line != "extra-sandbox-paths" && line != "extra-chroot-dirs":
			return nil, &statusError{status: MiscFailure, err: endError{fmt.Errorf("unknown pre-build hook command '%s'", line)}}
		case !isPaths || line == "":
			isPaths = !isPaths
		default:
			inside, outside, ok := strings.Cut(line, "=")
			if !ok {
				outside = inside
			}
			mounts = append(mounts, sandbox.Mount{Source: outside, Target: inside})
		}
	}
	return mounts, nil
}

// postBuildHook tells post-build-hook of the outputs, which are there now. That it fails
// fails the build, though the outputs stay.
func (j *job) postBuildHook(ctx context.Context) error {
	hook := j.settings.PostBuildHook
	if hook == "" {
		return nil
	}
	var paths []string
	for _, p := range slices.Sorted(maps.Values(j.outputs)) {
		paths = append(paths, string(p))
	}
	cmd := exec.CommandContext(ctx, hook)
	cmd.Env = append(os.Environ(), "DRV_PATH="+string(j.planned.DrvPath),
		"OUT_PATHS="+strings.Join(paths, " "), "NIX_CONFIG="+j.settings.String())
	j.log.tell()
	defer j.opts.Hub.Begin(event.Activity{
		Kind: event.Hook, Parent: j.log.activity().ID, Subject: string(j.planned.DrvPath),
		Text: "running post-build-hook '" + hook + "'",
	})()
	says := j.notices(phasePostHook, false)
	defer says.end()
	if err := runHook(ctx, cmd, says, says); err != nil {
		if failed := (*notProgramError)(nil); errors.As(err, &failed) {
			fmt.Fprintln(says, failed.why())
		}
		return &statusError{status: MiscFailure, err: endError{err}}
	}
	return nil
}

// diffHook shows diff-hook an output and what the same derivation made the next
// time. That it fails changes nothing.
func (j *job) diffHook(ctx context.Context, first store.Path, second string) {
	hook := j.settings.DiffHook
	if hook == "" || !j.settings.RunDiffHook {
		return
	}
	cmd := exec.CommandContext(ctx, hook, string(first), second, string(j.planned.DrvPath), j.buildDir())
	cmd.Dir = "/"
	if j.user != nil && j.user.isOther() {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(j.user.uid), Gid: uint32(j.user.gid)}}
	}
	says := j.notices("", true)
	defer says.end()
	var output bytes.Buffer
	switch err := runHook(ctx, cmd, &output, says); {
	case err == nil:
		says.Write(output.Bytes())
	case ctx.Err() == nil:
		fmt.Fprintf(says, "error: diff hook execution failed: diff-hook %v\n", err)
	}
}

// A noticer posts each line that is written to it as a notice.
type noticer struct {
	job     *job
	phase   string
	isError bool
	line    []byte
}

// notices returns a noticer about the build.
func (j *job) notices(phase string, isError bool) *noticer {
	return &noticer{job: j, phase: phase, isError: isError}
}

func (n *noticer) Write(p []byte) (int, error) {
	for _, c := range p {
		switch {
		case c == '\n':
			n.post()
		case len(n.line) < maxLine:
			n.line = append(n.line, c)
		}
	}
	return len(p), nil
}

func (n *noticer) post() {
	act := event.Activity{
		ID: n.job.opts.Hub.NewID(), Parent: n.job.log.activity().ID, Kind: event.Notice, State: event.Done,
		Name: drv.NameOf(n.job.planned.DrvPath), Subject: string(n.job.planned.DrvPath),
		Phase: n.phase, Text: string(n.line), Started: time.Now(), Ended: time.Now(),
	}
	if n.isError {
		act.State = event.Failed
	}
	n.line = n.line[:0]
	n.job.opts.Hub.Post(act)
}

// end posts what is left.
func (n *noticer) end() {
	if len(n.line) > 0 {
		n.post()
	}
}
