package build

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"nixbench/engine/sandbox"
	"nixbench/engine/settings"
	"nixbench/store"
	"nixbench/store/drv"
)

// A job is the building of one derivation, under the locks of its outputs. It
// belongs to the goroutine of its worker.
type job struct {
	*worker
	st       Store
	settings *settings.Settings
	planned  *PlannedBuild
	drv      *drv.Derivation // of planned, once it is to be built
	options  *drv.Options    // likewise
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
	if len(j.outputs) == len(j.planned.Outputs) && !isCheck {
		return AlreadyValid, nil
	}
	if j.drv, j.options, err = j.planned.load(ctx, j.st); err != nil {
		return MiscFailure, err
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
	return Built, nil
}

// build builds the derivation; outputs in valid stay as they are.
func (j *job) build(ctx context.Context, valid []store.Path) error {
	for _, p := range j.planned.OutputPaths() {
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
	if strings.HasPrefix(j.drv.Builder, builtinPrefix) {
		return j.runBuiltin(ctx)
	}
	if err := j.makeDirs(ctx); err != nil {
		return fmt.Errorf("make build directory: %w", err)
	}
	spec, err := j.spec(ctx)
	if err == nil {
		err = j.startLog()
	}
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

// chrootSuffix ends the names of the directories that sandboxes are made from.
// A collector keeps them as long as the derivation.
const chrootSuffix = ".chroot"

// makeDirs makes the directories that the sandbox is made of.
func (j *job) makeDirs(ctx context.Context) error {
	var err error
	if j.user, err = claimUser(j.st.StateDir(), j.settings, j.idCount()); err != nil {
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
		if name == j.storeDir() && j.user.isOther() {
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

// keep leaves the build directory, if that is wanted. It stays closed to others
// than us.
func (j *job) keep() {
	if !j.settings.KeepFailed || j.topDir == "" {
		return
	}
	if kept, err := j.dirs.keep(j.topDir, drv.NameOf(j.planned.DrvPath)); err == nil {
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
