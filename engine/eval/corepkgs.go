package eval

import (
	"strings"

	"nixbench/engine/syntax"
)

// This file is about the files of Options.Corepkgs, which are in a directory that no World
// has.

const (
	corepkgsRoot = "/__corepkgs__"
	corepkgsDir  = corepkgsRoot + "/"
)

// Corepkg returns the contents of a file if it is one of those that <nix/…> falls
// back to, which are given by name.
func Corepkg(corepkgs map[string]string, file string) (text string, ok bool) {
	if name, below := strings.CutPrefix(file, corepkgsDir); below {
		text, ok = corepkgs[name]
	}
	return text, ok
}

// ShowPath returns a path as it is printed: <nix/fetchurl.nix>.
func ShowPath(file string) string {
	if file == corepkgsRoot {
		return "<nix/>"
	}
	if rest, ok := strings.CutPrefix(file, corepkgsDir); ok {
		return "<nix/" + rest + ">"
	}
	return file
}

// PlainPath returns what a string has of a path that ShowPath shows: it does not tell
// that a file is one of a core package.
func PlainPath(shown string) string {
	if rest, ok := strings.CutPrefix(shown, "<nix"); ok {
		return strings.TrimSuffix(rest, ">")
	}
	return shown
}

// ReadDir returns the entries of a directory of the World, or of the core packages, in any
// order.
func (s *State) ReadDir(dir string) ([]DirEntry, error) {
	if dir != corepkgsRoot {
		return s.world.ReadDir(s.ctx, dir)
	}
	var entries []DirEntry
	for name := range s.ev.opts.Corepkgs {
		entries = append(entries, DirEntry{Name: name, Type: FileRegular})
	}
	return entries, nil
}

// failCorepkg raises the error of opening what is not there, or is no directory, among the
// core packages; it returns for other paths.
func (s *State) failCorepkg(file string, cause error) {
	if !strings.HasPrefix(file, corepkgsDir) {
		return
	}
	problem := "file '%s' does not exist"
	if _, ok := Corepkg(s.ev.opts.Corepkgs, file); ok {
		problem = "file '%s' is not a directory"
	}
	s.Raise(ErrorFile, syntax.Hintf(problem, ShowPath(file)), Because(cause))
}
