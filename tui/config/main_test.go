package config

import (
	"testing"

	"go.uber.org/goleak"
)

// What watches files has ended with the context of its test.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
