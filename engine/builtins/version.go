package builtins

import (
	"cmp"
	"strconv"
	"strings"

	"nixbench/engine/eval"
)

// versions are the builtins on names and versions of packages.
func versions() []eval.Builtin {
	return []eval.Builtin{
		def2("compareVersions", eval.Told, "s1 s2", compareVersionsOf),
		def1("splitVersion", eval.Told, "s", splitVersion),
		def1("parseDrvName", eval.Told, "s", parseDrvName),
	}
}

func compareVersionsOf(s *eval.State, a, b eval.Value) eval.Value {
	v1 := s.ForceStringNoCtx(a, "while evaluating the first argument passed to builtins.compareVersions")
	v2 := s.ForceStringNoCtx(b, "while evaluating the second argument passed to builtins.compareVersions")
	return eval.MakeInt(int64(CompareVersions(v1, v2)))
}

func splitVersion(s *eval.State, v eval.Value) eval.Value {
	rest := s.ForceStringNoCtx(v, "while evaluating the first argument passed to builtins.splitVersion")
	var parts []eval.Value
	for {
		var part string
		if part, rest = nextComponent(rest); part == "" {
			return s.ListOf(parts...)
		}
		parts = append(parts, eval.MakeString(part))
	}
}

func parseDrvName(s *eval.State, v eval.Value) eval.Value {
	name, version := ParseDrvName(s.ForceStringNoCtx(v, "while evaluating the first argument passed to builtins.parseDrvName"))
	b := s.NewAttrs(2)
	b.Set(symName, eval.MakeString(name))
	b.Set(symVersion, eval.MakeString(version))
	return b.Value()
}

// ParseDrvName splits a name such as "hello-2.12" before the first dash that no
// letter follows. Version is "" if there is none.
func ParseDrvName(s string) (name, version string) {
	for i := 0; i+1 < len(s); i++ {
		if c := s[i+1] | 0x20; s[i] == '-' && !('a' <= c && c <= 'z') {
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

// CompareVersions returns -1, 0 or 1. Versions are compared by components:
// numbers by value, and before them anything else, "pre" first of all.
//
// Behaviour: Nix manual, "builtins.compareVersions".
func CompareVersions(v1, v2 string) int {
	for v1 != "" || v2 != "" {
		var c1, c2 string
		c1, v1 = nextComponent(v1)
		c2, v2 = nextComponent(v2)
		switch {
		case componentLess(c1, c2):
			return -1
		case componentLess(c2, c1):
			return 1
		}
	}
	return 0
}

func isSeparator(c byte) bool { return c == '.' || c == '-' }
func isDigit(c byte) bool     { return '0' <= c && c <= '9' }

// nextComponent splits off the first component of a version: digits only, or
// what has neither digits, dots nor dashes.
func nextComponent(v string) (component, rest string) {
	v = strings.TrimLeft(v, ".-")
	n := 0
	for n < len(v) && !isSeparator(v[n]) && isDigit(v[n]) == isDigit(v[0]) {
		n++
	}
	return v[:n], v[n:]
}

func componentLess(a, b string) bool {
	n1, ok1 := componentNumber(a)
	n2, ok2 := componentNumber(b)
	switch {
	case ok1 && ok2:
		return n1 < n2
	case a == "" && ok2:
		return true
	case a == "pre" && b != "pre":
		return true
	case b == "pre":
		return false
	case ok2:
		return true
	case ok1:
		return false
	}
	return cmp.Less(a, b)
}

// componentNumber returns the value of a component that is a number of 32 bits.
func componentNumber(c string) (int64, bool) {
	if c == "" || !isDigit(c[0]) {
		return 0, false
	}
	n, err := strconv.ParseInt(c, 10, 32)
	return n, err == nil
}
