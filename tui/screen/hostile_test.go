package screen_test

import (
	"fmt"
	"testing"
	"time"

	"nixbench/engine/event"
	"nixbench/tui"
	"nixbench/tui/screen"
	"nixbench/tui/tuitest"
)

// Whatever comes from builders, paths, values and profiles: the screen gets text and
// colours of ours, and nothing else.
func TestHostile(t *testing.T) {
	for _, at := range []string{"alt+1", "alt+2", "alt+3 enter", "alt+4", "alt+5"} {
		t.Run(at, func(t *testing.T) {
			tuitest.Fuzz(t, 3, 150, func(t testing.TB, w, h int) *tuitest.Driver {
				d := tuitest.New(t, &tuitest.Hostile{Backend: tuitest.NewBackend(t)}, w, h,
					func(env *tui.Env) [tui.NumScreens]tui.Screen {
						return screen.All(env, []string{"pkgs", "pkgs.edtor", ":b pkgs.editor"})
					})
				d.Post(hostileBuilds()...)
				d.Keys(at)
				return d
			})
		})
	}
}

// hostileBuilds are builds whose names, phases and errors are of the corpus.
func hostileBuilds() []event.Activity {
	var acts []event.Activity
	for i, bad := range tuitest.Corpus {
		acts = append(acts, event.Activity{
			ID: event.ID(i + 1), Kind: event.Build, Subject: string(tuitest.PathNamed(fmt.Sprintf("p%d.drv", i))) + bad,
			Name: "name" + bad, Phase: bad + "phase", Err: "failed: " + bad, State: []event.State{event.Running, event.Failed, event.Done}[i%3],
			Started: tuitest.Start().Add(-time.Minute), ExitStatus: i % 2,
		})
	}
	return acts
}
