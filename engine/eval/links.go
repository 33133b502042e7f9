package eval

import (
	"context"
	"path"
	"strings"
)

// This file looks for files as programs name them: through links, and for directories to
// their default.nix.

const maxSymlinks = 1024

// BelowLink reports whether a path leads through a symbolic link: whether one of the
// directories above it is one.
func BelowLink(ctx context.Context, w World, file string) bool {
	for i := 1; i < len(file); i++ {
		if file[i] != '/' {
			continue
		}
		if t, err := w.Lstat(ctx, file[:i]); err == nil && t == FileSymlink {
			return true
		}
	}
	return false
}

// hides reports whether Nix does not show lines of a file: it reads them again, and not
// through symbolic links. Behaviour: Pos::getSource in Nix's position.cc.
func (ev *Evaluator) hides(file string) bool {
	return strings.HasPrefix(file, "/") && BelowLink(context.Background(), ev.world, file)
}

// resolveImport returns the file that importing a path reads: symbolic links
// are followed, so that relative paths in the file work, and a directory stands
// for its default.nix. Behaviour: resolveExprPath in Nix's eval.cc.
func (s *State) resolveImport(file string) string {
	if r, ok := s.ev.imports.Load(file); ok {
		return r.(string)
	}
	r, t, err := s.stat(file)
	if err != nil {
		s.FailFile(path.Join(s.ResolveLinks(path.Dir(r)), path.Base(r)), err)
	}
	if t == FileDirectory {
		r = path.Join(r, "default.nix")
	}
	s.ev.imports.Store(file, r)
	return r
}

// ResolveLinks returns a path with all symbolic links in it followed.
func (s *State) ResolveLinks(file string) string { return s.followLinks(s.world, file, true) }

// ResolveParents is ResolveLinks without what the path itself is.
func (s *State) ResolveParents(file string) string { return s.followLinks(s.world, file, false) }

// RealPath is ResolveLinks for a path that is going to be read.
func (s *State) RealPath(file string) (real string) {
	s.While(0, whileRealising(file), func() { real = s.ResolveLinks(file) })
	return real
}

// RealParents is ResolveParents for a path that is going to be looked at.
func (s *State) RealParents(file string) (real string) {
	s.While(0, whileRealising(file), func() { real = s.ResolveParents(file) })
	return real
}

// FollowLinks is ResolveLinks for the files of a World.
func (s *State) FollowLinks(w World, file string) string { return s.followLinks(w, file, true) }

// followLinks follows a link that the path leads to only if last is set.
// Behaviour: resolveSymlinks in Nix's source-accessor.cc.
func (s *State) followLinks(w World, file string, last bool) string {
	done, links := "/", 0
	for rest := strings.Trim(file, "/"); rest != ""; {
		name, after, _ := strings.Cut(rest, "/")
		rest = strings.TrimLeft(after, "/")
		switch name {
		case ".":
			continue
		case "..":
			done = path.Dir(done)
			continue
		}
		next := path.Join(done, name)
		if rest == "" && !last {
			return next
		}
		t, err := w.Lstat(s.ctx, next)
		if _, ok := refusal(err); ok {
			s.FailFile(next, err)
		}
		if err != nil || t != FileSymlink {
			done = next
			continue
		}
		target, err := w.Readlink(s.ctx, next)
		if err != nil {
			s.FailWith(err)
		}
		if links++; links > maxSymlinks {
			s.Fail(ErrorFile, "infinite symlink recursion in path '%s'", file)
		}
		if path.IsAbs(target) {
			done = "/"
		}
		rest = strings.Trim(target+"/"+rest, "/")
	}
	return done
}
