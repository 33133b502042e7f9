package repl_test

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

	"github.com/google/go-cmp/cmp"

	"nixbench/repl"
)

// eval carries out an input that must not fail.
func (w *world) eval(t *testing.T, input string) *repl.Result {
	t.Helper()
	res, err := w.session.Eval(t.Context(), input)
	if err != nil {
		t.Fatalf("%s: %v", input, err)
	}
	if res.Err != nil {
		t.Fatalf("%s: %s", input, res.Err.Msg)
	}
	return res
}

// children unfolds a node.
func (w *world) children(t *testing.T, n repl.Node) []repl.Node {
	t.Helper()
	nodes, err := w.session.Expand(t.Context(), n.Handle, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	return nodes
}

// loop is an input that is carried out for longer than any test waits.
const loop = "let f = n: if n == 0 then 0 else f (n - 1); in " +
	"builtins.foldl' (a: b: a + f 5000) 0 (builtins.genList (x: x) 1000000)"

// stuck is how long what would wait for such an input is waited for.
const stuck = time.Minute

// start carries out an input that does not end, and waits until it has begun.
func (w *world) start(ctx context.Context, input string) <-chan *repl.Result {
	done := make(chan *repl.Result, 1)
	s := w.session
	go func() {
		res, _ := s.Eval(ctx, input)
		done <- res
	}()
	for !s.Progress().Running {
		time.Sleep(time.Millisecond)
	}
	return done
}

// What an evaluation has done is told while it goes on, and not what was done before it.
func TestProgress(t *testing.T) {
	w := newWorld(t)
	w.eval(t, "builtins.foldl' (a: b: a + b.x) 0 (builtins.genList (x: { x = x + 1; }) 20000)")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := w.start(ctx, "let f = n: if n == 0 then 0 else f ({ y = n - 1; }).y; in "+
		"builtins.foldl' (a: b: a + f 5000) 0 (builtins.genList (x: x) 1000000)")
	first := w.session.Progress()
	for p := first; p.Thunks < 10_000 || p.Values < 1<<20; p = w.session.Progress() {
		if p.Thunks < first.Thunks {
			t.Fatalf("got %+v after %+v", p, first)
		}
		time.Sleep(time.Millisecond)
	}
	cancel()
	<-done
	if p := w.session.Progress(); p != (repl.EvalProgress{}) {
		t.Errorf("afterwards: got %+v, want nothing", p)
	}
}

func TestCancelledEvaluationHarmsNothing(t *testing.T) {
	w := newWorld(t)
	w.eval(t, "slow = "+loop)
	w.eval(t, "n = builtins.foldl' (a: b: a + b) 0 (builtins.genList (x: x) 1000)")
	ctx, cancel := context.WithCancel(t.Context())
	done := w.start(ctx, "slow + n")
	cancel()
	res := <-done
	if res == nil || res.Kind != repl.ResultError {
		t.Fatalf("got %+v, want an error", res)
	}
	if got := w.eval(t, "n").Node.Text; got != "499500" {
		t.Errorf("afterwards: got %s, want 499500", got)
	}
	// What was interrupted can be begun again: it is no infinite recursion.
	ctx, cancel = context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	res, err := w.session.Eval(ctx, "slow")
	if err != nil || !strings.Contains(res.Err.Msg, "interrupted") {
		t.Errorf("again: got %+v, %v, want an interruption", res, err)
	}
}

// What is typed while an input is carried out is completed and explained with what was
// bound before it, and what the input binds meanwhile is not in the way.
func TestCompletesBesideAnInput(t *testing.T) {
	w := newWorld(t)
	w.eval(t, "mine = { alpha = 1; /** First. */ beta = 2; }")
	ctx, cancel := context.WithTimeout(t.Context(), stuck)
	defer cancel()
	done := w.start(ctx, loop)
	for i, input := range []string{"mine.", "min", "let x = mine; in x.", ":t mine.", ":te "} {
		c, err := w.session.Complete(ctx, input, len(input))
		if err != nil || c.Err != "" || len(c.Items) == 0 {
			t.Errorf("%d, %s: got %+v, %v, want completions", i, input, c, err)
		}
	}
	if doc, err := w.session.Doc(ctx, "mine.beta", 9); err != nil || len(doc.Lines) == 0 {
		t.Errorf("got %+v, %v, want documentation", doc, err)
	}
	cancel()
	<-done
	for i := range 200 {
		asked := make(chan struct{})
		go func() {
			defer close(asked)
			_, _ = w.session.Complete(t.Context(), "mine.", 5)
		}()
		w.eval(t, fmt.Sprintf("x%d = mine", i))
		<-asked
	}
	c, err := w.session.Complete(t.Context(), "x199.al", 7)
	if err != nil || len(c.Items) != 1 {
		t.Errorf("afterwards: got %+v, %v, want alpha", c, err)
	}
}

// What was asked about an input just before another began does not wait for its end.
func TestCompletesBesideAnInputThatBegins(t *testing.T) {
	w := newWorld(t)
	w.eval(t, "mine = { alpha = 1; beta = 2; }")
	for i, input := range slices.Repeat([]string{"mine.", "min", ":t mine.", ":te ", "mine { al"}, 80) {
		ctx, cancel := context.WithTimeout(t.Context(), stuck)
		asked := make(chan error, 1)
		go func() {
			_, err := w.session.Complete(ctx, input, len(input))
			if err == nil {
				_, err = w.session.Doc(ctx, "mine.beta", 9)
			}
			asked <- err
		}()
		busy, stop := context.WithCancel(ctx)
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			_, _ = w.session.Eval(busy, loop)
		}()
		if err := <-asked; err != nil {
			t.Fatalf("%d, %s: got %v while an input was carried out", i, input, err)
		}
		stop()
		<-ended
		cancel()
	}
}

// Results unfold, are evaluated and printed while an input is carried out, also if
// they were asked for just before it began, and for as long as one after another is.
func TestUnfoldsBesideAnInput(t *testing.T) {
	w := newWorld(t)
	res := w.eval(t, `{ a = 1 + 1; b = throw "no"; c = { d = [ 1 2 3 ]; }; }`)
	ctx, cancel := context.WithTimeout(t.Context(), stuck)
	defer cancel()
	done := w.start(ctx, loop)
	kids, err := w.session.Expand(ctx, res.Node.Handle, 0, 10)
	if err != nil || len(kids) != 3 {
		t.Fatalf("got %v, %v, want three attributes", kids, err)
	}
	forced, err := w.session.Force(ctx, kids[0].Handle, kids[1].Handle)
	if err != nil || len(forced) != 2 || forced[0].Text != "2" || forced[1].Kind != repl.NodeError {
		t.Errorf("got %+v, %v, want 2 and an error", forced, err)
	}
	if text, err := w.session.ValueText(ctx, kids[2].Handle); err != nil || !strings.Contains(text, "[") {
		t.Errorf("got %q, %v, want the set", text, err)
	}
	cancel()
	<-done
	if steps, err := w.session.Expand(t.Context(), forced[1].Handle, 0, 10); err != nil || len(steps) == 0 {
		t.Errorf("afterwards: got %v, %v, want the steps of the error", steps, err)
	}
	for i := range 200 {
		asked := make(chan error, 1)
		ctx, cancel := context.WithTimeout(t.Context(), stuck)
		go func() {
			_, err := w.session.Expand(ctx, res.Node.Handle, 0, 10)
			asked <- err
		}()
		busy, stop := context.WithCancel(ctx)
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			_, _ = w.session.Eval(busy, fmt.Sprintf("x%d = [ _1 ]", i))
			_, _ = w.session.Eval(busy, loop)
		}()
		if err := <-asked; err != nil {
			t.Fatalf("%d: got %v while an input was carried out", i, err)
		}
		stop()
		<-ended
		cancel()
	}
}

func TestAbandon(t *testing.T) {
	w := newWorld(t)
	w.eval(t, ":l set.nix")
	w.eval(t, "mine = answer + 1")
	old := w.eval(t, "{ a = 1; }")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := w.start(ctx, loop)
	w.session.Abandon()
	res := w.eval(t, "[ mine answer ]")
	if res.Number != 5 {
		t.Errorf("got number %d, want 5: numbers go on", res.Number)
	}
	text, err := w.session.ValueText(t.Context(), res.Node.Handle)
	if err != nil || strings.Join(strings.Fields(text), " ") != "[ 43 42 ]" {
		t.Errorf("got %q, %v, want the file and the binding", text, err)
	}
	if _, err := w.session.Expand(t.Context(), old.Node.Handle, 0, 1); err == nil {
		t.Error("a value of before was expanded")
	}
	cancel()
	<-done
}

// A glance evaluates what is shown, but builds nothing for it: that is left to who unfolds
// it.
func TestGlanceBuildsNothing(t *testing.T) {
	w := newWorld(t)
	const made = `import (derivation { name = "made.nix"; system = builtins.currentSystem; builder = "/bin/sh"; args = [ "-c" "echo 42 > $out" ]; })`
	kids := func(expr string) []repl.Handle {
		res := w.eval(t, expr)
		nodes, err := w.session.Expand(t.Context(), res.Node.Handle, 0, 10)
		if err != nil {
			t.Fatal(err)
		}
		var hs []repl.Handle
		for _, n := range nodes {
			hs = append(hs, n.Handle)
		}
		return hs
	}
	hs := kids(`{ a = ` + made + ` + 1; b = 1 + 1; c = throw "no"; }`)
	nodes, err := w.session.Glance(t.Context(), hs...)
	if err != nil || len(nodes) != 3 {
		t.Fatalf("got %+v, %v, want three", nodes, err)
	}
	if n := nodes[0]; n.Kind != repl.NodeThunk || n.Note != "needs a build" || !n.HasChildren {
		t.Errorf("got %+v, want a thunk that needs a build", n)
	}
	if nodes[1].Text != "2" || nodes[2].Kind != repl.NodeError {
		t.Errorf("got %+v, want 2 and an error", nodes[1:])
	}
	if w.engine.CheckSandbox() != nil {
		return
	}
	if nodes, err = w.session.Force(t.Context(), hs[0]); err != nil || len(nodes) != 1 || nodes[0].Text != "43" || nodes[0].Note != "" {
		t.Errorf("got %+v, %v, want 43", nodes, err)
	}
	if nodes, err = w.session.Glance(t.Context(), kids(`{ a = `+made+` + 2; }`)...); err != nil || len(nodes) != 1 || nodes[0].Text != "44" {
		t.Errorf("built: got %+v, %v, want 44", nodes, err)
	}
}

// What is shown while an expression is typed builds nothing either.
func TestTypingBuildsNothing(t *testing.T) {
	w := newWorld(t)
	const made = `(import (derivation { name = "made.nix"; system = builtins.currentSystem; builder = "/bin/sh"; args = [ "-c" "echo '{ field = 42; }' > $out" ]; }))`
	for _, input := range []string{made + ".fi", "let x = " + made + "; in x.fi", "with " + made + "; field", "inherit " + made + " fi"} {
		c, err := w.session.Complete(t.Context(), input, len(input))
		if err != nil || len(c.Items) > 0 || strings.Contains(input, ".fi") && !strings.Contains(c.Err, "has to be built first") {
			t.Errorf("complete %q: got %+v, %v, want nothing, and why", input, c, err)
		}
		doc, err := w.session.Doc(t.Context(), input+"eld", len(input))
		if err == nil || strings.Contains(input, ".fi") && !strings.Contains(err.Error(), "has to be built first") {
			t.Errorf("explain %q: got %+v, %v, want that something has to be built", input, doc, err)
		}
	}
	if w.engine.CheckSandbox() != nil {
		return
	}
	if res := w.eval(t, made+".field"); res.Node.Text != "42" { // it is as it was
		t.Errorf("evaluated: got %+v, want 42", res.Node)
	}
	input := made + ".fi"
	if c, err := w.session.Complete(t.Context(), input, len(input)); err != nil || len(c.Items) != 1 || c.Items[0].Text != "field" {
		t.Errorf("built: got %+v, %v, want field", c, err)
	}
}

func TestExpandAndForce(t *testing.T) {
	w := newWorld(t)
	res := w.eval(t, `{ a = 1 + 1; b = throw "no"; c = { d = [ 1 2 3 ]; }; "x y" = 1; }`)
	if got := res.Node; got.Count != 4 || got.AttrPath != "_1" || got.Kind != repl.NodeSet {
		t.Errorf("got the result %+v", got)
	}
	kids, err := w.session.Expand(t.Context(), res.Node.Handle, 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	var labels, before, after []string
	var hs []repl.Handle
	for _, k := range kids {
		labels = append(labels, k.Label+" "+k.AttrPath)
		before = append(before, k.Text)
		hs = append(hs, k.Handle)
	}
	if diff := cmp.Diff([]string{"a _1.a", "b _1.b", "c _1.c", `x y _1."x y"`}, labels); diff != "" {
		t.Errorf("labels (-want +got):\n%s", diff)
	}
	if !slices.Contains(before, "«thunk»") {
		t.Errorf("got %q: expanding evaluated the children", before)
	}
	forced, err := w.session.Force(t.Context(), hs...)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range forced {
		after = append(after, k.Text)
	}
	if diff := cmp.Diff([]string{"2", "«error: no»", "{ 1 attr }", "1"}, after); diff != "" {
		t.Errorf("forced (-want +got):\n%s", diff)
	}
	if k := forced[1]; k.Kind != repl.NodeError || !k.HasChildren {
		t.Errorf("got the failing child %+v, want an error with its steps", k)
	}
	done, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := w.session.Expand(done, res.Node.Handle, 0, 1); err == nil && done.Err() == nil {
		t.Error("expanded after the context ended")
	}
	page, err := w.session.Expand(t.Context(), res.Node.Handle, 2, 1)
	if err != nil || len(page) != 1 || page[0].Label != "c" {
		t.Errorf("the third child: got %+v, %v", page, err)
	}
}

func TestComplete(t *testing.T) {
	w := newWorld(t)
	w.eval(t, ":l set.nix")
	w.eval(t, `bad = throw "no attributes"`)
	for _, tt := range []struct {
		input string
		start int
		want  []string
		err   string
	}{
		{input: "neste", want: []string{"nested"}},
		{input: "nested.", start: 7, want: []string{"deep", "list"}},
		{input: "[ nested.deep.e", start: 14, want: []string{"er"}},
		{input: "let foobar = 1; in foob", start: 19, want: []string{"foobar"}},
		{input: "let foobar = 1; b = foob", start: 20, want: []string{"foobar"}},
		{input: "let inherit (nested) deep; in deep.", start: 35, want: []string{"er"}},
		{input: "let f = x: { a = x; }; in (f nested).", start: 37, want: []string{"a"}},
		{input: "with nested; dee", start: 13, want: []string{"deep"}},
		{input: "[ (with nested; deep.", start: 21, want: []string{"er"}},
		{input: "let s = nested; in with s; \"${dee", start: 30, want: []string{"deep"}},
		{input: "foobar: foob", start: 8, want: []string{"foobar"}},
		{input: "{ foobar, foobaz ? 1 }@fooall: foo", start: 31, want: []string{"fooall", "foobar", "foobaz"}},
		{input: "fooall@{ foobar, ... }: foo", start: 24, want: []string{"fooall", "foobar"}},
		{input: "(foobar: foobar) + foob", start: 19, want: nil},
		{input: "{ a = foobar: 1; b = foob", start: 21, want: nil},
		{input: "rec { foobar = 1; b = foob", start: 22, want: []string{"foobar"}},
		{input: "rec { s = { deeper = 1; }; b = s.", start: 33, want: []string{"deeper"}},
		{input: "[ (rec { s = nested; inherit (s) deep; b = [ deep.", start: 50, want: []string{"er"}},
		{input: "rec { b.foobar = foo", start: 17, want: nil},
		{input: "x: [ x.", start: 7, err: "'x' is an argument, which has no value before a call"},
		{input: "{ foobar ? { } }: foobar.a.", start: 27, err: "'foobar' is an argument, which has no value before a call"},
		{input: "nope.", start: 5, err: "undefined variable 'nope'"},
		{input: ":sc", want: []string{":scope"}},
		{input: "nested.EE", start: 7, want: []string{"deep"}},
		{input: "inherit (nested) d", start: 17, want: []string{"deep"}},
		{input: "{ inherit (nested.deep) ", start: 24, want: []string{"er"}},
		{input: "let n = nested; in { inherit (n) deep ", start: 38, want: []string{"deep", "list"}},
		{input: "(import ./set.nix) { n", start: 21, want: []string{"name"}},
		{input: "let f = { one, two ? 2 }: one; in f { ", start: 38, want: []string{"one", "two"}},
		{input: ":set print-", start: 5, want: []string{"print-depth", "print-missing"}},
		{input: ":set show-trace ", start: 16, want: []string{"false", "true"}},
		{input: ":set keep-fa", start: 5, want: []string{"keep-failed"}},
		{input: ":set sandbox ", start: 13, want: []string{"false", "relaxed", "true"}},
		{input: ":te t", start: 4, want: []string{"true"}},
		{input: ":frame 1", start: 7, want: nil},
		{input: ":l oth", start: 3, want: []string{"other.nix"}},
		{input: ":t nested.l", start: 10, want: []string{"list"}},
		{input: "bad.", start: 4, err: "no attributes"},
		{input: "answer.", start: 7, err: "this is an integer, which has no attributes"},
	} {
		c, err := w.session.Complete(t.Context(), tt.input, len(tt.input))
		if err != nil {
			t.Fatalf("%s: %v", tt.input, err)
		}
		var got []string
		for _, it := range c.Items {
			got = append(got, it.Text)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" || c.Err != tt.err || len(got) > 0 && c.Start != tt.start {
			t.Errorf("%s: got start %d and error %q, want %d and %q (-want +got):\n%s", tt.input, c.Start, c.Err, tt.start, tt.err, diff)
		}
	}
}

// TestCompletionDetails pins that it is said what the names are that an input binds itself,
// and not what others are that are hidden by them.
func TestCompletionDetails(t *testing.T) {
	w := newWorld(t)
	w.eval(t, "later = { x = 1; }")
	for _, tt := range []struct {
		input string
		want  []string
	}{
		{"let foobar = 1; foobaz = [ foobar ]; in foob", []string{"foobar  1", "foobaz  [ 1 item ]"}},
		{"let foobar = throw \"no\"; in foob", []string{"foobar  "}},
		{"with { quux = 12; quuz = \"a\"; }; quu", []string{"quux  12", "quuz  \"a\""}},
		{"let mapAttrs = 5; in mapAttrs", []string{"mapAttrs  5"}},
		{"mapAttrs: mapAttrs", []string{"mapAttrs  "}},
		{"rec { foobar = 1; foobaz = foob", []string{"foobar  1", "foobaz  "}},
		{"late", []string{"later  { 1 attr }"}},
	} {
		c, err := w.session.Complete(t.Context(), tt.input, len(tt.input))
		if err != nil {
			t.Fatalf("%s: %v", tt.input, err)
		}
		var got []string
		for _, it := range c.Items {
			got = append(got, it.Text+"  "+it.Detail)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.input, diff)
		}
	}
}

// The first page of a hundred thousand names comes at once.
func BenchmarkComplete(b *testing.B) {
	w := newWorld(b)
	const set = "many = builtins.listToAttrs (builtins.genList (i: { name = \"name-${toString i}\"; value = i; }) 100000)"
	for _, input := range []string{set, "many", ":a many"} {
		if res, err := w.session.Eval(b.Context(), input); err != nil || res.Err != nil {
			b.Fatal(err, res)
		}
	}
	for _, input := range []string{"many.", "many.name-99", "many.e-99", "nam"} {
		b.Run(input, func(b *testing.B) {
			for b.Loop() {
				if c, err := w.session.Complete(b.Context(), input, len(input)); err != nil || c.Total == 0 {
					b.Fatal(c, err)
				}
			}
		})
	}
}

func TestIncomplete(t *testing.T) {
	w := newWorld(t)
	for input, want := range map[string]bool{
		"": false, "1 +": true, "{ a = 1;": true, "let x = 1;": true, "1": false, "''": true, "\"a": true,
		":b (": false, "1 1 )": false, "a = ": true, "f x": false, "/* open": true,
	} {
		if got := w.session.Incomplete(input); got != want {
			t.Errorf("Incomplete(%q): got %v, want %v", input, got, want)
		}
	}
}

func TestDocAtCursor(t *testing.T) {
	w := newWorld(t)
	w.eval(t, ":l set.nix")
	doc, err := w.session.Doc(t.Context(), "map next [ 1 ]", 6)
	if err != nil {
		t.Fatal(err)
	}
	if doc.File != filepath.Join(w.dir, "set.nix") || doc.Line != 14 || len(doc.Lines) == 0 || doc.Lines[0].Text != "Adds one." {
		t.Errorf("got %+v", doc)
	}
	const within = "with { inherit next; }; next"
	if doc, err = w.session.Doc(t.Context(), within, len(within)); err != nil || doc.Title != "next" || doc.Line != 14 {
		t.Errorf("below a with: got %+v, %v", doc, err)
	}
	if _, err := w.session.Doc(t.Context(), "1 + 1", 5); err == nil {
		t.Error("a number was explained")
	}
}

func TestHistoryIsShared(t *testing.T) {
	w := newWorld(t)
	for _, in := range []string{"1", "let\n  x = \"\\\";\nin x", "1"} {
		if err := w.session.AddHistory(t.Context(), in); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"1", "let\n  x = \"\\\";\nin x"}
	if diff := cmp.Diff(want, w.session.History()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	other, err := repl.New(t.Context(), w.engine, repl.Options{Dir: w.dir, HistoryFile: filepath.Join(w.dir, "history")})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if diff := cmp.Diff(want, other.History()); diff != "" {
		t.Errorf("another session (-want +got):\n%s", diff)
	}
}

// An input of megabytes does not end the history that is read, and one that was cut off, as
// on a full disk, is not joined with the next.
func TestHistoryGoesOn(t *testing.T) {
	w := newWorld(t)
	long := "[ " + strings.Repeat("1 ", 1<<20) + "]"
	file := filepath.Join(w.dir, "history")
	add := func(in string) {
		t.Helper()
		if err := w.session.AddHistory(t.Context(), in); err != nil {
			t.Fatal(err)
		}
	}
	add("before")
	add(long)
	add("cut off")
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(file, info.Size()-3); err != nil {
		t.Fatal(err)
	}
	add("after")
	other, err := repl.New(t.Context(), w.engine, repl.Options{Dir: w.dir, HistoryFile: file})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	got := other.History()
	for i, in := range got {
		if in == long {
			got[i] = "long"
		}
	}
	if diff := cmp.Diff([]string{"after", "cut o", "long", "before"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWaitChange(t *testing.T) {
	w := newWorld(t)
	w.eval(t, ":l other.nix")
	file := filepath.Join(w.dir, "other.nix")
	if err := os.WriteFile(file, []byte("{ other = 2; }"), 0o644); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	got, err := w.session.WaitChange(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		t.Skip("this machine does not tell of changed files")
	}
	if err != nil || !slices.Equal(got, []string{file}) {
		t.Fatalf("got %q, %v, want %q", got, err, file)
	}
	scope, err := w.session.Scope(t.Context())
	if err != nil || len(scope.Files) == 0 || !scope.Files[0].Changed {
		t.Fatalf("got the scope %+v, %v, want a changed file", scope, err)
	}
	w.eval(t, ":r")
	if got := w.eval(t, "other").Node.Text; got != "2" {
		t.Errorf("after reloading: got %s, want 2", got)
	}
	if scope, err = w.session.Scope(t.Context()); err != nil || scope.Files[0].Changed {
		t.Errorf("after reloading: got the scope %+v, %v", scope, err)
	}
}

// Each file is told of that has changed, also of several at once, as a checkout changes
// them, and beside others that are written all the time.
func TestWaitChangeOfSeveral(t *testing.T) {
	w := newWorld(t)
	files := []string{filepath.Join(w.dir, "one.nix"), filepath.Join(w.dir, "two.nix")}
	write := func(content string) {
		for _, file := range files {
			if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	write("{ it = 1; }")
	w.eval(t, ":l one.nix")
	w.eval(t, ":l two.nix")
	stop := make(chan struct{})
	defer close(stop)
	go func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(10 * time.Millisecond):
				_ = os.WriteFile(filepath.Join(w.dir, "server.log"), []byte("busy"), 0o644)
			}
		}
	}()
	write("{ it = 2; }")
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	got, err := w.session.WaitChange(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(files, got); diff != "" {
		t.Errorf("changed files (-want +got):\n%s", diff)
	}
}

func TestArgs(t *testing.T) {
	w := newWorld(t, func(o *repl.Options) {
		o.Args = []repl.Arg{{Name: "name", Value: "given"}, {Name: "other", Value: "1 + 1", IsExpr: true}}
	})
	w.eval(t, ":l set.nix")
	if got := w.eval(t, "name").Node.Text; got != `"given"` {
		t.Errorf("got %s, want the argument", got)
	}
}

func TestCompleteAnywhere(t *testing.T) {
	w := newWorld(t)
	const src = "let a = { x, y ? [ 1 ] }@z: with z; \"${x.y}\" + ''t ${a}''; in } ) ] in ; a: assert b; with {}: rec { inherit (q) r s; "
	for i := range len(src) + 1 {
		if _, err := w.session.Complete(t.Context(), src[:i], i); err != nil {
			t.Fatalf("%q: %v", src[:i], err)
		}
	}
}

// TestEmptyAttributeName pins that an attribute without a name is no list item.
func TestEmptyAttributeName(t *testing.T) {
	w := newWorld(t)
	res := w.eval(t, `{ "" = 1; }`)
	kids, err := w.session.Expand(t.Context(), res.Node.Handle, 0, 10)
	if err != nil || len(kids) != 1 {
		t.Fatalf("got %v, %v, want one child", kids, err)
	}
	if got, want := kids[0].AttrPath, `_1.""`; got != want || kids[0].Label != "" {
		t.Errorf("got %q with label %q, want %q with an empty one", got, kids[0].Label, want)
	}
}

// Printing all of a value ends when it is cancelled, and the same value can be
// looked at afterwards.
func TestCancelledPrinting(t *testing.T) {
	w := newWorld(t)
	w.eval(t, "large = builtins.genList (x: builtins.genList (y: x + y) 1000) 100000")
	ctx, cancel := context.WithCancel(t.Context())
	done := w.start(ctx, ":p large")
	cancel()
	begun := time.Now()
	res := <-done
	if late := time.Since(begun); late > 5*time.Second {
		t.Errorf("printing went on for %v", late)
	}
	if res == nil || res.Kind != repl.ResultError || !strings.Contains(res.Err.Msg, "interrupted") {
		t.Errorf("got %+v, want an interruption", res)
	}
	if got := w.eval(t, "builtins.elemAt (builtins.elemAt large 5) 6").Node.Text; got != "11" {
		t.Errorf("afterwards: got %s, want 11", got)
	}
}

// What an evaluation costs is told in numbers, and by function and file.
func TestMeasuring(t *testing.T) {
	w := newWorld(t)
	w.eval(t, ":l set.nix")
	w.eval(t, "slow = builtins.foldl' (a: b: a + next b) 0 (builtins.genList (x: x) 1000)")
	for _, input := range []string{":stats slow", ":stats"} {
		lines := strings.Join(w.eval(t, input).Lines, "\n")
		for _, want := range []string{"thunks made", "function calls       4,00", "values"} {
			if !strings.Contains(lines, want) {
				t.Errorf("%s: got %s\nwant %q in it", input, lines, want)
			}
		}
	}
	// It is evaluated afresh, although its value is known.
	lines := strings.Join(w.eval(t, ":profile slow").Lines, "\n")
	for _, want := range []string{"500500", "calls", "next " + filepath.Join(w.dir, "set.nix") + ":14:10", "foldl'", "1000", "file"} {
		if !strings.Contains(lines, want) {
			t.Errorf(":profile: got %s\nwant %q in it", lines, want)
		}
	}
	if got := w.eval(t, "slow").Node.Text; got != "500500" {
		t.Errorf("afterwards: got %s, want 500500", got)
	}
}

// Options are a tree: each says what it is for, where it is declared, and what is in it.
func TestOptionTree(t *testing.T) {
	w := newWorld(t)
	w.eval(t, "sys = import ./options.nix")
	res := w.eval(t, ":options sys")
	want := &repl.OptionList{Of: "sys", Paths: []string{"services.mail.enable", "services.web.enable", "services.web.port"}}
	if diff := cmp.Diff(want, res.Options); diff != "" {
		t.Errorf("to choose from (-want +got):\n%s", diff)
	}
	if res.Node.Text != "3 options" {
		t.Errorf("got %+v", res.Node)
	}
	options := w.children(t, res.Node)
	forced, err := w.session.Force(t.Context(), options[0].Handle, options[2].Handle)
	if err != nil {
		t.Fatal(err)
	}
	if n := forced[0]; n.Text != "false" || n.AttrPath != "sys.config.services.mail.enable" {
		t.Errorf("got %+v", n)
	}
	if n := forced[1]; n.Kind != repl.NodeError || !strings.Contains(n.Text, "no port") || !n.HasChildren {
		t.Errorf("one that fails: got %+v", n)
	}
	for i, want := range []string{
		"type=boolean about=Whether to send mail. declared=/src/mail.nix:7",
		"type=16 bit unsigned integer default=80 defined=/src/host.nix",
	} {
		var got []string
		for _, n := range w.children(t, forced[i]) {
			got = append(got, n.Label+"="+n.Text)
		}
		if got := strings.Join(got, " "); got != want {
			t.Errorf("unfolded: got %q, want %q", got, want)
		}
	}
	if n := w.eval(t, ":options sys services.none").Node; n.Handle != 0 {
		t.Errorf("got %+v", n)
	}
	if n := w.eval(t, ":options sys services.web.enable").Node; n.Label != "services.web.enable" || n.Text != "true" {
		t.Errorf("one by its path: got %+v", n)
	}
}

// Installing shows first what it would do; the command that does it is asked for.
func TestInstallIsPlanned(t *testing.T) {
	program := filepath.Join(t.TempDir(), "program")
	if err := os.WriteFile(program, []byte("#!/bin/sh\necho '(dry run; not doing anything)'\nprintf 'installing %s\\033]0;x\\007\\n' \"$3\"\nshift 3; echo \"$@\"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, func(o *repl.Options) { o.Program = []string{program, "--store", "x"} })
	w.eval(t, ":l packages.nix")
	res := w.eval(t, ":i hello")
	drv := w.eval(t, "hello").Node.Store
	want := &repl.Then{Command: []string{program, "--store", "x", "nix-env", "--install", string(drv)}, Ask: "install hello-1 into the profile?"}
	if diff := cmp.Diff(want, res.Then); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"installing nix-env", "--install " + string(drv) + " --dry-run"}, res.Lines); diff != "" {
		t.Errorf("plan (-want +got):\n%s", diff)
	}
	res = w.eval(t, ":sh hello")
	want = &repl.Then{Command: []string{program, "--store", "x", "nix-shell", string(drv)}, Interactive: true}
	if diff := cmp.Diff(want, res.Then); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, input := range []string{":i 1", ":sh 1", ":u", ":u hello"} { // there is no <nixpkgs>
		if res, err := w.session.Eval(t.Context(), input); err != nil || res.Kind != repl.ResultError {
			t.Errorf("%s: got %+v, %v, want an error", input, res, err)
		}
	}
}
