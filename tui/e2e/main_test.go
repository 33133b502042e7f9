// Package e2e drives the workbench by keys in tmux: `make e2e` beside a real Nix, and `make
// walk`, which draws the screens that documents show. Each is behind a build tag of its own.
package e2e

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
