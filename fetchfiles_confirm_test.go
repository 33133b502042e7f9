//go:build confirm

package main

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
