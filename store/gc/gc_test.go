package gc_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"nixbench/store"
	"nixbench/store/gc"
)

// drvs is a derivation d that makes o from a source s, itself made by e.
const drvs = `
	s: from=e
	e: drv makes=s
	d: e drv makes=o makes=p
	o: r o from=d
	p: from=d
	r:
	x: r`

func TestPlan(t *testing.T) {
	for _, test := range []struct {
		name       string
		roots      []string
		opts       gc.Options
		live, dead string
	}{
		{"nothing is a root", nil, gc.Options{}, "", "x p o r d e s"},
		{"output", []string{"o"}, gc.Options{}, "o r", "x p d e s"},
		{"output keeps its deriver", []string{"o"}, gc.Options{KeepDerivations: true}, "e d o r", "x p s"},
		{"derivation keeps its outputs", []string{"d"}, gc.Options{KeepOutputs: true}, "s e d o p r", "x"},
		{"both", []string{"p"}, gc.Options{KeepOutputs: true, KeepDerivations: true}, "s e d o p r", "x"},
		{"ignored root", []string{"o", "x"}, gc.Options{Ignore: []string{"/roots/o"}}, "r x", "p o d e s"},
		{"only some", nil, gc.Options{Only: paths("o", "d", "r")}, "s e p r x", "o d"},
		{"only what is live", []string{"o"}, gc.Options{Only: paths("r")}, "s e d o p r x", ""},
	} {
		st := newFake(t, drvs, test.roots...)
		plan, err := gc.NewPlan(t.Context(), st, test.opts)
		if err != nil {
			t.Fatal(err)
		}
		if got := itemNames(plan.Live); got != test.live {
			t.Errorf("%s: live: got %q, want %q", test.name, got, test.live)
		}
		if got := itemNames(plan.Dead); got != test.dead {
			t.Errorf("%s: dead: got %q, want %q", test.name, got, test.dead)
		}
		if got := plan.LiveSize + plan.FreedSize; got != 127 {
			t.Errorf("%s: sizes: got %d, want 127", test.name, got)
		}
	}
}

// paths returns the paths of drvs with the given letters.
func paths(letters ...string) (out []store.Path) {
	for i, letter := range []string{"s", "e", "d", "o", "p", "r", "x"} {
		p := path(i, letter)
		if letter == "e" || letter == "d" {
			p += ".drv"
		}
		if slices.Contains(letters, letter) {
			out = append(out, p)
		}
	}
	return out
}

// TestPlanStrays pins what becomes of entries that are not valid.
func TestPlanStrays(t *testing.T) {
	st := newFake(t, "a:\nb: a")
	st.strays = []string{"odd", "tmp-1", path(7, "left").Base(), path(8, "built.lock").Base(), path(0, "a.lock").Base()}
	st.inUse["tmp-1"] = true
	st.roots = []gc.Root{
		{Link: "/temp/1", Path: path(8, "built"), Kind: gc.KindBuild, Dangling: true},
		{Link: "/temp/1", Path: path(1, "b"), Kind: gc.KindTemp},
	}
	plan, err := gc.NewPlan(t.Context(), st, gc.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var dead []string
	for _, item := range plan.Dead {
		dead = append(dead, item.Path.Base())
		if item.Valid {
			t.Errorf("%s is valid", item.Path)
		}
	}
	// The temporary root on b does not keep what has the digest of a.
	if want := []string{path(0, "a.lock").Base(), path(7, "left").Base(), "odd"}; !slices.Equal(dead, want) {
		t.Errorf("dead: got %v, want %v", dead, want)
	}
}

func TestKeepSince(t *testing.T) {
	st := newFake(t, "a: at=5\nb: a at=7\nc: at=6")
	plan, err := gc.NewPlan(t.Context(), st, gc.Options{KeepSince: at(7)})
	if err != nil {
		t.Fatal(err)
	}
	if got := itemNames(plan.Dead); got != "c" {
		t.Errorf("dead: got %q, want c", got)
	}
}

func TestKeptBy(t *testing.T) {
	st := newFake(t, drvs, "o", "x")
	plan, err := gc.NewPlan(t.Context(), st, gc.Options{KeepDerivations: true})
	if err != nil {
		t.Fatal(err)
	}
	for letter, want := range map[string]string{"r": "/roots/o /roots/x", "e": "/roots/o", "o": "/roots/o", "s": "", "p": ""} {
		var links []string
		for _, r := range plan.KeptBy(paths(letter)[0]) {
			links = append(links, r.Link)
		}
		if got := strings.Join(links, " "); got != want {
			t.Errorf("%s is kept by %q, want %q", letter, got, want)
		}
	}
	if got := plan.Ignoring([]string{"/roots/o"}).KeptBy(paths("r")[0]); len(got) != 1 {
		t.Errorf("without one root: got %v", got)
	}
}

// TestExecute pins the order: rows before files, referrers first, and all of
// it claimed.
func TestExecute(t *testing.T) {
	st := newFake(t, "a:\nb: a\nc: b\nd:", "d")
	st.strays = []string{"odd"}
	plan, err := gc.NewPlan(t.Context(), st, gc.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var progress []string
	res, err := plan.Execute(t.Context(), func(p gc.Progress) {
		progress = append(progress, fmt.Sprint(p.Done, "/", p.Total, " ", p.Freed, " ", p.Size, "/", p.Sizes))
	})
	if err != nil {
		t.Fatal(err)
	}
	// What is invalid is removed in any order.
	want := []string{"invalidate c", "invalidate b", "invalidate a", "remove ", "remove a", "remove b", "remove c"}
	slices.Sort(st.log[3:])
	if diff := cmp.Diff(want, st.log); diff != "" {
		t.Errorf("operations (-want +got):\n%s", diff)
	}
	if want := []string{"1/4 10 0/7", "2/4 20 4/7", "3/4 30 6/7", "4/4 40 7/7"}; !slices.Equal(progress, want) {
		t.Errorf("progress: got %q, want %q", progress, want)
	}
	if res.Freed != 40 || len(res.Deleted) != 4 || len(res.Spared) != 0 || st.locked || len(st.claimed) != 0 || !st.cleaned {
		t.Errorf("got %+v; locked %v, claimed %v, finished %v", res, st.locked, st.claimed, st.cleaned)
	}
	defer func() {
		if recover() == nil {
			t.Error("executed twice, and no panic")
		}
	}()
	plan.Execute(t.Context(), nil)
}

// TestExecuteSpares pins what is spared when processes ask for paths: those,
// what they lead to, and what leads to no one else goes.
func TestExecuteSpares(t *testing.T) {
	st := newFake(t, "a:\nb: a\nc: b\nd:\ne: drv makes=b\nf: d")
	st.paths["b"].deriver = "e"
	plan, err := gc.NewPlan(t.Context(), st, gc.Options{KeepDerivations: true})
	if err != nil {
		t.Fatal(err)
	}
	st.onClaim = func() { st.asked[st.paths["b"].path.Digest()] = true }
	res, err := plan.Execute(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[string]string)
	for _, s := range res.Spared {
		got[names([]store.Path{s.Path})] = s.Reason
	}
	needed := "needed by a path that a process asked to keep"
	want := map[string]string{"a": needed, "b": "a process asked to keep it", "e": needed}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("spared (-want +got):\n%s", diff)
	}
	if got := names(res.Deleted); got != "f d c" {
		t.Errorf("deleted: got %q, want %q", got, "f d c")
	}
}

func TestExecuteStale(t *testing.T) {
	st := newFake(t, "a:\nb:", "a", "b")
	ignoring := func(link string) *gc.Plan {
		plan, err := gc.NewPlan(t.Context(), st, gc.Options{Ignore: []string{link}})
		if err != nil {
			t.Fatal(err)
		}
		return plan
	}
	plan := ignoring("/roots/a")
	st.roots[0].Path = st.paths["b"].path
	if _, err := plan.Execute(t.Context(), nil); !errors.Is(err, gc.ErrStale) || len(st.removed)+len(st.log) > 0 {
		t.Errorf("root leads elsewhere: got %v, removed %v, %v", err, st.removed, st.log)
	}
	// Other roots may change.
	plan = ignoring("/roots/b")
	st.roots[0].Path = st.paths["a"].path
	if res, err := plan.Execute(t.Context(), nil); err != nil || names(res.Deleted) != "" || !slices.Equal(res.RootsRemoved, []string{"/roots/b"}) {
		t.Errorf("other root changed: got %+v, %v", res, err)
	}
	for _, root := range []gc.Root{{Kind: gc.KindTemp}, {Kind: gc.KindProcess}, {Kind: gc.KindGeneration, Note: "current"}} {
		root.Link, root.Path = "/roots/b", st.paths["a"].path
		st.roots = []gc.Root{root}
		if _, err := ignoring("/roots/b").Execute(t.Context(), nil); err == nil || len(st.removed) > 1 {
			t.Errorf("remove %s %s root: no error", root.Note, root.Kind)
		}
	}
}

func TestExecuteErrors(t *testing.T) {
	st := newFake(t, "a:\nb:\nc:")
	broken := errors.New("disk is broken")
	st.failing = map[store.Path]error{st.paths["b"].path: broken}
	plan, err := gc.NewPlan(t.Context(), st, gc.Options{})
	if err != nil {
		t.Fatal(err)
	}
	res, err := plan.Execute(t.Context(), nil)
	if err == nil || !strings.Contains(err.Error(), "disk is broken") || names(res.Deleted) != "c a" || len(res.Spared) != 1 || st.locked {
		t.Errorf("one cannot be deleted: got %+v, %v, locked %v", res, err, st.locked)
	}
	st = newFake(t, strings.Join(strings.Split("abcdefghijklmnopqrst", ""), ":\n")+":")
	if plan, err = gc.NewPlan(t.Context(), st, gc.Options{}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	res, err = plan.Execute(ctx, func(gc.Progress) { cancel() })
	removed := 0
	for _, line := range st.log {
		if strings.HasPrefix(line, "remove ") {
			removed++
		}
	}
	if !errors.Is(err, context.Canceled) || len(res.Deleted) < 1 || len(res.Deleted) > 8 || len(res.Deleted) != removed || st.locked || len(st.claimed) != 0 {
		t.Errorf("cancelled: got %+v, %v, locked %v, claimed %v", res, err, st.locked, st.claimed)
	}
}

// TestDeadIsNixs compares the plan with Nix's way to decide, which asks for
// each path whether anything that leads to it is a root, over random graphs.
func TestDeadIsNixs(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 12).Draw(rt, "paths")
		var text strings.Builder
		var roots []string
		made := make(map[int]bool)
		for i := range n {
			isDrv := rapid.IntRange(0, 3).Draw(rt, "drv") == 0
			fmt.Fprintf(&text, "p%d:", i)
			for j := range i {
				if rapid.IntRange(0, 3).Draw(rt, "ref") == 0 {
					fmt.Fprintf(&text, " p%d", j)
				}
			}
			if isDrv {
				text.WriteString(" drv")
				for j := i + 1; j < n; j++ { // outputs come later, as their hashes demand
					if !made[j] && rapid.IntRange(0, 2).Draw(rt, "makes") == 0 {
						made[j] = true
						fmt.Fprintf(&text, " makes=p%d", j)
					}
				}
			}
			text.WriteString("\n")
			if rapid.IntRange(0, 4).Draw(rt, "root") == 0 {
				roots = append(roots, fmt.Sprintf("p%d", i))
			}
		}
		st := newFake(t, text.String(), roots...)
		for name, p := range st.paths {
			for _, out := range p.outputs {
				if o := st.paths[out]; o != nil && rapid.Bool().Draw(rt, "built here") {
					o.deriver = name
				}
			}
		}
		opts := gc.Options{KeepOutputs: rapid.Bool().Draw(rt, "keep outputs"), KeepDerivations: rapid.Bool().Draw(rt, "keep derivations")}
		plan, err := gc.NewPlan(t.Context(), st, opts)
		if err != nil {
			rt.Fatal(err)
		}
		dead := strings.Fields(itemNames(plan.Dead))
		for i, name := range dead {
			for _, later := range dead[i:] {
				if later != name && slices.Contains(st.paths[later].refs, name) {
					rt.Errorf("%s goes before its referrer %s", name, later)
				}
			}
		}
		slices.Sort(dead)
		if want := st.nixDead(opts, roots); !slices.Equal(dead, want) {
			rt.Errorf("%+v, roots %v: dead: got %v, want %v\n%s", opts, roots, dead, want, text.String())
		}
	})
}

// nixDead returns the names of the paths from which no root is reached by way
// of referrers, of outputs with KeepDerivations, and of derivers with
// KeepOutputs. Behaviour: Nix 2.34, gc.cc maybeDeleteReferrersClosure.
func (st *fake) nixDead(opts gc.Options, roots []string) (dead []string) {
	for start := range st.paths {
		visited := map[string]bool{start: true}
		todo := []string{start}
		alive := false
		for len(todo) > 0 && !alive {
			name := todo[0]
			todo = todo[1:]
			alive = slices.Contains(roots, name)
			for other, p := range st.paths {
				leads := slices.Contains(p.refs, name)
				if opts.KeepDerivations && slices.Contains(st.paths[name].outputs, other) && p.deriver == name {
					leads = true
				}
				if opts.KeepOutputs && slices.Contains(p.outputs, name) {
					leads = true
				}
				if leads && !visited[other] {
					visited[other] = true
					todo = append(todo, other)
				}
			}
		}
		if !alive {
			dead = append(dead, start)
		}
	}
	slices.Sort(dead)
	return dead
}
