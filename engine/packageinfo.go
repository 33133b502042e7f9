package engine

import (
	"slices"

	"nixbench/engine/eval"
	"nixbench/engine/syntax"
	"nixbench/store"
)

// This file asks a package what it says about itself.
// Behaviour: PackageInfo in Nix's get-drvs.cc.

// System returns the system that the package is for, "unknown" if it does not
// say.
func (p *Package) System(s *eval.State) string {
	v, pos, ok := p.attrs.GetNameAt("system")
	if !ok {
		return "unknown"
	}
	return s.ForceStringAt(v, pos, "while evaluating the 'system' attribute of a derivation")
}

// DrvPath returns the path of the store derivation, "" if there is none.
func (p *Package) DrvPath(s *eval.State) store.Path {
	v, pos, ok := p.attrs.GetNameAt("drvPath")
	if !ok {
		return ""
	}
	const ctx = "while evaluating the 'drvPath' attribute of a derivation"
	path, _ := s.CoerceToStorePath(v, pos, ctx)
	if !path.IsDerivation() {
		s.Raise(eval.ErrorOther, syntax.Hintf("store path '%s' is not a valid derivation path", path.Base()), eval.While(pos, syntax.Hint(ctx)))
	}
	return path
}

// OutPath returns the path of the output that the package stands for.
func (p *Package) OutPath(s *eval.State) store.Path {
	v, pos, ok := p.attrs.GetNameAt("outPath")
	if !ok {
		s.Fail(eval.ErrorOther, "derivation does not have attribute 'outPath'")
	}
	path, _ := s.CoerceToStorePath(v, pos, "while evaluating the output path of a derivation")
	return path
}

// OutputName returns the name of the output that the package stands for, "" if
// it does not say.
func (p *Package) OutputName(s *eval.State) store.OutputName {
	v, ok := p.attrs.GetName("outputName")
	if !ok {
		return ""
	}
	return s.ForceStringNoCtx(v, "while evaluating the output name of a derivation")
}

// A PackageOutput is an output of a package.
type PackageOutput struct {
	Name store.OutputName
	Path store.Path // "" if it was not asked for
}

// Outputs returns the outputs of the package, by name; with their paths, those
// that have none are left out.
func (p *Package) Outputs(s *eval.State, withPaths bool) []PackageOutput {
	names := p.outputNames(s)
	if names == nil {
		out := PackageOutput{Name: "out"}
		if withPaths {
			out.Path = p.OutPath(s)
		}
		return []PackageOutput{out}
	}
	var outputs []PackageOutput
	for _, name := range names {
		out := PackageOutput{Name: name}
		if withPaths {
			var ok bool
			if out.Path, ok = p.outputPath(s, name); !ok {
				continue
			}
		}
		outputs = append(outputs, out)
	}
	slices.SortStableFunc(outputs, func(a, b PackageOutput) int {
		switch {
		case a.Name < b.Name:
			return -1
		case a.Name > b.Name:
			return 1
		}
		return 0
	})
	return slices.CompactFunc(outputs, func(a, b PackageOutput) bool { return a.Name == b.Name })
}

// outputNames returns the outputs in the package's own order, nil if it does not
// say which it has.
func (p *Package) outputNames(s *eval.State) []store.OutputName {
	v, pos, ok := p.attrs.GetNameAt("outputs")
	if !ok {
		return nil
	}
	names := []store.OutputName{}
	for _, elem := range s.ForceListAt(v, pos, "while evaluating the 'outputs' attribute of a derivation").List() {
		names = append(names, s.ForceStringAt(elem, pos, "while evaluating the name of an output of a derivation"))
	}
	return names
}

func (p *Package) outputPath(s *eval.State, name store.OutputName) (store.Path, bool) {
	v, ok := p.attrs.GetName(name)
	if !ok {
		return "", false
	}
	_, pos, _ := p.attrs.GetNameAt("outputs")
	out, pos, ok := s.ForceAttrsAt(v, pos, "while evaluating an output of a derivation").GetNameAt("outPath")
	if !ok {
		return "", false
	}
	path, _ := s.CoerceToStorePath(out, pos, "while evaluating an output path of a derivation")
	return path, true
}

// OutputsToInstall returns the outputs that are meant if no others are asked
// for: the one that the package was selected by, or meta.outputsToInstall, or
// all.
func (p *Package) OutputsToInstall(s *eval.State) []store.OutputName {
	all := p.outputNames(s)
	if all == nil {
		all = []store.OutputName{"out"}
	}
	if v, pos, ok := p.attrs.GetNameAt("outputSpecified"); ok && s.ForceBoolAt(v, pos, "while evaluating the 'outputSpecified' attribute of a derivation") {
		name := p.OutputName(s)
		if !slices.Contains(all, name) {
			s.Fail(eval.ErrorOther, "derivation does not have output '%s'", name)
		}
		return []store.OutputName{name}
	}
	v, ok := p.Meta(s, "outputsToInstall")
	if !ok {
		return all
	}
	const bad = "this derivation has bad 'meta.outputsToInstall'"
	if v.Kind() != eval.KindList {
		s.Fail(eval.ErrorOther, bad)
	}
	var names []store.OutputName
	for _, elem := range v.List() {
		elem = s.Force(elem)
		if elem.Kind() != eval.KindString || !slices.Contains(all, elem.AsString()) {
			s.Fail(eval.ErrorOther, bad)
		}
		names = append(names, elem.AsString())
	}
	return names
}

// MetaNames returns the names of what the package says of itself for people,
// sorted.
func (p *Package) MetaNames(s *eval.State) []string {
	meta, ok := p.meta(s)
	if !ok {
		return nil
	}
	names := meta.Names()
	slices.Sort(names)
	return names
}

func (p *Package) meta(s *eval.State) (eval.Attrs, bool) {
	v, pos, ok := p.attrs.GetNameAt("meta")
	if !ok {
		return eval.NoAttrs(), false
	}
	return s.ForceAttrsAt(v, pos, "while evaluating the 'meta' attribute of a derivation"), true
}

// Meta returns an attribute of meta, evaluated with all that is in it. It
// returns false if it is not there, or not of strings, numbers, Booleans and
// lists and sets of these.
func (p *Package) Meta(s *eval.State, name string) (eval.Value, bool) {
	meta, ok := p.meta(s)
	if !ok {
		return eval.Value{}, false
	}
	v, ok := meta.GetName(name)
	if !ok || !isPlainMeta(s, v) {
		return eval.Value{}, false
	}
	return s.Force(v), true
}

func isPlainMeta(s *eval.State, v eval.Value) bool {
	s.EnterFor(v)
	defer s.Leave()
	v = s.ForceFor(v, s.PlaceOf(v, 0))
	switch v.Kind() {
	case eval.KindList:
		for _, elem := range v.List() {
			if !isPlainMeta(s, elem) {
				return false
			}
		}
		return true
	case eval.KindAttrs:
		if _, ok := v.Attrs().GetName("outPath"); ok {
			return false
		}
		for attr := range s.InOrder(v.Attrs()) {
			if !isPlainMeta(s, attr.Value) {
				return false
			}
		}
		return true
	case eval.KindInt, eval.KindBool, eval.KindString, eval.KindFloat:
		return true
	}
	return false
}

// MetaString returns an attribute of meta that is a string, or else "".
func (p *Package) MetaString(s *eval.State, name string) string {
	if v, ok := p.Meta(s, name); ok && v.Kind() == eval.KindString {
		return v.AsString()
	}
	return ""
}
