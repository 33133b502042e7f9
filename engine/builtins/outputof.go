package builtins

import (
	"nixbench/engine/eval"
	"nixbench/engine/instantiate"
)

// outputOf returns an output of a derivation that is known by its store path.
func (t *table) outputOf(s *eval.State, ref, output eval.Value) eval.Value {
	const ctx = "while evaluating the first argument to builtins.outputOf"
	text, c := s.CoerceToString(ref, ctx, copyPaths)
	name := s.ForceStringNoCtx(output, "while evaluating the second argument to builtins.outputOf")
	switch {
	case len(c) != 1:
		s.Fail(eval.ErrorOther, "string '%s' has %d entries in its context. It should only have exactly one entry", text, len(c))
	case c[0].IsDrvDeep():
		s.Fail(eval.ErrorOther, "string '%s' has a context which refers to a complete source and binary closure. This is not supported at this time", text)
	case c[0].Output() != "":
		s.Fail(eval.ErrorOther, "outputs of derivations that are themselves built are not supported: '%s'", text)
	case text != string(c[0].Path()):
		s.Fail(eval.ErrorOther, "path string '%s' has context with the different path '%s'", text, c[0].Path())
	case !c[0].Path().IsDerivation():
		s.Fail(eval.ErrorOther, "path '%s' is not a derivation", c[0].Path())
	}
	p := c[0].Path()
	d, err := t.Derivations.ReadDerivation(s.Context(), p)
	if err != nil {
		s.Poll()
		s.FailWith(err)
	}
	if _, ok := d.Outputs[name]; !ok {
		s.Fail(eval.ErrorOther, "derivation '%s' does not have output '%s'", p, name)
	}
	return instantiate.OutputString(s, p, name, d.OutputPath(name))
}
