package enginetest

import (
	"errors"
	"testing"

	"nixbench/engine/sandbox"
)

// NeedSandbox skips a test where the machine forbids sandboxes, and says by which of its
// settings. It fails one if there is no sandbox and no such reason for it: the mistake is
// ours then.
func NeedSandbox(t testing.TB) {
	t.Helper()
	var setup *sandbox.SetupError
	if err := sandbox.Check(); errors.As(err, &setup) && setup.Reason != "" {
		t.Skip(err)
	} else if err != nil {
		t.Fatal(err)
	}
}
