package repl_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"nixbench/tui"
	"nixbench/tui/tuitest"
)

// When a file changes, what is watched is looked at again.
func TestWatched(t *testing.T) {
	b := tuitest.NewBackend(t)
	b.Watched = []tui.ScopeEntry{{Name: "answer", Text: "42"}}
	d := start(t, b, 140, 40)
	d.Wants("watch   answer")
	d.Send(tui.ShownMsg{})
	b.ChangedFiles = []string{"/src/default.nix"}
	d.Keys("esc r")
	d.Wants("in  1  :r")
	d = start(t, b, 140, 40)
	d.Wants(":watch  # /src/default.nix changed", "~ 42  ->  52")
	d.Lacks(":r reloads")
}

// ^C gives the prompt back from wherever the keys are.
func TestInterruptGivesThePromptBack(t *testing.T) {
	d, _ := at80(t)
	enter(d, "pkgs")
	d.Type("half")
	d.Keys("esc k ctrl+c")
	d.Type("way")
	d.Wants("nix> halfway")
}

// What is at the cursor is explained when typing pauses: in the pane for it, or in
// a line where there is none.
func TestDocWhileTyping(t *testing.T) {
	d, _ := at80(t)
	d.Type("lib.x")
	d.Lacks("Filter an attribute set")
	d.Advance(time.Second)
	d.Wants("lib.x  Filter an attribute set by a predicate.")
	d.Keys("ctrl+c")
	d.Lacks("Filter an attribute set")
	d.Resize(140, 40)
	d.Type("lib.y")
	d.Advance(time.Second)
	d.Wants("doc: lib.y", "Filter an attribute set")
	if n := d.Timers(); n != 0 {
		t.Errorf("got %d timers after typing, want 0", n)
	}
}

// Only what has changed is laid out again, wherever that is.
func TestLongTranscript(t *testing.T) {
	d, b := at80(t)
	n := 0
	b.Hook = func(context.Context, string) (*tui.Result, bool) {
		n++
		return &tui.Result{Number: n, Kind: tui.ResultText, Lines: []string{fmt.Sprintf("line of %d", n)}}, true
	}
	for range 200 {
		enter(d, "x")
	}
	b.Hook = nil
	enter(d, "pkgs", "pkgs.edtor")
	d.Wants("line of 200", "{ 5 attrs }")
	d.Keys("esc g")
	d.Wants("line of 1", "line of 5")
	d.Keys("G [ k k k k k space") // folds a result above the last
	d.Wants("line of 200", "pkgs.edtor")
	got := d.Text()
	d.Resize(100, 24)
	d.Resize(80, 24) // all of it is laid out again
	if strings.TrimSpace(d.Text()) != strings.TrimSpace(got) {
		t.Errorf("laid out again it is another:\n%s\nbefore:\n%s", d.Text(), got)
	}
}

// The keys of vi are an option: Esc goes to commands, and again to the results.
func TestViKeys(t *testing.T) {
	d, _ := at80(t)
	d.Type("1 + 2")
	d.Keys("f2")
	d.Type("keys of vi")
	d.Keys("enter")
	d.Wants("keys of vi: Esc")
	d.Keys("esc")
	d.Wants("input  (vi commands)", "nix> 1 + 2")
	d.Keys("0 x i")
	d.Type("40")
	d.Wants("nix> 40 + 2")
	d.Keys("esc enter")
	d.Wants("in  1  40 + 2", "out 1  3")
	d.Keys("esc k") // letters are commands
	d.Wants("nix> 40 + 2")
	d.Keys("esc")
	d.Wants("i to type")
}

// What a build has made is said of the derivations that are on the screen.
func TestBuiltIsTold(t *testing.T) {
	d, _ := at80(t)
	enter(d, "pkgs")
	d.Wants("editor = «derivation", "not built")
	d.Keys("esc [ j j l")
	d.Wants("out = /nix/store/")
	d.Keys("i")
	enter(d, ":b pkgs.editor")
	d.Lacks("not built")
	d.Keys("pgup")
	d.Wants("valid")
}

// Of a result that is longer than the pane, as much as there is room for is shown
// from its beginning on.
func TestLongResult(t *testing.T) {
	d, b := at80(t)
	enter(d, "pkgs", "pkgs")
	var lines []string
	for i := range 40 {
		lines = append(lines, fmt.Sprintf("line %d.", i))
	}
	b.Hook = func(context.Context, string) (*tui.Result, bool) {
		return &tui.Result{Number: 3, Kind: tui.ResultText, Lines: lines}, true
	}
	enter(d, "long")
	d.Wants("in  3  long", "line 0.", "line 13.")
	d.Lacks("in  2  pkgs")
}
