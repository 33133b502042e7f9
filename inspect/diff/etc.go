package diff

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	slashpath "path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"nixbench/store"
)

// Files are those of a store, for reading.
type Files struct {
	Dir  store.Dir
	Real func(store.Path) string // where a path's files are, see [store.Reader]
}

// FileChange is what has become of a file below the etc of a system.
type FileChange struct {
	Name string // relative to etc, slash-separated
	// Kind is Added, Removed, Changed, or Rebuilt: then contents differ in
	// nothing but the digests of store paths.
	Kind Kind
	// Gone and New are lines that only one side has, in its order, with dots for
	// the digests of store paths. They are empty for what is not text, larger
	// than 1 MiB, or no regular file.
	Gone, New []string
}

// IsUnit reports whether the file is a unit of systemd, or a part of one.
func (c *FileChange) IsUnit() bool {
	rest, ok := strings.CutPrefix(c.Name, "systemd/")
	return ok && (strings.HasPrefix(rest, "system/") || strings.HasPrefix(rest, "user/"))
}

// Etc compares what two systems have in etc, which is where NixOS and
// home-manager's kin put configuration and units: by name, each with the files
// that links in the store lead to. It is empty if neither has an etc. Paths
// must be valid.
func Etc(ctx context.Context, files Files, before, after store.Path) ([]FileChange, error) {
	a, err := files.list(ctx, before)
	if err != nil {
		return nil, fmt.Errorf("compare etc: %w", err)
	}
	b, err := files.list(ctx, after)
	if err != nil {
		return nil, fmt.Errorf("compare etc: %w", err)
	}
	var changes []FileChange
	for name, place := range a {
		other, both := b[name]
		switch {
		case !both:
			changes = append(changes, FileChange{Name: name, Kind: Removed})
		case place != other:
			c, err := files.compare(place, other)
			if err != nil {
				return nil, fmt.Errorf("compare etc: %s: %w", name, err)
			}
			if c.Name = name; c.Kind != 0 {
				changes = append(changes, c)
			}
		}
	}
	for name := range b {
		if _, both := a[name]; !both {
			changes = append(changes, FileChange{Name: name, Kind: Added})
		}
	}
	slices.SortFunc(changes, func(x, y FileChange) int { return cmp.Compare(x.Name, y.Name) })
	return changes, nil
}

// list returns the files below a path's etc: by name, where they are in the
// store once all links have been followed, or where the first link out of the
// store leads.
func (f Files) list(ctx context.Context, system store.Path) (map[string]string, error) {
	places := make(map[string]string)
	var visit func(name, at string, depth int) error
	visit = func(name, at string, depth int) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		place, info, err := f.follow(at)
		if err != nil {
			return err
		}
		if info == nil || !info.IsDir() || depth > store.MaxLinks {
			if name != "" {
				places[name] = place
			}
			return nil
		}
		entries, err := os.ReadDir(f.real(place))
		if err != nil {
			return err
		}
		for _, e := range entries {
			if err := visit(slashpath.Join(name, e.Name()), place+"/"+e.Name(), depth+1); err != nil {
				return err
			}
		}
		return nil
	}
	err := visit("", string(system)+"/etc", 0)
	return places, err
}

// real returns where a place in the store really is.
func (f Files) real(place string) string {
	p, rest, err := f.Dir.PathOf(place)
	if err != nil {
		return place
	}
	return filepath.Join(f.Real(p), filepath.FromSlash(rest))
}

// follow returns where a place in the store leads, and what is there: nil for
// nothing, and for what lies outside the store.
func (f Files) follow(place string) (string, fs.FileInfo, error) {
	for range store.MaxLinks {
		p, rest, err := f.Dir.PathOf(place)
		if err != nil {
			return place, nil, nil //nolint:nilerr // it lies outside
		}
		done := string(p)
		next, info, err := f.step(done, strings.TrimPrefix(rest, "/"))
		switch {
		case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
			return place, nil, nil
		case err != nil:
			return "", nil, err
		case info != nil:
			return next, info, nil
		}
		place = next
	}
	return place, nil, nil
}

// step goes along rest from a place in the store up to the first link, and
// returns where that leads, with all that is left to go; or the end and what
// is there.
func (f Files) step(done, rest string) (string, fs.FileInfo, error) {
	for {
		info, err := os.Lstat(f.real(done))
		if err != nil {
			return "", nil, err
		}
		if info.Mode()&fs.ModeSymlink != 0 {
			target, err := os.Readlink(f.real(done))
			if err != nil {
				return "", nil, err
			}
			if !slashpath.IsAbs(target) {
				target = slashpath.Join(slashpath.Dir(done), target)
			}
			return slashpath.Join(target, rest), nil, nil
		}
		if rest == "" {
			return done, info, nil
		}
		var name string
		name, rest, _ = strings.Cut(rest, "/")
		done += "/" + name
	}
}

// textLimit is the largest file whose lines are compared, in bytes.
const textLimit = 1 << 20

// compare compares the files at two places; the Kind is 0 if they are the same.
func (f Files) compare(before, after string) (FileChange, error) {
	a, err := f.read(before)
	if err != nil {
		return FileChange{}, err
	}
	b, err := f.read(after)
	if err != nil {
		return FileChange{}, err
	}
	if a == nil || b == nil {
		return FileChange{Kind: Changed}, nil
	}
	if bytes.Equal(a, b) {
		return FileChange{}, nil
	}
	a, b = f.dotted(a), f.dotted(b)
	if bytes.Equal(a, b) {
		return FileChange{Kind: Rebuilt}, nil
	}
	c := FileChange{Kind: Changed}
	if bytes.IndexByte(a, 0) < 0 && bytes.IndexByte(b, 0) < 0 {
		old, now := linesOf(a), linesOf(b)
		c.Gone, c.New = without(old, now), without(now, old)
	}
	return c, nil
}

// read returns the contents of a file, nil for what is none or too large.
func (f Files) read(place string) ([]byte, error) {
	if _, _, err := f.Dir.PathOf(place); err != nil {
		return nil, nil //nolint:nilerr // it lies outside
	}
	file, err := os.Open(f.real(place))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() || info.Size() > textLimit {
		return nil, err
	}
	data, err := io.ReadAll(file)
	if data == nil {
		data = []byte{}
	}
	return data, err
}

// dotted returns text with ".." for the digests of store paths.
func (f Files) dotted(text []byte) []byte {
	prefix := []byte(string(f.Dir) + "/")
	var out []byte
	for {
		i := bytes.Index(text, prefix)
		if i < 0 {
			return append(out, text...)
		}
		i += len(prefix)
		out = append(out, text[:i]...)
		if text = text[i:]; len(text) > store.DigestLen && text[store.DigestLen] == '-' {
			out = append(out, ".."...)
			text = text[store.DigestLen:]
		}
	}
}

// linesOf returns the lines of a text, without what ends them.
func linesOf(text []byte) []string {
	var lines []string
	for line := range bytes.Lines(text) {
		lines = append(lines, string(bytes.TrimSuffix(line, []byte("\n"))))
	}
	return lines
}
