package eval

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

func eval1(t *testing.T, ev *Evaluator, text string) Value {
	t.Helper()
	v, err := ev.EvalString(context.Background(), text, "/")
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v
}

func wantKind(t *testing.T, err error, want ErrorKind) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) || e.Kind != want {
		t.Fatalf("got error %v, want one of kind %v", err, want)
	}
}

// TestDepth pins how deep calls and thunks may nest, and that going deeper is an
// error that leaves the evaluator in order.
func TestDepth(t *testing.T) {
	const f = `let f = n: if n == 0 then 0 else 1 + f (n - 1); in f `
	const chain = `builtins.foldl' (a: i: { v = a.v + 1; }) { v = 0; } (builtins.genList (x: x) %d)`
	ev := newTestEvaluator(nil)
	ctx := context.Background()
	if got := eval1(t, ev, f+"9990").AsInt(); got != 9990 {
		t.Errorf("got %d, want 9990", got)
	}
	for _, text := range []string{f + "10010", f + "1000000", `let f = x: f x; in f 1`} {
		_, err := ev.EvalString(ctx, text, "/")
		wantKind(t, err, ErrorLimit)
	}
	if got := eval1(t, ev, "("+fmt.Sprintf(chain, 50000)+").v").AsInt(); got != 50000 {
		t.Errorf("got %d, want 50000", got)
	}
	_, err := ev.EvalString(ctx, "("+fmt.Sprintf(chain, 1000000)+").v", "/")
	wantKind(t, err, ErrorLimit)
	_, err = ev.EvalString(ctx, `let f = n: { a = f (n + 1); }; x = f 0; in builtins.deepSeq x 1`, "/")
	wantKind(t, err, ErrorLimit)
	_, err = ev.EvalString(ctx, `let x = { a = x; }; y = { a = y; }; in x == y`, "/")
	wantKind(t, err, ErrorLimit)
	deep := strings.Repeat("(1 + ", 3000) + "f (n + 1)" + strings.Repeat(")", 3000)
	_, err = ev.EvalString(ctx, `let f = n: `+deep+`; in f 0`, "/")
	wantKind(t, err, ErrorLimit)
	if got := eval1(t, ev, f+"9990").AsInt(); got != 9990 {
		t.Errorf("after errors: got %d, want 9990", got)
	}
}

// TestNestedTry pins that an error passes through many calls of tryEval quickly.
func TestNestedTry(t *testing.T) {
	ev := New(Options{World: &testWorld{}, Builtins: testBuiltins(), MaxDepth: 1 << 30})
	start := time.Now()
	_, err := ev.EvalString(context.Background(), `let f = n: (builtins.tryEval (f (n + 1))).value; in f 0`, "/")
	wantKind(t, err, ErrorLimit)
	if d := time.Since(start); d > 20*time.Second {
		t.Errorf("took %v", d)
	}
}

// TestRestore pins that thunks that failed can be evaluated again.
func TestRestore(t *testing.T) {
	files := map[string]string{"/a.nix": `throw "not yet"`}
	ev := newTestEvaluator(files)
	v := eval1(t, ev, `let x = import /a.nix; y = x + 1; in { inherit x y; z = [ y ]; }`)
	y, _ := v.Attrs().GetName("y")
	for range 2 {
		_, err := ev.Force(context.Background(), y)
		wantKind(t, err, ErrorThrow)
	}
	if !y.IsThunk() {
		t.Error("got a value, want a thunk")
	}
	files["/a.nix"] = `41`
	r, err := ev.Force(context.Background(), y)
	if err != nil || r.AsInt() != 42 {
		t.Errorf("got %v, %v, want 42", r, err)
	}
}

// TestCancel pins that a cancelled evaluation stops, and that what it was
// evaluating can be evaluated later.
func TestCancel(t *testing.T) {
	ev := newTestEvaluator(nil)
	v := eval1(t, ev, `
		let loop = n: if n == 0 then 0 else builtins.seq n (loop (n - 1));
		    many = builtins.foldl' (a: i: a + loop 100) 0 (builtins.genList (x: x) 1000000);
		in { x = many; y = loop 10; }`)
	x, _ := v.Attrs().GetName("x")
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, err := ev.Force(ctx, x)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("got error %v, want context.DeadlineExceeded", err)
	}
	if d := time.Since(start); d > 2*time.Second {
		t.Errorf("cancelling took %v", d)
	}
	if !x.IsThunk() {
		t.Error("got a value, want a thunk")
	}
	y, _ := v.Attrs().GetName("y")
	if r, err := ev.Force(context.Background(), y); err != nil || r.AsInt() != 0 {
		t.Errorf("got %v, %v, want 0", r, err)
	}
	ctx, cancel = context.WithCancel(context.Background())
	cancel()
	_, err = ev.Force(ctx, x)
	wantKind(t, err, ErrorCancelled)
}

// TestMemoryLimit pins that an evaluation that makes too many values is stopped.
func TestMemoryLimit(t *testing.T) {
	ev := New(Options{World: &testWorld{}, Builtins: testBuiltins(), MemoryLimit: 8 << 20})
	_, err := ev.EvalString(context.Background(), `builtins.length (builtins.genList (x: x) 10000000)`, "/")
	wantKind(t, err, ErrorLimit)
	if got := eval1(t, ev, `builtins.length (builtins.genList (x: x) 1000)`).AsInt(); got != 1000 {
		t.Errorf("got %d, want 1000", got)
	}
}

// TestLargeHeap pins that cells that are allocated one by one make the same values, are
// freed one by one, and count against the memory limit.
func TestLargeHeap(t *testing.T) {
	const keepOne = `builtins.genList (i: let big = builtins.genList (j: i + j) 40; in builtins.head big) 20000`
	live := func(large bool) uint64 {
		SetLargeHeap(large)
		ev := New(Options{World: &testWorld{}, Builtins: testBuiltins()})
		list := eval1(t, ev, keepOne)
		for i, v := range list.List() {
			if got, err := ev.Force(context.Background(), v); err != nil || got.AsInt() != int64(i) {
				t.Fatalf("element %d is %v, %v", i, got, err)
			}
		}
		runtime.GC()
		var after runtime.MemStats
		runtime.ReadMemStats(&after)
		runtime.KeepAlive(list.List())
		runtime.KeepAlive(ev)
		return after.HeapAlloc
	}
	defer SetLargeHeap(false)
	chunks, single := live(false), live(true)
	if single >= chunks {
		t.Errorf("%d bytes are alive, and %d of cells in chunks", single, chunks)
	}
	TestMemoryLimit(t)
}

// TestParallel pins that goroutines may force one graph: each thunk is evaluated
// to one value, and an error in one goroutine does not harm the others.
func TestParallel(t *testing.T) {
	ev := newTestEvaluator(nil)
	v := eval1(t, ev, `
		let fib = n: if n < 2 then n else fib (n - 1) + fib (n - 2);
		    table = builtins.genList (i: if i == 0 then fib 12 else builtins.head [ (prev i) ] + i) 200;
		    prev = i: let go = l: n: if n == 0 then builtins.head l else go (tail l) (n - 1); in at (i - 1);
		    at = i: items.${toString i};
		    tail = l: l;
		    items = builtins.mapAttrs (n: f: f) (names 0 { });
		    names = i: acc: if i == 200 then acc else names (i + 1) (acc // {
		      ${toString i} = if i == 0 then fib 12 else at (i - 1) + i;
		      ${"bad" + toString i} = throw "bad";
		    });
		in { inherit table items; big = { a = items.${"199"}; b = items.${"150"}; }; }`)
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			items, err := ev.Force(context.Background(), mustGet(v, "items"))
			if err != nil {
				t.Errorf("goroutine %d: %v", g, err)
				return
			}
			for i := 199; i >= 0; i -= 1 + g%3 {
				r, err := ev.Force(context.Background(), mustGet(items, fmt.Sprint(i)))
				if want := int64(144 + i*(i+1)/2); err != nil || r.AsInt() != want {
					t.Errorf("goroutine %d, item %d: got %v, %v, want %d", g, i, r, err, want)
					return
				}
				if _, err := ev.Force(context.Background(), mustGet(items, "bad"+fmt.Sprint(i))); err == nil {
					t.Errorf("goroutine %d, item %d: got no error", g, i)
				}
			}
		})
	}
	wg.Wait()
}

// TestParallelCircle pins that goroutines that wait for each other's thunks find
// the recursion rather than wait for ever.
func TestParallelCircle(t *testing.T) {
	for range 50 {
		ev := newTestEvaluator(nil)
		v := eval1(t, ev, `
			let spin = n: if n == 0 then 0 else spin (n - 1);
			    a = spin 300 + b; b = spin 300 + c; c = spin 300 + a;
			in { inherit a b c; }`)
		var wg sync.WaitGroup
		for _, name := range []string{"a", "b", "c"} {
			wg.Go(func() {
				_, err := ev.Force(context.Background(), mustGet(v, name))
				var e *Error
				if !errors.As(err, &e) || e.Kind != ErrorRecursion {
					t.Errorf("%s: got error %v, want infinite recursion", name, err)
				}
			})
		}
		wg.Wait()
	}
}

func mustGet(v Value, name string) Value {
	r, ok := v.Attrs().GetName(name)
	if !ok {
		panic("no attribute " + name)
	}
	return r
}
