package store

import (
	"fmt"
	"path"
	"strings"

	"nixbench/store/nixbase32"
)

// This file says in Nix's words what is wrong with names, and what the system says.

// NameProblem says why a name cannot be that of a store path; "" if it can.
func NameProblem(name string) string {
	format, args := NameProblemParts(name)
	return fmt.Sprintf(format, args...)
}

// NameProblemParts is NameProblem in parts: a format and what is to be filled in.
func NameProblemParts(name string) (format string, args []any) {
	if CheckName(name) == nil {
		return "", nil
	}
	first, _, dashed := strings.Cut(name, "-")
	switch {
	case name == "":
		return "name must not be empty", nil
	case len(name) > MaxNameLen:
		return "name '%s' must be no longer than %d characters", []any{name, MaxNameLen}
	case name == "." || name == "..":
		return "name '%s' is not valid", []any{name}
	case dashed && (first == "." || first == ".."):
		return "name '%s' is not valid: first dash-separated component must not be '%s'", []any{name, first}
	}
	return "name '%s' contains illegal character '%s'", []any{name, illegalByte(name)}
}

// illegalByte returns the first byte of a name that names must not contain; Nix
// shows a byte, even of a longer character.
func illegalByte(name string) string {
	for i := range len(name) {
		if c := name[i : i+1]; CheckName("a"+c) != nil {
			return c
		}
	}
	return ""
}

// A NotPathError says that a text is no store path; it is an [ErrNotStorePath].
type NotPathError struct{ text, why string }

// notInStore begins why a text is no store path that is not in the store directory.
const notInStore = "not in the store directory "

func (e *NotPathError) Error() string {
	return fmt.Sprintf("parse store path %q: %v: %s", e.text, ErrNotStorePath, e.why)
}

// Unwrap returns [ErrNotStorePath].
func (e *NotPathError) Unwrap() error { return ErrNotStorePath }

// Message says in Nix's words what is wrong.
func (e *NotPathError) Message() string {
	if strings.HasPrefix(e.why, notInStore) {
		return "path '" + e.text + "' is not in the Nix store"
	}
	base := path.Base(e.text)
	if checkBase(base) == nil { // what is wrong is where it is
		return "path '" + e.text + "' is not in the Nix store"
	}
	return BaseProblem(base)
}

// BaseProblem says why the last part of a path, a digest and a name, is not that of
// a store path.
func BaseProblem(base string) string {
	if len(base) <= DigestLen {
		return fmt.Sprintf("'%s' is too short to be a valid store path", base)
	}
	if base[DigestLen] != '-' {
		return fmt.Sprintf("'%s' can't name a store path because the hash part is not followed by a '-'", base)
	}
	for i := range DigestLen {
		if c := base[i : i+1]; !nixbase32.ValidString(c) {
			return fmt.Sprintf("store path '%s' contains illegal base-32 character '%s'", base, c)
		}
	}
	return fmt.Sprintf("path '%s' is not a valid store path: %s", base, NameProblem(base[DigestLen+1:]))
}

// Capital returns what the system calls an error or a signal, such as "no such file or
// directory", as C's library and therefore Nix write it: with a capital. "" stays "".
func Capital(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
