//go:build confirm

package confirm

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What outputs came to be is asked of binary caches, and what they are is copied: from those
// that 2.34 wrote, with the same words; and both find it in those that were written here.
func TestConfirmSubstitutedTraces(t *testing.T) {
	tw := newApartTwins(t)
	for _, tw := range []*apartTwin{tw.theirs, tw.ours} {
		for i, setting := range tw.env {
			if strings.HasPrefix(setting, "NIX_CONFIG=") {
				tw.env[i] += "\nexperimental-features = nix-command ca-derivations\n"
			}
		}
		tw.set(t, "cat > set.nix <<'END'\n"+tracedSet+"END\n")
		tw.vars["REAL"], tw.vars["HERE"] = filepath.Join(os.Getenv("NIX"), "bin"), tw.shellTwins.bin
	}
	tw.compareLines(t, `
! $REAL/nix-build set.nix --no-out-link && $REAL/nix copy --to "file://$PWD/cache?compression=none" -f set.nix top deferred broken && $REAL/nix-store --gc
nix build -f set.nix top --no-link --dry-run --substituters file://$PWD/cache
nix build -f set.nix top --no-link -j0 --no-require-sigs --substituters file://$PWD/cache
! nix-store --gc
nix build -f set.nix top^dev --print-out-paths --no-link -j0 --no-require-sigs --substituters file://$PWD/cache
! nix-store --gc
nix-build set.nix -A deferred --no-out-link -j0 --no-require-sigs --substituters file://$PWD/cache
! nix-store --gc
nix build -f set.nix middle -j0 --no-link --no-require-sigs --substituters file://$PWD/cache
nix copy --from file://$PWD/cache --no-check-sigs -f set.nix top
! nix-store --gc; for f in cache/realisations/*; do echo '{}' > "$f"; done
nix-build set.nix -A broken --no-out-link -j0 --no-require-sigs --substituters file://$PWD/cache
! for f in cache/realisations/*; do echo x > "$f"; done
nix-build set.nix -A broken --no-out-link -j0 --no-require-sigs --substituters file://$PWD/cache
! rm -rf cache; mkdir nix2; $HERE/nix-build --store $PWD/nix2 set.nix --no-out-link && $HERE/nix copy --from $PWD/nix2 --to "file://$PWD/cache?compression=none" -f set.nix fresh; ls cache/build-trace-v2
nix-build set.nix -A fresh --no-out-link -j0 --no-require-sigs --substituters file://$PWD/cache
`)
}

const tracedSet = `let
  mk = name: text: derivation {
    inherit name; system = "x86_64-linux"; builder = "/bin/sh"; args = [ "-c" "echo ${text} > $out; echo ${text} > $dev" ]; outputs = [ "out" "dev" ];
    __contentAddressed = true; outputHashMode = "recursive"; outputHashAlgo = "sha256";
  };
in rec {
  base = mk "base" "a";
  middle = mk "middle" "${base}";
  top = mk "top" "${middle}";
  later = name: derivation { inherit name; system = "x86_64-linux"; builder = "/bin/sh"; args = [ "-c" "echo ${middle} > $out" ]; };
  deferred = later "deferred";
  broken = later "broken";
  fresh = later "fresh";
}
`
