//go:build linux && (amd64 || arm64)

package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// This file is the second stage: the same executable, alone in new
// namespaces, on its way to becoming the builder. It runs on one thread, for
// capabilities and filters belong to threads, and it does nothing but system
// calls in a fixed order.

// Invoked reports whether args, the arguments of this process, ask for [Main].
func Invoked(args []string) bool {
	return len(args) == 1 && (args[0] == stageName || args[0] == launcherName)
}

// Main is the second stage of [Run], or the launcher of one: main calls it,
// before anything else, if [Invoked]. It does not return.
func Main() {
	runtime.LockOSThread()
	if os.Args[0] == launcherName {
		launch()
	}
	err := enter()
	r := report{Text: err.Error()}
	var step *stepError
	if errors.As(err, &step) {
		r.Step, r.Exec, r.Text = step.step, step.step == execStep, step.err.Error()
	}
	errors.As(err, &r.Errno)
	data, _ := json.Marshal(r)
	unix.Write(reportFD, data)
	syscall.Exit(exitSetup)
}

const execStep = "execute builder"

// A stepError says at what step the second stage failed.
type stepError struct {
	step string
	err  error
}

func (e *stepError) Error() string { return e.step + ": " + e.err.Error() }
func (e *stepError) Unwrap() error { return e.err }

// A step is one thing that the second stage does.
type step struct {
	name string
	do   func() error
}

// enter makes the sandbox around this process and executes the builder.
// It returns only with an error.
func enter() error {
	o, err := readOrder()
	if err != nil {
		return &stepError{"read specification", err}
	}
	spec := &o.Spec
	r := &root{spec: spec}
	isRoot := spec.isRoot()
	for _, s := range []step{
		{"set death signal", func() error { return unix.Prctl(unix.PR_SET_PDEATHSIG, uintptr(unix.SIGKILL), 0, 0, 0) }},
		{"enter control group", o.enterCgroup},
		{"leave groups", func() error { return leaveGroups(spec) }},
		{"bring up loopback", func() error { return raiseLoopback(spec) }},
		{"set host name", setHostName},
		{"open inputs", r.openSources},
		{"mount root", r.mountRoot},
		{"become the builder's user", func() error { return becomeBuilder(spec) }},
		{"make directories", r.makeSkeleton},
		{"mount inputs", r.mountSources},
		{"mount proc", r.mountProc},
		{"mount /sys", r.mountSys},
		{"mount /dev/shm", r.mountShm},
		{"mount /dev/pts", r.mountPts},
		{"pivot root", r.pivot},
		{"make / read-only", r.seal},
		{"set limits", func() error { return setLimits(spec) }},
		{"enter build directory", func() error { return unix.Chdir(spec.BuildDir) }},
		{"drop privileges", func() error { return dropPrivileges(isRoot) }},
		{"restrict sockets", o.restrictSockets},
		{"filter system calls", func() error { return installFilter(spec) }},
		{"check privileges", func() error { return checkDropped(spec) }},
		{"close files", func() error { return unix.CloseRange(3, ^uint(0), unix.CLOSE_RANGE_CLOEXEC) }},
		{execStep, o.execute},
	} {
		if err := s.do(); err != nil {
			return &stepError{s.name, err}
		}
	}
	return errors.New("unreachable: exec returned")
}

// readOrder reads what the first stage left in the memory file.
func readOrder() (*order, error) {
	file := os.NewFile(specFD, "spec")
	defer file.Close()
	data, err := io.ReadAll(io.NewSectionReader(file, 0, 1<<40))
	if err != nil {
		return nil, err
	}
	o := new(order)
	if err := json.Unmarshal(data, o); err != nil {
		return nil, err
	}
	return o, nil
}

// execute becomes the builder, or ends well if there only had to be a sandbox.
func (o *order) execute() error {
	if o.Trial {
		syscall.Exit(0)
	}
	return syscall.Exec(o.Spec.Builder, o.Spec.Args, o.Spec.Env)
}

// leaveGroups gives up root's supplementary groups. Anyone else's cannot be
// given up, and are nobody's inside.
func leaveGroups(spec *Spec) error {
	if !isHostRoot(spec) {
		return nil
	}
	if _, _, errno := unix.RawSyscall(unix.SYS_SETGROUPS, 0, 0, 0); errno != 0 {
		return errno
	}
	return nil
}

// isHostRoot reports whether root started us: then we have no user of the
// namespace yet.
func isHostRoot(spec *Spec) bool {
	uid, _ := spec.inside()
	return os.Getuid() != uid
}

// raiseLoopback gives a builder without network its loopback interface.
func raiseLoopback(spec *Spec) error {
	if spec.Network {
		return nil
	}
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	request, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	request.SetUint16(unix.IFF_UP | unix.IFF_LOOPBACK | unix.IFF_RUNNING)
	return unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, request)
}

// setHostName hides the machine's name.
func setHostName() error {
	if err := unix.Sethostname([]byte("localhost")); err != nil {
		return err
	}
	return unix.Setdomainname([]byte("(none)"))
}

// Personalities, from linux/personality.h.
const (
	addrNoRandomize = 0x0040000
	perLinux32      = 0x0008
)

// setLimits sets what a builder must not inherit from whoever started us.
func setLimits(spec *Spec) error {
	var core unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_CORE, &core); err != nil {
		return err
	}
	core.Cur = 0
	if err := unix.Setrlimit(unix.RLIMIT_CORE, &core); err != nil {
		return err
	}
	unix.Umask(0o022)
	persona := uintptr(addrNoRandomize)
	if spec.Linux32 {
		persona |= perLinux32
	}
	if _, _, errno := unix.RawSyscall(unix.SYS_PERSONALITY, persona, 0, 0); errno != 0 {
		return errno
	}
	return nil
}

// becomeBuilder takes the first user and group that the namespace has, if we
// began as root, who is not in it.
func becomeBuilder(spec *Spec) error {
	if !isHostRoot(spec) {
		return nil
	}
	inUID, inGID := spec.inside()
	uid, gid := uintptr(inUID), uintptr(inGID)
	if _, _, errno := unix.RawSyscall(unix.SYS_SETRESGID, gid, gid, gid); errno != 0 {
		return errno
	}
	if _, _, errno := unix.RawSyscall(unix.SYS_SETRESUID, uid, uid, uid); errno != 0 {
		return errno
	}
	// Changing the user clears it.
	return unix.Prctl(unix.PR_SET_PDEATHSIG, uintptr(unix.SIGKILL), 0, 0, 0)
}

// dropPrivileges gives up every capability for good. A builder who is root keeps those
// over its namespace, and passes them on by being root alone.
func dropPrivileges(isRoot bool) error {
	last := lastCapability()
	for c := uintptr(0); c <= last && !isRoot; c++ {
		if err := unix.Prctl(unix.PR_CAPBSET_DROP, c, 0, 0, 0); err != nil {
			return fmt.Errorf("capability %d: %w", c, err)
		}
	}
	if err := unix.Prctl(unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0); err != nil {
		return err
	}
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var caps [2]unix.CapUserData
	if isRoot {
		if err := unix.Capget(&header, &caps[0]); err != nil {
			return err
		}
		caps[0].Inheritable, caps[1].Inheritable = 0, 0
	}
	if err := unix.Capset(&header, &caps[0]); err != nil {
		return err
	}
	return unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
}

// lastCapability returns the highest capability that the kernel knows.
func lastCapability() uintptr {
	c := uintptr(0)
	for {
		if _, err := unix.PrctlRetInt(unix.PR_CAPBSET_READ, c+1, 0, 0, 0); err != nil {
			return c
		}
		c++
	}
}

// checkDropped looks whether we are who a builder must be, and can do no more:
// a mistake above must not go unnoticed.
func checkDropped(spec *Spec) error {
	wantUID, wantGID := spec.inside()
	ruid, euid, suid := unix.Getresuid()
	rgid, egid, sgid := unix.Getresgid()
	for _, uid := range []int{ruid, euid, suid} {
		if uid != wantUID {
			return fmt.Errorf("user is %d, want %d", uid, wantUID)
		}
	}
	for _, gid := range []int{rgid, egid, sgid} {
		if gid != wantGID {
			return fmt.Errorf("group is %d, want %d", gid, wantGID)
		}
	}
	if nnp, err := unix.PrctlRetInt(unix.PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0); err != nil || nnp != 1 {
		return fmt.Errorf("no_new_privs is %d, want 1", nnp)
	}
	if os.Getpid() != 1 {
		return fmt.Errorf("process number is %d, want 1", os.Getpid())
	}
	if spec.isRoot() {
		return checkOwnUsers()
	}
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var caps [2]unix.CapUserData
	if err := unix.Capget(&header, &caps[0]); err != nil {
		return err
	}
	if caps != [2]unix.CapUserData{} {
		return fmt.Errorf("capabilities are %v, want none", caps)
	}
	last := lastCapability()
	for c := uintptr(0); c <= last; c++ {
		if has, _ := unix.PrctlRetInt(unix.PR_CAPBSET_READ, c, 0, 0, 0); has != 0 {
			return fmt.Errorf("capability %d is still in the bounding set", c)
		}
	}
	return nil
}

// checkOwnUsers looks whether the root that a builder is, is not the host's.
func checkOwnUsers() error {
	for _, file := range []string{"/proc/self/uid_map", "/proc/self/gid_map"} {
		data, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		var inside, outside, count int
		if n, _ := fmt.Sscan(string(data), &inside, &outside, &count); n != 3 || inside != 0 || outside == 0 {
			return fmt.Errorf("%s is %q, want others than the host's root", file, data)
		}
	}
	return nil
}
