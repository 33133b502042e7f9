package builtins

import (
	"nixbench/engine/eval"
	"nixbench/engine/instantiate"
	"nixbench/store"
)

// imports are the builtins that evaluate files.
func (t *table) imports() []eval.Builtin {
	return []eval.Builtin{
		global(def1("import", 1, "path", t.importFile)),
		global(def2("scopedImport", 2, "scope path", t.scopedImport)),
	}
}

func (t *table) importFile(s *eval.State, v eval.Value) eval.Value {
	file := s.RealisePath(v, realising)
	if p, ok := t.derivationAt(s, file); ok {
		return t.importDerivation(s, p)
	}
	return s.Import(file)
}

func (t *table) scopedImport(s *eval.State, scope, v eval.Value) eval.Value {
	file := s.RealisePath(v, realising)
	if p, ok := t.derivationAt(s, file); ok {
		return t.importDerivation(s, p)
	}
	attrs := s.ForceAttrs(scope, "while evaluating the first argument passed to builtins.scopedImport")
	return s.ScopedImport(file, attrs)
}

// derivationAt reports whether a file is a valid store derivation.
func (t *table) derivationAt(s *eval.State, file string) (store.Path, bool) {
	p, err := s.World().StoreDir().ParsePath(file)
	if err != nil || !p.IsDerivation() {
		return "", false
	}
	valid, err := s.World().IsValid(s.Context(), p)
	if err != nil {
		s.Poll()
		s.FailWith(err)
	}
	return p, valid
}

// importDerivation makes the value of a store derivation: what the call of
// derivation that made it returned, as far as a .drv file tells.
func (t *table) importDerivation(s *eval.State, p store.Path) eval.Value {
	d, err := t.Derivations.ReadDerivation(s.Context(), p)
	if err != nil {
		s.Poll()
		s.FailWith(instantiate.PathError(err))
	}
	names := d.OutputNames()
	outputs, elems := s.NewList(len(names))
	b := s.NewAttrs(3 + len(names))
	b.SetName("drvPath", eval.MakeContextString(string(p), eval.NewStringContext(eval.DrvDeepElem(p))))
	b.Set(symName, eval.MakeString(d.Env["name"]))
	for i, name := range names {
		elems[i] = eval.MakeString(name)
		b.SetName(name, instantiate.OutputString(s, p, name, d.OutputPath(name)))
	}
	b.Set(symOutputs, outputs)
	f := s.EvalText("«nix-internal»/imported-drv-to-derivation.nix", importedSource, "/", nil)
	return s.Call1(f, b.Value())
}
