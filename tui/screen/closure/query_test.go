package closure_test

import (
	"strings"
	"testing"
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
