package store

import (
	"fmt"
	"slices"
	"strings"
)

// OutputName is the name of an output of a derivation: "out", "dev".
type OutputName = string

// DefaultOutput is the output whose name is left out of its store path.
const DefaultOutput OutputName = "out"

// AllOutputs stands for every output where output names are asked for.
const AllOutputs OutputName = "*"

// DerivedPath names store objects, either one by its path or outputs of a
// store derivation.
type DerivedPath struct {
	Path Path
	// Through leads on to another derivation: its first is an output of Path
	// that is a derivation, the second an output of that, and so on; what
	// Outputs says is of the last. It is nil unless derivations make others.
	Through []OutputName
	// Outputs is nil if Path itself is meant. Otherwise Path is a derivation,
	// and Outputs is sorted without duplicates, or is just [AllOutputs].
	Outputs []OutputName
}

// AllOutputsOf names all outputs of a store derivation.
func AllOutputsOf(drvPath Path) DerivedPath {
	return DerivedPath{Path: drvPath, Outputs: []OutputName{AllOutputs}}
}

// ParseDerivedPath reads "/nix/store/…-hello.drv^out,dev", the same with "!"
// for "^", a store path, or what leads through derivations,
// "/nix/store/…-make.drv.drv^out^dev". For others it returns an error for which, if the
// path is at fault, errors.Is(err, ErrNotStorePath).
func (d Dir) ParseDerivedPath(s string) (DerivedPath, error) {
	i := strings.LastIndexAny(s, "^!")
	if i < 0 {
		p, err := d.ParsePath(s)
		return DerivedPath{Path: p}, err
	}
	parts := strings.FieldsFunc(s[:i], func(r rune) bool { return r == '^' || r == '!' })
	if len(parts) == 0 {
		parts = []string{""}
	}
	p, err := d.ParsePath(parts[0])
	if err != nil {
		return DerivedPath{}, err
	}
	through := slices.Clone(parts[1:])
	for _, o := range through {
		if err := CheckName(o); err != nil {
			return DerivedPath{}, fmt.Errorf("parse derived path %q: output: %v", s, err)
		}
	}
	if len(through) == 0 {
		through = nil
	}
	if !p.IsDerivation() {
		return DerivedPath{}, fmt.Errorf("parse derived path %q: not a derivation", s)
	}
	outputs, err := ParseOutputs(s[i+1:])
	if err != nil {
		return DerivedPath{}, fmt.Errorf("parse derived path %q: %v", s, err)
	}
	return DerivedPath{Path: p, Through: through, Outputs: outputs}, nil
}

// ParseOutputs reads "*" or a comma-separated list of output names.
// The result is as in [DerivedPath].
func ParseOutputs(s string) ([]OutputName, error) {
	if s == AllOutputs {
		return []OutputName{AllOutputs}, nil
	}
	outputs := strings.Split(s, ",")
	for _, o := range outputs {
		if err := CheckName(o); err != nil {
			return nil, fmt.Errorf("output: %v", err)
		}
	}
	slices.Sort(outputs)
	return slices.Compact(outputs), nil
}

// ParseLegacyOutputs reads a comma-separated list of output names, of any characters; nil
// if there are none.
// Behaviour: parsePathWithOutputs in Nix's path-with-outputs.cc.
func ParseLegacyOutputs(s string) []OutputName {
	outputs := strings.FieldsFunc(s, func(r rune) bool { return r == ',' })
	slices.Sort(outputs)
	return slices.Compact(outputs)
}

// String returns the form with "^" that [Dir.ParseDerivedPath] reads.
func (dp DerivedPath) String() string {
	if dp.Outputs == nil {
		return string(dp.Path)
	}
	return strings.Join(append(append([]string{string(dp.Path)}, dp.Through...), strings.Join(dp.Outputs, ",")), "^")
}
