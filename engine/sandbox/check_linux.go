//go:build linux && (amd64 || arm64)

package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Check returns nil if [Run] can make a sandbox on this machine, or a
// [*SetupError] whose Reason says in words what forbids it. It makes one in a
// temporary directory to find out, which takes some milliseconds.
func Check() error {
	dir, err := os.MkdirTemp("", "sandbox-")
	if err != nil {
		return setupError("make a temporary directory", err)
	}
	defer os.RemoveAll(dir)
	spec, err := trialSpec(dir)
	if err != nil {
		return setupError("make a temporary directory", err)
	}
	ctx := context.Background() //nolint:forbidigo // a trial has nothing to be cancelled: it ends by itself
	res, err := runOrder(ctx, &order{Spec: *spec, Trial: true}, io.Discard)
	var setup *SetupError
	switch {
	case errors.As(err, &setup):
		return setup
	case err != nil:
		return setupError("try a sandbox", err)
	case res.ExitStatus != 0:
		return setupError("try a sandbox", fmt.Errorf("exit status %d", res.ExitStatus))
	}
	return nil
}

// trialSpec is the least that a sandbox can be made of.
func trialSpec(dir string) (*Spec, error) {
	spec := &Spec{
		Root: filepath.Join(dir, "root"), StoreDir: "/nix/store",
		BuildDir: filepath.Join(dir, "build"), BuildPath: "/build",
		Builder: "/none", Args: []string{"none"},
		ShmSize: "50%", FilterSyscalls: true,
	}
	if os.Geteuid() == 0 {
		spec.HostUID, spec.HostGID = 65534, 65534
	}
	store := filepath.Join(spec.Root, spec.StoreDir)
	for _, d := range []string{store, spec.BuildDir} {
		if err := os.MkdirAll(d, 0o755); err != nil {
			return nil, err
		}
	}
	if err := os.Chmod(spec.BuildDir, 0o700); err != nil {
		return nil, err
	}
	uid, gid := spec.owner()
	if err := os.Chown(spec.BuildDir, uid, gid); err != nil {
		return nil, err
	}
	if err := os.Chown(store, -1, gid); err != nil {
		return nil, err
	}
	return spec, os.Chmod(store, 0o775|os.ModeSticky)
}
