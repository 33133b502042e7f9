//go:build confirm

package builtins

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestConfirmCounts asks the real Nix in $NIX for the avoided thunks of countCases.
func TestConfirmCounts(t *testing.T) {
	for _, c := range countCases {
		file := filepath.Join(t.TempDir(), "stats")
		cmd := exec.CommandContext(t.Context(), filepath.Join(os.Getenv("NIX"), "bin/nix-instantiate"),
			"--eval", "--strict", "-E", c.text)
		cmd.Env = append(os.Environ(), "NIX_REMOTE=dummy://", "NIX_SHOW_STATS=1", "NIX_SHOW_STATS_PATH="+file)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", c.text, err, out)
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var stats struct {
			Avoided int64 `json:"nrAvoided"`
		}
		if err := json.Unmarshal(text, &stats); err != nil {
			t.Fatal(err)
		}
		if stats.Avoided != c.avoided {
			t.Errorf("%s: got %d avoided thunks of Nix, want %d", c.text, stats.Avoided, c.avoided)
		}
	}
}
