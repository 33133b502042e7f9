package gc_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"nixbench/engine/event"
	"nixbench/store"
	storegc "nixbench/store/gc"
	"nixbench/tui"
	"nixbench/tui/action"
	"nixbench/tui/keymap"
	"nixbench/tui/screen/gc"
	"nixbench/tui/tuitest"
)

func start(t testing.TB, b tui.Backend, w, h int) *tuitest.Driver {
	t.Helper()
	screens := tuitest.Only(tui.ScreenGC, func(env *tui.Env) tui.Screen { return gc.New(env) })
	return tuitest.New(t, b, w, h, screens, tuitest.On(tui.ScreenGC, nil))
}

func TestGoldens(t *testing.T) {
	for _, size := range tuitest.Sizes() {
		d := start(t, tuitest.NewBackend(t), size[0], size[1])
		d.Golden("roots")
		d.Keys("a 3 0 d enter")
		d.Advance(5e9) // the notice goes
		d.Golden("marked")
		d.Keys("w")
		d.Golden("kept")
		d.Keys("esc v")
		d.Golden("paths")
		d.Keys("X")
		d.Golden("confirm")
		d.Type("delete")
		d.Keys("enter")
		d.Advance(5e9)
		d.Golden("collected")
		d = start(t, tuitest.NewBackend(t), size[0], size[1])
		d.Keys("F 4 M enter")
		d.Advance(5e9)
		d.Golden("free")
		d.Keys("i j")
		d.Golden("groups")
	}
}

// No roots, and none that can be read.
func TestEmptyAndErrors(t *testing.T) {
	for _, size := range tuitest.Sizes() {
		b := &custom{Backend: tuitest.NewBackend(t)}
		d := start(t, b, size[0], size[1])
		d.Golden("empty")
		b.Fail = errors.New("lock /nix/var/nix/gc.lock: permission denied")
		d.Keys("f5")
		d.Advance(5e9)
		d.Golden("error")
		b.Fail = nil
		d.Keys("f5")
		d.Lacks("could not be read")
	}
}

// custom has its own roots and paths.
type custom struct {
	*tuitest.Backend
	roots    []storegc.Root
	nodes    []store.GraphNode
	refs     [][2]int32
	readOnly string
}

func (b *custom) Info() tui.Info {
	info := b.Backend.Info()
	info.ReadOnly = b.readOnly
	return info
}
func (b *custom) Graph(context.Context) (*store.Graph, error) {
	return store.NewGraph(slices.Clone(b.nodes), slices.Clone(b.refs), nil), b.Fail
}
func (b *custom) Roots(context.Context) ([]storegc.Root, []string, error) {
	return b.roots, nil, b.Fail
}
func (b *custom) Entries(context.Context) ([]string, error) { return nil, nil }
func (b *custom) GCPlan(ctx context.Context) (*storegc.Plan, error) {
	return storegc.NewPlan(ctx, b, storegc.Options{})
}

func TestActions(t *testing.T) {
	d := start(t, tuitest.NewBackend(t), 80, 24)
	tuitest.CheckActions(t, d.Model.ScreenOf(tui.ScreenGC), keymap.GC, keymap.Rows)
}

// The plan's figures are those that the plan itself has.
func TestPlanFigures(t *testing.T) {
	b := tuitest.NewBackend(t)
	plan, err := b.GCPlan(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	marked := plan.Ignoring([]string{"/home/me/src/app/.direnv/flake-profile", "/home/me/src/app/result"})
	if len(plan.Dead) != 4 || len(marked.Dead) != 6 {
		t.Fatalf("the made-up store has %d and %d dead paths", len(plan.Dead), len(marked.Dead))
	}
	d := start(t, b, 80, 24)
	d.Keys("/")
	d.Type("flake")
	d.Keys("enter space /")
	d.Type("app/result")
	d.Keys("enter space")
	d.Wants("already dead                          4 paths   119.7 KiB",
		"2 marked roots                        2 paths     1.1 MiB", "total to free                         6 paths     1.2 MiB")
	d.Keys("O")
	d.Wants("on disk 1.1 MiB")
	d.Keys("space")
	d.Lacks("on disk") // it was for other marks
}

// What cannot be removed cannot be marked, and says why.
func TestMarkReasons(t *testing.T) {
	d := start(t, tuitest.NewBackend(t), 100, 30)
	for _, test := range [][2]string{
		{"maps", "a running process has it open"}, {"tour-5", "it is the current generation"}, {"gone", "it keeps nothing"},
	} {
		d.Keys("/")
		d.Type(test[0])
		d.Keys("enter space")
		d.Wants(test[1])
		d.Lacks("[x]")
	}
	d.Keys("esc *")
	if n := strings.Count(d.Text(), "[x]"); n != 6 {
		t.Errorf("%d roots are marked, want 6:\n%s", n, d.Text())
	}
	d.Keys("*")
	d.Lacks("[x]")
}

// An age marks only results and direnv's links, and keeping the last ones spares
// the current and pinned generations.
func TestRules(t *testing.T) {
	b := tuitest.NewBackend(t)
	if err := b.AnnotateGeneration(t.Context(), b.Profile(), 2, "", true); err != nil {
		t.Fatal(err)
	}
	d := start(t, b, 140, 40)
	d.Keys("a")
	d.Type("soon")
	d.Keys("enter")
	d.Wants("is no age")
	d.Keys("esc a")
	d.Type("10d")
	d.Keys("enter")
	d.Wants("[x] ~/src/app/result", "[x] ~/src/app/.d", "[ ] tour-1-link")
	d.Keys("* * K")
	d.Type("2")
	d.Keys("enter")
	d.Wants("[x] tour-1-link", "[ ] tour-2-link", "[x] tour-3-link", "[ ] tour-4-link", "[!] tour-5-link")
	if got := strings.Count(d.Text(), "[x]"); got != 2 {
		t.Errorf("%d roots are marked, want 2", got)
	}
}

// A pattern marks what is called so, by link or by path, and nothing that is pinned.
func TestPattern(t *testing.T) {
	b := tuitest.NewBackend(t)
	if err := b.AnnotateGeneration(t.Context(), b.Profile(), 3, "", true); err != nil {
		t.Fatal(err)
	}
	d := start(t, b, 140, 40)
	d.Keys("p")
	d.Type("[")
	d.Keys("enter")
	d.Wants("this is no pattern")
	d.Keys("esc p")
	d.Type("server-*")
	d.Keys("enter")
	d.Wants("marked 1 root", "[x] ~/src/app/result", "[ ] tour-3-link")
	d.Keys("p")
	d.Type("tour-[1-4]-link")
	d.Keys("enter")
	d.Wants("[x] tour-1-link", "[x] tour-2-link", "[ ] tour-3-link", "[x] tour-4-link", "[!] tour-5-link")
}

// A size marks what frees it at the least loss: the old results before any
// generation, and never one that is pinned.
func TestFree(t *testing.T) {
	b := tuitest.NewBackend(t)
	for n := 1; n <= 4; n++ {
		if err := b.AnnotateGeneration(t.Context(), b.Profile(), n, "", n != 3); err != nil {
			t.Fatal(err)
		}
	}
	d := start(t, b, 100, 30)
	d.Keys("F")
	d.Type("lots")
	d.Keys("enter")
	d.Wants("want a size like 500M")
	d.Keys("esc F")
	d.Type("1M")
	d.Keys("enter")
	d.Wants("marked 1 root", "[x] ~/src", "for 1.0 MiB  1 root lost, newest 95d", "no other choice loses less")
	d.Keys("F")
	d.Type("4M")
	d.Keys("enter")
	d.Wants("3 roots lost", "[x] tour-3-link", "[ ] tour-2-link")
	if d.Keys("Y"); d.Copied != "nixbench gc --free 4194304" {
		t.Errorf("copied %q", d.Copied)
	}
	d.Keys("space")
	d.Lacks("roots lost") // what is marked by hand is no proposal
	d.Keys("F")
	d.Type("2T")
	d.Keys("enter")
	d.Wants("no more than", "can be freed")
	d.Keys("F")
	d.Type("1k")
	d.Keys("enter")
	d.Wants("no root has to go", "X deletes what is dead")
	d.Lacks("[x]")
}

// Groups have a list of their own where there is no room beside the roots.
func TestGroups(t *testing.T) {
	d := start(t, tuitest.NewBackend(t), 80, 24)
	d.Keys("i")
	d.Wants("only if ALL of a group go", "tour-")
	d.Keys("space")
	d.Wants("marked")
	d.Keys("esc")
	d.Wants("gc roots", "[x]")
}

// Temporary roots go when their process ends, whatever is marked: they are in no group.
func TestGroupsOfLinks(t *testing.T) {
	app, tool := tuitest.PathNamed("app"), tuitest.PathNamed("tool")
	d := start(t, &custom{
		Backend: tuitest.NewBackend(t),
		nodes:   []store.GraphNode{{Path: app, NarSize: 100}, {Path: tool, NarSize: 300}},
		roots: []storegc.Root{
			{Link: "/tmp/result-app", Path: app, Kind: storegc.KindResult},
			{Link: "/tmp/result-tool", Path: tool, Kind: storegc.KindResult},
			{Link: "/tmp/result-tool2", Path: tool, Kind: storegc.KindResult},
			{Link: "/nix/var/nix/temproots/7", Path: app, Kind: storegc.KindTemp, Note: "nixbench, process 7"},
		},
	}, 80, 24)
	d.Keys("i")
	d.Wants("300B", "result-tool + /tmp/result-tool2")
	d.Lacks("nixbench 7")
}

// Temporary roots, of which the workbench has one for each path that it has built, stand
// below what a user can remove, whatever they free.
func TestTemporaryRootsLast(t *testing.T) {
	app, tool := tuitest.PathNamed("app"), tuitest.PathNamed("tool")
	d := start(t, &custom{
		Backend: tuitest.NewBackend(t),
		nodes:   []store.GraphNode{{Path: app, NarSize: 900}, {Path: tool, NarSize: 300}},
		roots: []storegc.Root{
			{Link: "/nix/var/nix/temproots/7", Path: app, Kind: storegc.KindTemp, Note: "nixbench, process 7"},
			{Link: "/tmp/result-tool", Path: tool, Kind: storegc.KindResult},
		},
	}, 80, 24)
	screen := d.Text()
	if link, temp := strings.Index(screen, "/tmp/result-tool"), strings.Index(screen, "app (nixbench 7)"); link < 0 || temp < link {
		t.Errorf("the link is at %d, the temporary root at %d:\n%s", link, temp, screen)
	}
}

// How a path is kept is told before who else keeps it, which matters less.
func TestHowItIsKept(t *testing.T) {
	d := start(t, tuitest.NewBackend(t), 80, 24)
	d.Keys("/ t o u r - 3 enter w j j")
	d.Wants("how it is kept", "kept by tour-1-link and 6 more", "`- libcore-2.1")
}

func collect(d *tuitest.Driver) {
	d.Keys("X")
	d.Type("delete")
	d.Keys("enter")
}

// Deleting takes the word, removes the marked roots and what only they kept, and
// nothing else.
func TestDelete(t *testing.T) {
	b := tuitest.NewBackend(t)
	before, _ := b.GCPlan(t.Context())
	want := before.Ignoring([]string{"/home/me/src/app/.direnv/flake-profile"})
	d := start(t, b, 100, 30)
	d.Keys("space X")
	d.Wants("6 paths will be deleted", "1 root will be removed", "flake-profile", "type \"delete\"")
	d.Type("delet")
	d.Keys("enter")
	d.Wants("type \"delete\"")
	d.Keys("esc")
	d.Wants("nothing was deleted")
	if len(b.Calls) != 0 {
		t.Errorf("calls before agreeing: %v", b.Calls)
	}
	collect(d)
	d.Wants("done  6 paths deleted", "nothing is dead")
	d.Lacks("flake-profile")
	if diff := cmp.Diff([]string{"collect 6 paths"}, b.Calls); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	after, _ := b.GCPlan(t.Context())
	var got, live []store.Path
	for _, it := range after.Live {
		got = append(got, it.Path)
	}
	for _, it := range want.Live {
		live = append(live, it.Path)
	}
	if diff := cmp.Diff(live, got); diff != "" || len(after.Dead) != 0 {
		t.Errorf("left over (-want +got):\n%s", diff)
	}
	if s := d.Model.Summary(); len(s) != 1 || !strings.Contains(s[0], "6 paths deleted") {
		t.Errorf("summary %q", s)
	}
}

// A root that leads elsewhere than when it was planned stops everything.
func TestDeleteStale(t *testing.T) {
	b := &failing{Backend: tuitest.NewBackend(t), err: storegc.ErrStale}
	d := start(t, b, 100, 30)
	collect(d)
	d.Wants("a marked root has changed", "roots changed since the plan was made")
	b.err = context.Canceled
	d.Keys("f5")
	collect(d)
	d.Wants("done  0 paths deleted")
}

// failing ends collections with an error, and shows itself running first.
type failing struct {
	*tuitest.Backend
	err error
	on  func()
}

func (b *failing) Collect(ctx context.Context, _ *storegc.Plan) (*storegc.Result, error) {
	if b.on != nil {
		b.on()
	}
	return &storegc.Result{}, b.err
}

// While a collection runs its progress is shown and nothing else can be begun;
// Ctrl-C ends it.
func TestProgress(t *testing.T) {
	b := &failing{Backend: tuitest.NewBackend(t), err: context.Canceled}
	d := start(t, b, 100, 30)
	b.on = func() {
		d.Post(event.Activity{ID: 9, Kind: event.Collect, State: event.Running, Done: 30 << 10, Total: 120 << 10})
		d.Wants("collecting", "deleting 4 paths", "30.0 KiB of 120.0 KiB  25.0%", "^C stops")
		d.Keys("X")
		d.Wants("a collection is running")
		d.Keys("ctrl+c")
		d.Wants("stopping")
		if s := strings.Join(d.Model.Summary(), "\n"); !strings.Contains(s, "a collection was stopped after 30.0 KiB of 120.0 KiB") {
			t.Errorf("left meanwhile: got summary %q", s)
		}
	}
	collect(d)
	d.Wants("stopped: 0 paths deleted", "the store is valid")
}

func TestReadOnly(t *testing.T) {
	b := &custom{Backend: tuitest.NewBackend(t), readOnly: "root's: sudo nixbench store gc", nodes: []store.GraphNode{{Path: tuitest.PathNamed("a"), NarSize: 5}}}
	d := start(t, b, 80, 24)
	d.Keys("X")
	d.Wants("root's: sudo nixbench store gc")
}

// Other screens name roots to mark, also before they were read.
func TestMarkRoots(t *testing.T) {
	b := tuitest.NewBackend(t)
	screens := tuitest.Only(tui.ScreenGC, func(env *tui.Env) tui.Screen { return gc.New(env) })
	links := []string{b.Profile() + "-1-link", b.Profile() + "-5-link"}
	d := tuitest.New(t, b, 100, 30, screens, tuitest.On(tui.ScreenGC, tui.MarkRootsMsg{Links: links}))
	d.Wants("[x] tour-1-link", "1 root could not be marked")
	d.Send(tui.MarkRootsMsg{Links: []string{b.Profile() + "-2-link"}})
	d.Wants("[x] tour-1-link", "[x] tour-2-link", "> [x] tour-2-link")
}

// The cursor and the marks survive a reload.
func TestReload(t *testing.T) {
	d := start(t, tuitest.NewBackend(t), 100, 30)
	d.Keys("j space j j")
	before := d.Text()
	d.Send(tui.StoreChangedMsg{})
	if after := d.Text(); after != before {
		t.Errorf("reloading changed the screen:\n%s\nto\n%s", before, after)
	}
}

// The exported plan has every path that would go.
func TestExport(t *testing.T) {
	b := &writing{Backend: tuitest.NewBackend(t)}
	d := start(t, b, 100, 30)
	d.Keys("space E")
	d.Wants("wrote the plan to /home/me/gc-plan-20261121-180200.json")
	for _, want := range []string{`"freed": `, `"rootsRemoved": [`, "flake-profile", string(tuitest.PathNamed("old-editor-6.0")), string(tuitest.PathNamed("scratch-0.1"))} {
		if !strings.Contains(b.data, want) {
			t.Errorf("export lacks %q:\n%s", want, b.data)
		}
	}
}

type writing struct {
	*tuitest.Backend
	data string
}

func (b *writing) WriteFile(ctx context.Context, name string, data []byte) (string, error) {
	b.data = string(data)
	return b.Backend.WriteFile(ctx, name, data)
}

func TestKindsAndSort(t *testing.T) {
	d := start(t, tuitest.NewBackend(t), 100, 30)
	d.Keys("f")
	d.Wants("show which roots?", "5 roots")
	d.Type("gens")
	d.Keys("enter s")
	d.Type("age")
	d.Keys("enter")
	d.Wants("sort: age   show: gens", "tour-1-link")
	d.Lacks("flake-profile")
	d.Keys("esc")
	d.Wants("show: all")
}

// Roots with names that no root should have.
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
		return start(t, &custom{
			Backend: tuitest.NewBackend(t),
			nodes: []store.GraphNode{
				{Path: tuitest.PathNamed("a" + evil), NarSize: 1 << 50}, {Path: "/nix/store/odd"}, {Path: tuitest.PathNamed("dead" + evil), NarSize: 7},
			},
			roots: []storegc.Root{
				{Link: "/tmp/" + evil, Path: tuitest.PathNamed("a" + evil), Kind: storegc.KindResult},
				{Link: "/tmp/" + evil + "-3-link", Path: tuitest.PathNamed("a" + evil), Kind: storegc.KindGeneration, Note: evil},
				{Link: "/proc/1/" + evil, Path: "/nix/store/odd", Kind: storegc.KindProcess, Note: evil, Since: tuitest.Start()},
				{Link: evil, Kind: storegc.KindOther, Dangling: true},
			},
		}, w, h)
	})
}

// Every action that cannot be done in an empty store says why.
func TestReasons(t *testing.T) {
	d := start(t, &custom{Backend: tuitest.NewBackend(t)}, 80, 24)
	s := d.Model.ScreenOf(tui.ScreenGC)
	for _, id := range []action.ID{action.GCMark, action.GCDelete, action.GCWhy, action.GCClosure, action.Copy} {
		if a, ok := action.Find(s.Actions(), id); !ok || a.Disabled == "" {
			t.Errorf("%s in an empty store: %v, reason %q", id, ok, a.Disabled)
		}
	}
}

// Why the store cannot be read is read to its end, which is the cause.
func TestErrorsAreReadWhole(t *testing.T) {
	b := &custom{Backend: tuitest.NewBackend(t)}
	b.Fail = errors.New("plan gc: read store directory: open /tmp/a/directory/of/some/length/nix/store: no such file or directory")
	d := start(t, b, 80, 24)
	d.Wants("no such file or directory", "f5 reads the store again")
}

// Y gives the command that shows the same: with marks, without their roots; and what was
// deleted is told with the command that does.
func TestCommands(t *testing.T) {
	d := start(t, tuitest.NewBackend(t), 100, 30)
	copied := func(keys, want string) {
		t.Helper()
		d.Keys(keys)
		if d.Keys("Y"); d.Copied != want {
			t.Errorf("%s: copied %q, want %q", keys, d.Copied, want)
		}
	}
	copied("j", "nixbench gc")
	copied("v", "nixbench store gc --dry-run")
	d.Keys("esc home space y")
	link := d.Copied
	copied("j", "nixbench gc --without "+link)
	d.Keys("w y")
	copied("home", "nixbench why "+d.Copied)
	d.Keys("esc F 4 M enter")
	copied("j", "nixbench gc --free 4194304")
	d.Keys("* *") // by hand, and none
	d.Keys("home space X")
	d.Type("delete")
	d.Keys("enter")
	d.Keys("@")
	d.Wants("$ nixbench gc --without "+link, "--yes")
}

// What a rule has marked can be listed without all else.
func TestOnlyMarked(t *testing.T) {
	d := start(t, tuitest.NewBackend(t), 100, 30)
	d.Keys("a 3 0 d enter f")
	d.Type("marked")
	d.Keys("enter")
	d.Wants("show: marked", "[x] ")
	d.Lacks("[ ] ", "[!] ")
	d.Keys("esc")
	d.Wants("show: all", "[ ] ")
}
