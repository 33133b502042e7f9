package tui

import "testing"

func TestHeaderStatus(t *testing.T) {
	machine := Info{StoreDir: "/nix/store", Nixpkgs: "f7d9d10"}
	tour := Info{StoreDir: "/nix/store", StoreRoot: "~/.local/share/nixbench/tour"}
	both := Info{StoreDir: "/nix/store", StoreRoot: "~/.local/share/nix/root", Reading: "/nix/store", Nixpkgs: "26.11"}
	daemon := Info{StoreDir: "/nix/store", Nixpkgs: "26.11", Daemons: true}
	readOnly := Info{StoreDir: "/nix/store", ReadOnly: "it is not yours"}
	for _, test := range []struct {
		own        string
		info       Info
		room, more int
		want       string
	}{
		{"", machine, 90, 117, "nixpkgs f7d9d10  store /nix/store"},
		{"", machine, 30, 57, "store /nix/store"},
		{"", machine, 10, 37, "/nix/store"},
		{"", tour, 90, 117, "store ~/.local/share/nixbench/tour"},
		{"", tour, 30, 57, "store ~/..share/nixbench/tour"},
		{"", tour, 10, 37, "store ~/.local/share/nixbench/tour"},
		{"", both, 90, 117, "nixpkgs 26.11  store ~/.local/share/nix/root, reads /nix/store"},
		{"", both, 50, 77, "store ~/.local/share/nix/root, reads /nix/store"},
		{"", both, 30, 57, "~/..nix/root, reads /nix/store"},
		{"", both, 29, 56, "store ~/.local/share/nix/root, reads /nix/store"},
		{"", both, 10, 37, "store ~/..nix/root, reads /nix/store"},
		{"", daemon, 90, 117, "nixpkgs 26.11  store /nix/store, by daemon"},
		{"", daemon, 30, 57, "store /nix/store, by daemon"},
		{"", readOnly, 90, 117, "store /nix/store, read-only"},
		{"disk 91% used", both, 90, 117, "disk 91% used  store ~/.local/share/nix/root, reads /nix/store"},
		{"disk 91% used", both, 30, 57, "disk 91% used"},
	} {
		if got := headerStatus(test.own, test.info, test.room, test.more); got != test.want {
			t.Errorf("headerStatus(%q, root %q, %d, %d): got %q, want %q", test.own, test.info.StoreRoot, test.room, test.more, got, test.want)
		}
	}
}
