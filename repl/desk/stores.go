package desk

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"nixbench/inspect/diff"
	"nixbench/inspect/files"
	"nixbench/inspect/why"
	"nixbench/repl/text"
	"nixbench/store"
	"nixbench/store/gc"
	"nixbench/store/profile"
)

// Graph returns all valid paths of the store with their references; where the
// machine's store is read too, those of both.
func (d *Desk) Graph(ctx context.Context) (*store.Graph, error) {
	return d.eng.Graph(ctx)
}

// PathInfo returns what the store knows about a path. If it is not valid,
// errors.Is(err, store.ErrInvalidPath).
func (d *Desk) PathInfo(ctx context.Context, p store.Path) (*store.PathInfo, error) {
	st, err := d.eng.StoreOf(ctx, p)
	if err != nil {
		return nil, err
	}
	return st.PathInfo(ctx, p)
}

// A Place is where browsing may start.
type Place struct {
	Kind string // "system", "profile", "result", "root"
	Name string // for people: a link, shortened, or a name
	Path store.Path
	Time time.Time
}

// Places lists what a user may want to browse: the running system, profiles, results
// and other roots; newest first in each kind. With an error come those that were found.
func (d *Desk) Places(ctx context.Context) ([]Place, error) {
	places := d.systems(ctx)
	for _, name := range d.profiles() {
		gens, err := profile.List(name)
		if err != nil {
			continue // not ours to read
		}
		for _, gen := range gens {
			if gen.Current && d.isValid(ctx, gen.Path) {
				places = append(places, Place{"profile", d.shorten(name), gen.Path, gen.Created})
			}
		}
	}
	roots, err := d.eng.Roots(ctx)
	if err != nil {
		return places, err
	}
	var results, others []Place
	for _, root := range roots {
		switch {
		case root.Dangling || !d.isValid(ctx, root.Path):
		case root.Kind == gc.KindResult:
			results = append(results, Place{"result", d.shorten(root.Link), root.Path, root.Since})
		case root.Kind == gc.KindDirenv, root.Kind == gc.KindOther:
			others = append(others, Place{"root", d.shorten(root.Link), root.Path, root.Since})
		}
	}
	for _, list := range [][]Place{results, others} {
		slices.SortStableFunc(list, func(a, b Place) int { return b.Time.Compare(a.Time) })
		places = append(places, list...)
	}
	return places, nil
}

// systems are the running and the booted system, where there are any.
func (d *Desk) systems(ctx context.Context) []Place {
	var places []Place
	for _, link := range []string{"/run/current-system", "/run/booted-system"} {
		p, err := d.eng.ResolveLink(link, link)
		if err != nil || !d.isValid(ctx, p) {
			continue
		}
		places = append(places, Place{Kind: "system", Name: link, Path: p})
	}
	return places
}

// isValid reports whether any store that is read has p.
func (d *Desk) isValid(ctx context.Context, p store.Path) bool {
	_, err := d.eng.StoreOf(ctx, p)
	return err == nil
}

// ResolvePath finds the store path that s, typed by the user, is or leads to: a
// path in the store, its digest, a link, or the name of a path.
func (d *Desk) ResolvePath(ctx context.Context, s string) (store.Path, error) {
	s = strings.TrimSpace(s)
	name := s
	if rest, ok := strings.CutPrefix(s, "~/"); ok {
		name = filepath.Join(d.eng.Getenv("HOME"), rest)
	}
	if strings.ContainsRune(name, '/') || fileExists(name) {
		abs, err := filepath.Abs(name)
		if err != nil {
			return "", err
		}
		p, err := d.eng.ResolveLink(abs, s)
		if err == nil {
			_, err = d.eng.StoreOf(ctx, p)
			return p, err
		}
		if strings.ContainsRune(name, '/') {
			return "", err
		}
	}
	return d.pathByName(ctx, s)
}

func fileExists(name string) bool {
	_, err := os.Lstat(name)
	return name != "" && err == nil
}

// pathByName finds the path whose digest or name s is the beginning of; of
// several, the newest.
func (d *Desk) pathByName(ctx context.Context, s string) (store.Path, error) {
	g, err := d.Graph(ctx)
	if err != nil {
		return "", err
	}
	best := int32(-1)
	for i, p := range g.Paths {
		if s == "" || !strings.HasPrefix(p.Base(), s) && !strings.HasPrefix(p.Name(), s) {
			continue
		}
		if best < 0 || g.Registered[i] > g.Registered[best] {
			best = int32(i)
		}
	}
	if best < 0 {
		return "", fmt.Errorf("no path in the store is called '%s': %w", text.SanitiseName(s), store.ErrInvalidPath)
	}
	return g.Paths[best], nil
}

// Files reads what is in a path, with sizes.
func (d *Desk) Files(ctx context.Context, p store.Path) (*files.Tree, error) {
	root, err := d.realPath(ctx, p)
	if err != nil {
		return nil, err
	}
	return files.Read(ctx, root)
}

func (d *Desk) realPath(ctx context.Context, p store.Path) (string, error) {
	st, err := d.eng.StoreOf(ctx, p)
	if err != nil {
		return "", err
	}
	// The files of derivations just evaluated may not be there yet.
	return st.RealPath(p), d.eng.Flush(ctx)
}

// FileIn returns where a regular file is on this machine: that called name in a path, or
// with no name the path itself. Links are followed, but not out of the store.
func (d *Desk) FileIn(ctx context.Context, p store.Path, name string) (file string, err error) {
	if _, err := d.realPath(ctx, p); err != nil {
		return "", err
	}
	file, outside, err := d.eng.RealFileInStore(filepath.Join(string(p), name))
	if err != nil {
		return "", err
	}
	if name == "" {
		name = p.Name()
	}
	if outside != "" {
		return "", fmt.Errorf("open %s: it leads out of the store, to %s", name, outside)
	}
	info, err := os.Stat(file)
	switch {
	case err != nil:
		return "", err
	case info.IsDir():
		return "", fmt.Errorf("open %s: it is a directory", name)
	case !info.Mode().IsRegular():
		return "", fmt.Errorf("open %s: it is no regular file", name)
	}
	return file, nil
}

// FilesHolding lists where in the files of referrer the digest of reference
// stands, in the contents of each file once.
func (d *Desk) FilesHolding(ctx context.Context, referrer, reference store.Path) ([]why.Occurrence, error) {
	root, err := d.realPath(ctx, referrer)
	if err != nil {
		return nil, err
	}
	var found []why.Occurrence
	for o, err := range why.Occurrences(ctx, root, reference.Digest(), why.OccurrenceOptions{PerFile: 1}) {
		if err != nil {
			return found, err
		}
		found = append(found, o)
	}
	return found, nil
}

// Etc tells what has become of the files of etc from one path to another: of systems
// their units and configuration; see [diff.Etc]. A path that is "" has none.
func (d *Desk) Etc(ctx context.Context, before, after store.Path) ([]diff.FileChange, error) {
	if before == "" || after == "" {
		return nil, nil
	}
	return diff.Etc(ctx, d.files(), before, after)
}

// files are those of all stores, for comparing.
func (d *Desk) files() diff.Files {
	r := d.eng.Reader()
	return diff.Files{Dir: r.Dir(), Real: r.RealPath}
}

// CompareDerivations finds out what makes two derivations differ; see
// [diff.CompareDerivations].
func (d *Desk) CompareDerivations(ctx context.Context, before, after store.Path) (*diff.Derivations, error) {
	return diff.CompareDerivations(ctx, d.eng.ReadDerivation, before, after)
}
