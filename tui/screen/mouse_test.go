package screen_test

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"nixbench/tui"
	"nixbench/tui/screen"
	"nixbench/tui/style"
	"nixbench/tui/tuitest"
)

// divider is the first column of the two borders that stand beside each other in a line
// that many below the header, -1 for none.
func divider(d *tuitest.Driver, below int) int {
	g := d.Model.Env().Styles.Glyphs()
	line := strings.Split(d.Text(), "\n")[below+1]
	for _, pair := range []string{g.Light.Vertical + g.Double.Vertical, g.Double.Vertical + g.Light.Vertical, g.Light.Vertical + g.Light.Vertical} {
		if before, _, ok := strings.Cut(line, pair); ok {
			return style.Width(before)
		}
	}
	return -1
}

// Dividers follow the mouse while its button is held, on all screens; motion that did not
// begin on one, or without the button, moves nothing.
func TestMouseDragsDividers(t *testing.T) {
	for i, keys := range []string{"alt+1", "alt+2", "alt+3 enter", "alt+4", "alt+5"} {
		t.Run(tui.ScreenID(i).String(), func(t *testing.T) {
			b := tuitest.NewBackend(t)
			d := tuitest.New(t, b, 140, 40, func(env *tui.Env) [tui.NumScreens]tui.Screen { return screen.All(env, nil) })
			d.Post(tuitest.Activities()...)
			d.Keys(keys)
			const y = 15
			was := divider(d, y)
			if was < 0 {
				t.Fatalf("there are no two panes:\n%s", d.Text())
			}
			to := was - 9
			if was < 40 {
				to = was + 9
			}
			click := func(x, y int) { d.Send(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft}) }
			move := func(x int) { d.Send(tea.MouseMotionMsg{X: x, Y: y + 1, Button: tea.MouseLeft}) }
			for what, begin := range map[string]func(){
				"without a click":   func() {},
				"from the header":   func() { click(0, 0) },
				"from another cell": func() { click(was-3, y+1) },
			} {
				if begin(); divider(d, y) != was {
					t.Errorf("a click %s moves the divider", what)
				}
				if move(to); divider(d, y) != was {
					t.Errorf("motion %s moves the divider", what)
				}
				d.Send(tea.MouseReleaseMsg{X: to, Y: y + 1, Button: tea.MouseLeft})
			}
			click(was, y+1)
			move(was + (to-was)/2)
			d.Send(tea.MouseReleaseMsg{X: to, Y: y - 2, Button: tea.MouseLeft})
			if got := divider(d, y); got != to {
				t.Errorf("got the divider at %d, want %d:\n%s", got, to, d.Text())
			}
			if move(was); divider(d, y) != to {
				t.Error("motion after the button was let go moves the divider")
			}
		})
	}
}
