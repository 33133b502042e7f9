//go:build linux && (amd64 || arm64)

package sandbox

import (
	"encoding/binary"
	"fmt"
	"os"
	"sync"
	"unsafe"

	"nixbench/engine/early"

	"golang.org/x/sys/unix"
)

// This file says what a process does, alone in new namespaces, on its way to
// becoming the builder.

const execStep = "execute builder"

// script returns what the process does whose output is tty and whose input is stdin. It
// waits until it can read a byte from ready, whose other end
// is start, and enters a control group by writing to procs, if that is not nil.
func (o *order) script(tty, stdin, ready, start, procs *os.File) (*script, error) {
	spec := &o.Spec
	s := &script{calls: make([]systemCall, 0, 512), notes: make([]note, 0, 512)}
	r := &root{script: s, spec: spec}
	s.begin("set death signal")
	s.do(unix.SYS_SETSID)
	s.dieWithStarter()
	s.begin("await user")
	s.do(unix.SYS_CLOSE, int(start.Fd()))
	s.do(unix.SYS_READ, int(ready.Fd()), s.buffer(1), 1).want(1)
	if procs != nil {
		s.begin("enter control group")
		s.do(unix.SYS_WRITE, int(procs.Fd()), "0", 1).want(1)
		s.do(unix.SYS_UNSHARE, unix.CLONE_NEWCGROUP)
	}
	s.begin("open standard files")
	s.do(unix.SYS_CHDIR, "/")
	s.standardFiles(tty, stdin)
	s.begin("leave groups")
	if startsAsRoot() && maySetGroups() { // others' cannot be given up, and are nobody's inside
		s.do(unix.SYS_SETGROUPS, 0, 0)
	}
	s.raiseLoopback(spec)
	s.setHostName()
	if err := r.openSources(); err != nil {
		return nil, err
	}
	r.mountRoot()
	s.becomeBuilder(spec)
	r.makeSkeleton()
	r.mountSources()
	r.mountProc()
	r.mountSys()
	r.mountShm()
	r.mountPts()
	r.pivot()
	r.seal()
	if err := s.setLimits(spec); err != nil {
		return nil, err
	}
	s.begin("enter build directory")
	s.do(unix.SYS_CHDIR, spec.BuildDir)
	if !o.KeepPrivileges {
		s.dropPrivileges(spec)
	}
	s.restrictSockets(o)
	s.installFilter(spec)
	s.checkDropped(spec)
	s.begin("close files")
	s.do(unix.SYS_CLOSE_RANGE, 3, uintptr(^uint32(0)), unix.CLOSE_RANGE_CLOEXEC)
	s.execute(o)
	return s, nil
}

// startsAsRoot reports whether we are root: then the process begins as root too, whom its
// namespace does not know.
func startsAsRoot() bool { return os.Geteuid() == 0 }

// dieWithStarter has the process killed when the thread ends that has started it.
func (s *script) dieWithStarter() {
	s.do(unix.SYS_PRCTL, unix.PR_SET_PDEATHSIG, int(unix.SIGKILL), 0, 0, 0)
}

// buffer returns the address of n bytes for the kernel to write to.
func (s *script) buffer(n int) unsafe.Pointer { return unsafe.Pointer(&make([]byte, n)[0]) }

// standardFiles gives the process its standard files, and closes all others.
func (s *script) standardFiles(tty, stdin *os.File) {
	s.do(unix.SYS_DUP3, int(stdin.Fd()), 0, 0)
	s.do(unix.SYS_DUP3, int(tty.Fd()), 1, 0)
	s.do(unix.SYS_DUP3, int(tty.Fd()), 2, 0)
	s.do(unix.SYS_CLOSE_RANGE, 3, uintptr(^uint32(0)), 0)
}

// execute becomes the builder, or ends well if there only had to be a sandbox.
func (s *script) execute(o *order) {
	s.begin(execStep)
	if o.Trial {
		s.do(unix.SYS_EXIT_GROUP, 0)
		return
	}
	s.do(unix.SYS_RT_SIGPROCMASK, unix.SIG_SETMASK, unsafe.Pointer(&s.blocked), 0, 8)
	s.do(unix.SYS_EXECVE, o.Spec.Builder, s.texts(o.Spec.Args), s.texts(o.Spec.Env))
}

// raiseLoopback gives a builder without network its loopback interface.
func (s *script) raiseLoopback(spec *Spec) {
	s.begin("bring up loopback")
	if spec.Network {
		return
	}
	socket := s.into(s.do(unix.SYS_SOCKET, unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0))
	request := make([]byte, 40) // struct ifreq: netdevice(7)
	copy(request, "lo")
	binary.NativeEndian.PutUint16(request[unix.IFNAMSIZ:], unix.IFF_UP|unix.IFF_LOOPBACK|unix.IFF_RUNNING)
	s.do(unix.SYS_IOCTL, socket, unix.SIOCSIFFLAGS, unsafe.Pointer(&request[0]))
	s.do(unix.SYS_CLOSE, socket)
}

// setHostName hides the machine's name.
func (s *script) setHostName() {
	s.begin("set host name")
	const host, domain = "localhost", "(none)"
	s.do(unix.SYS_SETHOSTNAME, host, len(host))
	s.do(unix.SYS_SETDOMAINNAME, domain, len(domain))
}

// Personalities, from linux/personality.h.
const (
	addrNoRandomize = 0x0040000
	perLinux32      = 0x0008
)

// setLimits sets what a builder must not inherit from whoever started us, and what
// Go's runtime has changed for us.
func (s *script) setLimits(spec *Spec) error {
	s.begin("set limits")
	core := new(unix.Rlimit)
	if err := unix.Getrlimit(unix.RLIMIT_CORE, core); err != nil {
		return setupError("set limits", err)
	}
	core.Cur = 0
	s.do(unix.SYS_PRLIMIT64, 0, unix.RLIMIT_CORE, unsafe.Pointer(core), 0)
	if files := early.FileLimit(); files != nil {
		s.do(unix.SYS_PRLIMIT64, 0, unix.RLIMIT_NOFILE, unsafe.Pointer(files), 0)
	}
	s.do(unix.SYS_UMASK, 0o022)
	persona := addrNoRandomize
	if spec.Linux32 {
		persona |= perLinux32
	}
	s.do(unix.SYS_PERSONALITY, persona)
	return nil
}

// becomeBuilder takes the first user and group that the namespace has, if we
// are root, who is not in it.
func (s *script) becomeBuilder(spec *Spec) {
	s.begin("become the builder's user")
	if !startsAsRoot() {
		return
	}
	uid, gid := spec.inside()
	s.do(unix.SYS_SETRESGID, gid, gid, gid)
	s.do(unix.SYS_SETRESUID, uid, uid, uid)
	// Changing the user clears it. (It also makes the memory, which is ours, one that
	// no other user's process may look at or dump.)
	s.dieWithStarter()
}

// dropPrivileges gives up every capability for good. A builder who is root keeps those
// over its namespace, and passes them on by being root alone.
func (s *script) dropPrivileges(spec *Spec) {
	s.begin("drop privileges")
	caps := new([2]unix.CapUserData)
	for c := range lastCapability() + 1 {
		if spec.isRoot() {
			caps[c/32].Permitted |= 1 << (c % 32)
			caps[c/32].Effective |= 1 << (c % 32)
			continue
		}
		s.do(unix.SYS_PRCTL, unix.PR_CAPBSET_DROP, c, 0, 0, 0)
	}
	s.do(unix.SYS_PRCTL, unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
	header := &unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	s.do(unix.SYS_CAPSET, unsafe.Pointer(header), unsafe.Pointer(caps))
	s.do(unix.SYS_PRCTL, unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
}

// lastCapability returns the highest capability that the kernel knows.
var lastCapability = sync.OnceValue(func() int {
	for c := 0; ; c++ {
		if _, err := unix.PrctlRetInt(unix.PR_CAPBSET_READ, uintptr(c+1), 0, 0, 0); err != nil {
			return c
		}
	}
})

// checkDropped looks whether the process is who a builder must be, and can do no more:
// a mistake above must not go unnoticed.
func (s *script) checkDropped(spec *Spec) {
	s.begin("check privileges")
	uid, gid := spec.inside()
	for _, is := range []struct {
		what string
		call uintptr
		want int
	}{{"user", unix.SYS_GETRESUID, uid}, {"group", unix.SYS_GETRESGID, gid}} {
		s.what = is.what
		real, effective, saved := new(uintptr), new(uintptr), new(uintptr) // the upper halves stay 0
		s.do(is.call, unsafe.Pointer(real), unsafe.Pointer(effective), unsafe.Pointer(saved))
		for _, id := range []slot{real, effective, saved} {
			s.do(noCall, id).want(is.want)
		}
	}
	s.what = "no_new_privs"
	s.do(unix.SYS_PRCTL, unix.PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0).want(1)
	s.what = "process number"
	s.do(unix.SYS_GETPID).want(1)
	if spec.isRoot() {
		s.checkMap("uid_map", spec.HostUID, spec.IDs)
		s.checkMap("gid_map", spec.HostGID, spec.IDs)
		return
	}
	s.what = "capabilities"
	header := &unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	has := new([unsafe.Sizeof([2]unix.CapUserData{}) / unsafe.Sizeof(uintptr(0))]uintptr)
	for i := range has {
		has[i] = ^uintptr(0)
	}
	s.do(unix.SYS_CAPGET, unsafe.Pointer(header), unsafe.Pointer(has))
	for i := range has {
		s.do(noCall, slot(&has[i])).want(0)
	}
	s.what = "capability in the bounding set"
	for c := range lastCapability() + 1 {
		s.do(unix.SYS_PRCTL, unix.PR_CAPBSET_READ, c, 0, 0, 0).want(0)
	}
}

// checkMap looks whether the root that a builder is, is not the host's: root inside has to
// be somebody else outside. Format: user_namespaces(7).
func (s *script) checkMap(name string, outside, count int) {
	s.what = name
	want, got := new([5]uintptr), new([5]uintptr)
	text := fmt.Sprintf("%10d %10d %10d\n", 0, max(1, outside), count)
	copy(unsafe.Slice((*byte)(unsafe.Pointer(want)), len(text)), text)
	file := s.into(s.do(unix.SYS_OPENAT, unix.AT_FDCWD, "/proc/self/"+name, unix.O_RDONLY|unix.O_CLOEXEC, 0))
	s.do(unix.SYS_READ, file, unsafe.Pointer(got), int(unsafe.Sizeof(*got))).want(len(text))
	for i := range got {
		s.do(noCall, slot(&got[i])).want(int(want[i]))
	}
	s.do(unix.SYS_CLOSE, file)
}
