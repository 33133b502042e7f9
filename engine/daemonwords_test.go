package engine

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"nixbench/engine/build"
	"nixbench/store"
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

// What a daemon of 2.34 says of a build that failed names its outputs.
func TestToldOutputs(t *testing.T) {
	const said = "Cannot build '/nix/store/863ihmsg4k6h3vkr1s1qi9ga28bjn0aa-bad.drv'.\nReason: builder failed with exit code 3.\n" +
		"Output paths:\n  /nix/store/m0g63paqs6fmmky11k47pmp0lmnaac30-bad\nLast 1 log lines:\n> no luck"
	want := []store.Path{"/nix/store/m0g63paqs6fmmky11k47pmp0lmnaac30-bad"}
	if diff := cmp.Diff(want, toldOutputs(store.DefaultDir, said)); diff != "" {
		t.Error(diff)
	}
	if got := toldOutputs(store.DefaultDir, "builder for 'x' failed"); got != nil {
		t.Errorf("got %v of words without outputs", got)
	}
}
