package store

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// SortPaths sorts as slices.Sort does, few and many, of one directory and of several.
func TestSortPaths(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for _, n := range []int{0, 1, 10, 63, 64, 1000} {
		for _, dirs := range []int{1, 3} {
			var paths []Path
			for range n {
				// Of few digits, so that many begin alike, and some are the same.
				paths = append(paths, Path(fmt.Sprintf("/s%d/%08d%024d-n%d", random.IntN(dirs), random.IntN(20), 0, random.IntN(30))))
			}
			want := slices.Sorted(slices.Values(paths))
			SortPaths(paths)
			if !slices.Equal(paths, want) {
				t.Errorf("%d paths of %d directories are not in order", n, dirs)
			}
		}
	}
	odd := slices.Repeat([]Path{"", "/s/b", "/s/a", "none"}, 50)
	want := slices.Sorted(slices.Values(odd))
	SortPaths(odd)
	if !slices.Equal(odd, want) {
		t.Error("what is no store path is not in order")
	}
}
