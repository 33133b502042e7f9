package builtins

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"syscall"

	"nixbench/engine/eval"
	"nixbench/engine/syntax"
	"nixbench/store"
)

// A Store tells what builtins ask of the store beyond [eval.World].
type Store interface {
	// References returns the references of a valid store path.
	References(ctx context.Context, p store.Path) ([]store.Path, error)
	// OutputPath returns where an output of a derivation is; "" if that is not known before it
	// is built.
	OutputPath(ctx context.Context, drvPath store.Path, output store.OutputName) (store.Path, error)
}

// paths are the builtins on paths and files.
func (t *table) paths() []eval.Builtin {
	return []eval.Builtin{
		global(def1("baseNameOf", eval.Coerced, "x", baseNameOf)),
		global(def1("dirOf", 1, "s", dirOf)),
		def1("toPath", 1, "s", toPath),
		def1("storePath", 1, "path", t.storePath),
		def1("pathExists", 1, "path", pathExists),
		def1("readFile", 1, "path", t.readFile),
		def1("readFileType", 1, "p", readFileType),
		def1("readDir", 1, "path", readDir),
		def2("findFile", 1, "search-path lookup-path", findFile),
		def1("getEnv", eval.Told, "s", getEnv),
		def2("filterSource", 2, "e1 e2", t.filterSource),
		def1("path", 1, "args", t.addPath),
		def2("toFile", eval.Told, "name s", toFile),
	}
}

const realising = "while realising the context of a path"

func baseNameOf(s *eval.State, v eval.Value) eval.Value {
	text, ctx := s.CoerceToString(v, "while evaluating the first argument passed to builtins.baseNameOf", eval.CoerceOpts{})
	if len(text) > 1 {
		text = strings.TrimSuffix(text, "/") // one slash only, as ever
	}
	return eval.MakeContextString(text[strings.LastIndexByte(text, '/')+1:], ctx)
}

func dirOf(s *eval.State, v eval.Value) eval.Value {
	if file := s.Force(v); file.Kind() == eval.KindPath {
		return eval.MakePath(path.Dir(file.AsString()))
	}
	text, ctx := s.CoerceToString(v, "while evaluating the first argument passed to 'builtins.dirOf'", eval.CoerceOpts{})
	switch i := strings.LastIndexByte(text, '/'); i {
	case -1:
		text = "."
	case 0:
		text = "/"
	default:
		text = text[:i]
	}
	return eval.MakeContextString(text, ctx)
}

func toPath(s *eval.State, v eval.Value) eval.Value {
	file, ctx := s.CoerceToPath(v, "while evaluating the first argument passed to builtins.toPath")
	return eval.MakeContextString(eval.PlainPath(eval.ShowPath(file)), ctx)
}

// storePath refers to a store path that is there already, without copying it.
func (t *table) storePath(s *eval.State, v eval.Value) eval.Value {
	if s.Evaluator().Options().PureEval {
		s.Fail(eval.ErrorOther, "'%s' is not allowed in pure evaluation mode", "builtins.storePath")
	}
	file, ctx := s.CoerceToPath(v, "while evaluating the first argument passed to 'builtins.storePath'")
	dir := s.World().StoreDir()
	if _, err := dir.ParsePath(file); err != nil {
		file = s.ResolveLinks(file)
	}
	p, _, err := dir.PathOf(file)
	if err != nil {
		if below, ok := strings.CutPrefix(file, string(dir)+"/"); ok {
			base, _, _ := strings.Cut(below, "/")
			s.Fail(eval.ErrorOther, "%s", store.BaseProblem(base))
		}
		s.Fail(eval.ErrorOther, "path '%s' is not in the Nix store", eval.ShowPath(file))
	}
	t.ensure(s, p)
	return eval.MakeContextString(file, ctx.Union(eval.NewStringContext(eval.OpaqueElem(p))))
}

// ensure raises an error unless a store path is valid, or would have to be only if
// something was written.
func (t *table) ensure(s *eval.State, p store.Path) {
	if t.ReadOnly {
		return
	}
	valid, err := s.World().IsValid(s.Context(), p)
	if err != nil {
		s.Poll()
		s.FailWith(err)
	}
	if !valid {
		s.Fail(eval.ErrorFile, "path '%s' is required, but there is no substituter that can build it", p)
	}
}

// pathExists does not follow a link at the end of the path, so one that leads
// nowhere exists, unless a slash at the end asks for a directory.
func pathExists(s *eval.State, v eval.Value) eval.Value {
	wantDir := false
	if arg := s.Force(v); arg.Kind() == eval.KindString {
		text := arg.AsString()
		wantDir = strings.HasSuffix(text, "/") || strings.HasSuffix(text, "/.")
	}
	file := s.RealisePath(v, realising)
	if wantDir {
		file = s.RealPath(file)
	}
	t, err := s.Lstat(file)
	if eval.IsRefusal(err) {
		s.FailFile(s.RealParents(file), err)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrPermission) && !errors.Is(err, syscall.ENOTDIR) {
		s.RealPath(file) // fails because of an endless link
	}
	return eval.MakeBool(err == nil && (!wantDir || t == eval.FileDirectory))
}

// readFile's result refers to those store paths that occur in the file, if it
// is in the store.
func (t *table) readFile(s *eval.State, v eval.Value) eval.Value {
	file := s.RealisePath(v, realising)
	text := string(s.ReadFile(file))
	if strings.IndexByte(text, 0) >= 0 {
		s.Fail(eval.ErrorOther, "the contents of the file '%s' cannot be represented as a Nix string", file)
	}
	return eval.MakeContextString(text, t.fileContext(s, file, text))
}

func (t *table) fileContext(s *eval.State, file, text string) eval.StringContext {
	p, _, err := s.World().StoreDir().PathOf(file)
	if err != nil || t.Store == nil {
		return nil
	}
	refs, err := t.Store.References(s.Context(), p)
	if err != nil {
		return nil // the path is not valid: it has no references
	}
	var elems []eval.ContextElem
	for _, ref := range refs {
		if strings.Contains(text, ref.Digest()) {
			elems = append(elems, eval.OpaqueElem(ref))
		}
	}
	return eval.NewStringContext(elems...)
}

func readFileType(s *eval.State, v eval.Value) eval.Value {
	file := s.RealisePath(v, realising)
	if eval.BelowLink(s.Context(), s.World(), file) {
		s.Fail(eval.ErrorFile, "path '%s' (or its ancestor) is a symlink", path.Dir(file))
	}
	t, err := s.Lstat(file)
	if err != nil {
		dir := path.Dir(file)
		if _, err := s.Lstat(dir); eval.IsRefusal(err) {
			s.FailDir(dir, err)
		}
		s.FailFile(file, err)
	}
	return eval.MakeString(t.String())
}

func readDir(s *eval.State, v eval.Value) eval.Value {
	file := s.RealisePath(v, realising)
	entries, err := s.ReadDir(file)
	if err != nil {
		real := s.RealPath(file)
		if _, none := s.Lstat(real); none == nil && errors.Is(err, syscall.ENOTDIR) {
			s.Raise(eval.ErrorFile, syntax.Hintf("'%s' is not a directory", real), eval.Because(err))
		}
		s.FailDir(real, err)
	}
	b := s.NewAttrs(len(entries))
	for _, e := range entries {
		b.SetName(e.Name, eval.MakeString(e.Type.String()))
	}
	return b.Value()
}

func findFile(s *eval.State, list, name eval.Value) eval.Value {
	var entries []eval.SearchPathEntry
	for _, e := range s.ForceElems(list, "while evaluating the first argument passed to builtins.findFile") {
		attrs := s.ForceAttrs(e, "while evaluating an element of the list passed to builtins.findFile")
		var entry eval.SearchPathEntry
		if v, ok := attrs.Get(symPrefix); ok {
			entry.Prefix = s.ForceStringNoCtx(v,
				"while evaluating the `prefix` attribute of an element of the list passed to builtins.findFile")
		}
		v := s.ForceAttr(attrs, symPath, "in an element of the __nixPath")
		text, ctx := s.CoerceToString(v,
			"while evaluating the `path` attribute of an element of the list passed to builtins.findFile", eval.CoerceOpts{})
		if len(ctx) > 0 {
			text = s.TryRealise(ctx, text, func(p store.Path) string {
				return fmt.Sprintf("cannot find '%s', since path '%s' is not valid", text, p.Base())
			})
		}
		entry.Path = text
		entries = append(entries, entry)
	}
	file := s.ForceStringNoCtx(name, "while evaluating the second argument passed to builtins.findFile")
	return eval.MakePath(s.FindFile(entries, file))
}

func getEnv(s *eval.State, v eval.Value) eval.Value {
	name := s.ForceStringNoCtx(v, "while evaluating the first argument passed to builtins.getEnv")
	if o := s.Evaluator().Options(); o.PureEval || o.RestrictEval {
		return eval.MakeString("")
	}
	return eval.MakeString(s.World().Getenv(name))
}
