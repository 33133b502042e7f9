//go:build linux && (amd64 || arm64)

package sandbox

import (
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// installFilter puts the seccomp filter over this thread, and so over the
// builder. It needs no_new_privs.
func installFilter(spec *Spec) error {
	if !spec.FilterSyscalls {
		return nil
	}
	var filter []unix.SockFilter
	for _, in := range assembleFilter(filterTables(runtime.GOARCH)) {
		filter = append(filter, unix.SockFilter(in))
	}
	prog := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	return unix.Prctl(unix.PR_SET_SECCOMP, unix.SECCOMP_MODE_FILTER, uintptr(unsafe.Pointer(&prog)), 0, 0)
}

// Landlock's interface, from linux/landlock.h.
const (
	landlockVersion       = 1 // LANDLOCK_CREATE_RULESET_VERSION
	landlockScopeABI      = 6
	landlockAbstractScope = 1 // LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET
)

// restrictSockets keeps the builder from sockets of the abstract namespace
// that others have opened, which matters to builders that share the host's
// network: two of them could pass each other files. Kernels before 6.12 cannot
// do it; then only the private network keeps builders apart, and of those who share
// the host's what is registered is a copy that nobody else has open.
func (o *order) restrictSockets() error {
	if o.NoScopes || !hasScopes() {
		return nil
	}
	attr := struct{ accessFS, accessNet, scoped uint64 }{scoped: landlockAbstractScope}
	fd, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, uintptr(unsafe.Pointer(&attr)), unsafe.Sizeof(attr), 0)
	if errno != 0 {
		return errno
	}
	defer unix.Close(int(fd))
	if _, _, errno := unix.Syscall(unix.SYS_LANDLOCK_RESTRICT_SELF, fd, 0, 0); errno != 0 {
		return errno
	}
	return nil
}

// hasScopes reports whether Landlock can hide sockets of the abstract namespace.
func hasScopes() bool {
	abi, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, landlockVersion)
	return errno == 0 && abi >= landlockScopeABI
}
