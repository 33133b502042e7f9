//go:build !linux

package doctor

import "errors"

func readDisk(string) (disk, error) {
	return disk{}, errors.New("disks are only looked at on Linux")
}
