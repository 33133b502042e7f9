//go:build confirm

package confirm

import "testing"

// The commands that ask about a store, and that add to it, print what those of the real Nix
// print, status and all. Without flakes there is nothing that no argument would stand for.
func TestConfirmStoreCommands(t *testing.T) {
	tw := newApartTwins(t)
	tw.writeStoreExpr(t)
	tw.compareLines(t, `
DRV=nix-instantiate t.nix -A b
! nix-store -r $DRV --add-root r1
D=readlink r1-dev
O=readlink r1
A=nix-store -r $(nix-instantiate t.nix -A a)
N=echo /nix/store/00000000000000000000000000000000-none
T=nix-store --add tree
nix path-info $D
nix path-info --derivation $D
nix path-info --derivation $DRV
nix path-info --derivation $N
nix path-info -rsSh $D
nix path-info -s $D $N
nix path-info --json $D
nix path-info --json --json-format 1 $D
nix path-info --json --json-format 2 $D
nix path-info --json --json-format x $D
nix path-info --json --json-format 9 $D #stderr HEAD has one more
nix path-info --json -S $D
nix path-info --json --all --json-format 2
nix path-info --json --pretty $D
nix path-info --json --no-pretty $D
nix path-info --all
nix path-info --all -S
nix path-info --all $D
nix path-info --sigs $D
nix path-info ./r1
nix path-info ./r1-dev -r
nix path-info $D/x
nix path-info -f t.nix a
nix path-info -f t.nix --derivation a
nix path-info -f t.nix -r --derivation b
nix path-info -f t.nix 'b^dev'
nix path-info -f t.nix 'b^nope'
nix path-info $DRV^*
nix path-info --json $N
nix path-info --json $N --json-format 2
nix path-info -h $D
nix path-info --stdin
echo $D $A | nix path-info --stdin
echo $D | nix path-info $A --stdin
nix path-info -
nix path-info --foo
nix path-info --store
nix path-info --store dummy:// $D
nix store info
nix store info --json
nix store info --json --pretty
nix store ping
nix store ping --json
nix ping-store
nix store info x
nix store info --store dummy://
nix store ls $D
nix store ls -l $D
nix store ls -lR $A
nix ls-store -lR $T
nix store ls -R $T
nix store ls -ld $T
nix store ls --json $T
nix store ls --json -d $T
nix store ls $T/d
nix store ls $T/nope
nix store ls -l $T/d/x
nix store ls $N
nix store ls
nix store ls x
nix store ls $T $D
nix store cat $T/d/x
nix store cat
nix store add --name bar foo
nix store add --name '' foo
nix store add --mode flat tree #stderr ours
nix store add --hash-algo blake3 foo
nix store add --hash-algo foo foo
nix store add
nix store add foo foo
nix store add -
nix store dump-path $N
nix store dump-path $D $O
nix store dump-path $DRV^dev | sha256sum
nix dump-path ./r1 | sha256sum
nix store dump-path -f t.nix --derivation a | sha256sum
nix store diff-closures $D $A
nix store diff-closures $A
nix store diff-closures $A $N
nix store diff-closures -f t.nix a b
nix store diff-closures --derivation -f t.nix a b
nix store repair $N
nix store verify $D
nix store verify -n 1 $D
nix store verify -n
nix store verify -n x $D
nix store verify $N
nix store verify -s
! nix key generate-secret --key-name k-1 > sk; nix key convert-secret-to-public < sk > pk
nix store sign -k sk -r $D
nix path-info --sigs -r $D | sed 's/k-1:.*/SIG/'
nix path-info --json --json-format 2 -r $D | sed 's/k-1:[^"]*/SIG/g'
nix store verify -n 1 --trusted-public-keys "$(cat pk)" $D
nix copy --to $PWD/signed $D --option trusted-public-keys "$(cat pk)" #stderr another name of the store
nix store verify -n 1 -s $PWD/signed --trusted-public-keys "$(cat pk)" $D
nix store copy-log $DRV
nix store copy-log --to $PWD/other $A
nix log $A --store $PWD/other
nix store copy-log --to $PWD/other $N
nix store copy-log --to $PWD/other $T
nix store copy-log --from $PWD/other $A
nix store prefetch-file
nix store prefetch-file file://$PWD/foo
nix store prefetch-file --json file://$PWD/foo
nix store prefetch-file --json --pretty --name bar --hash-type sha512 file://$PWD/foo
nix store prefetch-file --expected-hash sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= file://$PWD/foo #stderr the URL, not a temporary file
nix store prefetch-file --expected-hash sha256-tbudgBSg+bHWHiHnlteNzN8TUvI80ygS9IULh4rklEw= file://$PWD/nope/foo
nix store prefetch-file --executable file://$PWD/foo
nix store prefetch-file --executable --unpack file://$PWD/foo #stderr ours
nix store prefetch-file --unpack file://$PWD/tree.tgz
! tar czf tree.tgz tree; tar cf two.tar tree foo; cp foo 'a b'
nix store prefetch-file --unpack file://$PWD/tree.tgz
nix store prefetch-file --unpack --json file://$PWD/two.tar
nix store prefetch-file file://$PWD/nope
nix store prefetch-file "file://$PWD/a%20b" #stderr an order
nix store prefetch-file --name 'a b' file://$PWD/foo #stderr ours
nix store prefetch-file file:/// #stderr ours
nix-prefetch-url
nix-prefetch-url file://$PWD/foo
nix-prefetch-url --print-path file://$PWD/foo
PRINT_PATH=1 nix-prefetch-url --type md5 file://$PWD/foo
nix-prefetch-url --type sha1 --name bar file://$PWD/foo
nix-prefetch-url --unpack file://$PWD/tree.tgz
nix-prefetch-url --executable file://$PWD/foo
nix-prefetch-url file://$PWD/foo 0k4nhl63g5c8bss2jwgbyap8cvfkr2wlaqx1bbnd1d9sa10cx1xm #stderr the URL, not a temporary file
nix-prefetch-url file://$PWD/foo 0k4nhl63g5c8bss2jwgbyap8cvfkr2wlaqx1bbnd1d9sa10cx1xm x
nix-prefetch-url --unpack file://$PWD/foo
nix-prefetch-url --type
nix-prefetch-url --foo
nix-prefetch-url -
nix nar pack foo | md5sum
nix nar dump-path foo | md5sum
nix store path-from-hash-part
nix store foo
nix foo #stderr no suggestions
nix
nix log $DRV
nix log $A
nix log $N
nix log -f t.nix a
nix derivation show $A
nix show-derivation $DRV
echo $DRV | nix derivation show --stdin
nix why-depends --derivation $DRV $A
nix why-depends --derivation -f t.nix b a
nix why-depends $A
nix why-depends $A $N
nix why-depends $N $A
nix why-depends $D $D
nix copy $A
nix copy --to
nix copy --to $PWD/copied $A
nix copy --from $PWD/copied $N
nix copy --from $PWD/copied $A
nix copy --to local?root=$PWD/copied2 $D
nix copy --to local?root=$PWD/copied2 --no-check-sigs $D
nix path-info --store $PWD/copied2 --all -s --sigs | sed 's/k-1:.*/SIG/'
nix path-info --store $PWD/copied2 --json --json-format 2 $O | sed 's/k-1:[^"]*/SIG/g'
nix copy --from $PWD/copied2 --all 2>/dev/null
nix copy --to local?root=$PWD/copied2 --derivation $DRV
nix copy --to local?root=$PWD/copied3 --no-check-sigs --all | sort
nix copy --to local?root=$PWD/copied4 --no-check-sigs -f t.nix b
nix copy --to local?root=$PWD/copied5 --no-check-sigs --no-recursive $A
nix copy --to local?root=$PWD/copied5 --no-check-sigs --no-recursive $D #stderr ours
nix copy --to local?root=$PWD/copied6 --no-check-sigs --out-link res $A $D; readlink res res-1
nix copy --to local?root=$PWD/copied6 --no-check-sigs --profile $PWD/prof $A 2>/dev/null; readlink prof prof-1-link
nix copy --to local?root=$PWD/copied6 --no-check-sigs --profile $PWD/prof $A $D #stderr HEAD says nothing of copies
echo $T | nix copy --to local?root=$PWD/copied7 --stdin
nix copy --to dummy:// $A
nix copy --to foo://bar $A #stderr ours
`)
}
