package profile_test

import (
	"errors"
	"os"
	"path/filepath"
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

// Numbers are used again once the highest are deleted, and neither a collection nor Nix
// looks at notes: those of a generation that is gone are not those of the next one.
func TestNotesOfAnotherGeneration(t *testing.T) {
	st := &fake{}
	name := newProfile(t, st, 3)
	if err := errors.Join(profile.SetLabel(t.Context(), st, name, 3, "before the move"), profile.SetPinned(t.Context(), st, name, 3, true)); err != nil {
		t.Fatal(err)
	}
	long := time.Now().Add(-48 * time.Hour)
	link := name + "-3-link"
	for _, file := range []string{link, name + "-3-label", name + "-3-pin", name + "-3-parent"} {
		if err := setTime(file, long); err != nil {
			t.Fatal(err)
		}
	}
	gens, err := profile.List(name)
	if err != nil || gens[2].Label == "" || !gens[2].Pinned || gens[2].Parent != 2 || !profile.IsPinned(link) {
		t.Fatalf("the notes are not read: %+v, %v", gens, err)
	}
	if err := errors.Join(os.Remove(link), os.Symlink(string(pathOf(9)), link)); err != nil { // as Nix does
		t.Fatal(err)
	}
	gens, err = profile.List(name)
	if err != nil || gens[2].Label != "" || gens[2].Pinned || gens[2].Parent != 0 || profile.IsPinned(link) {
		t.Errorf("notes of the one before it: %+v, %v", gens, err)
	}
}

// A new generation begins without notes, however young those of the one before it are.
func TestNewGenerationHasNoNotes(t *testing.T) {
	st := &fake{}
	name := newProfile(t, st, 2)
	if err := errors.Join(profile.SetLabel(t.Context(), st, name, 2, "old"), profile.SetPinned(t.Context(), st, name, 2, true)); err != nil {
		t.Fatal(err)
	}
	// A collection removes links only.
	if err := errors.Join(os.Remove(name), os.Symlink(filepath.Base(name)+"-1-link", name), os.Remove(name+"-2-link")); err != nil {
		t.Fatal(err)
	}
	gen, err := profile.Set(t.Context(), st, name, pathOf(9))
	if err != nil {
		t.Fatal(err)
	}
	gens, err := profile.List(name)
	if err != nil || len(gens) != 2 || gens[1].Number != 2 || gens[1].Label != "" || gens[1].Pinned {
		t.Errorf("set %+v: got %+v, %v", gen, gens, err)
	}
}

// What is noted counts also where the clock was put back since the generation was made.
func TestNotesAfterTheClockWasPutBack(t *testing.T) {
	st := &fake{}
	name := newProfile(t, st, 2)
	link := name + "-1-link"
	if err := setTime(link, time.Now().Add(48*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(profile.SetLabel(t.Context(), st, name, 1, "of tomorrow"), profile.SetPinned(t.Context(), st, name, 1, true)); err != nil {
		t.Fatal(err)
	}
	gens, err := profile.List(name)
	if err != nil || gens[0].Label != "of tomorrow" || !gens[0].Pinned || !profile.IsPinned(link) {
		t.Errorf("got %+v, %v", gens, err)
	}
}
