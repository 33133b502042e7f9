// Package peers sets up nixbench and real Nixes so that they can be run side by
// side with the same command lines: by benchmarks and by trials.
package peers

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// A Program is one of those that are compared.
type Program struct {
	Name string   // as tables call it: "nixbench", "nix 2.34.8"
	Bin  string   // the directory of its commands
	Env  []string // all of the environment that it is run in
}

// tools are the names that nixbench answers to.
var tools = []string{"nixbench", "nix", "nix-build", "nix-collect-garbage", "nix-env", "nix-hash", "nix-instantiate", "nix-store"}

// Find sets up nixbench, which is a file, and the real ones in directories, whose
// commands are in DIR/bin; empty ones are left out. Nixbench comes first. All
// have their home below scratch, and no configuration.
func Find(scratch, nixbench string, real ...string) ([]Program, error) {
	ours, err := filepath.Abs(nixbench)
	if err != nil {
		return nil, fmt.Errorf("find nixbench: %v", err)
	}
	bin := filepath.Join(scratch, "bin")
	if err := os.MkdirAll(bin, 0o755); err != nil {
		return nil, fmt.Errorf("make the scratch directory: %v", err)
	}
	for _, tool := range tools {
		if err := os.Symlink(ours, filepath.Join(bin, tool)); err != nil {
			return nil, fmt.Errorf("name nixbench %s: %v", tool, err)
		}
	}
	env := environment(scratch)
	out := []Program{{Name: "nixbench", Bin: bin, Env: env}}
	for _, dir := range real {
		if dir == "" {
			continue
		}
		p := Program{Bin: filepath.Join(dir, "bin"), Env: env}
		version, err := exec.Command(filepath.Join(p.Bin, "nix-instantiate"), "--version").Output()
		if err != nil {
			return nil, fmt.Errorf("ask the Nix in %s for its version: %v", dir, err)
		}
		words := strings.Fields(string(version))
		p.Name = "nix " + words[len(words)-1]
		out = append(out, p)
	}
	return out, nil
}

// environment returns one without what the user has set up.
func environment(scratch string) []string {
	return []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + scratch + "/home", "LC_ALL=C", "NO_COLOR=1",
		"XDG_DATA_HOME=" + scratch + "/data", "XDG_CACHE_HOME=" + scratch + "/cache", "XDG_STATE_HOME=" + scratch + "/state",
		"XDG_CONFIG_HOME=" + scratch + "/config", "NIX_CONF_DIR=" + scratch + "/conf", "NIX_STATE_DIR=" + scratch + "/var",
		"NIX_PATH=", "NIX_CONFIG=",
	}
}

// IsReal reports whether a program is a real Nix.
func (p *Program) IsReal() bool { return IsReal(p.Name) }

// IsReal reports whether a program of that name is a real Nix.
func IsReal(name string) bool { return !strings.HasPrefix(name, "nixbench") }

// Tool returns the file of a command.
func (p *Program) Tool(name string) string { return filepath.Join(p.Bin, name) }
