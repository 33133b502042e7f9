package builtins

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path"
	"strings"

	"nixbench/engine/eval"
	"nixbench/engine/instantiate"
	"nixbench/engine/syntax"
	"nixbench/store"
	"nixbench/store/nixhash"
)

// fetchers are the builtins that fetch files. What is on this machine they
// fetch themselves; this version does not fetch from a network.
func (t *table) fetchers() []eval.Builtin {
	return []eval.Builtin{
		def1("fetchurl", 1, "arg", t.fetchurl),
		global(def1("fetchTarball", 1, "args", t.fetchTarball)),
		global(def1("fetchGit", 1, "args", treeFetcher{"fetchGit", true}.fetch)),
		global(def1("fetchMercurial", 1, "args", fetchMercurial)),
		feature("fetch-tree", global(def1("fetchTree", 1, "input", treeFetcher{"fetchTree", false}.fetch))),
		feature("fetch-closure", def1("fetchClosure", 1, "args", fetchClosure)),
	}
}

// checkURI raises an error if a URI may not be fetched.
func checkURI(s *eval.State, uri string) {
	if w, ok := s.World().(eval.AccessControl); ok {
		if err := w.CheckURI(uri); err != nil {
			s.FailWith(err)
		}
	}
}

// permit lets evaluation read a store path that it did not add itself.
func permit(s *eval.State, p store.Path) {
	if w, ok := s.World().(eval.AccessControl); ok {
		w.Permit(p)
	}
}

// fetchWorld returns the world that a fetcher reads what checkURI let pass from.
func fetchWorld(s *eval.State) eval.World {
	if w, ok := s.World().(eval.AccessControl); ok {
		return w.Unrestricted()
	}
	return s.World()
}

// A fetchRequest is the argument of fetchurl or fetchTarball.
type fetchRequest struct {
	who, url, name string
	hash           nixhash.Hash // zero expects none
	named          bool         // the argument has a name
	set            bool         // the argument is a set
}

func (t *table) fetchurl(s *eval.State, arg eval.Value) eval.Value {
	r := newFetchRequest(s, arg, "fetchurl", "")
	src := source{name: r.name, method: store.Flat, hash: r.hash}
	if p, ok := r.present(s, &src); ok {
		return p
	}
	src.path = r.localFile(s)
	if _, err := fetchWorld(s).Lstat(s.Context(), src.path); errors.Is(err, fs.ErrNotExist) {
		s.Fail(eval.ErrorFile, "unable to download '%s': Could not read a file:// file (37) Could not open file %s", r.url, strings.TrimPrefix(r.url, "file://"))
	}
	return storePathString(r.addFile(s, &src))
}

func (t *table) fetchTarball(s *eval.State, arg eval.Value) eval.Value {
	r := newFetchRequest(s, arg, "fetchTarball", "source")
	src := source{name: r.name, method: store.NAR, hash: r.hash}
	if p, ok := r.present(s, &src); ok {
		return p
	}
	u := unpackURL(s, r.url)
	defer u.remove()
	src.path = u.dir
	return storePathString(r.addFile(s, &src))
}

// newFetchRequest reads the argument: a URL, or a set of url, name and sha256.
func newFetchRequest(s *eval.State, arg eval.Value, who, name string) *fetchRequest {
	r := &fetchRequest{who: who, name: name}
	if v := s.Force(arg); v.Kind() != eval.KindAttrs {
		r.url = s.ForceStringNoCtx(arg, "while evaluating the url we should fetch")
	} else {
		r.set = true
		r.readSet(s, v.Attrs())
	}
	if who == "fetchTarball" {
		r.url = channelURL(r.url)
	}
	checkURI(s, r.url)
	if r.name == "" {
		r.name = baseName(r.url)
	}
	if problem := instantiate.NameProblem(r.name); problem != "" {
		s.Fail(eval.ErrorOther, "invalid store path name when fetching URL '%s': %s. %s", r.url, problem, r.nameAdvice())
	}
	if s.Evaluator().Options().PureEval && r.hash.IsZero() {
		s.Fail(eval.ErrorOther, "in pure evaluation mode, '%s' requires a 'sha256' argument", who)
	}
	return r
}

// baseName returns the last part of a URL.
// Behaviour: baseNameOf in Nix's file-system.cc.
func baseName(url string) string {
	if len(url) > 1 {
		url = url[:1] + strings.TrimRight(url[1:], "/")
	}
	return url[strings.LastIndexByte(url, '/')+1:]
}

func (r *fetchRequest) readSet(s *eval.State, attrs eval.Attrs) {
	hasURL := false
	for a := range s.InOrder(attrs) {
		switch name := eval.SymName(a.Name); name {
		case "url":
			r.url, hasURL = s.ForceStringAt(a.Value, a.Pos, "while evaluating the url we should fetch"), true
		case "sha256":
			r.hash = expectedHash(s, s.ForceStringAt(a.Value, a.Pos, "while evaluating the sha256 of the content we should fetch"))
		case "name":
			r.name, r.named = s.ForceStringAt(a.Value, a.Pos, "while evaluating the name of the content we should fetch"), true
		default:
			s.Fail(eval.ErrorOther, "unsupported argument '%s' to '%s'", name, r.who)
		}
	}
	if !hasURL {
		s.Fail(eval.ErrorOther, "'url' argument required")
	}
}

func (r *fetchRequest) nameAdvice() string {
	switch {
	case r.named:
		return fmt.Sprintf("Please change the value for the 'name' attribute passed to '%s', so that it can create a valid store path.", r.who)
	case r.set:
		return fmt.Sprintf("Please add a valid 'name' attribute to the argument for '%s', so that it can create a valid store path.", r.who)
	}
	return fmt.Sprintf("Please pass an attribute set with 'url' and 'name' attributes to '%s',  so that it can create a valid store path.", r.who)
}

// present returns the store path if it follows from the hash and is valid.
func (r *fetchRequest) present(s *eval.State, src *source) (eval.Value, bool) {
	if r.hash.IsZero() {
		return eval.Value{}, false
	}
	p := src.expectedPath(s)
	return storePathString(p), src.isPresent(s, p)
}

// localFile returns the file that the URL names.
func (r *fetchRequest) localFile(s *eval.State) string {
	if !schemePattern().MatchString(r.url) {
		s.FailForeign(eval.ErrorOther, "URL '%s' doesn't have a scheme", r.url)
	}
	file, ok := strings.CutPrefix(r.url, "file:")
	if !ok {
		noNetwork(s, "files", r.url)
	}
	file, err := url.PathUnescape(strings.TrimPrefix(file, "//"))
	if err != nil || !strings.HasPrefix(file, "/") {
		s.FailForeign(eval.ErrorOther, "unable to download '%s': URL using bad/illegal format or missing URL (3) URL rejected: Bad file:// URL", r.url)
	}
	return path.Clean(file)
}

// addFile adds the file or tree, and checks its hash.
func (r *fetchRequest) addFile(s *eval.State, src *source) store.Path {
	w := fetchWorld(s)
	a := eval.AddPath{Name: src.name, Path: s.FollowLinks(w, src.path), Method: src.method, Fetched: true}
	if !src.hash.IsZero() {
		a.SHA256 = src.hash.Nix32()
	}
	p, err := w.AddPath(s.Context(), a)
	var mismatch *store.HashMismatch
	switch {
	case errors.As(err, &mismatch):
		s.Raise(eval.ErrorOther, syntax.Hintf("hash mismatch in file downloaded from '%s':\n  specified: %s\n  got:       %s",
			r.url, mismatch.Want, mismatch.Got), eval.Because(fmt.Errorf("%w: %w", eval.ErrFetched, err)))
	case err != nil:
		s.FailFile(src.path, err)
	}
	permit(s, p)
	return p
}

func fetchClosure(s *eval.State, arg eval.Value) eval.Value {
	attrs := s.ForceAttrs(arg, "while evaluating the argument passed to builtins.fetchClosure")
	v := s.ForceAttr(attrs, eval.Intern("fromPath"), "in the argument passed to builtins.fetchClosure")
	p, _ := s.CoerceToString(v, "while evaluating the attribute 'fromPath' passed to builtins.fetchClosure", eval.CoerceOpts{})
	noNetwork(s, "closures", p)
	return arg
}
