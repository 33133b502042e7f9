package local_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"nixbench/store"
	"nixbench/store/gc"
	"nixbench/store/local"
)

// collect plans and executes.
func collect(t testing.TB, st *local.Store, opts gc.Options) *gc.Result {
	t.Helper()
	plan := must(gc.NewPlan(t.Context(), st, opts))(t)
	return must(plan.Execute(t.Context(), nil))(t)
}

// TestCollect keeps what a root leads to, and nothing else.
func TestCollect(t *testing.T) {
	root := newDir(t)
	st := openAt(t, root)
	w := buildWorld(t, st)
	if err := st.AddPermRoot(t.Context(), w.lib, filepath.Join(root, "result")); err != nil {
		t.Fatal(err)
	}
	if err := st.ReleaseTempRoots(); err != nil {
		t.Fatal(err)
	}
	stray := filepath.Join(st.RealDir(), "stray")
	os.MkdirAll(filepath.Join(stray, "a"), 0o755)
	os.Chmod(stray, 0o555)
	dir, remove, err := st.TempDir(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	res := collect(t, st, gc.Options{})
	if got, want := must(st.AllPaths(t.Context()))(t), []store.Path{w.tree, w.lib}; !equalSets(got, want) {
		t.Errorf("left: got %v, want %v", got, want)
	}
	if len(res.Deleted) != 7 || len(res.Spared) != 0 || res.Freed == 0 {
		t.Errorf("result: got %+v", res)
	}
	names := must(st.Entries(t.Context()))(t)
	if want := []string{filepath.Base(dir), w.tree.Base(), w.lib.Base()}; len(names) != len(want) {
		t.Errorf("entries: got %v, want %v", names, want)
	}
	if err := remove(); err != nil {
		t.Error(err)
	}
	noTempDirs(t, st)
	verifyClean(t, st)
	if _, err := os.Stat(filepath.Join(st.StateDir(), "db", "reserved")); err != nil {
		t.Error(err)
	}
}

// TestCollectMarked removes a root with the collection, and refuses when the
// root has changed.
func TestCollectMarked(t *testing.T) {
	root := newDir(t)
	st := openAt(t, root)
	w := buildWorld(t, st)
	link := filepath.Join(root, "result")
	if err := errors.Join(st.AddPermRoot(t.Context(), w.out, link), st.ReleaseTempRoots()); err != nil {
		t.Fatal(err)
	}
	base := must(gc.NewPlan(t.Context(), st, gc.Options{KeepDerivations: true}))(t)
	marked := base.Ignoring([]string{link})
	if len(base.Live) != 7 || len(marked.Live) != 0 || len(marked.Dead) != 8 {
		t.Errorf("live %d, then %d, dead %d", len(base.Live), len(marked.Live), len(marked.Dead))
	}
	if err := st.AddPermRoot(t.Context(), w.lib, link); err != nil {
		t.Fatal(err)
	}
	res, err := marked.Execute(t.Context(), nil)
	if !errors.Is(err, gc.ErrStale) || len(res.Deleted) > 0 {
		t.Errorf("changed root: got %v, %v, want %v", res, err, gc.ErrStale)
	}
	if err := errors.Join(st.AddPermRoot(t.Context(), w.out, link), st.ReleaseTempRoots()); err != nil {
		t.Fatal(err)
	}
	res, err = base.Ignoring([]string{link}).Execute(t.Context(), nil)
	if err != nil || !slices.Equal(res.RootsRemoved, []string{link}) || len(res.Deleted) != 8 {
		t.Errorf("got %+v, %v", res, err)
	}
	if _, err := os.Lstat(link); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("link: %v", err)
	}
	if autos, err := os.ReadDir(filepath.Join(st.StateDir(), "gcroots", "auto")); err != nil || len(autos) != 0 {
		t.Errorf("auto roots: got %v, %v, want none", autos, err)
	}
}

// TestCollectMeanwhile pins what happens to a path that another process asks
// for while a collection runs: it is kept if its turn has not come, and else the
// process waits until it is gone.
func TestCollectMeanwhile(t *testing.T) {
	root := newDir(t)
	st, other := openAt(t, root), openAt(t, root)
	w := buildWorld(t, st)
	if err := st.ReleaseTempRoots(); err != nil {
		t.Fatal(err)
	}
	coll := must(st.LockGC(t.Context()))(t)
	if err := other.AddTempRoot(t.Context(), w.text); err != nil {
		t.Fatal(err)
	}
	kept := coll.Claim([]store.Path{w.text, w.source})
	if !slices.Equal(kept, []store.Path{w.text}) || !coll.Kept(w.text) || coll.Kept(w.source) {
		t.Errorf("kept: got %v, want %v", kept, w.text)
	}
	asked := make(chan error, 1)
	go func() { asked <- other.AddTempRoot(t.Context(), w.source) }()
	for !coll.Kept(w.source) { // until it has arrived
		time.Sleep(time.Millisecond)
	}
	select {
	case err := <-asked:
		t.Errorf("did not wait: %v", err)
	default:
	}
	coll.Release([]store.Path{w.source})
	if err := <-asked; err != nil {
		t.Error(err)
	}
	// One that cannot wait.
	coll.Claim([]store.Path{w.tree, w.fixed})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := other.AddTempRoot(ctx, w.tree); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("cancelled: got %v, want %v", err, context.DeadlineExceeded)
	}
	// The end of the collection sets those free who wait.
	go func() { asked <- other.AddTempRoot(t.Context(), w.fixed) }()
	for !coll.Kept(w.fixed) {
		time.Sleep(time.Millisecond)
	}
	if err := coll.Close(); err != nil {
		t.Error(err)
	}
	if err := <-asked; err != nil {
		t.Error(err)
	}
	res := collect(t, st, gc.Options{})
	if got, want := must(st.AllPaths(t.Context()))(t), []store.Path{w.text, w.source, w.fixed}; !equalSets(got, want) {
		t.Errorf("left: got %v, want %v; result %+v", got, want, res)
	}
}

// TestSpared pins the reasons for sparing what was dead in the plan.
func TestSpared(t *testing.T) {
	root := newDir(t)
	st := openAt(t, root)
	w := buildWorld(t, st)
	if err := st.ReleaseTempRoots(); err != nil {
		t.Fatal(err)
	}
	plan := must(gc.NewPlan(t.Context(), st, gc.Options{}))(t)
	link := filepath.Join(root, "result")
	if err := errors.Join(st.AddPermRoot(t.Context(), w.lib, link), st.ReleaseTempRoots()); err != nil {
		t.Fatal(err)
	}
	res := must(plan.Execute(t.Context(), nil))(t)
	got := make(map[store.Path]string)
	for _, s := range res.Spared {
		got[s.Path] = s.Reason
	}
	want := map[store.Path]string{w.lib: "kept by " + link, w.tree: "kept by " + link}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("spared (-want +got):\n%s", diff)
	}
	if len(res.Deleted) != 6 {
		t.Errorf("deleted: got %v", res.Deleted)
	}
}

// TestCollectCancelled stops a collection after each path in turn, and pins that it
// tells what it has deleted, that the store is valid and the next one finishes the work.
func TestCollectCancelled(t *testing.T) {
	for _, stop := range []int{0, 3, 7} {
		st := openAt(t, newDir(t))
		buildWorld(t, st)
		if err := st.ReleaseTempRoots(); err != nil {
			t.Fatal(err)
		}
		plan := must(gc.NewPlan(t.Context(), st, gc.Options{}))(t)
		ctx, cancel := context.WithCancel(t.Context())
		res, err := plan.Execute(ctx, func(p gc.Progress) {
			if p.Done == stop+1 {
				cancel()
			}
		})
		if stop < 7 && (!errors.Is(err, context.Canceled) || len(res.Deleted) < stop+1) {
			t.Errorf("stopped after %d: deleted %d, %v", stop+1, len(res.Deleted), err)
		}
		cancel()
		// Others may have been begun; those are told too.
		if left := must(st.Entries(t.Context()))(t); len(left)+len(res.Deleted) != 8 {
			t.Errorf("stopped after %d: deleted %d and left %v", stop+1, len(res.Deleted), left)
		}
		verifyClean(t, st)
		collect(t, st, gc.Options{})
		if names := must(st.Entries(t.Context()))(t); len(names) != 0 {
			t.Errorf("stopped after %d: left %v", stop+1, names)
		}
	}
}

// TestMaxFreed stops when enough is freed.
func TestMaxFreed(t *testing.T) {
	st := openAt(t, newDir(t))
	for i := range 10 {
		must(st.AddText(t.Context(), "text", fmt.Appendf(nil, "%d%s", i, strings.Repeat("x", 999)), nil))(t)
	}
	if err := st.ReleaseTempRoots(); err != nil {
		t.Fatal(err)
	}
	res := collect(t, st, gc.Options{MaxFreed: 2500})
	if res.Freed != 3000 || len(res.Deleted) != 3 || !res.LimitReached {
		t.Errorf("got %d bytes, %d paths, limit %v, want 3000, 3, true", res.Freed, len(res.Deleted), res.LimitReached)
	}
	if got := len(must(st.AllPaths(t.Context()))(t)); got != 7 {
		t.Errorf("left: got %d paths, want 7", got)
	}
	verifyClean(t, st)
}

// TestConcurrent adds, looks, locks and collects at once, through two stores
// on the same directory, and checks that what was valid after it was made a
// temporary root stays valid and whole.
func TestConcurrent(t *testing.T) {
	root := newDir(t)
	stores := []*local.Store{openAt(t, root), openAt(t, root)}
	tree := makeTree(t)
	ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
	defer cancel()
	var adders, others sync.WaitGroup
	for worker := range 4 {
		st := stores[worker%2]
		adders.Go(func() {
			for i := range 25 {
				if ctx.Err() != nil {
					return
				}
				text := must(st.AddText(t.Context(), "text", fmt.Append(nil, i%7), nil))(t)
				top := must(st.AddText(t.Context(), "top", fmt.Append(nil, i%5, text), []store.Path{text}))(t)
				copied := must(st.AddTree(t.Context(), fmt.Sprintf("t%d", i%3), tree, store.NAR, 0, nil))(t)
				for _, p := range []store.Path{text, top, copied} {
					if valid := must(st.IsValid(t.Context(), p))(t); !valid {
						t.Errorf("%s was added and is not valid", p)
					}
					if _, err := os.Lstat(st.RealPath(p)); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	stop := make(chan struct{})
	collector := openAt(t, root)
	others.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			plan, err := gc.NewPlan(t.Context(), collector, gc.Options{})
			if err == nil {
				_, err = plan.Execute(t.Context(), nil)
			}
			if err != nil {
				t.Errorf("collect: %v", err)
				return
			}
		}
	})
	// This one lets go of its roots all the time, so that there is garbage.
	churner := openAt(t, root)
	others.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			if _, err := churner.AddText(t.Context(), "churn", fmt.Append(nil, i%3), nil); err != nil {
				t.Errorf("churn: %v", err)
				return
			}
			if err := churner.ReleaseTempRoots(); err != nil {
				t.Errorf("churn: %v", err)
				return
			}
		}
	})
	adders.Wait()
	close(stop)
	others.Wait()
	verifyClean(t, stores[0])
	collect(t, collector, gc.Options{})
	verifyClean(t, stores[0])
	noTempDirs(t, stores[0])
}
