//go:build confirm

package confirm

import (
	"strings"
	"testing"
)

// Files of this machine are fetched as by the real one, and what is wrong with them is
// said in its words.
func TestConfirmFetchFiles(t *testing.T) {
	tw := newShellTwins(t)
	tw.set(t, "mkdir -p src/d && echo hi > src/d/f && tar -czf a.tar.gz src && echo 1 > f")
	tw.compareLines(t, `
nix-instantiate --eval -E 'builtins.fetchTarball "file://'$PWD'/nope.tar.gz"'
nix-instantiate --eval -E 'builtins.fetchTarball { url = "file://'$PWD'/nope.tar.gz"; name = "x"; }'
nix-instantiate --eval -E 'builtins.fetchTarball { url = "file://'$PWD'/nope"; sha256 = "0wgfzzalj4swj4k3d14zv0ynf3hhsp5q3z6km1n2f3wcdifw7y4a"; }'
nix-instantiate --eval -E 'builtins.fetchTarball { url = "file://'$PWD'/a.tar.gz"; sha256 = "'$(nix-hash --type sha256 --base32 src)'"; name = "x"; }' 2>/dev/null
nix-instantiate --eval -E 'builtins.fetchTarball { url = "file://'$PWD'/a.tar.gz"; sha256 = "'$(nix-hash --type sha256 --base32 f)'"; }' --option tarball-ttl 0
nix-instantiate --eval -E 'builtins.fetchurl "file://'$PWD'/f"'
nix-instantiate --eval -E 'builtins.fetchurl "file://'$PWD'/nope"'
nix-instantiate --eval -E 'builtins.fetchurl { url = "file://'$PWD'/no%20pe"; name = "x"; }'
nix-instantiate --eval -E 'builtins.fetchurl { url = "file://'$PWD'/nope"; sha256 = "0wgfzzalj4swj4k3d14zv0ynf3hhsp5q3z6km1n2f3wcdifw7y4a"; }'
nix-instantiate --eval -E 'builtins.fetchurl { url = "file://'$PWD'/f"; sha256 = "0wgfzzalj4swj4k3d14zv0ynf3hhsp5q3z6km1n2f3wcdifw7y4a"; }' --option substitute false
nix-instantiate --eval -E 'builtins.fetchurl "'$PWD'/f"'
nix-instantiate --eval -E 'builtins.fetchurl "file:'$PWD'/f"'
nix-instantiate --eval -E 'builtins.fetchurl "file://f"'
nix-instantiate --eval -E 'builtins.fetchurl "f"'
`)
}

// What is no tarball is said to be none, as by the real Nix.
func TestConfirmNoTarballs(t *testing.T) {
	tw := newShellTwins(t)
	tw.set(t, "mkdir -p src repo/.git && echo 1 > f && gzip -k f && touch empty && head -c 600 /bin/sh > garbage && tar -czf a.tar.gz src")
	tw.compareLines(t, `
for f in f f.gz empty garbage src repo; do nix-instantiate --eval -E 'fetchTarball "file://'$PWD/$f'"'; done
nix-instantiate --eval -E 'fetchTarball "file://a.tar.gz"'
nix-instantiate --eval -E 'fetchTarball "file:a.tar.gz"'
nix-instantiate --eval -E 'fetchTarball "'$PWD'/a.tar.gz"'
nix eval --impure --expr '(fetchTree { type = "tarball"; url = "file://'$PWD'/a.tar.gz"; }).narHash' --extra-experimental-features fetch-tree --option tarball-ttl 0
nix-instantiate --quiet --eval -E 'fetchTarball "file://'$PWD'/a.tar.gz"' --option tarball-ttl 0
nix-instantiate --eval -E 'fetchTree { type = "path"; path = "'$PWD'/src"; narHash = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="; }' --extra-experimental-features 'fetch-tree flakes'
`)
}

// Search paths, and arguments in the place of files, may be URLs of tarballs, which are
// fetched when they are wanted.
func TestConfirmSearchPathURLs(t *testing.T) {
	tw := newShellTwins(t)
	tw.set(t, "mkdir -p src/lib && echo '\"hi\"' > src/default.nix && echo 1 > src/lib/a.nix && tar -czf a.tar.gz src && echo 3 > g.nix && ln -s g.nix link.nix && echo '1 +' > bad.nix")
	tw.compareLines(t, strings.ReplaceAll(`
nix-instantiate --eval -E '<foo>' -I foo=file://$PWD/a.tar.gz TTL
nix-instantiate --eval --strict -E '[ <lib/a.nix> (import <lib/a.nix>) ]' -I file://$PWD/a.tar.gz TTL
NIX_PATH=foo=file://$PWD/a.tar.gz:bar=$PWD/src nix-instantiate --eval --strict -E '[ <foo> <bar> builtins.nixPath ]' TTL
nix-instantiate --eval -E '<foo>' -I foo=file://$PWD/none.tar.gz TTL
nix-instantiate --eval -E '<foo>' -I foo=file://$PWD/none.tar.gz -I foo=src TTL
nix-instantiate --eval -E '<foo>' -I foo=file://$PWD/g.nix TTL
nix-instantiate --eval -E '<foo>' -I foo=flake:nixpkgs TTL
nix-instantiate --eval -E 'builtins.findFile [ { prefix = "foo"; path = "file://'$PWD'/a.tar.gz"; } ] "foo"' TTL
nix-instantiate --eval --strict -E '[ <foo> <bar> ]' -I foo=file://$PWD/a.tar.gz -I bar=file://$PWD/a.tar.gz TTL
nix-instantiate --find-file foo -I foo=file://$PWD/a.tar.gz TTL
nix-instantiate --eval file://$PWD/a.tar.gz TTL
nix-instantiate --parse file://$PWD/a.tar.gz TTL
nix-instantiate --eval '<foo>' -I foo=file://$PWD/a.tar.gz TTL
nix eval -f file://$PWD/a.tar.gz TTL
nix eval -f file://$PWD/none.tar.gz TTL
nix-build file://$PWD/a.tar.gz TTL
nix-env -f file://$PWD/a.tar.gz -qa TTL
nix-env -f '<foo>' -qa -I foo=file://$PWD/a.tar.gz TTL
nix-instantiate --eval flake:nixpkgs
nix-instantiate --eval -E '<foo>' -I foo=file://$PWD/a.tar.gz TTL --option restrict-eval true
nix-instantiate --eval -E 1 -I foo=file://$PWD/a.tar.gz -I none -I baz=file:///nope TTL --option restrict-eval true
nix-instantiate --eval -E 'builtins.findFile [ { path = "/etc"; prefix = "x"; } ] "x/passwd"' --option restrict-eval true
for mode in restrict-eval pure-eval; do nix-instantiate --parse g.nix --option $mode true; nix-instantiate --parse src -I src --option $mode true; done
nix-instantiate --parse link.nix --option restrict-eval true -I $PWD/link.nix
nix-instantiate --parse -E '<g.nix>' --option pure-eval true
nix-instantiate --parse $PWD/g.nix /none/x.nix --option restrict-eval true -I $PWD
nix-instantiate --parse '<g.nix>' -I .
nix-instantiate --parse '<bad.nix>' -I .
nix-instantiate --parse '<none.nix>' -I .
nix eval -f '<>' -I x=.
nix-build '<g.nix>'
`, "TTL", "--option tarball-ttl 0"))
}

// What a call of fetchurl in a file would fetch is fetched as by the real Nix, which ends
// where such a call has no name.
func TestConfirmPrefetchAttribute(t *testing.T) {
	tw := newApartTwins(t)
	for _, tw := range []*apartTwin{tw.theirs, tw.ours} {
		tw.set(t, "mkdir tree && echo 1 > tree/x && echo hello > foo && tar --sort=name --mtime=@1 --owner=0 --group=0 -czf tree.tgz tree && "+
			"sed s,@,$PWD, > p.nix <<'END'\n"+prefetchCalls+"END\n")
	}
	tw.compareLines(t, `
nix-prefetch-url -A flat p.nix
nix-prefetch-url -A plain p.nix
nix-prefetch-url -A plain p.nix --print-path
nix-prefetch-url -A plain p.nix --name bar --print-path
nix-prefetch-url -A plain p.nix --type sha1 --unpack
nix-prefetch-url -A tree p.nix --print-path
nix-prefetch-url --attr tree p.nix
nix-prefetch-url -A plain -A flat p.nix
nix-prefetch-url -A empty p.nix
nix-prefetch-url -A none p.nix
nix-prefetch-url -A number p.nix
nix-prefetch-url -A text p.nix
nix-prefetch-url -A function p.nix
nix-prefetch-url -A nope p.nix
nix-prefetch-url -A flat.x p.nix
nix-prefetch-url -A plain nope.nix
nix-prefetch-url -A plain
nix-prefetch-url -A plain p.nix --argstr v 2
nix-prefetch-url -A plain p.nix 00xyyr3fi8l6hb839bv3f7yb86yjv7xi1cgh1xnhipym4asvb4aq
nix-prefetch-url -A plain p.nix x y
nix-prefetch-url -A
! cp p.nix default.nix
nix-prefetch-url -A plain
nix-prefetch-url file://$PWD/tree
nix-prefetch-url --unpack file://$PWD/tree
nix store add tree/
nix store add tree/d/..
nix store add --dry-run ./tree//
nix store add foo/ --mode flat
nix store add foo/ --name x
nix-store --add tree/
`)
}

const prefetchCalls = `{ v ? "1" }: rec {
  flat = derivation { name = "foo"; system = "builtin"; builder = "builtin:fetchurl"; urls = [ "file://@/foo" ]; outputHashAlgo = "sha256"; outputHash = "00xyyr3fi8l6hb839bv3f7yb86yjv7xi1cgh1xnhipym4asvb4aq"; outputHashMode = "flat"; };
  plain = { urls = [ "file://@/foo" "file:///nope" ]; name = "bar"; };
  tree = { urls = [ "file://@/tree.tgz" ]; outputHashMode = "recursive"; name = "tree"; };
  empty = { urls = [ ]; };
  none = { name = "x"; };
  number = 3;
  text = { urls = "file://@/foo"; };
  function = x: plain;
}
`
