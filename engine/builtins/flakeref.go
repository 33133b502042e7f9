package builtins

import (
	"errors"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"nixbench/engine/eval"
	"nixbench/engine/instantiate"
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
	commitPattern = pattern(`^[0-9a-fA-F]{40}$`)
	idPattern     = pattern(`^[a-zA-Z][a-zA-Z0-9_-]*$`)
	schemePattern = pattern(`^([a-z][a-z0-9+.-]*):(.*)$`)
	hgRefPattern  = pattern(`^` + refText + `$`)
	// idRefPattern is id[/ref][/rev], and a fragment.
	idRefPattern = pattern(`^([a-zA-Z][a-zA-Z0-9_-]*(?:/(?:[0-9a-fA-F]{40}|` + refText + `(?:/[0-9a-fA-F]{40})?))?)` +
		`(?:#((?:[A-Za-z0-9._~!$&'"()*+,;=:@/? ^-]|%[0-9A-Fa-f]{2})*))?$`)
)

const refText = `[a-zA-Z0-9@][a-zA-Z0-9_./@+-]*`

func pattern(text string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })
}

// forges are the types of references that name an owner and a repository.
var forges = []string{"github", "gitlab", "sourcehut"}

// parseRef reads a flake reference: a name that is looked up, a URL or a path.
// Behaviour: parseFlakeRef in Nix's flakeref.cc.
func parseRef(s *eval.State, text string) (flakeRef, error) {
	if m := idRefPattern().FindStringSubmatch(text); m != nil {
		u := &parsedURL{scheme: "flake", path: strings.Split(m[1], "/"), fragment: unescape(m[2])}
		ref, err := u.flakeReference(s, text)
		return ref, plainly(err)
	}
	if u, err := parseURL(s, text, true); err == nil {
		if ref, err := u.flakeReference(s, text); plainly(err) == err {
			return ref, err
		}
	}
	main, fragment, _ := strings.Cut(text, "#")
	file, raw, _ := strings.Cut(main, "?")
	query := escapeOnly(raw, ` "`)
	if !parameterText().MatchString(query) {
		return nil, languageError("invalid URI query '%s': leftover", raw)
	}
	if !strings.HasPrefix(file, "/") {
		return nil, languageError("flake reference '%s' is not an absolute path", text)
	}
	u := &parsedURL{scheme: "path", authority: &authority{}, path: fileSegments(file), query: decodeQuery(s, query), fragment: unescape(fragment)}
	ref, err := u.flakeReference(s, text)
	return ref, plainly(err)
}

// plainly returns an error of the language for one about a URL.
func plainly(err error) error {
	if bad := (badURL{}); errors.As(err, &bad) {
		return bad.error
	}
	return err
}

// flakeReference is reference for a text that may name a directory in what it leads to.
func (u *parsedURL) flakeReference(s *eval.State, text string) (flakeRef, error) {
	dir, fragment := u.query["dir"], u.fragment
	delete(u.query, "dir")
	u.fragment = ""
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

// reference reads a URL as a reference. Errors may be badURLs.
// Behaviour: inputFromURL of the input schemes of Nix's libfetchers, HEAD.
func (u *parsedURL) reference(s *eval.State) (flakeRef, error) {
	application, transport := u.application()
	switch {
	case u.scheme == "flake":
		return u.indirect(s)
	case slices.Contains(forges, u.scheme):
		return u.forge(s)
	case u.scheme == "path":
		return u.local()
	case u.scheme == "git" || application == "git":
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

func (u *parsedURL) indirect(s *eval.State) (flakeRef, error) {
	parts := u.segments()
	ref := flakeRef{"type": "indirect"}
	switch {
	case len(parts) == 0 || len(parts) > 3:
		return nil, notURL("GitHub URL '%s' is invalid", u.String())
	case len(parts) == 2 && !commitPattern().MatchString(parts[1]) && !legalRefName(parts[1]):
		return nil, notURL("in flake URL '%s', '%s' is not a commit hash or branch/tag name", u.String(), parts[1])
	case len(parts) == 2:
		ref.setCommitOrRef(parts[1])
	case len(parts) == 3 && !legalRefName(parts[1]):
		return nil, notURL("in flake URL '%s', '%s' is not a branch/tag name", u.String(), parts[1])
	case len(parts) == 3 && !commitPattern().MatchString(parts[2]):
		return nil, notURL("in flake URL '%s', '%s' is not a commit hash", u.String(), parts[2])
	case len(parts) == 3:
		ref["ref"], ref["rev"] = parts[1], parts[2]
	}
	if !idPattern().MatchString(parts[0]) {
		return nil, notURL("'%s' is not a valid flake ID", parts[0])
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

func (u *parsedURL) forge(s *eval.State) (flakeRef, error) {
	parts := u.segments()
	if len(parts) < 2 {
		return nil, notURL("URL '%s' is invalid", u.String())
	}
	ref := flakeRef{"type": u.scheme}
	switch {
	case len(parts) == 3:
		ref.setCommitOrRef(parts[2])
	case len(parts) > 3:
		ref["ref"] = strings.Join(parts[2:], "/")
	}
	for _, name := range slices.Sorted(maps.Keys(u.query)) {
		_, twice := ref[name]
		switch {
		case name == "rev" && twice:
			return nil, notURL("URL '%s' contains multiple commit hashes", u.String())
		case name == "ref" && twice:
			return nil, notURL("URL '%s' contains multiple branch/tag names", u.String())
		case !slices.Contains([]string{"rev", "ref", "host", "narHash"}, name):
			return nil, notURL("URL '%s' contains unknown parameter '%s'", u.String(), name)
		}
		ref[name] = u.query[name]
	}
	ref["owner"], ref["repo"] = parts[0], parts[1]
	return ref, ref.checkForge(s)
}

// checkForge says what is wrong with the values of a reference to a forge.
func (ref flakeRef) checkForge(s *eval.State) error {
	name, named := ref["ref"].(string)
	rev, fixed := ref["rev"].(string)
	if named && fixed {
		return notURL("input %s contains both a commit hash ('%s') and a branch/tag name ('%s')", ref.json(), rev, name)
	}
	if fixed {
		instantiate.ParseHash(s, rev, nixhash.SHA1)
	}
	if named && !legalRefName(name) {
		return notURL("input %s contains an invalid branch/tag name", ref.json())
	}
	if host, ok := ref["host"].(string); ok && !legalHost(host) {
		return notURL("input %s contains an invalid instance host", ref.json())
	}
	return nil
}

func (u *parsedURL) local() (flakeRef, error) {
	if u.authority != nil && u.authority.host != "" {
		return nil, languageError("path URL '%s' should not have an authority ('%s')", u.String(), u.authority.String())
	}
	file, err := u.filePath()
	if err != nil {
		return nil, err
	}
	ref := flakeRef{"type": "path", "path": file}
	for _, name := range slices.Sorted(maps.Keys(u.query)) {
		switch value := u.query[name]; name {
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

func (u *parsedURL) git(s *eval.State) (flakeRef, error) {
	ref, place := flakeRef{"type": "git"}, *u
	place.query = make(map[string]string)
	for name, value := range u.query {
		switch name {
		case "rev", "ref", "keytype", "publicKey", "publicKeys":
			ref[name] = value
		case "shallow", "submodules", "lfs", "exportIgnore", "allRefs", "verifyCommit":
			ref[name] = value == "1"
		default:
			place.query[name] = value
		}
	}
	ref.requireVerifiedFetches(s)
	if name, ok := ref["ref"].(string); ok && !legalRefName(name) {
		return nil, notURL("invalid Git branch/tag name '%s'", name)
	}
	fixed, err := fixGitURL(s, place.String())
	if err == nil {
		ref["url"] = fixed.String()
	}
	return ref, err
}

func (u *parsedURL) mercurial(s *eval.State) (flakeRef, error) {
	ref, place := flakeRef{"type": "hg"}, *u
	_, place.scheme = u.application()
	place.query = make(map[string]string)
	for name, value := range u.query {
		if name == "rev" || name == "ref" {
			ref[name] = value
		} else {
			place.query[name] = value
		}
	}
	ref["url"] = place.String()
	return ref, ref.checkMercurial(s)
}

// checkMercurial says what is wrong with the values of a reference to a repository of
// Mercurial.
func (ref flakeRef) checkMercurial(s *eval.State) error {
	if _, err := parseURL(s, ref.text("url"), false); err != nil {
		return err
	}
	if name, ok := ref["ref"].(string); ok && !hgRefPattern().MatchString(name) {
		return notURL("invalid Mercurial branch/tag name '%s'", name)
	}
	return nil
}

// fetched reads the URL of a file or archive.
func (u *parsedURL) fetched() flakeRef {
	kind, transport := u.application()
	if kind == "" {
		kind = "tarball"
	}
	ref, place := flakeRef{"type": kind}, *u
	place.scheme, place.query = transport, maps.Clone(u.query)
	for _, name := range strings.Fields(flakeSchemes[kind]) {
		value, ok := u.query[name]
		delete(place.query, name)
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
