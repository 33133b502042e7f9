package narinfo

import "testing"

// TestAdvisories tries what has gone wrong in other programs; docs/advisories.md says
// what each is about.
func TestAdvisories(t *testing.T) {
	t.Run("Guix-33733", signatureCoversAll)
}
