// Package screen puts the five screens together. Each is a package of its own
// below this one, and none imports another.
package screen

import (
	"nixbench/tui"
	"nixbench/tui/screen/builds"
	"nixbench/tui/screen/closure"
	"nixbench/tui/screen/gc"
	"nixbench/tui/screen/profiles"
	"nixbench/tui/screen/repl"
)

// All returns the screens in the order of the header. Inputs are what the REPL
// does first, as if they were typed.
func All(env *tui.Env, inputs []string) [tui.NumScreens]tui.Screen {
	return [tui.NumScreens]tui.Screen{
		tui.ScreenRepl:     repl.New(env, inputs),
		tui.ScreenBuilds:   builds.New(env),
		tui.ScreenClosure:  closure.New(env),
		tui.ScreenProfiles: profiles.New(env),
		tui.ScreenGC:       gc.New(env),
	}
}
