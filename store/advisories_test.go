package store

import "testing"

// TestAdvisories tries what has gone wrong in other programs; docs/advisories.md says
// what each is about.
func TestAdvisories(t *testing.T) {
	t.Run("2007-b618fa6eb6", textPathHasReferences)
}
