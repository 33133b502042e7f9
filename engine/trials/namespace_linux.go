package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"
)

// insideVariable tells this program that it is where it may mount.
const insideVariable = "TRIALS_INSIDE"

// whereMounting runs f in this process if it may mount file systems, else this program
// again in a namespace where it may, whoever the user is.
func whereMounting(ctx context.Context, f func() error) error {
	if os.Getenv(insideVariable) != "" {
		return f()
	}
	cmd := exec.CommandContext(ctx, "/proc/self/exe", os.Args[1:]...)
	cmd.Env = append(os.Environ(), insideVariable+"=1")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  unix.CLONE_NEWUSER | unix.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
		// A real Nix that takes itself for root builds nothing where groups cannot be set.
		GidMappingsEnableSetgroups: os.Geteuid() == 0,
	}
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	err := cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == 1 {
		return errInside
	}
	return err
}

var errInside = errors.New("see above")

// A memoryDisk is a file system of limited size.
type memoryDisk string

// mountMemory mounts one in a directory, which it makes.
func mountMemory(dir string) (memoryDisk, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=1g,nr_inodes=100000"); err != nil {
		return "", fmt.Errorf("mount a file system in memory: %w", err)
	}
	return memoryDisk(dir), nil
}

// limit changes how much there is room for; 0 is as much as one likes.
func (d memoryDisk) limit(bytes, inodes int64) error {
	if bytes <= 0 {
		bytes = 1 << 30
	}
	if inodes <= 0 {
		inodes = 100000
	}
	return unix.Mount("tmpfs", string(d), "tmpfs", unix.MS_REMOUNT, fmt.Sprintf("size=%d,nr_inodes=%d", bytes, inodes))
}

// used returns how much is taken.
func (d memoryDisk) used() (bytes, inodes int64, err error) {
	var st unix.Statfs_t
	if err := unix.Statfs(string(d), &st); err != nil {
		return 0, 0, err
	}
	return int64(st.Blocks-st.Bfree) * st.Bsize, int64(st.Files - st.Ffree), nil
}

func (d memoryDisk) unmount() error { return unix.Unmount(string(d), unix.MNT_DETACH) }

// remountReadOnly makes a directory one where nothing can be changed.
func remountReadOnly(dir string) error {
	if err := unix.Mount(dir, dir, "", unix.MS_BIND|unix.MS_REC, ""); err != nil {
		return err
	}
	return unix.Mount("", dir, "", unix.MS_REMOUNT|unix.MS_BIND|unix.MS_RDONLY, "")
}

// endReadOnly ends what remountReadOnly did.
func endReadOnly(dir string) {
	_ = unix.Unmount(dir, unix.MNT_DETACH)
}
