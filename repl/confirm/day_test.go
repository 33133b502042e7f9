//go:build confirm

package confirm

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// daySteps is how long a day is, unless STEPS says otherwise, as in make day.
const daySteps = 31

// A dayStep is a line of shell that leaves the store valid; what it needs, it makes.
type dayStep struct {
	line string
	// old is what a Nix before 2.20 does instead, which has other names for the
	// commands, and cannot read the manifest.json that newer ones write.
	old string
}

var dayLines = []dayStep{
	{line: `for i in 1 2 3; do echo file $STEP $i > f$i; done; nix-store --add f1 f2 f3`},
	{line: `nix-env -p p/env -f pk.nix -iA hello1`},
	{line: `mkdir -p tree/$STEP; echo same > tree/$STEP/a; ln -sf a tree/$STEP/l; nix-store --add-fixed --recursive sha256 tree`},
	{line: `nix-store -r $(nix-instantiate pk.nix -A multi) --add-root result --indirect`},
	{line: `nix-env -p p/env -f pk.nix -i other low`},
	{line: `nix-store -r $(nix-instantiate pk.nix -A multi) --add-root result; nix-store --export $(nix-store -qR result) > export; nix-store --import < export`},
	{line: `nix-env -p p/env -f pk.nix -u`},
	{line: `nix-store --optimise`},
	{line: `nix profile add --profile p/new -f pk.nix hello2 --priority $((STEP + 10))`,
		old: `rm -f p/new*; nix profile install --profile p/new -f pk.nix hello2`},
	{line: `nix-store --gc --print-dead > dead; nix-store --gc --print-live > live; ! grep -Fxf dead live`},
	{line: `nix-env -p p/env -f pk.nix -iA hello2; nix-env -p p/env --rollback || nix-env -p p/env --list-generations`},
	{line: `nix-store --dump-db > db; nix-store --load-db < db`},
	{line: `nix-env -p p/env -f pk.nix -i other; nix-env -p p/env --set-flag priority $((STEP % 7 + 1)) other`},
	{line: `nix-store --gc`},
	{line: `nix-env -p p/env -e low`},
	{line: `nix-build pk.nix -A hello2 -o r-hello`},
	{line: `echo $STEP > f1; nix profile add --profile p/new $(nix-store --add f1) --priority $STEP`,
		old: `rm -f p/new*; mkdir -p d; echo $STEP > d/f1; nix profile install --profile p/new $(nix-store --add d)`},
	{line: `nix-collect-garbage --delete-older-than 1d`},
	{line: `nix-env -p p/env --delete-generations +2; nix-store --gc --max-freed 1K`},
	{line: `nix profile wipe-history --profile p/new`},
	{line: `echo $STEP > f2; nix store delete $(nix store add f2 --name gone-$STEP)`,
		old: `echo $STEP > f2; nix store delete $(nix store add-file f2 --name gone-$STEP)`},
	{line: `nix-store --realise $(nix-instantiate pk.nix -A clash) --check || nix-store -r $(nix-instantiate pk.nix -A clash)`},
	{line: `nix-env -p p/env -f pk.nix -iA hello1; nix-env -p p/env --list-generations; nix-env -p p/env -q --out-path; nix path-info -rsS ./p/env`},
	{line: `nix profile remove --profile p/new --all; nix profile add --profile p/new -f pk.nix other low; nix profile remove --profile p/new other; ! nix profile list --profile p/new | grep other`,
		old: `rm -f p/new*; nix profile install --profile p/new -f pk.nix other low; nix profile remove --profile p/new 0; test $(nix profile list --profile p/new | wc -l) = 1`},
	{line: `nix-env -p p/env -f pk.nix -iA hello1; nix-env -p p/env -f pk.nix -u hello; nix-env -p p/env -q | grep -x hello-2.0`},
	{line: `nix profile add --profile p/new -f pk.nix multi; nix profile upgrade --profile p/new --all; nix profile upgrade --profile p/new multi --impure`,
		old: `rm -f p/new*; nix profile install --profile p/new -f pk.nix multi; nix profile upgrade --profile p/new '.*'`},
	{line: `nix-env -p p/env -f pk.nix -iA low; nix-env -p p/env -e '.*'; test -z "$(nix-env -p p/env -q)"; nix-env -p p/env --rollback; nix-env -p p/env -q | grep -x low-1`},
	{line: `for n in 1 2; do mkdir -p d$n; echo $STEP > d$n/n$n; nix profile add --profile p/new $(nix-store --add d$n) --priority $((STEP * 2 + n + 400)); done; nix profile rollback --profile p/new; nix profile history --profile p/new; nix profile rollback --profile p/new --to $(readlink p/new | sed 's/new-\([0-9]*\)-link/\1/')`,
		old: `rm -f p/new*; for n in 1 2; do mkdir -p d$n; echo $STEP > d$n/n$n; nix profile install --profile p/new $(nix-store --add d$n); done; nix profile rollback --profile $PWD/p/new; nix profile history --profile p/new`},
	{line: `nix-env -p p/env -f pk.nix -iA hello1 other; nix-env -p p/env -f pk.nix -e other; nix-env -p p/env -G $(nix-env -p p/env --list-generations | sed -n '1s/^ *\([0-9]*\) .*/\1/p')`},
	{line: `nix-env -p p/env -f pk.nix -iA other; nix-env -p p/env --set-flag active false other; nix-env -p p/env --set-flag keep true other; ! test -e p/env/share/other-3.1; nix-env -p p/env -f pk.nix -i hello; nix-env -p p/env --set-flag active true other; nix-env -p p/env --set-flag keep false other; test -e p/env/share/other-3.1`},
	{line: `nix-env -p p/sys --set $(nix-store -r $(nix-instantiate pk.nix -A other)); nix-env -p p/sys --set $(nix-store -r $(nix-instantiate pk.nix -A low)); nix-env -p p/sys --rollback; nix-env -p p/sys --delete-generations old`},
}

// A day in the life of a store that two programs share: they take turns at adding,
// building, installing, rolling back, optimising and collecting, and after each step the
// other one verifies all contents, and finds in the profiles what there should be.
func TestConfirmDayInTheLife(t *testing.T) {
	tw := newShellTwins(t)
	tw.onOwnNix(t)
	expr := strings.ReplaceAll(packagesExpr, "echo ${text}", "echo ${text} ${builtins.getEnv \"STEP\"}")
	if err := os.WriteFile(filepath.Join(tw.dir, "pk.nix"), []byte(expr), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(tw.dir, "p"), 0o755); err != nil {
		t.Fatal(err)
	}
	bins := []string{tw.bin, filepath.Join(os.Getenv("NIX"), "bin")}
	old := strings.Contains(tw.sh(t, bins[1], "nix --version").Stdout, " 2.8.")
	length := daySteps
	if text := os.Getenv("STEPS"); text != "" {
		var err error
		if length, err = strconv.Atoi(text); err != nil {
			t.Fatalf("STEPS: %v", err)
		}
	}
	for i := range length {
		step, turn := dayLines[i*7%len(dayLines)], i%2
		line := step.line
		if old && turn == 1 && step.old != "" {
			line = step.old
		}
		vars := []string{fmt.Sprintf("STEP=%d", i)}
		if got := tw.sh(t, bins[turn], "set -e; "+line, vars...); got.Status != 0 {
			t.Fatalf("step %d, %s: %s\nstatus %d\n%s%s", i, filepath.Base(filepath.Dir(bins[turn])), line, got.Status, got.Stdout, got.Stderr)
		}
		check := `nix-store --verify --check-contents; for p in p/*-link; do test -L $p && links="$links $(readlink $p)"; done; test -z "$links" || nix-store --check-validity $links`
		if got := tw.sh(t, bins[1-turn], "set -e; "+check, vars...); got.Status != 0 || strings.Contains(got.Stderr, "modified") {
			t.Fatalf("after step %d, %s: the other finds:\n%s%s", i, line, got.Stdout, got.Stderr)
		}
		if strings.Contains(line, "p/") {
			tw.sameProfiles(t, bins, old, fmt.Sprintf("after step %d, %s", i, line))
		}
	}
}

// sameProfiles has both list what is in the profiles.
func (tw *shellTwins) sameProfiles(t *testing.T, bins []string, old bool, when string) {
	t.Helper()
	lists := `nix-env -p p/env -q --out-path; nix-env -p p/env --list-generations; nix-env -p p/sys --list-generations`
	if !old {
		lists += `; nix profile list --json --profile p/new; nix profile history --profile p/new | sed 's/, made from [0-9]*//'` // which ours adds
	}
	theirs, ours := tw.sh(t, bins[1], lists), tw.sh(t, bins[0], lists)
	if d := cmp.Diff(theirs, ours); d != "" {
		t.Fatalf("%s: the profiles (-nix +nixbench):\n%s", when, d)
	}
	if !old {
		return
	}
	if got := tw.sh(t, bins[0], `test ! -e p/new || nix profile list --profile p/new`); got.Status != 0 {
		t.Fatalf("%s: the new profile: %s", when, got.Stderr)
	}
}
