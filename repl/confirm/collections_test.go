//go:build confirm

package confirm

import (
	"os"
	"path/filepath"
	"testing"
)

// writeStoreExpr writes storeExpr, and files to add, for both programs.
func (tw *apartTwins) writeStoreExpr(t *testing.T) {
	t.Helper()
	for _, tw := range []*apartTwin{tw.ours, tw.theirs} {
		for name, text := range map[string]string{"t.nix": storeExpr, "foo": "foo\n", "tree/d/x": "x\n"} {
			file := filepath.Join(tw.dir, name)
			os.MkdirAll(filepath.Dir(file), 0o755)
			if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// Collections find the same roots, say the same of those that lead nowhere, and delete
// the same.
func TestConfirmCollections(t *testing.T) {
	tw := newApartTwins(t)
	tw.writeStoreExpr(t)
	tw.compareLines(t, `
! nix-store -r $(nix-instantiate t.nix -A b) --add-root r1
nix-store --gc --print-roots
nix-store --gc --print-live
nix-store --gc --print-dead
! rm r1
nix-store --gc --print-roots
nix-store --gc --print-live
! nix-store --add foo; nix-store -r $(nix-instantiate t.nix -A b) --add-root r1; rm r1
nix-collect-garbage --dry-run
nix-store --gc --print-dead
nix store gc --dry-run
nix-store --gc
ls /nix/var/nix/gcroots/auto | wc -l
! nix-store -r $(nix-instantiate t.nix -A b) --add-root r1
! cd /nix/var/nix/gcroots; ln -s /nix/store/00000000000000000000000000000000-none none; ln -s /nix/store/00000000000000000000000000000000-none/x below; ln -s /nix/store/foo foo; ln -s /nonexist ne; mkdir sub; touch sub/file sub/$(basename $(readlink $OLDPWD/r1))
nix-store --gc --print-roots
nix-store --gc --print-dead
nix-store --gc --print-live
! cd /nix/var/nix/gcroots; ln -s $OLDPWD/foo auto/abc; ln -s $OLDPWD/nope auto/def; ln -s nope2 auto/ghi; ln -s $OLDPWD/l1 l2; ln -s $OLDPWD/l4 auto/jkl; mkdir auto/sub; ln -s /nope3 auto/sub/mno
! ln -s l3 l1; ln -s /nix/store/00000000000000000000000000000000-xx l4
nix-store --gc --print-roots
! cd /nix/var/nix/temproots; touch 4194001; printf '/nix/store/00000000000000000000000000000000-none\0' > 4194002
nix-store --gc --print-roots
! touch /nix/var/nix/temproots/4194001
nix-store --gc --print-dead
ls /nix/var/nix/gcroots/auto | wc -l
nix-store --gc
ls /nix/var/nix/gcroots/auto | wc -l
nix store gc
nix store gc --max 1K
nix store gc --max 0
nix store gc --max 1Q
nix store gc --max x
nix store gc --max ''
nix store gc x
nix store gc --max
nix store gc --max 1 --dry-run
nix-collect-garbage x
nix-collect-garbage -
nix-collect-garbage --foo
nix-collect-garbage -d
nix-collect-garbage -d --dry-run
nix-collect-garbage --max-freed 0
nix-collect-garbage --max-freed -5
nix-collect-garbage --max-freed
nix-collect-garbage --max-freed ''
nix-collect-garbage --max-freed 1 --dry-run
nix-collect-garbage --max-freed 1M
nix-collect-garbage --delete-older-than
nix-collect-garbage --delete-older-than x
nix-collect-garbage --delete-older-than 30
nix-collect-garbage --delete-older-than 30d
nix-collect-garbage --delete-older-than 1h
nix-collect-garbage --version
nix-store --gc -
nix-store --gc --max-freed
nix-store --gc --max-freed 0
nix-store --gc --max-freed -1
nix-store --gc --max-freed 1k
nix-store --gc --max-freed 1.5k
nix-store --gc --max-freed 1.5
nix-store --gc --max-freed 99999999999T
nix-store --gc --print-roots --print-live
nix-store --gc --print-live --print-dead
nix-store --gc --print-roots --max-freed 1
nix-store --gc --max-freed 1 --print-dead
! nix-env -p $PWD/prof --set $(readlink r1); nix-env -p $PWD/prof --set $(readlink r1-dev); nix-env -p $PWD/prof --set $(readlink r1)
nix-store --gc --print-roots
nix-collect-garbage -d --dry-run
nix-collect-garbage -d
nix-env -p $PWD/prof --list-generations | cut -c 1-4
nix-env -p $PWD/prof --delete-generations 99
nix-env -p $PWD/prof --delete-generations 3
nix-env -p $PWD/prof --delete-generations x
nix-env -p $PWD/prof --delete-generations 0d
nix-env -p $PWD/prof --delete-generations +0
nix-env -p $PWD/prof --delete-generations -1
nix-env -p $PWD/prof --delete-generations
nix-env -p $PWD/prof --delete-generations --dry-run +1
nix-env -p $PWD/prof --delete-generations +1
nix-env -p $PWD/prof --delete-generations old
! nix-env --set $(readlink r1); nix-env --set $(readlink r1-dev); nix-env --set $(readlink r1)
nix-collect-garbage --delete-older-than 1d
nix-collect-garbage --delete-older-than x
nix-collect-garbage --delete-older-than 1h
nix-collect-garbage --delete-older-than 0d
nix-collect-garbage -d --dry-run
nix-collect-garbage -d
nix-collect-garbage -d --quiet
nix-collect-garbage -d -v
! ln -s /nowhere/x /nix/var/nix/gcroots/auto/x
nix-store -q --roots $(readlink r1) | sort
nix-env --switch-profile $PWD/prof; readlink .nix-profile
nix-env -S /nix/var/nix/profiles/p; readlink .nix-profile
! rm -r /nix/var/nix/gcroots/*; rm -f prof* r1* /nix/var/nix/profiles/per-user/*/*
nix-store --gc --print-roots
nix-store --gc
`)
}
