package gc_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"nixbench/store"
	"nixbench/store/gc"
)

// path returns a store path whose digest is n in digits.
func path(n int, name string) store.Path {
	return store.Path(fmt.Sprintf("/nix/store/%032d-%s", n, name))
}

// A fake is a store in memory whose paths are called by one letter each.
type fake struct {
	paths   map[string]*fakePath
	roots   []gc.Root
	strays  []string // base names
	inUse   map[string]bool
	failing map[store.Path]error // of Remove

	mu sync.Mutex // mu guards what Remove uses against those that go on meanwhile

	locked  bool
	onClaim func() // called before each claim
	asked   map[string]bool
	claimed map[store.Path]bool
	log     []string
	cleaned bool
	removed []string
}

type fakePath struct {
	path       store.Path
	refs       []string
	deriver    string
	outputs    []string // of a derivation
	size       int64
	registered int64
}

// newFake reads lines such as "a: b c", with the references of a, and options
// after them: "drv" for a derivation, "from=d" for a deriver, "makes=o" for an
// output, "at=7" for the time. The size of the first is 1, of the next 2, then 4.
func newFake(t *testing.T, text string, roots ...string) *fake {
	t.Helper()
	st := &fake{paths: make(map[string]*fakePath), asked: make(map[string]bool), claimed: make(map[store.Path]bool), inUse: make(map[string]bool)}
	size := int64(1)
	for i, line := range strings.Split(strings.TrimSpace(text), "\n") {
		name, rest, _ := strings.Cut(strings.TrimSpace(line), ":")
		p := &fakePath{path: path(i, name), size: size}
		size *= 2
		for _, word := range strings.Fields(rest) {
			key, value, _ := strings.Cut(word, "=")
			switch key {
			case "drv":
				p.path += ".drv"
			case "from":
				p.deriver = value
			case "makes":
				p.outputs = append(p.outputs, value)
			case "at":
				fmt.Sscan(value, &p.registered)
			default:
				p.refs = append(p.refs, word)
			}
		}
		st.paths[name] = p
	}
	for _, name := range roots {
		st.roots = append(st.roots, gc.Root{Link: "/roots/" + name, Path: st.paths[name].path, Kind: gc.KindResult})
	}
	return st
}

// names turns paths into their letters, in the same order.
func names(paths []store.Path) string {
	var out []string
	for _, p := range paths {
		out = append(out, strings.TrimSuffix(p.Name(), ".drv"))
	}
	return strings.Join(out, " ")
}

func itemNames(items []gc.Item) string {
	var paths []store.Path
	for _, item := range items {
		paths = append(paths, item.Path)
	}
	return names(paths)
}

func (st *fake) Dir() store.Dir { return store.DefaultDir }

func (st *fake) Graph(context.Context) (*store.Graph, error) {
	var nodes []store.GraphNode
	at := make(map[string]int32)
	for name, p := range st.paths {
		at[name] = int32(len(nodes))
		node := store.GraphNode{Path: p.path, NarSize: p.size, Registered: p.registered}
		if d := st.paths[p.deriver]; d != nil {
			node.Deriver = d.path
		}
		nodes = append(nodes, node)
	}
	var refs, outputs [][2]int32
	for name, p := range st.paths {
		for _, ref := range p.refs {
			refs = append(refs, [2]int32{at[name], at[ref]})
		}
		for _, out := range p.outputs {
			if to, valid := at[out]; valid {
				outputs = append(outputs, [2]int32{at[name], to})
			}
		}
	}
	return store.NewGraph(nodes, refs, outputs), nil
}

func (st *fake) Roots(context.Context) ([]gc.Root, []string, error) {
	return slices.Clone(st.roots), nil, nil
}

func (st *fake) Entries(context.Context) ([]string, error) {
	entries := slices.Clone(st.strays)
	for _, p := range st.paths {
		entries = append(entries, p.path.Base())
	}
	return entries, nil
}

func (st *fake) InUse(base string) bool { return st.inUse[base] }

func (st *fake) LockGC(context.Context) (gc.Collection, error) {
	if st.locked {
		return nil, errors.New("locked twice")
	}
	st.locked = true
	return st, nil
}

func (st *fake) Claim(paths []store.Path) (kept []store.Path) {
	if st.onClaim != nil {
		st.onClaim()
	}
	for _, p := range paths {
		if st.asked[p.Digest()] {
			kept = append(kept, p)
		} else {
			st.claimed[p] = true
		}
	}
	return kept
}

func (st *fake) Release(paths []store.Path) {
	st.mu.Lock()
	defer st.mu.Unlock()
	for _, p := range paths {
		delete(st.claimed, p)
	}
}

func (st *fake) Kept(p store.Path) bool { return st.asked[p.Digest()] }

func (st *fake) Invalidate(_ context.Context, paths []store.Path) (inUse []store.Path, err error) {
	for _, p := range paths {
		name := names([]store.Path{p})
		used := false
		for other, info := range st.paths {
			used = used || other != name && slices.Contains(info.refs, name)
		}
		if used {
			inUse = append(inUse, p)
			continue
		}
		delete(st.paths, name)
		st.log = append(st.log, "invalidate "+name)
	}
	return inUse, nil
}

func (st *fake) Remove(_ context.Context, p store.Path) (int64, error) {
	st.mu.Lock()
	defer st.mu.Unlock()
	name := names([]store.Path{p})
	if st.paths[name] != nil && st.paths[name].path == p {
		return 0, fmt.Errorf("%s is valid", name)
	}
	if !st.claimed[p] {
		return 0, fmt.Errorf("%s is not claimed", name)
	}
	if err := st.failing[p]; err != nil {
		return 0, err
	}
	st.log = append(st.log, "remove "+name)
	st.strays = slices.DeleteFunc(st.strays, func(s string) bool { return s == p.Base() })
	return 10, nil
}

func (st *fake) RemoveRoot(_ context.Context, root gc.Root) error {
	st.removed = append(st.removed, root.Link)
	st.roots = slices.DeleteFunc(st.roots, func(r gc.Root) bool { return r.Link == root.Link })
	return nil
}

func (st *fake) Finish(context.Context) (int64, error) {
	st.cleaned = true
	return 0, nil
}

func (st *fake) Close() error {
	st.locked = false
	return nil
}

// at is a time n seconds after the epoch.
func at(n int64) time.Time { return time.Unix(n, 0) }
