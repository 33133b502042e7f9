package engine

import (
	"context"
	"fmt"
	"io/fs"
	"net/url"
	"path"
	"path/filepath"
	"strings"
	"sync"

	"nixbench/engine/builtins"
	"nixbench/engine/eval"
	"nixbench/store"
)

// A restrictedWorld is the world of the settings restrict-eval and pure-eval:
// evaluation reads only what the search path names and the store paths that it
// added or realised itself. Behaviour: AllowListSourceAccessor of Nix.
type restrictedWorld struct {
	*world
	mode string // what the setting is called in errors

	mu      sync.RWMutex    // mu guards the fields below
	allowed map[string]bool // paths that may be read, with all below them
	above   map[string]bool // allowed paths and the directories on the way to them
}

var _ eval.AccessControl = (*restrictedWorld)(nil)

// restrict returns w as the settings let evaluation see it.
func (w *world) restrict(ctx context.Context, path []eval.SearchPathEntry) eval.World {
	set := w.e.settings
	if !set.PureEval && !set.RestrictEval {
		return w
	}
	r := &restrictedWorld{world: w, mode: "in restricted mode", allowed: make(map[string]bool), above: make(map[string]bool)}
	if set.PureEval {
		r.mode = "in pure evaluation mode (use '--impure' to override)"
	}
	for _, entry := range path {
		file := filepath.Clean(entry.Path)
		switch {
		case strings.HasPrefix(entry.Path, "flake:"):
			continue
		case !filepath.IsAbs(file):
			file = filepath.Join(w.opts.Dir, file)
		}
		r.allow(file)
		if p, _, err := w.e.store.Dir().PathOf(file); err == nil {
			r.allowClosure(ctx, p)
		}
	}
	return r
}

// allow lets a file be read, and what is below it.
func (w *restrictedWorld) allow(file string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.allowed[file] = true
	for ; !w.above[file]; file = path.Dir(file) {
		w.above[file] = true
	}
}

// allowClosure lets a store path be read and all that it refers to. One that is
// not valid is not allowed.
func (w *restrictedWorld) allowClosure(ctx context.Context, p store.Path) {
	refs, err := w.References(ctx, p)
	if err != nil {
		return
	}
	w.Permit(p)
	for _, ref := range refs {
		if w.check(string(ref)) != nil {
			w.allowClosure(ctx, ref)
		}
	}
}

// Permit lets a store path be read.
func (w *restrictedWorld) Permit(p store.Path) { w.allow(string(p)) }

// Unrestricted returns the world without the restriction.
func (w *restrictedWorld) Unrestricted() eval.World { return w.world }

// check returns an error if a path without links may not be read.
func (w *restrictedWorld) check(file string) error {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if w.above[file] {
		return nil
	}
	for dir := file; dir != "/" && dir != "."; {
		dir = path.Dir(dir)
		if w.allowed[dir] {
			return nil
		}
	}
	return &forbiddenError{file, w.mode}
}

// A forbiddenError says that a file may not be read. It is one for which
// errors.Is(err, [fs.ErrPermission]).
type forbiddenError struct{ path, mode string }

func (e *forbiddenError) Error() string {
	return fmt.Sprintf("access to absolute path '%s' is forbidden %s", e.path, e.mode)
}

func (e *forbiddenError) Unwrap() error { return fs.ErrPermission }

// follow returns the path that file leads to, checked on the way: a link at the
// end is followed only if all is set.
func (w *restrictedWorld) follow(ctx context.Context, file string, all bool) (string, error) {
	if _, ok := eval.Corepkg(builtins.Corepkgs(), file); ok {
		return file, nil // no world has it
	}
	done, rest := "/", strings.TrimPrefix(file, "/")
	if rest == "" {
		return done, w.check(done)
	}
	for links := 0; rest != ""; {
		var name string
		name, rest, _ = strings.Cut(rest, "/")
		next := path.Join(done, name)
		if w.check(next) != nil {
			return "", w.check(path.Join(next, rest)) // nor is anything below it allowed
		}
		if rest == "" && !all {
			return next, nil
		}
		if t, err := w.world.Lstat(ctx, next); err != nil || t != eval.FileSymlink {
			done = next
			continue
		}
		target, err := w.world.Readlink(ctx, next)
		if err != nil {
			return "", err
		}
		if links++; links > store.MaxLinks {
			return "", fmt.Errorf("open %s: too many levels of symbolic links", file)
		}
		if path.IsAbs(target) {
			done = "/"
		}
		rest = strings.TrimPrefix(path.Join(done, target, rest), "/")
		done = "/"
	}
	return done, nil
}

func (w *restrictedWorld) ReadFile(ctx context.Context, file string, buf []byte) ([]byte, error) {
	file, err := w.follow(ctx, file, true)
	if err != nil {
		return nil, err
	}
	return w.world.ReadFile(ctx, file, buf)
}

func (w *restrictedWorld) ReadDir(ctx context.Context, dir string) ([]eval.DirEntry, error) {
	dir, err := w.follow(ctx, dir, true)
	if err != nil {
		return nil, err
	}
	entries, err := w.world.ReadDir(ctx, dir)
	var seen []eval.DirEntry
	for _, entry := range entries {
		if w.check(path.Join(dir, entry.Name)) == nil {
			seen = append(seen, entry)
		}
	}
	return seen, err
}

func (w *restrictedWorld) Lstat(ctx context.Context, file string) (eval.FileType, error) {
	file, err := w.follow(ctx, file, false)
	if err != nil {
		return 0, err
	}
	return w.world.Lstat(ctx, file)
}

func (w *restrictedWorld) Readlink(ctx context.Context, file string) (string, error) {
	file, err := w.follow(ctx, file, false)
	if err != nil {
		return "", err
	}
	return w.world.Readlink(ctx, file)
}

func (w *restrictedWorld) AddPath(ctx context.Context, a eval.AddPath) (store.Path, error) {
	file, err := w.follow(ctx, a.Path, false)
	if err != nil {
		return "", err
	}
	a.Path = file
	return w.permitted(w.world.AddPath(ctx, a))
}

func (w *restrictedWorld) Describe(ctx context.Context, file string) (eval.Tree, error) {
	file, err := w.follow(ctx, file, false)
	if err != nil {
		return eval.Tree{}, err
	}
	return w.world.Describe(ctx, file)
}

func (w *restrictedWorld) AddText(ctx context.Context, name string, contents []byte, refs []store.Path) (store.Path, error) {
	return w.permitted(w.world.AddText(ctx, name, contents, refs))
}

func (w *restrictedWorld) permitted(p store.Path, err error) (store.Path, error) {
	if err == nil {
		w.Permit(p)
	}
	return p, err
}

// Realise lets what was built be read, with all that it refers to.
func (w *restrictedWorld) Realise(ctx context.Context, elems eval.StringContext) (map[string]store.Path, error) {
	targets, res, err := w.world.realise(ctx, elems)
	if err != nil {
		return nil, err
	}
	built, err := w.e.builtPaths(ctx, targets, res)
	for _, p := range built {
		w.allowClosure(ctx, p)
	}
	return built, err
}

// CheckURI returns an error if a URI may not be fetched: restrict-eval leaves
// those of allowed-uris, and files that may be read.
func (w *restrictedWorld) CheckURI(uri string) error {
	set := w.e.settings
	if !set.RestrictEval || isAllowedURI(uri, set.AllowedURIs) {
		return nil
	}
	if path.IsAbs(uri) {
		return w.check(path.Clean(uri))
	}
	if u, err := url.Parse(uri); err == nil && u.Scheme == "file" {
		return w.check(path.Clean("/" + u.Path))
	}
	return &forbiddenURIError{uri}
}

// A forbiddenURIError says that a URI may not be fetched.
type forbiddenURIError struct{ uri string }

func (e *forbiddenURIError) Error() string {
	return fmt.Sprintf("access to URI '%s' is forbidden in restricted mode", e.uri)
}

func (e *forbiddenURIError) Unwrap() error { return fs.ErrPermission }

// isWholeScheme reports whether prefix allows all URIs of a scheme, as "https:" does.
func isWholeScheme(prefix string) bool {
	scheme, ok := strings.CutSuffix(prefix, ":")
	isLetter := func(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }
	if !ok || scheme == "" || !isLetter(rune(scheme[0])) {
		return false
	}
	return !strings.ContainsFunc(scheme, func(r rune) bool {
		return !isLetter(r) && (r < '0' || r > '9') && r != '+' && r != '.' && r != '-'
	})
}

// isAllowedURI reports whether uri is one of prefixes or below one of them: the
// prefix https://github.co does not allow https://github.com.
func isAllowedURI(uri string, prefixes []string) bool {
	for _, prefix := range prefixes {
		rest, ok := strings.CutPrefix(uri, prefix)
		switch {
		case !ok:
		case rest == "":
			return true
		case prefix != "" && (strings.HasSuffix(prefix, "/") || rest[0] == '/' || isWholeScheme(prefix)):
			return true
		}
	}
	return false
}
