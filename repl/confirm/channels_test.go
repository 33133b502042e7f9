//go:build confirm

package confirm

import "testing"

// channelTree makes what channels are made of: archives of expressions, and directories of
// such, with their names in the search path of the twins.
const channelTree = `mkdir -p src/pkgs-1.2 c/chan c/chan-1.5 c/old-stable c/none c/dashes-unstable c/two c/x~y &&
printf '{ a = derivation { name = "hello-1"; system = "x86_64-linux"; builder = "/bin/sh"; }; }' > src/pkgs-1.2/default.nix &&
tar --sort=name --mtime=@1 --owner=0 --group=0 -C src -cJf c/chan/nixexprs.tar.xz pkgs-1.2 &&
tar --sort=name --mtime=@1 --owner=0 --group=0 -C src -cjf c/old-stable/nixexprs.tar.bz2 pkgs-1.2 &&
gzip -n < /dev/null > c/empty.tar.gz && touch src/other && tar --sort=name --mtime=@1 --owner=0 --group=0 -C src -czf c/two.tar.gz pkgs-1.2 other &&
tar --sort=name --mtime=@1 --owner=0 --group=0 -C src -czf c/pkgs-1.2.tar.gz pkgs-1.2 &&
for d in chan-1.5 dashes-unstable x~y; do cp c/chan/nixexprs.tar.xz c/$d; done`

// Channels of files of this machine are kept, and unpacked into a profile, as by the real
// Nix: lists, links, generations and what is in the store. The programs that the real one
// runs for it say last that they have failed; here there are none.
func TestConfirmChannels(t *testing.T) {
	tw := newApartTwins(t)
	for _, tw := range []*apartTwin{tw.theirs, tw.ours} {
		tw.set(t, channelTree)
	}
	tw.compareLines(t, `
nix-channel
nix-channel --list
nix-channel --update
ls -A .nix-defexpr; ls .nix-channels; readlink .nix-defexpr/channels
nix-channel --list x
nix-channel --add
nix-channel --add a b c
nix-channel --add /nope
nix-channel --add ftp://x/y
nix-channel --add file:///x 'a b'
nix-channel --add file:///x -- -a
nix-channel --add file:///x .a
nix-channel --add file:///x ''
nix-channel --add 'file:///a b'
nix-channel --add file://
nix-channel --remove
nix-channel --remove a b
nix-channel --remove none; cat .nix-channels
nix-channel --foo
nix-channel --add --foo
nix-channel --rollback 2>&1 | sed '/^error: program/d'
nix-channel --list-generations | sed 's/ 20[^ ]* [^ ]*//'
nix-channel --list-generations x
nix-channel --rollback 1 2
nix-channel --add file://$PWD/c/chan//; cat .nix-channels
nix-channel --list; nix-channel --add file://$PWD/c/old-stable; cat .nix-channels
nix-channel --add https://example.org/channels/nixos-24.05-unstable; cat .nix-channels; nix-channel --remove nixos-24.05; cat .nix-channels
nix-channel --update; readlink .nix-defexpr/channels; ls .nix-defexpr/channels/
cat .nix-defexpr/channels/manifest.nix
readlink /nix/var/nix/profiles/per-user/*/channels /nix/var/nix/profiles/per-user/*/channels-?-link
nix-env -qaP --description
nix-env -qa --drv-path
nix-env -q -p .nix-defexpr/channels
nix-channel --add file://$PWD/c/chan-1.5 five && nix-channel --add file://$PWD/c/pkgs-1.2.tar.gz tar && nix-channel --update five tar; cat .nix-defexpr/channels/manifest.nix
nix-env -q -p .nix-defexpr/channels; cat .nix-channels
nix-channel --update; readlink /nix/var/nix/profiles/per-user/*/channels /nix/var/nix/profiles/per-user/*/channels-?-link
printf '# comment\n  # more\n\n  file://%s/c/chan// \nfile://%s/c/chan-1.5  x  y  \n' $PWD $PWD > .nix-channels; nix-channel --list
nix-channel --update x; readlink /nix/var/nix/profiles/per-user/*/channels
nix-channel --update; nix-env -q -p .nix-defexpr/channels; readlink /nix/var/nix/profiles/per-user/*/channels
nix-channel --rollback; readlink /nix/var/nix/profiles/per-user/*/channels
nix-channel --rollback 1; readlink /nix/var/nix/profiles/per-user/*/channels
nix-channel --remove chan; cat .nix-channels; readlink /nix/var/nix/profiles/per-user/*/channels; ls .nix-defexpr/channels/
nix-channel --list-generations | sed 's/ 20[^ ]* [^ ]*//'
nix-channel --update nope; nix-channel --list; nix-env -q -p .nix-defexpr/channels
echo file://$PWD/c/pkgs-1.2.tar.gz 'a"b' > .nix-channels; nix-channel --update; nix-channel --list #stderr the name of a temporary file
rm .nix-channels; ln -s elsewhere .nix-channels; nix-channel --list
touch elsewhere; nix-channel --add file://$PWD/c/chan; cat elsewhere; readlink .nix-channels
rm -rf .nix-defexpr; ln -s c .nix-defexpr; nix-channel --update; readlink .nix-defexpr/channels; ls c
env -u NIX_PATH nix-instantiate --eval --strict -E '[ <chan> builtins.nixPath ]'
env -u NIX_PATH nix-env -f '<chan>' -qa
env -u NIX_PATH nix-instantiate --eval --strict -E builtins.nixPath --option restrict-eval true
env -u NIX_PATH nix-instantiate --eval --strict -E builtins.nixPath -I x=$PWD/c --option nix-path y=$PWD/c
NIX_PATH=x=$PWD/c nix-instantiate --eval --strict -E builtins.nixPath
env -u NIX_PATH nix config show nix-path
cd /nix/store && ls -d *chan* *five* *pkgs* *nixexprs* *user-environment*
export NIX_CONFIG="$NIX_CONFIG
use-xdg-base-directories = true"; nix-channel --list; nix-channel --add file://$PWD/c/chan-1.5 xdg; nix-channel --update; find state -printf '%p %l\n' | sort; nix-env -qaP; nix-channel --remove xdg; cat state/nix/channels
`)
}

// What channels cannot be made of is said to be none, as by the real Nix, and nothing is
// changed.
func TestConfirmNoChannels(t *testing.T) {
	tw := newApartTwins(t)
	for _, tw := range []*apartTwin{tw.theirs, tw.ours} {
		tw.set(t, channelTree+"&& echo 1 > f && mkdir -p t/chan && cp f t/chan/nixexprs.tar.xz")
	}
	tw.compareLines(t, `
for c in none empty.tar.gz two.tar.gz nope x~y two; do echo "file://$PWD/c/$c chan" > .nix-channels; nix-channel --update 2>err; echo $?; sed '/^error: program /d' err; done; ls .nix-defexpr
echo "file://$PWD/t/chan chan" > .nix-channels; nix-channel --update 2>&1 | sed '/^error: program /d'
echo "file://$PWD/f" > .nix-channels; nix-channel --update
echo "chan" > .nix-channels; nix-channel --update
printf "file://$PWD/c/chan a\nfile://$PWD/c/none b\n" > .nix-channels; nix-channel --update; ls .nix-defexpr
rm .nix-channels; mkdir .nix-channels; nix-channel --list || nix-channel --add file://$PWD/c/chan || rmdir .nix-channels #stderr HEAD words it otherwise
`)
}
