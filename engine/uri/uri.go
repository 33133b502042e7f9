// Package uri reads and writes URLs as Nix does: references to stores and to flakes are
// some.
//
// Behaviour: Nix, url.cc, and what it takes of boost::urls.
package uri

import (
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// A URL is a URL in its parts, decoded.
type URL struct {
	Scheme    string
	Authority *Authority // nil if there is no "//"
	Path      []string   // what is between slashes; an absolute one begins with ""
	Query     map[string]string
	Fragment  string
}

// An Authority is what is between "//" and the path of a URL.
type Authority struct {
	User, Password *string // nil if there is none
	Host           string
	bracketed      bool // an address of version 6
	Port           string
}

// An Error says that a text is no URL, in Nix's words: a format and what is filled in.
type Error struct {
	Format string
	Args   []any
}

// Errorf returns an Error.
func Errorf(format string, args ...any) error { return &Error{format, args} }

func (e *Error) Error() string { return fmt.Sprintf(e.Format, e.Args...) }

// A Warner is told what is dubious, as a format and what is filled in. It may be nil.
type Warner func(format string, args ...any)

// These are compiled when they are needed, for which most programs have no reason.
var (
	urlPattern = Pattern(`^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$`)
	// The characters that parts of a URL may have where they stand for themselves.
	pathText      = Pattern(`^(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*$`)
	parameterText = Pattern(`^(?:[A-Za-z0-9._~!$&'()*+,;=:@/?\[\]-]|%[0-9A-Fa-f]{2})*$`)
	authorityText = Pattern(`^(?:((?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*)(:(?:[A-Za-z0-9._~!$&'()*+,;=:-]|%[0-9A-Fa-f]{2})*)?@)?` +
		`(?:\[([0-9A-Fa-f:.]+)\]|((?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*))(?::([0-9]*))?$`)
)

// Pattern returns a regular expression that is compiled when it is first needed: most
// commands never need it.
func Pattern(text string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })
}

// Parse reads a URL. If it is lenient, spaces and quotes may be in the query and the
// fragment, and ^ in the fragment. Errors are of the type [*Error].
func Parse(text string, lenient bool, warn Warner) (*URL, error) {
	m := urlPattern().FindStringSubmatch(text)
	if m == nil { // there are lines
		return nil, Errorf("'%s' is not a valid URL: %s", text, "leftover")
	}
	query, fragment := m[4], m[5]
	if lenient {
		query, fragment = escapeOnly(query, ` "`), escapeOnly(fragment, ` "^`)
	}
	if !pathText().MatchString(m[3]) || !parameterText().MatchString(query) || !parameterText().MatchString(fragment) ||
		m[1] == "" && strings.Contains(strings.SplitN(m[3], "/", 2)[0], ":") {
		return nil, Errorf("'%s' is not a valid URL: %s", text, "leftover")
	}
	if m[1] == "" {
		return nil, Errorf("'%s' doesn't have a scheme", text)
	}
	u := &URL{Scheme: m[1]}
	if strings.HasPrefix(text[len(m[1])+1:], "//") {
		a, err := parseAuthority(text, m[2])
		if err != nil {
			return nil, err
		}
		u.Authority = a
	}
	_, transport := u.Application()
	if transport == "file" {
		if u.Authority != nil && u.Authority.Host != "" {
			return nil, Errorf("file:// URL '%s' has unexpected authority '%s'", text, u.Authority.String())
		}
		if m[3] == "" {
			m[3] = "/"
		}
	}
	for part := range strings.SplitSeq(m[3], "/") {
		u.Path = append(u.Path, Unescape(part))
	}
	var err error
	u.Query, err = DecodeQuery(query, warn)
	u.Fragment = Unescape(fragment)
	return u, err
}

func parseAuthority(text, part string) (*Authority, error) {
	m := authorityText().FindStringSubmatch(part)
	if m == nil {
		return nil, Errorf("'%s' is not a valid URL: %s", text, "leftover")
	}
	a := &Authority{Host: Unescape(m[4])}
	if m[3] != "" {
		a.Host, a.bracketed = m[3], true
	}
	if strings.Contains(part, "@") {
		user := Unescape(m[1])
		a.User = &user
		if m[2] != "" {
			password := Unescape(m[2][1:])
			a.Password = &password
		}
	}
	if m[5] != "" {
		n, err := strconv.ParseUint(m[5], 10, 16)
		if err != nil {
			return nil, Errorf("port '%s' is invalid", m[5])
		}
		a.Port = strconv.FormatUint(n, 10)
	}
	return a, nil
}

// DecodeQuery reads the parameters of a URL, in which spaces and quotes may stand for
// themselves. Of a name the first one counts, and what has no value is warned of and left
// out. Errors are of the type [*Error].
func DecodeQuery(text string, warn Warner) (map[string]string, error) {
	query := make(map[string]string)
	if !parameterText().MatchString(escapeOnly(text, ` "`)) {
		return nil, Errorf("invalid URI query '%s': %s", text, "leftover")
	}
	if text == "" {
		return query, nil
	}
	for param := range strings.SplitSeq(text, "&") {
		name, value, ok := strings.Cut(param, "=")
		_, old := query[Unescape(name)]
		switch {
		case !ok && warn != nil:
			warn("dubious URI query '%s' is missing equal sign '%s', ignoring", name, "=")
		case ok && !old:
			query[Unescape(name)] = Unescape(value)
		}
	}
	return query, nil
}

// Unescape decodes what has been checked.
func Unescape(text string) string {
	if plain, err := url.PathUnescape(text); err == nil {
		return plain
	}
	return text
}

// Application splits a scheme such as git+https; application is "" if there is none.
func (u *URL) Application() (application, transport string) {
	if application, transport, ok := strings.Cut(u.Scheme, "+"); ok {
		return application, transport
	}
	return "", u.Scheme
}

// Segments returns the parts of the path that are not empty.
func (u *URL) Segments() []string {
	return slices.DeleteFunc(slices.Clone(u.Path), func(s string) bool { return s == "" })
}

// Set sets a parameter.
func (u *URL) Set(name, value string) {
	if u.Query == nil {
		u.Query = make(map[string]string)
	}
	u.Query[name] = value
}

// FilePath returns the path as one of a file, without slashes of no use.
// Behaviour: urlPathToPath in Nix's url.cc.
func (u *URL) FilePath() (string, error) {
	file := ""
	for i, part := range u.Path {
		switch {
		case strings.Contains(part, "/"):
			return "", Errorf("URL path component '%s' contains '/', which is not allowed in file names", part)
		case strings.Contains(part, "\x00"):
			return "", Errorf("URL path component '%s' contains NUL byte which is not allowed", strings.ReplaceAll(part, "\x00", "␀"))
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

// FileSegments returns a path of a file as that of a URL.
// Behaviour: pathToUrlPath in Nix's url.cc.
func FileSegments(file string) (path []string) {
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
func (u *URL) String() string {
	var b strings.Builder
	b.WriteString(u.Scheme + ":")
	if u.Authority != nil {
		b.WriteString("//")
	}
	b.WriteString(u.Place())
	if len(u.Query) > 0 {
		b.WriteString("?" + EncodeQuery(u.Query))
	}
	if u.Fragment != "" {
		b.WriteString("#" + escapeBut(u.Fragment, ""))
	}
	return b.String()
}

// Place returns the authority and the path, encoded.
func (u *URL) Place() string {
	if u.Authority == nil {
		return EncodePath(u.Path)
	}
	return u.Authority.String() + EncodePath(u.Path)
}

// EncodePath writes the parts of a path as they are in a URL.
func EncodePath(parts []string) string {
	encoded := make([]string, len(parts))
	for i, part := range parts {
		encoded[i] = escapeBut(part, ":@")
	}
	return strings.Join(encoded, "/")
}

// EncodeQuery writes parameters as they are in a URL, sorted.
func EncodeQuery(query map[string]string) string {
	var params []string
	for _, name := range slices.Sorted(maps.Keys(query)) {
		params = append(params, escapeBut(name, ":@/?")+"="+escapeBut(query[name], ":@/?"))
	}
	return strings.Join(params, "&")
}

func (a *Authority) String() string {
	var b strings.Builder
	if a.User != nil {
		b.WriteString(escapeBut(*a.User, ""))
		if a.Password != nil {
			b.WriteString(":" + escapeBut(*a.Password, ""))
		}
		b.WriteByte('@')
	}
	if a.bracketed {
		b.WriteString("[" + escapeBut(a.Host, ":") + "]")
	} else {
		b.WriteString(escapeBut(a.Host, ""))
	}
	if a.Port != "" {
		b.WriteString(":" + a.Port)
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
