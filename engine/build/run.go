package build

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"nixbench/engine/event"
	"nixbench/engine/sandbox"
	"nixbench/store"
	"nixbench/store/drv"
)

// This file runs a builder, keeps what it says, and judges how it ended.

// runSandbox runs the builder, and notes what it has used.
func (j *job) runSandbox(ctx context.Context, spec *sandbox.Spec) (*sandbox.Result, error) {
	if j.settings.Sandbox == "false" {
		j.warnOnce("setting 'sandbox = false' has no effect: builds are always sandboxed")
	}
	j.machines.Do(func() {
		if builders, _ := j.settings.Get("builders"); namesMachines(builders, 8) {
			j.warnOnce("setting 'builders' has no effect: nothing is built on other machines")
		}
	})
	if sandbox.SelfNeedsLibraries() && slices.ContainsFunc(spec.Mounts, func(m sandbox.Mount) bool { return m.Source == sandbox.Self }) {
		j.warnOnce("this nixbench was built with cgo and cannot be the /bin/sh of builders: build it with CGO_ENABLED=0, or name another in 'sandbox-paths'")
	}
	spec.Started = func(read func() (sandbox.Load, bool)) {
		j.log.measure(func() (event.Usage, bool) {
			load, ok := read()
			return event.Usage{User: load.User, System: load.System, Memory: load.Memory, Processes: load.Processes}, ok
		})
	}
	res, err := sandbox.Run(ctx, spec, j.log)
	if err != nil {
		j.log.use(event.Usage{})
		return res, err
	}
	if res.IsOutOfMemory {
		fmt.Fprintf(j.log, "error: the builder took more memory than the setting 'max-build-memory' allows, %d bytes\n", j.settings.MaxBuildMemory)
	}
	j.log.use(event.Usage{User: res.User, System: res.System, Memory: res.Memory, IsWhole: res.InCgroup})
	if res.CgroupErr != nil {
		j.warnOnce(fmt.Sprintf("builders have no control groups, and only what is waited for is measured: %v", res.CgroupErr))
	}
	return res, j.judge(res)
}

// namesMachines reports whether the setting builders names a machine, or a file that does, or
// such a file another, at most depth of them.
func namesMachines(builders string, depth int) bool {
	for line := range strings.FieldsFuncSeq(builders, func(c rune) bool { return c == '\n' || c == ';' }) {
		line, _, _ = strings.Cut(line, "#")
		line = strings.TrimSpace(line)
		if file, isFile := strings.CutPrefix(line, "@"); isFile {
			if text, err := os.ReadFile(file); depth > 0 && err == nil && namesMachines(string(text), depth-1) {
				return true
			}
		} else if line != "" {
			return true
		}
	}
	return false
}

// warnOnce posts a warning that one builder gives once.
func (j *job) warnOnce(text string) {
	if _, isOld := j.warned.LoadOrStore(text, true); isOld {
		return
	}
	notices := j.notices("", false)
	fmt.Fprintf(notices, "warning: %s\n", text)
}

// startError says in the log that there was no builder to execute, which is the
// same as one that fails.
func (j *job) startError(err error) error {
	var exec *sandbox.ExecError
	if !errors.As(err, &exec) {
		return err
	}
	fmt.Fprintf(j.log, "error: executing '%s': %s\n", exec.Builder, store.Capital(exec.Err.Error()))
	return &statusError{status: PermanentFailure, exitStatus: 1, err: err}
}

// judge returns nil if the builder ended well.
func (j *job) judge(res *sandbox.Result) error {
	s := j.settings
	switch {
	case res.End == sandbox.Cancelled:
		return ErrCancelled
	case res.End == sandbox.TimedOut:
		return j.timedOut(s.Timeout)
	case res.End == sandbox.Silent:
		return j.timedOut(s.MaxSilent)
	case res.End == sandbox.TooLoud:
		return &statusError{status: LogLimitExceeded, err: fmt.Errorf(
			"building derivation '%s' killed after writing more than %d bytes of log output", j.planned.DrvPath, s.MaxLogSize)}
	case res.ExitStatus == 0:
		return nil
	}
	failure := &statusError{exitStatus: res.ExitStatus, signal: res.Signal, diskFull: j.diskIsFull()}
	failure.status = j.failedStatus(failure.diskFull)
	return failure
}

// timedOut is the failure of a build that took more than some seconds.
func (j *job) timedOut(seconds int) error {
	return &statusError{status: TimedOut, err: fmt.Errorf("timed out after %d seconds", seconds)}
}

// failedStatus returns the status of a build whose builder failed: the network or
// the disk may do better next time.
func (j *job) failedStatus(diskFull bool) Status {
	if j.planned.Kind == drv.Fixed || diskFull {
		return TransientFailure
	}
	return PermanentFailure
}

// startLog says that the build begins and opens the log, once there is a builder to be
// started: what fails before has none, and has not begun.
func (j *job) startLog() error {
	j.log.start()
	j.log.keep = j.settings.LogLines
	name := j.st.LogPath(j.planned.DrvPath)
	if !j.settings.KeepLog {
		if j.worker.opts.LiveLog == nil {
			return nil
		}
		var err error
		if name, err = j.worker.opts.LiveLog(j.planned.DrvPath); err != nil {
			return fmt.Errorf("open log: %w", err)
		}
	}
	file, err := openLog(name)
	if err != nil {
		return fmt.Errorf("open log: %w", err)
	}
	j.log.begin(file)
	return nil
}

// endLog closes the log and compresses it if it is kept. A log that cannot be compressed
// stays as it is.
func (j *job) endLog() error {
	if err := j.log.Close(); err != nil {
		return fmt.Errorf("write log: %w", err)
	}
	if j.log.file != nil && j.settings.KeepLog && j.settings.CompressLog {
		j.st.FinishLog(j.planned.DrvPath)
	}
	return nil
}
