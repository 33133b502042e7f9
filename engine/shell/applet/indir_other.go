//go:build !linux

package applet

import "os"

// inDir calls run if the working directory is dir. entered is false if it is
// not; then run was not called.
func inDir(dir string, run func() (int, error)) (status int, err error, entered bool) {
	if here, wdErr := os.Getwd(); wdErr != nil || here != dir {
		return 0, nil, false
	}
	status, err = run()
	return status, err, true
}
