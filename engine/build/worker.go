package build

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"nixbench/engine/event"
	"nixbench/store"
)

// A worker builds derivations in a store.
type worker struct {
	opts     Options
	dirs     *buildDirs
	warned   sync.Map  // warnings that were given, by text
	machines sync.Once // looks whether other machines are named, which is warned of
}

func newWorker(opts Options) *worker {
	if opts.Getenv == nil {
		opts.Getenv = func(string) string { return "" }
	}
	return &worker{opts: opts, dirs: newBuildDirs(opts.Settings.BuildDir, opts.Store)}
}

// wait waits for the locks of a build's outputs.
func (w *worker) wait(ctx context.Context, planned *PlannedBuild) (held, error) {
	if planned.resolved != nil {
		planned = planned.resolved
	}
	end := w.opts.Hub.Begin(event.Activity{Kind: event.Wait, Subject: string(planned.DrvPath), Text: "waiting for lock on " + w.lockNames(planned)})
	defer end()
	unlock, err := w.opts.Store.LockPaths(ctx, lockPaths(planned))
	return held{unlock}, err
}

// run realises a derivation.
func (w *worker) run(ctx context.Context, planned *PlannedBuild, h held, act event.Activity, post func(event.Activity)) outcome {
	defer func() { h.release() }()
	asked := planned
	planned, err := w.opts.resolve(ctx, planned)
	status := AlreadyValid
	if err == nil {
		err = w.keep(ctx, planned)
	}
	if err == nil && h.unlock == nil {
		h, err = w.tryLock(ctx, planned)
	}
	j := &job{
		worker: w, st: w.opts.Store, settings: w.opts.Settings, planned: planned, isResolved: planned != asked,
		log: &logSink{act: act, post: post}, shell: asked.shell,
	}
	if err == nil {
		status, err = j.realise(ctx)
	}
	if err == nil {
		err = j.note(ctx, asked, status)
	}
	if err == nil && status == Built {
		err = j.postBuildHook(ctx) // which may ask what the outputs came to be
	}
	out := outcome{status: status, err: err, outputs: j.outputs, last: j.log.activity()}
	switch {
	case err == nil || errors.Is(err, errBusy):
	case ctx.Err() != nil:
		out.status, out.err = Cancelled, ErrCancelled
	default:
		failure := j.failure(err)
		if j.isResolved && failure.Status != MiscFailure {
			failure.Of = asked.DrvPath
		}
		out.status, out.err = failure.Status, failure
	}
	return out
}

// keep keeps what the build is about from being collected.
func (w *worker) keep(ctx context.Context, planned *PlannedBuild) error {
	for _, p := range append(planned.OutputPaths(), planned.DrvPath) {
		if err := w.opts.Store.AddTempRoot(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

// tryLock locks a build's outputs without waiting.
func (w *worker) tryLock(ctx context.Context, planned *PlannedBuild) (held, error) {
	unlock, ok, err := w.opts.Store.TryLockPaths(ctx, lockPaths(planned))
	if err == nil && !ok {
		err = errBusy
	}
	return held{unlock}, err
}

// lockNames names what is locked while a build goes on, in Nix's words.
func (w *worker) lockNames(planned *PlannedBuild) string {
	var names []string
	for _, p := range lockPaths(planned) {
		names = append(names, "'"+filepath.Join(w.opts.Store.RealDir(), p.Base())+"'")
	}
	return strings.Join(names, ", ")
}

// lockPaths returns what is locked while a build goes on: where its outputs go,
// or for those of which that is not known what Nix locks for them; sorted.
func lockPaths(planned *PlannedBuild) []store.Path {
	paths := planned.OutputPaths()
	for _, o := range planned.Outputs {
		if o.Path == "" {
			paths = append(paths, planned.DrvPath+store.Path("."+o.Name))
		}
	}
	slices.Sort(paths)
	return paths
}

// A statusError is an error that says what status a goal fails with.
type statusError struct {
	status             Status
	exitStatus, signal int
	diskFull           bool
	err                error // nil if exitStatus says all
}

func (e *statusError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit status %d", e.exitStatus)
	}
	return e.err.Error()
}

func (e *statusError) Unwrap() error { return e.err }

// rejectf returns an error about what a builder has made.
func rejectf(format string, args ...any) error {
	return &statusError{status: OutputRejected, err: fmt.Errorf(format, args...)}
}

// failure makes the goal's failure of an error.
func (j *job) failure(err error) *Failure {
	f := &Failure{
		DrvPath: j.planned.DrvPath, Status: MiscFailure, Err: err,
		Tail: j.log.lastLines(), KeptDir: j.keptDir, Outputs: j.planned.OutputPaths(),
	}
	act := j.log.activity()
	f.LogFile, f.Phase = act.LogFile, act.Phase
	var status *statusError
	var mismatch *store.HashMismatch
	switch {
	case errors.As(err, &status):
		f.Status, f.Err = status.status, status.err
		f.ExitStatus, f.Signal, f.DiskFull = status.exitStatus, status.signal, status.diskFull
	case errors.As(err, &mismatch):
		f.Status = HashMismatch
	case errors.Is(err, store.ErrInvalidPath):
		f.Status = InputRejected
	}
	return f
}

// cleanupTime bounds how long the cleaning up after a cancelled build takes.
const cleanupTime = time.Minute

// cleanupContext returns a context for cleaning up after a build, which must
// be done even if the build was cancelled.
func cleanupContext(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), cleanupTime)
}
