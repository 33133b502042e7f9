package profile_test

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"nixbench/store"
	"nixbench/store/profile"
)

// Deleted generations come back as they were, but for those whose paths are gone
// and those whose numbers are taken.
func TestUndoDelete(t *testing.T) {
	st := &fake{}
	p := newProfile(t, st, 6)
	before, err := profile.List(p)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := profile.NewDelete(t.Context(), st, p, profile.Rule{Numbers: []int{1, 2, 3, 5}})
	if err != nil {
		t.Fatal(err)
	}
	if back, err := plan.Undo(t.Context()); back != nil || err != nil {
		t.Errorf("Undo before Execute = %v, %v, want nothing", back, err)
	}
	if err := plan.Execute(t.Context()); err != nil {
		t.Fatal(err)
	}
	st.invalid = map[store.Path]bool{pathOf(2): true}
	if err := os.Symlink(string(pathOf(9)), before[4].Link); err != nil {
		t.Fatal(err)
	}
	st.fail = "lock"
	if _, err := plan.Undo(t.Context()); err == nil {
		t.Error("Undo without the lock, want an error")
	}
	st.fail = ""
	back, err := plan.Undo(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]profile.Generation{before[0], before[2]}, back); diff != "" {
		t.Errorf("Undo (-want +got):\n%s", diff)
	}
	after, err := profile.List(p)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before[:1], after[:1]); diff != "" {
		t.Errorf("the first generation (-want +got):\n%s", diff)
	}
	if got := listed(t, p); got != "1 3 4 5<0 6*" {
		t.Errorf("after Undo: %s", got)
	}
	if after[3].Path != pathOf(9) {
		t.Errorf("a generation made meanwhile was replaced: %v", after[3])
	}
}
