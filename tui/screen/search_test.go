package screen_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"nixbench/tui/tuitest"
)

// A search that is given up leaves everything as it was, the cursor among it; while one
// types, each letter looks from there.
func TestSearchGivenUp(t *testing.T) {
	for name, c := range map[string]struct{ before, typed string }{
		"builds":           {"alt+2", "player"},
		"closure, places":  {"alt+3", "fetcher"},
		"closure":          {"alt+3 enter", "libcore"},
		"closure, flat":    {"alt+3 enter t j j j j", "libz"},
		"closure, columns": {"alt+3 enter t t j", "libz"},
		"closure, map":     {"alt+3 enter t t t", "libz"},
		"files":            {"alt+3 enter g", "e"},
		"files, flat":      {"alt+3 enter g t j", "e"},
		"referrers":        {"alt+3 j r", "desktop"},
		"profiles":         {"alt+4", "3 gone"},
		"gc":               {"alt+5", "4121"},
		"repl":             {"1 enter 2 enter 3 enter esc", "in  1"},
	} {
		t.Run(name, func(t *testing.T) {
			d := start(t, tuitest.NewBackend(t), nil)
			d.Post(tuitest.Activities()...)
			d.Keys(c.before)
			was := d.Text()
			d.Keys("/")
			d.Type(c.typed)
			for range len(c.typed) - 1 {
				d.Keys("backspace")
			}
			d.Keys("esc")
			if diff := cmp.Diff(was, d.Text()); diff != "" {
				t.Errorf("after the search was given up (-was +is):\n%s", diff)
			}
		})
	}
}
