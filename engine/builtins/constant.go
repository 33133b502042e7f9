package builtins

import "nixbench/engine/eval"

// constants are the builtins that are no functions.
func (t *table) constants() []eval.Builtin {
	list := []eval.Builtin{
		{Name: "true", Global: true, Value: eval.True},
		{Name: "false", Global: true, Value: eval.False},
		{Name: "null", Global: true, Value: eval.Null},
		{Name: "nixVersion", Value: eval.MakeString(Version)},
		{Name: "langVersion", Value: eval.MakeInt(languageVersion)},
		constant("storeDir", func(s *eval.State) eval.Value { return eval.MakeString(string(s.World().StoreDir())) }),
		constant("nixPath", nixPath),
	}
	if !t.PureEval {
		list = append(list,
			constant("currentTime", func(s *eval.State) eval.Value { return eval.MakeInt(s.World().CurrentTime()) }),
			constant("currentSystem", func(s *eval.State) eval.Value { return eval.MakeString(s.World().CurrentSystem()) }))
	}
	return list
}

// nixPath is the search path as a list of sets.
func nixPath(s *eval.State) eval.Value {
	entries := s.Evaluator().Options().SearchPath
	list, elems := s.NewList(len(entries))
	for i, e := range entries {
		b := s.NewAttrs(2)
		b.Set(symPath, eval.MakeString(e.Path))
		b.Set(symPrefix, eval.MakeString(e.Prefix))
		elems[i] = b.Value()
	}
	return list
}
