package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"unsafe"

	"nixbench/engine/eval"
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
	// not say.
	OutputName store.OutputName
	// Outputs are those that are meant if no others are asked for, sorted: the
	// one that it was selected by, or meta.outputsToInstall, or all.
	Outputs []store.OutputName
	// AllOutputs are all it has, in its own order.
	AllOutputs []store.OutputName
}

// Target returns what has to be realised for the derivation's outputs.
func (d Derivation) Target() store.DerivedPath {
	return store.DerivedPath{Path: d.DrvPath, Outputs: d.Outputs}
}

// ErrNotDerivation reports that a value is neither a derivation nor can hold any.
var ErrNotDerivation = errors.New("expression does not evaluate to a derivation (or a set or list of those)")

// Derivations returns the derivations that v is or holds, each set once: in
// lists, and in sets that are the value itself or say recurseForDerivations. A
// set or list may hold none; for other values the error is one for which
// errors.Is(err, [ErrNotDerivation]). The .drv files are written by then.
// Behaviour: getDerivations in Nix's get-drvs.cc.
func (e *Engine) Derivations(ctx context.Context, ev *eval.Evaluator, v eval.Value) ([]Derivation, error) {
	c := collector{seen: make(map[unsafe.Pointer]bool)}
	err := ev.Do(ctx, func(s *eval.State) {
		c.s = s
		c.all(v, "")
		for i := range c.found {
			c.complete(&c.found[i])
		}
	})
	if err != nil {
		return nil, err
	}
	drvs := make([]Derivation, len(c.found))
	for i, f := range c.found {
		drvs[i] = f.Derivation
	}
	return drvs, e.flush(ctx)
}

// collector walks a value for derivations.
type collector struct {
	s     *eval.State
	seen  map[unsafe.Pointer]bool // the sets that were found
	found []found
}

// found is a derivation of which only the name and place are known at first:
// all are found before the first is instantiated.
type found struct {
	Derivation
	attrs eval.Attrs
}

// all adds the derivations that v is or holds.
func (c *collector) all(v eval.Value, attrPath string) {
	v = c.s.AutoCall(v, eval.NoAttrs())
	switch {
	case c.derivation(v, attrPath):
	case v.Kind() == eval.KindAttrs:
		c.set(v, attrPath)
	case v.Kind() == eval.KindList:
		for i, elem := range v.List() {
			c.all(elem, joinAttr(attrPath, strconv.Itoa(i)))
		}
	default:
		c.s.FailWith(ErrNotDerivation)
	}
}

// set adds the derivations of a set that is none itself. Attributes whose names
// no attribute path could have are passed over, as Nix does.
func (c *collector) set(set eval.Value, attrPath string) {
	for attr := range set.Attrs().All() {
		name := eval.SymName(attr.Name)
		if !isPathComponent(name) {
			continue
		}
		c.s.While(attr.Pos, "while evaluating the attribute '"+name+"'", func() {
			v := c.s.Force(attr.Value)
			if !c.derivation(v, joinAttr(attrPath, name)) && v.Kind() == eval.KindAttrs && c.recurses(v) {
				c.all(v, joinAttr(attrPath, name))
			}
		})
	}
}

// isPathComponent reports whether a name can stand in an attribute path as it is.
func isPathComponent(name string) bool {
	for i := range len(name) {
		c := name[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_'
		if !letter && (i == 0 || !(c >= '0' && c <= '9' || c == '-' || c == '+')) {
			return false
		}
	}
	return name != ""
}

// derivation adds v if it is a derivation that was not added yet, and reports
// whether it is one.
func (c *collector) derivation(v eval.Value, attrPath string) bool {
	if v.Kind() != eval.KindAttrs || !c.s.IsDerivation(v) {
		return false
	}
	if id := v.Identity(); !c.seen[id] {
		c.seen[id] = true
		c.add(v.Attrs(), attrPath)
	}
	return true
}

func joinAttr(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// recurses reports whether a set wants the derivations in it to be found.
func (c *collector) recurses(set eval.Value) bool {
	v, ok := set.Attrs().Get(eval.Intern("recurseForDerivations"))
	return ok && c.s.ForceBool(v, "while evaluating the attribute `recurseForDerivations`")
}

// add adds a derivation that has yet to be completed.
func (c *collector) add(attrs eval.Attrs, attrPath string) {
	name, ok := attrs.GetName("name")
	if !ok {
		c.s.Fail(eval.ErrorOther, "derivation name missing")
	}
	f := found{Derivation{AttrPath: attrPath}, attrs}
	f.Name = c.s.ForceStringNoCtx(name, "while evaluating the 'name' attribute of a derivation")
	c.found = append(c.found, f)
}

// complete instantiates a derivation and finds out which outputs are meant.
func (c *collector) complete(f *found) {
	drvPath, ok := f.attrs.GetName("drvPath")
	if !ok {
		c.s.Fail(eval.ErrorOther, "derivation does not contain a 'drvPath' attribute")
	}
	f.DrvPath, _ = c.s.CoerceToStorePath(drvPath, "while evaluating the 'drvPath' attribute of a derivation")
	if v, ok := f.attrs.GetName("outputName"); ok {
		f.OutputName = c.s.ForceStringNoCtx(v, "while evaluating the output name of a derivation")
	}
	if f.AllOutputs = c.names(f.attrs, "outputs"); f.AllOutputs == nil {
		f.AllOutputs = []store.OutputName{"out"}
	}
	f.Outputs = slices.Sorted(slices.Values(c.wanted(f.attrs, f.Derivation)))
}

// wanted returns the outputs that are meant: the one that the value was
// selected by, or meta.outputsToInstall, or all.
func (c *collector) wanted(attrs eval.Attrs, d Derivation) []store.OutputName {
	if v, ok := attrs.GetName("outputSpecified"); ok && c.s.ForceBool(v, "while evaluating the 'outputSpecified' attribute of a derivation") {
		if !slices.Contains(d.AllOutputs, d.OutputName) {
			c.s.Fail(eval.ErrorOther, "derivation does not have output '%s'", d.OutputName)
		}
		return []store.OutputName{d.OutputName}
	}
	meta, ok := attrs.GetName("meta")
	if !ok {
		return d.AllOutputs
	}
	names := c.names(c.s.ForceAttrs(meta, "while evaluating the 'meta' attribute of a derivation"), "outputsToInstall")
	if names == nil {
		return d.AllOutputs
	}
	for _, name := range names {
		if !slices.Contains(d.AllOutputs, name) {
			c.s.Fail(eval.ErrorOther, "this derivation has bad 'meta.outputsToInstall'")
		}
	}
	return names
}

// names returns a list of strings, nil if there is no such attribute.
func (c *collector) names(attrs eval.Attrs, name string) []string {
	v, ok := attrs.GetName(name)
	if !ok {
		return nil
	}
	names := []string{}
	for _, elem := range c.s.ForceElems(v, "while evaluating the '"+name+"' attribute of a derivation") {
		names = append(names, c.s.ForceStringNoCtx(elem, "while evaluating the name of an output of a derivation"))
	}
	return names
}

// SingleTarget returns what v stands for if it is a path, which is copied to
// the store, or a string that is a store path or the output of a derivation. It
// returns false for all other values.
// Behaviour: trySinglePathToDerivedPaths in Nix's installable-value.cc.
func (e *Engine) SingleTarget(ctx context.Context, ev *eval.Evaluator, v eval.Value) (target store.DerivedPath, ok bool, err error) {
	err = ev.Do(ctx, func(s *eval.State) {
		v = s.Force(v)
		switch v.Kind() {
		case eval.KindPath:
			target, ok = store.DerivedPath{Path: s.CopyPathToStore(v.AsString())}, true
		case eval.KindString:
			target, ok = singleString(s, v), true
		}
	})
	if err != nil || !ok {
		return target, false, err
	}
	if err := e.flush(ctx); err != nil {
		return target, false, err
	}
	if len(target.Outputs) == 0 {
		return target, true, nil
	}
	d, err := e.ReadDerivation(ctx, target.Path)
	if err != nil {
		return target, false, err
	}
	if text, want := v.AsString(), string(d.OutputPath(target.Outputs[0])); text != want {
		return target, false, fmt.Errorf("string '%s' has context with the output '%s' from derivation '%s', "+
			"but the string is not the right placeholder for this derivation output. It should be '%s'",
			text, target.Outputs[0], target.Path.Base(), want)
	}
	return target, true, nil
}

// singleString returns what a string stands for whose context has exactly one
// element.
func singleString(s *eval.State, v eval.Value) store.DerivedPath {
	text, ctx := v.AsString(), v.Context()
	if len(ctx) != 1 {
		s.Fail(eval.ErrorOther, "string '%s' has %d entries in its context. It should only have exactly one entry", text, len(ctx))
	}
	elem := ctx[0]
	if elem.IsDrvDeep() {
		s.Fail(eval.ErrorOther, "string '%s' has a context which refers to a complete source and binary closure. "+
			"This is not supported at this time", text)
	}
	target := store.DerivedPath{Path: elem.Path()}
	if output := elem.Output(); output != "" {
		target.Outputs = []store.OutputName{output}
	} else if text != string(elem.Path()) {
		s.Fail(eval.ErrorOther, "path string '%s' has context with the different path '%s'", text, elem.Path())
	}
	return target
}
