// Package version takes the names of store objects apart: packages, versions and
// outputs.
package version

import (
	"cmp"
	"strings"
)

// Split takes the name of a store object apart into that of the package, its
// version, which may be "", and the output, which is "" for out.
func Split(name string) (pkg, version, output string) {
	if i := strings.LastIndexByte(name, '-'); i >= 0 && isOutput(name[i+1:]) {
		name, output = name[:i], name[i+1:]
	}
	for i := range len(name) - 1 {
		if name[i] == '-' && !isLetter(name[i+1]) {
			return name[:i], name[i+1:], output
		}
	}
	return name, "", output
}

// isOutput reports whether the end of a name may be that of an output. It cannot
// tell "-bin" from the end of a version, but takes all names alike.
//
// Behaviour: Nix 2.34, diff-closures.cc.
func isOutput(s string) bool {
	return s == "lib32" || s == "lib64" || s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz") == ""
}

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// Compare returns -1, 0 or 1 as version a is before, like or after b.
// Versions are compared by parts, numbers by their value; "pre" is before all.
//
// Behaviour: Nix 2.34, builtins.compareVersions.
func Compare(a, b string) int {
	for a != "" || b != "" {
		var x, y string
		x, a = cutPart(a)
		y, b = cutPart(b)
		if c := compareParts(x, y); c != 0 {
			return c
		}
	}
	return 0
}

// cutPart splits off the first part: digits, or what is neither digit, dot nor
// dash.
func cutPart(s string) (part, rest string) {
	s = strings.TrimLeft(s, ".-")
	i := 0
	for i < len(s) && s[i] != '.' && s[i] != '-' && isDigit(s[i]) == isDigit(s[0]) {
		i++
	}
	return s[:i], s[i:]
}

func compareParts(a, b string) int {
	numA, numB := a != "" && isDigit(a[0]), b != "" && isDigit(b[0])
	switch {
	case a == b:
		return 0
	case numA && numB:
		a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
		return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
	case a == "" && numB, a == "pre":
		return -1
	case b == "" && numA, b == "pre":
		return 1
	case numB:
		return -1
	case numA:
		return 1
	}
	return cmp.Compare(a, b)
}
