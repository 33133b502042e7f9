package builtins

import (
	"maps"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"nixbench/store/nixhash"
)

// A flakeRef is a flake reference as attributes: string, int64 or bool.
//
// Format: Nix manual, "Flake references".
type flakeRef map[string]any

// flakeSchemes say which attributes a type of reference has, type aside.
var flakeSchemes = map[string]string{
	"github":    "owner repo ref rev host narHash lastModified treeHash dir",
	"gitlab":    "owner repo ref rev host narHash lastModified treeHash dir",
	"sourcehut": "owner repo ref rev host narHash lastModified treeHash dir",
	"indirect":  "id ref rev narHash dir",
	"path":      "path rev revCount lastModified narHash dir",
	"git": "url ref rev shallow submodules lfs exportIgnore lastModified revCount narHash allRefs name dirtyRev " +
		"dirtyShortRev verifyCommit keytype publicKey publicKeys dir",
	"hg":      "url ref rev revCount narHash name dir",
	"tarball": "url narHash name unpack rev revCount lastModified dir",
	"file":    "url narHash name unpack rev revCount lastModified dir",
}

var (
	commitPattern = regexp.MustCompile(`^[0-9a-fA-F]{40}$`)
	idPattern     = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9_-]*$`)
	schemePattern = regexp.MustCompile(`^([a-z][a-z0-9+.-]*):(.*)$`)
)

// forges are the types of references that name an owner and a repository.
var forges = []string{"github", "gitlab", "sourcehut"}

// parseRef reads a flake reference in the form of a URL.
func parseRef(text string) (flakeRef, error) {
	main, fragment, _ := strings.Cut(text, "#")
	if fragment != "" {
		return nil, languageError("unexpected fragment '%s' in flake reference '%s'", fragment, text)
	}
	main, rawQuery, _ := strings.Cut(main, "?")
	query, err := url.ParseQuery(rawQuery)
	if err != nil {
		return nil, languageError("'%s' is not a valid URL", text)
	}
	m := schemePattern.FindStringSubmatch(main)
	var ref flakeRef
	switch {
	case m == nil || m[1] == "flake":
		ref = idRef(strings.TrimPrefix(main, "flake:"))
		if ref == nil && strings.HasPrefix(main, "/") {
			ref = flakeRef{"type": "path", "path": path.Clean(main)}
		}
	case slices.Contains(forges, m[1]):
		ref = forgeRef(m[1], m[2], query)
	case m[1] == "path":
		ref = flakeRef{"type": "path", "path": m[2]}
	default:
		if ref = urlRef(m[1], m[2]); ref == nil {
			return nil, languageError("input '%s' is unsupported", text)
		}
	}
	if ref == nil {
		return nil, languageError("flake reference '%s' is not an absolute path", text)
	}
	return ref, ref.takeQuery(query)
}

// idRef reads id[/ref][/rev].
func idRef(text string) flakeRef {
	parts := strings.Split(text, "/")
	if !idPattern.MatchString(parts[0]) || len(parts) > 3 {
		return nil
	}
	ref := flakeRef{"type": "indirect", "id": parts[0]}
	switch {
	case len(parts) == 3 && commitPattern.MatchString(parts[2]):
		ref["ref"], ref["rev"] = parts[1], parts[2]
	case len(parts) == 3:
		return nil
	case len(parts) == 2:
		ref.setCommitOrRef(parts[1])
	}
	return ref
}

func (ref flakeRef) setCommitOrRef(text string) {
	if commitPattern.MatchString(text) {
		ref["rev"] = text
	} else {
		ref["ref"] = text
	}
}

// forgeRef reads owner/repo[/ref-or-rev].
func forgeRef(scheme, rest string, query url.Values) flakeRef {
	parts := strings.SplitN(rest, "/", 3)
	if len(parts) < 2 {
		return nil
	}
	ref := flakeRef{"type": scheme, "owner": parts[0], "repo": parts[1]}
	if len(parts) == 3 {
		if query.Has("ref") || query.Has("rev") {
			return nil
		}
		ref.setCommitOrRef(parts[2])
	}
	return ref
}

// urlRef reads what is fetched from a URL.
func urlRef(scheme, rest string) flakeRef {
	application, transport, ok := strings.Cut(scheme, "+")
	if !ok {
		application, transport = "", scheme
	}
	kind := application
	if kind == "" {
		switch transport {
		case "git":
			kind = "git"
		case "http", "https", "file":
			kind = "tarball"
		}
	}
	if kind != "git" && kind != "hg" && kind != "tarball" && kind != "file" {
		return nil
	}
	return flakeRef{"type": kind, "url": transport + ":" + rest}
}

// takeQuery adds the parameters of the URL as attributes; what the scheme does
// not know stays in the URL.
func (ref flakeRef) takeQuery(query url.Values) error {
	known := strings.Fields(flakeSchemes[ref["type"].(string)])
	rest := make(url.Values)
	for _, name := range slices.Sorted(maps.Keys(query)) {
		value := query.Get(name)
		switch {
		case !slices.Contains(known, name):
			rest.Set(name, value)
		case slices.Contains([]string{"submodules", "shallow", "allRefs", "lfs", "exportIgnore", "verifyCommit", "unpack"}, name):
			ref[name] = value == "1"
		case name == "lastModified" || name == "revCount":
			n, err := strconv.ParseInt(value, 10, 64)
			if err != nil {
				return languageError("flake reference attribute '%s' is not an integer: '%s'", name, value)
			}
			ref[name] = n
		case name == "rev" && !commitPattern.MatchString(value):
			return languageError("hash '%s' has wrong length for hash algorithm 'sha1'", value)
		default:
			ref[name] = value
		}
	}
	if base, ok := ref["url"].(string); ok && len(rest) > 0 {
		ref["url"] = base + "?" + rest.Encode()
	}
	return nil
}

// text returns an attribute that is a string, or "".
func (ref flakeRef) text(name string) string {
	text, _ := ref[name].(string)
	return text
}

// check refuses attributes that are missing, unknown or malformed.
func (ref flakeRef) check() error {
	kind, ok := ref["type"].(string)
	if !ok {
		return languageError("'type' attribute to specify input scheme is required but not provided")
	}
	known, ok := flakeSchemes[kind]
	if !ok {
		return languageError("cannot show unsupported input of type '%s'", kind)
	}
	for _, name := range slices.Sorted(maps.Keys(ref)) {
		if name != "type" && !slices.Contains(strings.Fields(known), name) {
			return languageError("input attribute '%s' not supported by scheme '%s'", name, kind)
		}
		switch _, isText := ref[name].(string); {
		case name == "rev" && !isText:
			return languageError("input attribute 'rev' is not a string")
		case name == "rev" && !commitPattern.MatchString(ref.text(name)):
			return languageError("hash '%s' has wrong length for hash algorithm 'sha1'", ref.text(name))
		case name == "narHash" && isText:
			if _, err := nixhash.ParseSRI(ref.text(name)); err != nil {
				return languageError("invalid SRI hash '%s': %v", ref.text(name), err)
			}
		}
	}
	required := map[string][]string{"indirect": {"id"}, "path": {"path"}}[kind]
	if slices.Contains(forges, kind) {
		required = []string{"owner", "repo"}
	} else if required == nil {
		required = []string{"url"}
	}
	for _, name := range required {
		if _, ok := ref[name]; !ok {
			return languageError("input attribute '%s' is missing", name)
		}
	}
	return nil
}

// print writes a reference that has been checked as a URL.
func (ref flakeRef) print() string {
	kind := ref.text("type")
	var base string
	var query []string
	switch {
	case kind == "path":
		base = "path:" + escapePath(ref.text("path"))
		query = []string{"rev", "revCount", "lastModified", "narHash", "dir"}
	case kind == "indirect":
		base = "flake:" + ref.text("id") + ref.suffix()
		query = []string{"dir", "narHash"}
	case slices.Contains(forges, kind):
		base = kind + ":" + ref.text("owner") + "/" + ref.text("repo") + ref.suffix()
		query = []string{"host", "narHash", "dir"}
	case kind == "git":
		base = "git+" + strings.TrimPrefix(ref.text("url"), "git+")
		query = []string{"ref", "rev", "shallow", "submodules", "lfs", "exportIgnore", "allRefs", "narHash", "dir"}
	case kind == "hg":
		base = "hg+" + ref.text("url")
		query = []string{"ref", "rev", "dir"}
	default:
		base = ref.text("url")
		query = []string{"narHash", "dir"}
	}
	return base + ref.query(base, query)
}

// suffix returns /ref and /rev, as far as they are set.
func (ref flakeRef) suffix() string {
	suffix := ""
	for _, name := range []string{"ref", "rev"} {
		if ref.text(name) != "" {
			suffix += "/" + ref.text(name)
		}
	}
	return suffix
}

// query returns the attributes of these names as a query string.
func (ref flakeRef) query(base string, names []string) string {
	sep := "?"
	if strings.Contains(base, "?") {
		sep = "&"
	}
	slices.Sort(names)
	out := ""
	for _, name := range names {
		var value string
		switch x := ref[name].(type) {
		case string:
			value = x
		case int64:
			value = strconv.FormatInt(x, 10)
		case bool:
			if x {
				value = "1"
			}
		}
		if value != "" {
			out += sep + name + "=" + url.QueryEscape(value)
			sep = "&"
		}
	}
	return out
}

func escapePath(p string) string { return (&url.URL{Path: p}).EscapedPath() }
