package profile_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"nixbench/store/profile"
)

// TestAdvisories tries what has gone wrong in other programs; docs/advisories.md says
// what each is about.
func TestAdvisories(t *testing.T) {
	t.Run("CVE-2019-17365", profileDirsAreOurs)
}

// profileDirsAreOurs looks at the directories that are made for a profile: nobody else
// may write to them.
func profileDirsAreOurs(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0))
	st := &fake{}
	dir := t.TempDir()
	p := filepath.Join(dir, "per-user", "me", "profile")
	if _, err := profile.Set(t.Context(), st, p, pathOf(1)); err != nil {
		t.Fatal(err)
	}
	for d := filepath.Dir(p); d != dir; d = filepath.Dir(d) {
		info, err := os.Stat(d)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o755 {
			t.Errorf("%s: got mode %v, want 0755", d, info.Mode())
		}
	}
}
