//go:build confirm

package confirm

import "testing"

// URLs of stores are read and shown as the real Nix reads and shows them, and of a daemon
// that cannot be reached the same is said.
func TestConfirmStoreReferences(t *testing.T) {
	tw := newApartTwins(t)
	tw.compareLines(t, `
! touch file
nix store info --store 'local?x'
nix store info --store "local?x&root=$PWD/r"
nix store info --store "local?root=$PWD/r&root=$PWD/s"; ls
nix store info --store 'local?%z'
nix store info --store 'https://a/%zz'
nix store info --store 'dummy://?x=1&x=2'
nix store info --store 'dummy://?read-only=false&read-only=true'
nix store info --store '?%z'
nix store info --store '?x'
nix store info --store 'auto?x'
nix store info --store 'a%zz://x'
nix store info --store "local://$PWD/%zz"
nix store info --store "local://$PWD/a%20b"; ls
nix store info --store "$PWD/c%20d"; ls
nix store info --store './q r?state=/x/../y&=z&&'
nix store info --store './q#b=c'
nix store info --store 'ftp://[::1'
nix store info --store 'ftp://a:99999'
nix store info --store 'file://a/b'
nix store info --store "local:$PWD/q"
nix store info --store '1foo://x'
nix store info --store LOCAL:///x
nix store info --store 'local?priority=-1'
nix store info --store 'local?priority=5G'
nix store info --store 'local?path-info-cache-size=1k'
nix store info --store 'local?system-features=b a b'
nix store info --store 'local?trusted=yes&require-sigs=0'
nix store info --json --store "$PWD/s"
nix store info --json --store "local?root=$PWD/s"
nix store info --json --store "unix://$PWD/none"
nix store info --store "unix://$PWD/none?max-connections=3&max-connection-age=1M"
nix store info --store "unix://$PWD/file"
nix store info --store "unix://$PWD"
nix store info --store "unix://$PWD/$(printf 'x%.0s' $(seq 150))/x"
nix store info --store daemon
nix store info --store 'daemon?trusted=1'
nix path-info --store daemon /nix/store/00000000000000000000000000000000-none
nix copy --from daemon /nix/store/00000000000000000000000000000000-none
nix config show store --store 'local?x=y&root=/x'
nix config show store --store 'auto?x=y'
nix config show store --store '/x/a b'
nix config show store --store ''
nix config show store --store 'unix://'
nix config show store --store 'foo://x/y?z=1'
nix config show store --option store 'a%zz://x'
nix config show substituters --option substituters 'a%zz://x'
nix config show substituters --option substituters '/a/b https://x?y'
NIX_REMOTE='local?x' nix config show store
`)
}

// What dummy stores cannot do, and daemons that cannot be reached, are told of as the real
// Nix does.
func TestConfirmDummyWords(t *testing.T) {
	tw := newApartTwins(t)
	tw.compareLines(t, `
nix-store --gc --store dummy://
nix-store --gc --print-dead --store dummy://
nix-store --gc --print-live --store dummy://
nix-store --gc --print-roots --store dummy://
nix-store --gc --max-freed 0 --store dummy://
nix-collect-garbage --store dummy://
nix-collect-garbage --dry-run --store dummy://
nix store gc --store dummy://
nix store gc --dry-run --store dummy://
nix store delete --store dummy:// /nix/store/00000000000000000000000000000000-none
nix-store --delete --store dummy:// /nix/store/00000000000000000000000000000000-none
nix store repair --all --store dummy://
nix store optimise --store dummy://
nix-store --optimise --store dummy://
nix-store -q --referrers --store dummy:// /nix/store/00000000000000000000000000000000-none
nix-store -q --roots --store dummy:// /nix/store/00000000000000000000000000000000-none
nix-store -r --store dummy:// /nix/store/00000000000000000000000000000000-none
nix-store -r --store dummy:// /nix/store/00000000000000000000000000000000-none.drv
nix-store -l --store dummy:// /nix/store/00000000000000000000000000000000-none.drv
nix log --store dummy:// /nix/store/00000000000000000000000000000000-none.drv
nix log --store dummy:// /nix/store/00000000000000000000000000000000-none
nix store path-from-hash-part --store dummy:// 00000000000000000000000000000000
nix store copy-log --from dummy:// /nix/store/00000000000000000000000000000000-none.drv
nix copy --from dummy:// /nix/store/00000000000000000000000000000000-none
nix why-depends --store dummy:// /nix/store/00000000000000000000000000000000-none /nix/store/00000000000000000000000000000000-none
nix build --store dummy:// /nix/store/00000000000000000000000000000000-none.drv^out
nix-env --store dummy:// -i /nix/store/00000000000000000000000000000000-none
nix-store --gc --store daemon
nix-store --gc --print-dead --store daemon
nix-store --gc --print-live --store daemon
nix-store --gc --print-roots --store daemon
nix-collect-garbage --store daemon
nix-collect-garbage --dry-run --store daemon
nix store gc --store daemon
nix store gc --dry-run --store daemon
nix-store --delete --store daemon /nix/store/00000000000000000000000000000000-none
`)
}

// Attributes that are strings and paths, and --attr before the operation, mean what they mean
// to the real Nix.
func TestConfirmAttributeWords(t *testing.T) {
	tw := newApartTwins(t)
	tw.writeStoreExpr(t)
	tw.compareLines(t, `
! echo '{ a = (import ./t.nix).a; s = "x"; p = ./t.nix; d = { inherit (import ./t.nix) a; }; }' > v.nix
nix-env -A -q
nix-env -f t.nix -A a -q
nix-env -f t.nix -A -i a
nix-env -f t.nix --attr -q
nix build -f v.nix s --no-link
nix build -f v.nix s --no-link --show-trace
nix build -f v.nix p --no-link --print-out-paths
nix path-info -f v.nix p
nix build -f v.nix d --no-link --print-out-paths
nix build -f v.nix . --no-link
nix store gc --max -1
nix store gc --max -1x
`)
}
