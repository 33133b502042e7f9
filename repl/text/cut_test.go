package text

import "testing"

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
