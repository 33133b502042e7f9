//go:build linux && (amd64 || arm64)

package sandbox

import (
	"runtime"
	"sync"
	"unsafe"

	"golang.org/x/sys/unix"
)

// installFilter puts the seccomp filter over the process, and so over the
// builder. It needs no_new_privs.
func (s *script) installFilter(spec *Spec) {
	s.begin("filter system calls")
	if spec.FilterSyscalls {
		s.do(unix.SYS_PRCTL, unix.PR_SET_SECCOMP, unix.SECCOMP_MODE_FILTER, unsafe.Pointer(machineFilter()), 0, 0)
	}
}

// machineFilter is the filter of this machine.
var machineFilter = sync.OnceValue(func() *unix.SockFprog {
	var filter []unix.SockFilter
	for _, in := range assembleFilter(filterTables(runtime.GOARCH)) {
		filter = append(filter, unix.SockFilter(in))
	}
	return &unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
})

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
func (s *script) restrictSockets(o *order) {
	s.begin("restrict sockets")
	if o.NoScopes || !hasScopes() {
		return
	}
	attr := &struct{ accessFS, accessNet, scoped uint64 }{scoped: landlockAbstractScope}
	rules := s.into(s.do(unix.SYS_LANDLOCK_CREATE_RULESET, unsafe.Pointer(attr), int(unsafe.Sizeof(*attr)), 0))
	s.do(unix.SYS_LANDLOCK_RESTRICT_SELF, rules, 0)
	s.do(unix.SYS_CLOSE, rules)
}

// hasScopes reports whether Landlock can hide sockets of the abstract namespace.
var hasScopes = sync.OnceValue(func() bool {
	abi, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, landlockVersion)
	return errno == 0 && abi >= landlockScopeABI
})
