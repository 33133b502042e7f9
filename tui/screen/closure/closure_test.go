package closure_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"nixbench/inspect/files"
	"nixbench/store"
	"nixbench/tui"
	"nixbench/tui/action"
	"nixbench/tui/keymap"
	"nixbench/tui/screen/closure"
	"nixbench/tui/tuitest"
	"nixbench/tui/widget/panes"
)

func start(t testing.TB, b tui.Backend, w, h int, msg any) *tuitest.Driver {
	t.Helper()
	screens := tuitest.Only(tui.ScreenClosure, func(env *tui.Env) tui.Screen { return closure.New(env) })
	return tuitest.New(t, b, w, h, screens, tuitest.On(tui.ScreenClosure, msg))
}

func TestGoldens(t *testing.T) {
	for _, size := range tuitest.Sizes() {
		d := start(t, tuitest.NewBackend(t), size[0], size[1], nil)
		d.Golden("places")
		d.Keys("enter j l j")
		d.Golden("tree")
		d.Keys("t")
		d.Golden("flat")
		d.Keys("t")
		d.Golden("columns")
		d.Keys("t l")
		d.Golden("map")
		d.Keys("t / l i b c enter w a f")
		d.Golden("why")
		d.Keys("esc esc r")
		d.Golden("referrers")
		d.Keys("backspace g l j l")
		d.Golden("files")
		d.Keys("backspace backspace home b l j l")
		d.Golden("build")
		d.Keys("backspace backspace home enter u l")
		d.Advance(5e9)
		d.Golden("duplicates")
		d.Keys("backspace / l i b n e t enter w x")
		d.Golden("cut")
		d.Keys("esc esc esc home m")
		d.Advance(5e9)
		d.Send(tui.ShowPathMsg{Path: tuitest.PathNamed("desktop-11")})
		d.Keys("D")
		d.Golden("derivations")
		d.Keys("backspace d")
		d.Golden("diff")
	}
}

// Nothing to show, and nothing that can be read.
func TestEmptyAndErrors(t *testing.T) {
	for _, size := range tuitest.Sizes() {
		b := &empty{tuitest.NewBackend(t)}
		d := start(t, b, size[0], size[1], nil)
		d.Golden("empty")
		b.Fail = errors.New("open /nix/var/nix/db/db.sqlite: permission denied\x1b[31m")
		d.Keys("f5")
		d.Golden("error")
		b.Fail = nil
		d.Keys("f5")
		d.Lacks("could not be listed")
	}
}

// empty is a store without anything.
type empty struct{ *tuitest.Backend }

func (b *empty) Graph(context.Context) (*store.Graph, error) {
	return store.NewGraph(nil, nil, nil), b.Fail
}
func (b *empty) Places(context.Context) ([]tui.Place, error) { return nil, b.Fail }

func TestActions(t *testing.T) {
	d := start(t, tuitest.NewBackend(t), 80, 24, nil)
	tuitest.CheckActions(t, d.Model.ScreenOf(tui.ScreenClosure), keymap.Closure, keymap.ClosureWhy, keymap.Rows)
}

func desktop(t *testing.T) (*tuitest.Backend, *tuitest.Driver) {
	b := tuitest.NewBackend(t)
	return b, start(t, b, 100, 30, tui.ShowPathMsg{Path: tuitest.PathNamed("desktop-12")})
}

// The sizes are those of the definition: own, all that it needs, and what would
// go with it.
func TestSizes(t *testing.T) {
	_, d := desktop(t)
	d.Wants("closure of desktop-12", "14 paths", "6.0 MiB")
	d.Keys("/")
	d.Type("libdraw")
	d.Keys("enter")
	d.Wants("NAR       700.0 KiB", "closure   2.7 MiB", "adds      2.2 MiB  37.3%", "refs      2   referrers 3")
}

// A search goes to the matches one by one, unfolding what leads there; the flat
// list shows only them.
func TestSearch(t *testing.T) {
	_, d := desktop(t)
	d.Keys("/")
	d.Type("libzed")
	d.Keys("enter")
	d.Wants("/libzed   1 of 2", "libzed-1.3 ─")
	d.Keys("n")
	d.Wants("2 of 2", "libzed-1.2 ─")
	d.Keys("n")
	d.Wants("1 of 2")
	d.Keys("t")
	d.Wants("libzed-1.2", "libzed-1.3")
	d.Lacks("words-2026")
}

// Conditions compare sizes and counts.
func TestConditions(t *testing.T) {
	_, d := desktop(t)
	for _, test := range [][2]string{
		{"size>1m", "1 of 2"}, {"size<50k name:words", "1 of 1"}, {"refs>=4", "1 of 1"}, {"adds>2M closure<3m", "1 of 1"},
		{"referrers>4", "1 of 1"}, {"own<=12k", "1 of 1"}, {"size>", "0 found"}, {"nothing", "0 found"}, {"lib 1.", "1 of 2"},
	} {
		d.Keys("/")
		d.Type(test[0])
		d.Keys("enter")
		d.Wants("/" + test[0] + "   " + test[1])
	}
}

// What another screen asks for is shown at once, before the store was read.
func TestShowWhy(t *testing.T) {
	b := tuitest.NewBackend(t)
	d := start(t, b, 140, 40, tui.ShowWhyMsg{From: tuitest.PathNamed("desktop-12"), To: tuitest.PathNamed("libnet-4.0")})
	d.Wants("why does desktop-12 depend on libnet-4.0?   1 way, 3 steps at least", "all go by fetcher-2.0")
	d.Keys("k enter")
	d.Wants("fetcher-2.0 ─") // the cursor is on it
	d.Send(tui.ShowWhyMsg{From: tuitest.PathNamed("viewer-1.1"), To: tuitest.PathNamed("libnet-4.0")})
	d.Wants("viewer-1.1 does not depend on libnet-4.0")
	d.Keys("esc esc esc esc")
	d.Wants("the closure of what?")
}

// At the root, why asks for the target; the marked base is where ways begin.
func TestWhyPickAndBase(t *testing.T) {
	_, d := desktop(t)
	d.Keys("w")
	d.Wants("why does desktop-12 depend on ..?")
	d.Type("fonts")
	d.Keys("enter")
	d.Wants("why does desktop-12 depend on fonts-3.0?")
	d.Keys("esc / e d i t o r enter m / f o n t s enter w")
	d.Wants("why does editor-7.2 depend on fonts-3.0?", "1 way, 2 steps")
	d.Keys("f")
	d.Wants("bin/editor-7.2, byte 2: #!..-libdraw-0.9/bin/sh")
	d.Keys("f")
	d.Lacks("bin/editor-7.2")
	d.Keys("Y")
	if want := "nixbench why-depends " + string(tuitest.PathNamed("editor-7.2")) + " " + string(tuitest.PathNamed("fonts-3.0")); d.Copied != want {
		t.Errorf("copied %q, want %q", d.Copied, want)
	}
}

// Every edge that why shows is a reference in the store.
func TestWhyEdges(t *testing.T) {
	g := tuitest.NewGraph()
	for _, from := range []string{"desktop-12", "server-12"} {
		d := start(t, tuitest.NewBackend(t), 200, 60, tui.ShowWhyMsg{From: tuitest.PathNamed(from), To: tuitest.PathNamed("libcore-2.1")})
		d.Keys("a")
		i, _ := g.Index(tuitest.PathNamed(from))
		for _, r := range g.References(i) {
			d.Wants(g.Paths[r].Name())
		}
	}
}

// What a derivation needs to be built has times: those of its builds, and of the longest
// chain of them.
func TestBuildTime(t *testing.T) {
	_, d := desktop(t)
	d.Resize(140, 30)
	d.Keys("b")
	d.Wants("build-time closure of desktop-12.drv   14 builds", "one by one", "at least", "TIME", "CHAIN", "valid", "usual     1m10s")
	d.Keys("j s c h a i n enter")
	d.Wants("sort: chain")
	d.Keys("t home j y")
	if want := string(tuitest.PathNamed("tools-1.4.drv")); d.Copied != want {
		t.Errorf("the second longest chain is of %q, want %q", d.Copied, want)
	}
	d.Keys("Y")
	if want := "nixbench closure --build-time " + string(tuitest.PathNamed("desktop-12.drv")); d.Copied != want {
		t.Errorf("copied %q, want %q", d.Copied, want)
	}
}

// Files are a tree of directories with their sizes, or one list; a search finds those
// that are folded.
func TestFiles(t *testing.T) {
	_, d := desktop(t)
	d.Keys("j g")
	d.Wants("files of editor-7.2   5 files   125.0 KiB", "> bin/", "> share/", "44.0K   35.2%", "2 files   81.0 KiB", "view: tree")
	d.Lacks("README")
	d.Keys("j enter j l")
	d.Wants("v share/", "v doc/", "manual.txt", "words")
	d.Keys("/")
	d.Type("editor")
	d.Keys("enter n")
	d.Wants("/editor   2 of 2", "v bin/", "run -> editor-7.2")
	d.Keys("y")
	if want := string(tuitest.PathNamed("editor-7.2")) + "/bin/run"; d.Copied != want {
		t.Errorf("copied %q, want %q", d.Copied, want)
	}
	d.Keys("t")
	d.Wants("/editor   2 of 2", "bin/run -> editor-7.2")
	d.Lacks("manual.txt")
	d.Keys("esc")
	d.Wants("view: flat", "share/doc/README")
	d.Keys("enter")
	d.Wants("view: tree", "run -> editor-7.2")
	d.Keys("backspace")
	d.Wants("closure of desktop-12")
}

// In the answer to why, keys are about the row under the cursor there, and where the files
// are shown that hold a reference, about the first of them.
func TestKeysInWhy(t *testing.T) {
	b, d := desktop(t)
	d.Keys("/ f o n t s enter w")
	d.Wants("why does desktop-12 depend on fonts-3.0?")
	d.Keys("k y")
	if want := string(tuitest.PathNamed("libdraw-0.9")); d.Copied != want {
		t.Errorf("copied %q, want %q", d.Copied, want)
	}
	d.Wants("libdraw-0.9 ─") // what is told of it
	d.Keys("j f y")
	if want := string(tuitest.PathNamed("libdraw-0.9")) + "/bin/libdraw-0.9"; d.Copied != want {
		t.Errorf("copied %q, want %q", d.Copied, want)
	}
	d.Keys("e")
	wantEdited(t, b, "libdraw-0.9", "bin/libdraw-0.9")
}

// A file that is under the cursor is opened in the editor, and so is a derivation.
func TestEdit(t *testing.T) {
	b, d := desktop(t)
	d.Keys("j g e")
	d.Wants("this is a directory")
	d.Keys("l j e")
	wantEdited(t, b, "editor-7.2", "bin/editor-7.2")
	d.Keys("backspace b e")
	wantEdited(t, b, "editor-7.2.drv", "")
}

// wantEdited wants the editor to have been opened last on a file in a path.
func wantEdited(t *testing.T, b *tuitest.Backend, path, file string) {
	t.Helper()
	want := "edit " + filepath.Join("/real", string(tuitest.PathNamed(path)), file) + ":0"
	if got := b.Calls; len(got) == 0 || got[len(got)-1] != want {
		t.Errorf("got calls %q, want %q as the last", got, want)
	}
}

// Conditions are of closures, which is said where they find nothing elsewhere.
func TestConditionsElsewhere(t *testing.T) {
	d := start(t, tuitest.NewBackend(t), 100, 30, nil)
	d.Keys("/")
	d.Type("size>1K")
	d.Keys("enter")
	d.Wants("not found: size>1K: conditions are for closures, which enter opens")
}

func TestDiffWithBase(t *testing.T) {
	b, d := desktop(t)
	d.Keys("d")
	d.Wants("no base is marked")
	d.Keys("m")
	d.Wants("base: desktop-12; d on another path compares")
	d.Send(tui.ShowPathMsg{Path: tuitest.PathNamed("server-12")})
	d.Keys("d")
	d.Wants("diff desktop-12 -> server-12", "gone", "mailer")
	d.Keys("backspace m m y")
	if want := string(tuitest.PathNamed("server-12")); d.Copied != want {
		t.Errorf("copied %q, want %q", d.Copied, want)
	}
	_ = b
}

// Diving pushes, Backspace pops; the cursor is where it was.
func TestDive(t *testing.T) {
	_, d := desktop(t)
	d.Keys("j enter")
	d.Wants("closure of editor-7.2")
	d.Keys("j j enter")
	d.Wants("closure of libzed-1.2")
	d.Keys("backspace backspace")
	d.Wants("closure of desktop-12", "editor-7.2 ─")
	d.Keys("r")
	d.Wants("referrers of editor-7.2", "desktop-11")
	d.Keys("enter") // of the path itself
	d.Wants("closure of editor-7.2")
}

func TestSort(t *testing.T) {
	_, d := desktop(t)
	d.Keys("t s")
	d.Type("own")
	d.Keys("enter")
	d.Wants("sort: own")
	d.Keys("home j y")
	if want := string(tuitest.PathNamed("editor-7.2")); d.Copied != want {
		t.Errorf("the second largest is %q, want %q", d.Copied, want)
	}
}

// A path, a link or a name can be typed instead of choosing a place.
func TestPick(t *testing.T) {
	d := start(t, tuitest.NewBackend(t), 80, 24, nil)
	d.Keys("p")
	d.Type("mailer-5.5")
	d.Keys("enter")
	d.Wants("closure of mailer-5.5")
	d.Keys("p")
	d.Type("no-such-thing")
	d.Keys("enter")
	d.Wants("error:", "no-such-thing")
}

// The cursor and what is unfolded survive a reload; a closure whose root is gone
// says so.
func TestReload(t *testing.T) {
	b := &shrinking{Backend: tuitest.NewBackend(t)}
	d := start(t, b, 100, 30, tui.ShowPathMsg{Path: tuitest.PathNamed("desktop-12")})
	d.Keys("j l j")
	d.Wants("libdraw-0.9 ─")
	before := d.Text()
	d.Send(tui.StoreChangedMsg{})
	if after := d.Text(); after != before {
		t.Errorf("reloading changed the screen:\n%s\nto\n%s", before, after)
	}
	b.gone = true
	d.Send(tui.StoreChangedMsg{})
	d.Wants("error:", "closure of desktop-12", "this closure could not be read")
	d.Keys("w")
	d.Wants("the closure could not be read")
	b.gone = false
	d.Keys("f5")
	d.Wants("14 paths")
}

// shrinking is a store that loses everything.
type shrinking struct {
	*tuitest.Backend
	gone bool
}

func (b *shrinking) Graph(ctx context.Context) (*store.Graph, error) {
	if b.gone {
		return store.NewGraph(nil, nil, nil), nil
	}
	return b.Backend.Graph(ctx)
}

// hostile has names that no store should have.
type hostile struct{ *tuitest.Backend }

func (b *hostile) Graph(context.Context) (*store.Graph, error) {
	evil := "\x1b[2J\u202eevil\u009b31m\x07"
	nodes := []store.GraphNode{
		{Path: tuitest.PathNamed("a" + evil), NarSize: 1 << 40}, {Path: tuitest.PathNamed(evil), NarSize: 1},
		{Path: "/nix/store/odd", NarSize: 3}, {Path: tuitest.PathNamed("世界" + evil)},
	}
	return store.NewGraph(nodes, [][2]int32{{0, 1}, {1, 2}, {1, 3}}, nil), nil
}

func (b *hostile) Places(context.Context) ([]tui.Place, error) {
	return []tui.Place{{Kind: "\x1b[31mk", Name: "~/\x9b31mevil", Path: tuitest.PathNamed("a\x1b[2J\u202eevil\u009b31m\x07")}}, nil
}

func (b *hostile) Files(context.Context, store.Path) (*files.Tree, error) {
	return files.New([]files.Object{
		{Kind: files.Directory, Parent: files.None}, {Name: "bin/\x1b]0;x\x07", Size: -5}, {Name: "bin/\x1b]0;x\x07", Kind: files.Link, Target: "\x9b31m"},
	}), nil
}

func TestFuzz(t *testing.T) {
	tuitest.Fuzz(t, 2, 200, func(t testing.TB, w, h int) *tuitest.Driver {
		b := tuitest.NewBackend(t)
		b.Fail = errors.New("nothing can be read")
		return start(t, b, w, h, nil)
	})
	tuitest.Fuzz(t, 4, 400, func(t testing.TB, w, h int) *tuitest.Driver {
		return start(t, tuitest.NewBackend(t), w, h, nil)
	})
	tuitest.Fuzz(t, 3, 300, func(t testing.TB, w, h int) *tuitest.Driver {
		d := start(t, &hostile{tuitest.NewBackend(t)}, w, h, nil)
		d.Keys("enter")
		return d
	})
}

// Every action has a key, and those that cannot be done say why.
func TestReasons(t *testing.T) {
	d := start(t, &empty{tuitest.NewBackend(t)}, 80, 24, nil)
	s := d.Model.ScreenOf(tui.ScreenClosure)
	may := map[action.ID]bool{
		action.ClosurePick: true, action.FindText: true, action.NextPane: true, action.PrevPane: true,
		action.Grow: true, action.Shrink: true, action.Refresh: true,
	}
	for _, a := range panes.New(d.Model.Env().Styles).Dividers() {
		may[a.ID] = true
	}
	for _, a := range s.Actions() {
		if may[a.ID] != (a.Disabled == "") {
			t.Errorf("%s in an empty store: reason %q", a.ID, a.Disabled)
		}
	}
}

// Areas are what paths add: those in one come to what it adds, and one can go in and out.
func TestMap(t *testing.T) {
	_, d := desktop(t)
	d.Keys("t t t")
	d.Wants("view: map", "libdraw-0.9", "2.2M  37.3%", "editor-7.2")
	d.Keys("/ l i b d r a w enter")
	d.Wants("1 path in it", "adds      2.2 MiB")
	d.Keys("esc enter")
	d.Wants("in libdraw-0.9   adds 2.2 MiB", "fonts-3.0", "libdr")
	d.Keys("home enter")
	d.Wants("nothing goes with fonts-3.0 but itself")
	d.Keys("backspace")
	d.Wants("closure of desktop-12", "adds      2.2 MiB")
	d.Keys("j t t t t")
	d.Wants("view: map", "adds      1.4 MiB")
	d.Keys("w")
	d.Wants("why does desktop-12 depend on")
}

// A smallest cut names references, and what leaves with them.
func TestCut(t *testing.T) {
	d := start(t, tuitest.NewBackend(t), 100, 30, tui.ShowWhyMsg{From: tuitest.PathNamed("desktop-12"), To: tuitest.PathNamed("libnet-4.0")})
	d.Keys("x")
	d.Wants("which references are to go", "without 1 reference desktop-12 would not depend on libnet-4.0", "fetcher-2.0 -> libnet-4.0", "1 path would leave the closure, 260.0 KiB")
	d.Keys("esc")
	d.Wants("why does desktop-12")
}

// Packages that are there more than once unfold to their copies.
func TestDuplicates(t *testing.T) {
	b, d := desktop(t)
	d.Keys("u")
	d.Wants("more than once in desktop-12   1 package", "121.0 KiB to spare", "libzed", "2")
	d.Keys("l j j y")
	d.Wants("libzed-1.3", "libzed-1.2", "121.0K")
	if want := string(tuitest.PathNamed("libzed-1.2")); d.Copied != want {
		t.Errorf("copied %q, want %q", d.Copied, want)
	}
	if d.Keys("Y"); d.Copied != "nixbench duplicates "+string(tuitest.PathNamed("desktop-12")) {
		t.Errorf("copied %q", d.Copied)
	}
	d.Send(tui.StoreChangedMsg{})
	d.Wants("libzed-1.2")
	d.Keys("enter")
	d.Wants("closure of libzed-1.2")
	d.Keys("backspace backspace")
	d.Wants("closure of desktop-12")
	_ = b
}

// Of derivations it is told what differs in themselves, not what only follows from it.
func TestDerivations(t *testing.T) {
	_, d := desktop(t)
	d.Keys("D")
	d.Wants("no base is marked")
	d.Keys("m")
	d.Send(tui.ShowPathMsg{Path: tuitest.PathNamed("desktop-11")})
	d.Keys("D")
	d.Wants("why not the same: desktop-12.drv -> desktop-11.drv", "1 derivation differs in itself, 0 only", "player-3.4.drv", "env.script", "- install desktop-12", "+ install desktop-11")
	d.Keys("backspace")
	d.Wants("closure of desktop-11")
}

// A closure, or what was searched for in it, is written to a file.
func TestExport(t *testing.T) {
	b, d := desktop(t)
	for _, format := range []string{"json", "csv", "dot"} {
		d.Keys("E")
		d.Type(format)
		d.Keys("enter")
		d.Wants("wrote the closure to /home/me/closure-20261121-180200." + format)
	}
	d.Keys("/")
	d.Type("libzed")
	d.Keys("enter E")
	d.Wants("2 paths that were searched for")
	d.Type("csv")
	d.Keys("enter")
	if got := b.Calls[len(b.Calls)-1]; got != "write closure-20261121-180200.csv 3 lines" {
		t.Errorf("got %q", got)
	}
}

// A change of a difference is told with its paths, of systems a file with its lines.
func TestDiffDetails(t *testing.T) {
	_, d := desktop(t)
	d.Keys("m")
	d.Send(tui.ShowPathMsg{Path: tuitest.PathNamed("desktop-11")})
	d.Keys("d")
	d.Wants("player.service", "hosts")
	d.Keys("enter")
	d.Wants("- /nix/store/", "desktop-12")
	d.Keys("esc end k enter")
	d.Wants("+ 127.0.0.1 desktop-11")
}

// Marked paths are opened together: one closure of several roots, in all views.
func TestSeveralRoots(t *testing.T) {
	d := start(t, tuitest.NewBackend(t), 140, 40, nil)
	d.Keys("o")
	d.Wants("no paths are marked")
	d.Keys("space j space")
	d.Wants("2 paths marked (o opens)")
	d.Keys("o")
	d.Wants("closure of desktop-12 and 1 other   17 paths", "desktop-12", "server-12")
	d.Lacks("paths marked")
	d.Keys("t t")
	d.Wants("root", "desktop-12")
	d.Keys("t")
	d.Wants("in desktop-12", "libdraw-0.9")
	d.Keys("backspace")
	d.Wants("libcore-2.1", "desktop-12", "server-12", "closure of")
	d.Keys("t / m a i l e r enter w")
	d.Wants("why does server-12 depend on mailer-5.5?")
	d.Keys("esc esc u")
	d.Wants("more than once in desktop-12 and 1 other")
	d.Keys("backspace backspace")
	d.Wants("the closure of what?")
}

// A closure that has become larger is searched anew, not by what was known of the
// smaller one.
func TestSearchAfterGrowth(t *testing.T) {
	b := newBig(t, 30)
	d := start(t, b, 100, 30, tui.ShowPathMsg{Path: b.g.Paths[0]})
	d.Keys("t /")
	d.Type("package-2")
	d.Keys("enter")
	d.Wants("1 of 11")
	b.g = newBig(t, 300).g
	d.Keys("f5")
	d.Wants("of 111")
}

// What another process deletes is noticed when the cursor comes to it: the store is read
// again.
func TestDeletedMeanwhile(t *testing.T) {
	b := tuitest.NewBackend(t)
	d := start(t, b, 100, 30, tui.ShowPathMsg{Path: tuitest.PathNamed("libnet-4.0-dev")})
	d.Wants("closure of libnet-4.0-dev")
	plan, err := b.GCPlan(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Collect(t.Context(), plan); err != nil {
		t.Fatal(err)
	}
	d.Send(tui.ShowPathMsg{Path: tuitest.PathNamed("scratch-0.1")})
	d.Wants("this closure could not be read")
	d.Keys("backspace")
	d.Wants("this closure could not be read")
	d.Keys("@")
	d.Wants("scratch-0.1 has been deleted meanwhile: the store is read again")
}

// In columns it is said whose references are listed, also where there is room for no
// other column, and what leads out again.
func TestColumnsSayWhere(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 40}, {200, 60}} {
		d := start(t, tuitest.NewBackend(t), size[0], size[1], nil)
		d.Keys("enter j t t")
		d.Wants("closure of ")
		d.Keys("l")
		d.Wants("═ in editor-7.2   ", "(h: out)")
		d.Keys("h")
		d.Lacks("═ in ")
	}
}

// What removing a path frees is said in whole, whatever needs it is called.
func TestNeedFits(t *testing.T) {
	d := start(t, tuitest.NewBackend(t), 60, 20, nil)
	d.Keys("enter")
	d.Wants("the root of this closure   removing it frees 6.0 MiB ")
	d.Lacks("MiB (")
	for range 6 {
		d.Keys("j")
		lines := strings.Split(d.Text(), "\n")
		if line := lines[17]; !strings.Contains(line, "iB ") {
			t.Errorf("got %q, want all of a size", line)
		} else if strings.Contains(line, "(") && !strings.Contains(line, "%)") {
			t.Errorf("got %q, want all of the share", line)
		}
	}
}
