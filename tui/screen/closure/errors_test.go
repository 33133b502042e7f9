package closure_test

import (
	"errors"
	"testing"

	"nixbench/tui/tuitest"
)

// Why something cannot be shown is read to its end, which is the cause.
func TestErrorsAreReadWhole(t *testing.T) {
	b := &empty{tuitest.NewBackend(t)}
	b.Fail = errors.New("list files of /tmp/a/store/of/some/length/nix/store/d0p6dskp4991nl80y0r6blh4vkdhwjyi-greet-1.1: no such file or directory")
	d := start(t, b, 80, 24, nil)
	d.Wants("no such file or directory")
}
