package builtins

import (
	"fmt"
	"maps"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"nixbench/engine/eval"
	"nixbench/engine/instantiate"
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
		s.Fail(eval.ErrorOther, "'type' attribute to specify input scheme is required but not provided")
	}
	if known, ok := flakeSchemes[kind]; ok {
		ref.requireFeature(s)
		for _, name := range slices.Sorted(maps.Keys(ref)) {
			if name != "type" && name != "__final" && !slices.Contains(strings.Fields(known), name) {
				s.Fail(eval.ErrorOther, "input attribute '%s' not supported by scheme '%s'", name, kind)
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
			s.Fail(eval.ErrorOther, "'%s' is not a valid flake ID", id)
		}
	case kind == "hg":
		checkURL(s, ref.need(s, "url"))
	case kind == "git":
		for _, name := range []string{"keytype", "publicKey", "publicKeys", "verifyCommit"} {
			if _, ok := ref[name]; ok {
				requireFeature(s, "verified-fetches")
			}
		}
		ref.boolean(s, "verifyCommit")
		if name, ok := ref.str(s, "ref"); ok && !legalRefName(name) {
			s.Fail(eval.ErrorOther, "invalid Git branch/tag name '%s'", name)
		}
		ref["url"] = gitURL(s, ref.need(s, "url"))
		for _, name := range []string{"shallow", "submodules", "allRefs"} {
			ref.boolean(s, name)
		}
	case slices.Contains(forges, kind):
		ref.acceptForge(s)
	}
}

func (ref flakeRef) acceptForge(s *eval.State) {
	ref.need(s, "owner")
	ref.need(s, "repo")
	name, named := ref.str(s, "ref")
	rev, fixed := ref.str(s, "rev")
	if named && fixed {
		s.Fail(eval.ErrorOther, "input %s contains both a commit hash ('%s') and a branch/tag name ('%s')", ref.json(), rev, name)
	}
	ref.rev(s)
	if named && !legalRefName(name) {
		s.Fail(eval.ErrorOther, "input %s contains an invalid branch/tag name", ref.json())
	}
	if host, ok := ref.str(s, "host"); ok && !legalHost(host) {
		s.Fail(eval.ErrorOther, "input %s contains an invalid instance host", ref.json())
	}
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
	s.Fail(eval.ErrorOther, "input attribute '%s' is not a string %s", name, ref.json())
	return "", false
}

// need is str for an attribute that has to be there.
func (ref flakeRef) need(s *eval.State, name string) string {
	text, ok := ref.str(s, name)
	if !ok {
		s.Fail(eval.ErrorOther, "input attribute '%s' is missing", name)
	}
	return text
}

func (ref flakeRef) integer(s *eval.State, name string) (n int64, ok bool) {
	v, ok := ref[name]
	if n, isInt := v.(int64); isInt || !ok {
		return n, ok
	}
	s.Fail(eval.ErrorOther, "input attribute '%s' is not an integer", name)
	return 0, false
}

func (ref flakeRef) boolean(s *eval.State, name string) (yes, ok bool) {
	v, ok := ref[name]
	if yes, isBool := v.(bool); isBool || !ok {
		return yes, ok
	}
	s.Fail(eval.ErrorOther, "input attribute '%s' is not a Boolean", name)
	return false, false
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
		s.Fail(eval.ErrorOther, "hash '%s' is not SRI", text)
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
	query := make(map[string]string)
	if dir := ref.text("dir"); dir != "" {
		query["dir"] = dir
	}
	kind := ref.kind()
	switch {
	case kind == "path":
		for name := range ref {
			if name != "type" && name != "path" && name != "__final" {
				query[name] = ref.queryText(name)
			}
		}
		return "path:" + escapePath(ref.text("path")) + encodeQuery("", query)
	case kind == "indirect":
		return "flake:" + ref.text("id") + ref.suffix(s) + encodeQuery("", query)
	case slices.Contains(forges, kind):
		ref.addHash(s, query)
		if host := ref.text("host"); host != "" {
			query["host"] = host
		}
		return kind + ":" + escapeSegment(ref.text("owner")) + "/" + escapeSegment(ref.text("repo")) + ref.suffix(s) + encodeQuery("", query)
	case kind == "git", kind == "hg":
		return ref.repositoryURL(s, kind, query)
	case kind == "file", kind == "tarball":
		ref.addHash(s, query)
		base, old := splitQuery(checkURL(s, ref.need(s, "url")))
		return base + encodeQuery(old, query)
	}
	s.Fail(eval.ErrorOther, "cannot show unsupported input '%s'", ref.json())
	return ""
}

// repositoryURL is url for what a version control system fetches.
func (ref flakeRef) repositoryURL(s *eval.State, kind string, query map[string]string) string {
	base, old := splitQuery(checkURL(s, ref.need(s, "url")))
	if rev, ok := ref.rev(s); ok {
		query["rev"] = rev
	}
	if name, ok := ref.str(s, "ref"); ok {
		query["ref"] = name
	}
	if kind == "hg" {
		return "hg+" + base + encodeQuery(old, query)
	}
	if !strings.HasPrefix(base, "git:") {
		base = "git+" + base
	}
	for _, name := range []string{"shallow", "lfs", "submodules", "exportIgnore", "verifyCommit"} {
		if yes, _ := ref.boolean(s, name); yes {
			query[name] = "1"
		}
	}
	if key := ref.text("publicKey"); key != "" {
		query["keytype"], query["publicKey"] = "ssh-ed25519", key
		if t := ref.text("keytype"); t != "" {
			query["keytype"] = t
		}
	}
	return base + encodeQuery(old, query)
}

func (ref flakeRef) addHash(s *eval.State, query map[string]string) {
	if h, ok := ref.narHash(s); ok {
		query["narHash"] = h.SRI()
	}
}

// suffix returns /ref and /rev, as far as they are set.
func (ref flakeRef) suffix(s *eval.State) string {
	suffix := ""
	if name, ok := ref.str(s, "ref"); ok {
		suffix += "/" + escapeSegment(name)
	}
	if rev, ok := ref.rev(s); ok {
		suffix += "/" + rev
	}
	return suffix
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

// splitQuery returns a URL without its parameters, and them.
func splitQuery(text string) (base, query string) {
	base, query, _ = strings.Cut(text, "?")
	return base, query
}

// encodeQuery adds parameters to those that a URL has.
func encodeQuery(old string, query map[string]string) string {
	values, err := url.ParseQuery(old)
	if err == nil {
		for name, v := range values {
			if _, ok := query[name]; !ok {
				query[name] = v[0]
			}
		}
	}
	out, sep := "", "?"
	for _, name := range slices.Sorted(maps.Keys(query)) {
		out += sep + escapeBut(name, ":@/?") + "=" + escapeBut(query[name], ":@/?")
		sep = "&"
	}
	return out
}

func escapePath(p string) string { return escapeBut(p, ":@/") }

func escapeSegment(p string) string { return escapeBut(p, ":@") }

// escapeBut percent-encodes all but letters, digits and some signs.
func escapeBut(text, keep string) string {
	var b strings.Builder
	for i := range len(text) {
		c := text[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("-._~"+keep, c) >= 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// checkURL raises an error for what is no URL.
func checkURL(s *eval.State, text string) string {
	if !schemePattern().MatchString(text) {
		s.Fail(eval.ErrorOther, "'%s' doesn't have a scheme", text)
	}
	if rest, ok := strings.CutPrefix(text, "file://"); ok {
		if host, _, _ := strings.Cut(rest, "/"); host != "" {
			s.Fail(eval.ErrorOther, "file:// URL '%s' has unexpected authority '%s'", text, host)
		}
	} else if _, err := url.Parse(text); err != nil && !strings.HasPrefix(text, "file:") {
		s.Fail(eval.ErrorOther, "'%s' is not a valid URL", text)
	}
	return text
}

// gitURL returns what Git takes as the place of a repository as a URL: a path, or
// HOST:PATH as for ssh. Behaviour: fixGitURL in Nix's url.cc.
func gitURL(s *eval.State, text string) string {
	if path.IsAbs(text) {
		return "file://" + escapePath(text)
	}
	scheme, rest, ok := strings.Cut(text, ":")
	switch transport := strings.TrimPrefix(scheme, "git+"); {
	case ok && slices.Contains([]string{"ssh", "http", "https", "file", "ftp", "ftps", "git"}, transport):
		return transport + ":" + rest
	case ok && !strings.Contains(scheme, "/") && !strings.HasPrefix(rest, "//"):
		if rest == "" {
			s.Fail(eval.ErrorOther, "SCP-style Git URL '%s' has an empty path", text)
		}
		return "ssh://" + scheme + "/" + escapePath(strings.TrimPrefix(rest, "/"))
	case !ok:
		return checkURL(s, text)
	}
	return text
}

// refOfURL reads a reference in the form of a URL, for fetchTree.
func refOfURL(s *eval.State, text string) flakeRef {
	checkURL(s, text)
	if rest, ok := strings.CutPrefix(text, "path:"); ok {
		checkPathURL(s, text, rest)
	}
	ref, err := parseRef(text)
	if err != nil {
		s.FailWith(err)
	}
	if _, ok := ref["dir"]; ok {
		delete(ref, "dir")
	}
	ref.accept(s)
	return ref
}

// checkPathURL says what is wrong with the URL of a path.
func checkPathURL(s *eval.State, text, rest string) {
	if after, ok := strings.CutPrefix(rest, "//"); ok {
		if host, _, _ := strings.Cut(after, "/"); host != "" {
			s.Fail(eval.ErrorOther, "path URL '%s' should not have an authority ('%s')", text, host)
		}
	}
	_, raw := splitQuery(text)
	query, err := url.ParseQuery(raw)
	if err != nil {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(query)) {
		switch name {
		case "rev", "narHash":
		case "revCount", "lastModified":
			if _, err := strconv.ParseUint(query.Get(name), 10, 64); err != nil {
				s.Fail(eval.ErrorOther, "path URL '%s' has invalid parameter '%s'", text, name)
			}
		default:
			s.Fail(eval.ErrorOther, "path URL '%s' has unsupported parameter '%s'", text, name)
		}
	}
}
