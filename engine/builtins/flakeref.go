package builtins

import (
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	"nixbench/engine/eval"
	"nixbench/engine/instantiate"
	"nixbench/engine/syntax"
	"nixbench/engine/uri"
	"nixbench/store/nixhash"
)

// A flakeRef is a flake reference as attributes: string, int64 or bool.
//
// Format: Nix manual, "Flake references".
type flakeRef map[string]any

// flakeSchemes say which attributes a type of reference has, type aside.
var flakeSchemes = map[string]string{
	"github":    "owner repo ref rev host narHash lastModified treeHash",
	"gitlab":    "owner repo ref rev host narHash lastModified treeHash",
	"sourcehut": "owner repo ref rev host narHash lastModified treeHash",
	"indirect":  "id ref rev narHash",
	"path":      "path rev revCount lastModified narHash",
	"git": "url ref rev shallow submodules lfs exportIgnore lastModified revCount narHash allRefs name dirtyRev " +
		"dirtyShortRev verifyCommit keytype publicKey publicKeys",
	"hg":      "url ref rev revCount narHash name",
	"tarball": "url narHash name unpack rev revCount lastModified",
	"file":    "url narHash name unpack rev revCount lastModified",
}

// These are compiled when they are needed, for which most programs have no reason.
var (
	commitPattern = uri.Pattern(`^[0-9a-fA-F]{40}$`)
	idPattern     = uri.Pattern(`^[a-zA-Z][a-zA-Z0-9_-]*$`)
	schemePattern = uri.Pattern(`^([a-z][a-z0-9+.-]*):(.*)$`)
	hgRefPattern  = uri.Pattern(`^` + refText + `$`)
	// idRefPattern is id[/ref][/rev], and a fragment.
	idRefPattern = uri.Pattern(`^([a-zA-Z][a-zA-Z0-9_-]*(?:/(?:[0-9a-fA-F]{40}|` + refText + `(?:/[0-9a-fA-F]{40})?))?)` +
		`(?:#((?:[A-Za-z0-9._~!$&'"()*+,;=:@/? ^-]|%[0-9A-Fa-f]{2})*))?$`)
)

const refText = `[a-zA-Z0-9@][a-zA-Z0-9_./@+-]*`

// forges are the types of references that name an owner and a repository.
var forges = []string{"github", "gitlab", "sourcehut"}

// parseRef reads a flake reference: a name that is looked up, a URL or a path.
// Behaviour: parseFlakeRef in Nix's flakeref.cc.
func parseRef(s *eval.State, text string) (flakeRef, error) {
	if m := idRefPattern().FindStringSubmatch(text); m != nil {
		u := &uri.URL{Scheme: "flake", Path: strings.Split(m[1], "/"), Fragment: uri.Unescape(m[2])}
		ref, err := flakeURL{u}.flakeReference(s, text)
		return ref, plainly(err)
	}
	if u, err := uri.Parse(text, true, warner(s)); err == nil {
		if ref, err := (flakeURL{u}).flakeReference(s, text); plainly(err) == err {
			return ref, err
		}
	}
	main, fragment, _ := strings.Cut(text, "#")
	file, raw, _ := strings.Cut(main, "?")
	query, err := uri.DecodeQuery(raw, warner(s))
	if err != nil {
		return nil, plainly(err)
	}
	if !strings.HasPrefix(file, "/") {
		return nil, languageError("flake reference '%s' is not an absolute path", text)
	}
	u := &uri.URL{Scheme: "path", Authority: &uri.Authority{}, Path: uri.FileSegments(file), Query: query, Fragment: uri.Unescape(fragment)}
	ref, err := flakeURL{u}.flakeReference(s, text)
	return ref, plainly(err)
}

// warner warns of what is dubious about a URL.
func warner(s *eval.State) uri.Warner {
	return func(format string, args ...any) { s.Warn(syntax.Hintf(format, args...)) }
}

// A flakeURL is a URL that is read as a reference. Errors about it are of the type
// [*uri.Error] where the text can still be a path.
type flakeURL struct{ *uri.URL }

// plainly returns an error of the language for one about a URL.
func plainly(err error) error {
	if bad := (*uri.Error)(nil); errors.As(err, &bad) {
		return languageError(bad.Format, bad.Args...)
	}
	return err
}

// flakeReference is reference for a text that may name a directory in what it leads to.
func (u flakeURL) flakeReference(s *eval.State, text string) (flakeRef, error) {
	dir, fragment := u.Query["dir"], u.Fragment
	delete(u.Query, "dir")
	u.Fragment = ""
	ref, err := u.reference(s)
	switch {
	case err != nil:
		return nil, err
	case fragment != "":
		return nil, languageError("unexpected fragment '%s' in flake reference '%s'", fragment, text)
	case dir != "":
		ref["dir"] = dir
	}
	return ref, nil
}

// reference reads a URL as a reference.
// Behaviour: inputFromURL of the input schemes of Nix's libfetchers, HEAD.
func (u flakeURL) reference(s *eval.State) (flakeRef, error) {
	application, transport := u.Application()
	switch {
	case u.Scheme == "flake":
		return u.indirect(s)
	case slices.Contains(forges, u.Scheme):
		return u.forge(s)
	case u.Scheme == "path":
		return u.local()
	case u.Scheme == "git" || application == "git":
		return u.git(s)
	case application == "hg" && slices.Contains([]string{"http", "https", "ssh", "file"}, transport):
		return u.mercurial(s)
	case slices.Contains([]string{"file", "http", "https"}, transport) && slices.Contains([]string{"", "file", "tarball"}, application):
		return u.fetched(), nil
	case application == "file" && transport == "git":
		return nil, languageError("input '%s' is unsupported; did you mean 'git+file' instead of 'file+git'?", u.String())
	}
	return nil, languageError("input '%s' is unsupported", u.String())
}

func (u flakeURL) indirect(s *eval.State) (flakeRef, error) {
	parts := u.Segments()
	ref := flakeRef{"type": "indirect"}
	switch {
	case len(parts) == 0 || len(parts) > 3:
		return nil, uri.Errorf("GitHub URL '%s' is invalid", u.String())
	case len(parts) == 2 && !commitPattern().MatchString(parts[1]) && !legalRefName(parts[1]):
		return nil, uri.Errorf("in flake URL '%s', '%s' is not a commit hash or branch/tag name", u.String(), parts[1])
	case len(parts) == 2:
		ref.setCommitOrRef(parts[1])
	case len(parts) == 3 && !legalRefName(parts[1]):
		return nil, uri.Errorf("in flake URL '%s', '%s' is not a branch/tag name", u.String(), parts[1])
	case len(parts) == 3 && !commitPattern().MatchString(parts[2]):
		return nil, uri.Errorf("in flake URL '%s', '%s' is not a commit hash", u.String(), parts[2])
	case len(parts) == 3:
		ref["ref"], ref["rev"] = parts[1], parts[2]
	}
	if !idPattern().MatchString(parts[0]) {
		return nil, uri.Errorf("'%s' is not a valid flake ID", parts[0])
	}
	ref["id"] = parts[0]
	if rev, ok := ref.rev(s); ok {
		ref["rev"] = rev
	}
	return ref, nil
}

func (ref flakeRef) setCommitOrRef(text string) {
	if commitPattern().MatchString(text) {
		ref["rev"] = text
	} else {
		ref["ref"] = text
	}
}

func (u flakeURL) forge(s *eval.State) (flakeRef, error) {
	parts := u.Segments()
	if len(parts) < 2 {
		return nil, uri.Errorf("URL '%s' is invalid", u.String())
	}
	ref := flakeRef{"type": u.Scheme}
	switch {
	case len(parts) == 3:
		ref.setCommitOrRef(parts[2])
	case len(parts) > 3:
		ref["ref"] = strings.Join(parts[2:], "/")
	}
	for _, name := range slices.Sorted(maps.Keys(u.Query)) {
		_, twice := ref[name]
		switch {
		case name == "rev" && twice:
			return nil, uri.Errorf("URL '%s' contains multiple commit hashes", u.String())
		case name == "ref" && twice:
			return nil, uri.Errorf("URL '%s' contains multiple branch/tag names", u.String())
		case !slices.Contains([]string{"rev", "ref", "host", "narHash"}, name):
			return nil, uri.Errorf("URL '%s' contains unknown parameter '%s'", u.String(), name)
		}
		ref[name] = u.Query[name]
	}
	ref["owner"], ref["repo"] = parts[0], parts[1]
	return ref, ref.checkForge(s)
}

// checkForge says what is wrong with the values of a reference to a forge.
func (ref flakeRef) checkForge(s *eval.State) error {
	name, named := ref["ref"].(string)
	rev, fixed := ref["rev"].(string)
	if named && fixed {
		return uri.Errorf("input %s contains both a commit hash ('%s') and a branch/tag name ('%s')", ref.json(), rev, name)
	}
	if fixed {
		instantiate.ParseHash(s, rev, nixhash.SHA1)
	}
	if named && !legalRefName(name) {
		return uri.Errorf("input %s contains an invalid branch/tag name", ref.json())
	}
	if host, ok := ref["host"].(string); ok && !legalHost(host) {
		return uri.Errorf("input %s contains an invalid instance host", ref.json())
	}
	return nil
}

func (u flakeURL) local() (flakeRef, error) {
	if u.Authority != nil && u.Authority.Host != "" {
		return nil, languageError("path URL '%s' should not have an authority ('%s')", u.String(), u.Authority.String())
	}
	file, err := u.FilePath()
	if err != nil {
		return nil, err
	}
	ref := flakeRef{"type": "path", "path": file}
	for _, name := range slices.Sorted(maps.Keys(u.Query)) {
		switch value := u.Query[name]; name {
		case "rev", "narHash":
			ref[name] = value
		case "revCount", "lastModified":
			n, ok := unsigned(value)
			if !ok {
				return nil, languageError("path URL '%s' has invalid parameter '%s'", u.String(), name)
			}
			ref[name] = n
		default:
			return nil, languageError("path URL '%s' has unsupported parameter '%s'", u.String(), name)
		}
	}
	return ref, nil
}

// unsigned reads a number of 64 bits.
func unsigned(text string) (int64, bool) {
	n, err := strconv.ParseUint(strings.TrimPrefix(text, "+"), 10, 64)
	return int64(n), err == nil
}

func (u flakeURL) git(s *eval.State) (flakeRef, error) {
	ref, place := flakeRef{"type": "git"}, *u.URL
	place.Query = make(map[string]string)
	for name, value := range u.Query {
		switch name {
		case "rev", "ref", "keytype", "publicKey", "publicKeys":
			ref[name] = value
		case "shallow", "submodules", "lfs", "exportIgnore", "allRefs", "verifyCommit":
			ref[name] = value == "1"
		default:
			place.Query[name] = value
		}
	}
	ref.requireVerifiedFetches(s)
	if name, ok := ref["ref"].(string); ok && !legalRefName(name) {
		return nil, uri.Errorf("invalid Git branch/tag name '%s'", name)
	}
	fixed, err := fixGitURL(s, place.String())
	if err == nil {
		ref["url"] = fixed.String()
	}
	return ref, err
}

func (u flakeURL) mercurial(s *eval.State) (flakeRef, error) {
	ref, place := flakeRef{"type": "hg"}, *u.URL
	_, place.Scheme = u.Application()
	place.Query = make(map[string]string)
	for name, value := range u.Query {
		if name == "rev" || name == "ref" {
			ref[name] = value
		} else {
			place.Query[name] = value
		}
	}
	ref["url"] = place.String()
	return ref, ref.checkMercurial(s)
}

// checkMercurial says what is wrong with the values of a reference to a repository of
// Mercurial.
func (ref flakeRef) checkMercurial(s *eval.State) error {
	if _, err := uri.Parse(ref.text("url"), false, warner(s)); err != nil {
		return err
	}
	if name, ok := ref["ref"].(string); ok && !hgRefPattern().MatchString(name) {
		return uri.Errorf("invalid Mercurial branch/tag name '%s'", name)
	}
	return nil
}

// fetched reads the URL of a file or archive.
func (u flakeURL) fetched() flakeRef {
	kind, transport := u.Application()
	if kind == "" {
		kind = "tarball"
	}
	ref, place := flakeRef{"type": kind}, *u.URL
	place.Scheme, place.Query = transport, maps.Clone(u.Query)
	for _, name := range strings.Fields(flakeSchemes[kind]) {
		value, ok := u.Query[name]
		delete(place.Query, name)
		switch n, isNumber := unsigned(value); {
		case ok && (name == "narHash" || name == "rev"):
			ref[name] = value
		case isNumber && (name == "revCount" || name == "lastModified"):
			ref[name] = n
		}
	}
	ref["url"] = place.String()
	return ref
}
