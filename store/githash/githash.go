// Package githash hashes files as Git does: the hash of a tree is that of its
// object in a repository, if its algorithm is SHA-1 or SHA-256.
//
// Format: Nix manual, "Git"; directories that are empty count, unlike in a commit.
package githash

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"nixbench/store"
	"nixbench/store/nixhash"
)

// maxDepth is how deep directories may be nested.
const maxDepth = 64

// A Filter says of each file below the one that is hashed, and its type as
// archives have it, whether it counts.
type Filter func(path, typ string) (bool, error)

// Sum returns the hash of the file system object at file. Filter may be nil. Once ctx
// has ended, Sum returns its error.
func Sum(ctx context.Context, file string, algo nixhash.Algo, filter Filter) (nixhash.Hash, error) {
	h := &hasher{ctx: ctx, algo: algo, filter: filter}
	info, err := os.Lstat(file)
	if err != nil {
		return nixhash.Hash{}, err
	}
	_, sum, err := h.object(file, info.Mode(), 1)
	return sum, err
}

// A hasher hashes one tree.
type hasher struct {
	ctx    context.Context //nolint:containedctx // the hasher is that of one call
	algo   nixhash.Algo
	filter Filter
}

// object returns the mode of an object as Git writes it, and its hash.
func (h *hasher) object(file string, mode fs.FileMode, depth int) (string, nixhash.Hash, error) {
	if err := h.ctx.Err(); err != nil {
		return "", nixhash.Hash{}, err
	}
	switch {
	case depth > maxDepth:
		return "", nixhash.Hash{}, fmt.Errorf("%s: directories are nested too deep", file)
	case mode.IsRegular():
		return h.regular(file)
	case mode.IsDir():
		sum, err := h.dir(file, depth)
		return "40000", sum, err
	case mode&fs.ModeSymlink != 0:
		target, err := os.Readlink(file)
		return "120000", h.sum("blob", target), err
	}
	return "", nixhash.Hash{}, fmt.Errorf("file '%s' has an unsupported type", file)
}

// sum returns the hash of an object with these contents.
func (h *hasher) sum(kind, contents string) nixhash.Hash {
	w := nixhash.New(h.algo)
	fmt.Fprintf(w, "%s %d\x00%s", kind, len(contents), contents)
	return w.Sum()
}

func (h *hasher) regular(file string) (string, nixhash.Hash, error) {
	f, err := os.OpenFile(file, os.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
	if err != nil {
		return "", nixhash.Hash{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", nixhash.Hash{}, err
	}
	if !info.Mode().IsRegular() {
		return "", nixhash.Hash{}, fmt.Errorf("%s has changed its type", file)
	}
	w := nixhash.New(h.algo)
	fmt.Fprintf(w, "blob %d\x00", info.Size())
	n, err := io.Copy(w, store.StopReader(h.ctx, f))
	if err == nil && n != info.Size() {
		err = errors.New("the file has changed while it was read")
	}
	if err != nil {
		return "", nixhash.Hash{}, fmt.Errorf("%s: %w", file, err)
	}
	if info.Mode()&0o100 != 0 {
		return "100755", w.Sum(), nil
	}
	return "100644", w.Sum(), nil
}

func (h *hasher) dir(dir string, depth int) (nixhash.Hash, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nixhash.Hash{}, err
	}
	// The names of directories are ordered as if they ended in a slash.
	key := func(e fs.DirEntry) string {
		if e.IsDir() {
			return e.Name() + "/"
		}
		return e.Name()
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(key(a), key(b)) })
	var tree strings.Builder
	for _, entry := range entries {
		file := filepath.Join(dir, entry.Name())
		if h.filter != nil {
			ok, err := h.filter(file, typeName(entry.Type()))
			if err != nil {
				return nixhash.Hash{}, err
			}
			if !ok {
				continue
			}
		}
		mode, sum, err := h.object(file, entry.Type(), depth+1)
		if err != nil {
			return nixhash.Hash{}, err
		}
		fmt.Fprintf(&tree, "%s %s\x00%s", mode, entry.Name(), sum.Bytes())
	}
	return h.sum("tree", tree.String()), nil
}

func typeName(mode fs.FileMode) string {
	switch {
	case mode.IsRegular():
		return "regular"
	case mode.IsDir():
		return "directory"
	case mode&fs.ModeSymlink != 0:
		return "symlink"
	}
	return "unknown"
}
