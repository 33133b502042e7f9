//go:build confirm

package engine_test

import (
	"os"
	"testing"

	"nixbench/engine/enginetest"
)

// The language cases say what the real Nix in $NIX does.
func TestConfirmLang(t *testing.T) {
	enginetest.Confirm(t, "testdata/lang", os.Getenv("NIX"), *update)
}
