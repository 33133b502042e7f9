//go:build nixpkgs

package confirm

// This file compares systems of NixOS, and images that are made of them.

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// TestNixpkgsSystems compares what the files of systems and images give for each
// of the names that they say they have, a few in one evaluation, as each takes
// much memory.
func TestNixpkgsSystems(t *testing.T) {
	b := newBench(t)
	const few = 2
	for _, kind := range []string{"systems", "images"} {
		t.Run(kind, func(t *testing.T) {
			file := kind + ".nix"
			ours, theirs := b.ask(t, file, "--json")
			var names []string
			if err := json.Unmarshal([]byte(theirs.Out), &names); err != nil || ours.diff(theirs) != "" {
				t.Fatalf("names in %s: got %.300v, want %.300v (%v)", file, ours, theirs, err)
			}
			var c counts
			for i := 0; i < len(names); i += few {
				some := names[i:min(i+few, len(names))]
				t.Run(strings.Join(some, ","), func(t *testing.T) { b.each(t, &c, file, some) })
			}
			fmt.Printf("nixpkgs: %s: %v\n", kind, c)
			if len(c.derivations) == 0 {
				t.Error("no derivation was compared")
			}
		})
	}
}
