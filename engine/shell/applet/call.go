package applet

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Exit statuses that several applets share.
const (
	exitOK       = 0
	exitFailure  = 1
	exitTrouble  = 2   // of grep, diff, cmp, sort, ls
	exitCannot   = 126 // command found but not executable
	exitNotFound = 127
	exitPipe     = 128 + int(syscall.SIGPIPE)
)

// A Func runs an applet and returns its exit status.
type Func func(ctx context.Context, c *Call) int

// A Call is one invocation of an applet. It is not safe for concurrent use.
type Call struct {
	Args   []string // Args[0] is the applet's name
	Dir    string   // working directory, absolute
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer

	// Getenv returns the value of an environment variable, "" if it is unset.
	Getenv func(name string) string
	// Environ returns the environment as NAME=value, without duplicates.
	Environ func() []string
	// Run runs another command and returns its exit status, 127 if there is
	// no such command and 126 if it cannot be executed; either is reported
	// on cmd.Stderr in the name of this applet.
	Run func(ctx context.Context, cmd Command) int
	// Brought reports whether Run finds a command of this name without a file:
	// an applet or the shell.
	Brought func(name string) bool

	out *bufio.Writer
}

// A Command is what an applet such as xargs asks its shell to run.
type Command struct {
	Args   []string
	Dir    string   // "": the caller's
	Env    []string // nil: the caller's
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer
	// Complaint is the format for saying why the command cannot be run, of
	// its name and the reason; "" is "%s: %s".
	Complaint string
}

// writers are the buffers of outputs, which small applets would otherwise
// spend most of their time on.
var writers = sync.Pool{New: func() any { return bufio.NewWriterSize(nil, 8192) }}

// Exec runs f with buffered output and returns its exit status.
func Exec(ctx context.Context, f Func, c *Call) int {
	c.out = writers.Get().(*bufio.Writer)
	c.out.Reset(c.Stdout)
	release := Interruptible(ctx, c.Stdin)
	status := f(ctx, c)
	release()
	err := c.out.Flush()
	c.out.Reset(nil)
	writers.Put(c.out)
	switch {
	case err == nil:
		return status
	case isBrokenPipe(err):
		return exitPipe
	}
	fmt.Fprintf(c.Stderr, "%s: write error: %s\n", c.name(), errText(err))
	return max(status, exitFailure)
}

// Interruptible makes reads of a file fail once ctx is done, where the file
// is one that can be waited for. release undoes that.
func Interruptible(ctx context.Context, r io.Reader) (release func()) {
	f, ok := r.(*os.File)
	if !ok || f == nil || ctx.Done() == nil {
		return func() {}
	}
	fired := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		f.SetReadDeadline(time.Now())
		close(fired)
	})
	return func() {
		if !stop() {
			<-fired
			f.SetReadDeadline(time.Time{})
		}
	}
}

func isBrokenPipe(err error) bool {
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, os.ErrClosed) || errors.Is(err, io.ErrClosedPipe)
}

func (c *Call) name() string { return path.Base(c.Args[0]) }

// errorf reports an error in the applet's name, after the output so far.
func (c *Call) errorf(format string, args ...any) {
	c.out.Flush()
	fmt.Fprintf(c.Stderr, c.name()+": "+format+"\n", args...)
}

// fail is errorf with exit status 1 as its value.
func (c *Call) fail(format string, args ...any) int {
	c.errorf(format, args...)
	return exitFailure
}

// abs returns the name of a file for the operating system. It is not cleaned:
// a/.. must not skip over a symbolic link a.
func (c *Call) abs(name string) string {
	if name == "" || name[0] == '/' {
		return name
	}
	return c.Dir + "/" + name
}

// open opens a file for reading; "-" is standard input, whose Close does
// nothing.
func (c *Call) open(name string) (io.ReadCloser, error) {
	if name == "-" || name == "/dev/stdin" || name == "/dev/fd/0" {
		return stdinCloser{c.Stdin}, nil
	}
	f, err := os.Open(c.abs(name))
	if err != nil {
		return nil, err
	}
	return f, nil
}

// create opens a file for writing, with the name of a standard stream
// meaning the call's.
func (c *Call) create(name string, flag int, perm os.FileMode) (io.WriteCloser, error) {
	switch name {
	case "/dev/stdout", "/dev/fd/1":
		return nopWriteCloser{c.Stdout}, nil
	case "/dev/stderr", "/dev/fd/2":
		return nopWriteCloser{c.Stderr}, nil
	}
	f, err := os.OpenFile(c.abs(name), os.O_WRONLY|flag, perm)
	if err != nil {
		return nil, err
	}
	return f, nil
}

// A stdinCloser is standard input, which stays open when it is closed.
type stdinCloser struct{ io.Reader }

func (stdinCloser) Close() error { return nil }

type nopWriteCloser struct{ io.Writer }

func (nopWriteCloser) Close() error { return nil }

// each calls f for every operand opened for reading, or for standard input if
// there is none, and returns 1 if any could not be opened or f failed.
func (c *Call) each(names []string, f func(name string, r io.Reader) error) int {
	if len(names) == 0 {
		names = []string{"-"}
	}
	status := exitOK
	for _, name := range names {
		if err := c.with(name, f); err != nil {
			if isBrokenPipe(err) {
				return exitPipe
			}
			c.errorf("%s: %s", shown(name), errText(err))
			status = exitFailure
		}
	}
	return status
}

// with opens one file for f.
func (c *Call) with(name string, f func(name string, r io.Reader) error) error {
	r, err := c.open(name)
	if err != nil {
		return err
	}
	defer r.Close()
	if f, ok := r.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.IsDir() {
			return syscall.EISDIR
		}
	}
	return f(name, r)
}

// errText returns the text of the system error at the bottom of err as the C
// library writes it.
func errText(err error) string {
	var errno syscall.Errno
	if !errors.As(err, &errno) {
		switch {
		case errors.Is(err, os.ErrNotExist):
			errno = syscall.ENOENT
		case errors.Is(err, os.ErrExist):
			errno = syscall.EEXIST
		default:
			return err.Error()
		}
	}
	s := errno.Error()
	return strings.ToUpper(s[:1]) + s[1:]
}

// Errno returns the text of the system error at the bottom of err as the C
// library writes it: "No such file or directory".
func Errno(err error) string { return errText(err) }

// umask returns the process's file mode creation mask.
func umask() os.FileMode {
	// Not of the process: its first thread may have left the others (inDir).
	if status, err := os.ReadFile("/proc/thread-self/status"); err == nil {
		if _, rest, ok := strings.Cut(string(status), "\nUmask:\t"); ok {
			var m os.FileMode
			if _, err := fmt.Sscanf(rest, "%o", &m); err == nil {
				return m
			}
		}
	}
	m := syscall.Umask(0)
	syscall.Umask(m)
	return os.FileMode(m)
}
