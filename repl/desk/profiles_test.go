package desk

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"nixbench/store/profile"

	"github.com/google/go-cmp/cmp"
)

// generations sets a profile to files with these texts, one after the other.
func (r *rig) generations(link string, texts ...string) {
	r.t.Helper()
	if err := os.MkdirAll(filepath.Dir(link), 0o755); err != nil {
		r.t.Fatal(err)
	}
	for _, text := range texts {
		p := r.path(`builtins.toFile "gen" "` + text + `"`)
		if _, err := r.eng.SetProfile(r.t.Context(), link, p); err != nil {
			r.t.Fatal(err)
		}
	}
}

// labels are the notes as the screen sees them.
func (r *rig) labels(link string) map[int]string {
	r.t.Helper()
	gens, err := r.Generations(r.t.Context(), link)
	if err != nil {
		r.t.Fatal(err)
	}
	out := map[int]string{}
	for _, gen := range gens {
		out[gen.Number] = gen.Label
		if gen.Pinned {
			out[gen.Number] += " pinned"
		}
	}
	return out
}

func TestProfileList(t *testing.T) {
	machine, p := machineWith(t, `builtins.toFile "system" "a system"`)
	profiles := filepath.Join(machine, "nix/var/nix/profiles")
	other := filepath.Join(t.TempDir(), "first")
	r := newRig(t, rigOptions{machine: machine, desk: Options{Profile: other}})
	own := filepath.Join(r.root, "nix/var/nix/profiles/profile")
	r.generations(own, "a", "b")
	r.generations(other, "c")
	for _, name := range []string{"per-user/root/channels", "system"} {
		link := filepath.Join(profiles, name)
		if err := os.MkdirAll(filepath.Dir(link), 0o755); err != nil {
			t.Fatal(err)
		}
		for from, to := range map[string]string{link + "-1-link": string(p), link: filepath.Base(link) + "-1-link"} {
			if err := os.Symlink(to, from); err != nil {
				t.Fatal(err)
			}
		}
	}
	list, err := r.ProfileList(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, it := range list {
		got[it.Name] = it.Link
	}
	want := map[string]string{
		"profile": own, "system": profiles + "/system", "root/channels": profiles + "/per-user/root/channels",
		filepath.Base(filepath.Dir(other)) + "/first": other,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("profiles (-want +got):\n%s", diff)
	}
	if list[0].Link != other {
		t.Errorf("first: got %s, want %s", list[0].Link, other)
	}
	gens, err := r.Generations(t.Context(), profiles+"/system")
	if err != nil || len(gens) != 1 || gens[0].Path != p {
		t.Errorf("generations of the machine's: got %+v, %v", gens, err)
	}
}

// A profile in a directory that nobody may write to says who can change it. The
// superuser may write to all but what does not exist.
func TestReadOnlyProfile(t *testing.T) {
	link := filepath.Join(t.TempDir(), "gone", "system")
	r := newRig(t, rigOptions{desk: Options{Profile: link}})
	list, err := r.ProfileList(t.Context())
	if err != nil || len(list) == 0 {
		t.Fatalf("got %v, %v", list, err)
	}
	if want := "not yours to change: sudo nixbench profile rollback --profile " + link; list[0].ReadOnly != want {
		t.Errorf("got %q, want %q", list[0].ReadOnly, want)
	}
}

func TestActivation(t *testing.T) {
	dir := t.TempDir()
	if got := activation(dir); got != "" {
		t.Errorf("of nothing: got %q", got)
	}
	if err := os.WriteFile(filepath.Join(dir, "activate"), nil, 0o755); err != nil {
		t.Fatal(err)
	}
	if got := activation(dir); got != "activate" {
		t.Errorf("of a home: got %q", got)
	}
	if err := os.MkdirAll(filepath.Join(dir, "bin/switch-to-configuration"), 0o755); err != nil {
		t.Fatal(err)
	}
	if got := activation(dir); got != "bin/switch-to-configuration switch" {
		t.Errorf("of a system: got %q", got)
	}
}

func TestPlans(t *testing.T) {
	r := newRig(t, rigOptions{})
	link := filepath.Join(r.home, "profiles", "p")
	r.generations(link, "a", "b", "c")
	back, err := r.RollbackPlan(t.Context(), link)
	if err != nil || back.To.Number != 2 {
		t.Fatalf("roll back: got %+v, %v, want generation 2", back, err)
	}
	if err := back.Execute(t.Context()); err != nil {
		t.Fatal(err)
	}
	to, err := r.SwitchPlan(t.Context(), link, 1)
	if err != nil || to.From.Number != 2 || to.To.Number != 1 {
		t.Errorf("switch: got %+v, %v, want from 2 to 1", to, err)
	}
	del, err := r.DeletePlan(t.Context(), link, profile.Rule{Old: true})
	if err != nil || len(del.Delete) != 2 || len(del.Keep) != 1 {
		t.Errorf("delete: got %+v, %v, want 2 of 3", del, err)
	}
}

// Labels and pins are those that `nixbench profile` sets, and the other way round.
func TestNotesAreThoseOfTheProfile(t *testing.T) {
	r := newRig(t, rigOptions{})
	link := filepath.Join(r.home, "profiles", "p")
	r.generations(link, "a", "b", "c")
	if err := errors.Join(r.eng.PinGeneration(t.Context(), link, 1, true), r.eng.LabelGeneration(t.Context(), link, 2, "good")); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[int]string{1: " pinned", 2: "good", 3: ""}, r.labels(link)); diff != "" {
		t.Errorf("of the command line (-want +got):\n%s", diff)
	}
	if err := r.AnnotateGeneration(t.Context(), link, 2, "better", true); err != nil {
		t.Fatal(err)
	}
	gens, err := profile.List(link)
	if err != nil || len(gens) != 3 || gens[1].Label != "better" || !gens[1].Pinned {
		t.Errorf("of the screen: got %+v, %v", gens, err)
	}
}

// Notes go with a generation and come back with it.
func TestNotes(t *testing.T) {
	r := newRig(t, rigOptions{})
	link := filepath.Join(r.home, "profiles", "p")
	r.generations(link, "a", "b", "c")
	annotate := func(number int, label string, pinned bool) {
		t.Helper()
		if err := r.AnnotateGeneration(t.Context(), link, number, label, pinned); err != nil {
			t.Fatal(err)
		}
	}
	check := func(when string, want map[int]string) {
		t.Helper()
		if diff := cmp.Diff(want, r.labels(link)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", when, diff)
		}
	}
	annotate(1, "before", false)
	annotate(2, "good", true)
	annotate(3, "now", false)
	check("annotated", map[int]string{1: "before", 2: "good pinned", 3: "now"})
	annotate(3, "", false)
	check("one removed", map[int]string{1: "before", 2: "good pinned", 3: ""})
	if err := r.AnnotateGeneration(t.Context(), link, 9, "x", false); !errors.Is(err, profile.ErrNoGeneration) {
		t.Errorf("generation 9: got %v, want %v", err, profile.ErrNoGeneration)
	}

	if _, err := r.DeletePlan(t.Context(), link, profile.Rule{Numbers: []int{2}}); err == nil {
		t.Error("a pinned generation may be deleted")
	}
	del, err := r.DeletePlan(t.Context(), link, profile.Rule{Numbers: []int{1}})
	if err == nil {
		err = del.Execute(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	check("deleted", map[int]string{2: "good pinned", 3: ""})
	if _, err := del.Undo(t.Context()); err != nil {
		t.Fatal(err)
	}
	check("taken back", map[int]string{1: "before", 2: "good pinned", 3: ""})
}
