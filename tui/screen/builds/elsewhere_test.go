package builds

import (
	"testing"
	"time"

	"nixbench/store"
	"nixbench/tui"
	"nixbench/tui/tuitest"
)

// TestElsewhere pins what is shown of builds of other processes, that their times go on
// while they are shown, and that nothing is asked behind another screen.
func TestElsewhere(t *testing.T) {
	b := tuitest.NewBackend(t)
	b.Elsewhere = []tui.BuildElsewhere{
		{Drv: tuitest.PathNamed("editor-7.2.drv"), PID: 4121, Program: "nix-daemon", User: "root", Since: tuitest.Start().Add(-time.Minute), LogSize: 10},
		{Paths: []store.Path{tuitest.PathNamed("source")}, Since: tuitest.Start(), LogSize: -1},
	}
	d := at(t, b, 140, 40)
	d.Golden("elsewhere")
	d.Advance(5 * time.Second)
	d.Wants("1m05s", "by        nix-daemon, process 4121 of root", "src/unit-119.o")
	d.Keys("t")
	d.Wants("elsewhere", "editor-7.2")
	d.Keys("j")
	d.Wants("a process that cannot be seen from here")
	d.Keys("x")
	d.Wants("another process builds it")
	d.Keys("t 1")
	d.Advance(time.Minute)
	if n := d.Timers(); n > 0 {
		t.Errorf("%d timers run behind another screen", n)
	}
	b.Elsewhere = nil
	d.Keys("2")
	d.Lacks("editor-7.2")
	d.Wants("Nothing is building")
}
