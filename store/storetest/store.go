// Package storetest helps to test what works on stores: a [Store] in memory,
// objects written down as text ([Load]), and the tests that every store must
// pass ([Suite]).
package storetest

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"nixbench/store"
	"nixbench/store/gc"
	"nixbench/store/nar"
	"nixbench/store/nixhash"
	"nixbench/store/refscan"
)

// Store is a store whose records are in memory and whose files are in a
// directory of the test. It implements store.Reader, store.Adder and gc.Store.
// It is safe for concurrent use.
type Store struct {
	real string

	mu sync.Mutex
	// mu guards the fields below.
	infos map[store.Path]*store.PathInfo
	roots []gc.Root
	kept  map[store.Path]bool // that processes ask a collection to keep
	clock int64               // of registrations, Unix seconds
}

// New returns an empty store that is gone when the test ends.
func New(tb testing.TB) *Store {
	tb.Helper()
	st := &Store{
		real: tb.TempDir(), infos: make(map[store.Path]*store.PathInfo), kept: make(map[store.Path]bool),
	}
	tb.Cleanup(func() {
		if err := MakeWritable(st.real); err != nil {
			tb.Error(err)
		}
	})
	return st
}

// Dir returns the default store directory.
func (st *Store) Dir() store.Dir { return store.DefaultDir }

// RealPath returns where the files of p are.
func (st *Store) RealPath(p store.Path) string { return filepath.Join(st.real, p.Base()) }

// IsValid reports whether the store has p.
func (st *Store) IsValid(_ context.Context, p store.Path) (bool, error) {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.infos[p] != nil, nil
}

// PathInfo returns what is known about p.
func (st *Store) PathInfo(_ context.Context, p store.Path) (*store.PathInfo, error) {
	st.mu.Lock()
	defer st.mu.Unlock()
	info := st.infos[p]
	if info == nil {
		return nil, fmt.Errorf("query %s: %w", p, store.ErrInvalidPath)
	}
	return info, nil
}

// Referrers returns the valid paths that refer to p, sorted.
func (st *Store) Referrers(_ context.Context, p store.Path) ([]store.Path, error) {
	st.mu.Lock()
	defer st.mu.Unlock()
	var referrers []store.Path
	if st.infos[p] == nil {
		return nil, nil
	}
	for _, info := range st.infos {
		if slices.Contains(info.References, p) {
			referrers = append(referrers, info.Path)
		}
	}
	slices.Sort(referrers)
	return referrers, nil
}

// AllPaths returns all valid paths, sorted.
func (st *Store) AllPaths(context.Context) ([]store.Path, error) {
	st.mu.Lock()
	defer st.mu.Unlock()
	return slices.Sorted(maps.Keys(st.infos)), nil
}

// Graph returns a snapshot of all valid paths.
func (st *Store) Graph(context.Context) (*store.Graph, error) {
	st.mu.Lock()
	defer st.mu.Unlock()
	var nodes []store.GraphNode
	position := make(map[store.Path]int32)
	for _, p := range slices.Sorted(maps.Keys(st.infos)) {
		info := st.infos[p]
		position[p] = int32(len(nodes))
		nodes = append(nodes, store.GraphNode{
			Path: p, NarSize: info.NarSize, Registered: info.RegistrationTime, Deriver: info.Deriver,
		})
	}
	var refs [][2]int32
	for p, at := range position {
		for _, r := range st.infos[p].References {
			refs = append(refs, [2]int32{at, position[r]})
		}
	}
	return store.NewGraph(nodes, refs, nil), nil
}

// Register makes a path valid whose files, if any, are in place. References
// must be valid or the path itself; a registration time of 0 becomes that of
// the store's own clock, which is one second later each time.
func (st *Store) Register(info *store.PathInfo) error {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.register(info)
}

// register is Register for who holds st.mu.
func (st *Store) register(info *store.PathInfo) error {
	own := *info
	own.References = slices.Clone(info.References)
	slices.Sort(own.References)
	own.References = slices.Compact(own.References)
	for _, r := range own.References {
		if r != own.Path && st.infos[r] == nil {
			return fmt.Errorf("register %s: reference %s: %w", own.Path, r, store.ErrInvalidPath)
		}
	}
	if own.RegistrationTime == 0 {
		st.clock++
		own.RegistrationTime = st.clock
	}
	st.infos[own.Path] = &own
	return nil
}

// AddText adds a flat file.
func (st *Store) AddText(ctx context.Context, name string, contents []byte, refs []store.Path) (store.Path, error) {
	h := nixhash.Sum(nixhash.SHA256, contents)
	p, err := st.Dir().TextPath(name, h, refs)
	if err != nil {
		return "", fmt.Errorf("add text %s: %w", name, err)
	}
	var archive bytes.Buffer
	if err := nar.DumpContents(&archive, contents); err != nil {
		return "", err
	}
	ca := store.ContentAddress{Method: store.Text, Hash: h}
	return p, st.AddNAR(ctx, &store.PathInfo{Path: p, References: refs, CA: ca.String()}, archive.Bytes())
}

// AddTree adds a copy of the file system object at file.
func (st *Store) AddTree(ctx context.Context, name, file string, method store.IngestionMethod, algo nixhash.Algo, filter func(path, typ string) (bool, error)) (store.Path, error) {
	var archive bytes.Buffer
	if err := nar.Dump(&archive, file, filter); err != nil {
		return "", fmt.Errorf("add %s: %w", name, err)
	}
	hashed := archive.Bytes()
	switch method {
	case store.NAR:
	case store.Flat:
		contents, err := os.ReadFile(file)
		if err != nil {
			return "", fmt.Errorf("add %s: %w", name, err)
		}
		hashed = contents
	default:
		return "", fmt.Errorf("add %s: got ingestion method %s, want flat or nar", name, method)
	}
	ca := store.ContentAddress{Method: method, Hash: nixhash.Sum(algo, hashed)}
	p, err := ca.Path(st.Dir(), name, nil, false)
	if err != nil {
		return "", err
	}
	return p, st.AddNAR(ctx, &store.PathInfo{Path: p, CA: ca.String()}, archive.Bytes())
}

// AddNAR adds the object that info describes from its archive. Hash and size
// of the archive are filled in, and checked if info has them.
func (st *Store) AddNAR(_ context.Context, info *store.PathInfo, archive []byte) error {
	own := *info
	h := nixhash.Sum(nixhash.SHA256, archive)
	if !own.NarHash.IsZero() && own.NarHash != h {
		return &store.HashMismatch{Path: own.Path, Want: own.NarHash, Got: h}
	}
	own.NarHash, own.NarSize = h, int64(len(archive))
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.infos[own.Path] != nil {
		return nil
	}
	if err := st.register(&own); err != nil {
		return err
	}
	if err := nar.Restore(bytes.NewReader(archive), st.RealPath(own.Path), nar.RestoreOptions{}); err != nil {
		delete(st.infos, own.Path)
		return err
	}
	return nil
}

// scan returns those of candidates that an archive refers to.
func scan(archive []byte, candidates []store.Path) []store.Path {
	byDigest := make(map[string]store.Path, len(candidates))
	for _, p := range candidates {
		byDigest[p.Digest()] = p
	}
	s := refscan.New(slices.Sorted(maps.Keys(byDigest)))
	_, _ = s.Write(archive) // never fails
	var refs []store.Path
	for _, d := range s.Found() {
		refs = append(refs, byDigest[d])
	}
	slices.Sort(refs)
	return refs
}

// MakeWritable lets directories below dir be emptied, which those of store objects cannot:
// testing.T.TempDir fails otherwise.
func MakeWritable(dir string) error {
	return filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err == nil && entry.IsDir() {
			err = os.Chmod(path, 0o700)
		}
		return err
	})
}
