package builtins

import (
	"maps"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
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
)

func pattern(text string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })
}

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
	m := schemePattern().FindStringSubmatch(main)
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
	if !idPattern().MatchString(parts[0]) || len(parts) > 3 {
		return nil
	}
	ref := flakeRef{"type": "indirect", "id": parts[0]}
	switch {
	case len(parts) == 3 && commitPattern().MatchString(parts[2]):
		ref["ref"], ref["rev"] = parts[1], parts[2]
	case len(parts) == 3:
		return nil
	case len(parts) == 2:
		ref.setCommitOrRef(parts[1])
	}
	return ref
}

func (ref flakeRef) setCommitOrRef(text string) {
	if commitPattern().MatchString(text) {
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
	known := append(strings.Fields(flakeSchemes[ref["type"].(string)]), "dir")
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
		case name == "rev" && !commitPattern().MatchString(value):
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
