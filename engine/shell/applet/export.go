package applet

import (
	"fmt"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// RealPath returns an absolute name without symbolic links; all of it must
// exist.
func RealPath(name string) (string, error) { return resolveLinks(name, mustExist, true) }

// IsTerminal reports whether a stream is a terminal.
func IsTerminal(stream any) bool { return isTerminal(stream) }

// Umask returns the process's file mode creation mask.
func Umask() int { return int(umask()) }

// ParseMask reads the operand of umask, octal or symbolic, where the symbolic
// one changes what the mask old permits.
func ParseMask(s string, old int) (mask int, ok bool) {
	m, ok := parseMode(s)
	if !ok {
		return 0, false
	}
	if m.octal {
		return int(m.bits) & 0o777, m.bits <= 0o777
	}
	return ^int(m.apply(^uint32(old)&0o777, false, 0)) & 0o777, true
}

// SymbolicMask writes a mask as umask -S does.
func SymbolicMask(mask int) string {
	var parts []string
	for i, who := range []string{"u", "g", "o"} {
		bits := ^mask >> (6 - 3*i) & 7
		rwx := strings.ReplaceAll(permString(uint32(bits))[6:], "-", "")
		parts = append(parts, who+"="+rwx)
	}
	return strings.Join(parts, ",")
}

// ParseSignal reads the name, with or without SIG, or the number of a signal.
func ParseSignal(name string) (syscall.Signal, bool) {
	var n int
	if _, err := fmt.Sscanf(name+"\n", "%d\n", &n); err == nil && strings.Trim(name, "0123456789") == "" {
		return syscall.Signal(n), n < 65
	}
	sig := unix.SignalNum("SIG" + strings.TrimPrefix(strings.ToUpper(name), "SIG"))
	return sig, sig != 0
}

// SignalName returns the name of a signal without SIG, or its number.
func SignalName(sig syscall.Signal) string {
	if name := unix.SignalName(sig); name != "" {
		return strings.TrimPrefix(name, "SIG")
	}
	return fmt.Sprint(int(sig))
}
