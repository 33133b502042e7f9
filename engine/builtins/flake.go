package builtins

import (
	"path"
	"slices"

	"nixbench/engine/eval"
	"nixbench/engine/instantiate"
)

// flakes are the builtins on flakes.
func flakes() []eval.Builtin {
	return []eval.Builtin{
		says(getFlakeArg, def1("getFlake", eval.Told, "args", getFlake)),
		says(parseFlakeRefArg, def1("parseFlakeRef", eval.Told, "flake-ref", parseFlakeRef)),
		def1("flakeRefToString", 1, "attrs", flakeRefToString),
	}
}

const parseFlakeRefArg = "while evaluating the argument passed to builtins.parseFlakeRef"

const getFlakeArg = "while evaluating the argument passed to builtins.getFlake"

// requireFlakes raises an error unless the feature is on.
func requireFlakes(s *eval.State) { requireFeature(s, "flakes") }

// requireFeature raises an error unless an experimental feature is on.
func requireFeature(s *eval.State, name string) {
	instantiate.RequireFeature(s, name, "")
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
	if v = s.Force(v); v.Kind() == eval.KindPath {
		file := s.RealisePath(v, "")
		requireFlakes(s)
		if _, err := s.Lstat(path.Join(file, "flake.nix")); err != nil {
			s.FailFile(path.Join(file, "flake.nix"), err)
		}
		noFlakes(s, file)
	}
	text := s.ForceStringNoCtx(v, getFlakeArg)
	ref, err := parseRef(s, text)
	if err != nil {
		s.FailWith(err)
	}
	requireFlakes(s)
	if s.Evaluator().Options().PureEval && !ref.locked(s) {
		s.FailForeign(eval.ErrorOther, "cannot call 'getFlake' on unlocked flake reference '%s', at «none»:0 (use --impure to override)", text)
	}
	if ref.text("type") == "path" {
		noFlakes(s, text)
	}
	noNetwork(s, "flakes", text)
	return v
}

// noFlakes raises the error for a flake that is on this machine.
func noFlakes(s *eval.State, flake string) {
	s.FailForeign(eval.ErrorOther, "cannot evaluate the flake '%s': flakes are not supported yet", flake)
}

func parseFlakeRef(s *eval.State, v eval.Value) eval.Value {
	text := s.ForceStringNoCtx(v, parseFlakeRefArg)
	ref, err := parseRef(s, text)
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
	for a := range s.InOrder(attrs) {
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
				eval.QuoteName(name), eval.ShowType(x))
		}
	}
	dir, hasDir := ref.str(s, "dir")
	delete(ref, "dir")
	ref.accept(s)
	if hasDir {
		ref["dir"] = dir
	}
	return eval.MakeString(ref.url(s))
}

// languageError returns an error of the language without a cause.
func languageError(format string, args ...any) error {
	err := eval.Errorf(eval.ErrorOther, format, args...)
	eval.Foreign()(err)
	return err
}
