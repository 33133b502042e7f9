package builtins

import (
	"strings"

	"nixbench/engine/eval"
	"nixbench/engine/syntax"
)

// fetchMercurial reads its argument and says that it needs the network.
// Behaviour: Nix's fetchMercurial.cc.
func fetchMercurial(s *eval.State, arg eval.Value) eval.Value {
	ref := flakeRef{"type": "hg", "name": "source"}
	place := ""
	if arg = s.Force(arg); arg.Kind() != eval.KindAttrs {
		place, _ = s.CoerceToString(arg, "while evaluating the first argument passed to builtins.fetchMercurial", eval.CoerceOpts{})
	} else {
		place = hgArguments(s, ref, arg.Attrs())
	}
	checkURI(s, place)
	if _, ok := ref["rev"]; !ok && s.Evaluator().Options().PureEval {
		s.FailForeign(eval.ErrorOther, "in pure evaluation mode, 'fetchMercurial' requires a Mercurial revision")
	}
	if !strings.Contains(place, "://") {
		place = "file://" + place
	}
	ref["url"] = place
	ref.accept(s)
	s.While(0, syntax.Hintf("while fetching the input '%s'", ref.url(s)), func() { ref.fetch(s) })
	return arg
}

// hgArguments reads the attributes of a set, and returns the place of the
// repository.
func hgArguments(s *eval.State, ref flakeRef, attrs eval.Attrs) (place string) {
	for a := range s.InOrder(attrs) {
		switch name := eval.SymName(a.Name); name {
		case "url":
			place, _ = s.CoerceToString(a.Value, "while evaluating the `url` attribute passed to builtins.fetchMercurial", eval.CoerceOpts{Pos: a.Pos})
		case "rev":
			rev := s.ForceStringAt(a.Value, a.Pos, "while evaluating the `rev` attribute passed to builtins.fetchMercurial")
			ref.setCommitOrRef(rev)
		case "name":
			ref["name"] = s.ForceStringAt(a.Value, a.Pos, "while evaluating the `name` attribute passed to builtins.fetchMercurial")
		default:
			s.Raise(eval.ErrorOther, syntax.Hintf("unsupported argument '%s' to 'fetchMercurial'", name), eval.At(a.Pos))
		}
	}
	if place == "" {
		s.Fail(eval.ErrorOther, "'url' argument required")
	}
	return place
}
