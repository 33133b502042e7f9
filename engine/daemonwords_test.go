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
