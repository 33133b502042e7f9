//go:build confirm

package instantiate_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestConfirmDerivations asks a real Nix for the paths of all cases. It writes
// to a store of its own: a reference to a whole derivation needs the .drv files.
func TestConfirmDerivations(t *testing.T) {
	nix := filepath.Join(os.Getenv("NIX"), "bin", "nix-instantiate")
	for _, c := range loadCases(t) {
		t.Run(c.name, func(t *testing.T) {
			args := []string{"--store", t.TempDir(), "--eval", "--strict", "--json", "--read-write-mode"}
			for _, f := range c.features {
				args = append(args, "--extra-experimental-features", f)
			}
			cmd := exec.CommandContext(t.Context(), nix, append(args, "-E", c.expression(t))...)
			cmd.Env = append(os.Environ(), "NIX_PATH=", "NIX_CONFIG=", "HOME="+t.TempDir())
			out, err := cmd.Output()
			if err != nil {
				t.Fatal(err)
			}
			var got string
			if err := json.Unmarshal(out, &got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("paths (-want +got):\n%s", diff)
			}
		})
	}
}
