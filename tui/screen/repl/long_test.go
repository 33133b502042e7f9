package repl_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"nixbench/tui"
	"nixbench/tui/tuitest"
)

// longInput is a set of n attributes, one a line.
func longInput(n int) string {
	var b strings.Builder
	b.WriteString("{\n")
	for i := range n {
		fmt.Fprintf(&b, "  a%d = \"vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv\" + toString [ 1 2 ];\n", i)
	}
	b.WriteString("}")
	return b.String()
}

// A file that is pasted can be edited and evaluated; the transcript has its first lines,
// and the rest when it is asked for.
func TestLongInput(t *testing.T) {
	for _, in := range []string{longInput(8000), `"` + strings.Repeat("0123456789abcde ", 1<<16) + `"`} {
		b := tuitest.NewBackend(t)
		b.Hook = func(context.Context, string) (*tui.Result, bool) {
			return &tui.Result{Number: 1, Kind: tui.ResultText, Lines: []string{"what came of it"}}, true
		}
		d := start(t, b, 80, 24)
		from := time.Now()
		d.Send(tea.PasteMsg{Content: in})
		d.Keys("x y backspace backspace up down")
		d.Keys("enter")
		d.Type("next")
		d.Wants("what came of it", "more of the input")
		d.Resize(100, 30)
		d.Resize(80, 24)
		if took := time.Since(from); took > 5*time.Second {
			t.Errorf("an input of %d bytes took %v, want it within 5 s", len(in), took)
		}
		d.Keys("esc G k space")
		d.Lacks("what came of it") // it is far below
	}
}

// What is pasted goes into the input, also while results are browsed.
func TestPasteWhileBrowsing(t *testing.T) {
	d := start(t, tuitest.NewBackend(t), 80, 24)
	d.Type("1 + 2")
	d.Keys("enter esc")
	d.Send(tea.PasteMsg{Content: "pasted text"})
	d.Wants("nix> pasted text")
	d.Type(" q")
	d.Wants("nix> pasted text q")
}

// What is wrong with an input that is longer than the pane is in view.
func TestErrorOfALongInputIsSeen(t *testing.T) {
	b := tuitest.NewBackend(t)
	b.Hook = func(context.Context, string) (*tui.Result, bool) {
		return &tui.Result{Number: 1, Kind: tui.ResultError, Err: &tui.EvalError{Msg: "undefined variable 'x'", Where: "«string»:2:3"}}, true
	}
	d := start(t, b, 80, 24)
	d.Send(tea.PasteMsg{Content: longInput(30)})
	d.Keys("enter")
	d.Wants("undefined variable 'x'", "«string»:2:3")
}

// Words of an input stay whole where it takes several rows.
func TestInputBreaksBetweenWords(t *testing.T) {
	for _, w := range []int{60, 64, 68, 72, 76, 80} {
		d := start(t, tuitest.NewBackend(t), w, 24)
		enter(d, strings.Repeat("builder + ", 20)+"1")
		for _, line := range strings.Split(d.Text(), "\n") {
			for _, word := range strings.Fields(line) {
				if strings.HasPrefix("builder", word) && word != "builder" || strings.HasSuffix("builder", word) && word != "builder" {
					t.Errorf("at %d cells: got %q in %q", w, word, line)
				}
			}
		}
	}
}
