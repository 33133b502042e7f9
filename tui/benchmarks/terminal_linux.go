package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/charmbracelet/x/vt"
	"golang.org/x/sys/unix"
)

// The size of the screen.
const (
	screenWidth  = 140
	screenHeight = 40
)

// A terminal is a pseudo-terminal with an emulated screen, on which a program runs.
type terminal struct {
	cmd    *exec.Cmd
	master *os.File
	since  time.Time
	ended  chan struct{}

	mu    sync.Mutex // mu guards what is below
	em    *vt.Emulator
	drawn chan struct{} // closed and made anew whenever something was drawn
}

// open starts a program on a terminal of its own.
func open(dir string, env []string, name string, args ...string) (*terminal, error) {
	master, slave, err := pseudoTerminal()
	if err != nil {
		return nil, err
	}
	defer slave.Close()
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = dir, env
	cmd.Stdin, cmd.Stdout, cmd.Stderr = slave, slave, slave
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	t := &terminal{
		cmd: cmd, master: master, em: vt.NewEmulator(screenWidth, screenHeight),
		drawn: make(chan struct{}), ended: make(chan struct{}), since: time.Now(),
	}
	if err := cmd.Start(); err != nil {
		master.Close()
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	go func() { _, _ = io.Copy(master, t.em) }() // answers to queries, until the end
	go t.read()
	return t, nil
}

// pseudoTerminal opens both ends of one.
func pseudoTerminal() (master, slave *os.File, err error) {
	master, err = os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		return nil, nil, fmt.Errorf("open pseudo-terminal: %w", err)
	}
	fd := int(master.Fd())
	err = unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0)
	n, nerr := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err == nil {
		err = nerr
	}
	if err == nil {
		err = unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: screenHeight, Col: screenWidth})
	}
	if err == nil {
		slave, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|syscall.O_NOCTTY, 0)
	}
	if err != nil {
		master.Close()
		return nil, nil, fmt.Errorf("open pseudo-terminal: %w", err)
	}
	return master, slave, nil
}

// read draws what the program sends.
func (t *terminal) read() {
	defer close(t.ended)
	buf := make([]byte, 1<<16)
	for {
		n, err := t.master.Read(buf)
		t.mu.Lock()
		_, _ = t.em.Write(buf[:n]) // an emulator takes everything
		close(t.drawn)
		t.drawn = make(chan struct{})
		t.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// look calls f with the screen, which does not change meanwhile.
func (t *terminal) look(f func(*vt.Emulator)) (next <-chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	f(t.em)
	return t.drawn
}

func (t *terminal) text() (s string) {
	t.look(func(em *vt.Emulator) { s = em.String() })
	return s
}

// cursor is where the cursor is: on the selected row, or where is typed.
func (t *terminal) cursor() (x, y int) {
	t.look(func(em *vt.Emulator) { p := em.CursorPosition(); x, y = p.X, p.Y })
	return x, y
}

// until waits until f is true of the screen, and returns how long that took.
func (t *terminal) until(what string, limit time.Duration, f func(*vt.Emulator) bool) (time.Duration, error) {
	from := time.Now()
	late := time.After(limit)
	for {
		ok := false
		next := t.look(func(em *vt.Emulator) { ok = f(em) })
		if ok {
			return time.Since(from), nil
		}
		select {
		case <-next:
		case <-t.ended:
			return 0, fmt.Errorf("the program ended while %s was awaited:\n%s", what, t.text())
		case <-late:
			return 0, fmt.Errorf("%s did not come within %v:\n%s", what, limit, t.text())
		}
	}
}

// untilText waits for a text on the screen.
func (t *terminal) untilText(text string, limit time.Duration) (time.Duration, error) {
	return t.until(fmt.Sprintf("%q", text), limit, func(em *vt.Emulator) bool { return strings.Contains(em.String(), text) })
}

// press sends keys as a terminal does.
func (t *terminal) press(keys string) error {
	_, err := io.WriteString(t.master, keys)
	return err
}

// peakMemory is the most memory that the program has used, in bytes.
func (t *terminal) peakMemory() (int64, error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", t.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	var kb int64
	_, rest, _ := strings.Cut(string(data), "VmHWM:")
	if _, err := fmt.Sscanf(rest, "%d", &kb); err != nil {
		return 0, fmt.Errorf("read peak memory: %w", err)
	}
	return kb << 10, nil
}

// processorTime is what the program has used so far.
func (t *terminal) processorTime() (time.Duration, error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/schedstat", t.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	// The process's own line counts its first thread only: all are summed.
	tasks, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", t.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	var sum int64
	for _, task := range tasks {
		if data, err = os.ReadFile(fmt.Sprintf("/proc/%d/task/%s/schedstat", t.cmd.Process.Pid, task.Name())); err != nil {
			continue // the thread has just ended
		}
		var ns int64
		if _, err := fmt.Sscanf(string(data), "%d", &ns); err != nil {
			return 0, fmt.Errorf("read processor time: %w", err)
		}
		sum += ns
	}
	return time.Duration(sum), nil
}

// A stopwatch takes the time from a moment on, by the clock and of the processor.
type stopwatch struct {
	t    *terminal
	from time.Time
	used time.Duration
}

// startWatch starts one.
func (t *terminal) startWatch() (stopwatch, error) {
	used, err := t.processorTime()
	return stopwatch{t, time.Now(), used}, err
}

// stop adds the time that has gone by to a row, in seconds.
func (b *bench) stop(w stopwatch, r row) error {
	r.Got, r.Unit = time.Since(w.from).Seconds(), "s"
	used, err := w.t.processorTime()
	r.Detail = fmt.Sprintf("processor %.2f s", (used - w.used).Seconds())
	b.add(r)
	return err
}

// close ends the program and its terminal.
func (t *terminal) close() {
	_ = t.cmd.Process.Kill() // it may have ended
	_ = t.cmd.Wait()
	<-t.ended
	_ = t.master.Close()
	if p, ok := t.em.InputPipe().(io.Closer); ok {
		_ = p.Close()
	}
}
