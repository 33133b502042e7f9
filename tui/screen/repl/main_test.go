package repl_test

import (
	"testing"

	"go.uber.org/goleak"
)

// What waits for an input to be stopped has ended with the input.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
