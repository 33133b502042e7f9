//go:build confirm

package confirm

import "testing"

// Archives and objects with odd names are listed, and refused, as the real Nix does it.
func TestConfirmOddListings(t *testing.T) {
	tw := newApartTwins(t)
	tw.compareLines(t, `
! mkdir -p d/s; echo hi > d/f; printf x > "d/s/$(printf '\377')"; ln -s "$(printf 'x\377')" d/l; mkdir r; nix-store --dump d > d.nar
A=nix-store --add d
nix nar ls --json d.nar /
nix nar ls --json d.nar /s
nix nar ls --json -R d.nar /
nix nar ls --json -R d.nar /l
nix nar ls d.nar /none
nix nar ls d.nar none/
nix nar cat d.nar .
nix nar cat d.nar s
nix nar cat d.nar /f/../none
nix nar ls none.nar /
nix nar cat none.nar /
nix nar ls /dev/null /
nix nar cat /dev/null /
nix nar ls d/f /
nix store ls --json $A/s
nix store ls --json -R $A
nix store ls --json $A
nix-store --restore r < d.nar #stderr 2.34 names it otherwise
nix store delete
nix log
nix log --expr 1
nix log $A $A
nix log $A/f
nix path-info --json --json-format 1 --stdin < /dev/null
nix path-info --json --json-format 2 --stdin < /dev/null
nix path-info --stdin < /dev/null
nix path-info --json --json-format 1 -r -S /nix/store/00000000000000000000000000000000-none
nix profile rollback --profile "$PWD/p" --to x
nix profile rollback --profile "$PWD/p" --to 1x
nix config show max-jobs -j 5
`)
}
