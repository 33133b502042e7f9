package guard

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestMain is also the guard, and the program that dies.
func TestMain(m *testing.M) {
	if Answers(os.Args[0]) {
		os.Exit(Main(os.Args))
	}
	if how := os.Getenv("GUARD_TEST_END"); how != "" {
		os.Exit(die(how))
	}
	os.Exit(m.Run())
}

// die takes the terminal and ends in one of the ways in which programs end.
func die(how string) int {
	g, err := Start(Options{Terminal: os.Stdout, Dir: os.Getenv("GUARD_TEST_DIR"), Version: "9.9"})
	if err != nil {
		fmt.Println(err)
		return 1
	}
	state, err := unix.IoctlGetTermios(0, unix.TCGETS)
	if err != nil {
		fmt.Println(err)
		return 1
	}
	raw := *state
	raw.Lflag &^= unix.ICANON | unix.ECHO | unix.ISIG
	_ = unix.IoctlSetTermios(0, unix.TCSETS, &raw)
	fmt.Print("\x1b[?1049h\x1b[?1002h\x1b[?25lscreens")
	fmt.Fprint(os.Stderr, "stray")
	switch how {
	case "panic":
		go panic("boom\x1b]0;title\a")
	case "stack":
		debug.SetMaxStack(1 << 20)
		go overflow(1)
	case "QUIT":
		_ = syscall.Kill(os.Getpid(), syscall.SIGQUIT)
	case "KILL":
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	case "shell": // which sets the terminal before the guard looks at it
		_ = unix.IoctlSetTermios(0, unix.TCSETS, state)
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	case "good":
		fmt.Print("\x1b[?1049l")
		_ = unix.IoctlSetTermios(0, unix.TCSETS, state)
		g.Stop()
		fmt.Fprint(os.Stderr, "said")
		return 0
	}
	time.Sleep(10 * time.Second)
	return 1
}

func overflow(n int) int { return overflow(n+1) + n }

// A pty is a pseudo terminal whose output is collected.
type pty struct {
	master, slave *os.File
	said          bytes.Buffer
	read          chan struct{} // closed when all was read
}

func openPTY(t *testing.T) *pty {
	t.Helper()
	fd, err := unix.Open("/dev/ptmx", unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	peer, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), unix.TIOCGPTPEER, unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC)
	if errno != 0 {
		t.Fatal(errno)
	}
	p := &pty{master: os.NewFile(uintptr(fd), "ptmx"), slave: os.NewFile(peer, "pts"), read: make(chan struct{})}
	go func() {
		defer close(p.read)
		_, _ = io.Copy(&p.said, p.master) // ends with an error when nobody has the other end
	}()
	return p
}

// state is how the terminal is set.
func (p *pty) state(t *testing.T) unix.Termios {
	t.Helper()
	state, err := unix.IoctlGetTermios(int(p.slave.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	return *state
}

func TestGuard(t *testing.T) {
	for _, c := range []struct {
		how    string
		reason string // what is said of the end; "": nothing
		trace  string // what the trace has, too
	}{
		{"panic", "panic: boom", "guard.die"},
		{"stack", "fatal error: stack overflow", "guard.overflow"},
		{"QUIT", "SIGQUIT: quit", "guard.die"},
		{"KILL", "", ""},
		{"shell", "", ""},
		{"good", "", ""},
	} {
		t.Run(c.how, func(t *testing.T) {
			dir, term := t.TempDir(), openPTY(t)
			before := term.state(t)
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), "GUARD_TEST_END="+c.how, "GUARD_TEST_DIR="+dir)
			cmd.Stdin, cmd.Stdout, cmd.Stderr = term.slave, term.slave, term.slave
			_ = cmd.Run() // how it ends is what this is about
			if c.how == "KILL" {
				waitFor(t, func() bool { return term.state(t) == before }) // the guard notices the end
			}
			if after := term.state(t); after != before {
				t.Errorf("the terminal is not as it was when the program has ended: got %+v, want %+v", after, before)
			}
			if err := term.slave.Close(); err != nil {
				t.Fatal(err)
			}
			<-term.read // the guard has ended, too
			said := term.said.String()
			checkGivenBack(t, c.how, said)
			checkTrace(t, dir, said, c.reason, c.trace)
		})
	}
}

// waitFor waits for 10 s at most.
func waitFor(t *testing.T, is func() bool) {
	t.Helper()
	for range 1000 {
		if is() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("it does not come about")
}

// checkGivenBack looks at what came after the screens.
func checkGivenBack(t *testing.T, how, said string) {
	t.Helper()
	_, after, _ := strings.Cut(said, "screens")
	if strings.Contains(after, "stray") {
		t.Errorf("the standard error is drawn over the screens: %q", after)
	}
	if how == "good" {
		if want := "\x1b[?1049lsaid"; after != want {
			t.Errorf("after an end in order: got %q, want %q", after, want)
		}
		return
	}
	back := giveBack
	if how == "shell" {
		back = endScreens + leaveScreens
	}
	_, after, ok := strings.Cut(after, back)
	if !ok {
		t.Errorf("the terminal is not given back: %q", said)
	}
	if strings.Contains(after, "\x1b") {
		t.Errorf("what is said of the end has escapes: %q", after)
	}
}

// checkTrace looks for the one trace that dir has, if there is a reason for one.
func checkTrace(t *testing.T, dir, said, reason, frame string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	if reason == "" {
		if len(files) > 0 || strings.Contains(said, "ended") {
			t.Errorf("got files %q, and %q; want nothing", files, said)
		}
		return
	}
	if len(files) != 1 || !strings.Contains(said, "nixbench ended: "+reason) || !strings.Contains(said, files[0]) {
		t.Fatalf("got files %q, and %q; want one, named, and %q", files, said, reason)
	}
	trace, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"nixbench 9.9, go", reason, frame} {
		if !strings.Contains(string(trace), want) {
			t.Errorf("the trace has no %q:\n%s", want, trace)
		}
	}
}

func TestOldTracesGo(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		name := filepath.Join(dir, fmt.Sprintf("crash-20200101-0000%02d-1.txt", i))
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	file, err := Options{Dir: dir}.KeepTrace([]byte("panic: new"))
	if err != nil {
		t.Fatal(err)
	}
	left, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	if len(left) != keptTraces || left[len(left)-1] != file {
		t.Errorf("got %q, want the newest %d, %s last", left, keptTraces, file)
	}
}
