package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// lookedUp is a store that counts what it is asked.
type lookedUp struct {
	Reader
	refs         map[Path][]Path
	cost         int
	infos, whole int
}

func (s *lookedUp) PathInfo(_ context.Context, p Path) (*PathInfo, error) {
	s.infos++
	refs, ok := s.refs[p]
	if !ok {
		return nil, fmt.Errorf("query %s: %w", p, ErrInvalidPath)
	}
	return &PathInfo{Path: p, NarSize: int64(len(p)), References: refs}, nil
}

func (s *lookedUp) GraphCost(context.Context) (int, error) { return s.cost, nil }

func (s *lookedUp) Graph(context.Context) (*Graph, error) {
	s.whole++
	var nodes []GraphNode
	at := map[Path]int32{}
	for p := range s.refs {
		at[p] = int32(len(nodes))
		nodes = append(nodes, GraphNode{Path: p, NarSize: int64(len(p))})
	}
	var refs [][2]int32
	for p, to := range s.refs {
		for _, r := range to {
			refs = append(refs, [2]int32{at[p], at[r]})
		}
	}
	return NewGraph(nodes, refs, nil), nil
}

// randomStore makes a store of n paths without circles, of which some refer to themselves.
func randomStore(rnd *rand.Rand, n, cost int) (*lookedUp, []Path) {
	s := &lookedUp{refs: map[Path][]Path{}, cost: cost}
	paths := make([]Path, n)
	for i := range paths {
		paths[i] = Path(fmt.Sprintf("/nix/store/%032d-%d", rnd.IntN(1e9), i))
		var refs []Path
		for range rnd.IntN(5) {
			refs = append(refs, paths[max(0, i-rnd.IntN(20))]) // itself among them
		}
		s.refs[paths[i]] = SortUnique(refs)
	}
	return s, paths
}

// Whether a lookup takes the snapshot early, late or never, it says the same as the
// functions that ask for one path after the other.
func TestLookupAgrees(t *testing.T) {
	for seed := range uint64(60) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		s, paths := randomStore(rnd, 300, []int{1, 100, 250, 1e6}[seed%4])
		l := NewLookup(s)
		refs := func(_ context.Context, p Path) ([]Path, error) { return s.refs[p], nil }
		roots := []Path{paths[rnd.IntN(300)], paths[299], paths[rnd.IntN(300)]}
		want, _ := Requisites(t.Context(), refs, roots...)
		got, err := l.Requisites(t.Context(), roots...)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Fatalf("seed %d: Requisites: %v (-want +got):\n%s", seed, err, diff)
		}
		shuffled := slices.Clone(got)
		rnd.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		want, _ = TopoSort(t.Context(), shuffled, refs)
		sorted, err := l.TopoSort(t.Context(), shuffled)
		if diff := cmp.Diff(want, sorted); diff != "" || err != nil {
			t.Fatalf("seed %d: TopoSort: %v (-want +got):\n%s", seed, err, diff)
		}
		for _, p := range got {
			if refs, err := l.References(t.Context(), p); !slices.Equal(refs, s.refs[p]) || err != nil {
				t.Fatalf("seed %d: got references %v of %s, %v, want %v", seed, refs, p, err, s.refs[p])
			}
		}
		g, err := l.Closure(t.Context(), roots...)
		if err != nil {
			t.Fatal(err)
		}
		found, _ := g.indexes(roots)
		if closure := g.pathsOf(g.Requisites(found)); !slices.Equal(closure, got) {
			t.Fatalf("seed %d: got a closure of %d paths, want %d", seed, len(closure), len(got))
		}
	}
}

// Nothing is asked for twice, and the snapshot is taken once, when it is worth it.
func TestLookupAsksOnce(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	ask := func(cost int) *lookedUp {
		s, paths := randomStore(rnd, 300, cost)
		l := NewLookup(s)
		found, err := l.Requisites(t.Context(), paths[200:]...)
		if err == nil {
			_, err = l.TopoSort(t.Context(), found)
		}
		if err == nil {
			_, err = l.Closure(t.Context(), found...)
		}
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	if s := ask(1e6); s.whole != 0 || s.infos > 300 {
		t.Errorf("got %d snapshots and %d single questions, want 0 and at most 300", s.whole, s.infos)
	}
	if s := ask(200); s.whole != 1 || s.infos >= 200 {
		t.Errorf("got %d snapshots and %d single questions, want 1 and less than 200", s.whole, s.infos)
	}
}

// A path that is not valid is an error of a closure; when sorting it has no references.
func TestLookupInvalid(t *testing.T) {
	for _, cost := range []int{1, 1e6} {
		s, paths := randomStore(rand.New(rand.NewPCG(1, 2)), 100, cost)
		l := NewLookup(s)
		if _, err := l.Requisites(t.Context(), append(paths, "gone")...); !errors.Is(err, ErrInvalidPath) {
			t.Errorf("cost %d: Requisites of what is not valid: got %v, want ErrInvalidPath", cost, err)
		}
		if sorted, err := l.TopoSort(t.Context(), append(paths, "gone")); err != nil || len(sorted) != 101 {
			t.Errorf("cost %d: TopoSort of what is not valid: got %d paths, %v, want 101", cost, len(sorted), err)
		}
	}
}

func TestGraphTopoSortCycle(t *testing.T) {
	g := NewGraph([]GraphNode{{Path: "a"}, {Path: "b"}, {Path: "c"}}, [][2]int32{{1, 2}, {0, 1}, {2, 0}, {0, 0}}, nil)
	var cycle *CycleError
	if _, err := g.TopoSort([]int32{0, 1, 2}); !errors.As(err, &cycle) || cycle.Path != "c" || cycle.Reference != "a" {
		t.Errorf("TopoSort of a cycle: got %v, want one of c and a", err)
	}
}

// A closure of thousands of paths in a graph is that of the function, in order.
func TestGraphRequisites(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 7))
	s, paths := randomStore(rnd, 10_000, 1)
	g, err := s.Graph(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	refs := func(_ context.Context, p Path) ([]Path, error) { return s.refs[p], nil }
	for _, roots := range [][]Path{nil, paths[:1], paths[9_999:], {paths[5_000], paths[9_000], paths[5_000]}} {
		want, _ := Requisites(t.Context(), refs, roots...)
		slices.Sort(want)
		indexes, err := g.indexes(roots)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, g.pathsOf(g.Requisites(indexes)), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%d roots (-want +got):\n%s", len(roots), diff)
		}
	}
}
