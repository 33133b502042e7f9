package engine

import (
	"testing"

	"nixbench/engine/build"
)

// What a daemon says of a failure stands for the same status each time, also where it holds
// several of the words that are looked for.
func TestStatusOfSeveralWords(t *testing.T) {
	const words = "hash mismatch in fixed-output derivation 'x': timed out after 3 seconds; may not be deterministic"
	for range 100 {
		if got := statusOf(words, build.MiscFailure); got != build.HashMismatch {
			t.Fatalf("got status %d, want %d", got, build.HashMismatch)
		}
	}
}

// TestFailedNeeds pins how many needed builds failed, by what daemons say.
func TestFailedNeeds(t *testing.T) {
	for text, want := range map[string]int{
		"Cannot build '/nix/store/x.drv'.\nReason: 2 dependencies failed.":     2,
		"3 dependencies of derivation '/nix/store/x.drv' failed to build":      3,
		"some dependencies of derivation '/nix/store/1-x.drv' failed to build": 1,
		"": 1,
	} {
		if got := failedNeeds(text); got != want {
			t.Errorf("%q: got %d, want %d", text, got, want)
		}
	}
}
