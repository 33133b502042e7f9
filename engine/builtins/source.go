package builtins

import (
	"errors"

	"nixbench/engine/eval"
	"nixbench/engine/instantiate"
	"nixbench/engine/syntax"
	"nixbench/store"
	"nixbench/store/nixhash"
)

// This file has the builtins that put files into the store.

// toFile refers to nothing but store paths: a derivation's output may not be
// there when the file is read.
func toFile(s *eval.State, name, contents eval.Value) eval.Value {
	n := s.ForceStringNoCtx(name, "while evaluating the first argument passed to builtins.toFile")
	text, ctx := s.ForceString(contents, "while evaluating the second argument passed to builtins.toFile")
	refs := make([]store.Path, 0, len(ctx))
	for _, e := range ctx.Ordered() {
		if e.IsDrvDeep() || e.IsOutput() {
			s.Fail(eval.ErrorOther, "files created by %s may not reference derivations, but %s references %s",
				"builtins.toFile", n, encodedElem(e))
		}
		refs = append(refs, e.Path())
	}
	if size := len(n) + len(text); size >= largeText {
		s.MakeText(4 * size) // the text, its archive, and what is wrong with the name
	}
	p, err := s.World().AddText(s.Context(), n, []byte(text), refs)
	if err != nil {
		s.Poll()
		s.FailWith(err)
	}
	return storePathString(p)
}

// encodedElem returns how Nix spells an element, with the path's base name.
func encodedElem(e eval.ContextElem) string {
	switch {
	case e.IsDrvDeep():
		return "=" + e.Path().Base()
	case e.IsOutput():
		return "!" + e.Output() + "!" + e.Path().Base()
	}
	return e.Path().Base()
}

// storePathString returns a store path as a string that refers to itself.
func storePathString(p store.Path) eval.Value {
	return eval.MakeContextString(string(p), eval.NewStringContext(eval.OpaqueElem(p)))
}

// A source is a file or tree to be added to the store.
type source struct {
	name   string
	path   string
	ctx    eval.StringContext
	filter eval.Value // KindNone: takes everything
	method store.IngestionMethod
	hash   nixhash.Hash // expected; zero expects none
	store  Store        // tells what is referred to
	refs   []store.Path // what it is said to refer to, sorted
}

func (t *table) filterSource(s *eval.State, filter, file eval.Value) eval.Value {
	p, ctx := s.CoerceToPath(file, "while evaluating the second argument (the path to filter) passed to 'builtins.filterSource'")
	f := s.ForceFunction(filter, "while evaluating the first argument passed to builtins.filterSource")
	return (&source{store: t.Store, name: eval.SourceName(p), path: p, ctx: ctx, filter: f, method: store.NAR}).add(s)
}

func (t *table) addPath(s *eval.State, arg eval.Value) eval.Value {
	src := source{store: t.Store, method: store.NAR}
	attrs := s.ForceAttrs(arg, "while evaluating the argument passed to 'builtins.path'")
	for a := range s.InOrder(attrs) {
		switch name := eval.SymName(a.Name); name {
		case "path":
			src.path, src.ctx = s.CoerceToPathAt(a.Value, a.Pos, "while evaluating the 'path' attribute passed to 'builtins.path'")
		case "name":
			src.name = s.ForceStringAt(a.Value, a.Pos, "while evaluating the `name` attribute passed to builtins.path")
		case "filter":
			src.filter = s.ForceFunctionAt(a.Value, a.Pos, "while evaluating the `filter` parameter passed to builtins.path")
		case "recursive":
			if !s.ForceBoolAt(a.Value, a.Pos, "while evaluating the `recursive` attribute passed to builtins.path") {
				src.method = store.Flat
			}
		case "sha256":
			text := s.ForceStringAt(a.Value, a.Pos, "while evaluating the `sha256` attribute passed to builtins.path")
			src.hash = expectedHash(s, text)
		default:
			s.Raise(eval.ErrorOther, syntax.Hintf("unsupported argument '%s' to 'builtins.path'", eval.QuoteName(name)), eval.At(a.Pos))
		}
	}
	if src.path == "" {
		s.Fail(eval.ErrorOther, "missing required 'path' attribute in the first argument to 'builtins.path'")
	}
	if src.name == "" {
		src.name = eval.SourceName(src.path)
	}
	return src.add(s)
}

// expectedHash reads a SHA-256 hash, which may be empty.
func expectedHash(s *eval.State, text string) nixhash.Hash {
	return instantiate.ParseExpectedHash(s, text, nixhash.SHA256)
}

// add adds the source to the store and returns its store path.
func (src *source) add(s *eval.State) (v eval.Value) {
	s.While(0, syntax.Hintf("while adding path '%s'", eval.ShowPath(src.path)), func() { v = src.addOnce(s) })
	return v
}

func (src *source) addOnce(s *eval.State) eval.Value {
	if _, _, err := s.World().StoreDir().PathOf(src.path); err == nil && len(src.ctx) > 0 {
		src.path = s.Realise(src.ctx, src.path)
		src.refs = referencesOf(s, src.store, src.path)
	}
	a := eval.AddPath{Name: src.name, Method: src.method, Refs: src.refs}
	if !src.hash.IsZero() {
		if p := src.expectedPath(s); src.isPresent(s, p) {
			return storePathString(p)
		}
		a.SHA256 = src.hash.Nix32()
	}
	a.Path = s.ResolveLinks(src.path)
	var filterErr *eval.Error
	if src.filter.Kind() != eval.KindNone {
		a.Filter = func(file string, t eval.FileType) (take bool, err error) {
			filterErr = s.Detour(func() { take = src.takes(s, file, t) })
			if filterErr != nil {
				return false, filterErr
			}
			return take, nil
		}
	}
	p, err := s.World().AddPath(s.Context(), a)
	var mismatch *store.HashMismatch
	switch {
	case err == nil:
		return storePathString(p)
	case filterErr != nil:
		s.FailWith(filterErr)
	case errors.As(err, &mismatch):
		s.Raise(eval.ErrorOther, syntax.Hintf("store path mismatch in (possibly filtered) path added from '%s'", src.path), eval.Because(err))
	}
	s.FailFile(a.Path, err)
	return eval.Value{}
}

// referencesOf returns the references of the store path that a file with a context is in: the
// copy is said to have them, too. There are none outside the store, or of what is not valid.
// Behaviour: addPath in Nix's primops.cc.
func referencesOf(s *eval.State, st Store, file string) []store.Path {
	p, _, err := s.World().StoreDir().PathOf(file)
	if err != nil || st == nil {
		return nil
	}
	refs, err := st.References(s.Context(), p)
	if err != nil {
		s.Poll()
		return nil
	}
	return refs
}

// takes asks the filter about a file.
func (src *source) takes(s *eval.State, file string, t eval.FileType) bool {
	return s.ForceBool(s.Call2(src.filter, eval.MakeString(file), eval.MakeString(t.String())),
		"while evaluating the return value of the path filter function")
}

func (src *source) expectedPath(s *eval.State) store.Path {
	p, err := s.World().StoreDir().FixedPath(src.name, src.method, src.hash, src.refs, false)
	if err != nil {
		s.FailWith(instantiate.PathError(err))
	}
	return p
}

// isPresent reports whether the expected path is valid, and lets it be read.
func (src *source) isPresent(s *eval.State, p store.Path) bool {
	valid, err := s.World().IsValid(s.Context(), p)
	if err != nil {
		s.Poll()
		s.FailWith(err)
	}
	if valid {
		permit(s, p)
	}
	return valid
}
