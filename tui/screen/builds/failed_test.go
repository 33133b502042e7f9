package builds

import (
	"strings"
	"testing"
	"time"

	"nixbench/tui/tuitest"
)

// Beside the log of a failed build its lines do not stand again: why it failed does, which
// no log says, and what can be done. Of another its last lines do, below why it failed.
func TestFailureBesideItsLog(t *testing.T) {
	b := tuitest.NewBackend(t)
	b.SetLog(tuitest.PathNamed("wrong-1.drv"), strings.Repeat("one of many lines\n", 100)+"the last\n")
	d := at(t, b, 140, 40)
	failed := tuitest.Activities()[5]
	failed.ID, failed.Name, failed.Subject = 901, "wrong-1", string(tuitest.PathNamed("wrong-1.drv"))
	failed.Ended = failed.Ended.Add(-time.Second)
	failed.Err = "build " + failed.Subject + ": it came to be what was not said"
	d.Post(failed, tuitest.Activities()[3])
	d.Wants("─ log: wrong-1 ─", "─ failed: wrong-1 (", "it came to be what was not said", "r rebuild", "K keep failed")
	d.Lacks("last lines")
	if n := strings.Count(d.Text(), "the last"); n != 1 {
		t.Errorf("the last line of the log is shown %d times, want once", n)
	}
	d.Keys("/")
	d.Type("libdraw")
	d.Keys("enter")
	d.Wants("─ log: libdraw-0.9", "─ failed: wrong-1 (", "it came to be what was not said", " last lines ─", "the last")
	d.Lacks("r rebuild")
}
