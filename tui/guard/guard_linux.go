package guard

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"runtime/debug"
	"syscall"

	"golang.org/x/sys/unix"
)

// A Guard is a process that watches this one. A nil one does nothing.
type Guard struct {
	process *exec.Cmd
	stderr  *os.File // what the standard error was; nil: it was left as it is
}

// Start starts a guard. The terminal is still as it is to be afterwards. While there is
// a guard, it is given what is said on the standard error if that is a terminal: it would
// be drawn over the screens, and why the program crashes is said there.
func Start(o Options) (*Guard, error) {
	state, err := unix.IoctlGetTermios(int(o.Terminal.Fd()), unix.TCGETS)
	if err != nil {
		return nil, fmt.Errorf("read the settings of the terminal: %w", err)
	}
	crash, toCrash, err := crashPipe()
	if err != nil {
		return nil, fmt.Errorf("make a pipe: %w", err)
	}
	defer crash.Close()
	defer toCrash.Close() // the runtime has one of its own
	said, toSaid, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("make a pipe: %w", err)
	}
	defer said.Close()
	defer toSaid.Close()
	process := &exec.Cmd{
		Path:  "/proc/self/exe",
		Args:  []string{Name, encodeState(state), o.Dir, o.File, o.Version},
		Env:   append(os.Environ(), "GOMAXPROCS=1"),
		Stdin: crash, Stdout: o.Terminal, Stderr: o.Terminal, ExtraFiles: []*os.File{said},
	}
	if err := process.Start(); err != nil {
		return nil, fmt.Errorf("start a guard of the terminal: %w", err)
	}
	g := &Guard{process: process}
	if err := debug.SetCrashOutput(toCrash, debug.CrashOptions{}); err != nil {
		g.Stop()
		return nil, fmt.Errorf("set the crash output: %w", err)
	}
	debug.SetTraceback("all")
	g.divert(toSaid)
	return g, nil
}

// crashPipe makes a pipe that holds one message, so that a crash, which is told in many,
// does not end before the guard has begun to read: the shell, which waits for the end,
// then finds the terminal as it was.
func crashPipe() (r, w *os.File, err error) {
	fds := make([]int, 2)
	if err := unix.Pipe2(fds, unix.O_CLOEXEC|unix.O_DIRECT); err != nil {
		if err := unix.Pipe2(fds, unix.O_CLOEXEC); err != nil {
			return nil, nil, err
		}
	}
	_, _ = unix.FcntlInt(uintptr(fds[1]), unix.F_SETPIPE_SZ, os.Getpagesize()) // else it holds more
	return os.NewFile(uintptr(fds[0]), "crash"), os.NewFile(uintptr(fds[1]), "crash"), nil
}

// divert makes the standard error go to a pipe if it is a terminal.
func (g *Guard) divert(to *os.File) {
	if _, err := unix.IoctlGetTermios(syscall.Stderr, unix.TCGETS); err != nil {
		return
	}
	kept, err := unix.FcntlInt(uintptr(syscall.Stderr), unix.F_DUPFD_CLOEXEC, 3)
	if err != nil {
		return
	}
	g.stderr = os.NewFile(uintptr(kept), "stderr")
	_ = unix.Dup3(int(to.Fd()), syscall.Stderr, 0) // both are open
}

// Stop ends the guard once the terminal has been given back.
func (g *Guard) Stop() {
	if g == nil {
		return
	}
	if g.stderr != nil {
		_ = unix.Dup3(int(g.stderr.Fd()), syscall.Stderr, 0)
		_ = g.stderr.Close()
	}
	_ = g.process.Process.Kill() // first, or it would think that this program was killed
	_ = g.process.Wait()
	_ = debug.SetCrashOutput(nil, debug.CrashOptions{})
}

// Stderr is the standard error for programs that get the terminal.
func (g *Guard) Stderr() *os.File {
	if g == nil || g.stderr == nil {
		return os.Stderr
	}
	return g.stderr
}

// encodeState writes a terminal's settings as an argument.
func encodeState(state *unix.Termios) string {
	var b bytes.Buffer
	_ = binary.Write(&b, binary.NativeEndian, state) // to memory, of a fixed size
	return hex.EncodeToString(b.Bytes())
}

func decodeState(arg string) (*unix.Termios, error) {
	raw, err := hex.DecodeString(arg)
	if err != nil {
		return nil, err
	}
	var state unix.Termios
	return &state, binary.Read(bytes.NewReader(raw), binary.NativeEndian, &state)
}
