package profile_test

import (
	"errors"
	"testing"
	"time"

	"nixbench/store/profile"
)

// A pinned generation is not deleted by any rule, and to name it is an error.
func TestPinnedStays(t *testing.T) {
	st := &fake{}
	name := newProfile(t, st, 3)
	if err := profile.SetPinned(t.Context(), st, name, 1, true); err != nil {
		t.Fatal(err)
	}
	for _, rule := range []profile.Rule{{Old: true}, {Keep: 1}, {OlderThan: time.Now().Add(time.Hour)}, {Pattern: "*"}} {
		plan, err := profile.NewDelete(t.Context(), st, name, rule)
		if err != nil {
			t.Fatal(err)
		}
		for _, gen := range plan.Delete {
			if gen.Number != 2 {
				t.Errorf("%+v would delete generation %d", rule, gen.Number)
			}
		}
	}
	if _, err := profile.NewDelete(t.Context(), st, name, profile.Rule{Numbers: []int{1}}); err == nil {
		t.Error("a pinned generation can be deleted by its number")
	}
	if err := profile.SetPinned(t.Context(), st, name, 1, false); err != nil {
		t.Fatal(err)
	}
	plan, err := profile.NewDelete(t.Context(), st, name, profile.Rule{Old: true})
	if err != nil || len(plan.Delete) != 2 {
		t.Errorf("got %v, %v, want to delete two", plan.Delete, err)
	}
	if err := profile.SetPinned(t.Context(), st, name, 9, true); !errors.Is(err, profile.ErrNoGeneration) {
		t.Errorf("got %v, want ErrNoGeneration", err)
	}
}

// A label stays with its generation, and comes back when it is.
func TestLabel(t *testing.T) {
	st := &fake{}
	name := newProfile(t, st, 2)
	if err := profile.SetLabel(t.Context(), st, name, 1, "before the move"); err != nil {
		t.Fatal(err)
	}
	plan, err := profile.NewDelete(t.Context(), st, name, profile.Rule{Pattern: "before *"})
	if err != nil || len(plan.Delete) != 1 || plan.Delete[0].Label != "before the move" {
		t.Fatalf("got %+v, %v", plan.Delete, err)
	}
	if err := plan.Execute(t.Context()); err != nil {
		t.Fatal(err)
	}
	back, err := plan.Undo(t.Context())
	if err != nil || len(back) != 1 {
		t.Fatalf("got %v, %v", back, err)
	}
	gens, err := profile.List(name)
	if err != nil || gens[0].Label != "before the move" {
		t.Errorf("got %+v, %v", gens, err)
	}
	if err := profile.SetLabel(t.Context(), st, name, 1, "two\nlines"); err == nil {
		t.Error("a label may have two lines")
	}
}
