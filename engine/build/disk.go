package build

import "golang.org/x/sys/unix"

// fullDisk is how little free space, in bytes, makes us think that a build
// failed for the lack of it.
//
// Behaviour: Nix, derivation-builder.cc.
const fullDisk = 8 << 20

// diskIsFull reports whether the store or the build directory has no space.
func (j *job) diskIsFull() bool {
	for _, dir := range []string{j.st.RealDir(), j.topDir} {
		var stat unix.Statfs_t
		if unix.Statfs(dir, &stat) == nil && stat.Bavail*uint64(stat.Bsize) < fullDisk {
			return true
		}
	}
	return false
}
