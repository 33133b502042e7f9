//go:build confirm

package confirm

import "testing"

// What is copied out of the output of a derivation is said to refer to what that refers to.
func TestConfirmSourcesRefer(t *testing.T) {
	tw := newApartTwins(t)
	tw.writeStoreExpr(t)
	tw.compareLines(t, `
! echo 'with import ./t.nix; { whole = builtins.path { name = "copy"; path = "${b}/"; }; flat = builtins.path { name = "flat"; path = "${b}"; recursive = false; }; filtered = builtins.filterSource (_: _: true) b.dev; plain = builtins.path { name = "copy"; path = ./tree; }; }' > s.nix
nix-store -q --references $(nix eval --raw -f s.nix whole)
nix-store -q --references $(nix eval --raw -f s.nix flat)
nix-store -q --references $(nix eval --raw -f s.nix filtered)
nix-store -q --references $(nix eval --raw -f s.nix plain)
nix-instantiate --eval s.nix -A whole
nix-store --verify --check-contents
`)
}

// The user's profile is the same wherever the machine's store keeps its state.
func TestConfirmProfileOfState(t *testing.T) {
	tw := newApartTwins(t)
	tw.writeStoreExpr(t)
	tw.compareLines(t, `
! echo NIX_STORE_DIR=$PWD/s NIX_STATE_DIR=$PWD/v NIX_LOG_DIR=$PWD/l > e
PACKAGE=env $(cat e) nix-store --add tree
env $(cat e) nix-env -i $PACKAGE; readlink .nix-profile; readlink $(readlink .nix-profile) #stderr names differ
env $(cat e) nix-env --switch-profile $PWD/p; readlink .nix-profile
env $(cat e) nix-env -i $PACKAGE; readlink p #stderr names differ
`)
}
