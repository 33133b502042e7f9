package profiles_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/google/go-cmp/cmp"

	"nixbench/inspect/diff"
	"nixbench/store"
	"nixbench/store/profile"
	"nixbench/tui"
	"nixbench/tui/action"
	"nixbench/tui/keymap"
	"nixbench/tui/screen/profiles"
	"nixbench/tui/tuitest"
)

func start(t testing.TB, b tui.Backend, w, h int) *tuitest.Driver {
	t.Helper()
	screens := tuitest.Only(tui.ScreenProfiles, func(env *tui.Env) tui.Screen { return profiles.New(env) })
	return tuitest.New(t, b, w, h, screens, tuitest.On(tui.ScreenProfiles, nil))
}

func TestGoldens(t *testing.T) {
	for _, size := range append(tuitest.Sizes(), [2]int{120, 40}) {
		d := start(t, tuitest.NewBackend(t), size[0], size[1])
		d.Golden("generations")
		d.Keys("j m k k enter")
		d.Golden("diff")
		d.Keys("esc R")
		d.Golden("rollback")
		d.Keys("n esc j j space j space D")
		d.Golden("delete")
		d = start(t, tuitest.NewBackend(t), size[0], size[1])
		d.Keys("t j")
		d.Golden("timeline")
	}
}

// The time line is another view of the same generations: cursor, marks and what can be
// done are those of the table.
func TestTimeLine(t *testing.T) {
	d := start(t, tuitest.NewBackend(t), 100, 30)
	d.Keys("j j t")
	d.Wants("GROWTH", "+3.1 MiB", "diff 2 -> 3", "only in that generation")
	d.Keys("k space")
	d.Wants("1 marked")
	d.Keys("t")
	d.Wants("CHANGES", "diff 3 -> 4", "1 marked")
}

// Generations of NixOS say which kernel, version and configuration they are of.
func TestSystems(t *testing.T) {
	d := start(t, tuitest.NewBackend(t), 200, 40)
	d.Wants("KERNEL", "VERSION", "REVISION", "6.9.3", "26.11.12", "26.11.11", "8e1f0c2a")
	d.Lacks("8e1f0c2aa")
}

// Of systems, units and other files of etc are part of the difference.
func TestEtc(t *testing.T) {
	d := start(t, tuitest.NewBackend(t), 100, 30)
	d.Wants("player.service", "unit", "hosts", "-1 +2 lines", "1 file, other store paths", "1 unit, 1 file of etc")
	d.Keys("u")
	d.Wants("issue")
	d.Keys("enter end k")
	d.Keys("enter")
	d.Wants("hosts", "- 127.0.0.1 old", "+ 127.0.0.1 desktop-12", "+ ::1 new")
	d.Keys("esc home enter")
	d.Wants("-desktop-11", "-desktop-12", "+ /nix/store/")
	d.Keys("esc esc j")
	d.Lacks("player.service")
}

// Rules name generations by when they were made, and by what they are called.
func TestRules(t *testing.T) {
	b := tuitest.NewBackend(t)
	d := start(t, b, 100, 30)
	rule := func(name, arg string) {
		d.Keys("D")
		d.Type(name)
		d.Keys("enter")
		d.Type(arg)
		d.Keys("enter")
	}
	rule("in the last", "30d")
	d.Wants("generation 4 of", "delete 1 generation?")
	d.Keys("n")
	rule("is like", "[")
	d.Wants("this is no pattern")
	d.Keys("esc")
	rule("is like", "t*-1.?")
	d.Wants("generation 2 of", "delete 1 generation?")
	d.Keys("y")
	if got := left(t, b); got != "1345" {
		t.Errorf("left: %s", got)
	}
}

// custom has its own profiles and generations.
type custom struct {
	*tuitest.Backend
	list []tui.Profile
	gens []tui.Generation
}

func (b *custom) ProfileList(context.Context) ([]tui.Profile, error) { return b.list, b.Fail }
func (b *custom) Generations(ctx context.Context, link string) ([]tui.Generation, error) {
	if b.gens == nil {
		return b.Backend.Generations(ctx, link)
	}
	return b.gens, b.Fail
}

// No profiles, none that can be read, and a profile of another user.
func TestEmptyAndErrors(t *testing.T) {
	for _, size := range tuitest.Sizes() {
		b := &custom{Backend: tuitest.NewBackend(t)}
		d := start(t, b, size[0], size[1])
		d.Golden("empty")
		b.Fail = errors.New("open /nix/var/nix/profiles: permission denied")
		d.Keys("f5")
		d.Golden("error")
		b.Fail = nil
		b.list = []tui.Profile{{Link: b.Profile(), Name: "system", ReadOnly: "root's: sudo nixbench profile rollback"}}
		d.Keys("f5 R")
		d.Golden("readonly")
	}
}

func TestActions(t *testing.T) {
	d := start(t, tuitest.NewBackend(t), 80, 24)
	tuitest.CheckActions(t, d.Model.ScreenOf(tui.ScreenProfiles), keymap.Profiles, keymap.Rows)
}

func current(t *testing.T, b *tuitest.Backend) string {
	t.Helper()
	target, err := os.Readlink(b.Profile())
	if err != nil {
		t.Fatal(err)
	}
	return target
}

// Switching shows the plan, changes only the link, and can be undone.
func TestSwitch(t *testing.T) {
	b := tuitest.NewBackend(t)
	d := start(t, b, 100, 30)
	d.Keys("S")
	d.Wants("this generation is current already")
	d.Keys("j j S")
	d.Wants("switch tour to generation 3?", "from  generation 5", "to    generation 3", "desktop-12", "server-12")
	d.Keys("n")
	if got := current(t, b); got != "tour-5-link" {
		t.Errorf("after saying no: %s", got)
	}
	d.Keys("S y")
	d.Wants("tour is at generation 3 now", "3*")
	if got := current(t, b); got != "tour-3-link" {
		t.Errorf("after switching: %s", got)
	}
	d.Keys("z")
	d.Wants("switch tour to generation 5?")
	d.Keys("y")
	if got := current(t, b); got != "tour-5-link" {
		t.Errorf("after undoing: %s", got)
	}
	d.Keys("@")
	d.Wants("$ nix-env --profile", "--switch-generation 3")
	if s := d.Model.Summary(); len(s) != 2 {
		t.Errorf("summary: %q", s)
	}
}

// Rolling back goes to the parent, which need not be the number before.
func TestRollback(t *testing.T) {
	b := tuitest.NewBackend(t)
	if err := os.WriteFile(b.Profile()+"-5-parent", []byte("2\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	d := start(t, b, 140, 40)
	d.Wants("5 was made from 2.  R rolls back to the parent (2)")
	d.Keys("R")
	d.Wants("generation 5 was made from 2", "switch tour to generation 2?")
	d.Keys("y")
	if got := current(t, b); got != "tour-2-link" {
		t.Errorf("after rolling back: %s", got)
	}
}

// A profile that changed since the plan was shown is left alone.
func TestSwitchChanged(t *testing.T) {
	b := tuitest.NewBackend(t)
	d := start(t, b, 100, 30)
	d.Keys("j S")
	if err := os.Remove(b.Profile()); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("tour-1-link", b.Profile()); err != nil {
		t.Fatal(err)
	}
	d.Keys("y")
	d.Wants("the profile has changed since the plan was made", "1*")
	if got := current(t, b); got != "tour-1-link" {
		t.Errorf("the profile leads to %s", got)
	}
}

func left(t *testing.T, b *tuitest.Backend) string {
	t.Helper()
	gens, err := profile.List(b.Profile())
	if err != nil {
		t.Fatal(err)
	}
	out := ""
	for _, g := range gens {
		out += string(rune('0' + g.Number))
	}
	return out
}

// Deleting shows what goes, leaves out the pinned ones, and can be undone.
func TestDelete(t *testing.T) {
	b := tuitest.NewBackend(t)
	d := start(t, b, 100, 30)
	d.Keys("end P")
	d.Wants("generation 1 is pinned", "pinned")
	d.Keys("D")
	d.Wants("only generation 1")
	d.Type("last")
	d.Keys("enter")
	d.Type("2")
	d.Keys("enter")
	d.Wants("delete generations of tour", "generation 2 of", "generation 3 of", "1 left alone", "keep    3 generations", "the next collection frees")
	d.Keys("y")
	if got := left(t, b); got != "145" {
		t.Errorf("left: %s", got)
	}
	d.Wants("deleted 2 generations of tour")
	d.Keys("z")
	d.Wants("brought back 2 generations")
	if got := left(t, b); got != "12345" {
		t.Errorf("after undoing: %s", got)
	}
	d.Keys("home j space k space D")
	d.Wants("generation 4 of", "delete 1 generation?") // the current one stays
	d.Keys("y")
	if got := left(t, b); got != "1235" {
		t.Errorf("left: %s", got)
	}
	d.Keys("z")
	d.Lacks("marked")
	d.Keys("D")
	d.Type("older")
	d.Keys("enter")
	d.Type("1w")
	d.Keys("enter")
	d.Lacks("generation 1 of")
	d.Keys("y")
	if got := left(t, b); got != "15" {
		t.Errorf("left: %s", got)
	}
}

// Without two marks the base is compared with, else the generation before.
func TestCompare(t *testing.T) {
	d := start(t, tuitest.NewBackend(t), 100, 30)
	d.Wants("diff 4 -> 5   +890.0 KiB", "player")
	d.Keys("j j m")
	d.Wants("base 3", "diff 2 -> 3")
	d.Keys("k k")
	d.Wants("diff 3 -> 5")
	d.Keys("space end space")
	d.Wants("diff 1 -> 5")
	d.Keys("esc esc")
	d.Lacks("base 3", "marked")
	d.Wants("diff nothing -> 1")
}

func TestLabel(t *testing.T) {
	b := tuitest.NewBackend(t)
	d := start(t, b, 100, 30)
	d.Keys("j L")
	d.Type("pre-gnome")
	d.Keys("enter")
	d.Wants(`"pre-gnome"`, `generation 4 is labelled "pre-gnome"`)
	if diff := cmp.Diff([]string{`annotate 4 "pre-gnome" false`}, b.Calls); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	d.Keys("P")
	d.Wants(`pinned "pre`)
	d = start(t, b, 80, 24) // where dates leave little room
	d.Wants(`pinned "pre-gno`)
}

// Other screens show a profile; this one shows generations on others.
func TestOtherScreens(t *testing.T) {
	b := &custom{Backend: tuitest.NewBackend(t)}
	b.list = []tui.Profile{{Link: "/nowhere/none", Name: "none"}, {Link: b.Profile(), Name: "tour"}}
	var got []any
	d := tuitest.New(t, b, 100, 30, func(env *tui.Env) [tui.NumScreens]tui.Screen {
		out := tuitest.Blanks(env)
		out[tui.ScreenProfiles] = profiles.New(env)
		out[tui.ScreenClosure] = &sink{tuitest.Blanks(env)[0], &got}
		out[tui.ScreenGC] = &sink{tuitest.Blanks(env)[0], &got}
		return out
	}, tuitest.On(tui.ScreenProfiles, tui.ShowProfileMsg{Link: b.Profile()}))
	d.Wants("profile: tour")
	d.Keys("c 4 j g 4 p")
	d.Type("none")
	d.Keys("enter")
	d.Wants("profile: none", "this profile has no generations")
	want := []any{
		tui.ShowPathMsg{Path: tuitest.PathNamed("desktop-12")},
		tui.MarkRootsMsg{Links: []string{b.Profile() + "-4-link"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("sent (-want +got):\n%s", diff)
	}
}

// The cursor and the marks survive a reload.
func TestReload(t *testing.T) {
	d := start(t, tuitest.NewBackend(t), 100, 30)
	d.Keys("j space j")
	before := d.Text()
	d.Send(tui.StoreChangedMsg{})
	if after := d.Text(); after != before {
		t.Errorf("reloading changed the screen:\n%s\nto\n%s", before, after)
	}
}

func TestFuzz(t *testing.T) {
	tuitest.Fuzz(t, 2, 200, func(t testing.TB, w, h int) *tuitest.Driver {
		b := tuitest.NewBackend(t)
		b.Fail = errors.New("nothing can be read")
		return start(t, b, w, h)
	})
	tuitest.Fuzz(t, 4, 400, func(t testing.TB, w, h int) *tuitest.Driver {
		return start(t, tuitest.NewBackend(t), w, h)
	})
	evil := "\x1b[2J\u202eevil\u009b31m\x07世界"
	tuitest.Fuzz(t, 3, 300, func(t testing.TB, w, h int) *tuitest.Driver {
		b := &custom{Backend: tuitest.NewBackend(t)}
		b.list = []tui.Profile{{Link: "/" + evil, Name: evil, Activate: evil}, {Link: "/x", Name: "x", ReadOnly: evil}}
		b.gens = []tui.Generation{
			{Generation: profile.Generation{Number: 1, Link: "/" + evil, Path: store.Path("/" + evil), Label: evil}},
			{Generation: profile.Generation{Number: 7, Link: "/b", Path: tuitest.PathNamed(evil), Current: true, Pinned: true}},
		}
		return start(t, b, w, h)
	})
}

// Every action that cannot be done without profiles says why.
func TestReasons(t *testing.T) {
	d := start(t, &custom{Backend: tuitest.NewBackend(t)}, 80, 24)
	for _, a := range d.Model.ScreenOf(tui.ScreenProfiles).Actions() {
		if strings.HasPrefix(string(a.ID), "profiles.") && a.ID != action.ProfilesRebuilds && a.Disabled == "" {
			t.Errorf("%s without profiles can be done", a.ID)
		}
	}
}

// sink notes the messages from other screens.
type sink struct {
	tui.Screen
	got *[]any
}

func (s *sink) Update(msg tea.Msg) tea.Cmd {
	switch msg.(type) {
	case tui.ShowPathMsg, tui.MarkRootsMsg:
		*s.got = append(*s.got, msg)
	}
	return nil
}

// Y gives the command that shows the same difference, and what is done to generations is
// told with the command that does it.
func TestCommands(t *testing.T) {
	d := start(t, tuitest.NewBackend(t), 120, 40)
	path := func() string { d.Keys("y"); return d.Copied }
	d.Keys("home j")
	before := path()
	d.Keys("k")
	after := path()
	d.Keys("Y")
	if want := "nixbench diff " + before + " " + after; d.Copied != want {
		t.Errorf("copied %q, want %q", d.Copied, want)
	}
	d.Keys("u Y")
	if want := "nixbench diff --all " + before + " " + after; d.Copied != want {
		t.Errorf("with what was only rebuilt: copied %q, want %q", d.Copied, want)
	}
	d.Keys("G Y")
	if want := "nixbench path-info -rsSh " + path(); !strings.HasPrefix(want, "nixbench path-info") {
		t.Errorf("of the first: copied %q", d.Copied)
	}
	d.Keys("P L")
	d.Type("it's old")
	d.Keys("enter P @")
	d.Wants("$ nixbench profile pin --profile ", "$ nixbench profile label --profile ", `'it'\''s`, "$ nixbench profile pin --remove --profile ")
}

// slow calls a function while two generations are compared.
type slow struct {
	*tuitest.Backend
	meanwhile func()
}

func (b *slow) Etc(ctx context.Context, from, to store.Path) ([]diff.FileChange, error) {
	if f := b.meanwhile; f != nil {
		b.meanwhile = nil
		f()
	}
	return b.Backend.Etc(ctx, from, to)
}

// What is compared is what is wanted last, also if that is what has been shown all along
// while another comparison was awaited.
func TestCompareMeanwhile(t *testing.T) {
	b := &slow{Backend: tuitest.NewBackend(t)}
	d := start(t, b, 100, 30)
	d.Keys("space")
	d.Wants("diff 4 -> 5")
	b.meanwhile = func() { d.Keys("space") }
	d.Keys("j")
	d.Wants("2 marked", "diff 4 -> 5")
}

// The current generation is not deleted, and that is said if it is marked.
func TestDeleteSaysThatTheCurrentStays(t *testing.T) {
	d := start(t, tuitest.NewBackend(t), 100, 30)
	d.Keys("space j j space D")
	d.Wants("delete  generation 3 of ", "current 5 stays", "delete 1 generation?")
	d.Keys("n esc home j space D")
	d.Wants("delete  generation 4 of ")
	d.Lacks("current 5")
}
