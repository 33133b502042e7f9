package engine

import (
	"errors"
	"strings"

	"nixbench/engine/builtins"
	"nixbench/engine/eval"
	"nixbench/engine/settings"
	"nixbench/engine/syntax"
)

// LocateFile returns the file that an argument of a command line names otherwise than
// by its path: by the URL of a tarball, by a reference of a flake or by <NAME>, in the
// search path. It reports whether the argument is of that kind.
// Behaviour: lookupFileArg of Nix.
func LocateFile(s *eval.State, arg string) (file string, ok bool) {
	if NamesPath(arg) {
		return "", false
	}
	if settings.IsPseudoURL(arg) {
		return builtins.FetchTarball(s, arg), true
	}
	if ref, ok := strings.CutPrefix(arg, "flake:"); ok {
		return builtins.FetchFlake(s, ref), true
	}
	return s.FindFile(s.Evaluator().Options().SearchPath, arg[1:len(arg)-1]), true
}

// NamesPath reports whether an argument of a command line names a file by its path.
func NamesPath(arg string) bool {
	return !settings.IsPseudoURL(arg) && !strings.HasPrefix(arg, "flake:") && (len(arg) <= 2 || arg[0] != '<' || !strings.HasSuffix(arg, ">"))
}

// lookUp is [eval.Options].Lookup: what cannot be fetched is warned of and looked for
// as a path.
func lookUp(s *eval.State, entry string) (dir string, isPath bool) {
	if ref, ok := strings.CutPrefix(entry, "flake:"); ok {
		return builtins.FetchFlake(s, ref), false
	}
	if !settings.IsPseudoURL(entry) {
		return "", true
	}
	err := s.Try(func() { dir = builtins.FetchTarball(s, entry) }, func(e *eval.Error) bool {
		return e.Kind != eval.ErrorCancelled && e.Kind != eval.ErrorLimit
	})
	if err == nil {
		return dir, false
	}
	if errors.Is(err, builtins.ErrNetwork) {
		s.Warn(syntax.Hint(err.Error()))
	}
	s.Warn(syntax.Hintf("Nix search path entry '%s' cannot be downloaded, ignoring", entry))
	return "", true
}
