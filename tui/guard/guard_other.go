//go:build !linux

package guard

import "os"

// A Guard is none here; see guard_linux.go.
type Guard struct{}

// Start returns nil: there is no guard here.
func Start(Options) (*Guard, error) { return nil, nil }

// Stop does nothing.
func (*Guard) Stop() {}

// Stderr returns the program's own.
func (*Guard) Stderr() *os.File { return os.Stderr }

// Main is never called.
func Main([]string) int { return 1 }
