//go:build !linux

package background

// lowerPriority does nothing: the priority is one of processes.
func lowerPriority() {}
