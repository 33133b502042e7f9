package build

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"nixbench/store"
)

// What is said of a build that failed is what Nix says of it.
func TestFailureMessages(t *testing.T) {
	const cannot = "Cannot build '/nix/store/00000000000000000000000000000000-x.drv'.\nReason: "
	const outputs = "\nOutput paths:\n  /nix/store/00000000000000000000000000000000-x"
	for _, test := range []struct {
		failure Failure
		want    string
	}{
		{Failure{Status: PermanentFailure, ExitStatus: 3}, cannot + "builder failed with exit code 3." + outputs},
		{Failure{Status: PermanentFailure, ExitStatus: 137}, cannot + "builder failed with exit code 137." + outputs},
		{Failure{Status: PermanentFailure, ExitStatus: 139, Signal: 11}, cannot + "builder failed due to signal 11 (Segmentation fault)." + outputs},
		{Failure{Status: PermanentFailure, ExitStatus: 1, Err: errors.New("no such file")}, cannot + "builder failed with exit code 1." + outputs},
		{Failure{Status: TimedOut, Err: errors.New("timed out after 2 seconds")}, "timed out after 2 seconds"},
		{Failure{Status: InputRejected, Err: &RefusedError{[]string{"platform mismatch\nRequired system: 'a'", "local builds are disabled"}}},
			cannot + "platform mismatch\nRequired system: 'a'\nReason: local builds are disabled"},
		{Failure{Status: MiscFailure, Err: errors.New("set up sandbox: x")}, cannot + "set up sandbox: x." + outputs},
	} {
		test.failure.DrvPath, test.failure.Outputs = fakePath("x.drv"), []store.Path{fakePath("x")}
		if diff := cmp.Diff(test.want, test.failure.Message()); diff != "" {
			t.Errorf("%+v (-want +got):\n%s", test.failure, diff)
		}
	}
	dependency := &DependencyError{DrvPath: fakePath("x.drv"), Outputs: []store.Path{fakePath("x")}, Count: 2}
	if diff := cmp.Diff(cannot+"2 dependencies failed."+outputs, dependency.Message()); diff != "" {
		t.Errorf("dependency (-want +got):\n%s", diff)
	}
}
