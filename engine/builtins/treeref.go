package builtins

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"nixbench/engine/eval"
	"nixbench/engine/instantiate"
	"nixbench/engine/syntax"
	"nixbench/engine/uri"
	"nixbench/store/nixhash"
	"nixbench/store/nixjson"
)

// This file checks references as attributes, and writes them as URLs.
// Behaviour: the input schemes of Nix's libfetchers, HEAD.

// accept raises an error for attributes that are missing, unknown or malformed,
// and turns the feature's absence into one. A type that does not exist is met
// when the reference is used.
func (ref flakeRef) accept(s *eval.State) {
	kind, ok := ref.str(s, "type")
	if !ok {
		s.FailForeign(eval.ErrorOther, "'type' attribute to specify input scheme is required but not provided")
	}
	if known, ok := flakeSchemes[kind]; ok {
		ref.requireFeature(s)
		for _, name := range slices.Sorted(maps.Keys(ref)) {
			if name != "type" && name != "__final" && !slices.Contains(strings.Fields(known), name) {
				s.FailForeign(eval.ErrorOther, "input attribute '%s' not supported by scheme '%s'", name, kind)
			}
		}
		ref.acceptScheme(s, kind)
	}
	ref.str(s, "ref")
	ref.integer(s, "revCount")
	ref.integer(s, "lastModified")
}

// acceptScheme checks what is particular to a type.
func (ref flakeRef) acceptScheme(s *eval.State, kind string) {
	switch {
	case kind == "path":
		ref.need(s, "path")
	case kind == "indirect":
		if id := ref.need(s, "id"); !idPattern().MatchString(id) {
			s.FailForeign(eval.ErrorOther, "'%s' is not a valid flake ID", id)
		}
	case kind == "hg":
		ref.need(s, "url")
		failWith(s, ref.checkMercurial(s))
	case kind == "git":
		ref.requireVerifiedFetches(s)
		ref.boolean(s, "verifyCommit")
		if name, ok := ref.str(s, "ref"); ok && !legalRefName(name) {
			s.FailForeign(eval.ErrorOther, "invalid Git branch/tag name '%s'", name)
		}
		ref["url"] = gitURL(s, ref.need(s, "url"))
		for _, name := range []string{"shallow", "submodules", "allRefs"} {
			ref.boolean(s, name)
		}
	case slices.Contains(forges, kind):
		ref.acceptForge(s)
	}
}

func (ref flakeRef) requireVerifiedFetches(s *eval.State) {
	for _, name := range []string{"keytype", "publicKey", "publicKeys", "verifyCommit"} {
		if _, ok := ref[name]; ok {
			requireFeature(s, "verified-fetches")
		}
	}
}

// failWith raises an error if there is one.
func failWith(s *eval.State, err error) {
	if err != nil {
		s.FailWith(plainly(err))
	}
}

func (ref flakeRef) acceptForge(s *eval.State) {
	ref.need(s, "owner")
	ref.need(s, "repo")
	ref.str(s, "ref")
	ref.str(s, "rev")
	ref.str(s, "host")
	failWith(s, ref.checkForge(s))
}

// legalHost reports whether text has only what the name of a host has.
func legalHost(text string) bool {
	return strings.Trim(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-") == ""
}

// legalRefName reports whether Git takes text as the name of a branch or tag.
// Format: git-check-ref-format(1).
func legalRefName(text string) bool {
	if text == "@" || strings.HasSuffix(text, ".") || strings.Contains(text, "..") || strings.Contains(text, "@{") ||
		strings.ContainsAny(text, " ~^:?*[\\\x7f") || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' }) {
		return false
	}
	for part := range strings.SplitSeq(text, "/") {
		if part == "" || part[0] == '.' || strings.HasSuffix(part, ".lock") {
			return false
		}
	}
	return true
}

// text returns an attribute that is a string, or "".
func (ref flakeRef) text(name string) string {
	text, _ := ref[name].(string)
	return text
}

// str returns an attribute that has to be a string, if it is there.
func (ref flakeRef) str(s *eval.State, name string) (text string, ok bool) {
	v, ok := ref[name]
	if text, isText := v.(string); isText || !ok {
		return text, ok
	}
	s.FailForeign(eval.ErrorOther, "input attribute '%s' is not a string %s", name, ref.json())
	return "", false
}

// need is str for an attribute that has to be there.
func (ref flakeRef) need(s *eval.State, name string) string {
	text, ok := ref.str(s, name)
	if !ok {
		s.FailForeign(eval.ErrorOther, "input attribute '%s' is missing", name)
	}
	return text
}

func (ref flakeRef) integer(s *eval.State, name string) (n int64, ok bool) {
	v, ok := ref[name]
	if n, isInt := v.(int64); isInt || !ok {
		return n, ok
	}
	s.FailForeign(eval.ErrorOther, "input attribute '%s' is not an integer", name)
	return 0, false
}

// boolean returns an attribute that is a Boolean, false if there is none.
func (ref flakeRef) boolean(s *eval.State, name string) bool {
	v, ok := ref[name]
	yes, isBool := v.(bool)
	if ok && !isBool {
		s.FailForeign(eval.ErrorOther, "input attribute '%s' is not a Boolean", name)
	}
	return yes
}

// rev returns the commit in base 16.
func (ref flakeRef) rev(s *eval.State) (rev string, ok bool) {
	text, ok := ref.str(s, "rev")
	if !ok {
		return "", false
	}
	if h, err := nixhash.Parse(text, 0); err == nil {
		return h.Hex(), true
	}
	return instantiate.ParseHash(s, text, nixhash.SHA1).Hex(), true
}

// narHash returns the hash of the archive of what is fetched. An empty one stands
// for zeros.
func (ref flakeRef) narHash(s *eval.State) (h nixhash.Hash, ok bool) {
	text, ok := ref.str(s, "narHash")
	switch {
	case !ok:
		return h, false
	case text == "":
		h, _ = nixhash.FromBytes(nixhash.SHA256, make([]byte, nixhash.SHA256.Size()))
		return h, true
	case !strings.Contains(text, "-"):
		s.FailForeign(eval.ErrorOther, "hash '%s' is not SRI", text)
	}
	h = instantiate.ParseHash(s, text, 0)
	if h.Algo() != nixhash.SHA256 {
		s.Raise(eval.ErrorOther, "narHash must use SHA-256", eval.Because(eval.ErrUsage))
	}
	return h, true
}

// json returns the attributes as JSON, for messages.
func (ref flakeRef) json() string {
	var b strings.Builder
	b.WriteByte('{')
	for i, name := range slices.Sorted(maps.Keys(ref)) {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(jsonString(name))
		b.WriteByte(':')
		switch x := ref[name].(type) {
		case string:
			b.Write(jsonString(x))
		default:
			fmt.Fprint(&b, x)
		}
	}
	b.WriteByte('}')
	return b.String()
}

func jsonString(text string) []byte {
	out, err := nixjson.AppendString(nil, text)
	if err != nil {
		return []byte(`"<invalid UTF-8>"`)
	}
	return out
}

// url writes the reference as a URL.
func (ref flakeRef) url(s *eval.State) string {
	u := ref.toURL(s)
	if dir := ref.text("dir"); dir != "" && u.Query["dir"] == "" {
		u.Set("dir", dir)
	}
	return u.String()
}

func (ref flakeRef) toURL(s *eval.State) *uri.URL {
	kind := ref.kind()
	switch {
	case kind == "path":
		u := &uri.URL{Scheme: "path", Path: uri.FileSegments(ref.text("path"))}
		for name := range ref {
			if name != "type" && name != "path" && name != "dir" && name != "__final" {
				u.Set(name, ref.queryText(name))
			}
		}
		return u
	case kind == "indirect":
		return &uri.URL{Scheme: "flake", Path: append([]string{ref.text("id")}, ref.refAndRev(s)...)}
	case slices.Contains(forges, kind):
		u := &uri.URL{Scheme: kind, Path: append([]string{ref.text("owner"), ref.text("repo")}, ref.refAndRev(s)...)}
		ref.addHash(s, u)
		if host, ok := ref.str(s, "host"); ok {
			u.Set("host", host)
		}
		return u
	case kind == "git", kind == "hg":
		return ref.repositoryURL(s, kind)
	case kind == "file", kind == "tarball":
		u := urlOf(s, ref.need(s, "url"))
		ref.addHash(s, u)
		return u
	}
	s.FailForeign(eval.ErrorOther, "cannot show unsupported input '%s'", ref.json())
	return nil
}

// repositoryURL is toURL for what a version control system fetches.
func (ref flakeRef) repositoryURL(s *eval.State, kind string) *uri.URL {
	u := urlOf(s, ref.need(s, "url"))
	if u.Scheme != "git" {
		u.Scheme = kind + "+" + u.Scheme
	}
	if rev, ok := ref.rev(s); ok {
		u.Set("rev", rev)
	}
	if name, ok := ref.str(s, "ref"); ok {
		u.Set("ref", name)
	}
	if kind == "hg" {
		return u
	}
	for _, name := range []string{"shallow", "lfs", "submodules", "exportIgnore", "verifyCommit"} {
		if ref.boolean(s, name) {
			u.Set(name, "1")
		}
	}
	if key := ref.text("publicKey"); key != "" {
		u.Set("publicKey", key)
		u.Set("keytype", "ssh-ed25519")
		if t := ref.text("keytype"); t != "" {
			u.Set("keytype", t)
		}
	}
	return u
}

func (ref flakeRef) addHash(s *eval.State, u *uri.URL) {
	if h, ok := ref.narHash(s); ok {
		u.Set("narHash", h.SRI())
	}
}

// refAndRev returns ref and rev, as far as they are set.
func (ref flakeRef) refAndRev(s *eval.State) (path []string) {
	if name, ok := ref.str(s, "ref"); ok {
		path = append(path, name)
	}
	if rev, ok := ref.rev(s); ok {
		path = append(path, rev)
	}
	return path
}

// queryText returns an attribute as the value of a parameter.
func (ref flakeRef) queryText(name string) string {
	switch x := ref[name].(type) {
	case int64:
		return strconv.FormatInt(x, 10)
	case bool:
		if x {
			return "1"
		}
		return "0"
	}
	return ref.text(name)
}

// urlOf reads a URL, and raises an error for what is none.
func urlOf(s *eval.State, text string) *uri.URL {
	u, err := uri.Parse(text, false, warner(s))
	failWith(s, err)
	return u
}

// gitURL is fixGitURL, with errors that are raised.
func gitURL(s *eval.State, text string) string {
	u, err := fixGitURL(s, text)
	failWith(s, err)
	return u.String()
}

// fixGitURL returns what Git takes as the place of a repository as a URL: a path, or
// HOST:PATH as for ssh. Behaviour: fixGitURL in Nix's url.cc.
func fixGitURL(s *eval.State, text string) (*uri.URL, error) {
	if path.IsAbs(text) {
		return &uri.URL{Scheme: "file", Authority: &uri.Authority{}, Path: uri.FileSegments(text)}, nil
	}
	host, rest, ok := strings.Cut(text, ":")
	transports := []string{"ssh", "http", "https", "file", "ftp", "ftps", "git"}
	if ok && !strings.Contains(host, "/") && !strings.Contains(text, "://") && !slices.Contains(transports, strings.TrimPrefix(host, "git+")) {
		return scpURL(s, text, host, rest)
	}
	u, err := uri.Parse(text, false, warner(s))
	if err == nil {
		if application, transport := u.Application(); application == "git" {
			u.Scheme = transport
		}
	}
	return u, err
}

// scpURL reads [USER@]HOST:PATH, and warns of a path that begins in the user's directory.
func scpURL(s *eval.State, text, host, rest string) (*uri.URL, error) {
	if rest == "" {
		return nil, uri.Errorf("SCP-style Git URL '%s' has an empty path", text)
	}
	u := &uri.URL{Scheme: "ssh", Authority: &uri.Authority{Host: host}, Path: strings.Split(rest, "/")}
	if user, name, ok := strings.Cut(host, "@"); ok {
		u.Authority.User, u.Authority.Host = &user, name
	}
	if u.Path[0] == "" {
		return u, nil
	}
	relative := !strings.HasPrefix(u.Path[0], "~")
	u.Path = append([]string{""}, u.Path...)
	if relative {
		home, name := *u, u.Authority.Host
		home.Path = append([]string{"", "~"}, u.Path[1:]...)
		s.Warn(syntax.Hintf(relativeSCP, text, name+":/"+rest, u.String(), name+":~/"+rest, home.String()))
	}
	return u, nil
}

const relativeSCP = "SCP-style URL '%s' has a relative path which cannot be faithfully converted to an SSH URL: " +
	"we will convert it to an absolute path when making an SSH URL.\n\nUse an explicit absolute path:\n\n    %s\n\n" +
	"or with an explicit SSH URL:\n\n    %s\n\ninstead, to explicitly use an absolute path (and silence this warning). " +
	"Or, to be relative to the remote user's home directory:\n\n    %s\n\nor with an explicit SSH URL:\n\n    %s"

// refOfURL reads a reference in the form of a URL, for fetchTree.
func refOfURL(s *eval.State, text string) flakeRef {
	ref, err := flakeURL{urlOf(s, text)}.reference(s)
	failWith(s, err)
	ref.accept(s)
	return ref
}
