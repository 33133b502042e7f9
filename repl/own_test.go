package repl

import "testing"

func TestOwn(t *testing.T) {
	own := Own{
		StoreDir: "/nix/store", Directories: []string{"/home/me", "/src/nixpkgs/pkgs/mine"},
		Libraries: []string{"/src/nixpkgs", "/home/me/lib"},
	}
	for file, want := range map[string]bool{
		"«string»": true, "«stdin»": true, "«nix-internal»/derivation-internal.nix": false, "": false,
		"/home/me/a.nix": true, "/home/me2/a.nix": false, "/nix/store/x/a.nix": false, "<nix/fetchurl.nix>": false,
		"/src/nixpkgs/lib/a.nix": false, "/src/nixpkgs/pkgs/mine/a.nix": true, "/home/me/lib/a.nix": false, "/etc/a.nix": false,
	} {
		if got := own.Includes(file); got != want {
			t.Errorf("Includes(%q) = %v, want %v", file, got, want)
		}
	}
}
