//go:build confirm

package main

import "testing"

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
nix-instantiate --eval -E 'builtins.fetchTarball { url = "file://'$PWD'/a.tar.gz"; sha256 = "'$(nix-hash --type sha256 --base32 f)'"; }'
nix-instantiate --eval -E 'builtins.fetchurl "file://'$PWD'/f"'
nix-instantiate --eval -E 'builtins.fetchurl "file://'$PWD'/nope"'
nix-instantiate --eval -E 'builtins.fetchurl { url = "file://'$PWD'/no%20pe"; name = "x"; }'
nix-instantiate --eval -E 'builtins.fetchurl { url = "file://'$PWD'/nope"; sha256 = "0wgfzzalj4swj4k3d14zv0ynf3hhsp5q3z6km1n2f3wcdifw7y4a"; }'
nix-instantiate --eval -E 'builtins.fetchurl { url = "file://'$PWD'/f"; sha256 = "0wgfzzalj4swj4k3d14zv0ynf3hhsp5q3z6km1n2f3wcdifw7y4a"; }' --option substitute false
`)
}
