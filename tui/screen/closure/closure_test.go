package closure_test

import (
	"testing"

	"nixbench/tui"
	"nixbench/tui/keymap"
	"nixbench/tui/screen/closure"
	"nixbench/tui/tuitest"
)

func start(t testing.TB, b *tuitest.Backend, w, h int) *tuitest.Driver {
	return tuitest.New(t, b, w, h, tuitest.Only(tui.ScreenClosure, func(env *tui.Env) tui.Screen { return closure.New(env) }), tuitest.On(tui.ScreenClosure, nil))
}

func TestGoldens(t *testing.T) {
	for _, size := range tuitest.Sizes() {
		d := start(t, tuitest.NewBackend(t), size[0], size[1])
		d.Golden("places")
		d.Keys("enter j l j")
		d.Golden("tree")
		d.Keys("t")
		d.Golden("flat")
		d.Keys("t")
		d.Golden("columns")
		d.Keys("t / l i b c enter w a f")
		d.Golden("why")
		d.Keys("esc esc r")
		d.Golden("referrers")
	}
}

func TestActions(t *testing.T) {
	d := start(t, tuitest.NewBackend(t), 80, 24)
	tuitest.CheckActions(t, d.Model.ScreenOf(tui.ScreenClosure), keymap.Closure, keymap.ClosureWhy, keymap.Rows)
}

func TestFuzz(t *testing.T) {
	tuitest.Fuzz(t, 4, 400, func(t testing.TB, w, h int) *tuitest.Driver {
		return start(t, tuitest.NewBackend(t), w, h)
	})
}
