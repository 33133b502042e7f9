// Package tour makes the store of `nixbench tour`: a small package set built
// with nothing but the sandbox's /bin/sh, a profile with five generations, two
// links to results, and some garbage.
//
// The store has its own root, so that nothing outside it is touched, and is in
// the format of Nix: a real Nix takes the root as its --store.
package tour

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"nixbench/engine"
	"nixbench/engine/eval"
	"nixbench/engine/settings"
	"nixbench/examples"
	"nixbench/store"

	"golang.org/x/sys/unix"
)

// A Tour is the tour's store, open. It is not safe for concurrent use.
type Tour struct {
	Root string // of the store
	// Engine works on the tour's store and no other.
	Engine *engine.Engine
	// Failed holds the failures of builds; one package is made to fail.
	Failed []error

	lock *os.File
	ev   *eval.Evaluator
	set  eval.Value
}

// File returns the name of the tour's package set.
func (t *Tour) File() string { return filepath.Join(t.Root, "tour", "default.nix") }

// Profile returns the name of the tour's profile.
func (t *Tour) Profile() string { return t.Engine.DefaultProfile() }

// Root returns where the tour's store is for this user.
func Root(getenv func(string) string) (string, error) {
	data, err := engine.DataHome(getenv)
	if err != nil {
		return "", err
	}
	return filepath.Join(data, "nixbench", "tour"), nil
}

// ErrOpen reports that the tour's store is in use by another nixbench.
var ErrOpen = errors.New("the tour is open elsewhere; leave it there first")

// New makes the tour's store anew and opens it. Set is the configuration that
// it starts from, which New changes.
func New(ctx context.Context, root string, set *settings.Settings, getenv func(string) string) (t *Tour, err error) {
	t = &Tour{Root: root}
	defer func() {
		if err != nil {
			err = fmt.Errorf("start the tour: %w", err)
			t.Close()
		}
	}()
	if t.lock, err = lock(root); err != nil {
		return t, err
	}
	if err := clear(root); err != nil {
		return t, err
	}
	if err := writeFiles(filepath.Join(root, "tour")); err != nil {
		return t, err
	}
	set.KeepGoing = true
	set.MaxJobs = max(set.MaxJobs, 4)
	t.Engine, err = engine.Open(ctx, engine.Options{StoreURI: root, Settings: set, Getenv: getenv})
	if err != nil {
		return t, err
	}
	if t.ev, err = t.Engine.NewEvaluator(ctx, engine.EvalOptions{}); err != nil {
		return t, err
	}
	v, err := t.ev.EvalFile(ctx, t.File())
	if err != nil {
		return t, err
	}
	t.set, err = t.ev.Select(ctx, v, "", eval.NoAttrs(), true)
	return t, err
}

// Leave closes the engine. Nobody else can begin or remove the tour until it is closed.
func (t *Tour) Leave() error {
	eng := t.Engine
	t.Engine = nil
	return eng.Close()
}

// Close lets go of the tour's store, which stays.
func (t *Tour) Close() error {
	var err error
	if t.Engine != nil {
		err = t.Engine.Close()
	}
	if t.lock != nil {
		err = errors.Join(err, t.lock.Close())
	}
	return err
}

// Remove deletes the tour's store.
func Remove(root string) error {
	if _, err := os.Lstat(root); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	held, err := lock(root)
	if err != nil {
		return fmt.Errorf("remove the tour: %w", err)
	}
	defer held.Close()
	if err := clear(root); err != nil {
		return fmt.Errorf("remove the tour: %w", err)
	}
	return os.RemoveAll(root)
}

// lockName is the file in the root whose lock says that the tour is open. It
// also marks the directory as one that may be deleted.
const lockName = ".nixbench-tour"

// lock makes the root and takes its lock. A directory that is neither empty nor
// marked is refused: it is not the tour's.
func lock(root string) (*os.File, error) {
	if err := os.MkdirAll(root, 0o755); err != nil {
		return nil, err
	}
	name := filepath.Join(root, lockName)
	if _, err := os.Lstat(name); errors.Is(err, fs.ErrNotExist) {
		entries, err := os.ReadDir(root)
		if err != nil {
			return nil, err
		}
		if len(entries) > 0 {
			return nil, fmt.Errorf("%s is not empty and was not made by a tour", root)
		}
	}
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			err = ErrOpen
		}
		return nil, err
	}
	return f, nil
}

// clear deletes what is in the root but for the lock. Store objects are
// read-only: their directories are made writable first.
func clear(root string) error {
	entries, err := os.ReadDir(root)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if entry.Name() == lockName {
			continue
		}
		name := filepath.Join(root, entry.Name())
		err := filepath.WalkDir(name, func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.IsDir() {
				err = os.Chmod(path, 0o700)
			}
			return err
		})
		if err != nil {
			return err
		}
		if err := os.RemoveAll(name); err != nil {
			return err
		}
	}
	return nil
}

// writeFiles writes the package set to dir.
func writeFiles(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	entries, err := examples.Tour.ReadDir("tour")
	if err != nil {
		return err
	}
	for _, entry := range entries {
		data, err := examples.Tour.ReadFile("tour/" + entry.Name())
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, entry.Name()), data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// Targets returns what has to be realised for attributes of the package set.
func (t *Tour) Targets(ctx context.Context, attrs ...string) ([]store.DerivedPath, error) {
	var targets []store.DerivedPath
	for _, attr := range attrs {
		drvs, err := t.derivations(ctx, attr)
		if err != nil {
			return nil, err
		}
		for _, d := range drvs {
			targets = append(targets, d.Target())
		}
	}
	return targets, nil
}

// derivations returns the derivations that an attribute is or holds, at least
// one.
func (t *Tour) derivations(ctx context.Context, attr string) ([]engine.Derivation, error) {
	v, err := t.ev.Select(ctx, t.set, attr, eval.NoAttrs(), true)
	if err != nil {
		return nil, err
	}
	drvs, err := t.Engine.Derivations(ctx, t.ev, v, engine.WalkOptions{}, engine.FactOutputName|engine.FactOutputs)
	if err == nil && len(drvs) == 0 {
		err = fmt.Errorf("find %s: %w", attr, engine.ErrNotDerivation)
	}
	return drvs, err
}
