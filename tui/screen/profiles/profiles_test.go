package profiles_test

import (
	"testing"

	"nixbench/tui"
	"nixbench/tui/keymap"
	"nixbench/tui/screen/profiles"
	"nixbench/tui/tuitest"
)

func start(t testing.TB, b *tuitest.Backend, w, h int) *tuitest.Driver {
	return tuitest.New(t, b, w, h, tuitest.Only(tui.ScreenProfiles, func(env *tui.Env) tui.Screen { return profiles.New(env) }), tuitest.On(tui.ScreenProfiles, nil))
}

func TestGoldens(t *testing.T) {
	for _, size := range tuitest.Sizes() {
		d := start(t, tuitest.NewBackend(t), size[0], size[1])
		d.Golden("generations")
		d.Keys("j m k k enter")
		d.Golden("diff")
		d.Keys("esc R")
		d.Golden("rollback")
		d.Keys("n esc j j space j space D")
		d.Golden("delete")
	}
}

func TestActions(t *testing.T) {
	d := start(t, tuitest.NewBackend(t), 80, 24)
	tuitest.CheckActions(t, d.Model.ScreenOf(tui.ScreenProfiles), keymap.Profiles, keymap.Rows)
}

func TestFuzz(t *testing.T) {
	tuitest.Fuzz(t, 4, 400, func(t testing.TB, w, h int) *tuitest.Driver {
		return start(t, tuitest.NewBackend(t), w, h)
	})
}
