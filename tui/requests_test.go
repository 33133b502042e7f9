package tui

import "testing"

// Commands that are shown or copied do the same in another terminal: they name the store
// that the workbench was started with.
func TestOnStore(t *testing.T) {
	for _, test := range []struct{ uri, line, want string }{
		{"", "nixbench store gc", "nixbench store gc"},
		{"/tmp/tour", "nixbench store gc", "nixbench --store /tmp/tour store gc"},
		{"/tmp/tour", "nix-store --query --referrers P", "nix-store --store /tmp/tour --query --referrers P"},
		{"local?root=/my tour", "nixbench log P", "nixbench --store 'local?root=/my tour' log P"},
		{"/it's", "nixbench log P", `nixbench --store '/it'\''s' log P`},
		{"/tmp/tour", "cd /tmp/build", "cd /tmp/build"},
		{"/tmp/tour", "nixbench repl", "nixbench --store /tmp/tour repl"},
	} {
		if got := onStore(test.uri, test.line); got != test.want {
			t.Errorf("%q with the store %q: got %q, want %q", test.line, test.uri, got, test.want)
		}
	}
}
