//go:build confirm

package confirm

import "testing"

// Arguments that are wrong, missing or odd are told by the older commands and by nix build as
// the real Nix tells them, and so are archives that end too early.
func TestConfirmArguments(t *testing.T) {
	tw := newApartTwins(t)
	tw.writeStoreExpr(t)
	tw.compareLines(t, `
! cp t.nix default.nix
DRV=nix-instantiate t.nix -A b
! nix-store -r $DRV --add-root r1
D=readlink r1-dev
A=nix-store -r $(nix-instantiate t.nix -A a)
nix-build -o '' t.nix -A a
nix-build -o t.nix t.nix -A a
nix-build -o x/y t.nix -A a; readlink x/y
nix-build -o
nix-build --out-link
nix-build -A
nix-build --attr
nix-build -I
nix-build --arg
nix-build --arg x
nix-build --argstr x
nix-build -j
nix-build --max-jobs x t.nix -A a
nix-build -jx t.nix -A a
nix-build --cores
nix-build --cores x t.nix
nix-build --option
nix-build --option x
nix-build --foo
nix-build nope.nix
nix-build -
echo '(import ./t.nix).a' | nix-build - --no-out-link
nix-build -E
nix-build -E '(import ./t.nix).a' --no-out-link
nix-build --expr '(import ./t.nix).a' --no-out-link
nix-build --no-out-link t.nix
nix-build --no-out-link
nix-build --no-link t.nix -A a
nix-build t.nix -A nope
nix-build t.nix -A fail
nix-build t.nix -A fail -A a
nix-build t.nix -k -A fail -A a --no-out-link
nix-build t.nix --dry-run -A b
nix-build t.nix --dry-run -A fail
nix-build --check t.nix -A a --no-out-link
nix-build --check t.nix -A fail --no-out-link
nix-build --repair t.nix -A a --no-out-link
nix-build --verbose t.nix -A a --no-out-link
nix-build --quiet t.nix -A a --no-out-link
nix-build -Q t.nix -A a --no-out-link
nix-build --no-build-output t.nix -A a --no-out-link
nix-build --add-root foo2 t.nix -A a
nix-build --add-root foo2 --indirect t.nix -A a
nix-build --drv-link dl t.nix -A a
nix-build --add-drv-link t.nix -A a --no-out-link
nix-build --hash t.nix -A a --no-out-link
nix-build --version
nix-build --log-format foo
nix-build --log-format raw t.nix -A a --no-out-link
nix-build --print-out-paths t.nix -A a --no-out-link
nix-build --json t.nix
nix-build $DRV
ls result*
nix-build $DRV --no-out-link
nix-build $D
nix-build $DRV!dev --no-out-link
nix-build $DRV!dev,out --no-out-link
nix-build $DRV!nope --no-out-link
nix-build t.nix t.nix -A a
nix-build t.nix -A b.dev; readlink result-dev
nix-build t.nix -A b.all; ls result*
nix build --profile '' -f t.nix a
nix build -f t.nix a; readlink result
nix build -f t.nix a --out-link x2; readlink x2
nix build -f t.nix b --no-link --print-out-paths
nix build -f t.nix --no-link --print-out-paths
nix build -f t.nix fail
nix build -f t.nix fail a
nix build -f t.nix fail --keep-going a --no-link
nix build -f t.nix --json --no-link a
nix build -f t.nix --dry-run fail
nix build -f t.nix --dry-run --json fail
nix build -f t.nix --rebuild a --no-link
nix build -f t.nix --rebuild fail --no-link
nix build -f t.nix --repair a --no-link
nix build -f t.nix nope
nix build -f nope.nix
nix build --no-link $A
nix build --no-link $DRV --print-out-paths
nix build --no-link $DRV^* --print-out-paths
nix build --no-link $DRV^out --print-out-paths
nix build -f t.nix a --profile $PWD/prof --no-link; readlink prof
nix build -f t.nix b --profile $PWD/prof --no-link; readlink prof
nix build -f t.nix b^dev --profile $PWD/prof --no-link; readlink prof
nix build -o
nix build --profile
nix build -f
nix build --expr
nix build --expr 'import ./t.nix' a --no-link
nix build --impure --expr '(import ./t.nix).a' --no-link --print-out-paths
nix build --foo
nix build -f t.nix a --no-link -L
nix build -f t.nix a -L --rebuild --no-link
printf 'nix-archive-1' | nix-store --restore o1
echo -n | nix-store --restore o1
nix-store --dump foo | head -c 40 | nix-store --restore o2
nix-store --dump foo | head -c 100 | nix-store --restore o3
nix-store --dump tree | head -c 200 | nix-store --restore o4; ls o4
(nix-store --dump foo; echo x) | nix-store --restore o5
nix-store --dump foo | tr f g | nix-store --restore o6
nix-store --export $A | head -c 50 | nix-store --import
nix-store --export $A | head -c 150 | nix-store --import
nix-store --export $A | head -c 200 | nix-store --import
echo -n | nix-store --import
head -c 8 /dev/zero | nix-store --import
(printf '\1\0\0\0\0\0\0\0'; nix-store --dump foo) | nix-store --import
(printf '\1\0\0\0\0\0\0\0'; nix-store --dump foo; printf 'NIXX\0\0\0\0') | nix-store --import
(printf '\2\0\0\0\0\0\0\0') | nix-store --import
nix-store --import --foo
nix-store --import x
nix-store --export
nix-store --export nope
nix-store --export --foo $A
nix-store --restore
nix-store --restore a b
nix-store --restore --foo a
nix-store --dump --foo a
nix-store --dump a b
nix-store --add-fixed sha256 tree #stderr ours
nix-store --add-fixed sha256 nope #stderr 2.34 says that the path does not exist
nix-store --add-fixed --recursive sha256
nix-store --add-fixed --recursive sha2 foo
nix-store --add-fixed --foo sha256 foo
nix-store --add --foo foo
nix-store --add
nix-store --add -
nix-store -q -
nix-store -r -
nix-store -r $(nix-instantiate t.nix -A fail) /nix/store/00000000000000000000000000000000-none.drv
nix-store -r $(nix-instantiate t.nix -A fail) /nix/store/00000000000000000000000000000000-none
! nix-store --gc
nix-build --check -k t.nix -A a -A b --no-out-link
nix build --rebuild --no-link -f t.nix b
nix build --dry-run --quiet -f t.nix b
nix build -k -f t.nix a
nix store verify --check-contents
nix-store --verify -
nix-store --optimise -
nix-store --dump -
nix-store -
nix-instantiate -
echo 1 | nix-instantiate --eval -
nix-instantiate --eval - --foo
nix-env -
nix-env -q -
nix-env -i -
nix-hash -
nix-hash --type
nix-hash --type foo foo
nix-hash --foo
nix-hash
nix-hash nope #stderr 2.34 says that the path does not exist
nix-shell -
nix-shell --run
nix-shell --command
nix-shell -i
nix-shell --keep
nix-shell --exclude
nix-shell --foo
nix-instantiate --add-root
nix-instantiate --arg
nix-instantiate -A
nix-instantiate -I
nix-instantiate --option a
nix-instantiate --eval -E
nix-instantiate --find-file
nix-instantiate --find-file nope
nix-store --add-root
nix-store -r --add-root
nix-store --option
nix-store -j
nix-store --timeout
nix-store --timeout x -r $A
nix-env -p
nix-env -f
nix-env --profile
nix-env -iA
nix-env -i
nix-env -e
nix-env --set
nix-env --set x
nix-env --set-flag
nix-env --set-flag a
nix-env --set-flag a b
nix-env --switch-generation
nix-env -G
nix-env -G x
nix-env -G 99
nix-env --rollback x
nix-env --rollback
nix-env -S
nix-env --switch-profile
nix-env --list-generations x
nix-env --list-generations | cut -c 1-5
nix-env --delete-generations
nix-env --foo
nix-env
nix-env --version
nix-env -q --foo
nix-env -q -i
`)
}

// A word that is no command is told with what may have been meant; and what only operations
// of nix-env know has no place before one.
func TestConfirmNoCommands(t *testing.T) {
	tw := newShellTwins(t)
	tw.compareLines(t, `
nix nope
nix buld
nix stor
nix ev
nix log2
nix store nope
nix store vrify
nix store dump
nix profile lst
nix profile ls
nix hash fle
nix hash to-sri2
nix key gen
nix derivation shw
nix-env -A
nix-env --attr
nix-env -q -A
nix-env -f
`)
}

// Flags of settings that need an experimental feature are heeded if it is on, in whatever
// order, and refused if not.
func TestConfirmFeatureFlags(t *testing.T) {
	tw := newShellTwins(t)
	tw.compareLines(t, `
nix --experimental-features 'nix-command flakes' config show flake-registry --flake-registry https://no
nix --experimental-features nix-command config show flake-registry --flake-registry https://no
nix config show flake-registry --flake-registry https://no --experimental-features 'nix-command flakes'
nix --experimental-features nix-command eval --impure-env x=y --expr 1
nix eval --flake-registry https://no --expr 1
`)
}

// After "--" the older commands take their own flags, without arguments, and no others.
func TestConfirmAfterDashes(t *testing.T) {
	tw := newApartTwins(t)
	tw.writeStoreExpr(t)
	tw.compareLines(t, `
nix-instantiate --eval -- --strict -E 1
nix-instantiate -- --eval -E 1
nix-instantiate --eval -- -E 1 --show-trace
nix-instantiate --eval -- -E 1 --foo
nix-instantiate --eval -- -E 1 -v
nix-instantiate --eval -- -E 1 -j
nix-instantiate --eval -- -E '"a"' --json
nix-instantiate --eval -- -E 1 -A
nix-instantiate --eval -- -E 1 --arg
nix-instantiate --eval -- -E 1 --dry-run
nix-instantiate --eval -- --readonly-mode -E 1
nix-instantiate --eval -- --repair -E 1
nix-build --dry-run -- -E 1
nix-build --dry-run -- -A foo
nix-build --dry-run -- -k
nix-build -- --dry-run t.nix
nix-store -q -- -x
nix-store -- -q /x
nix-store -q --requisites -- --foo
nix-store --delete -- -x
nix-env -i -- -x
nix-env -e -- -x
nix-env -- -qa
nix-env -q -- --json
nix-env --switch-generation -- -1
echo a > a; nix-hash -- --base32 a
nix-hash --flat --type sha256 -- -x
nix-hash --flat -- --type sha256
nix-prefetch-url -- --x
nix-channel -- --list
nix-channel -- --foo
nix eval -- --foo
`)
}
