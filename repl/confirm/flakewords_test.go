//go:build confirm

package confirm

import "testing"

// What is no store path is a reference to a flake where there is no expression, and is
// told as the real Nix tells it where there is no flake.
func TestConfirmFlakeWords(t *testing.T) {
	tw := newApartTwins(t)
	tw.writeStoreExpr(t)
	tw.compareLines(t, `
! mkdir -p d repo/.git repo/sub flake/sub; touch flake/flake.nix; ln -s d l
A=nix-store -r $(nix-instantiate t.nix -A a)
nix eval
nix eval .
nix eval ''
nix eval ./d
nix eval ./d#x
nix eval './d?dir=x#y'
nix eval ./d^out
nix eval ./l
nix eval ./t.nix
nix eval ./t.nix#a
nix eval ./repo/sub
nix eval $A
nix eval $A/x
nix eval $(nix-instantiate t.nix -A a)
nix eval $(nix-instantiate t.nix -A a)^out
nix eval $(nix-instantiate t.nix -A a)^*
nix eval -f t.nix .
nix eval -f t.nix . --json
nix build
nix build .
nix build ./d
nix build ./t.nix
nix build ./repo
nix run
nix run ./d
nix run $A
nix shell ./d
nix search . x
nix search $A x
nix path-info
nix path-info ./d
nix why-depends ./d ./d
nix log ./d
nix derivation show ./d
nix develop ./d
nix print-dev-env
nix profile add ./d
nix copy --to x ./d
nix store verify ./d
nix eval --override-input a --expr 1
nix eval --override-input a b --expr 1
nix eval --override-input a ./d --expr 1
nix eval --override-input a ./t.nix --expr 1
nix eval --override-flake a --expr 1
nix eval --override-flake a ./d --expr 1
nix eval --override-flake ./t.nix b --expr 1
nix eval --inputs-from
nix eval --inputs-from . --expr 1
nix eval --inputs-from ./d --expr 1
nix eval --inputs-from ./t.nix --expr 1
nix eval --inputs-from ./repo/sub --expr 1
nix eval --inputs-from --expr 1
nix build --inputs-from ./d
nix eval nixpkgs#hello
nix eval github:a/b
nix eval path:./x#y
nix build 'nixpkgs#hello^*'
nix run nixpkgs
nix search nixpkgs x
nix path-info nixpkgs#hello
nix why-depends nixpkgs#a nixpkgs#b
nix log nixpkgs#hello
nix flake
nix flake show
nix flake update --flake .
`)
}
