package build

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"nixbench/engine/event"
	"nixbench/engine/sandbox"
	"nixbench/engine/settings"
	"nixbench/store"
)

// A job is the building of one derivation, under the locks of its outputs. It
// belongs to the goroutine of its worker.
type job struct {
	*worker
	st       Store
	settings *settings.Settings
	planned  *PlannedBuild
	// isResolved says that planned is what was asked for resolves to.
	isResolved bool
	log        *logSink
	shell      *Shell // for when it fails; or nil

	closure []store.Path // of the inputs, sorted
	// outputs are where the outputs are, as far as they are valid; scratch is
	// where the builder makes them.
	outputs, scratch map[store.OutputName]store.Path
	user             *buildUser
	// chroot holds the sandbox's store, beside the real one's objects so that
	// outputs can be renamed into place, and its /tmp; topDir holds the build
	// directory. Nobody but us may enter either.
	chroot, topDir string
	keptDir        string // the build directory, if it stays
}

// realise builds what is not valid yet.
func (j *job) realise(ctx context.Context) (Status, error) {
	valid, err := j.find(ctx)
	if err != nil {
		return MiscFailure, err
	}
	for name, p := range j.outputs {
		if j.planned.damaged[p] {
			delete(j.outputs, name) // though it stays until it is replaced
		}
	}
	isCheck := j.planned.Mode == Check
	if len(j.outputs) == len(j.planned.Derivation.Outputs) && !isCheck {
		return AlreadyValid, nil
	}
	if err := j.store(ctx); err != nil {
		return MiscFailure, err
	}
	defer func() {
		cleanup, cancel := cleanupContext(ctx)
		defer cancel()
		j.cleanUp(cleanup)
	}()
	build := j.build
	if isCheck {
		build = j.check
	}
	if err := build(ctx, valid); err != nil {
		return MiscFailure, err
	}
	return Built, j.postBuildHook(ctx, slices.Sorted(maps.Values(j.outputs)))
}

// build builds the derivation; outputs in valid stay as they are.
func (j *job) build(ctx context.Context, valid []store.Path) error {
	for _, p := range outputPaths(j.planned) {
		if !slices.Contains(valid, p) {
			if _, err := j.st.DeleteTree(ctx, j.st.RealPath(p)); err != nil {
				return err // what a crash left behind
			}
		}
	}
	var err error
	if j.closure, err = inputClosure(ctx, j.st, j.planned); err != nil {
		return err
	}
	if err := j.startLog(); err != nil {
		return fmt.Errorf("open log: %w", err)
	}
	if strings.HasPrefix(j.planned.Derivation.Builder, builtinPrefix) {
		return j.runBuiltin(ctx)
	}
	if err := j.makeDirs(ctx); err != nil {
		return fmt.Errorf("make build directory: %w", err)
	}
	spec, err := j.spec(ctx)
	if err != nil {
		return err
	}
	res, err := j.runSandbox(ctx, spec)
	if err := errors.Join(j.startError(err), j.endLog()); err != nil {
		if res != nil && res.End == sandbox.Exited && j.shell != nil {
			j.shell.look(ctx, j, spec)
		}
		j.keep()
		return err
	}
	if err := j.collect(ctx, func(p store.Path) string { return filepath.Join(j.storeDir(), p.Base()) }); err != nil {
		j.keep()
		return err
	}
	return nil
}

// runSandbox runs the builder, and notes what it has used.
func (j *job) runSandbox(ctx context.Context, spec *sandbox.Spec) (*sandbox.Result, error) {
	if j.settings.Sandbox == "false" {
		j.warnOnce("setting 'sandbox = false' has no effect: builds are always sandboxed")
	}
	res, err := sandbox.Run(ctx, spec, j.log)
	if err != nil {
		return res, err
	}
	j.log.use(event.Usage{User: res.User, System: res.System, Memory: res.Memory, IsWhole: res.InCgroup})
	if res.CgroupErr != nil {
		j.warnOnce(fmt.Sprintf("builders have no control groups, and only what is waited for is measured: %v", res.CgroupErr))
	}
	return res, j.judge(res)
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
	fmt.Fprintf(j.log, "error: executing '%s': %s\n", exec.Builder, capital(exec.Err.Error()))
	return &statusError{status: PermanentFailure, exitStatus: 1, err: err}
}

// judge returns nil if the builder ended well.
func (j *job) judge(res *sandbox.Result) error {
	s := j.settings
	switch {
	case res.End == sandbox.Cancelled:
		return ErrCancelled
	case res.End == sandbox.TimedOut:
		return &statusError{status: TimedOut, err: fmt.Errorf("timed out after %d seconds", s.Timeout)}
	case res.End == sandbox.Silent:
		return &statusError{status: TimedOut, err: fmt.Errorf("timed out after %d seconds", s.MaxSilent)}
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

// failedStatus returns the status of a build whose builder failed: the network or
// the disk may do better next time.
func (j *job) failedStatus(diskFull bool) Status {
	if _, isFixed := j.planned.Derivation.FixedOutput(); isFixed || diskFull {
		return TransientFailure
	}
	return PermanentFailure
}

// chrootSuffix ends the names of the directories that sandboxes are made from.
// A collector keeps them as long as the derivation.
const chrootSuffix = ".chroot"

// makeDirs makes the directories that the sandbox is made of.
func (j *job) makeDirs(ctx context.Context) error {
	var err error
	if j.user, err = claimUser(j.st.StateDir()); err != nil {
		return err
	}
	if j.topDir, err = j.dirs.make(ctx, j.st); err != nil {
		return err
	}
	if err := os.Mkdir(j.buildDir(), 0o700); err != nil {
		return err
	}
	if err := j.user.give(j.buildDir()); err != nil {
		return err
	}
	chroot := filepath.Join(j.st.RealDir(), j.planned.DrvPath.Base()+chrootSuffix)
	if _, err := j.st.DeleteTree(ctx, chroot); err != nil {
		return err
	}
	if err := os.Mkdir(chroot, 0o700); err != nil {
		return err
	}
	j.chroot = chroot
	if err := os.Symlink(chroot, filepath.Join(j.topDir, chrootLink)); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(j.storeDir()), 0o750); err != nil {
		return err
	}
	return j.makeOpenDirs()
}

// makeOpenDirs makes the directories that any user of the sandbox may write to.
func (j *job) makeOpenDirs() error {
	for name, mode := range map[string]os.FileMode{j.storeDir(): 0o775, j.tmpDir(): 0o777} {
		if err := os.Mkdir(name, 0o700); err != nil {
			return err
		}
		if j.user.isOther() {
			if err := os.Chown(name, -1, j.user.gid); err != nil {
				return err
			}
		}
		if err := os.Chmod(name, mode|os.ModeSticky); err != nil {
			return err
		}
	}
	return nil
}

// storeDir and tmpDir are the sandbox's store, where Nix has it too, and /tmp, and
// buildDir is where the builder begins.
func (j *job) storeDir() string { return filepath.Join(j.chroot, "root", string(j.st.Dir())) }
func (j *job) tmpDir() string   { return filepath.Join(j.chroot, "tmp") }
func (j *job) buildDir() string { return filepath.Join(j.topDir, buildName) }

// buildName is the directory in a build's directory where the builder begins.
const buildName = "build"

// spec says what the sandbox holds and runs, and writes the builder's files.
func (j *job) spec(ctx context.Context) (*sandbox.Spec, error) {
	d, s := j.planned.Derivation, j.settings
	if s.UseCgroups && !s.HasFeature(featureCgroups) {
		return nil, &FeatureError{Feature: featureCgroups}
	}
	graphs, err := referenceGraphs(ctx, j.st, j.planned, j.closure)
	if err != nil {
		return nil, err
	}
	env, err := newEnvironment(envInput{
		drv: d, outputs: j.scratch, options: j.planned.Options, storeDir: j.st.Dir(), buildDir: s.SandboxBuildDir,
		cores: s.BuildCores(), graphs: graphs, getenv: j.opts.Getenv,
	})
	if err != nil {
		return nil, err
	}
	if err := j.writeFiles(env.files); err != nil {
		return nil, fmt.Errorf("write into build directory: %w", err)
	}
	mounts, err := j.mounts(ctx)
	if err != nil {
		return nil, err
	}
	return &sandbox.Spec{
		StoreDir: string(j.st.Dir()), StoreSource: j.storeDir(),
		BuildDir: s.SandboxBuildDir, BuildSource: j.buildDir(),
		TmpSource: j.tmpDir(),
		Mounts:    mounts,
		Builder:   d.Builder, Args: env.args, Env: env.list(),
		Network: hasNetwork(d) || j.seesHost(),
		HostUID: j.user.uid, HostGID: j.user.gid,
		ShmSize: s.SandboxShmSize, KVM: slices.Contains(s.SystemFeatures, "kvm"),
		FilterSyscalls: s.FilterSyscalls,
		Cgroup:         s.UseCgroups,
		Linux32:        is32Bit(d.System, s.System),
		Timeout:        seconds(s.Timeout), MaxSilent: seconds(s.MaxSilent), MaxLog: s.MaxLogSize,
	}, nil
}

func seconds(n int) time.Duration { return time.Duration(n) * time.Second }

// is32Bit reports whether a derivation for system is built by a 64-bit machine
// that pretends to be a 32-bit one.
func is32Bit(system, machine string) bool {
	return system == "i686-linux" && machine == "x86_64-linux" ||
		(system == "armv7l-linux" || system == "armv6l-linux") && machine == "aarch64-linux"
}

// writeFiles writes files into the build directory, before anyone else is in
// it.
func (j *job) writeFiles(files map[string]string) error {
	if len(files) == 0 {
		return nil
	}
	dir, err := os.OpenRoot(j.buildDir())
	if err != nil {
		return err
	}
	defer dir.Close()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		file, err := dir.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if err != nil {
			return err
		}
		_, err = file.WriteString(files[name])
		if err := errors.Join(err, file.Close()); err != nil {
			return err
		}
		if err := j.user.give(filepath.Join(j.buildDir(), name)); err != nil {
			return err
		}
	}
	return nil
}

// mounts returns what the builder sees besides its own directories.
func (j *job) mounts(ctx context.Context) ([]sandbox.Mount, error) {
	var mounts []sandbox.Mount
	if j.seesHost() {
		host, err := j.hostMounts()
		if err != nil {
			return nil, err
		}
		mounts = host
	}
	closure := j.closure
	shell := sandbox.Mount{Source: sandbox.Self, Target: "/bin/sh"}
	for _, target := range slices.Sorted(maps.Keys(j.settings.SandboxPaths)) {
		source, isOptional := strings.CutSuffix(j.settings.SandboxPaths[target], "?")
		if p, rest, err := j.st.Dir().PathOf(source); err == nil {
			source = j.st.RealPath(p) + rest
			more, err := store.Requisites(ctx, store.References(j.st), p)
			if err != nil {
				return nil, fmt.Errorf("sandbox path %s: %w", target, err)
			}
			closure = append(slices.Clone(closure), more...)
		}
		if real, err := filepath.EvalSymlinks(source); err == nil {
			source = real
		}
		m := sandbox.Mount{Source: source, Target: target, Optional: isOptional}
		if target == shell.Target {
			shell = m
			continue
		}
		mounts = append(mounts, m)
	}
	if !j.seesHost() { // which has its own
		mounts = append(mounts, shell)
	}
	if hasNetwork(j.planned.Derivation) && !j.seesHost() && j.settings.SSLCertFile != "" {
		if file, err := filepath.EvalSymlinks(j.settings.SSLCertFile); err == nil {
			mounts = append(mounts, sandbox.Mount{Source: file, Target: "/etc/ssl/certs/ca-certificates.crt", Optional: true})
		}
	}
	for _, name := range j.planned.Options.ImpureHostDeps { // which are allowed
		mounts = append(mounts, sandbox.Mount{Source: filepath.Clean(name), Target: filepath.Clean(name), Optional: true})
	}
	more, err := j.preBuildHook(ctx)
	if err != nil {
		return nil, err
	}
	mounts = append(mounts, more...)
	slices.Sort(closure)
	for _, p := range slices.Compact(closure) {
		mounts = append(mounts, sandbox.Mount{Source: j.st.RealPath(p), Target: string(p)})
	}
	return mounts, nil
}

// startLog opens the log.
func (j *job) startLog() error {
	j.log.keep = j.settings.LogLines
	if !j.settings.KeepLog {
		return nil
	}
	name := j.st.LogPath(j.planned.DrvPath)
	file, err := openLog(name)
	if err != nil {
		return err
	}
	j.log.file = file
	j.log.act.LogFile = name
	j.log.post(j.log.act)
	return nil
}

// endLog closes the log and compresses it. A log that cannot be compressed
// stays as it is.
func (j *job) endLog() error {
	if err := j.log.Close(); err != nil {
		return fmt.Errorf("write log: %w", err)
	}
	if j.log.file != nil && j.settings.CompressLog {
		j.st.FinishLog(j.planned.DrvPath)
	}
	return nil
}

// keep leaves the build directory, if that is wanted. It stays closed to others
// than us.
func (j *job) keep() {
	if !j.settings.KeepFailed || j.topDir == "" {
		return
	}
	if kept, err := j.dirs.keep(j.topDir, j.planned.Derivation.Name); err == nil {
		j.keptDir = filepath.Join(kept, buildName)
		j.topDir = ""
	}
}

// cleanUp removes what the build left behind. What cannot be removed now is
// garbage that a collection finds.
func (j *job) cleanUp(ctx context.Context) {
	j.log.Close()
	if j.chroot != "" {
		j.st.DeleteTree(ctx, j.chroot)
	}
	if j.topDir != "" {
		j.dirs.remove(ctx, j.st, j.topDir)
	}
	if j.user != nil {
		j.user.release()
	}
}
