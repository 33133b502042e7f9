package text

import (
	"slices"
	"testing"
)

func TestCutDir(t *testing.T) {
	for _, test := range []struct {
		name string
		w    int
		want string
	}{
		{"~/.local/share/nix/root", 23, "~/.local/share/nix/root"},
		{"~/.local/share/nix/root", 22, "~/..share/nix/root"},
		{"~/.local/share/nix/root", 17, "~/..nix/root"},
		{"~/a-long-name", 12, "~/a-lo..name"},
		{"~/app/.direnv/flake-profile", 20, "~/app/.dire..profile"},
		{"/srv/data/stores/one", 16, "/..stores/one"},
		{"one", 2, "on"},
		{"import <nixpkgs/nixos>", 12, CutMiddle("import <nixpkgs/nixos>", 12)},
	} {
		if got := CutDir(test.name, test.w); got != test.want {
			t.Errorf("CutDir(%q, %d): got %q, want %q", test.name, test.w, got, test.want)
		}
	}
}

func TestTilde(t *testing.T) {
	for _, test := range []struct{ name, home, want string }{
		{"/home/me/src/result", "/home/me", "~/src/result"},
		{"/home/mel/result", "/home/me", "/home/mel/result"},
		{"/etc/fstab", "", "/etc/fstab"},
	} {
		if got := Tilde(test.name, test.home); got != test.want {
			t.Errorf("Tilde(%q, %q): got %q, want %q", test.name, test.home, got, test.want)
		}
	}
}

// TestWrap pins that lines break between words, and never at the hyphens of paths and
// options: what is in a line can be read, and copied.
func TestWrap(t *testing.T) {
	path := "/nix/store/sqjyq8v0hzp1wf4vd44zy4rd2kdl3zfw-broken-0.1.drv"
	for _, test := range []struct {
		s    string
		w    int
		want []string
	}{
		{"nixbench build --no-link " + path, 66, []string{"nixbench build --no-link", path}},
		{"nixbench build --no-link --keep-failed", 28, []string{"nixbench build --no-link", "--keep-failed"}},
		{"build " + path + ": exit status 1", 40, []string{"build", path[:40], path[40:] + ": exit status 1"}},
		{"漢字-漢字-漢字 end", 8, []string{"漢字-漢", "字-漢字", "end"}},
		{"one two-three", 20, []string{"one two-three"}},
	} {
		if got := Wrap(test.s, test.w); !slices.Equal(got, test.want) {
			t.Errorf("Wrap(%q, %d): got %q, want %q", test.s, test.w, got, test.want)
		}
	}
}
