package eval

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"pgregory.net/rapid"
)

// newEagerEvaluator returns an evaluator that offers work to others at once.
func newEagerEvaluator(cores int, limit int64) (*Evaluator, *testWorld) {
	w := &testWorld{}
	ev := New(Options{World: w, Builtins: testBuiltins(), Cores: cores, MemoryLimit: limit})
	ev.cold, ev.pause = 0, 0
	return ev, w
}

// outcome returns what evaluating a text with so many goroutines shows: messages,
// then the value or the error with its whole trace.
func outcome(text string, cores int) string {
	ev, w := newEagerEvaluator(cores, 0)
	ctx := context.Background()
	v, err := ev.EvalString(ctx, text, "/base")
	if err == nil {
		v, err = ev.ForceDeep(ctx, v)
	}
	printed := ""
	if err == nil {
		printed, err = ev.PrintPlain(ctx, v)
	}
	shown := strings.Join(w.trace, "\n") + "\n"
	var e *Error
	if errors.As(err, &e) {
		if cores > 1 && e.Unordered() {
			return outcome(text, 1) // as commands do
		}
		return shown + e.Format(true)
	}
	return shown + printed
}

// TestAhead pins that several goroutines give the value, the messages and the
// error that one gives.
func TestAhead(t *testing.T) {
	defer goleak.VerifyNone(t)
	const fib = `let fib = n: if n < 2 then n else fib (n - 1) + fib (n - 2); in `
	tests := []string{
		fib + `map fib [ 1 12 3 14 5 10 7 ]`,
		fib + `builtins.genList (i: { a = fib i; b = [ (fib (i + 1)) (fib i) { c = fib i; } ]; }) 12`,
		fib + `builtins.genList (i: if i == 7 then throw "seven" else fib 10 + i) 20`,
		fib + `builtins.genList (i: if i == 3 then fib 14 + "x" else if i == 4 then throw "soon" else i) 20`,
		fib + `builtins.genList (i: builtins.trace "at ${toString i}" (fib (14 - i))) 10`,
		fib + `builtins.genList (i: if i == 5 then builtins.trace "five" (throw "five") else fib 12) 10`,
		fib + `let x = builtins.trace "once" (fib 12); in builtins.genList (i: x + i) 10`,
		fib + `builtins.genList (i: builtins.tryEval (if i == 2 then throw "caught" else fib (i + 5))) 9`,
		fib + `let a = fib 8 + b; b = fib 9 + c; c = fib 8 + a; in [ (fib 9) a b c ]`,
		fib + `let a = [ (fib 5) (fib 6) b ]; b = [ (fib 7) a ]; in { inherit a b; c = builtins.deepSeq a 1; }`,
		`let loop = n: loop n; in [ (1 + 1) (throw "first") (loop 1) (loop 2) ]`,
		`let loop = n: builtins.seq n (loop (n + 1)); in [ (1 + 1) (builtins.trace "m" (throw "first")) (loop 1) ]`,
		`let deep = n: if n == 0 then 0 else 1 + deep (n - 1); in [ (deep 10) (deep 20000) (deep 9000) ]`,
		`let x = [ (builtins.deepSeq x 1) (1 + 1) (1 + 2) ]; in x`,
		`let l = builtins.genList (i: if i == 0 then 0 else elem (i - 1) + 1) 100; elem = i: at i l;
		    at = i: l: builtins.foldl' (a: x: x) 0 (builtins.genList (k: get k) (i + 1)); get = k: k; in l`,
		`builtins.genList (i: i + 1) 5000`,
		fib + `let slow = builtins.foldl' (a: x: a + x) 0 (builtins.filter (x: fib 9 + x > 34) (builtins.genList (i: fib 9 + i) 20));
		    in builtins.genList (i: slow + i) 200`,
	}
	for _, text := range tests {
		want := outcome(text, 1)
		for range 8 {
			if diff := cmp.Diff(want, outcome(text, 4)); diff != "" {
				t.Fatalf("%s (-one thread +four):\n%s", text, diff)
			}
		}
	}
}

// TestFullLead pins that workers are left for others where those that do parts of one lead
// wait.
func TestFullLead(t *testing.T) {
	ev, _ := newEagerEvaluator(1, 0)
	s := &State{ev: ev, id: 1}
	waiting := &lead{parts: make([]atomic.Uint64, 9), stuck: maxStuck - 1}
	other := &lead{parts: make([]atomic.Uint64, 1)}
	c := &crew{ev: ev, cores: 1, leads: []*lead{other, waiting}}
	for i, want := range []*lead{waiting, other, nil} {
		if got, _ := c.claim(s); got != want {
			t.Fatalf("claim %d is of %p, want %p (waiting %p, other %p)", i, got, want, waiting, other)
		}
		waiting.stuck = maxStuck
	}
	if c.open() {
		t.Error("a part of the full lead may be begun")
	}
	waiting.stuck--
	if got, _ := c.claim(s); got != waiting {
		t.Errorf("claim is of %p after one has come back, want %p", got, waiting)
	}
}

// graph draws a program: thunks that refer to each other, some of them in
// circles, that fail, tell messages, catch errors and look into each other.
func graph(t *rapid.T) string {
	n := rapid.IntRange(2, 12).Draw(t, "n")
	var expr func(depth int) string
	ref := func() string { return fmt.Sprintf("x%d", rapid.IntRange(0, n-1).Draw(t, "ref")) }
	expr = func(depth int) string {
		if depth == 0 {
			return rapid.SampledFrom([]string{"1", `(throw "t")`, "(fib 7)", "(fib 11)"}).Draw(t, "leaf")
		}
		sub := func() string { return expr(depth - 1) }
		switch rapid.IntRange(0, 13).Draw(t, "form") {
		case 0:
			return `(1 + "type")`
		case 1:
			return fmt.Sprintf(`(builtins.trace "%d" %s)`, rapid.IntRange(0, 99).Draw(t, "msg"), sub())
		case 2:
			return "[ " + sub() + " " + sub() + " " + sub() + " ]"
		case 3:
			return "{ a = " + sub() + "; b = " + sub() + "; }"
		case 4:
			return "(builtins.tryEval " + sub() + ").success"
		case 5:
			return "(builtins.deepSeq " + sub() + " " + sub() + ")"
		case 6:
			return "(builtins.seq " + sub() + " (fib 8))"
		case 7:
			return "(map (y: builtins.seq y " + sub() + ") [ " + sub() + " " + sub() + " ])"
		case 8:
			return `(builtins.addErrorContext "context" ` + sub() + ")"
		case 9:
			return sub()
		case 10:
			return "(builtins.genList (y: builtins.seq " + sub() + " " + sub() + ") 2)"
		default:
			return ref()
		}
	}
	var b strings.Builder
	b.WriteString("let fib = n: if n < 2 then n else fib (n - 1) + fib (n - 2);\n")
	var all []string
	for i := range n {
		fmt.Fprintf(&b, "x%d = %s;\n", i, expr(3))
		all = append(all, fmt.Sprintf("x%d", i))
	}
	b.WriteString("in [ " + strings.Join(all, " ") + " ]")
	return b.String()
}

// TestAheadGraphs compares random programs.
func TestAheadGraphs(t *testing.T) {
	defer goleak.VerifyNone(t)
	rapid.Check(t, func(t *rapid.T) {
		text := graph(t)
		want := outcome(text, 1)
		for range 3 {
			if diff := cmp.Diff(want, outcome(text, 4)); diff != "" {
				t.Fatalf("%s\n(-one thread +four):\n%s", text, diff)
			}
		}
	})
}

// TestAheadCancel pins that cancelling stops all goroutines soon, and that what
// they were evaluating can be evaluated later.
func TestAheadCancel(t *testing.T) {
	defer goleak.VerifyNone(t)
	ev, _ := newEagerEvaluator(4, 0)
	v := eval1(t, ev, `let loop = n: if n == 0 then 0 else builtins.seq n (loop (n - 1));
		many = builtins.foldl' (a: i: a + loop 100) 0 (builtins.genList (x: x) 1000000);
		in { slow = builtins.genList (i: many + i) 8; quick = builtins.genList (i: loop 10 + i) 8; }`)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, err := ev.ForceDeep(ctx, mustGet(v, "slow"))
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("got error %v, want context.DeadlineExceeded", err)
	}
	if d := time.Since(start); d > 2*time.Second {
		t.Errorf("cancelling took %v", d)
	}
	quick, err := ev.ForceDeep(t.Context(), mustGet(v, "quick"))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := printPlain(t, ev, quick), "[ 0 1 2 3 4 5 6 7 ]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestAheadMemory pins that the limit of memory is one of all goroutines.
func TestAheadMemory(t *testing.T) {
	defer goleak.VerifyNone(t)
	const text = `builtins.genList (i: builtins.foldl' (a: x: a + builtins.length [ x i ]) 0 (builtins.genList (x: x) 20000)) %d`
	for _, cores := range []int{1, 4} {
		for n, fails := range map[int]bool{2: false, 40: true} {
			ev, _ := newEagerEvaluator(cores, 16<<20)
			v := eval1(t, ev, fmt.Sprintf(text, n))
			_, err := ev.ForceDeep(t.Context(), v)
			if fails {
				wantKind(t, err, ErrorLimit)
			} else if err != nil {
				t.Errorf("%d cores, %d elements: %v", cores, n, err)
			}
		}
	}
}
