//go:build !linux || !(amd64 || arm64)

package sandbox

import (
	"context"
	"errors"
	"io"
	"runtime"
)

// errOther says why there is no sandbox here.
var errOther = errors.New("no sandbox on " + runtime.GOOS + "/" + runtime.GOARCH)

const reasonOther = "derivations are built on Linux alone (x86_64 and aarch64), in its namespaces"

func run(context.Context, *Spec, io.Writer) (*Result, error) {
	return nil, unsupported()
}

// Check returns nil if [Run] can make a sandbox on this machine, or a
// [*SetupError] whose Reason says in words what forbids it.
func Check() error { return unsupported() }

func unsupported() error {
	return &SetupError{Step: "make namespaces", Err: errOther, Reason: reasonOther}
}
