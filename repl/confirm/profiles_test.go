//go:build confirm

package confirm

import (
	"os"
	"path/filepath"
	"testing"
)

// packagesExpr has packages with two versions, with files of one name, with several
// outputs and with all kinds of meta attributes.
const packagesExpr = `let
  mk = name: prio: text: extra: derivation ({ inherit name; system = builtins.currentSystem; builder = "/bin/sh"; args = [ "-c" "mkdir -p $out/bin $out/share; echo ${text} > $out/bin/${text}; echo ${name} > $out/share/${name}" ]; } // extra) // { meta = { description = "the ${name}"; priority = prio; }; };
in {
  hello1 = mk "hello-1.0" 5 "hello" { };
  hello2 = mk "hello-2.0" 5 "hello" { };
  clash = mk "clash-1" 5 "hello" { };
  low = mk "low-1" 9 "hello" { };
  other = mk "other-3.1" 5 "other" { };
  multi = (derivation { name = "multi-1"; system = builtins.currentSystem; builder = "/bin/sh"; outputs = [ "out" "dev" "doc" ]; args = [ "-c" "for o in $out $dev $doc; do mkdir -p $o/d; echo x > $o/d/x-\${o##*-}; done" ]; }) // { meta = { outputsToInstall = [ "out" "doc" ]; maintainers = [ { name = "A \"b\""; x = 1.5; "a-b" = true; "two words" = null; } ]; flag = true; n = 3; fn = x: x; list = [ [ ] { } ]; }; };
}
`

// nix-env and nix profile make the same profiles and say the same: the paths of
// environments, which have their manifests in them, are compared.
func TestConfirmProfiles(t *testing.T) {
	tw := newShellTwins(t)
	tw.onOwnNix(t)
	if err := os.WriteFile(filepath.Join(tw.dir, "pk.nix"), []byte(packagesExpr), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"theirs", "ours"} {
		if err := os.Mkdir(filepath.Join(tw.dir, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	// What both would build is there, so that neither tells of building it.
	tw.set(t, "nix-build pk.nix --no-out-link")
	tw.compareLines(t, `
nix-env -p $P/prof -f pk.nix -q
nix-env -p $P/prof -f pk.nix -iA hello1; readlink -f $P/prof; cat $P/prof/manifest.nix
nix-env -p $P/prof -f pk.nix -iA hello1; readlink $P/prof
nix-env -p $P/prof -f pk.nix -i other; readlink $P/prof $P/prof-*-link
nix-env -p $P/prof -f pk.nix -q --out-path
nix-env -p $P/prof -f pk.nix -qs
nix-env -p $P/prof -f pk.nix -u --dry-run
nix-env -p $P/prof -f pk.nix -u; readlink $P/prof
nix-env -p $P/prof -f pk.nix -u; readlink $P/prof
nix-env -p $P/prof -f pk.nix -i clash; readlink $P/prof
nix-env -p $P/prof -f pk.nix -i low; readlink $P/prof
nix-env -p $P/prof -f pk.nix -i multi; readlink $P/prof; readlink $P/prof-*-link
nix-env -p $P/prof --set-flag priority 2 hello; readlink $P/prof
nix-env -p $P/prof --set-flag active false other; readlink $P/prof
nix-env -p $P/prof --set-flag priority 2 nope; readlink $P/prof
nix-env -p $P/prof --set-flag x
nix-env -p $P/prof -e other nope; readlink $P/prof; cat $P/prof/manifest.nix
nix-env -p $P/prof -q
nix-env -p $P/prof --list-generations | cut -c 1-7,27-
nix-env -p $P/prof --rollback; readlink $P/prof
nix-env -p $P/prof -G 1; readlink $P/prof
nix-env -p $P/prof --rollback; readlink $P/prof
nix-env -p $P/prof -G 99
nix-env -p $P/prof -G x
nix-env -p $P/prof -G 3; readlink $P/prof
nix-env -p $P/prof --delete-generations 1 2; ls -d $P/prof-* | grep -v parent
nix-env -p $P/prof --delete-generations 3
nix-env -p $P/prof --delete-generations +1 --dry-run
nix-env -p $P/prof --delete-generations 5d
nix-env -p $P/prof --delete-generations x
nix-env -p $P/prof --delete-generations old; ls -d $P/prof-* | grep -v parent
nix-env -p $P/prof -f pk.nix -iA hello2 other --remove-all; readlink $P/prof; nix-env -p $P/prof -q
nix-env -p $P/prof -f pk.nix -i hello-1.0; readlink $P/prof; nix-env -p $P/prof -q
nix-env -p $P/prof -f pk.nix -i nope
nix-env -p $P/prof -f pk.nix -i hel
nix-env -p $P/prof -f pk.nix -i hello --preserve-installed -b
nix-env -p $P/prof -f pk.nix -E -i 'p: [ p.low p.other ]'; readlink $P/prof
nix-env -p $P/prof -f pk.nix -i 'o.*' --priority 3; readlink $P/prof
nix-env -p $P/prof -f pk.nix --set -A multi; readlink $P/prof
nix-env -p $P/prof -f pk.nix --set -A multi hello1; readlink $P/prof
nix-env -p $P/prof -i $H; readlink $P/prof; nix-env -p $P/prof -q
nix-env -p $P/prof -e $H; readlink $P/prof
nix-env -p $P/prof -i --from-profile $P/prof '*'; readlink $P/prof
nix-env -p $P/prof -i foo -e bar
nix-env
nix-env -p $P/prof -f pk.nix -i hello --foo
nix-env -p $P/prof -f pk.nix -iA nope
nix profile list --profile $P/q
nix profile add --profile $P/q -f pk.nix hello1; readlink $P/q; cat $P/q/manifest.json 2>/dev/null
nix profile add --profile $P/q -f pk.nix other multi^dev,out; readlink $P/q; nix profile list --profile $P/q
nix profile list --profile $P/q --json
nix profile add --profile $P/q -f pk.nix clash; readlink $P/q
nix profile add --profile $P/q -f pk.nix clash --priority 3; readlink $P/q; nix profile list --profile $P/q
nix profile add --profile $P/q $H; readlink $P/q; nix profile list --profile $P/q
nix profile install --profile $P/q $H; readlink $P/q
nix profile remove --profile $P/q nope
nix profile remove --profile $P/q 3
nix profile remove --profile $P/q
nix profile remove --profile $P/q --all other
nix profile remove --profile $P/q other; readlink $P/q
nix profile remove --profile $P/q --regex 'HEL.*'; readlink $P/q; nix profile list --profile $P/q
nix profile upgrade --profile $P/q --all
nix profile upgrade --profile $P/q nope
nix profile history --profile $P/q | sed 's/(.*)/(DATE)/'
nix profile diff-closures --profile $P/q
nix profile rollback --profile $P/q; readlink $P/q
nix profile rollback --profile $P/q --to 1; readlink $P/q
nix profile rollback --profile $P/q
nix profile rollback --profile $P/q --to 77
nix profile wipe-history --profile $P/q --dry-run
nix profile wipe-history --profile $P/q --older-than 3d
nix profile wipe-history --profile $P/q; ls -d $P/q-* | grep -v parent
nix-env -p $P/q -q
nix-env -p $P/q -e x
nix profile list --profile $P/prof
nix profile remove --profile $P/prof --all; readlink $P/prof
nix profile add --profile $P/prof -f pk.nix low; readlink $P/prof
`, "H="+tw.set(t, "nix-store -r $(nix-instantiate pk.nix -A hello1)"))
}

// The links in a user's home are made and followed as by the real Nix, also where they lead
// to what is not there yet.
func TestConfirmProfileLinks(t *testing.T) {
	tw := newApartTwins(t)
	for _, tw := range []*apartTwin{tw.ours, tw.theirs} {
		if err := os.WriteFile(filepath.Join(tw.dir, "pk.nix"), []byte(packagesExpr), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	tw.compareLines(t, `
nix-env -q; readlink .nix-profile .nix-defexpr/channels /nix/var/nix/profiles/default; ls .nix-defexpr
nix-env -f pk.nix -iA hello1; readlink -f .nix-profile
nix-env --switch-profile $PWD/other; readlink .nix-profile
nix-env -q
nix-env -f pk.nix -iA other; readlink -f .nix-profile; readlink other
nix-env -q
nix-env --list-generations | cut -c 1-8
nix-env -f pk.nix -iA low --profile third; nix-env --switch-profile third; readlink .nix-profile; nix-env -q
rm .nix-profile; nix-env -q; readlink .nix-profile
rm .nix-profile; nix profile list 2>&1; readlink .nix-profile
nix-env --option use-xdg-base-directories true -q; readlink state/nix/profile
`)
}
