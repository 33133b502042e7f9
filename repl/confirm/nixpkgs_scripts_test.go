//go:build nixpkgs

package confirm

// This file runs the shell scripts with which nixpkgs tests its lib; the
// nix-instantiate and nix-store that they call are nixbench.

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var libScripts = []string{
	"lib/tests/modules.sh", "lib/tests/filesystem.sh", "lib/tests/sources.sh", "lib/tests/debug.sh",
	"lib/tests/network.sh", "lib/fileset/tests.sh",
}

var passes = regexp.MustCompile(`(\d+) Pass\n(\d+) Fail`)

// TestNixpkgsScripts requires each script to succeed. That of the modules counts
// its cases and none may fail.
func TestNixpkgsScripts(t *testing.T) {
	b := newBench(t)
	for _, script := range libScripts {
		t.Run(strings.TrimSuffix(filepath.Base(script), ".sh"), func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), "bash", script)
			cmd.Dir, cmd.Env = b.tree, scriptEnv(t, b)
			out, err := cmd.CombinedOutput()
			text := string(out)
			if err != nil {
				t.Fatalf("%s: %v\n%s", script, err, text[max(0, len(text)-4000):])
			}
			m := passes.FindStringSubmatch(text)
			if m == nil && strings.HasSuffix(script, "modules.sh") {
				t.Fatalf("%s does not say how many cases pass: %s", script, text)
			}
			if m != nil {
				fmt.Printf("nixpkgs: %s: %s pass, %s fail\n", script, m[1], m[2])
				if m[1] == "0" || m[2] != "0" {
					t.Errorf("%s cases pass, %s fail", m[1], m[2])
				}
				return
			}
			fmt.Printf("nixpkgs: %s: passes\n", script)
		})
	}
}

// scriptEnv is an environment with a store of its own, and commands of Nix that
// are nixbench.
func scriptEnv(t *testing.T, b *bench) []string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"bin", "home"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"nix-instantiate", "nix-store"} {
		if err := os.Symlink(b.nixbench, filepath.Join(dir, "bin", name)); err != nil {
			t.Fatal(err)
		}
	}
	return []string{
		"PATH=" + filepath.Join(dir, "bin") + ":" + os.Getenv("PATH"), "HOME=" + filepath.Join(dir, "home"),
		"TEST_LIB=" + filepath.Join(b.tree, "lib"), "NIX_PATH=nixpkgs=" + b.tree, "NIX_CONF_DIR=" + dir,
		"NIX_STORE_DIR=" + filepath.Join(dir, "store"), "NIX_STATE_DIR=" + filepath.Join(dir, "state"),
		"NIX_LOCALSTATE_DIR=" + filepath.Join(dir, "var"), "NIX_LOG_DIR=" + filepath.Join(dir, "log"), "TMPDIR=" + dir,
	}
}
