package drv

import (
	"fmt"

	"nixbench/store"
)

// A Basic holds the fields of a derivation whose inputs are store paths, as protocols
// send one that need not be in the store.
//
// Format: Nix, derivations.cc, "BasicDerivation".
type Basic struct {
	Outputs         [][4]string // name, path, algorithm with method, hash; as in a .drv file
	InputSrcs       []store.Path
	System, Builder string
	Args            []string
	Env             [][2]string
}

// Derivation returns the derivation of that name. What is given twice, or is of no
// kind, is an error, and so is the path of a fixed output if it is not that of its hash.
// Input-addressed paths are taken as they are: what they are computed of is not there.
func (b *Basic) Derivation(dir store.Dir, name string) (*Derivation, error) {
	d := &Derivation{
		Name: name, Outputs: map[store.OutputName]Output{}, InputDrvs: map[store.Path][]store.OutputName{},
		InputSrcs: b.InputSrcs, System: b.System, Builder: b.Builder, Args: b.Args, Env: map[string]string{},
	}
	for _, o := range b.Outputs {
		if err := store.CheckName(o[0]); err != nil {
			return nil, fmt.Errorf("derivation %q: output: %w", name, err)
		}
		if err := d.addOutput(dir, o[0], o[1], o[2], o[3]); err != nil {
			return nil, fmt.Errorf("derivation %q: %w", name, err)
		}
	}
	for _, v := range b.Env {
		if err := d.addVariable(v[0], v[1]); err != nil {
			return nil, fmt.Errorf("derivation %q: %w", name, err)
		}
	}
	if !sortUnique(&d.InputSrcs) {
		return nil, fmt.Errorf("derivation %q: input source listed twice", name)
	}
	if _, err := d.Kind(); err != nil {
		return nil, err
	}
	return d, nil
}
