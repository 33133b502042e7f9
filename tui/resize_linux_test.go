package tui_test

import (
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/vt"
	"go.uber.org/goleak"
	"golang.org/x/sys/unix"

	"nixbench/tui"
	"nixbench/tui/tuitest"
)

// openPseudoTerminal returns the terminal's end and the program's.
func openPseudoTerminal(t *testing.T) (master, slave *os.File) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := master.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	cerr := conn.Control(func(fd uintptr) {
		if err = unix.IoctlSetPointerInt(int(fd), unix.TIOCSPTLCK, 0); err != nil {
			return
		}
		peer, _, errno := unix.Syscall(unix.SYS_IOCTL, fd, unix.TIOCGPTPEER, unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC)
		if errno != 0 {
			err = errno
			return
		}
		slave = os.NewFile(peer, "pts")
	})
	if cerr != nil || err != nil {
		t.Fatal(cerr, err)
	}
	return master, slave
}

// A sizedTerminal is an emulated one whose size changes as a window manager changes it.
type sizedTerminal struct {
	*terminal
	master *os.File
}

// resize changes the size and signals that itself: the test is not in the foreground of
// this terminal.
func (term *sizedTerminal) resize(t *testing.T, w, h int) {
	t.Helper()
	term.mu.Lock()
	term.em.Resize(w, h)
	term.mu.Unlock()
	conn, err := term.master.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	cerr := conn.Control(func(fd uintptr) {
		err = unix.IoctlSetWinsize(int(fd), unix.TIOCSWINSZ, &unix.Winsize{Row: uint16(h), Col: uint16(w)})
	})
	if cerr != nil || err != nil {
		t.Fatal(cerr, err)
	}
	if err := syscall.Kill(syscall.Getpid(), syscall.SIGWINCH); err != nil {
		t.Fatal(err)
	}
}

// runSized runs the whole program on a terminal of 80 columns and 24 rows; starting is
// called while the program starts. Nothing of it may be left.
func runSized(t *testing.T, starting func(*sizedTerminal)) *sizedTerminal {
	t.Helper()
	before := goleak.IgnoreCurrent()
	t.Cleanup(func() { noneLeft(t, before) })
	return runOnPseudoTerminal(t, starting)
}

func runOnPseudoTerminal(t *testing.T, starting func(*sizedTerminal)) *sizedTerminal {
	t.Helper()
	master, slave := openPseudoTerminal(t)
	em := vt.NewEmulator(80, 24)
	term := &sizedTerminal{&terminal{em: em, keys: master, done: make(chan error, 1), drawn: make(chan struct{}, 1)}, master}
	term.resize(t, 80, 24)
	answered, read := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(answered)
		_, _ = io.Copy(master, em)
	}()
	go func() {
		defer close(read)
		_, _ = io.Copy(term.terminal, master) // ends with an error when nobody has the other end
	}()
	screens := func(env *tui.Env) [tui.NumScreens]tui.Screen {
		all := tuitest.Blanks(env)
		all[tui.ScreenClosure] = starts{newPaths(env), func() { starting(term) }}
		return all
	}
	b := tuitest.NewBackend(t)
	go func() {
		defer close(term.done)
		term.done <- tui.Run(t.Context(), b, tui.Options{
			Screens: screens, Start: tui.ScreenClosure, ASCII: true, Environ: []string{"TERM=xterm-256color"},
			Now: time.Now, Input: slave, Output: slave,
		})
	}()
	t.Cleanup(func() {
		<-term.done // of a test that stopped, the context has ended
		_ = slave.Close()
		if p, ok := em.InputPipe().(io.Closer); ok {
			_ = p.Close()
		}
		<-answered
		<-read
		_ = master.Close()
	})
	return term
}

// starts does something when it starts.
type starts struct {
	*paths
	then func()
}

func (s starts) Init() tea.Cmd {
	s.then()
	return s.paths.Init()
}

// fills tells whether the frame has the size of the screen: its header ends at the right
// edge, its footer is the last row, and no other row looks like one of them.
func fills(screen string, w, h int) bool {
	rows := strings.Split(screen, "\n")
	if len(rows) != h || !strings.Contains(rows[0], "1 Repl") || len(strings.TrimRight(rows[0], " ")) < w-1 {
		return false
	}
	for i, row := range rows[1:] {
		if strings.Contains(row, "1 Repl") || strings.Contains(row, "w why") != (i+1 == h-1) {
			return false
		}
	}
	return true
}

// waitForFrame waits until the frame fills the screen.
func (term *sizedTerminal) waitForFrame(t *testing.T, w, h int) {
	t.Helper()
	late := time.After(10 * time.Second)
	for !fills(term.String(), w, h) {
		select {
		case <-term.drawn:
		case <-late:
			t.Fatalf("no frame of %dx%d:\n%s", w, h, term.String())
		}
	}
}

func (term *sizedTerminal) leave(t *testing.T) {
	t.Helper()
	term.press(t, "q")
	if err := term.wait(t); err != nil {
		t.Error(err)
	}
}

// After a storm of sizes, as of a window whose corner is dragged, the frame has the last.
func TestManySizes(t *testing.T) {
	term := runSized(t, func(*sizedTerminal) {})
	term.waitForFrame(t, 80, 24)
	for _, last := range [][2]int{{200, 60}, {80, 24}, {120, 40}} {
		t.Run(fmt.Sprintf("%dx%d", last[0], last[1]), func(t *testing.T) {
			for i := range 199 {
				term.resize(t, 60+i*37%140, 20+i*23%40)
			}
			term.resize(t, last[0], last[1])
			term.waitForFrame(t, last[0], last[1])
		})
	}
	term.leave(t)
}

// A size that changes while the program starts is not lost.
func TestSizeChangesAtTheStart(t *testing.T) {
	term := runSized(t, func(term *sizedTerminal) { term.resize(t, 120, 40) })
	term.waitForFrame(t, 120, 40)
	term.leave(t)
}

// A program that is no part of the terminal's session gets no signal when the terminal is
// closed, and ends all the same.
// Bubble Tea's reader of keys may be left waiting, as the terminal has no more to say.
func TestTerminalVanishes(t *testing.T) {
	term := runOnPseudoTerminal(t, func(*sizedTerminal) {})
	term.waitForFrame(t, 80, 24)
	if err := term.master.Close(); err != nil {
		t.Fatal(err)
	}
	if err := term.wait(t); err == nil || !strings.Contains(err.Error(), "terminal is gone") {
		t.Errorf("got %v, want that the terminal is gone", err)
	}
}
