package build

import (
	"maps"
	"slices"

	"nixbench/store"
	"nixbench/store/drv"
)

// A ShellEnvironment is what a shell takes of a builder's environment.
type ShellEnvironment struct {
	Vars  map[string]string // variables, besides the user's own
	Files map[string]string // contents of files in the directory, by name
}

// buildersOwn are variables of builders that a shell has from its user, unless the
// derivation sets them.
var buildersOwn = []string{"PATH", "HOME", "PWD", "NIX_LOG_FD", "TERM", "NIX_OUTPUT_CHECKED"}

// NewShellEnvironment makes the environment of a shell in which the builder of d, which
// needs no resolution, could be run by hand. Its files are to be written into dir. As
// nothing is built, placeholders of outputs are left as they are.
//
// Behaviour: nix-shell.
func NewShellEnvironment(d *drv.Derivation, storeDir store.Dir, dir string, cores int) (*ShellEnvironment, error) {
	options, err := d.Options()
	if err != nil {
		return nil, err
	}
	e, err := newEnvironment(envInput{
		drv: d, options: options, storeDir: storeDir, buildDir: dir, cores: cores,
		getenv: func(string) string { return "" },
	})
	if err != nil {
		return nil, err
	}
	if d.StructuredAttrs != "" {
		maps.Copy(e.vars, d.Env) // the outputs
	}
	for _, name := range slices.Concat(buildersOwn, options.ImpureEnvVars) {
		value, ok := d.Env[name]
		if !ok || d.StructuredAttrs != "" {
			delete(e.vars, name)
			continue
		}
		e.vars[name] = value
	}
	return &ShellEnvironment{e.vars, e.files}, nil
}
