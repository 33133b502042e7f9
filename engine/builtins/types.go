package builtins

import "nixbench/engine/eval"

// types are the builtins that tell what a value is.
func types() []eval.Builtin {
	return []eval.Builtin{
		global(isKind("isNull", eval.KindNull)),
		isKind("isBool", eval.KindBool),
		isKind("isInt", eval.KindInt),
		isKind("isFloat", eval.KindFloat),
		isKind("isString", eval.KindString),
		isKind("isPath", eval.KindPath),
		isKind("isList", eval.KindList),
		isKind("isAttrs", eval.KindAttrs),
		isKind("isFunction", eval.KindLambda, eval.KindBuiltin, eval.KindPartial),
		def1("typeOf", 1, "e", typeOf),
		def1("functionArgs", 1, "f", functionArgs),
	}
}

// isKind returns the builtin that tells whether a value is of one of the kinds.
func isKind(name string, kinds ...eval.Kind) eval.Builtin {
	var set uint32
	for _, k := range kinds {
		set |= 1 << k
	}
	return def1(name, 1, "e", func(s *eval.State, v eval.Value) eval.Value {
		return eval.MakeBool(set&(1<<s.Force(v).Kind()) != 0)
	})
}

func typeOf(s *eval.State, v eval.Value) eval.Value {
	return eval.MakeString(s.Force(v).Kind().String())
}

func functionArgs(s *eval.State, f eval.Value) eval.Value {
	f = s.Force(f)
	switch f.Kind() {
	case eval.KindLambda:
	case eval.KindBuiltin, eval.KindPartial:
		return eval.EmptyAttrs
	default:
		s.Fail(eval.ErrorType, "'functionArgs' requires a function")
	}
	args, _ := s.FunctionArgs(f)
	b := s.NewAttrs(len(args))
	for _, a := range args {
		b.Add(eval.Attr{Name: a.Name, Value: eval.MakeBool(a.HasDefault), Pos: a.Pos})
	}
	return b.Value()
}
