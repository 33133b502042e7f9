package screen_test

import (
	"slices"
	"strings"
	"testing"

	"nixbench/tui"
	"nixbench/tui/screen"
	"nixbench/tui/table"
	"nixbench/tui/tuitest"
)

// tables are where the tables are seen.
var tables = []struct {
	name table.Name
	keys string
}{
	{table.Builds, "alt+2 +"}, {table.Closure, "alt+3 enter +"}, {table.BuildTime, "alt+3 enter b +"}, {table.Generations, "alt+4 +"}, {table.Roots, "alt+5 +"},
}

// The tables have the columns that the configuration may name.
func TestColumns(t *testing.T) {
	for _, tt := range tables {
		t.Run(string(tt.name), func(t *testing.T) {
			all := table.Columns(tt.name)
			for n := range len(all) {
				chosen := slices.Clone(all[1 : n+1])
				slices.Reverse(chosen)
				d := tuitest.New(t, tuitest.NewBackend(t), 170, 30,
					func(env *tui.Env) [tui.NumScreens]tui.Screen { return screen.All(env, nil) },
					func(o *tui.Options) { o.Columns = map[table.Name][]string{tt.name: chosen} })
				d.Keys(tt.keys)
				head := strings.Trim(strings.Split(d.Text(), "\n")[2], "║ ")
				want := strings.Join(append(all[:1:1], chosen...), " ")
				if got := strings.ToLower(strings.Join(strings.Fields(head), " ")); got != want {
					t.Errorf("got columns %q, want %q", got, want)
				}
			}
		})
	}
}
