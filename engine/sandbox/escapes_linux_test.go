//go:build linux && (amd64 || arm64)

package sandbox

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// What comes of attempts to get out.
const (
	denied, forbidden, readOnly = "operation not permitted", "permission denied", "read-only file system"
	none, absent                = "no such file or directory", "function not implemented" // absent: for a system call, by our filter too
)

// An escape is what a builder must not be able to do. Its act prints what came of it: one
// of the outcomes that are wanted, on each kernel and whoever runs the test.
type escape struct{ act, want string }

// escapes are what no builder can do, whoever it is.
func escapes(t *testing.T) []escape {
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("secret"), 0o644); err != nil {
		t.Fatal(err)
	}
	key, self := shareMemory(t), strconv.Itoa(os.Getpid())
	return []escape{
		{"write-input", readOnly},
		{"read " + secret, none},
		{"read /proc/1/root" + secret, none},
		{"read /proc/1/cwd/../../.." + secret, none},
		{"setuid-chmod", denied},
		{"setuid-open", denied},
		{"setuid-mknod", denied},
		{"setuid-openat2", absent},
		{"io-uring", absent},
		{"setxattr", "operation not supported"},
		{"mknod-device", denied},
		{"open-kmsg", none},
		{"open-mem", none},
		{"dial-tcp", "network is unreachable"},
		{"shared-memory " + key, none},
		{"session-keyring", absent},
		{"ptrace-parent " + self, "no such process"},
		{"read-memory " + self, "no such process"},
		{"signal-others", "no such process"},
		{"host-processes", "1"},
		{"descriptors", "0"},
		{"raise-limit", denied},
		{"real-time", denied},
		{"set-clock", denied},
		{"load-module", denied + "|" + absent},
	}
}

// try tries escapes, each in a sandbox of its own with an input.
func try(t *testing.T, newSpec func(t *testing.T, acts ...string) *Spec, escapes []escape) {
	for _, e := range escapes {
		words := strings.Fields(e.act)
		name := words[0]
		if name == "nested" {
			name += " " + words[1]
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			spec := newSpec(t, words...)
			spec.Mounts = append(spec.Mounts, makeInput(t, "input"))
			_, got := runSpec(t, spec)
			if !slices.Contains(strings.Split(e.want, "|"), strings.TrimSpace(got)) {
				t.Errorf("got %q, want %q", got, e.want)
			}
		})
	}
}

// What a builder must not be able to do. "nested" acts are tried again where the builder
// has capabilities: in a namespace of its own.
func TestEscapes(t *testing.T) {
	try(t, newSpec, append(escapes(t), []escape{
		// What the mounts hold.
		{"mount", denied},
		{"remount-input", denied},
		{"umount-input", denied},
		{"chmod-input", readOnly},
		{"create-in-input", readOnly},
		{"touch-input", readOnly},
		{"link-input", "invalid cross-device link"},
		{"rename-input", "device or resource busy"},
		{"remove-input", "device or resource busy"},
		{"write-root", readOnly},
		{"write-etc", readOnly},
		{"write-sysctl", forbidden + "|" + readOnly},
		{"write-sysrq", forbidden + "|" + readOnly + "|" + none},
		{"open-handle", denied},
		{"chroot", denied},
		{"pivot-root", denied},
		{"nested mount-input", readOnly},
		{"nested remount-input", denied},
		{"nested umount-input", "invalid argument"},
		{"nested umount-root", "invalid argument"},
		{"nested write-input", readOnly},
		{"nested write-root", readOnly},
		{"nested write-sysctl", forbidden + "|" + readOnly},
		{"nested mount-sysfs", denied},
		{"nested mount-cgroup", forbidden + "|" + denied + "|the build's own"},
		{"nested mount-device", denied + "|" + none + "|block device required"},
		// Modes and devices.
		{"nested setuid-chmod", denied},
		{"nested mknod-device", denied},
		{"tiocsti", denied},
		{"tioclinux", denied + "|inappropriate ioctl for device"},
		// The network, and what else processes meet through.
		{"nested raise-interface", denied},
		// Other processes, and more rights.
		{"setuid-0", "invalid argument"},
		{"setgroups", denied},
		{"set-hostname", denied},
		{"reboot", denied},
		{"nested set-clock", denied},
		{"nested load-module", denied + "|" + absent},
		{"nested reboot", "invalid argument|" + denied},
		{"nested set-hostname", denied},
		{"nested host-processes", "2"},
	}...))
}

// shareMemory makes memory that any process in our namespace may attach, and returns
// its key.
func shareMemory(t *testing.T) string {
	key := 0x6e620000 + os.Getpid()%0x10000
	id, err := unix.SysvShmGet(key, 4096, unix.IPC_CREAT|0o666)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.SysvShmCtl(id, unix.IPC_RMID, nil) })
	return strconv.Itoa(key)
}

// nested does an act in a user namespace inside the sandbox's, where this program has
// all capabilities.
func nested(args []string) int {
	cmd := exec.Command("/bin/sh", args...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  unix.CLONE_NEWUSER | unix.CLONE_NEWNS | unix.CLONE_NEWCGROUP,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: UID, Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: GID, Size: 1}},
	}
	if err := cmd.Run(); err != nil {
		fmt.Println("nested:", err)
		return 1
	}
	return 0
}

// attemptMore tries what is left of what a builder may not do.
func attemptMore(act, arg string) (string, error) {
	const input = "/nix/store/input"
	switch act {
	case "touch-input":
		return "", os.Chtimes(input, time.Now(), time.Now())
	case "link-input":
		return "", os.Link(input+"/file", "/build/file")
	case "rename-input":
		return "", os.Rename(input, "/nix/store/other")
	case "remove-input":
		return "", unix.Rmdir(input)
	case "write-sysrq":
		return "", os.WriteFile("/proc/sysrq-trigger", []byte("h"), 0)
	case "open-handle":
		handle, at, err := unix.NameToHandleAt(unix.AT_FDCWD, "/build", 0)
		if err != nil {
			return "", unix.EPERM // this file system has none
		}
		_ = at
		_, err = unix.OpenByHandleAt(unix.AT_FDCWD, handle, unix.O_RDONLY)
		return "", err
	case "pivot-root":
		return "", unix.PivotRoot("/build", "/build")
	case "umount-root":
		return "", unix.Unmount("/", unix.MNT_DETACH)
	case "mount-input": // elsewhere, and writable
		if err := unix.Mount(input, "/tmp", "", unix.MS_BIND, ""); err != nil {
			return "", err
		}
		return "", os.WriteFile("/tmp/new", nil, 0o644)
	case "mount-sysfs":
		return "", unix.Mount("sysfs", "/tmp", "sysfs", 0, "")
	case "mount-device":
		return "", unix.Mount("/dev/sda", "/tmp", "ext4", 0, "")
	case "mount-cgroup":
		return mountCgroup()
	case "open-mem":
		_, err := os.Open("/dev/mem")
		return "", err
	case "tioclinux":
		c := byte(0)
		_, _, errno := unix.Syscall(unix.SYS_IOCTL, 1, unix.TIOCLINUX, uintptr(unsafe.Pointer(&c)))
		return "", errno
	case "shared-memory":
		key, _ := strconv.Atoi(arg)
		_, err := unix.SysvShmGet(key, 0, 0)
		return "", err
	case "session-keyring":
		_, err := unix.KeyctlGetKeyringID(unix.KEY_SPEC_SESSION_KEYRING, false)
		return "", err
	}
	return attemptAsRoot(act, arg)
}

// mountCgroup looks whether there is a control group other than the build's that a
// builder could freeze or kill.
func mountCgroup() (string, error) {
	if err := unix.Mount("cgroup2", "/tmp", "cgroup2", 0, ""); err != nil {
		return "", err
	}
	file, err := os.OpenFile("/tmp/cgroup.procs", os.O_WRONLY, 0)
	if err != nil {
		return "", err
	}
	file.Close()
	others := false
	err = filepath.WalkDir("/tmp", func(file string, d os.DirEntry, err error) error {
		if err == nil && d.Name() == "cgroup.procs" {
			data, _ := os.ReadFile(file)
			others = others || slices.Contains(strings.Fields(string(data)), "0") // not of our namespace
		}
		return nil
	})
	if others {
		return "others' too", err
	}
	return "the build's own", err
}

// attemptOnOthers tries what concerns other processes, or the whole machine.
func attemptOnOthers(act, arg string) (string, error) {
	switch act {
	case "raise-interface":
		request, err := unix.NewIfreq("lo")
		if err != nil {
			return "", err
		}
		fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM, 0)
		if err != nil {
			return "", err
		}
		return "", unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, request) // down
	case "setgroups":
		return "", unix.Setgroups([]int{0})
	case "read-memory":
		to := make([]byte, 8)
		local := []unix.Iovec{{Base: &to[0], Len: 8}}
		pid, _ := strconv.Atoi(arg)
		_, err := unix.ProcessVMReadv(pid, local, []unix.RemoteIovec{{Base: 0x1000, Len: 8}}, 0)
		return "", err
	case "signal-others":
		return "", unix.Kill(-1, 0)
	case "descriptors":
		return openDescriptors()
	case "raise-limit":
		var limit unix.Rlimit
		if err := unix.Getrlimit(unix.RLIMIT_CORE, &limit); err != nil {
			return "", err
		}
		limit.Max = unix.RLIM_INFINITY
		if err := unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}); err != nil {
			return "", err
		}
		return "", unix.Setrlimit(unix.RLIMIT_CORE, &limit)
	case "real-time":
		return "", unix.SchedSetAttr(0, &unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: 1, Priority: 1}, 0)
	case "set-clock":
		return "", unix.Settimeofday(&unix.Timeval{Sec: 1})
	case "load-module":
		return "", unix.FinitModule(0, "", 0)
	case "reboot":
		return "", unix.Reboot(unix.LINUX_REBOOT_CMD_CAD_OFF)
	}
	return "", fmt.Errorf("unknown act %q", act)
}

// openDescriptors counts the files and directories that came along open.
func openDescriptors() (string, error) {
	entries, err := os.ReadDir("/proc/self/fd")
	count := 0
	for _, e := range entries {
		target, err := os.Readlink("/proc/self/fd/" + e.Name())
		if err == nil && strings.HasPrefix(target, "/") && !strings.HasPrefix(target, "/dev/") {
			count++
		}
	}
	return strconv.Itoa(count), err
}
