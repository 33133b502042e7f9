package local

import (
	"strings"
	"time"

	"nixbench/store"
)

// A HeldLock is the lock of a store path that a process holds: it builds the path,
// fetches it or adds it.
type HeldLock struct {
	Path store.Path // for an output whose path is not known before it is built, its derivation
	PID  int        // of the process that took it; 0 if that cannot be seen from here
	// Since is when the lock's file was made.
	Since time.Time
}

const lockSuffix = ".lock"

// lockedPath is the path that a lock file in the store is for. ok is false if it is none.
//
// Format: Nix 2.36, derivation-building-goal.cc: the output's path, or the derivation's,
// a dot and the output's name.
func lockedPath(dir store.Dir, file string) (p store.Path, ok bool) {
	name, ok := strings.CutSuffix(file, lockSuffix)
	if !ok {
		return "", false
	}
	if at := strings.LastIndex(name, ".drv."); at >= 0 {
		name = name[:at+len(".drv")]
	}
	p, err := dir.ParsePath(string(dir) + "/" + name)
	return p, err == nil
}
