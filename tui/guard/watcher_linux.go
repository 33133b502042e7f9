package guard

// This file is what the guard does in its process.

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"sync"
	"syscall"

	"github.com/charmbracelet/x/ansi"
	"golang.org/x/sys/unix"

	"nixbench/repl/text"
)

// Main is the guard; args are those of [Start]. Its standard input is the crash output of
// the program that it guards, its standard output the terminal, and descriptor 3 the
// program's standard error.
func Main(args []string) int {
	// All that a terminal sends is meant for the program; and a guard may set the
	// terminal when it is no longer in the foreground.
	signal.Ignore(syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGTSTP, syscall.SIGTTIN, syscall.SIGTTOU, syscall.SIGPIPE)
	if len(args) != 5 {
		return 1
	}
	state, err := decodeState(args[1])
	if err != nil {
		return 1
	}
	watch := watcher{
		state: state, terminal: os.Stdout, crash: int(os.Stdin.Fd()), said: 3,
		Options: Options{Dir: args[2], File: args[3], Version: args[4]},
	}
	if err := watch.run(); err != nil {
		return 1
	}
	return 0
}

// A watcher is what a guard knows.
type watcher struct {
	Options
	state    *unix.Termios
	terminal *os.File

	crash, said int          // descriptors: crash output and standard error; -1 for ended
	told        bytes.Buffer // what the standard error said last
}

const (
	// maxTold is how many bytes of the standard error are kept before a crash.
	maxTold = 64 << 10
	// chunk is how much is read at a time, in bytes; the kernel writes no more at once.
	chunk = 64 << 10
)

// run waits for a crash, or for the end of the program.
func (watch *watcher) run() error {
	first, err := watch.await()
	if err != nil {
		return err
	}
	if len(first) == 0 { // killed: in order, the guard ends before the program
		if watch.taken() {
			return watch.giveBack()
		}
		// The shell was faster, or the program was stopped and had given the terminal back.
		_, err := io.WriteString(watch.terminal, endScreens+leaveScreens)
		return err
	}
	if err := watch.giveBack(); err != nil {
		return err
	}
	// The runtime says everything on the standard error first.
	trace := &watch.told
	if trace.Len() == 0 { // that is somewhere else
		trace = bytes.NewBuffer(first)
	}
	for len(first) > 0 && reason(trace.Bytes()) == "" && trace.Len() < 2*maxTold {
		if first, err = watch.more(trace); err != nil {
			return err
		}
	}
	return watch.keep(reason(trace.Bytes()), trace)
}

// await waits for what the crash output says next, and takes note of what the standard
// error said before that. It returns nothing at the end.
func (watch *watcher) await() ([]byte, error) {
	for {
		fds := []unix.PollFd{{Fd: int32(watch.crash), Events: unix.POLLIN}, {Fd: int32(watch.said), Events: unix.POLLIN}}
		if _, err := unix.Poll(fds, -1); err != nil && !errors.Is(err, unix.EINTR) {
			return nil, err
		}
		switch {
		case fds[1].Revents != 0:
			data, err := read(watch.said)
			if err != nil {
				return nil, err
			}
			if len(data) == 0 {
				watch.said = -1 // which is not waited for
			}
			watch.told.Write(data)
			if watch.told.Len() > 2*maxTold {
				watch.told.Next(watch.told.Len() - maxTold)
			}
		case fds[0].Revents != 0:
			return read(watch.crash)
		}
	}
}

// read reads once.
func read(fd int) ([]byte, error) {
	data := make([]byte, chunk)
	for {
		n, err := unix.Read(fd, data)
		if !errors.Is(err, unix.EINTR) {
			return data[:max(n, 0)], err
		}
	}
}

// more waits for more of a trace, which it adds to it. It returns nothing at the end.
func (watch *watcher) more(trace *bytes.Buffer) ([]byte, error) {
	data, err := watch.await()
	if trace != &watch.told { // where it is already
		trace.Write(data)
	}
	return data, err
}

// why is how the runtime begins to say why it ends a program.
var why = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?:panic|fatal error|SIG[A-Z]+): .*\n`)
})

// reason finds the line of a trace that says why it is there; "" for none yet.
func reason(trace []byte) string {
	line := why().Find(trace)
	return string(bytes.TrimSuffix(line, []byte("\n")))
}

// keep keeps a trace, of which a part was read, in a file, and says where; on the terminal
// if that fails.
func (watch *watcher) keep(reason string, trace *bytes.Buffer) error {
	f, err := watch.open()
	if err != nil {
		fmt.Fprintf(watch.terminal, "nixbench ended: %s\nkeep the trace: %s\n", text.PlainLine(reason), text.PlainLine(err.Error()))
		return watch.copy(watch.terminal, trace)
	}
	fmt.Fprintf(watch.terminal, "nixbench ended: %s\nThe store stays valid; builds that ran will begin anew. The trace is kept in %s\n", text.PlainLine(reason), text.PlainLine(f.Name()))
	return errors.Join(watch.copy(f, trace), f.Close())
}

// copy writes what was read of a trace, and the rest of it.
func (watch *watcher) copy(w io.Writer, trace *bytes.Buffer) error {
	for {
		if _, err := trace.WriteTo(w); err != nil {
			return err
		}
		data, err := watch.more(trace)
		if err != nil {
			return err
		}
		if len(data) == 0 {
			_, err := trace.WriteTo(w)
			return err
		}
	}
}

// taken reports whether the terminal is not as it was.
func (watch *watcher) taken() bool {
	now, err := unix.IoctlGetTermios(int(watch.terminal.Fd()), unix.TCGETS)
	return err == nil && *now != *watch.state
}

// endScreens ends what the screens ask of a terminal, but for the alternate screen. It
// begins with what ends a sequence that was cut off.
const endScreens = "\x1b\\" + ansi.ResetModeSynchronizedOutput + ansi.ResetStyle + ansi.ResetModifyOtherKeys + "\x1b[<1u" +
	ansi.ResetModeMouseButtonEvent + ansi.ResetModeMouseAnyEvent + ansi.ResetModeMouseExtSgr + ansi.ResetModeBracketedPaste + ansi.ResetModeFocusEvent +
	ansi.ResetModeUnicodeCore + "\x1b]2;\a" + "\x1b[0 q" + ansi.SetModeTextCursorEnable

// giveBack ends all of it, and leaves the cursor where it was before.
const giveBack = endScreens + ansi.ResetModeAltScreenSaveCursor

// leaveScreens leaves the alternate screen, if it is shown, and the cursor where it is.
const leaveScreens = ansi.ResetModeAltScreen

// giveBack makes the terminal the user's.
func (watch *watcher) giveBack() error {
	_, err := io.WriteString(watch.terminal, giveBack)
	if serr := unix.IoctlSetTermios(int(watch.terminal.Fd()), unix.TCSETSW, watch.state); err == nil {
		err = serr
	}
	return err
}
