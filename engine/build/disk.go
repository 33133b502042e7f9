package build

import "nixbench/store/disk"

// fullDisk is how little free space, in bytes, makes us think that a build
// failed for the lack of it.
//
// Behaviour: Nix, derivation-builder.cc.
const fullDisk = 8 << 20

// diskIsFull reports whether the store or the build directory has no space.
func (j *job) diskIsFull() bool {
	for _, dir := range []string{j.st.RealDir(), j.topDir} {
		if space, err := disk.Of(dir); err == nil && space.Free < fullDisk {
			return true
		}
	}
	return false
}
