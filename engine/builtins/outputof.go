package builtins

import (
	"errors"
	"fmt"

	"nixbench/engine/eval"
	"nixbench/engine/instantiate"
	"nixbench/engine/syntax"
	"nixbench/store"
	"nixbench/store/drv"
	"nixbench/store/nixhash"
)

const outputOfCtx = "while evaluating the first argument to builtins.outputOf"

// outputOf returns an output of a derivation that is known by its store path, or
// what stands for an output of one that is an output itself.
// Behaviour: coerceToSingleDerivedPath in Nix's eval.cc.
func (t *table) outputOf(s *eval.State, ref, output eval.Value) eval.Value {
	text, c := s.ForceString(ref, outputOfCtx)
	fail := func(format string, args ...any) { failWhile(s, outputOfCtx, format, args...) }
	switch {
	case len(c) != 1:
		fail("string '%s' has %d entries in its context. It should only have exactly one entry", text, len(c))
	case c[0].IsDrvDeep():
		fail("string '%s' has a context which refers to a complete source and binary closure. This is not supported at this time", text)
	case c[0].IsOutput():
		if want := t.standsFor(s, c[0]); text != want {
			inner, _ := c[0].Inner()
			fail("string '%s' has context with the output '%s' from derivation '%s', but the string is not the right placeholder for this derivation output. It should be '%s'",
				text, c[0].Output(), inner.Display(), want)
		}
	case text != string(c[0].Path()):
		fail("path string '%s' has context with the different path '%s'", text, c[0].Path())
	}
	name := s.ForceStringNoCtx(output, "while evaluating the second argument to builtins.outputOf")
	elem := eval.NestedElem(c[0], name)
	if !c[0].IsOutput() {
		elem = eval.BuiltElem(c[0].Path(), name)
	}
	return eval.MakeContextString(t.standsFor(s, elem), eval.NewStringContext(elem))
}

// standsFor returns the text that stands for an output: its path if that is known
// before it is built, or a placeholder.
func (t *table) standsFor(s *eval.State, elem eval.ContextElem) string {
	if elem.IsNested() {
		text, _ := placeholderOf(s, elem)
		return text
	}
	p, name := elem.Path(), elem.Output()
	if !p.IsDerivation() {
		failNoDerivation(s, p)
	}
	d, err := t.Derivations.ReadDerivation(s.Context(), p)
	if errors.Is(err, store.ErrInvalidPath) {
		s.Raise(eval.ErrorFile, syntax.Hintf(notValid, p), eval.Because(err))
	}
	if err != nil {
		s.Poll()
		s.FailWith(err)
	}
	if _, ok := d.Outputs[name]; !ok {
		s.Fail(eval.ErrorOther, "derivation '%s' does not have output '%s'", p, name)
	}
	return instantiate.OutputString(s, p, name, d.OutputPath(name)).AsString()
}

const notValid = "path '%s' is not a valid store path"

// failNoDerivation says what is found first of a store path that is read as a
// derivation. Behaviour: readDerivationCommon in Nix's store-api.cc.
func failNoDerivation(s *eval.State, p store.Path) {
	valid, err := s.World().IsValid(s.Context(), p)
	if err != nil {
		s.Poll()
		s.FailWith(err)
	}
	if !valid {
		s.Fail(eval.ErrorFile, notValid, p)
	}
	if t, err := s.Lstat(string(p)); err != nil || t != eval.FileRegular {
		s.Raise(eval.ErrorFile, syntax.Hintf("'%s' is not a regular file", p), eval.Because(err))
	}
	problem := fmt.Sprintf("store path '%s' is not a valid derivation path", p.Base())
	if len(s.ReadFile(string(p))) == 0 {
		problem = "file is empty (possible filesystem corruption)"
	}
	s.Fail(eval.ErrorFile, "error parsing derivation '%s': %s", p, problem)
}

// placeholderOf returns the placeholder of an output and its hash.
func placeholderOf(s *eval.State, elem eval.ContextElem) (string, nixhash.Hash) {
	inner, _ := elem.Inner()
	if !inner.IsOutput() {
		requireFeature(s, "ca-derivations")
		return drv.UpstreamPlaceholder(elem.Path(), elem.Output()), drv.UpstreamHash(elem.Path(), elem.Output())
	}
	_, hash := placeholderOf(s, inner)
	return drv.ComputedPlaceholder(hash, elem.Output())
}
