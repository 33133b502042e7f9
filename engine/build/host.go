package build

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"nixbench/engine/sandbox"
)

// A derivation with __noChroot, where the setting sandbox is not "true", is built in
// a sandbox through which it sees the host: all files, but read-only, and the network.
// The store, the build directory, /tmp and the processes are its own as ever; sandbox-paths
// are of no account, but that those in the store are seen with their closures. In a store
// that is not where its paths say, __noChroot changes nothing, as in Nix.

// seesHost reports whether a build is one of these.
func (j *job) seesHost() bool {
	return j.options.NoChroot && j.st.RealDir() == string(j.st.Dir())
}

// hostMounts returns what of the host's root such a builder sees.
func (j *job) hostMounts() ([]sandbox.Mount, error) {
	own := []string{"proc", "dev", "tmp", topOf(string(j.st.Dir())), topOf(j.settings.SandboxBuildDir)}
	entries, err := os.ReadDir("/")
	if err != nil {
		return nil, err
	}
	var mounts []sandbox.Mount
	for _, entry := range entries {
		if name := entry.Name(); !slices.Contains(own, name) {
			mounts = append(mounts, sandbox.Mount{Source: filepath.Join("/", name), Target: filepath.Join("/", name), Optional: true})
		}
	}
	return mounts, nil
}

// topOf returns the first component of an absolute path.
func topOf(path string) string {
	top, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return top
}
