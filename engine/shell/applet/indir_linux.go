package applet

import (
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// inDir calls run on a thread whose working directory is dir. entered is
// false if that cannot be had; then run was not called.
func inDir(dir string, run func() (int, error)) (status int, err error, entered bool) {
	if here, wdErr := os.Getwd(); wdErr == nil && here == dir {
		status, err = run()
		return status, err, true
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		// The thread has left the others' working directory, and so ends with
		// this goroutine: it stays locked.
		runtime.LockOSThread()
		if unix.Unshare(unix.CLONE_FS) != nil || unix.Chdir(dir) != nil {
			return
		}
		entered = true
		status, err = run()
	}()
	<-done
	return status, err, entered
}
