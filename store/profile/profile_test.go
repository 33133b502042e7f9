package profile_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"nixbench/store"
	"nixbench/store/profile"
)

// A fake is a store in which all paths are valid but for some. It notes in
// which order it is asked for what.
type fake struct {
	invalid map[store.Path]bool
	log     []string
	onLock  func()
	fail    string // the operation that fails
}

func (st *fake) do(what string) error {
	st.log = append(st.log, what)
	if st.fail == what {
		return errors.New("cannot " + what)
	}
	return nil
}

func (st *fake) IsValid(_ context.Context, p store.Path) (bool, error) { return !st.invalid[p], nil }
func (st *fake) Sync(context.Context) error                            { return st.do("sync") }

func (st *fake) AddPermRoot(_ context.Context, p store.Path, link string) error {
	if err := st.do("root"); err != nil {
		return err
	}
	return os.Symlink(string(p), link)
}

func (st *fake) LockFile(_ context.Context, file string) (func(), error) {
	if err := st.do("lock"); err != nil {
		return nil, err
	}
	if st.onLock != nil {
		st.onLock()
	}
	return func() { st.do("unlock") }, nil
}

func pathOf(n int) store.Path { return store.Path(fmt.Sprintf("/nix/store/%032d-env", n)) }

// newProfile makes a profile with n generations of paths 1 to n, a day apart,
// the last a day ago.
func newProfile(t *testing.T, st *fake, n int) string {
	t.Helper()
	p := filepath.Join(t.TempDir(), "profiles", "p")
	for i := range n {
		if _, err := profile.Set(t.Context(), st, p, pathOf(i+1)); err != nil {
			t.Fatal(err)
		}
	}
	for i := range n {
		made := time.Now().Add(-time.Duration(n-i) * 24 * time.Hour)
		link := fmt.Sprintf("%s-%d-link", p, i+1)
		if err := setTime(link, made); err != nil {
			t.Fatal(err)
		}
	}
	st.log = nil
	return p
}

// describe lists generations as "1 2* 3<1": the current one with a star, and
// what a generation was made from unless that is the one before.
func describe(gens []profile.Generation) string {
	var out []string
	for _, gen := range gens {
		s := fmt.Sprint(gen.Number)
		if gen.Current {
			s += "*"
		}
		if gen.Parent != gen.Number-1 {
			s += fmt.Sprint("<", gen.Parent)
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

func listed(t *testing.T, p string) string {
	t.Helper()
	gens, err := profile.List(p)
	if err != nil {
		t.Fatal(err)
	}
	return describe(gens)
}

func TestSet(t *testing.T) {
	st := &fake{}
	p := newProfile(t, st, 2)
	if got, want := listed(t, p), "1 2*"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	gen, err := profile.Set(t.Context(), st, p, pathOf(3))
	if err != nil {
		t.Fatal(err)
	}
	if gen.Number != 3 || gen.Path != pathOf(3) || !gen.Current || gen.Parent != 2 || time.Since(gen.Created) > time.Hour {
		t.Errorf("got %+v", gen)
	}
	// What is valid is made durable before a generation leads to it.
	if want := []string{"lock", "sync", "root", "unlock"}; !slices.Equal(st.log, want) {
		t.Errorf("got %v, want %v", st.log, want)
	}
	if text, err := os.Readlink(p); err != nil || text != "p-3-link" {
		t.Errorf("link: got %q, %v, want p-3-link", text, err)
	}
	// The same again is no new generation.
	if gen, err = profile.Set(t.Context(), st, p, pathOf(3)); err != nil || gen.Number != 3 {
		t.Errorf("the same again: got %+v, %v", gen, err)
	}
	if gens, err := profile.List(filepath.Join(filepath.Dir(p), "none")); err != nil || len(gens) != 0 {
		t.Errorf("no profile: got %v, %v", gens, err)
	}
	st.invalid = map[store.Path]bool{pathOf(4): true}
	if _, err := profile.Set(t.Context(), st, p, pathOf(4)); !errors.Is(err, store.ErrInvalidPath) {
		t.Errorf("not valid: got %v, want %v", err, store.ErrInvalidPath)
	}
}

// TestSetFails pins that an error at any step leaves the profile as it was.
func TestSetFails(t *testing.T) {
	for _, step := range []string{"lock", "sync", "root"} {
		st := &fake{}
		p := newProfile(t, st, 1)
		st.fail = step
		if _, err := profile.Set(t.Context(), st, p, pathOf(2)); err == nil {
			t.Errorf("%s fails: no error", step)
		}
		if got, want := listed(t, p), "1*"; got != want {
			t.Errorf("%s fails: got %q, want %q", step, got, want)
		}
	}
}

func TestSwitch(t *testing.T) {
	st := &fake{}
	p := newProfile(t, st, 3)
	plan, err := profile.NewSwitch(t.Context(), st, p, 1)
	if err != nil {
		t.Fatal(err)
	}
	if plan.From.Number != 3 || plan.To.Number != 1 || !plan.Valid || len(st.log) != 0 {
		t.Errorf("plan: got %+v; %v", plan, st.log)
	}
	if err := plan.Execute(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, want := listed(t, p), "1* 2 3"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	// A new one is made from 1, and rolling back leads there, not to 3.
	if _, err := profile.Set(t.Context(), st, p, pathOf(4)); err != nil {
		t.Fatal(err)
	}
	if got, want := listed(t, p), "1 2 3 4*<1"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	back, err := profile.NewRollback(t.Context(), st, p)
	if err != nil || back.To.Number != 1 {
		t.Errorf("roll back: got %+v, %v, want to 1", back, err)
	}
	previous, err := profile.NewPrevious(t.Context(), st, p)
	if err != nil || previous.To.Number != 3 {
		t.Errorf("previous: got %+v, %v, want to 3", previous, err)
	}
	if err := os.Remove(p + "-1-link"); err != nil {
		t.Fatal(err)
	}
	if err := back.Execute(t.Context()); !errors.Is(err, profile.ErrChanged) {
		t.Errorf("the goal is gone: got %v, want %v", err, profile.ErrChanged)
	}
	if back, err = profile.NewRollback(t.Context(), st, p); err != nil || back.To.Number != 3 {
		t.Errorf("the parent is gone: got %+v, %v, want to 3", back, err)
	}
	if err := previous.Execute(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := back.Execute(t.Context()); !errors.Is(err, profile.ErrChanged) {
		t.Errorf("switched meanwhile: got %v, want %v", err, profile.ErrChanged)
	}
	if _, err := profile.NewSwitch(t.Context(), st, p, 7); !errors.Is(err, profile.ErrNoGeneration) {
		t.Errorf("no such generation: got %v, want %v", err, profile.ErrNoGeneration)
	}
	st.invalid = map[store.Path]bool{pathOf(2): true}
	gone, err := profile.NewSwitch(t.Context(), st, p, 2)
	if err != nil || gone.Valid {
		t.Errorf("collected: got %+v, %v", gone, err)
	}
	if err := gone.Execute(t.Context()); !errors.Is(err, store.ErrInvalidPath) {
		t.Errorf("collected: got %v, want %v", err, store.ErrInvalidPath)
	}
	if got, want := listed(t, p), "2 3* 4<1"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestRollbackOldest(t *testing.T) {
	st := &fake{}
	p := newProfile(t, st, 1)
	if _, err := profile.NewRollback(t.Context(), st, p); !errors.Is(err, profile.ErrNoGeneration) {
		t.Errorf("got %v, want %v", err, profile.ErrNoGeneration)
	}
}

func TestDelete(t *testing.T) {
	for _, test := range []struct {
		name    string
		current int
		rule    profile.Rule
		want    string // left over
	}{
		{"none", 5, profile.Rule{}, "1 2 3 4 5*"},
		{"numbers", 5, profile.Rule{Numbers: []int{1, 3}}, "2 4 5*"},
		{"old", 3, profile.Rule{Old: true}, "3*"},
		{"keep 2", 5, profile.Rule{Keep: 2}, "4 5*"},
		{"keep 2, newer ones stay", 3, profile.Rule{Keep: 2}, "2 3* 4 5"},
		{"keep 1", 5, profile.Rule{Keep: 1}, "5*"},
		// Made 5, 4, 3, 2 and 1 days ago; 2 was current 3.5 days ago.
		{"older than 3.5 days", 5, profile.Rule{OlderThan: time.Now().Add(-84 * time.Hour)}, "2 3 4 5*"},
		{"older, current", 1, profile.Rule{OlderThan: time.Now().Add(-84 * time.Hour)}, "1* 2 3 4 5"},
		{"older than all", 5, profile.Rule{OlderThan: time.Now().Add(-1000 * time.Hour)}, "1 2 3 4 5*"},
		{"older than none", 5, profile.Rule{OlderThan: time.Now()}, "5*"},
	} {
		st := &fake{}
		p := newProfile(t, st, 5)
		if err := os.Remove(p); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(fmt.Sprintf("p-%d-link", test.current), p); err != nil {
			t.Fatal(err)
		}
		plan, err := profile.NewDelete(t.Context(), st, p, test.rule)
		if err != nil {
			t.Fatal(err)
		}
		if len(plan.Delete)+len(plan.Keep) != 5 || listed(t, p) == test.want && len(plan.Delete) > 0 {
			t.Errorf("%s: plan: got %+v", test.name, plan)
		}
		if err := plan.Execute(t.Context()); err != nil {
			t.Error(err)
		}
		if got := listed(t, p); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
		left, err := os.ReadDir(filepath.Dir(p))
		if err != nil {
			t.Fatal(err)
		}
		links := strings.Count(test.want, " ") + 1
		parents := links
		if strings.HasPrefix(test.want, "1") {
			parents--
		}
		if len(left) != 1+links+parents {
			t.Errorf("%s: files left: got %v, want %d", test.name, left, 1+links+parents)
		}
	}
}

func TestDeleteRefuses(t *testing.T) {
	st := &fake{}
	p := newProfile(t, st, 3)
	if _, err := profile.NewDelete(t.Context(), st, p, profile.Rule{Numbers: []int{3}}); err == nil {
		t.Error("the current generation: no error")
	}
	if _, err := profile.NewDelete(t.Context(), st, p, profile.Rule{Numbers: []int{9}}); !errors.Is(err, profile.ErrNoGeneration) {
		t.Errorf("no such generation: got %v, want %v", err, profile.ErrNoGeneration)
	}
	plan, err := profile.NewDelete(t.Context(), st, p, profile.Rule{Numbers: []int{1, 2}})
	if err != nil {
		t.Fatal(err)
	}
	// It becomes current between plan and lock.
	st.onLock = func() {
		st.onLock = nil
		if back, err := profile.NewSwitch(t.Context(), st, p, 1); err != nil {
			t.Error(err)
		} else if err := back.Execute(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if err := plan.Execute(t.Context()); !errors.Is(err, profile.ErrChanged) {
		t.Errorf("it has become current: got %v, want %v", err, profile.ErrChanged)
	}
	if got, want := listed(t, p), "1* 2 3"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestListOdd pins which names are generations, and that an absolute link
// counts.
func TestListOdd(t *testing.T) {
	st := &fake{}
	p := newProfile(t, st, 2)
	for _, name := range []string{"p-x-link", "p-0-link", "p--1-link", "p-3-linked", "q-4-link", "p-3-parent"} {
		if err := os.Symlink(string(pathOf(9)), filepath.Join(filepath.Dir(p), name)); err != nil {
			t.Fatal(err)
		}
	}
	os.Remove(p)
	if err := os.Symlink(p+"-1-link", p); err != nil {
		t.Fatal(err)
	}
	if got, want := listed(t, p), "1* 2"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestFind(t *testing.T) {
	st := &fake{}
	home, state := t.TempDir(), t.TempDir()
	var want []string
	for _, p := range []string{
		filepath.Join(home, ".local/state/nix/profiles/home-manager"),
		filepath.Join(home, ".local/state/nix/profiles/profile"),
		filepath.Join(state, "profiles/default"),
		filepath.Join(state, "profiles/per-user/me/channels"),
		filepath.Join(state, "profiles/system-profiles/test"),
	} {
		if _, err := profile.Set(t.Context(), st, p, pathOf(1)); err != nil {
			t.Fatal(err)
		}
		want = append(want, p)
	}
	if err := os.Symlink(want[1], filepath.Join(home, ".nix-profile")); err != nil {
		t.Fatal(err)
	}
	os.Symlink("/etc", filepath.Join(state, "profiles/odd"))
	want[0], want[1] = want[1], want[0] // what ~/.nix-profile leads to comes first
	got := profile.Find(profile.Places{Home: home, StateDirs: []string{state, "/nowhere"}})
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if p, ok := profile.Resolve(filepath.Join(home, ".nix-profile")); !ok || p != want[0] {
		t.Errorf("resolve: got %s, %v, want %s", p, ok, want[0])
	}
	loop := filepath.Join(home, "loop")
	os.Symlink("loop", loop)
	if _, ok := profile.Resolve(loop); ok {
		t.Error("a loop is a profile")
	}
}
