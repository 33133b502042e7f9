//go:build !linux

package chroot

import "fmt"

// Run fails: there are no namespaces here.
func Run(storeDir, _ string, _, _ []string) (status int, err error) {
	return 0, fmt.Errorf("mounting the Nix store on '%s' is not supported on this platform", storeDir)
}

// Main is never called.
func Main([]string) int { return 1 }
