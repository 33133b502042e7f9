package store

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// parseRefs reads "a: b c; b: c" into a References func.
func parseRefs(s string) func(context.Context, Path) ([]Path, error) {
	refs := map[Path][]Path{}
	for line := range strings.SplitSeq(s, ";") {
		from, to, _ := strings.Cut(strings.TrimSpace(line), ":")
		for _, p := range strings.Fields(to) {
			refs[Path(from)] = append(refs[Path(from)], Path(p))
		}
	}
	return func(_ context.Context, p Path) ([]Path, error) {
		if p == "gone" {
			return nil, ErrInvalidPath
		}
		return refs[p], nil
	}
}

func TestRequisites(t *testing.T) {
	refs := parseRefs("a: a b c; b: d; c: d; e: a")
	got, err := Requisites(t.Context(), refs, "c", "b", "b")
	if want := []Path{"b", "c", "d"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("Requisites = %v, %v, want %v", got, err, want)
	}
	if _, err := Requisites(t.Context(), parseRefs("a: gone"), "a"); !errors.Is(err, ErrInvalidPath) {
		t.Errorf("Requisites through a path that is not valid: %v, want ErrInvalidPath", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Requisites(ctx, refs, "a"); !errors.Is(err, context.Canceled) {
		t.Errorf("Requisites when cancelled: %v, want context.Canceled", err)
	}
}

func TestTopoSort(t *testing.T) {
	refs := parseRefs("a: a b c; b: d outside; c: d; e: a")
	got, err := TopoSort(t.Context(), []Path{"e", "a", "c", "b", "d", "a"}, refs)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]Path{"d", "b", "c", "a", "e"}, got); diff != "" {
		t.Errorf("TopoSort (-want +got):\n%s", diff)
	}
}

func TestTopoSortCycle(t *testing.T) {
	_, err := TopoSort(t.Context(), []Path{"a", "b", "c"}, parseRefs("a: b; b: c; c: a"))
	var cycle *CycleError
	if !errors.As(err, &cycle) {
		t.Fatalf("TopoSort of a cycle: %v, want a CycleError", err)
	}
	if cycle.Path != "c" || cycle.Reference != "a" {
		t.Errorf("cycle = %s to %s, want c to a", cycle.Path, cycle.Reference)
	}
}

// A chain this deep would overflow a stack of frames that recursion uses up.
func TestTopoSortDeep(t *testing.T) {
	const n = 200_000
	index := make(map[Path]int, n)
	paths := make([]Path, n)
	for i := range paths {
		paths[i] = Path(strconv.Itoa(i))
		index[paths[i]] = i
	}
	got, err := TopoSort(t.Context(), paths, func(_ context.Context, p Path) ([]Path, error) {
		if i := index[p]; i+1 < n {
			return paths[i+1 : i+2], nil
		}
		return nil, nil
	})
	if err != nil || len(got) != n || got[0] != paths[n-1] {
		t.Errorf("TopoSort of a chain gives %d paths, %v, want %d", len(got), err, n)
	}
}
