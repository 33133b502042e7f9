package repl_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"nixbench/repl"
)

// below lists what is below a node, a line each: label, text and note.
func (w *world) below(t *testing.T, n repl.Node) []string {
	t.Helper()
	var out []string
	for _, k := range w.kids(t, n) {
		line := strings.TrimSpace(fmt.Sprintf("%s = %s", k.Label, k.Text))
		if k.Label == "" {
			line = k.Text
		}
		if k.Note != "" {
			line += "  (" + k.Note + ")"
		}
		out = append(out, strings.ReplaceAll(line, w.dir, "$DIR"))
	}
	return out
}

func (w *world) kids(t *testing.T, n repl.Node) []repl.Node {
	t.Helper()
	kids, err := w.session.Expand(t.Context(), n.Handle, 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	return kids
}

// What a value has to say beside its attributes and items.
func TestInside(t *testing.T) {
	w := newWorld(t)
	w.eval(t, ":l set.nix")
	w.eval(t, ":l packages.nix")
	for _, tt := range []struct {
		input, text, note string
		want              []string
	}{
		{"next", "n: ..", "$DIR/set.nix:14:10", []string{"Adds one.", "", "Example", "", "  next 41", "  => 42"}},
		{"{ a, b ? [ 1 (2 + 3) ], c ? { }, ... }@all: x: a", "{ a, b?, c?, ... }@all: ..", "«string»:1:1", []string{
			"a = required", "b = ? [ 1 (2 + 3) ]", "c = ? { }", "... = others are let through",
		}},
		{`"plain"`, `"plain"`, "", nil},
		{`"${hello} ${hello.drvPath}"`, "", "", []string{
			"/nix/store/b222irqvmzflk6rqnbacsrik4d7x6kb1-hello-1.drv  (output out)",
			"/nix/store/b222irqvmzflk6rqnbacsrik4d7x6kb1-hello-1.drv  (derivation with its closure)",
		}},
		{"map", "«primop map»", "f list", nil},
		{"greet", "", "not built", nil},
	} {
		n := w.eval(t, tt.input).Node
		if note := strings.ReplaceAll(n.Note, w.dir, "$DIR"); note != tt.note || tt.text != "" && n.Text != tt.text {
			t.Errorf("%s: got %q (%s), want %q (%s)", tt.input, n.Text, note, tt.text, tt.note)
		}
		if tt.want == nil {
			continue
		}
		if diff := cmp.Diff(tt.want, w.below(t, n)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.input, diff)
		}
		if n.Count != len(tt.want) {
			t.Errorf("%s: got a count of %d, want %d", tt.input, n.Count, len(tt.want))
		}
	}
}

// A derivation begins with its outputs, and says whether they are there.
func TestOutputs(t *testing.T) {
	w := newWorld(t)
	w.eval(t, ":l packages.nix")
	n := w.eval(t, "greet").Node
	got := w.below(t, n)
	want := []string{
		"out = /nix/store/8f1r8ww653yqkiis4mqrfkrvjjxjkhjd-greet-1  (not built)",
		"doc = /nix/store/hn874v2v2s5j6i8splwn1f0b3sxizg0q-greet-1-doc  (not built)",
		`name = "greet-1"`,
	}
	if diff := cmp.Diff(want, got[:min(3, len(got))]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if n.Count != len(got) {
		t.Errorf("got a count of %d, want %d", n.Count, len(got))
	}
	page, err := w.session.Expand(t.Context(), n.Handle, 1, 2)
	if err != nil || len(page) != 2 || page[0].Label != "doc" || page[1].Label != "name" {
		t.Errorf("the second and third: got %+v, %v", page, err)
	}
	if w.engine.CheckSandbox() != nil {
		return // what is built is told below
	}
	if res := w.eval(t, ":b greet"); res.Built != 2 {
		t.Errorf("got %d derivations built, want greet and hello", res.Built)
	}
	if res := w.eval(t, ":b greet"); res.Built != 0 || len(res.Outputs) != 2 {
		t.Errorf("again: got %d derivations built, the outputs %v", res.Built, res.Outputs)
	}
	n = w.eval(t, "greet").Node
	if n.Note != "valid" {
		t.Errorf("got %q when it is built, want valid", n.Note)
	}
	if got := w.below(t, n); !strings.Contains(got[0], "(valid, ") {
		t.Errorf("got the output %q when it is built", got[0])
	}
}

// Each step of an error has its source and its variables, and can be entered,
// also if the error was inside of a value.
func TestSteps(t *testing.T) {
	w := newWorld(t)
	root := w.eval(t, "let f = port: base: { bad = port.no; good = base; }; in f { a = 8000; } 2").Node
	kids := w.kids(t, root)
	forced, err := w.session.Force(t.Context(), kids[0].Handle)
	if err != nil || len(forced) != 1 || forced[0].Kind != repl.NodeError {
		t.Fatalf("got %+v, %v, want an error", forced, err)
	}
	steps := w.kids(t, forced[0])
	if len(steps) == 0 || steps[0].Kind != repl.NodeFrame || steps[0].Text != "the error itself" || steps[0].Note != "«string»:1:29" {
		t.Fatalf("got the steps %+v", steps)
	}
	want := []string{
		"     1| let f = port: base: { bad = port.no; good = base; }; in f { a = 8000; } 2",
		"      |                             ^",
		"arguments", "port = { 1 attr }", "base = 2",
		"let", "f = port: base: ..  («string»:1:9)",
	}
	if diff := cmp.Diff(want, w.below(t, steps[0])); diff != "" {
		t.Errorf("below the error (-want +got):\n%s", diff)
	}
	res, err := w.session.Enter(t.Context(), steps[0].Handle)
	if err != nil || res.Kind != repl.ResultText {
		t.Fatalf("entering: got %+v, %v", res, err)
	}
	if got := w.eval(t, "port.a + base").Node.Text; got != "8002" {
		t.Errorf("with the variables of the step: got %s, want 8002", got)
	}
	scope, err := w.session.Scope(t.Context())
	if err != nil || !strings.HasPrefix(scope.Frame, "0: ") || len(scope.Variables) != 3 {
		t.Errorf("got the scope %+v, %v", scope, err)
	}
	w.eval(t, ":c")
	if res, err := w.session.Eval(t.Context(), "port"); err != nil || res.Err == nil || res.Err.Steps == 0 {
		t.Errorf("after :c: got %+v, %v, want an error with steps", res, err)
	}
}

// A derivation among values is told as such before its path is known, and is
// evaluated like what is not evaluated yet.
func TestDerivationWithin(t *testing.T) {
	w := newWorld(t)
	w.eval(t, ":l packages.nix")
	w.eval(t, "hello.name") // hello itself is evaluated, its path is not
	kids := w.kids(t, w.eval(t, "{ it = hello; }").Node)
	if len(kids) != 1 || kids[0].Kind != repl.NodeThunk {
		t.Fatalf("got %+v, want what is not evaluated", kids)
	}
	forced, err := w.session.Force(t.Context(), kids[0].Handle)
	if err != nil || forced[0].Kind != repl.NodeDerivation || forced[0].Note != "not built" {
		t.Errorf("got %+v, %v, want a derivation that is not built", forced, err)
	}
}
