//go:build linux && (amd64 || arm64)

package sandbox

import (
	"os"

	"golang.org/x/sys/unix"
)

// A terminal is a pseudo-terminal in raw mode. Builders write to one, as under
// Nix, so that what they print comes out line by line.
type terminal struct {
	master *os.File // the parent's end, with deadlines
	slave  *os.File // the builder's end; nil once closed
}

// openTerminal makes a pseudo-terminal whose slave belongs to the user.
func openTerminal(uid, gid int) (*terminal, error) {
	fd, err := unix.Open("/dev/ptmx", unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: "/dev/ptmx", Err: err}
	}
	t := &terminal{master: os.NewFile(uintptr(fd), "/dev/ptmx")}
	if err := t.openSlave(fd, uid, gid); err != nil {
		t.Close()
		return nil, err
	}
	return t, nil
}

func (t *terminal) openSlave(master, uid, gid int) error {
	if err := unix.IoctlSetPointerInt(master, unix.TIOCSPTLCK, 0); err != nil {
		return os.NewSyscallError("unlock pseudo-terminal", err)
	}
	// The slave by descriptor: /dev/pts may be another instance's, or missing.
	fd, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(master), unix.TIOCGPTPEER, unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC)
	if errno != 0 {
		return os.NewSyscallError("open pseudo-terminal's other end", errno)
	}
	t.slave = os.NewFile(fd, "pts")
	mode, err := unix.IoctlGetTermios(int(fd), unix.TCGETS)
	if err != nil {
		return os.NewSyscallError("tcgetattr", err)
	}
	makeRaw(mode)
	if err := unix.IoctlSetTermios(int(fd), unix.TCSETS, mode); err != nil {
		return os.NewSyscallError("tcsetattr", err)
	}
	if os.Geteuid() == 0 {
		if err := unix.Fchown(int(fd), uid, gid); err != nil {
			return os.NewSyscallError("chown pseudo-terminal", err)
		}
	}
	return os.NewSyscallError("chmod pseudo-terminal", unix.Fchmod(int(fd), 0o600))
}

// makeRaw sets what cfmakeraw(3) sets.
func makeRaw(mode *unix.Termios) {
	mode.Iflag &^= unix.IGNBRK | unix.BRKINT | unix.PARMRK | unix.ISTRIP | unix.INLCR | unix.IGNCR | unix.ICRNL | unix.IXON
	mode.Oflag &^= unix.OPOST
	mode.Lflag &^= unix.ECHO | unix.ECHONL | unix.ICANON | unix.ISIG | unix.IEXTEN
	mode.Cflag = mode.Cflag&^(unix.CSIZE|unix.PARENB) | unix.CS8
	mode.Cc[unix.VMIN], mode.Cc[unix.VTIME] = 1, 0
}

// closeSlave closes the parent's hold on the builder's end, without which the
// log would never come to its end.
func (t *terminal) closeSlave() {
	if t.slave != nil {
		t.slave.Close()
		t.slave = nil
	}
}

// Close closes both ends.
func (t *terminal) Close() {
	t.closeSlave()
	t.master.Close()
}
