package builtins

import (
	"nixbench/engine/eval"
	"nixbench/engine/syntax"
	"nixbench/store"
)

// contexts are the builtins on what strings refer to.
func (t *table) contexts() []eval.Builtin {
	return []eval.Builtin{
		says(hasContextArg, def1("hasContext", eval.Told, "s", hasContext)),
		says(getContextArg, def1("getContext", eval.Told, "s", t.getContext)),
		def2("appendContext", eval.Told, "s context", t.appendContext),
		def1("unsafeDiscardStringContext", eval.Coerced, "s", discardContext),
		def1("unsafeDiscardOutputDependency", eval.Coerced, "s", discardOutputDependency),
		def1("addDrvOutputDependencies", eval.Coerced, "s", addDrvOutputDependencies),
	}
}

const getContextArg = "while evaluating the argument passed to builtins.getContext"

const hasContextArg = "while evaluating the argument passed to builtins.hasContext"

func hasContext(s *eval.State, v eval.Value) eval.Value {
	_, ctx := s.ForceString(v, hasContextArg)
	return eval.MakeBool(len(ctx) > 0)
}

func discardContext(s *eval.State, v eval.Value) eval.Value {
	text, _ := s.CoerceToString(v, "while evaluating the argument passed to builtins.unsafeDiscardStringContext",
		copyPaths)
	return eval.MakeString(text)
}

func discardOutputDependency(s *eval.State, v eval.Value) eval.Value {
	text, ctx := s.CoerceToString(v, "while evaluating the argument passed to builtins.unsafeDiscardOutputDependency",
		copyPaths)
	elems := make([]eval.ContextElem, len(ctx))
	for i, e := range ctx {
		if e.IsDrvDeep() {
			e = eval.OpaqueElem(e.Path())
		}
		elems[i] = e
	}
	return eval.MakeContextString(text, eval.NewStringContext(elems...))
}

func addDrvOutputDependencies(s *eval.State, v eval.Value) eval.Value {
	text, ctx := s.CoerceToString(v, "while evaluating the argument passed to builtins.addDrvOutputDependencies",
		copyPaths)
	if len(ctx) != 1 {
		s.Fail(eval.ErrorOther, "context of string '%s' must have exactly one element, but has %d", text, len(ctx))
	}
	e := ctx[0]
	switch {
	case e.IsDrvDeep():
		return eval.MakeContextString(text, ctx)
	case e.IsOutput():
		s.Fail(eval.ErrorOther, "`addDrvOutputDependencies` can only act on derivations, not on a derivation output such as '%s'", e.Output())
	case !e.Path().IsDerivation():
		s.Fail(eval.ErrorOther, "path '%s' is not a derivation", e.Path())
	}
	return eval.MakeContextString(text, eval.NewStringContext(eval.DrvDeepElem(e.Path())))
}

func (t *table) getContext(s *eval.State, v eval.Value) eval.Value {
	_, ctx := s.ForceString(v, getContextArg)
	type info struct {
		opaque, deep bool
		outputs      []eval.Value
	}
	infos := make(map[store.Path]*info)
	for _, e := range ctx {
		p := t.derivationOf(s, e)
		i := infos[p]
		if i == nil {
			i = &info{}
			infos[p] = i
		}
		switch {
		case e.IsDrvDeep():
			i.deep = true
		case e.IsOutput():
			i.outputs = append(i.outputs, eval.MakeString(e.Output()))
		default:
			i.opaque = true
		}
	}
	all, allOutputs := s.NewAttrs(len(infos)), eval.Intern("allOutputs")
	for p, i := range infos {
		b := s.NewAttrs(3)
		if i.opaque {
			b.Set(symPath, eval.True)
		}
		if i.deep {
			b.Set(allOutputs, eval.True)
		}
		if len(i.outputs) > 0 {
			b.Set(symOutputs, s.ListOf(i.outputs...))
		}
		all.SetName(string(p), b.Value())
	}
	return all.Value()
}

// derivationOf returns the store path that an element of a context is, or the derivation that
// it is an output of. That may be an output itself, of which it must be known where it is.
func (t *table) derivationOf(s *eval.State, e eval.ContextElem) store.Path {
	inner, _ := e.Inner()
	if !e.IsNested() {
		return e.Path()
	}
	drvPath, name := t.derivationOf(s, inner), inner.Output()
	var p store.Path
	if t.Store != nil {
		var err error
		if p, err = t.Store.OutputPath(s.Context(), drvPath, store.OutputName(name)); err != nil {
			s.Poll()
			s.Fail(eval.ErrorOther, "%s", err)
		}
	}
	if p == "" {
		s.Fail(eval.ErrorOther, "cannot operate on output '%s' of the unbuilt derivation '%s'", name, drvPath)
	}
	return p
}

func (t *table) appendContext(s *eval.State, str, context eval.Value) eval.Value {
	text, ctx := s.ForceString(str, "while evaluating the first argument passed to builtins.appendContext")
	attrs := s.ForceAttrs(context, "while evaluating the second argument passed to builtins.appendContext")
	var elems []eval.ContextElem
	allOutputs := eval.Intern("allOutputs")
	for a := range s.InOrder(attrs) {
		elems = append(elems, t.contextOf(s, a, allOutputs)...)
	}
	return eval.MakeContextString(text, ctx.Union(eval.NewStringContext(elems...)))
}

// contextOf returns the elements that one attribute of a context stands for. AllOutputs
// is that name.
func (t *table) contextOf(s *eval.State, a eval.Attr, allOutputs eval.Sym) (elems []eval.ContextElem) {
	name := eval.SymName(a.Name)
	p, err := s.World().StoreDir().ParsePath(name)
	if err != nil {
		s.Raise(eval.ErrorOther, syntax.Hintf("context key '%s' is not a store path", eval.QuoteName(name)), eval.At(a.Pos))
	}
	t.ensure(s, p)
	notDerivation := func(what string) {
		s.Raise(eval.ErrorOther, syntax.Hintf("tried to add %s context of %s, which is not a derivation, to a string", what, eval.QuoteName(name)), eval.At(a.Pos))
	}
	info := s.ForceAttrsAt(a.Value, a.Pos, "while evaluating the value of a string context")
	if v, ok := info.Get(symPath); ok &&
		s.ForceBoolAt(v, info.Pos(symPath), "while evaluating the `path` attribute of a string context") {
		elems = append(elems, eval.OpaqueElem(p))
	}
	if v, ok := info.Get(allOutputs); ok &&
		s.ForceBoolAt(v, info.Pos(allOutputs), "while evaluating the `allOutputs` attribute of a string context") {
		if !p.IsDerivation() {
			notDerivation("all-outputs")
		}
		elems = append(elems, eval.DrvDeepElem(p))
	}
	v, ok := info.Get(symOutputs)
	if !ok {
		return elems
	}
	at := info.Pos(symOutputs)
	outputs := s.ForceListAt(v, at, "while evaluating the `outputs` attribute of a string context").List()
	if len(outputs) > 0 && !p.IsDerivation() {
		notDerivation("derivation output")
	}
	for _, o := range outputs {
		name := s.ForceStringAt(o, at, "while evaluating an output name within a string context")
		elems = append(elems, eval.BuiltElem(p, name))
	}
	return elems
}
