package builds

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"nixbench/engine/event"
	"nixbench/tui"
	"nixbench/tui/keymap"
	"nixbench/tui/tuitest"

	"github.com/google/go-cmp/cmp"
)

// at shows the screen of a backend.
func at(t testing.TB, b tui.Backend, w, h int) *tuitest.Driver {
	return tuitest.New(t, b, w, h,
		tuitest.Only(tui.ScreenBuilds, func(env *tui.Env) tui.Screen { return New(env) }), tuitest.On(tui.ScreenBuilds, nil))
}

// start shows builds in all states.
func start(t testing.TB, w, h int) *tuitest.Driver {
	d := at(t, tuitest.NewBackend(t), w, h)
	d.Post(tuitest.Activities()...)
	return d
}

// TestGoldens pins how builds in all states look at all sizes.
func TestGoldens(t *testing.T) {
	for _, size := range tuitest.Sizes() {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			d := start(t, size[0], size[1])
			d.Golden("states")
			d.Keys("t")
			d.Golden("graph")
		})
	}
}

// The graph unfolds to the build that was selected in the list, and the list keeps it.
func TestGraphUnfoldsToTheSelection(t *testing.T) {
	d := start(t, 80, 24)
	var acts []event.Activity
	for i := range event.ID(openDepth + 4) {
		act := event.Activity{ID: 100 + i, Kind: event.Build, Name: fmt.Sprintf("deep-%d", i), Subject: string(tuitest.PathNamed(fmt.Sprintf("deep-%d.drv", i)))}
		if i > 0 {
			act.Needs, act.WaitingOn = []event.ID{99 + i}, 1
		}
		acts = append(acts, act)
	}
	d.Post(acts...)
	s := d.Model.ScreenOf(tui.ScreenBuilds).(*Screen)
	s.list.Select(acts[0].Subject)
	for _, view := range []string{"graph", "list"} {
		d.Keys("t")
		if act, ok := s.selected(); !ok || act.Name != "deep-0" {
			t.Errorf("in the %s %q is selected, want deep-0", view, act.Name)
		}
		d.Wants("deep-0")
	}
}

// TestFlow pins moving among failures, the log at full size and its search,
// and that cancelling asks first.
func TestFlow(t *testing.T) {
	d := start(t, 80, 24)
	d.Keys("] enter")
	d.Golden("full-log")
	d.Keys("/")
	d.Type("warning")
	d.Keys("enter")
	d.Golden("search")
	d.Keys("esc esc")
	d.Keys("x")
	d.Golden("cancel-refused")
}

// TestErrorsAndTimes pins going to the errors of a log, and when its lines were written.
func TestErrorsAndTimes(t *testing.T) {
	b := tuitest.NewBackend(t)
	failed := tuitest.PathNamed("libzed-1.3.drv")
	b.SetLog(failed, "begin\nz.c:1:1: error: no\nend\n")
	d := at(t, b, 80, 24)
	acts := tuitest.Activities()
	for i, act := range acts {
		if act.Subject == string(failed) {
			acts[i].LogSize = 10
			d.Post(acts[i])
			acts[i].LogSize = 31
		}
	}
	d.Post(acts...)
	d.Keys("] E T")
	d.Wants("errors   1 of 1", "  0m05s z.c:1:1: error: no")
	d.Keys("e")
	if want := "copy log of libzed-1.3.drv"; !slices.Contains(b.Calls, want) {
		t.Errorf("got calls %q, want %q", b.Calls, want)
	}
}

// TestLogOfResolved pins that the log of a build is that of the derivation that was
// built in place of the one that was asked for.
func TestLogOfResolved(t *testing.T) {
	b := tuitest.NewBackend(t)
	b.SetLog(tuitest.PathNamed("resolved.drv"), "said by what was built\n")
	d := at(t, b, 80, 24)
	act := tuitest.Activities()[3]
	act.Subject, act.Resolved = string(tuitest.PathNamed("asked.drv")), string(tuitest.PathNamed("resolved.drv"))
	d.Post(act)
	d.Wants("said by what was built")
	d.Keys("e")
	if want := "copy log of resolved.drv"; !slices.Contains(b.Calls, want) {
		t.Errorf("got calls %q, want %q", b.Calls, want)
	}
}

// TestLogThatIsNotThereYet pins that a log is opened once it is there.
func TestLogThatIsNotThereYet(t *testing.T) {
	b := tuitest.NewBackend(t)
	d := at(t, b, 80, 24)
	act := tuitest.Activities()[3]
	act.LogFile, act.LogSize = "", 0
	d.Post(act)
	d.Wants("no output yet")
	act.LogFile = "/gone"
	b.Fail = errors.New("open log: too early")
	d.Post(act)
	d.Wants("too early")
	b.Fail = nil
	act.LogSize = 10
	d.Post(act)
	d.Lacks("too early")
	d.Wants("CC      src/unit-119.o")
}

// Keys of the list, also where its cursor can go no further, leave the log where it is.
func TestListKeysLeaveTheLog(t *testing.T) {
	b := tuitest.NewBackend(t)
	d := at(t, b, 80, 24)
	d.Post(tuitest.Activities()...)
	d.Keys("]")
	d.Wants("log: libzed-1.3", "line 120 of 120")
	for _, key := range []string{"k", "up", "g", "pgup"} {
		d.Keys(key)
		d.Wants("log: libzed-1.3", "line 120 of 120")
	}
}

// What is fetched has no log: that of another build is not shown for it.
func TestNoLogOfWhatIsFetched(t *testing.T) {
	d := start(t, 80, 24)
	d.Keys("] j")
	d.Wants("> fetching   locales-5.1", "log: locales-5.1", "fetched from file:///srv/cache at 2.0 MiB/s: it has no log")
	d.Lacks("log: libzed-1.3")
	d.Keys("k")
	d.Wants("log: libzed-1.3", "line 120 of 120")
}

// The mouse on the log gives it the keys and scrolls it, that on the list the list,
// whichever has the keys.
func TestMouseOnTheLog(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {140, 40}} {
		b := tuitest.NewBackend(t)
		d := at(t, b, size[0], size[1])
		acts := tuitest.Activities()
		b.SetLog(tuitest.PathNamed("libdraw-0.9.drv"), tuitest.LogText(120))
		d.Post(acts...)
		d.Keys("g ] j j")
		s := d.Model.ScreenOf(tui.ScreenBuilds).(*Screen)
		row, _ := s.list.Position()
		d.Wants("following")
		x, y := size[0]-10, size[1]-6
		if size[0] > 100 {
			y = 6
		}
		d.Send(tea.MouseWheelMsg{X: x, Y: y, Button: tea.MouseWheelUp})
		d.Wants("not following")
		if s.panes.Focus() != paneList {
			t.Error("the wheel took the keys from the list")
		}
		d.Send(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft})
		if s.panes.Focus() != paneLog {
			t.Error("a click on the log does not give it the keys")
		}
		d.Send(tea.MouseWheelMsg{X: 10, Y: 4, Button: tea.MouseWheelLeft})
		d.Send(tea.MouseClickMsg{X: 10, Y: 3, Button: tea.MouseLeft})
		if n, _ := s.list.Position(); s.panes.Focus() != paneList || n == row {
			t.Errorf("a click on the list does not move its cursor from row %d", row)
		}
	}
}

// TestWhy pins what is said of why something has to be built.
func TestWhy(t *testing.T) {
	d := start(t, 80, 24)
	d.Keys("j j j W")
	d.Golden("why")
	d.Keys("esc")
	d.Lacks("to build")
}

// TestShell pins that a build is done again only when that was agreed to.
func TestShell(t *testing.T) {
	d := start(t, 80, 24)
	d.Keys("] S")
	d.Golden("shell")
	d.Keys("esc")
	acts := tuitest.Activities()
	acts[5].ExitStatus = 3
	d.Post(acts[5])
	d.Keys("S")
	d.Lacks("once more")
}

// TestOneLine pins that the header tells of builds while another screen is in front.
func TestOneLine(t *testing.T) {
	d := tuitest.New(t, tuitest.NewBackend(t), 80, 24,
		tuitest.Only(tui.ScreenBuilds, func(env *tui.Env) tui.Screen { return New(env) }))
	d.Post(tuitest.Activities()...)
	d.Wants("[1 Repl] 2 Builds 5>1!", "0m42s, about 1m59s left")
}

// TestSummary pins what stays in the scrollback.
func TestSummary(t *testing.T) {
	d := start(t, 80, 24)
	got := d.Model.ScreenOf(tui.ScreenBuilds).Summary()
	want := []string{
		"builds: 3 done, 1 failed, 5 cancelled",
		"  failed: libzed-1.3 (exit 2 in checkPhase after 0m05s)   nixbench log " + string(tuitest.PathNamed("libzed-1.3.drv")),
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("got, want:\n%s", diff)
	}
}

// TestEmpty pins what the screen says before anything was built.
func TestEmpty(t *testing.T) {
	d := at(t, tuitest.NewBackend(t), 80, 24)
	d.Golden("empty")
}

func TestActions(t *testing.T) {
	d := start(t, 80, 24)
	tuitest.CheckActions(t, d.Model.ScreenOf(tui.ScreenBuilds), keymap.Builds)
}

func TestFuzz(t *testing.T) { tuitest.Fuzz(t, 20, 60, start) }

// Failures that nobody has seen stay in the header when builds have ended, until the
// screen is looked at.
func TestFailuresStayMarked(t *testing.T) {
	d := tuitest.New(t, tuitest.NewBackend(t), 80, 24,
		tuitest.Only(tui.ScreenBuilds, func(env *tui.Env) tui.Screen { return New(env) }), tuitest.On(tui.ScreenRepl, nil))
	failed := tuitest.Activities()[5]
	running := failed
	running.State, running.Ended = event.Running, time.Time{}
	d.Post(running)
	d.Wants("2 Builds 1> ")
	d.Post(failed)
	d.Wants("2 Builds 1! ")
	d.Keys("alt+2")
	d.Lacks("1!")
	d.Keys("alt+1")
	d.Lacks("1!")
	another := failed
	another.ID, another.Subject = 77, string(tuitest.PathNamed("another.drv"))
	d.Post(another)
	d.Wants("2 Builds 1! ")
	again := running
	again.ID = 78
	d.Post(again)
	d.Wants("2 Builds 1>1! ") // what is built again has failed no more
	d.Keys("alt+2")
	again.State, again.Ended = event.Failed, failed.Ended
	d.Post(again) // in front of the user
	d.Keys("alt+1")
	d.Lacks("!")
}

// What is built again is told with the command that does that, without links and, where
// that was wanted, keeping the directory.
func TestCommands(t *testing.T) {
	d := start(t, 140, 40)
	d.Keys("] r ] K @")
	d.Wants("$ nixbench build --no-link", "$ nixbench build --no-link --keep-failed")
}

// The cursor stays on what is built again, in the list and in the graph.
func TestAgainKeepsTheCursor(t *testing.T) {
	d := start(t, 80, 24)
	s := d.Model.ScreenOf(tui.ScreenBuilds).(*Screen)
	first := tuitest.Activities()[5]
	first.ID, first.Name, first.Subject = 901, "first-1", string(tuitest.PathNamed("first-1.drv"))
	first.Ended = first.Ended.Add(-time.Second)
	d.Post(first)
	for _, key := range []string{"r", "K", "t r"} {
		s.list.Select(tuitest.Activities()[5].Subject)
		d.Keys(key)
		again := tuitest.Activities()[5]
		again.ID += 100
		again.State, again.Ended = event.Running, time.Time{}
		d.Post(again)
		if act, _ := s.selected(); act.Name != "libzed-1.3" || act.State != event.Running {
			t.Errorf("%s: the cursor is on %s (%v), want libzed-1.3, which runs", key, act.Name, act.State)
		}
		again.State, again.Ended = event.Failed, tuitest.Activities()[5].Ended
		d.Post(again)
		if act, _ := s.selected(); act.Name != "libzed-1.3" {
			t.Errorf("%s: the cursor is on %s, want libzed-1.3", key, act.Name)
		}
	}
}

// What is looked for among the builds stands below them, and that it is not there.
func TestFindAmongBuilds(t *testing.T) {
	d := start(t, 80, 24)
	d.Keys("/")
	d.Type("libzed")
	d.Wants("> failed     libzed-1.3")
	d.Keys("enter")
	d.Wants("═ /libzed ═")
	d.Keys("/")
	d.Type("nothing")
	d.Keys("enter")
	d.Wants("═ /nothing ═", "not found: nothing")
	d.Keys("esc")
	d.Lacks("/nothing")
}

// Where the log is alone, the keys are the log's.
func TestFullLogKeepsTheKeys(t *testing.T) {
	d := start(t, 80, 24)
	s := d.Model.ScreenOf(tui.ScreenBuilds).(*Screen)
	d.Keys("] enter")
	was, _ := s.selected()
	d.Wants("enter back")
	d.Keys("tab j j")
	if now, _ := s.selected(); now.Name != was.Name && s.fullLog {
		t.Errorf("the cursor of a list that is not shown went from %s to %s", was.Name, now.Name)
	}
	d.Keys("esc enter enter")
	d.Lacks("enter back")
}

// Who gives up a search of the log sees what was there before.
func TestSearchGivenUp(t *testing.T) {
	d := start(t, 80, 24)
	d.Keys("] enter g")
	was := d.Lines()
	d.Keys("/")
	d.Type("warning")
	d.Wants("1 of 2")
	d.Keys("esc")
	if diff := cmp.Diff(d.Lines(), was); diff != "" {
		t.Errorf("got, want:\n%s", diff)
	}
}

// A build that will not begin, since what it needs has failed, is said to be blocked also
// while others that it needs still run.
func TestBlockedWhileOthersRun(t *testing.T) {
	d := start(t, 80, 24)
	failed, running := tuitest.Activities()[5], tuitest.Activities()[5]
	failed.ID, failed.Name, failed.Subject = 901, "broken-1", string(tuitest.PathNamed("broken-1.drv"))
	running.ID, running.Name, running.Subject = 902, "going-1", string(tuitest.PathNamed("going-1.drv"))
	running.State, running.Ended = event.Running, time.Time{}
	needs := event.Activity{
		ID: 903, Kind: event.Build, Name: "needs-both-1", Subject: string(tuitest.PathNamed("needs-both-1.drv")),
		State: event.Waiting, WaitingOn: 1, Needs: []event.ID{901, 902},
	}
	cancelled := failed
	cancelled.ID, cancelled.Name, cancelled.Subject = 904, "given-up-1", string(tuitest.PathNamed("given-up-1.drv"))
	cancelled.State = event.Cancelled
	needs.Needs = []event.ID{904, 901, 902} // what failed is why, not what was cancelled then
	d.Post(running, cancelled, failed, needs)
	d.Keys("/")
	d.Type("needs-both")
	d.Keys("enter")
	d.Wants("> blocked    needs-both-1", "needs broken-1")
}

// When builds take longer than was thought nothing is said of how long that is.
func TestOverdue(t *testing.T) {
	d := tuitest.New(t, tuitest.NewBackend(t), 80, 24,
		tuitest.Only(tui.ScreenBuilds, func(env *tui.Env) tui.Screen { return New(env) }))
	running := tuitest.Activities()[5]
	running.State, running.Ended = event.Running, time.Time{}
	d.Post(running)
	d.Wants(" left")
	d.Advance(10 * time.Minute)
	d.Wants("2 Builds 1>")
	d.Lacks(" left")
}

// Of a long name its start and its version can be read above its log, and where in the log
// one is.
func TestLogOfLongName(t *testing.T) {
	d := start(t, 80, 24)
	long := tuitest.Activities()[5]
	long.ID, long.Name = 901, "a-name-"+strings.Repeat("that-goes-on-", 8)+"until-its-version-1.2.3"
	d.Post(long)
	d.Keys("/")
	d.Type("that-goes-on")
	d.Keys("enter")
	d.Wants("─ log: a-name-that", "ion-1.2.3 ─", " line 120 of 120 ─")
}

// The next match is that of the pane with the keys, whatever was looked for before in the
// other.
func TestNextMatchOfThePane(t *testing.T) {
	d := start(t, 80, 24)
	s := d.Model.ScreenOf(tui.ScreenBuilds).(*Screen)
	d.Keys("] E")
	if !s.log.Finding() {
		t.Fatal("no errors are looked for")
	}
	d.Keys("/")
	d.Type("lib")
	d.Keys("enter")
	first, _ := s.selected()
	d.Keys("n")
	if next, _ := s.selected(); next.Name == first.Name || !strings.Contains(next.Name, "lib") {
		t.Errorf("n goes from %s to %s, want another lib", first.Name, next.Name)
	}
}
