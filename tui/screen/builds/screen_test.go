package builds

import (
	"fmt"
	"testing"

	"nixbench/tui"
	"nixbench/tui/keymap"
	"nixbench/tui/tuitest"
)

func start(t testing.TB, w, h int) *tuitest.Driver {
	d := tuitest.New(t, tuitest.NewBackend(t), w, h,
		tuitest.Only(tui.ScreenBuilds, func(env *tui.Env) tui.Screen { return New(env) }), tuitest.On(tui.ScreenBuilds, nil))
	d.Post(tuitest.Activities()...)
	return d
}

// TestGoldens pins how builds in all states look at three sizes.
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

// TestEmpty pins what the screen says before anything was built.
func TestEmpty(t *testing.T) {
	d := tuitest.New(t, tuitest.NewBackend(t), 80, 24,
		tuitest.Only(tui.ScreenBuilds, func(env *tui.Env) tui.Screen { return New(env) }), tuitest.On(tui.ScreenBuilds, nil))
	d.Golden("empty")
}

func TestActions(t *testing.T) {
	d := start(t, 80, 24)
	tuitest.CheckActions(t, d.Model.ScreenOf(tui.ScreenBuilds), keymap.Builds)
}

func TestFuzz(t *testing.T) { tuitest.Fuzz(t, 20, 60, start) }
