//go:build confirm

package confirm

import "testing"

// What is copied from binary caches on this machine, and what is built instead, with what
// both programs say of it.
func TestConfirmSubstitutes(t *testing.T) {
	tw := newApartTwins(t)
	for _, tw := range []*apartTwin{tw.theirs, tw.ours} {
		tw.set(t, "cat > set.nix <<'END'\n"+substitutedSet+"END\n")
	}
	tw.compareLines(t, `
! nix-store --generate-binary-cache-key k-1 sk pk; nix-store --generate-binary-cache-key k-1 sk2 pk2
A=nix-build set.nix -A top --no-out-link
B=nix-build set.nix -A base --no-out-link
O=nix-build set.nix -A own --no-out-link
M=nix-build set.nix -A more --no-out-link
! nix copy --to "file://$PWD/cache?secret-key=$PWD/sk&compression=none" $A $O $(nix-store -q --outputs $(nix-store -q --deriver $M)); cp -r cache orig; nix-store --gc
nix-build set.nix -A top --no-out-link --dry-run --substituters file://$PWD/cache
nix-build set.nix -A top --no-out-link --substituters file://$PWD/cache --trusted-public-keys "$(cat pk)"
nix path-info -r --json --json-format 1 $A
nix-store -q --deriver $A; nix-store -q --valid-derivers $A
! nix-store --gc
nix build -f set.nix top --no-link --substituters file://$PWD/cache
! nix-store --gc
nix build -f set.nix top --no-link --substituters file://$PWD/cache --trusted-public-keys "$(cat pk2)"
! nix-store --gc
nix-build set.nix -A own --no-out-link --substituters file://$PWD/cache --no-require-sigs
! nix-store --gc
nix-build set.nix -A own --no-out-link --substituters file://$PWD/cache --no-require-sigs --option always-allow-substitutes true
! nix-store --gc
nix-build set.nix -A more --no-out-link --substituters file://$PWD/cache --no-require-sigs
! nix-store --gc
nix-build set.nix -A more.dev --no-out-link --substituters "file://$PWD/cache?trusted=true"
! nix-store --gc
nix-store -r $A --substituters file://$PWD/cache?trusted=1
! nix-store --gc
nix-store -r $A $M --substituters file://$PWD/cache
nix build $A --no-link --substituters file://$PWD/cache
nix path-info $A --substituters file://$PWD/cache --no-require-sigs
nix-store -q --references $A --substituters file://$PWD/cache --no-require-sigs
! rm $(grep -l "StorePath: .*-base" cache/*.narinfo)
nix-store -r $A --substituters file://$PWD/cache --no-require-sigs
! nix-store --gc
nix-build set.nix -A top --no-out-link --substituters file://$PWD/cache --no-require-sigs
! nix-store --gc; rm -rf cache; cp -r orig cache; sed -i 's/^NarHash:.*/NarHash: sha256:0000000000000000000000000000000000000000000000000000/' cache/*.narinfo
nix-build set.nix -A base --no-out-link --substituters file://$PWD/cache --no-require-sigs
nix build -f set.nix base --no-link --substituters file://$PWD/cache --no-require-sigs
nix-store -r $B --substituters file://$PWD/cache --no-require-sigs
nix-build set.nix -A top --no-out-link --substituters file://$PWD/cache --no-require-sigs
nix-build set.nix -A base --no-out-link --substituters file://$PWD/cache --no-require-sigs --fallback
! nix-store --gc; rm -rf cache; cp -r orig cache; sed -i 's/^NarSize:.*/NarSize: 121/' cache/*.narinfo
nix-store -r $B --substituters file://$PWD/cache --no-require-sigs #stderr the first that is not as it should be is told
! rm -rf cache; cp -r orig cache; rm cache/nar/*
nix-store -r $B --substituters file://$PWD/cache --no-require-sigs
nix-build set.nix -A base --no-out-link --substituters file://$PWD/cache --no-require-sigs
! nix-store --gc
nix-build set.nix -A top --no-out-link --substituters "file://$PWD/cache file://$PWD/orig" --no-require-sigs #stderr 2.34 adds that one cache is left
! nix-store --gc; sed -i 's/^NarSize:.*/NarSize: x/' cache/*.narinfo
nix-build set.nix -A base --no-out-link --substituters file://$PWD/cache --no-require-sigs
nix-build set.nix -A base --no-out-link --substituters "file://$PWD/cache file://$PWD/orig" --no-require-sigs
! nix-store --gc; sed -i 's,^StorePath:.*,StorePath: /nix/store/00000000000000000000000000000000-x,; s/^NarSize:.*/NarSize: 120/' cache/*.narinfo
nix-store -r $B --substituters file://$PWD/cache --no-require-sigs
! sed -i 's,^StoreDir: .*,StoreDir: /other,' cache/nix-cache-info
nix-store -r $B --substituters file://$PWD/cache --no-require-sigs
nix-env -f set.nix -qas --substituters file://$PWD/orig
! echo 'WantMassQuery: 1' >> orig/nix-cache-info
nix-env -f set.nix -qas --substituters file://$PWD/orig
nix-env -f set.nix -qa --prebuilt-only --substituters file://$PWD/orig
! nix-store -r $A --substituters file://$PWD/orig --no-require-sigs; chmod u+w $B; echo bad > $B
nix-store --verify --check-contents --repair --substituters file://$PWD/orig --no-require-sigs
! chmod u+w $B; echo bad > $B
nix-store --repair-path $B --substituters file://$PWD/orig --no-require-sigs
nix-store --verify --check-contents
`)
}

const substitutedSet = `let
  mk = name: text: derivation { inherit name; system = "x86_64-linux"; builder = "/bin/sh"; args = [ "-c" "echo ${text} > $out" ]; };
in rec {
  base = mk "base" "a";
  top = mk "top" "${base}";
  own = derivation { name = "own"; system = "x86_64-linux"; builder = "/bin/sh"; args = [ "-c" "echo > $out" ]; allowSubstitutes = false; };
  more = derivation { name = "more"; outputs = [ "out" "dev" ]; system = "x86_64-linux"; builder = "/bin/sh"; args = [ "-c" "echo > $out; echo > $dev" ]; };
}
`

// Derivations that only a cache has are copied from it to be built, and to be asked about.
func TestConfirmSubstitutedDerivations(t *testing.T) {
	tw := newApartTwins(t)
	for _, tw := range []*apartTwin{tw.theirs, tw.ours} {
		tw.set(t, "cat > set.nix <<'END'\n"+substitutedSet+"END\n")
	}
	tw.compareLines(t, `
D=nix-instantiate set.nix -A base
! nix copy --to "file://$PWD/cache?compression=none" $D; nix-store --gc
nix-store -r --dry-run $D --substituters file://$PWD/cache --no-require-sigs
nix-store -r $D --substituters file://$PWD/cache --no-require-sigs
! nix-store --gc
nix-store -r $D --substituters file://$PWD/cache
nix build --no-link --print-out-paths $D^out --substituters file://$PWD/cache --no-require-sigs
! nix-store --gc
nix build --dry-run $D^out --substituters file://$PWD/cache --no-require-sigs
nix-build --no-out-link $D --substituters file://$PWD/cache --no-require-sigs
! nix-store --gc
nix-build --no-out-link $D --substituters file://$PWD/cache
nix-store -q --outputs $D --substituters file://$PWD/cache --no-require-sigs
! nix-store --gc
nix-store -q --binding name $D --substituters file://$PWD/cache --no-require-sigs
! nix-store --gc
nix-store --print-env $D --substituters file://$PWD/cache --no-require-sigs
! nix-store --gc
nix path-info $D^out --substituters file://$PWD/cache --no-require-sigs
nix derivation show $D --substituters file://$PWD/cache --no-require-sigs
`)
}
