package eval

import (
	"errors"
	"io/fs"
	"path"
	"strings"

	"nixbench/engine/syntax"
)

// FindFile looks <name> up in a search path, and then among the core packages.
// Behaviour: EvalState::findFile in Nix's eval.cc.
func (s *State) FindFile(entries []SearchPathEntry, name string) string {
	for _, e := range entries {
		suffix, ok := matchPrefix(e.Prefix, name)
		if !ok {
			continue
		}
		dir := s.lookupEntry(e.Path)
		if dir == "" {
			continue
		}
		file := path.Join(dir, path.Clean("/"+suffix)) // nothing above dir
		_, _, err := s.stat(file)
		if err == nil {
			return s.ResolveLinks(file)
		}
		s.ResolveLinks(file) // or fails because of an endless link, or where the system refuses
		if errors.Is(err, fs.ErrPermission) {
			s.FailFile(file, err)
		}
	}
	if rest, ok := strings.CutPrefix(name, "nix/"); ok {
		return corepkgsRoot + path.Clean("/"+rest)
	}
	format := "file '%s' was not found in the Nix search path (add it using $NIX_PATH or -I)"
	if s.ev.opts.PureEval {
		format = "cannot look up '<%s>' in pure evaluation mode (use '--impure' to override)"
	}
	s.Fail(ErrorThrow, format, name)
	return ""
}

// LookUpAll finds what the entries of the search path lead to, before any of them is
// wanted, and warns of those that lead nowhere.
func (s *State) LookUpAll() {
	for _, e := range s.ev.opts.SearchPath {
		s.lookupEntry(e.Path)
	}
}

// lookupEntry returns what an entry of a search path leads to, an absolute path; "" for
// one that is left out. Of a path that does not exist it warns, once.
// Behaviour: EvalState::resolveLookupPathPath in Nix's eval.cc.
func (s *State) lookupEntry(entry string) (dir string) {
	if found, ok := s.ev.lookedUp.Load(entry); ok {
		return found.(string)
	}
	isPath := true
	if s.ev.opts.Lookup != nil {
		dir, isPath = s.ev.opts.Lookup(s, entry)
	}
	if isPath {
		dir = entry
		if !path.IsAbs(dir) {
			dir = path.Join(s.ev.opts.Dir, dir)
		}
		if _, err := s.Lstat(s.ResolveLinks(dir)); err != nil {
			if _, err := s.Lstat(dir); errors.Is(err, fs.ErrPermission) {
				s.FailFile(dir, err)
			}
			s.warnMissing(entry)
			return ""
		}
	}
	s.ev.lookedUp.Store(entry, dir)
	return dir
}

// warnMissing warns, once, of an entry of a search path. It is noted afterwards: a worker
// does not come back from Warn.
func (s *State) warnMissing(entry string) {
	if _, warned := s.ev.missing.Load(entry); warned {
		return
	}
	s.World().Warn(formatWarning(syntax.Position{}, syntax.Hintf("Nix search path entry '%s' does not exist, ignoring", entry)))
	s.ev.missing.Store(entry, true)
}

// matchPrefix returns what follows prefix in name, if name begins with it as a
// path.
func matchPrefix(prefix, name string) (suffix string, ok bool) {
	if prefix == "" {
		return name, true
	}
	rest, ok := strings.CutPrefix(name, prefix)
	if !ok || rest != "" && rest[0] != '/' {
		return "", false
	}
	return strings.TrimPrefix(rest, "/"), true
}
