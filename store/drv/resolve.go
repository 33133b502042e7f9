package drv

import (
	"maps"
	"slices"
	"strings"

	"nixbench/store"
)

// This file resolves derivations: it puts the paths of what their inputs came to
// be in the places of the placeholders, so that they have store paths as inputs
// and no derivations. Derivations that differ only in how their inputs are made
// resolve to the same one.

// NeedsResolution reports whether d has derivations among its inputs and has to
// be resolved before it can be built: unless its outputs are input-addressed, at
// paths that are known. A fixed-output derivation can do without, and does unless
// ca says that content-addressed ones are made use of.
//
// Behaviour: shouldResolve in Nix's resolution.cc.
func (d *Derivation) NeedsResolution(ca bool) bool {
	if len(d.Dynamic) > 0 {
		return true
	}
	if len(d.InputDrvs) == 0 {
		return false
	}
	for _, o := range d.Outputs {
		if k := o.Kind(); k == InputAddressed || k == Fixed && !ca {
			return false
		}
	}
	return true
}

// An Input is an output of a derivation that another needs: of the one at DrvPath,
// or of the one that the last of Through is, an output of the one before, and so
// on.
type Input struct {
	DrvPath store.Path
	Through []store.OutputName
	Output  store.OutputName
}

// Inputs returns what d needs of other derivations, in the order of their paths.
func (d *Derivation) Inputs() []Input {
	var list []Input
	for _, k := range inputKeys(d) {
		list = appendInput(list, Input{DrvPath: store.Path(k.key)}, k.outputs, k.dynamic)
	}
	return list
}

func appendInput(list []Input, in Input, outputs []store.OutputName, dynamic DynamicInputs) []Input {
	for _, in.Output = range outputs {
		list = append(list, in)
	}
	through := in.Through
	for _, name := range slices.Sorted(maps.Keys(dynamic)) {
		in.Through = append(slices.Clip(through), name)
		list = appendInput(list, in, dynamic[name].Outputs, dynamic[name].Dynamic)
	}
	return list
}

// Placeholder returns the string that stands for the input.
func (in Input) Placeholder() string {
	outputs := append(slices.Clip(in.Through), in.Output)
	text, hash := UpstreamPlaceholder(in.DrvPath, outputs[0]), UpstreamHash(in.DrvPath, outputs[0])
	for _, o := range outputs[1:] {
		text, hash = ComputedPlaceholder(hash, o)
	}
	return text
}

// Resolve returns what d is once its inputs are built; pathOf says where they
// are. The outputs of the result have paths unless those depend on what it makes.
//
// Behaviour: tryResolve in Nix's resolution.cc.
func (d *Derivation) Resolve(dir store.Dir, pathOf func(Input) (store.Path, error)) (*Derivation, error) {
	srcs := slices.Clone(d.InputSrcs)
	var pairs []string
	for _, in := range d.Inputs() {
		p, err := pathOf(in)
		if err != nil {
			return nil, err
		}
		srcs = append(srcs, p)
		pairs = append(pairs, in.Placeholder(), string(p))
	}
	slices.Sort(srcs)
	r := strings.NewReplacer(pairs...)
	resolved := &Derivation{
		Name: d.Name, Outputs: maps.Clone(d.Outputs), InputSrcs: slices.Compact(srcs),
		System: d.System, Builder: r.Replace(d.Builder), Args: slices.Clone(d.Args),
		Env:             make(map[string]string, len(d.Env)),
		StructuredAttrs: r.Replace(d.StructuredAttrs),
	}
	for i, arg := range resolved.Args {
		resolved.Args[i] = r.Replace(arg)
	}
	for name, value := range d.Env {
		resolved.Env[r.Replace(name)] = r.Replace(value)
	}
	return resolved, (&Modulo{Dir: dir}).FillOutputs(resolved)
}
