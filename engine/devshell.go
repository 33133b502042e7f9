package engine

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"

	"nixbench/engine/build"
	"nixbench/store"
)

// BuildInputs are what has to be valid for the builder of a derivation to run.
func (e *Engine) BuildInputs(ctx context.Context, drvPath store.Path) ([]store.DerivedPath, error) {
	d, err := e.ReadDerivation(ctx, drvPath)
	if err != nil {
		return nil, err
	}
	var inputs []store.DerivedPath
	for _, p := range slices.Sorted(maps.Keys(d.InputDrvs)) {
		inputs = append(inputs, store.DerivedPath{Path: p, Outputs: d.InputDrvs[p]})
	}
	for _, in := range d.Inputs() {
		if len(in.Through) > 0 {
			inputs = append(inputs, store.DerivedPath{Path: in.DrvPath, Through: in.Through, Outputs: []store.OutputName{in.Output}})
		}
	}
	for _, p := range d.InputSrcs {
		inputs = append(inputs, store.DerivedPath{Path: p})
	}
	return inputs, nil
}

// CheckDevShell returns nil if programs outside of sandboxes can use the paths of the
// store, and otherwise an error that says why they cannot.
func (e *Engine) CheckDevShell() error {
	if real, shown := e.store.RealDir(), string(e.store.Dir()); real != shown {
		return fmt.Errorf("open shell: the store is in %s, and a shell outside of a sandbox would look for it in %s", real, shown)
	}
	return nil
}

// FilesDir returns the directory that programs may have the files of the store from. There
// is none of a binary cache.
func (e *Engine) FilesDir() (string, error) {
	if e.cache() != nil {
		return "", fmt.Errorf("store '%s' is not a local store so it does not support command execution", e.HumanURI())
	}
	return e.store.RealDir(), nil
}

// A DevShell is what a shell needs to be like the builder of a derivation.
type DevShell struct {
	Vars map[string]string // of the environment, besides the user's own
	// Attrs is the file with structured attributes as bash declares them, or "".
	Attrs string
}

// NewDevShell makes what a shell needs to be like the builder of a derivation, whose
// inputs are valid. The caller removes the directory dir, in which its files are.
func (e *Engine) NewDevShell(ctx context.Context, drvPath store.Path, dir string) (*DevShell, error) {
	if err := e.CheckDevShell(); err != nil {
		return nil, err
	}
	set := e.Settings()
	d, err := build.Resolve(ctx, bothStores{e}, set, drvPath)
	if err != nil {
		return nil, err
	}
	cores := set.Cores
	if cores == 0 {
		cores = runtime.NumCPU()
	}
	env, err := build.NewShellEnvironment(d, e.store.Dir(), dir, cores)
	if err != nil {
		return nil, fmt.Errorf("open shell: %w", err)
	}
	for name, text := range env.Files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return nil, fmt.Errorf("open shell: %w", err)
		}
	}
	return &DevShell{Vars: env.Vars, Attrs: env.Vars["NIX_ATTRS_SH_FILE"]}, nil
}
