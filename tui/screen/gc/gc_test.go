package gc_test

import (
	"testing"

	"nixbench/tui"
	"nixbench/tui/keymap"
	"nixbench/tui/screen/gc"
	"nixbench/tui/tuitest"
)

func start(t testing.TB, b *tuitest.Backend, w, h int) *tuitest.Driver {
	return tuitest.New(t, b, w, h, tuitest.Only(tui.ScreenGC, func(env *tui.Env) tui.Screen { return gc.New(env) }), tuitest.On(tui.ScreenGC, nil))
}

func TestGoldens(t *testing.T) {
	for _, size := range tuitest.Sizes() {
		d := start(t, tuitest.NewBackend(t), size[0], size[1])
		d.Golden("roots")
		d.Keys("a 3 0 d enter")
		d.Golden("marked")
		d.Keys("w")
		d.Golden("kept")
		d.Keys("esc v")
		d.Golden("paths")
		d.Keys("X")
		d.Golden("confirm")
	}
}

func TestActions(t *testing.T) {
	d := start(t, tuitest.NewBackend(t), 80, 24)
	tuitest.CheckActions(t, d.Model.ScreenOf(tui.ScreenGC), keymap.GC, keymap.Rows)
}

func TestFuzz(t *testing.T) {
	tuitest.Fuzz(t, 4, 400, func(t testing.TB, w, h int) *tuitest.Driver {
		return start(t, tuitest.NewBackend(t), w, h)
	})
}
