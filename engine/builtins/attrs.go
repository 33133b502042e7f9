package builtins

import "nixbench/engine/eval"

// attrSets are the builtins on attribute sets.
func attrSets() []eval.Builtin {
	return []eval.Builtin{
		def1("attrNames", 1, "set", attrNames),
		def1("attrValues", 1, "set", attrValues),
		def2("getAttr", eval.Told, "s set", getAttr),
		def2("hasAttr", eval.Told, "s set", hasAttr),
		def2("unsafeGetAttrPos", eval.Told, "s set", unsafeGetAttrPos),
		global(def2("removeAttrs", 1, "set list", removeAttrs)),
		def1("listToAttrs", 1, "e", listToAttrs),
		def2("intersectAttrs", 1, "e1 e2", intersectAttrs),
		def2("catAttrs", eval.Told, "attr list", catAttrs),
		def2("mapAttrs", 2, "f attrset", mapAttrs),
		def2("zipAttrsWith", eval.Told, "f list", zipAttrsWith),
	}
}

func attrNames(s *eval.State, set eval.Value) eval.Value {
	attrs := s.ForceAttrs(set, "while evaluating the argument passed to builtins.attrNames")
	s.OrderNames(attrs)
	list, elems := s.NewList(attrs.Len())
	i := 0
	for a := range attrs.All() {
		elems[i] = eval.MakeString(eval.SymName(a.Name))
		i++
	}
	return list
}

func attrValues(s *eval.State, set eval.Value) eval.Value {
	attrs := s.ForceAttrs(set, "while evaluating the argument passed to builtins.attrValues")
	s.OrderNames(attrs)
	list, elems := s.NewList(attrs.Len())
	i := 0
	for a := range attrs.All() {
		elems[i] = a.Value
		i++
	}
	return list
}

func getAttr(s *eval.State, name, set eval.Value) eval.Value {
	n := s.ForceStringNoCtx(name, "while evaluating the first argument passed to builtins.getAttr")
	attrs := s.ForceAttrs(set, "while evaluating the second argument passed to builtins.getAttr")
	v, ok := attrs.GetName(n)
	if !ok {
		v = s.ForceAttr(attrs, eval.Intern(n), "in the attribute set under consideration")
	}
	s.CountSelection(attrs, n)
	return s.Force(v)
}

func hasAttr(s *eval.State, name, set eval.Value) eval.Value {
	n := s.ForceStringNoCtx(name, "while evaluating the first argument passed to builtins.hasAttr")
	attrs := s.ForceAttrs(set, "while evaluating the second argument passed to builtins.hasAttr")
	_, ok := attrs.GetName(n)
	return eval.MakeBool(ok)
}

func unsafeGetAttrPos(s *eval.State, name, set eval.Value) eval.Value {
	n := s.ForceStringNoCtx(name, "while evaluating the first argument passed to builtins.unsafeGetAttrPos")
	attrs := s.ForceAttrs(set, "while evaluating the second argument passed to builtins.unsafeGetAttrPos")
	sym, ok := eval.LookupSym(n)
	if !ok {
		return eval.Null
	}
	return s.PosValue(attrs.Pos(sym))
}

func removeAttrs(s *eval.State, set, names eval.Value) eval.Value {
	attrs := s.ForceAttrs(set, "while evaluating the first argument passed to builtins.removeAttrs")
	var syms []eval.Sym
	for _, e := range s.ForceElems(names, "while evaluating the second argument passed to builtins.removeAttrs") {
		name := s.ForceStringNoCtx(e, "while evaluating the values of the second argument passed to builtins.removeAttrs")
		if sym, ok := eval.LookupSym(name); ok {
			syms = append(syms, sym)
		}
	}
	return s.RemoveAttrs(attrs.Value(), syms)
}

func listToAttrs(s *eval.State, list eval.Value) eval.Value {
	elems := s.ForceElems(list, "while evaluating the argument passed to builtins.listToAttrs")
	b := s.NewAttrs(len(elems))
	incomplete, without := false, eval.Attrs{} // the first pair without a value
	ahead := s.ForceAhead(elems)
	defer ahead.Stop()
	for i, e := range elems {
		ahead.Take(i)
		attrs := s.ForceAttrs(e, "while evaluating an element of the list passed to builtins.listToAttrs")
		name := eval.Intern(s.ForceStringAt(s.ForceAttr(attrs, symName, "in a {name=...; value=...;} pair"), attrs.Pos(symName),
			"while evaluating the `name` attribute of an element of the list passed to builtins.listToAttrs"))
		value, pos, ok := attrs.GetAt(symValue)
		if b.AddFirst(eval.Attr{Name: name, Value: value, Pos: pos}) && !ok && !incomplete {
			incomplete, without = true, attrs
		}
	}
	if incomplete {
		s.ForceAttr(without, symValue, "in a {name=...; value=...;} pair")
	}
	return b.Value()
}

func intersectAttrs(s *eval.State, a, b eval.Value) eval.Value {
	left := s.ForceAttrs(a, "while evaluating the first argument passed to builtins.intersectAttrs")
	right := s.ForceAttrs(b, "while evaluating the second argument passed to builtins.intersectAttrs")
	return s.IntersectAttrs(left.Value(), right.Value())
}

func catAttrs(s *eval.State, name, list eval.Value) eval.Value {
	n := s.ForceStringNoCtx(name, "while evaluating the first argument passed to builtins.catAttrs")
	sym := eval.Intern(n)
	var found []eval.Value
	for _, e := range s.ForceElems(list, "while evaluating the second argument passed to builtins.catAttrs") {
		attrs := s.ForceAttrs(e, "while evaluating an element in the list passed as second argument to builtins.catAttrs")
		if v, ok := attrs.Get(sym); ok {
			found = append(found, v)
		}
	}
	return s.ListOf(found...)
}

func mapAttrs(s *eval.State, f, set eval.Value) eval.Value {
	attrs := s.ForceAttrs(set, "while evaluating the second argument passed to builtins.mapAttrs")
	return s.MapAttrs(f, attrs.Value())
}

func zipAttrsWith(s *eval.State, f, list eval.Value) eval.Value {
	f = s.ForceFunction(f, "while evaluating the first argument passed to builtins.zipAttrsWith")
	sets := s.ForceElems(list, "while evaluating the second argument passed to builtins.zipAttrsWith")
	ahead := s.ForceAhead(sets)
	defer ahead.Stop()
	n := 0
	for i, e := range sets {
		ahead.Take(i)
		n += s.ForceAttrs(e, "while evaluating a value of the list passed as second argument to builtins.zipAttrsWith").Len()
	}
	groups := newGroups(n)
	for i, e := range sets {
		if i%pollEvery == 0 {
			s.Poll()
		}
		for a := range s.Force(e).Attrs().BySymbol() {
			groups.add(a.Name, a.Value)
		}
	}
	b := s.NewAttrs(len(groups.names))
	for i, list := range groups.lists(s) {
		if i%pollEvery == 0 {
			s.Poll()
		}
		name := groups.names[i]
		b.Set(name, s.Thunk(f, eval.MakeString(eval.SymName(name)), list))
	}
	groups.release()
	return b.Value()
}
