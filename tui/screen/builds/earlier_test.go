package builds

import (
	"strings"
	"testing"

	"nixbench/tui"
	"nixbench/tui/tuitest"
)

// TestLogOfAnEarlierBuild pins that the log of a build that was not of this session is
// shown when it is asked for, and not that of another.
func TestLogOfAnEarlierBuild(t *testing.T) {
	b := tuitest.NewBackend(t)
	drv := tuitest.PathNamed("viewer-1.1.drv")
	b.SetLog(drv, "made last year\n")
	d := tuitest.New(t, b, 100, 30,
		tuitest.Only(tui.ScreenBuilds, func(env *tui.Env) tui.Screen { return New(env) }),
		tuitest.On(tui.ScreenBuilds, tui.ShowBuildMsg{Drv: drv}))
	d.Wants("earlier", "viewer-1.1", "log: viewer-1.1", "made last year")
	d.Keys("c")
	d.Wants("it was built earlier")
	d.Post(tuitest.Activities()...)
	d.Wants("> earlier", "made last year")
	d.Keys("home")
	d.Lacks("made last year")
	d.Send(tui.ShowBuildMsg{Drv: drv})
	d.Wants("> earlier", "made last year")
	d.Keys("t")
	d.Wants("earlier", "made last year")
	d.Keys("r")
	if got, want := b.Calls[len(b.Calls)-1], "viewer-1.1.drv^*]"; !strings.Contains(got, want) {
		t.Errorf("got call %q, want …%s…", got, want)
	}
	act := tuitest.Activities()[1]
	act.ID, act.Subject, act.Name = 77, string(drv), "viewer-1.1" // it is built again
	d.Post(act)
	d.Lacks("earlier  ")
}
