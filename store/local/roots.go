package local

import (
	"context"
	"crypto/sha1"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"

	"nixbench/store"
	"nixbench/store/disk"
	"nixbench/store/gc"
	"nixbench/store/nixbase32"
)

// AddPermRoot makes link, an absolute name outside the store, lead to p, and a
// root for as long as it does. What is there must be nothing, or a link into
// the store, which is replaced in one step.
func (st *Store) AddPermRoot(ctx context.Context, p store.Path, link string) error {
	if err := st.addPermRoot(ctx, p, link); err != nil {
		return fmt.Errorf("add root %s: %w", link, err)
	}
	return nil
}

func (st *Store) addPermRoot(ctx context.Context, p store.Path, link string) error {
	if err := st.Writable(); err != nil {
		return err
	}
	if err := st.flushFor(ctx, p); err != nil {
		return err
	}
	if err := st.addTempRoots(ctx, p); err != nil {
		return err
	}
	if err := MakeRootLink(st.dir, st.realDir, p, link); err != nil {
		return err
	}
	return st.addIndirectRoot(filepath.Clean(link))
}

// A RootError reports that there can be no root at a place: it is in the store, or
// something is there that is not a link into it.
type RootError struct {
	Link    string
	InStore bool
}

func (e *RootError) Error() string {
	if e.InStore {
		return "it lies in the store"
	}
	return "it exists and is not a link into the store"
}

// Message says so in Nix's words.
//
// Behaviour: Nix, indirect-root-store.cc.
func (e *RootError) Message() string {
	if e.InStore {
		return fmt.Sprintf("creating a garbage collector root (\"%s\") in the Nix store is forbidden (are you running nix-build inside the store?)", e.Link)
	}
	return fmt.Sprintf("cannot create symlink \"%s\"; already exists", e.Link)
}

// MakeRootLink makes link, an absolute name outside the store that lies in realDir,
// lead to p. What is there must be nothing, or a link into the store, which is
// replaced in one step; else it is a [*RootError].
func MakeRootLink(dir store.Dir, realDir string, p store.Path, link string) error {
	if !filepath.IsAbs(link) {
		return errors.New("it is not an absolute name")
	}
	link = filepath.Clean(link)
	if dir.Contains(link) || strings.HasPrefix(link, realDir+"/") {
		return &RootError{Link: link, InStore: true}
	}
	if _, err := os.Lstat(link); err == nil {
		if target, err := os.Readlink(link); err != nil || !dir.Contains(target) {
			return &RootError{Link: link}
		}
	}
	return relink(link, string(p))
}

// AddIndirectRoot makes link, the absolute name of a link into the store, a
// root for as long as it is one. What it leads to should be a temporary root.
func (st *Store) AddIndirectRoot(ctx context.Context, link string) error {
	err := st.Writable()
	if err == nil {
		err = ctx.Err()
	}
	if err == nil {
		err = st.addIndirectRoot(filepath.Clean(link))
	}
	if err != nil {
		return fmt.Errorf("add root %s: %w", link, err)
	}
	return nil
}

// addIndirectRoot makes a link to the link in gcroots/auto, named after a hash
// of the link's name.
func (st *Store) addIndirectRoot(link string) error {
	sum := sha1.Sum([]byte(link))
	dir := st.autoRootsDir()
	if _, err := os.Lstat(dir); errors.Is(err, fs.ErrNotExist) {
		if err := errors.Join(makeDir(dir), st.syncDir(filepath.Dir(dir))); err != nil {
			return err
		}
	}
	if err := relink(filepath.Join(dir, nixbase32.EncodeToString(sum[:])), link); err != nil {
		return err
	}
	return st.syncDir(dir)
}

// RemoveStaleRoots removes of roots, which Roots returned, the links in gcroots/auto to
// what is still gone, and the temporary roots of processes that have ended. It tells of
// these, and of roots that lead nowhere, in Nix's words.
func (st *Store) RemoveStaleRoots(roots []gc.Root, tell func(text string)) error {
	writable := st.Writable() == nil
	for _, r := range roots {
		if text := r.Told(); text != "" {
			tell(text)
		}
		if !writable || r.Auto == "" || !isGone(r.Link) {
			continue
		}
		if err := os.Remove(r.Auto); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove stale root: %w", err)
		}
	}
	if !writable {
		return nil
	}
	_, _, err := st.readTempRoots(func(name string) {
		tell("removing stale temporary roots file " + store.QuoteFile(name))
	})
	if err != nil {
		return fmt.Errorf("remove stale temporary roots: %w", err)
	}
	return nil
}

func (st *Store) autoRootsDir() string { return filepath.Join(st.stateDir, "gcroots", "auto") }

// relink makes a link, in one step if there is one, and its directory.
func relink(link, target string) error {
	if err := os.MkdirAll(filepath.Dir(link), 0o755); err != nil {
		return err
	}
	for {
		temp := fmt.Sprintf("%s.tmp-%d-%d", link, os.Getpid(), rand.Uint32())
		if err := disk.ReplaceLink(link, temp, target); !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
}
