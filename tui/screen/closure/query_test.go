package closure_test

import (
	"strings"
	"testing"

	"nixbench/tui"
	"nixbench/tui/tuitest"
)

// A condition that cannot be read is not merely not found.
func TestDoubtfulConditions(t *testing.T) {
	_, d := desktop(t)
	d.Keys("/")
	d.Type("size>abc")
	d.Keys("enter")
	d.Wants(`not found: "abc" is no size, such as 100M`)
}

// What would leave the closure is told largest first.
func TestCutLargestFirst(t *testing.T) {
	_, d := desktop(t)
	d.Keys("/")
	d.Type("libcore")
	d.Keys("enter w x")
	screen := d.Text()
	last := 0
	for _, row := range []string{"481.0K  libcore-2.1", "260.0K  libnet-4.0", "210.0K  fetcher-2.0", "95.0K  shell-1.0", "30.0K  tools-1.4"} {
		at := strings.Index(screen, "  "+row)
		if at < last {
			t.Fatalf("%s is not below what is larger:\n%s", row, screen)
		}
		last = at
	}
}

// How many ways there are is told on a narrow screen, too.
func TestWhyTitle(t *testing.T) {
	d := start(t, tuitest.NewBackend(t), 60, 20, tui.ShowWhyMsg{From: tuitest.PathNamed("desktop-12"), To: tuitest.PathNamed("libnet-4.0")})
	d.Wants("desktop-12 -> libnet-4.0   1 way, 3 steps at least")
}
