//go:build confirm

package confirm

import "testing"

// What is wrong with settings is told as the real Nix tells it, and good values are shown in
// the same way.
func TestConfirmSettingWords(t *testing.T) {
	tw := newApartTwins(t)
	tw.compareLines(t, `
nix-instantiate --eval --expr 1 --auto-allocate-uids
nix-instantiate --eval --expr 1 --no-auto-allocate-uids
nix eval --expr 1 --no-accept-flake-config
nix eval --expr 1 --use-registries
nix eval --expr 1 --impure-env a=b
nix eval --expr 1 --accept-flake-config --extra-experimental-features flakes
nix eval --expr 1 --extra-allow-dirty 5
nix-build --extra-sandbox
nix-instantiate --eval --expr 1 --extra-keep-going 1
nix-instantiate --eval --expr 1 --extra-cores 1
nix-instantiate --eval --expr 1 --extra-allowed-impure-host-deps 1
nix-instantiate --eval --expr 1 --extra-system-features x --extra-ignored-acls y
nix eval --expr 1 --option build-dir x
nix eval --expr 1 --option sandbox-build-dir ''
nix eval --expr 1 --option sandbox-build-dir x
nix eval --expr 1 --option netrc-file ''
nix eval --expr 1 --option diff-hook x
nix eval --expr 1 --option eval-profiler x
nix eval --expr 1 --option lint-url-literals x
nix eval --expr 1 --option warn-short-path-literals true
nix eval --expr 1 --option extra-experimental-features no-url-literals
nix eval --expr 1 --option trusted-substituters x
nix eval --expr 1 --option download-speed 5000000000
nix eval --expr 1 --option build-cores x
nix eval --expr 1 --option gc-keep-outputs x
nix eval --expr 1 --option cores -1
nix eval --expr 1 --option timeout -1
NIX_CONFIG='foo' nix eval --expr 1
NIX_CONFIG='foo bar' nix eval --expr 1
NIX_CONFIG='foo=bar' nix eval --expr 1
NIX_CONFIG='cores = x' nix eval --expr 1
NIX_CONFIG='max-jobs = x' nix eval --expr 1
NIX_CONFIG='sandbox = x' nix eval --expr 1
NIX_CONFIG='keep-going = x' nix eval --expr 1
NIX_CONFIG='store = x' nix eval --expr 1
NIX_CONFIG='include nope' nix eval --expr 1
NIX_CONFIG='!include nope' nix eval --expr 1
NIX_CONFIG='include' nix eval --expr 1
nix config show cores --cores 5G
nix config show cores --option cores 5G
nix config show download-speed --option download-speed 3T
nix config show sandbox-paths --option sandbox-paths '/a /b=/c'
nix config show build-dir --option build-dir /x/../y
nix config show system-features --option system-features 'b a b'
nix config show access-tokens --option access-tokens 'b=1 a=2'
nix config show build-cores
`)
}
