package engine_test

import (
	"os"
	"os/exec"
	"syscall"
)

// withoutRights makes a program run by the superuser obey permissions: in a
// user namespace in which it is somebody else.
func withoutRights(cmd *exec.Cmd) {
	if os.Getuid() != 0 {
		return
	}
	const somebody = 1000
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: somebody, HostID: 0, Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: somebody, HostID: 0, Size: 1}},
	}
}
