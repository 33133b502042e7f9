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

// nobody is a user who owns nothing.
const nobody = 65534

// trialSpec is the least that a sandbox can be made of.
func trialSpec(dir string) (*Spec, error) {
	spec := &Spec{
		StoreDir: "/nix/store", StoreSource: filepath.Join(dir, "store"),
		BuildDir: "/build", BuildSource: filepath.Join(dir, "build"),
		TmpSource: filepath.Join(dir, "tmp"),
		Builder:   "/none", Args: []string{"none"},
		ShmSize: "50%", FilterSyscalls: true,
	}
	if os.Geteuid() == 0 && os.Chown(dir, 0, nobody) == nil && os.Chown(dir, nobody, -1) == nil {
		spec.HostUID, spec.HostGID = nobody, nobody
		if err := os.Chown(dir, 0, 0); err != nil {
			return nil, err
		}
	} // else our own namespace has no user but root
	uid, gid := spec.owner()
	for _, d := range []struct {
		name     string
		mode     os.FileMode
		uid, gid int
	}{
		{spec.StoreSource, 0o775 | os.ModeSticky, -1, gid},
		{spec.BuildSource, 0o700, uid, gid},
		{spec.TmpSource, 0o777 | os.ModeSticky, -1, -1},
	} {
		if err := os.Mkdir(d.name, 0o700); err != nil {
			return nil, err
		}
		if err := os.Chown(d.name, d.uid, d.gid); err != nil {
			return nil, err
		}
		if err := os.Chmod(d.name, d.mode); err != nil {
			return nil, err
		}
	}
	return spec, nil
}
