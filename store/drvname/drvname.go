// Package drvname takes the names of derivations apart, and compares versions.
package drvname

import (
	"cmp"
	"strconv"
	"strings"
)

// Split splits a name such as "hello-2.12" before the first dash that no letter
// follows. Version is "" if there is none.
//
// Behaviour: Nix manual, "builtins.parseDrvName".
func Split(s string) (name, version string) {
	for i := range len(s) - 1 {
		if c := s[i+1] | 0x20; s[i] == '-' && !('a' <= c && c <= 'z') {
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

// CompareVersions returns -1, 0 or 1 as version a is before, like or after b.
// Versions are compared by components: numbers by value, and before them anything
// else, "pre" first of all.
//
// Behaviour: Nix manual, "builtins.compareVersions".
func CompareVersions(a, b string) int {
	for a != "" || b != "" {
		var x, y string
		x, a = CutComponent(a)
		y, b = CutComponent(b)
		if c := CompareComponents(x, y); c != 0 {
			return c
		}
	}
	return 0
}

// CutComponent splits off the first component of a version: digits only, or what
// has neither digits, dots nor dashes. It is "" where there is none left.
func CutComponent(version string) (component, rest string) {
	v := strings.TrimLeft(version, ".-")
	n := 0
	for n < len(v) && v[n] != '.' && v[n] != '-' && isDigit(v[n]) == isDigit(v[0]) {
		n++
	}
	return v[:n], v[n:]
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// CompareComponents does for components what [CompareVersions] does for versions.
func CompareComponents(a, b string) int {
	n, isNumA := number(a)
	m, isNumB := number(b)
	switch {
	case isNumA && isNumB:
		return cmp.Compare(n, m)
	case a == b:
		return 0
	case a == "" && isNumB, a == "pre":
		return -1
	case b == "" && isNumA, b == "pre":
		return 1
	case isNumB:
		return -1
	case isNumA:
		return 1
	}
	return cmp.Compare(a, b)
}

// number returns the value of a component that is a number of 32 bits. A greater
// one is none, and so before all that are.
func number(component string) (int64, bool) {
	if component == "" || !isDigit(component[0]) {
		return 0, false
	}
	n, err := strconv.ParseInt(component, 10, 32)
	return n, err == nil
}
