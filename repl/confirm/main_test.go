// Package confirm does with the program what people do, and the same with a real Nix: `make
// confirm`, `make confirm-nixpkgs` and `make conformance`, each behind a build tag of its own.
package confirm

import (
	"fmt"
	"os"
	"testing"
)

// TestMain runs the tests at the top of the repository, where paths in them begin.
func TestMain(m *testing.M) {
	if err := os.Chdir("../.."); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}
