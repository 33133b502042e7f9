//go:build confirm

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// daySteps is how long a day is, unless STEPS says otherwise, as in make day.
const daySteps = 30

// A day in the life of a store that two programs share: they take turns at adding,
// building, installing, rolling back, optimising and collecting, and after each step the
// other one verifies all contents and finds the profile that there should be.
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
	// Each step leaves the store valid; what a step needs, it makes.
	steps := []string{
		`for i in 1 2 3; do echo file $STEP $i > f$i; done; nix-store --add f1 f2 f3`,
		`nix-env -p p/env -f pk.nix -iA hello1`,
		`mkdir -p tree/$STEP; echo same > tree/$STEP/a; ln -sf a tree/$STEP/l; nix-store --add-fixed --recursive sha256 tree`,
		`nix-store -r $(nix-instantiate pk.nix -A multi) --add-root result --indirect`,
		`nix-env -p p/env -f pk.nix -i other low`,
		`nix-store -r $(nix-instantiate pk.nix -A multi) --add-root result; nix-store --export $(nix-store -qR result) > export; nix-store --import < export`,
		`nix-env -p p/env -f pk.nix -u`,
		`nix-store --optimise`,
		`nix profile add --profile p/new -f pk.nix hello2 --priority $((STEP + 10))`,
		`nix-store --gc --print-dead > dead; nix-store --gc --print-live > live; ! grep -Fxf dead live`,
		`nix-env -p p/env -f pk.nix -iA hello2; nix-env -p p/env --rollback || nix-env -p p/env --list-generations`,
		`nix-store --dump-db > db; nix-store --load-db < db`,
		`nix-env -p p/env -f pk.nix -i other; nix-env -p p/env --set-flag priority $((STEP % 7 + 1)) other`,
		`nix-store --gc`,
		`nix-env -p p/env -e low`,
		`nix-build pk.nix -A hello2 -o r-hello`,
		`echo $STEP > f1; nix profile add --profile p/new $(nix-store --add f1) --priority $STEP`,
		`nix-collect-garbage --delete-older-than 1d`,
		`nix-env -p p/env --delete-generations +2; nix-store --gc --max-freed 1K`,
		`nix profile wipe-history --profile p/new`,
		`echo $STEP > f2; nix store delete $(nix store add f2 --name gone-$STEP)`,
		`nix-store --realise $(nix-instantiate pk.nix -A clash) --check || nix-store -r $(nix-instantiate pk.nix -A clash)`,
		`nix-env -p p/env -f pk.nix -iA hello1; nix-env -p p/env --list-generations; nix-env -p p/env -q --out-path; nix profile list --profile p/new; nix path-info -rsS ./p/env`,
	}
	length := daySteps
	if text := os.Getenv("STEPS"); text != "" {
		var err error
		if length, err = strconv.Atoi(text); err != nil {
			t.Fatalf("STEPS: %v", err)
		}
	}
	for i := range length {
		step := steps[i*7%len(steps)]
		turn := i % 2
		vars := []string{fmt.Sprintf("STEP=%d", i)}
		if got := tw.sh(t, bins[turn], "set -e; "+step, vars...); got.Status != 0 {
			t.Fatalf("step %d, %s: %s\nstatus %d\n%s%s", i, filepath.Base(filepath.Dir(bins[turn])), step, got.Status, got.Stdout, got.Stderr)
		}
		check := `nix-store --verify --check-contents && for p in p/*; do case $p in *-link) nix-store --check-validity $p;; esac; done`
		if got := tw.sh(t, bins[1-turn], check, vars...); got.Status != 0 || strings.Contains(got.Stderr, "modified") {
			t.Fatalf("after step %d, %s: the other finds:\n%s%s", i, step, got.Stdout, got.Stderr)
		}
	}
}
