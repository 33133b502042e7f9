package text

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// Ellipsis stands for what was cut out of a name.
const Ellipsis = ".."

// Width is the number of cells that s takes; escape sequences take none.
func Width(s string) int {
	if isPlainASCII(s) {
		return len(s)
	}
	return ansi.StringWidth(s)
}

// Cut shortens s to w cells by dropping its end.
func Cut(s string, w int) string {
	if Width(s) <= w {
		return s
	}
	if w <= len(Ellipsis) {
		return ansi.Truncate(s, max(w, 0), "")
	}
	return ansi.Truncate(s, w, Ellipsis)
}

// Wrap breaks s into lines of at most w cells, and of 8 at least, between words if that is
// possible. A hyphen is part of a word: paths and options can be read and copied.
func Wrap(s string, w int) []string {
	if Width(s) <= w {
		return []string{s}
	}
	hyphen := "\ue000" // as wide, and nothing that ansi.Wrap breaks at
	for strings.Contains(s, hyphen) {
		hyphen = string([]rune(hyphen)[0] + 1)
	}
	lines := ansi.Wrap(strings.ReplaceAll(s, "-", hyphen), max(w, 8), " ")
	return strings.Split(strings.ReplaceAll(lines, hyphen, "-"), "\n")
}

// CutMiddle shortens s, which has no escape sequences, to w cells by dropping
// its middle, for names whose start and version both matter.
func CutMiddle(s string, w int) string {
	n := Width(s)
	if n <= w {
		return s
	}
	if w < 8 {
		return Cut(s, w)
	}
	tail := (w - len(Ellipsis)) * 2 / 5
	head := ansi.Truncate(s, w-len(Ellipsis)-tail, "") + Ellipsis
	for ; ; tail-- { // a wide character on the cut makes the tail wider
		if short := head + ansi.TruncateLeft(s, n-tail, ""); Width(short) <= w {
			return short
		}
	}
}

// ShortPath shortens a store path to w cells. As far as needed it first cuts
// the digest, then leaves out the store directory, then the digest, and at last
// cuts the middle of the name. Other paths lose their middle.
//
//	/nix/store/8h2kv…-texlive-2024-env
//	/nix/store/8h2k..-texlive-2024-env
//	8h2k..-texlive-2024-env
//	texlive-2024-env
//	texlive..4-env
func ShortPath(p string, w int) string {
	if Width(p) <= w {
		return p
	}
	dir, base := "", p
	if i := strings.LastIndexByte(p, '/'); i >= 0 {
		dir, base = p[:i+1], p[i+1:]
	}
	digest, name, ok := strings.Cut(base, "-")
	if !ok || !isDigest(digest) {
		return CutMiddle(p, w)
	}
	short := digest[:4] + Ellipsis + "-" + name
	for _, s := range []string{dir + short, short, name} {
		if Width(s) <= w {
			return s
		}
	}
	return CutMiddle(name, w)
}

// CutDir shortens the name of a file or directory to w cells. As far as needed it
// leaves out directories from the left, but for the last, then cuts the middle.
//
//	~/.local/share/nix/root
//	~/..share/nix/root
//	~/..nix/root
func CutDir(name string, w int) string {
	if Width(name) <= w {
		return name
	}
	start := "/"
	if strings.HasPrefix(name, "~/") {
		start = "~/"
	}
	rest, ok := strings.CutPrefix(name, start)
	for ok {
		_, rest, ok = strings.Cut(rest, "/")
		if !strings.Contains(rest, "/") {
			break
		}
		if short := start + Ellipsis + rest; Width(short) <= w {
			return short
		}
	}
	return CutMiddle(name, w)
}

// Tilde writes ~ for the home directory in the name of a file; home may be "".
func Tilde(name, home string) string {
	if rest, ok := strings.CutPrefix(name, home+"/"); ok && home != "" {
		return "~/" + rest
	}
	return name
}

// NamesOnly is a text with the names of store paths in their places, for one line of it to
// say more.
//
//	build /nix/store/8h2kv…-hello-2.12.drv: exit status 1
//	build hello-2.12.drv: exit status 1
func NamesOnly(s string) string {
	words := strings.SplitAfter(s, " ")
	for i, word := range words {
		start := strings.IndexByte(word, '/')
		for at := start; at >= 0; {
			digest, name, ok := strings.Cut(word[at+1:], "-")
			if ok && isDigest(digest) {
				words[i] = word[:start] + name
				break
			}
			next := strings.IndexByte(word[at+1:], '/')
			if next < 0 {
				break
			}
			at += 1 + next
		}
	}
	return strings.Join(words, "")
}

// isDigest tells whether s looks like the digest of a store path: 32 digits of
// Nix's base 32.
func isDigest(s string) bool {
	return len(s) == 32 && strings.Trim(s, "0123456789abcdfghijklmnpqrsvwxyz") == ""
}
