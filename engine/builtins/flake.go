package builtins

import (
	"fmt"
	"slices"

	"nixbench/engine/eval"
)

// flakes are the builtins on flakes.
func flakes() []eval.Builtin {
	return []eval.Builtin{
		def1("getFlake", 1, "args", getFlake),
		def1("parseFlakeRef", 1, "flake-ref", parseFlakeRef),
		def1("flakeRefToString", 1, "attrs", flakeRefToString),
	}
}

// requireFlakes raises an error unless the feature is on.
func requireFlakes(s *eval.State) {
	if !s.Evaluator().Options().Features["flakes"] {
		s.Fail(eval.ErrorOther, "experimental Nix feature 'flakes' is disabled; add '--extra-experimental-features flakes' to enable it")
	}
}

// requireFeature raises an error unless flakes are on, if the type of ref is one
// that there is only for them.
func (ref flakeRef) requireFeature(s *eval.State) {
	switch kind := ref.text("type"); {
	case kind == "indirect", kind == "path", slices.Contains(forges, kind):
		requireFlakes(s)
	}
}

func getFlake(s *eval.State, v eval.Value) eval.Value {
	requireFlakes(s)
	text := s.ForceStringNoCtx(v, "while evaluating the argument passed to builtins.getFlake")
	if _, err := parseRef(text); err != nil {
		s.FailWith(err)
	}
	s.Fail(eval.ErrorFile, "cannot fetch flake '%s': this version has no network fetching, and getFlake needs it", text)
	return v
}

func parseFlakeRef(s *eval.State, v eval.Value) eval.Value {
	text := s.ForceStringNoCtx(v, "while evaluating the argument passed to builtins.parseFlakeRef")
	ref, err := parseRef(text)
	if err != nil {
		s.FailWith(err)
	}
	ref.requireFeature(s)
	b := s.NewAttrs(len(ref))
	for name, x := range ref {
		switch x := x.(type) {
		case string:
			b.SetName(name, eval.MakeString(x))
		case int64:
			b.SetName(name, eval.MakeInt(x))
		case bool:
			b.SetName(name, eval.MakeBool(x))
		}
	}
	return b.Value()
}

func flakeRefToString(s *eval.State, v eval.Value) eval.Value {
	attrs := s.ForceAttrs(v, "while evaluating the argument passed to builtins.flakeRefToString")
	ref := make(flakeRef)
	for a := range attrs.All() {
		name := eval.SymName(a.Name)
		switch x := s.Force(a.Value); x.Kind() {
		case eval.KindInt:
			if x.AsInt() < 0 {
				s.Fail(eval.ErrorOther, "negative value given for flake ref attr %s: %d", name, x.AsInt())
			}
			ref[name] = x.AsInt()
		case eval.KindBool:
			ref[name] = x.AsBool()
		case eval.KindString:
			ref[name] = x.AsString()
		default:
			s.Fail(eval.ErrorOther, "flake reference attribute sets may only contain integers, Booleans, and strings, but attribute '%s' is %s",
				name, eval.ShowType(x))
		}
	}
	if err := ref.check(); err != nil {
		s.FailWith(err)
	}
	ref.requireFeature(s)
	return eval.MakeString(ref.print())
}

// languageError returns an error of the language without a cause.
func languageError(format string, args ...any) error {
	return &eval.Error{Kind: eval.ErrorOther, Msg: fmt.Sprintf(format, args...)}
}
