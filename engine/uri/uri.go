package builtins

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"nixbench/engine/eval"
	"nixbench/engine/syntax"
)

// A parsedURL is a URL in its parts, decoded.
// Behaviour: ParsedURL in Nix's url.cc.
type parsedURL struct {
	scheme    string
	authority *authority // nil if there is no "//"
	path      []string   // what is between slashes; an absolute one begins with ""
	query     map[string]string
	fragment  string
}

// An authority is what is between "//" and the path of a URL.
type authority struct {
	user, password *string
	host           string
	bracketed      bool // an address of version 6
	port           string
}

// A badURL is an error about a text that is no URL, or about a URL that is no
// reference. A flake reference can then still be a path.
type badURL struct{ error }

func notURL(format string, args ...any) error { return badURL{languageError(format, args...)} }

// These are compiled when they are needed, for which most programs have no reason.
var (
	urlPattern = pattern(`^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$`)
	// The characters that parts of a URL may have where they stand for themselves.
	pathText      = pattern(`^(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*$`)
	parameterText = pattern(`^(?:[A-Za-z0-9._~!$&'()*+,;=:@/?\[\]-]|%[0-9A-Fa-f]{2})*$`)
	authorityText = pattern(`^(?:((?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*)(:(?:[A-Za-z0-9._~!$&'()*+,;=:-]|%[0-9A-Fa-f]{2})*)?@)?` +
		`(?:\[([0-9A-Fa-f:.]+)\]|((?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*))(?::([0-9]*))?$`)
)

// parseURL reads a URL. If it is lenient, spaces and quotes may be in the query and
// the fragment, and ^ in the fragment. Errors are badURLs.
func parseURL(s *eval.State, text string, lenient bool) (*parsedURL, error) {
	m := urlPattern().FindStringSubmatch(text)
	query, fragment := m[4], m[5]
	if lenient {
		query, fragment = escapeOnly(query, ` "`), escapeOnly(fragment, ` "^`)
	}
	if !pathText().MatchString(m[3]) || !parameterText().MatchString(query) || !parameterText().MatchString(fragment) ||
		m[1] == "" && strings.Contains(strings.SplitN(m[3], "/", 2)[0], ":") {
		return nil, notURL("'%s' is not a valid URL: %s", text, "leftover")
	}
	if m[1] == "" {
		return nil, notURL("'%s' doesn't have a scheme", text)
	}
	u := &parsedURL{scheme: m[1]}
	if strings.HasPrefix(text[len(m[1])+1:], "//") {
		a, err := parseAuthority(text, m[2])
		if err != nil {
			return nil, err
		}
		u.authority = a
	}
	_, transport := u.application()
	if transport == "file" {
		if u.authority != nil && u.authority.host != "" {
			return nil, notURL("file:// URL '%s' has unexpected authority '%s'", text, u.authority.String())
		}
		if m[3] == "" {
			m[3] = "/"
		}
	}
	for part := range strings.SplitSeq(m[3], "/") {
		u.path = append(u.path, unescape(part))
	}
	u.query, u.fragment = decodeQuery(s, query), unescape(fragment)
	return u, nil
}

func parseAuthority(text, part string) (*authority, error) {
	m := authorityText().FindStringSubmatch(part)
	if m == nil {
		return nil, notURL("'%s' is not a valid URL: %s", text, "leftover")
	}
	a := &authority{host: unescape(m[4])}
	if m[3] != "" {
		a.host, a.bracketed = m[3], true
	}
	if strings.Contains(part, "@") {
		user := unescape(m[1])
		a.user = &user
		if m[2] != "" {
			password := unescape(m[2][1:])
			a.password = &password
		}
	}
	if m[5] != "" {
		n, err := strconv.ParseUint(m[5], 10, 16)
		if err != nil {
			return nil, notURL("port '%s' is invalid", m[5])
		}
		a.port = strconv.FormatUint(n, 10)
	}
	return a, nil
}

// decodeQuery reads the parameters of a URL. Of a name the first one counts, and what
// has no value is warned of and left out.
func decodeQuery(s *eval.State, text string) map[string]string {
	query := make(map[string]string)
	if text == "" {
		return query
	}
	for param := range strings.SplitSeq(text, "&") {
		name, value, ok := strings.Cut(param, "=")
		_, old := query[unescape(name)]
		switch {
		case !ok:
			s.Warn(syntax.Hintf("dubious URI query '%s' is missing equal sign '%s', ignoring", name, "="))
		case !old:
			query[unescape(name)] = unescape(value)
		}
	}
	return query
}

// unescape decodes what has been checked.
func unescape(text string) string {
	if plain, err := url.PathUnescape(text); err == nil {
		return plain
	}
	return text
}

// application splits a scheme such as git+https; application is "" if there is none.
func (u *parsedURL) application() (application, transport string) {
	if application, transport, ok := strings.Cut(u.scheme, "+"); ok {
		return application, transport
	}
	return "", u.scheme
}

// segments returns the parts of the path that are not empty.
func (u *parsedURL) segments() []string {
	return slices.DeleteFunc(slices.Clone(u.path), func(s string) bool { return s == "" })
}

// set sets a parameter.
func (u *parsedURL) set(name, value string) {
	if u.query == nil {
		u.query = make(map[string]string)
	}
	u.query[name] = value
}

// filePath returns the path as one of a file, without slashes of no use.
// Behaviour: urlPathToPath in Nix's url.cc.
func (u *parsedURL) filePath() (string, error) {
	file := ""
	for i, part := range u.path {
		switch {
		case strings.Contains(part, "/"):
			return "", notURL("URL path component '%s' contains '/', which is not allowed in file names", part)
		case strings.Contains(part, "\x00"):
			return "", notURL("URL path component '%s' contains NUL byte which is not allowed", strings.ReplaceAll(part, "\x00", "␀"))
		case i == 0 && part == "":
			file = "/"
		case file == "" || strings.HasSuffix(file, "/"):
			file += part
		default:
			file += "/" + part
		}
	}
	return file, nil
}

// fileSegments returns a path of a file as that of a URL.
// Behaviour: pathToUrlPath in Nix's url.cc.
func fileSegments(file string) (path []string) {
	if strings.HasPrefix(file, "/") {
		path = append(path, "")
	}
	for part := range strings.SplitSeq(file, "/") {
		if part != "" {
			path = append(path, part)
		}
	}
	if file == "" || strings.HasSuffix(file, "/") {
		path = append(path, "")
	}
	return path
}

// String writes the URL, with all escaped that can be.
func (u *parsedURL) String() string {
	var b strings.Builder
	b.WriteString(u.scheme + ":")
	if u.authority != nil {
		b.WriteString("//" + u.authority.String())
	}
	for i, part := range u.path {
		if i > 0 {
			b.WriteByte('/')
		}
		b.WriteString(escapeBut(part, ":@"))
	}
	sep := "?"
	for _, name := range slices.Sorted(maps.Keys(u.query)) {
		b.WriteString(sep + escapeBut(name, ":@/?") + "=" + escapeBut(u.query[name], ":@/?"))
		sep = "&"
	}
	if u.fragment != "" {
		b.WriteString("#" + escapeBut(u.fragment, ""))
	}
	return b.String()
}

func (a *authority) String() string {
	var b strings.Builder
	if a.user != nil {
		b.WriteString(escapeBut(*a.user, ""))
		if a.password != nil {
			b.WriteString(":" + escapeBut(*a.password, ""))
		}
		b.WriteByte('@')
	}
	if a.bracketed {
		b.WriteString("[" + escapeBut(a.host, ":") + "]")
	} else {
		b.WriteString(escapeBut(a.host, ""))
	}
	if a.port != "" {
		b.WriteString(":" + a.port)
	}
	return b.String()
}

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

// escapeOnly percent-encodes some signs.
func escapeOnly(text, signs string) string {
	for i := range len(signs) {
		text = strings.ReplaceAll(text, signs[i:i+1], fmt.Sprintf("%%%02X", signs[i]))
	}
	return text
}
