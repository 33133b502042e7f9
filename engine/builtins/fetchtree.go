package builtins

import (
	"errors"
	"io/fs"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"nixbench/engine/eval"
	"nixbench/engine/syntax"
	"nixbench/store"
	"nixbench/store/nixhash"
)

// fetchTree and fetchGit read their argument into a reference, refuse what it may
// not be, and fetch what is on this machine: paths, files and tarballs.
// Behaviour: Nix's fetchTree.cc and libfetchers, HEAD.

// A treeFetcher is fetchTree or fetchGit.
type treeFetcher struct {
	who string
	git bool
}

func (f treeFetcher) fetch(s *eval.State, arg eval.Value) eval.Value {
	ref := f.reference(s, s.Force(arg))
	opts := s.Evaluator().Options()
	if !opts.PureEval && ref.kind() == "indirect" && opts.Features["flakes"] {
		noNetwork(s, "the registry of flakes", ref.url(s))
	}
	if opts.PureEval && !ref.locked(s) {
		if _, hashed := ref.narHash(s); !hashed {
			s.Fail(eval.ErrorOther, "in pure evaluation mode, '%s' doesn't fetch unlocked input '%s'", f.who, ref.url(s))
		}
		s.Warn(syntax.Hintf("Input '%s' is unlocked (e.g. lacks a Git revision) but is checked by NAR hash. "+
			"This is not reproducible and will break after garbage collection or when shared.", ref.url(s)))
	}
	checkURI(s, ref.url(s))
	if ref.boolean(s, "__final") {
		s.FailForeign(eval.ErrorOther, "input '%s' is not allowed to use the '__final' attribute", ref.url(s))
	}
	var t tree
	s.While(0, ref.fetching(s), func() { t = ref.fetch(s) })
	if want, ok := ref.narHash(s); ok && want != t.hash {
		// In this order, as Nix says it.
		ref.mismatch(s, t.hash, want)
	}
	return t.value(s)
}

// reference reads the argument.
func (f treeFetcher) reference(s *eval.State, arg eval.Value) flakeRef {
	if arg.Kind() != eval.KindAttrs {
		text, _ := s.CoerceToString(arg, "while evaluating the first argument passed to '"+f.who+"'", eval.CoerceOpts{})
		if f.git {
			ref := flakeRef{"type": "git", "url": gitURL(s, text), "exportIgnore": true}
			ref.accept(s)
			return ref
		}
		if !s.Evaluator().Options().Features["flakes"] {
			s.Fail(eval.ErrorOther, "passing a string argument to '%s' requires the 'flakes' experimental feature", f.who)
		}
		return refOfURL(s, text)
	}
	attrs := arg.Attrs()
	ref := flakeRef{"type": f.kind(s, attrs)}
	for a := range s.InOrder(attrs) {
		if a.Name != symRefType {
			f.argument(s, ref, a)
		}
	}
	if submodules, _ := ref["submodules"].(bool); f.git && !submodules {
		ref.preset("exportIgnore")
	}
	if !f.git && ref["type"] == "git" {
		ref.preset("shallow")
	}
	if _, ok := ref["name"]; ok && !f.git {
		s.Fail(eval.ErrorOther, "argument 'name' isn’t supported in call to '%s'", f.who)
	}
	ref.accept(s)
	return ref
}

// preset sets an attribute that is not there.
func (ref flakeRef) preset(name string) {
	if _, ok := ref[name]; !ok {
		ref[name] = true
	}
}

func (f treeFetcher) kind(s *eval.State, attrs eval.Attrs) string {
	v, ok := attrs.Get(symRefType)
	switch {
	case ok && f.git:
		s.Fail(eval.ErrorOther, "unexpected argument 'type'")
	case ok:
		return s.ForceStringAt(v, attrs.Pos(symRefType), "while evaluating the `type` argument passed to '"+f.who+"'")
	case !f.git:
		s.Fail(eval.ErrorOther, "argument 'type' is missing in call to '%s'", f.who)
	}
	return "git"
}

// argument reads one attribute of the argument.
func (f treeFetcher) argument(s *eval.State, ref flakeRef, a eval.Attr) {
	name, v := eval.SymName(a.Name), s.ForceFor(a.Value, a.Pos)
	switch v.Kind() {
	case eval.KindString, eval.KindPath:
		text, _ := s.CoerceToString(v, "", eval.CoerceOpts{})
		if f.git && name == "url" {
			text = gitURL(s, text)
		}
		ref[name] = text
	case eval.KindBool:
		ref[name] = v.AsBool()
	case eval.KindInt:
		if v.AsInt() < 0 {
			s.Fail(eval.ErrorOther, "negative value given for '%s' argument '%s': %d", f.who, name, v.AsInt())
		}
		ref[name] = v.AsInt()
	default:
		if name == "publicKeys" {
			requireFeature(s, "verified-fetches")
		}
		s.Fail(eval.ErrorType, "argument '%s' to '%s' is %s while a string, Boolean or integer is expected", name, f.who, eval.ShowType(v))
	}
}

// A tree is what was fetched.
type tree struct {
	ref      flakeRef
	path     store.Path
	hash     nixhash.Hash // of the archive
	modified int64        // seconds since 1970; -1 if that is not known
}

// value returns the set that stands for the tree.
// Behaviour: emitTreeAttrs in Nix's fetchTree.cc.
func (t *tree) value(s *eval.State) eval.Value {
	b := s.NewAttrs(8)
	b.SetName("outPath", storePathString(t.path))
	b.SetName("narHash", eval.MakeString(t.hash.SRI()))
	if rev, ok := t.ref.rev(s); ok {
		b.SetName("rev", eval.MakeString(rev))
		b.SetName("shortRev", eval.MakeString(rev[:7]))
	}
	if n, ok := t.ref.integer(s, "revCount"); ok {
		b.SetName("revCount", eval.MakeInt(n))
	}
	if n, ok := t.ref.integer(s, "lastModified"); ok {
		t.modified = n
	}
	if t.modified >= 0 {
		b.SetName("lastModified", eval.MakeInt(t.modified))
		b.SetName("lastModifiedDate", eval.MakeString(time.Unix(t.modified, 0).UTC().Format("20060102150405")))
	}
	return b.Value()
}

// fetch gets the tree that a reference leads to.
func (ref flakeRef) fetch(s *eval.State) tree {
	switch ref.kind() {
	case "path":
		return ref.fetchPath(s)
	case "indirect":
		s.FailForeign(eval.ErrorOther, "indirect input '%s' cannot be fetched directly", ref.url(s))
	case "git":
		base, _, _ := strings.Cut(ref.text("url"), "?")
		dir, local := strings.CutPrefix(base, "file://")
		if local && !s.Exists(path.Clean(dir)) {
			s.Fail(eval.ErrorFile, "Git repository \"%s\" does not exist.", path.Clean(dir))
		}
	case "file":
		return ref.fetchFile(s)
	case "tarball":
		return ref.fetchTarball(s)
	}
	noNetwork(s, "what a "+ref.kind()+" reference leads to", ref.url(s))
	return tree{}
}

// localFile returns the file that the URL of a file or tarball reference names.
func (ref flakeRef) localFile(s *eval.State) string {
	u := ref.text("url")
	file, local := strings.CutPrefix(u, "file:")
	if !local {
		noNetwork(s, "what a "+ref.kind()+" reference leads to", ref.url(s))
	}
	if strings.HasPrefix(file, "///") {
		file = file[2:]
	}
	file, err := url.PathUnescape(file)
	switch {
	case err == nil && path.IsAbs(file):
		return path.Clean(file)
	case ref.kind() == "tarball":
		s.FailForeign(eval.ErrorOther, "tarball '%s' must use an absolute path. The 'file' scheme does not support relative paths.", u)
	}
	s.FailForeign(eval.ErrorOther, "unable to download '%s': URL using bad/illegal format or missing URL", u)
	return ""
}

// ErrNetwork is the cause of errors about what is not on this machine.
var ErrNetwork = errors.New("not on this machine")

// noNetwork raises the error for what is not on this machine.
func noNetwork(s *eval.State, what, from string) {
	s.Raise(eval.ErrorFile, syntax.Hintf("cannot fetch '%s': fetching %s from the network is not supported yet", from, what), eval.Because(ErrNetwork))
}

func (ref flakeRef) fetchPath(s *eval.State) tree {
	file := ref.text("path")
	if !path.IsAbs(file) {
		s.FailForeign(eval.ErrorOther, "cannot fetch input '%s' because it uses a relative path", ref.url(s))
	}
	file = path.Clean(file)
	ref.rev(s)
	ref.narHash(s)
	if p, err := s.World().StoreDir().ParsePath(file); err == nil && p.Name() == "source" {
		src := source{}
		if src.isPresent(s, p) {
			return ref.tree(s, p, file, 0)
		}
	}
	t := ref.addTree(s, file)
	return t
}

// fetchFile fetches a file of this machine.
func (ref flakeRef) fetchFile(s *eval.State) tree {
	w, file := fetchWorld(s), ref.localFile(s)
	if _, err := w.Lstat(s.Context(), file); errors.Is(err, fs.ErrNotExist) {
		s.Fail(eval.ErrorFile, "unable to download '%s': Could not read a file:// file (37) Could not open file %s", ref.text("url"), file)
	}
	t := ref.addTree(s, s.FollowLinks(w, file))
	t.modified = -1
	ref.checkHash(s, t)
	return t
}

func (ref flakeRef) fetchTarball(s *eval.State) tree {
	u := ref.unpack(s)
	defer u.remove()
	t := ref.addTree(s, u.dir)
	t.modified = u.newest
	ref.checkHash(s, t)
	return t
}

// checkHash refuses what has another hash than a reference says.
func (ref flakeRef) checkHash(s *eval.State, t tree) {
	if want, ok := ref.narHash(s); ok && want != t.hash {
		ref.mismatch(s, want, t.hash)
	}
}

func (ref flakeRef) mismatch(s *eval.State, want, got nixhash.Hash) {
	s.Raise(eval.ErrorOther, syntax.Hintf("NAR hash mismatch in input '%s', expected '%s' but got '%s'", ref.url(s), want.SRI(), got.SRI()),
		eval.Because(eval.ErrFetched), eval.Foreign())
}

// addTree adds what is at file to the store.
func (ref flakeRef) addTree(s *eval.State, file string) tree {
	w := fetchWorld(s)
	info, err := w.Describe(s.Context(), file)
	if err != nil {
		s.FailFile(file, err)
	}
	name := ref.text("name")
	if name == "" {
		name = "source"
	}
	p, err := w.AddPath(s.Context(), eval.AddPath{Name: name, Path: file, Method: store.NAR, Fetched: true})
	if err != nil {
		s.FailFile(file, err)
	}
	permit(s, p)
	return ref.treeOf(s, p, info)
}

func (ref flakeRef) tree(s *eval.State, p store.Path, file string, modified int64) tree {
	info, err := fetchWorld(s).Describe(s.Context(), file)
	if err != nil {
		s.FailFile(file, err)
	}
	info.Modified = modified
	return ref.treeOf(s, p, info)
}

func (ref flakeRef) treeOf(s *eval.State, p store.Path, info eval.Tree) tree {
	hash, err := nixhash.ParseSRI(info.NARHash)
	if err != nil {
		s.FailWith(err)
	}
	return tree{ref: ref, path: p, hash: hash, modified: info.Modified}
}

// kind is the type of the reference.
func (ref flakeRef) kind() string { return ref.text("type") }

// locked reports whether all that is fetched by the reference is the same.
func (ref flakeRef) locked(s *eval.State) bool {
	_, hashed := ref.narHash(s)
	switch kind := ref.kind(); {
	case kind == "path", kind == "file", kind == "tarball":
		return hashed
	case kind == "git", kind == "hg", slices.Contains(forges, kind):
		rev, ok := ref.rev(s)
		return ok && strings.Trim(rev, "0") != ""
	}
	return false
}
