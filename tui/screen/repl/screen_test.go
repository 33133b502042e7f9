package repl_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"nixbench/engine/event"
	"nixbench/tui"
	"nixbench/tui/keymap"
	"nixbench/tui/screen/repl"
	"nixbench/tui/tuitest"
)

func start(t testing.TB, b *tuitest.Backend, w, h int, inputs ...string) *tuitest.Driver {
	t.Helper()
	return tuitest.New(t, b, w, h, tuitest.Only(tui.ScreenRepl, func(env *tui.Env) tui.Screen { return repl.New(env, inputs) }))
}

// at80 starts on the usual screen.
func at80(t testing.TB, inputs ...string) (*tuitest.Driver, *tuitest.Backend) {
	t.Helper()
	b := tuitest.NewBackend(t)
	return start(t, b, 80, 24, inputs...), b
}

func enter(d *tuitest.Driver, inputs ...string) {
	for _, in := range inputs {
		d.Type(in)
		d.Keys("enter")
	}
}

func TestGoldens(t *testing.T) {
	for _, size := range tuitest.Sizes() {
		b := tuitest.NewBackend(t)
		d := start(t, b, size[0], size[1])
		d.Golden("first")
		enter(d, "pkgs", "f = x: x + 1", ":b pkgs.editor", "pkgs.edtor")
		d.Type("lib.attrsets.f")
		d.Keys("tab")
		d.Golden("typing")
		d.Keys("esc ctrl+c")
		d.Send(tea.PasteMsg{Content: "let\n  f = x: { y = \"${x}\"; };\nin map f [ 1 2"})
		d.Golden("lines")
		d.Keys("ctrl+c esc [ [ [ [ j j j j j l")
		d.Golden("browse")
		d.Keys("G t")
		d.Golden("trace")
		d.Keys("i")
		enter(d, ":?")
		d.Type("lib.attrsets.filterAttrs")
		d.Keys("ctrl+@")
		d.Golden("doc")
	}
}

func TestRunningGoldens(t *testing.T) {
	for _, size := range tuitest.Sizes() {
		b := tuitest.NewBackend(t)
		d := start(t, b, size[0], size[1])
		acts := tuitest.Activities()
		b.SetLog(tuitest.PathNamed("libdraw-0.9.drv"), tuitest.LogText(120))
		b.Hook = func(context.Context, string) (*tui.Result, bool) {
			d.Advance(0)
			d.Advance(3400 * time.Millisecond)
			d.Send(tui.TickMsg{Now: tuitest.Start().Add(3400 * time.Millisecond)})
			d.Golden("evaluating")
			d.Post(acts...)
			d.Golden("building")
			return nil, false
		}
		enter(d, ":b pkgs.editor")
		d.Lacks("building", "evaluating")
		d.Wants("built in 12 ms")
	}
}

func TestErrorInLibraryGoldens(t *testing.T) {
	for _, size := range tuitest.Sizes() {
		b := tuitest.NewBackend(t)
		d := start(t, b, size[0], size[1])
		b.Hook = func(context.Context, string) (*tui.Result, bool) {
			return &tui.Result{Number: 1, Kind: tui.ResultError, Err: &tui.EvalError{
				Msg: "no such port: 80000", Where: "/src/nixpkgs/lib/ports.nix:8:5",
				Excerpt: []string{"      8|     throw \"no such port: ${toString p}\"", "       |     ^"},
				Own:     "in your file: /home/ada/configuration.nix:12:8, while calling 'port'",
			}}, true
		}
		enter(d, "config.services.web.port")
		d.Golden("own")
	}
}

// After an error, without a flag set beforehand, commands step through its trace:
// what a session says to them is in repl/testdata/debug.repl.
func TestStepGoldens(t *testing.T) {
	place := "/home/ada/service.nix"
	said := map[string]*tui.Result{
		"web.line": {Number: 1, Kind: tui.ResultError, Err: &tui.EvalError{
			Msg: "no such port: 80000", Where: place + ":5:23",
			Excerpt: []string{"            5|     if p > 65535 then throw \"no such port: ${toString p}\" else p;", "             |                       ^"},
			Own:     "in your input: «string»:1:1, while evaluating the attribute 'line'",
		}},
		":bt": {Kind: tui.ResultText, Lines: []string{
			"0: error: no such port: 80000",
			"1: while calling the 'throw' builtin", "   at " + place + ":5:23", "   if p > 65535 then throw \"no such port: ${toString p}\" else p;",
			"2: while calling 'check'", "   at " + place + ":3:11", "   check = p:",
		}},
		":st 2": {Kind: tui.ResultText, Lines: []string{
			"2: while calling 'check'", "   at " + place + ":3:11", "   check = p:", "", "arguments", "  p = 80000", "let",
			"  check = «lambda check @ " + place + ":3:11»",
		}},
		":env": {Kind: tui.ResultText, Lines: []string{"arguments", "  p = 80000", "let", "  listen = «thunk»", "arguments", "  port = 40000", "  name = \"web\""}},
	}
	for _, size := range tuitest.Sizes() {
		b := tuitest.NewBackend(t)
		d := start(t, b, size[0], size[1])
		b.Hook = func(_ context.Context, input string) (*tui.Result, bool) {
			res, ok := said[input]
			return res, ok
		}
		enter(d, "web.line", ":bt")
		d.Golden("steps")
		enter(d, ":st 2", ":env")
		d.Wants("p = 80000", "name = \"web\"")
		d.Golden("step")
	}
}

func TestActions(t *testing.T) {
	d, _ := at80(t)
	tuitest.CheckActions(t, d.Model.ScreenOf(tui.ScreenRepl), keymap.ReplInput, keymap.Edit, keymap.ReplBrowse, keymap.Rows)
}

// Without nixpkgs nothing is proposed that needs it, but the tour is.
func TestWelcome(t *testing.T) {
	b := tuitest.NewBackend(t)
	d := start(t, b, 80, 24)
	d.Wants("<nixpkgs> is f7d9d10", "pkgs = import <nixpkgs> {}")
	d.Lacks("nixbench tour")
	b.Details.Nixpkgs = ""
	d = start(t, b, 80, 24)
	d.Wants("No nixpkgs in scope", "pkgs = import ~/nixpkgs {}", "nixbench tour")
	d.Lacks("import <nixpkgs>")
}

func TestFuzz(t *testing.T) {
	tuitest.Fuzz(t, 6, 400, func(t testing.TB, w, h int) *tuitest.Driver {
		d := start(t, tuitest.NewBackend(t), w, h, "pkgs")
		enter(d, "pkgs.edtor", ":b pkgs.editor", ":?")
		return d
	})
}

func TestFirstInputs(t *testing.T) {
	d, _ := at80(t, "pkgs", "1 + 2")
	d.Wants("in  1  pkgs", "in  2  1 + 2", "out 2  3")
	if d.Timers() > 1 { // the one that told when the last began
		d.Advance(time.Second)
	}
	d.Advance(time.Second)
	if n := d.Timers(); n != 0 {
		t.Errorf("got %d timers while nothing happens, want 0", n)
	}
}

func TestEnterWantsCompleteInput(t *testing.T) {
	d, _ := at80(t)
	enter(d, "let")
	d.Lacks("in  1")
	d.Type("  x = 1;")
	d.Keys("enter")
	enter(d, "in x")
	d.Wants("in  1  let", "  x = 1;", "in x")
}

func TestPasteEvaluatesNothing(t *testing.T) {
	d, _ := at80(t)
	d.Send(tea.PasteMsg{Content: "1 + 1\n2 + 2\n"})
	d.Lacks("in  1")
	d.Wants("1 + 1", "2 + 2")
}

func TestHistory(t *testing.T) {
	d, _ := at80(t)
	enter(d, "2 + 3")
	d.Keys("up")
	d.Wants("nix> 2 + 3")
	d.Keys("up up")
	d.Wants("nix> lib.version")
	d.Keys("down down")
	d.Wants("nix> 2 + 3")
	d.Keys("ctrl+c")
	d.Type("pk")
	d.Keys("up")
	d.Wants("nix> pkgs.hello")
	d.Keys("ctrl+c ctrl+r")
	d.Wants("history")
	d.Type("vers")
	d.Keys("enter")
	d.Wants("nix> lib.version")
}

func TestCompletion(t *testing.T) {
	d, _ := at80(t)
	d.Type("lib.a")
	d.Keys("tab")
	d.Wants("nix> lib.attrsets.filterAttrs ", "2 matches")
	d.Keys("tab tab")
	d.Wants("nix> lib.attrsets.filterAttrsRecursive")
	d.Keys("tab enter")
	d.Wants("nix> lib.attrsets.filterAttrs ")
	d.Lacks("matches", "in  1")
	d.Keys("ctrl+c")
	d.Type("oops.")
	d.Keys("tab")
	d.Wants("error: oops: not in this world")
	d.Type("x")
	d.Lacks("not in this world")
	d.Keys("ctrl+c")
	d.Type("[ pkgs.e")
	d.Keys("tab")
	d.Wants("nix> [ pkgs.editor")
}

// A completion that does not begin with what was typed is shown before it takes its place.
func TestCompletionByPart(t *testing.T) {
	d, _ := at80(t)
	d.Type("Recursive")
	d.Keys("tab")
	d.Wants("nix> Recursive ", "lib.attrsets.filterAttrsRecursive", "1 match ")
	d.Keys("tab")
	d.Wants("nix> lib.attrsets.filterAttrsRecursive")
}

// What is typed while an input is carried out is completed and explained too.
func TestCompletionWhileEvaluating(t *testing.T) {
	d, b := at80(t)
	asked := false
	b.Hook = func(context.Context, string) (*tui.Result, bool) {
		asked = true
		d.Type("lib.a")
		d.Keys("tab")
		d.Wants("nix> lib.attrsets.filterAttrs ", "2 matches")
		d.Keys("ctrl+@")
		d.Wants("Filter an attribute set")
		d.Keys("esc")
		d.Type("x")
		d.Advance(time.Second)
		d.Wants("lib.attrsets.filterAttrsx  Filter an attribute set")
		return nil, false
	}
	enter(d, ":b pkgs.editor")
	d.Wants("built in 12 ms", "nix> lib.attrsets.filterAttrsx")
	if !asked {
		t.Error("nothing was evaluated")
	}
}

// Results unfold, are evaluated and copied while an input is carried out.
func TestUnfoldWhileEvaluating(t *testing.T) {
	d, b := at80(t)
	enter(d, "pkgs")
	enter(d, "1 + 2")
	asked := false
	b.Hook = func(context.Context, string) (*tui.Result, bool) {
		asked = true
		d.Keys("esc k k k k k l")
		d.Wants("meta = { 2 attrs }", "license = \"MIT\"")
		d.Keys("j y")
		d.Wants("copied")
		d.Keys("i")
		return nil, false
	}
	enter(d, ":b pkgs.editor")
	d.Wants("built in 12 ms", "license = \"MIT\"")
	if !asked {
		t.Error("nothing was evaluated")
	}
}

func TestUnfold(t *testing.T) {
	d, _ := at80(t)
	enter(d, "pkgs")
	d.Wants("{ 5 attrs }", "> meta = { 2 attrs }", "oops = «error: not in this world»")
	d.Keys("esc [ j j j space")
	d.Wants("v items = [ 100,000 items ]", "... 99,990 more")
	d.Keys("pgdown pgdown G")
	for range 3 { // below items are list, meta and oops
		d.Keys("k")
	}
	d.Keys("space")
	d.Wants("... 99,950 more")
	d.Keys("h h")
	d.Wants("> items = [ 100,000 items ]")
	d.Keys("j j space j enter")
	d.Wants("nix> _.meta.license")
}

func TestTrace(t *testing.T) {
	d, _ := at80(t)
	enter(d, "nope")
	d.Wants("undefined variable 'nope'", "at <repl>:1:1", "t: 1-frame trace", "^^^^")
	d.Keys("esc t")
	d.Wants("1  while evaluating the input", "hide it")
	d.Keys("t")
	d.Lacks("while evaluating the input")
	d.Keys("y")
	if want := "error: undefined variable 'nope'"; !strings.HasPrefix(d.Copied, want) {
		t.Errorf("got %q on the clipboard, want %q", d.Copied, want)
	}
}

func TestBuiltGoesToClosure(t *testing.T) {
	d, _ := at80(t)
	enter(d, ":b pkgs.editor")
	d.Wants("built in 12 ms", "out -> ", "log: screen 2")
	d.Keys("esc y")
	if want := string(tuitest.PathNamed("editor-7.2")); d.Copied != want {
		t.Errorf("got %q on the clipboard, want %q", d.Copied, want)
	}
	d.Keys("c")
	if got := d.Model.Front(); got != tui.ScreenClosure {
		t.Errorf("got screen %v, want the closure", got)
	}
	if got := d.Model.Summary(); len(got) != 1 || !strings.HasPrefix(got[0], "built /nix/store/") {
		t.Errorf("got the summary %q", got)
	}
}

// What was valid is not said to have been built.
func TestBuiltNothing(t *testing.T) {
	d, b := at80(t)
	enter(d, ":b pkgs.editor")
	res := &tui.Result{Number: 2, Kind: tui.ResultBuilt, Outputs: []tui.BuiltOutput{{Name: "out", Path: tuitest.PathNamed("editor-7.2")}}}
	b.Hook = func(context.Context, string) (*tui.Result, bool) { return res, true }
	enter(d, ":b pkgs.editor")
	d.Wants("out 2  valid already: nothing was built", "out -> ")
	if got := d.Model.Summary(); len(got) != 1 {
		t.Errorf("got the summary %q, want what was built once", got)
	}
	res = &tui.Result{Number: 3, Kind: tui.ResultBuilt, Took: time.Second, Copied: 4, Outputs: res.Outputs}
	enter(d, ":b pkgs.editor")
	d.Wants("out 3  4 paths copied in 1.0 s")
}

func TestCommandsOnDerivations(t *testing.T) {
	d, _ := at80(t)
	enter(d, "pkgs")
	d.Keys("esc [ j j b")
	d.Wants("in  2  :b _.editor", "built in")
	d.Keys("[ [ j j c")
	if got := d.Model.Front(); got != tui.ScreenClosure {
		t.Errorf("got screen %v, want the closure", got)
	}
	d.Keys("alt+1")
	d.Wants("in  3  :closure _.editor", "on screen 3, Closure")
}

func TestInterrupt(t *testing.T) {
	d, b := at80(t)
	b.Hook = func(ctx context.Context, input string) (*tui.Result, bool) {
		if input != "loop" {
			return nil, false
		}
		d.Advance(time.Second)
		enter(d, "1 + 1") // waits
		d.Wants("evaluating", "^C to interrupt", "waits")
		d.Keys("ctrl+c")
		d.Wants("interrupting", "^C again gives up on it")
		d.Lacks("waits")
		<-ctx.Done()
		return &tui.Result{Number: 1, Kind: tui.ResultError, Err: &tui.EvalError{Msg: "interrupted by the user"}}, true
	}
	enter(d, "loop")
	d.Wants("err 1  interrupted")
	d.Type("1 + 1")
	d.Keys("ctrl+c")
	d.Lacks("nix> 1 + 1")
	d.Keys("ctrl+c")
	d.Wants("^D or :q to leave")
	if d.Quit {
		t.Error("^C left")
	}
	b.Hook = nil
	enter(d, "1 + 2")
	d.Wants("out 1  3")
}

// Printing a value in full may take long: it says so, and ends with ^C.
func TestInterruptCopying(t *testing.T) {
	d, b := at80(t)
	enter(d, "pkgs")
	b.Printing = func(ctx context.Context) {
		d.Advance(time.Second)
		d.Wants("evaluating oops", "^C interrupts")
		if d.Model.ScreenOf(tui.ScreenRepl).Busy() == "" {
			t.Error("nothing would be cancelled")
		}
		d.Keys("ctrl+c")
		<-ctx.Done()
	}
	d.Keys("esc j v")
	d.Wants("interrupted")
	d.Lacks("evaluating oops", "canceled")
	b.Printing = nil
	d.Keys("y")
	d.Wants("copied")
}

// An input that begins while a value is printed in full does not wait for it.
func TestInputWhileCopying(t *testing.T) {
	d, b := at80(t)
	enter(d, "pkgs")
	printed := 0
	b.Printing = func(ctx context.Context) {
		if printed++; printed == 1 {
			d.Keys("i")
			enter(d, "1 + 2")
			d.Wants("out 2  3")
			<-ctx.Done()
		}
	}
	d.Keys("esc j y")
	d.Wants("copied")
	if printed != 2 {
		t.Errorf("printed %d times, want 2: given up for the input, and done again", printed)
	}
}

func TestAbandon(t *testing.T) {
	d, b := at80(t)
	b.Hook = func(context.Context, string) (*tui.Result, bool) {
		b.Hook = nil
		d.Keys("ctrl+c ctrl+c")
		d.Wants("given up: the session starts anew")
		enter(d, "1 + 2")
		d.Wants("1 + 2", "out 1  3")
		return &tui.Result{Number: 1, Kind: tui.ResultText, Lines: []string{"too late"}}, true
	}
	enter(d, "loop")
	d.Lacks("too late")
	if b.Abandoned != 1 {
		t.Errorf("got %d sessions abandoned, want 1", b.Abandoned)
	}
}

func TestLeave(t *testing.T) {
	d, _ := at80(t)
	d.Type("ab")
	d.Keys("left ctrl+d ctrl+d")
	d.Wants("nix> a ")
	if d.Quit {
		t.Error("^D left with text in the input")
	}
	d.Keys("backspace ctrl+d")
	if !d.Quit {
		t.Error("^D did not leave")
	}
	d, _ = at80(t)
	enter(d, ":q")
	if !d.Quit {
		t.Error(":q did not leave")
	}
	d, _ = at80(t)
	d.Keys("esc q")
	if !d.Quit {
		t.Error("q did not leave while browsing")
	}
}

func TestFileChanged(t *testing.T) {
	b := tuitest.NewBackend(t)
	b.ChangedFiles = []string{"/src/default.nix"}
	d := start(t, b, 140, 40)
	d.Wants("/src/default.nix changed on disk; :r reloads")
	d.Keys("esc r")
	d.Wants("in  1  :r", "Added 31 variables.")

	b.ChangedFiles = []string{"/home/me/a.nix", "/home/me/b.nix", "/home/me/c.nix"}
	start(t, b, 140, 40).Wants("~/a.nix and 2 others changed on disk; :r reloads")
}

func TestDoc(t *testing.T) {
	d, _ := at80(t)
	d.Type("lib.x")
	d.Keys("ctrl+@")
	d.Wants("doc: lib.x", "Filter an attribute set by a predicate.")
	d.Keys("esc")
	d.Lacks("Filter an attribute set")
	d.Resize(140, 40)
	d.Wants("Filter an attribute set", "/src/lib/attrsets.nix:512")
}

func TestInsertMsg(t *testing.T) {
	d, _ := at80(t)
	d.Keys("esc")
	d.Send(tui.InsertMsg{Text: "pkgs.editor"})
	d.Wants("nix> pkgs.editor")
}

func TestFind(t *testing.T) {
	d, _ := at80(t)
	enter(d, "pkgs", "1 + 2", "pkgs.editr")
	d.Keys("esc /")
	d.Type("editor")
	d.Keys("enter enter")
	d.Wants("nix> _.editor")
}

// What was built for a value, or for a derivation to be known, is told of as well.
func TestBuiltMeanwhile(t *testing.T) {
	d, b := at80(t)
	b.Hook = func(context.Context, string) (*tui.Result, bool) {
		d.Post(
			event.Activity{ID: 8, Parent: 7, Kind: event.Build, Name: "one", State: event.Done},
			event.Activity{ID: 9, Parent: 7, Kind: event.Build, Name: "two", State: event.Running},
		)
		return nil, false
	}
	enter(d, "1 + 2")
	d.Wants("out 1  3", "2 derivations built meanwhile", "log: screen 2")
	enter(d, ":b pkgs.editor")
	d.Wants("built in 12 ms", "1 more derivation built meanwhile")
}

// A build that fails is not counted among those that were done, though it may not have been
// told yet that it has.
func TestFailedBuildIsNotBuiltMeanwhile(t *testing.T) {
	d, b := at80(t)
	b.Hook = func(context.Context, string) (*tui.Result, bool) {
		d.Post(
			event.Activity{ID: 8, Parent: 7, Kind: event.Build, Name: "one", State: event.Done},
			event.Activity{ID: 9, Parent: 7, Kind: event.Build, Name: "two", State: event.Running},
		)
		return &tui.Result{Number: 1, Kind: tui.ResultError, Err: &tui.EvalError{Msg: "build two: exit status 1"}}, true
	}
	enter(d, ":b two")
	d.Wants("build two: exit status 1", "1 derivation built meanwhile")
}

// What is told of builds after the input has ended is counted as well, and how many of them
// have failed is said.
func TestBuildsToldOfLate(t *testing.T) {
	d, b := at80(t)
	act := func(id event.ID, state event.State) event.Activity {
		return event.Activity{ID: id, Parent: 7, Kind: event.Build, Name: "it", State: state}
	}
	b.Hook = func(context.Context, string) (*tui.Result, bool) {
		d.Post(act(8, event.Done), act(9, event.Running), act(10, event.Failed), act(11, event.Running), act(12, event.Waiting))
		return &tui.Result{Number: 1, Kind: tui.ResultError, Err: &tui.EvalError{Msg: "build two: exit status 1"}}, true
	}
	enter(d, ":b two")
	d.Wants("build two: exit status 1", "1 derivation built meanwhile ")
	d.Post(act(9, event.Done), act(11, event.Failed), act(12, event.Failed), act(99, event.Done))
	d.Wants("2 derivations built meanwhile, 3 failed")
}

// What an input builds, the Builds screen counts: quitting cancels it once.
func TestBusyOnce(t *testing.T) {
	d, b := at80(t)
	busy := d.Model.ScreenOf(tui.ScreenRepl).Busy
	b.Hook = func(context.Context, string) (*tui.Result, bool) {
		act := event.Activity{ID: 8, Parent: 7, Kind: event.Build, Name: "editor-7.2"}
		for _, step := range []struct {
			state event.State
			want  string
		}{{event.Running, ""}, {event.Done, "1 evaluation"}} {
			if act.State = step.state; step.state == event.Running {
				if got := busy(); got != "1 evaluation" {
					t.Errorf("before: got %q", got)
				}
			}
			d.Post(act)
			if got := busy(); got != step.want {
				t.Errorf("build in state %v: got %q, want %q", act.State, got, step.want)
			}
		}
		d.Lacks("building editor")
		return nil, false
	}
	enter(d, ":b pkgs.editor")
	d.Wants("built in")
}

func TestOtherBuildsAreNotFollowed(t *testing.T) {
	d, b := at80(t)
	acts := tuitest.Activities()
	d.Post(acts...)
	b.Hook = func(context.Context, string) (*tui.Result, bool) {
		d.Post(acts...)
		d.Lacks("building")
		d.Post(event.Activity{ID: 90, Kind: event.Realise, State: event.Running},
			event.Activity{ID: 91, Parent: 90, Kind: event.Build, Name: "own-1", State: event.Running, Phase: "buildPhase"})
		d.Wants("building own-1", "buildPhase")
		return nil, false
	}
	enter(d, "1 + 2")
}

// Options are found by typing a part of one; it then is a result that unfolds.
func TestOptions(t *testing.T) {
	for _, size := range tuitest.Sizes() {
		d := start(t, tuitest.NewBackend(t), size[0], size[1])
		enter(d, ":options sys")
		d.Type("webport")
		d.Golden("choose")
		d.Keys("enter")
		d.Wants(":options sys services.web.port", "out 2  services.web.port = 80", "16 bit unsigned integer", "/src/modules/web.nix")
		d.Keys("esc")
		d.Golden("option")
	}
}

// Without an empty input nothing is laid over what is being typed.
func TestOptionsWhileTyping(t *testing.T) {
	d, b := at80(t)
	b.Hook = func(context.Context, string) (*tui.Result, bool) {
		d.Type("1 + ")
		return nil, false
	}
	enter(d, ":options sys")
	b.Hook = nil
	enter(d, "2")
	d.Wants("3 options", "services.web.port", "1 + 2")
}

// A profile is changed after its plan was shown and agreed to.
func TestInstallAsks(t *testing.T) {
	d, _ := at80(t)
	enter(d, ":i pkgs.editor")
	d.Golden("install")
	d.Keys("n")
	if len(d.Ran) > 0 {
		t.Errorf("got %v, want nothing done", d.Ran)
	}
	enter(d, ":i pkgs.editor")
	d.Keys("y")
	if len(d.Ran) != 1 || !strings.HasSuffix(strings.Join(d.Ran[0], " "), "nixbench nix-env --install") {
		t.Errorf("got %q, want the command", d.Ran)
	}
}

// A shell gets the terminal; that it ends with another status is no warning.
func TestShell(t *testing.T) {
	d, _ := at80(t)
	enter(d, ":sh pkgs.editor")
	if len(d.Ran) != 1 || !strings.HasSuffix(strings.Join(d.Ran[0], " "), "nixbench nix-shell") {
		t.Errorf("got %q, want the command", d.Ran)
	}
}

// ^C empties the input, also while completions are shown.
func TestInterruptEmptiesTheInput(t *testing.T) {
	d, _ := at80(t)
	d.Type("lib.a")
	d.Keys("tab")
	d.Wants("2 matches")
	d.Keys("ctrl+c")
	d.Lacks("matches", "nix> lib")
}

// That inputs cannot be kept is told, once.
func TestUnkeptHistory(t *testing.T) {
	d, b := at80(t)
	b.Unkept = errors.New("write history: no space left on device")
	enter(d, "pkgs")
	d.Wants("warning: inputs are not kept: write history: no space left on device", "out 1")
	d.Advance(5 * time.Second)
	enter(d, "pkgs")
	d.Lacks("not kept")
}

// Who asks for the prompt while results are browsed gets the input, by a key or by the
// mouse; who comes back from another screen finds the keys where they were.
func TestAskedForTheInput(t *testing.T) {
	d, _ := at80(t)
	enter(d, "pkgs")
	typing := func() bool { return d.Model.ScreenOf(tui.ScreenRepl).Typing() }
	for _, ask := range []func(){
		func() { d.Keys("alt+1") },
		func() { d.Keys("1") },
		func() { d.Send(tea.MouseClickMsg{X: 4, Y: 0, Button: tea.MouseLeft}) },
	} {
		d.Keys("esc")
		if typing() {
			t.Fatal("esc does not browse")
		}
		d.Keys("alt+2 alt+1")
		if typing() {
			t.Error("another screen and back is at the input")
		}
		if ask(); !typing() {
			t.Error("who asked for the prompt is not at the input")
		}
	}
}

// All of what builtins.trace and warnings say can be read.
func TestTracesAreWrapped(t *testing.T) {
	d, b := at80(t)
	b.Hook = func(context.Context, string) (*tui.Result, bool) {
		return &tui.Result{Number: 1, Kind: tui.ResultText, Lines: []string{"1"}, Traces: []string{
			"trace: a message that goes on and on and on and on and on and has its point at the END",
		}}, true
	}
	enter(d, "x")
	d.Wants("trace: a message that goes", "point at the END")
}

// The help shows keys in whole, and its headings are words.
func TestHelpOfTyping(t *testing.T) {
	d := start(t, tuitest.NewBackend(t), 120, 60)
	d.Keys("f1")
	d.Wants("alt+enter/^J  ", "alt+b/alt+left  ")
	d.Lacks("^J/shift ", "^le ", "repl.input")
}

// TestDraftIsKept pins what the next session finds in the prompt: what was typed and not
// evaluated, and nothing where results were browsed.
func TestDraftIsKept(t *testing.T) {
	for _, test := range []struct{ typed, keys, want string }{
		{"1 +", "", `{"input":"1 +"}`},
		{"", "esc", `{}`},
	} {
		d, _ := at80(t)
		enter(d, "f = x: x")
		d.Type(test.typed)
		if test.keys != "" {
			d.Keys(test.keys)
		}
		if got := string(d.Model.Session().Screens["Repl"]); got != test.want {
			t.Errorf("%q %q: kept %s, want %s", test.typed, test.keys, got, test.want)
		}
	}
}
