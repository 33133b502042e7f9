package build

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"nixbench/engine/event"
	"nixbench/engine/settings"
	"nixbench/store"
	"nixbench/store/drv"
)

// A fakeRunner builds by waiting. It writes down what happened when.
type fakeRunner struct {
	start time.Time
	takes map[string]time.Duration // by name; one second by default
	fails map[string]bool
	busy  map[string]time.Duration // how long another process holds the locks

	mu    sync.Mutex // mu guards trace
	trace []string
}

func (f *fakeRunner) note(what, name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.trace = append(f.trace, fmt.Sprintf("%v %s %s", time.Since(f.start), what, name))
}

func (f *fakeRunner) run(ctx context.Context, planned *PlannedBuild, h held, act event.Activity, post func(event.Activity)) outcome {
	name := drv.NameOf(planned.DrvPath)
	defer h.release()
	if f.busy[name] > 0 && h.unlock == nil {
		f.note("busy", name)
		return outcome{err: errBusy, last: act}
	}
	f.note("start", name)
	takes := f.takes[name]
	if takes == 0 {
		takes = time.Second
	}
	act.State, act.Started, act.Phase = event.Running, time.Now(), "buildPhase"
	post(act)
	select {
	case <-time.After(takes):
	case <-ctx.Done():
		f.note("killed", name)
		return outcome{status: Cancelled, err: ErrCancelled, last: act}
	}
	if f.fails[name] {
		f.note("failed", name)
		return outcome{status: PermanentFailure, err: &Failure{DrvPath: planned.DrvPath, Status: PermanentFailure, ExitStatus: 1}, last: act}
	}
	f.note("done", name)
	return outcome{status: Built, last: act}
}

func (f *fakeRunner) wait(ctx context.Context, planned *PlannedBuild) (held, error) {
	name := drv.NameOf(planned.DrvPath)
	select {
	case <-time.After(f.busy[name]):
		return held{func() { f.note("unlock", name) }}, nil
	case <-ctx.Done():
		return held{}, ctx.Err()
	}
}

// rootless is the store of fake builds: nothing in it is collected.
type rootless struct{ Store }

func (rootless) AddTempRoot(context.Context, store.Path) error { return nil }

// fakePlan makes a plan of a graph such as "a: b c; b: d".
func fakePlan(graph string) *Plan {
	plan := &Plan{nodes: map[store.Path]*node{}, missing: map[store.Path]*UnknownError{}}
	var add func(name string)
	needs := map[string][]string{}
	for line := range strings.SplitSeq(graph, ";") {
		name, rest, _ := strings.Cut(line, ":")
		needs[strings.TrimSpace(name)] = strings.Fields(rest)
	}
	add = func(name string) {
		p := fakePath(name + ".drv")
		if plan.nodes[p] != nil {
			return
		}
		n := &node{path: p, needs: &noNeeds, isRead: true, isThere: true, outputs: []Output{{"out", fakePath(name)}}}
		b := &PlannedBuild{DrvPath: p, Outputs: n.outputs, node: n}
		n.build, plan.nodes[p] = b, n
		for _, need := range needs[name] {
			add(need)
			b.Needs = append(b.Needs, fakePath(need+".drv"))
		}
		plan.Build = append(plan.Build, b)
	}
	first, _, _ := strings.Cut(graph, ":")
	add(first)
	plan.Targets = []Target{{Path: fakePath(first + ".drv"), Outputs: []string{"out"}}}
	return plan
}

func fakePath(name string) store.Path {
	return store.Path("/nix/store/" + strings.Repeat("0", 32) + "-" + name)
}

func fakeBuilder(jobs int, keepGoing bool, f *fakeRunner) *Builder {
	s := settings.Default()
	s.MaxJobs, s.KeepGoing = jobs, keepGoing
	b := New(Options{Settings: s, Hub: new(event.Hub)})
	b.opts.Store = rootless{}
	f.start = time.Now()
	b.runner = f
	return b
}

func execute(t *testing.T, b *Builder, plan *Plan) *Result {
	t.Helper()
	res, err := b.Execute(t.Context(), plan)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func checkTrace(t *testing.T, f *fakeRunner, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, f.trace); diff != "" {
		t.Errorf("trace (-want +got):\n%s", diff)
	}
}

func TestBuildsRunInOrderAndInParallel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeRunner{takes: map[string]time.Duration{"c": 3 * time.Second}}
		res := execute(t, fakeBuilder(2, false, f), fakePlan("a: b c; b: d"))
		if res.Err() != nil || res.Outcomes[0].Status != Built {
			t.Errorf("got %+v", res)
		}
		if got, want := res.Outcomes[0].Outputs["out"], fakePath("a"); got != want {
			t.Errorf("output: got %s, want %s", got, want)
		}
		slices.Sort(f.trace) // those of one moment come in any order
		checkTrace(t, f,
			"0s start c", "0s start d", "1s done d", "1s start b", "2s done b", "3s done c", "3s start a", "4s done a")
	})
}

func TestJobsBoundRunningBuilds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for jobs, want := range map[int]time.Duration{1: 9 * time.Second, 2: 5 * time.Second, 4: 3 * time.Second, 99: 2 * time.Second} {
			f := &fakeRunner{}
			execute(t, fakeBuilder(jobs, false, f), fakePlan("a: b c d e f g h i"))
			if got := time.Since(f.start); got != want {
				t.Errorf("-j %d: took %v, want %v", jobs, got, want)
			}
		}
	})
}

// Two requests at once share the slots.
func TestRequestsShareSlots(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeRunner{}
		b := fakeBuilder(2, false, f)
		var wg sync.WaitGroup
		for _, graph := range []string{"a:", "b:", "c:", "d:", "e:"} {
			wg.Go(func() { execute(t, b, fakePlan(graph)) })
		}
		wg.Wait()
		if got, want := time.Since(f.start), 3*time.Second; got != want {
			t.Errorf("took %v, want %v", got, want)
		}
	})
}

func TestFailureWithoutKeepGoing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeRunner{fails: map[string]bool{"b": true}, takes: map[string]time.Duration{"c": 2 * time.Second}}
		b := fakeBuilder(2, false, f)
		box := b.opts.Hub.Subscribe()
		res := execute(t, b, fakePlan("a: b c e; e: d"))
		slices.Sort(f.trace)
		checkTrace(t, f, "0s start b", "0s start c", "1s failed b", "1s killed c")
		var dependency *DependencyError
		if !errors.As(res.Outcomes[0].Err, &dependency) || res.Outcomes[0].Status != DependencyFailed {
			t.Fatalf("got %v, want a DependencyError", res.Outcomes[0].Err)
		}
		if diff := cmp.Diff([]store.Path{fakePath("b.drv")}, dependency.Failed); diff != "" {
			t.Errorf("failed (-want +got):\n%s", diff)
		}
		if got, want := res.ExitStatus(), 100; got != want {
			t.Errorf("exit status %d, want %d", got, want)
		}
		checkStates(t, box, map[string]event.State{
			"a": event.Failed, "b": event.Failed, "c": event.Cancelled, "d": event.Cancelled, "e": event.Cancelled, "realise a": event.Failed,
		})
	})
}

func TestFailureWithKeepGoing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeRunner{fails: map[string]bool{"b": true, "d": true}}
		b := fakeBuilder(1, true, f)
		box := b.opts.Hub.Subscribe()
		res := execute(t, b, fakePlan("a: b c e; e: d"))
		if got, want := len(res.Failures), 2; got != want {
			t.Errorf("%d failures, want %d: %v", got, want, res.Failures)
		}
		var dependency *DependencyError
		if !errors.As(res.Outcomes[0].Err, &dependency) {
			t.Fatalf("got %v", res.Outcomes[0].Err)
		}
		checkStates(t, box, map[string]event.State{
			"a": event.Failed, "b": event.Failed, "c": event.Done, "d": event.Failed, "e": event.Failed, "realise a": event.Failed,
		})
	})
}

// label names an activity in tests.
func label(act event.Activity) string {
	if act.Kind == event.Realise {
		return "realise " + act.Name
	}
	return act.Name
}

// checkStates compares the states in which activities ended, by name.
func checkStates(t *testing.T, box *event.Mailbox, want map[string]event.State) {
	t.Helper()
	batch, err := box.Take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]event.State{}
	for _, act := range batch {
		got[label(*act)] = act.State
		if act.State.Final() && act.Ended.IsZero() {
			t.Errorf("%s ended at no time", act.Name)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("states (-want +got):\n%s", diff)
	}
}

// What is ready at the same time is built in the order of names.
func TestReadyBuildsAreOrderedByName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeRunner{}
		execute(t, fakeBuilder(1, false, f), fakePlan("x: d b a c"))
		checkTrace(t, f, "0s start a", "1s done a", "1s start b", "2s done b", "2s start c", "3s done c", "3s start d", "4s done d",
			"4s start x", "5s done x")
	})
}

// With keep-going what a derivation cannot do without any more is counted.
func TestFailedDependenciesAreCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for keepGoing, want := range map[bool]int{false: 1, true: 2} {
			f := &fakeRunner{fails: map[string]bool{"b": true, "c": true}}
			res := execute(t, fakeBuilder(1, keepGoing, f), fakePlan("a: b c d"))
			var dependency *DependencyError
			if !errors.As(res.Outcomes[0].Err, &dependency) || dependency.Count != want {
				t.Errorf("keep-going %v: got %+v, want %d", keepGoing, dependency, want)
			}
		}
	})
}

func TestActivitiesHaveEdges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := fakeBuilder(1, false, &fakeRunner{})
		box := b.opts.Hub.Subscribe()
		done := make(chan struct{})
		go func() {
			defer close(done)
			execute(t, b, fakePlan("a: b c"))
		}()
		time.Sleep(500 * time.Millisecond)
		batch, err := box.Take(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		byName := map[string]event.Activity{}
		for _, act := range batch {
			byName[label(*act)] = *act
		}
		a, parent := byName["a"], byName["realise a"]
		if diff := cmp.Diff([]event.ID{byName["b"].ID, byName["c"].ID}, a.Needs); diff != "" {
			t.Errorf("needs (-want +got):\n%s", diff)
		}
		if a.WaitingOn != 2 || a.State != event.Waiting || a.Parent != parent.ID || parent.Total != 3 {
			t.Errorf("a is %+v, its parent %+v", a, parent)
		}
		if got := byName["b"]; got.State != event.Running || got.Phase != "buildPhase" {
			t.Errorf("b is %+v", got)
		}
		<-done
	})
}

func TestCancelOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeRunner{takes: map[string]time.Duration{"b": time.Hour}}
		b := fakeBuilder(2, false, f)
		time.AfterFunc(500*time.Millisecond, func() { b.Cancel(fakePath("b.drv")) })
		res := execute(t, b, fakePlan("a: b c; c: d"))
		slices.Sort(f.trace)
		checkTrace(t, f, "0s start b", "0s start d", "1s done d", "1s start c", "2s done c", "500ms killed b")
		if res.Outcomes[0].Status != DependencyFailed {
			t.Errorf("got %v", res.Outcomes[0].Status)
		}
	})
}

// Cancelling what waits takes it out of the queue.
func TestCancelWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeRunner{}
		b := fakeBuilder(1, true, f)
		time.AfterFunc(500*time.Millisecond, func() { b.Cancel(fakePath("c.drv")) })
		res := execute(t, b, fakePlan("a: b c"))
		checkTrace(t, f, "0s start b", "1s done b")
		if got := res.ExitStatus(); got != 1 {
			t.Errorf("exit status %d, want 1", got)
		}
	})
}

// Whoever cancels the context cancels all that a request builds.
func TestCancelContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeRunner{busy: map[string]time.Duration{"c": time.Hour}}
		b := fakeBuilder(2, false, f)
		box := b.opts.Hub.Subscribe()
		ctx, stop := context.WithCancel(t.Context())
		time.AfterFunc(500*time.Millisecond, stop)
		res, err := b.Execute(ctx, fakePlan("a: b c"))
		if err != nil {
			t.Fatal(err)
		}
		if got := res.Outcomes[0]; got.Status != Cancelled || !errors.Is(got.Err, ErrCancelled) {
			t.Errorf("got %+v", got)
		}
		if got, want := time.Since(f.start), 500*time.Millisecond; got != want {
			t.Errorf("took %v, want %v", got, want)
		}
		checkStates(t, box, map[string]event.State{
			"a": event.Cancelled, "b": event.Cancelled, "c": event.Cancelled, "realise a": event.Cancelled,
		})
	})
}

// A goal whose locks another process holds gives its slot to others, and has
// the locks when it gets one again.
func TestBusyGivesUpItsSlot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeRunner{busy: map[string]time.Duration{"b": 1500 * time.Millisecond}}
		execute(t, fakeBuilder(1, false, f), fakePlan("a: b c d"))
		checkTrace(t, f,
			"0s busy b", "0s start c", "1s done c", "1s start d", "2s done d", "2s start b", "3s done b", "3s unlock b",
			"3s start a", "4s done a")
	})
}

func TestRefusedAndLacking(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeRunner{}
		plan := fakePlan("a: b c")
		plan.nodes[fakePath("b.drv")].build.Refused = errors.New("platform mismatch")
		plan.nodes[fakePath("c.drv")].build.lacks = &UnknownError{Path: fakePath("src"), For: fakePath("c.drv")}
		res := execute(t, fakeBuilder(1, true, f), plan)
		checkTrace(t, f)
		if got, want := len(res.Failures), 2; got != want {
			t.Fatalf("%d failures, want %d", got, want)
		}
		if !errors.Is(res.Failures[1], store.ErrInvalidPath) {
			t.Errorf("got %v, want ErrInvalidPath", res.Failures[1])
		}
		if got, want := res.Failures[0].Error(), "build "+string(fakePath("b.drv"))+": platform mismatch"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

// Cancelling a thousand builds one by one never blocks.
func TestCancelNeverBlocks(t *testing.T) {
	r := newRequest(fakeBuilder(1, false, &fakeRunner{}), fakePlan("a:"))
	for i := range 1000 {
		r.cancel(fakePath(fmt.Sprint("x", i)))
	}
	found := false
	for range len(r.inbox) {
		found = found || <-r.inbox == ""
	}
	if !found {
		t.Error("an overfull inbox must cancel all")
	}
}

func TestExitStatus(t *testing.T) {
	fail := func(s Status) error { return &Failure{Status: s} }
	for _, test := range []struct {
		failures []error
		want     int
	}{
		{nil, 0},
		{[]error{fail(PermanentFailure)}, 100},
		{[]error{fail(InputRejected)}, 100},
		{[]error{fail(TimedOut)}, 101},
		{[]error{fail(HashMismatch)}, 102},
		{[]error{fail(NotDeterministic)}, 104},
		{[]error{fail(PermanentFailure), fail(HashMismatch)}, 102},
		{[]error{fail(TimedOut), fail(HashMismatch)}, 103},
		{[]error{fail(PermanentFailure), fail(NotDeterministic)}, 108},
		{[]error{fail(OutputRejected)}, 1},
		{[]error{fail(TransientFailure)}, 1},
		{[]error{&UnknownError{}}, 1},
	} {
		if got := (&Result{Failures: test.failures}).ExitStatus(); got != test.want {
			t.Errorf("%v: got %d, want %d", test.failures, got, test.want)
		}
	}
}

// While builds go on it is looked every ten seconds whether there is room, if that is
// wanted.
func TestRoomIsLookedFor(t *testing.T) {
	for minFree, want := range map[int64]int64{0: 0, 1: 2} {
		synctest.Test(t, func(t *testing.T) {
			b := fakeBuilder(1, false, &fakeRunner{takes: map[string]time.Duration{"a": 25 * time.Second}})
			b.opts.Settings.MinFree = minFree
			var looks atomic.Int64 // one look may not have ended when the next begins
			b.opts.KeepRoom = func(context.Context) { looks.Add(1) }
			execute(t, b, fakePlan("a:"))
			if got := looks.Load(); got != want {
				t.Errorf("min-free = %d: looked %d times, want %d", minFree, got, want)
			}
		})
	}
}
