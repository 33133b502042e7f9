package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"nixbench/engine/eval"
	"nixbench/engine/syntax"
	"nixbench/store"
)

// This file finds the derivations that a value is or holds.

// A Derivation is what a value of the language says about itself as a
// derivation.
type Derivation struct {
	AttrPath string // where it was found, "" for the value itself
	Name     string
	DrvPath  store.Path
	// OutputName is the output that the value itself stands for, "" if it does
	// not say. It is there if [FactOutputName] was asked for.
	OutputName store.OutputName
	// Outputs are those that are meant if no others are asked for, sorted: the
	// one that it was selected by, or meta.outputsToInstall, or all. They are
	// there if [FactOutputs] was asked for.
	Outputs []store.OutputName
}

// Facts are what a derivation is asked for besides its name and its path. What is not
// asked for is not evaluated, and may fail, as in Nix.
type Facts uint8

// The facts.
const (
	FactOutputName Facts = 1 << iota
	FactOutputs
)

// Target returns what has to be realised for the derivation's outputs.
func (d Derivation) Target() store.DerivedPath {
	return store.DerivedPath{Path: d.DrvPath, Outputs: d.Outputs}
}

// ErrNotDerivation reports that a value is neither a derivation nor can hold any.
var ErrNotDerivation = errors.New("expression does not evaluate to a derivation (or a set or list of those)")

// ErrNoDrvPath reports that a set of the type of derivations does not say which it is.
var ErrNoDrvPath = errors.New("derivation does not contain a 'drvPath' attribute")

// Derivations returns the derivations that v is or holds, as [Packages] finds
// them. A set or list may hold none; for other values the error is one for which
// errors.Is(err, [ErrNotDerivation]). The .drv files are written by then.
func (e *Engine) Derivations(ctx context.Context, ev *eval.Evaluator, v eval.Value, opts WalkOptions, facts Facts) ([]Derivation, error) {
	var pkgs []*Package
	if err := ev.Do(ctx, func(s *eval.State) { pkgs = Packages(s, v, opts) }); err != nil {
		return nil, err
	}
	return e.Instantiate(ctx, ev, pkgs, facts)
}

// Instantiate returns the derivations of packages in their order, and after an error
// those of the packages before it. The .drv files are written by then.
func (e *Engine) Instantiate(ctx context.Context, ev *eval.Evaluator, pkgs []*Package, facts Facts) ([]Derivation, error) {
	drvs := make([]Derivation, 0, len(pkgs))
	err := ev.Do(ctx, func(s *eval.State) {
		ahead := eval.NewAhead(s, len(pkgs), nil, func(s *eval.State, i int) Derivation { return pkgs[i].derivation(s, facts) })
		defer ahead.Stop()
		for i, p := range pkgs {
			d, ok := ahead.Take(i)
			if !ok {
				d = p.derivation(s, facts)
			}
			drvs = append(drvs, d)
		}
	})
	return drvs, cmp.Or(err, e.Flush(ctx))
}

// derivation instantiates a package.
func (p *Package) derivation(s *eval.State, facts Facts) Derivation {
	d := Derivation{AttrPath: p.AttrPath, Name: p.Name, DrvPath: p.DrvPath(s)}
	if d.DrvPath == "" {
		s.FailWith(ErrNoDrvPath)
	}
	if facts&FactOutputName != 0 {
		d.OutputName = p.OutputName(s)
	}
	if facts&FactOutputs == 0 {
		return d
	}
	if d.Outputs = slices.Sorted(slices.Values(p.OutputsToInstall(s))); len(d.Outputs) == 0 {
		d.Outputs = []store.OutputName{"out"} // as InstallableAttrPath in Nix
	}
	return d
}

// SingleTarget returns what v stands for if it is a path, which is copied to
// the store, or a string that is a store path or the output of a derivation. It
// returns false for all other values. Errors about strings tell of the attribute that v
// is, at pos.
// Behaviour: trySinglePathToDerivedPaths in Nix's installable-value.cc.
func (e *Engine) SingleTarget(ctx context.Context, ev *eval.Evaluator, v eval.Value, attrPath string, pos eval.Pos) (target store.DerivedPath, ok bool, err error) {
	err = ev.Do(ctx, func(s *eval.State) {
		v = s.Force(v)
		switch v.Kind() {
		case eval.KindPath:
			target, ok = store.DerivedPath{Path: s.CopyPathAs(v.AsString(), "source")}, true
		case eval.KindString:
			target, ok = singleString(s, v, eval.While(pos, syntax.Hint("while evaluating the attribute '"+attrPath+"'"))), true
		}
	})
	if err != nil || !ok {
		return target, false, err
	}
	if err := e.Flush(ctx); err != nil {
		return target, false, err
	}
	if len(target.Outputs) == 0 {
		return target, true, nil
	}
	want := inputOf(target).Placeholder()
	if target.Through == nil {
		d, err := e.ReadDerivation(ctx, target.Path)
		if err != nil {
			return target, false, err
		}
		if p := d.OutputPath(target.Outputs[0]); p != "" {
			want = string(p)
		}
	}
	if text := v.AsString(); text != want {
		return target, false, fmt.Errorf("string '%s' has context with the output '%s' from derivation '%s', "+
			"but the string is not the right placeholder for this derivation output. It should be '%s'",
			text, target.Outputs[0], strings.Join(append([]string{target.Path.Base()}, target.Through...), "^"), want)
	}
	return target, true, nil
}

// singleString returns what a string stands for whose context has exactly one
// element.
func singleString(s *eval.State, v eval.Value, while eval.ErrorOption) store.DerivedPath {
	fail := func(format string, args ...any) { s.Raise(eval.ErrorOther, syntax.Hintf(format, args...), while) }
	text, ctx := v.AsString(), v.Context()
	if len(ctx) != 1 {
		fail("string '%s' has %d entries in its context. It should only have exactly one entry", text, len(ctx))
	}
	elem := ctx[0]
	if elem.IsDrvDeep() {
		fail("string '%s' has a context which refers to a complete source and binary closure. "+
			"This is not supported at this time", text)
	}
	target := derivedPath(elem)
	if target.Outputs == nil && text != string(elem.Path()) {
		fail("path string '%s' has context with the different path '%s'", text, elem.Path())
	}
	return target
}
