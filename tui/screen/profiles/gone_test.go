package profiles_test

import (
	"context"
	"errors"
	"os"
	"testing"

	"nixbench/tui"
	"nixbench/tui/tuitest"
)

// Where the parent is deleted it is known all the same what it was.
func TestParentDeleted(t *testing.T) {
	b := tuitest.NewBackend(t)
	if err := errors.Join(os.WriteFile(b.Profile()+"-5-parent", []byte("2\n"), 0o644), os.Remove(b.Profile()+"-2-link")); err != nil {
		t.Fatal(err)
	}
	d := start(t, b, 140, 40)
	d.Wants("5 was made from 2, which is deleted.  R rolls back to 4, the one before.")
	d.Keys("R")
	d.Wants("generation 5 was made from 2, which is deleted: the one before", "switch tour to generation 4?")
}

// A generation whose path a collection has taken, or that is of another store, says so.
func TestPathGone(t *testing.T) {
	b := tuitest.NewBackend(t)
	if err := os.Symlink("/nix/store/00000000000000000000000000000000-gone", b.Profile()+"-6-link"); err != nil {
		t.Fatal(err)
	}
	d := start(t, b, 80, 24)
	d.Wants("6 ", "not in the store")
}

// named has profiles of other names.
type named struct {
	*tuitest.Backend
	locked string
}

func (b *named) ProfileList(context.Context) ([]tui.Profile, error) {
	return []tui.Profile{{Link: b.Profile(), Name: "alice/home-manager", ReadOnly: b.locked}}, nil
}

// Names of users' profiles are whole beside the generations, where no other column is
// needed.
func TestProfileNames(t *testing.T) {
	d := start(t, &named{Backend: tuitest.NewBackend(t)}, 140, 40)
	d.Wants("> alice/home-manager ")
	d = start(t, &named{tuitest.NewBackend(t), "not yours to change"}, 140, 40)
	d.Wants("> alice/home-manager locked ")
}

// When generations were made is told at all sizes where none has a label.
func TestDatesHaveRoom(t *testing.T) {
	for _, size := range [][2]int{{60, 20}, {80, 24}, {100, 30}, {120, 40}, {140, 40}, {200, 60}} {
		b := tuitest.NewBackend(t)
		d := start(t, b, size[0], size[1])
		d.Wants("2026-11-13", "SIZE", "CHANGES")
		if err := b.AnnotateGeneration(t.Context(), b.Profile(), 3, "before the move", true); err != nil {
			t.Fatal(err)
		}
		d.Keys("f5")
		d.Wants("LABEL", "pinned")
	}
}
