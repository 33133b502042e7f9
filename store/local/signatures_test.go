package local_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"nixbench/store"
)

func TestAddSignatures(t *testing.T) {
	st := openAt(t, newDir(t))
	p := must(st.AddText(t.Context(), "a", []byte("a"), nil))(t)
	for _, test := range []struct {
		sigs []string
		want int
	}{{[]string{"k:b", "k:a"}, 2}, {[]string{"k:a", "l:a", "l:a"}, 1}, {nil, 0}} {
		if got := must(st.AddSignatures(t.Context(), p, test.sigs))(t); got != test.want {
			t.Errorf("%q: %d are new, want %d", test.sigs, got, test.want)
		}
	}
	info := must(st.PathInfo(t.Context(), p))(t)
	if diff := cmp.Diff([]string{"k:a", "k:b", "l:a"}, info.Sigs); diff != "" {
		t.Errorf("signatures (-want +got):\n%s", diff)
	}
	if _, err := st.AddSignatures(t.Context(), p, []string{"k:a\nCA: x"}); err == nil {
		t.Error("a signature of two lines was taken")
	}
	missing := store.Path("/nix/store/00000000000000000000000000000000-missing")
	if _, err := st.AddSignatures(t.Context(), missing, []string{"k:a"}); !errors.Is(err, store.ErrInvalidPath) {
		t.Errorf("missing path: got %v", err)
	}
	verifyClean(t, st)
}
