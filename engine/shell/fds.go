package shell

import (
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/interp"
)

// File descriptors above 2 live beside the interpreter. Which file a
// descriptor is, a variable of the shell says, so that subshells inherit it
// as they do other variables; its value is a stack of numbers of a fileTable,
// the current one first.

// maxFD is the highest descriptor that scripts can use.
const maxFD = 255

// A fileTable holds what is behind descriptors, by number: files, and writers that
// are none, such as the output of a command substitution.
// It is safe for concurrent use.
type fileTable struct {
	outer []io.Writer // descriptors from 3 on that were there before, nil: none; not the table's

	mu sync.Mutex
	// mu guards the fields below.
	files map[int]io.Writer // files are the table's, other writers are not
	next  int
	began map[int]*os.File // those of the process's own descriptors that were asked for
}

func newFileTable() *fileTable {
	return &fileTable{files: make(map[int]io.Writer), next: 1, began: make(map[int]*os.File)}
}

func (t *fileTable) close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, w := range t.files {
		closeFile(w)
	}
	for _, f := range t.began {
		f.Close()
	}
}

func (t *fileTable) add(w io.Writer) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := t.next
	t.next++
	t.files[n] = w
	return n
}

func (t *fileTable) remove(n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	closeFile(t.files[n])
	delete(t.files, n)
}

func closeFile(w io.Writer) {
	if f, ok := w.(*os.File); ok {
		f.Close()
	}
}

// get returns what is behind a descriptor, or nil: what a script opened, or a file
// that the process was started with. It stays the table's.
func (t *fileTable) get(env expand.Environ, fd int) io.Writer {
	stack := fdStack(env, fd)
	if i := fd - 3; len(stack) == 0 && i >= 0 && i < len(t.outer) {
		return t.outer[i]
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(stack) > 0 {
		return t.files[stack[0]]
	}
	if f := t.began[fd]; f != nil {
		return f
	}
	f := inheritedFile(fd)
	if f == nil {
		return nil
	}
	t.began[fd] = f
	return f
}

// input returns the file of a descriptor for reading, or nil.
func (t *fileTable) input(env expand.Environ, fd int) *os.File {
	f, _ := t.get(env, fd).(*os.File)
	return f
}

// inherited returns what commands get as descriptors from 3 on; nil stands for none.
func (t *fileTable) inherited(env expand.Environ) []io.Writer {
	t.mu.Lock()
	empty := len(t.files) == 0
	t.mu.Unlock()
	if empty {
		return t.outer
	}
	files := slices.Clone(t.outer)
	for name, v := range env.Each {
		digits, ok := strings.CutPrefix(name, prefix+"fd")
		if !ok || !v.IsSet() {
			continue
		}
		fd, err := strconv.Atoi(digits)
		if err != nil || fd < 3 || fd > maxFD {
			continue
		}
		for len(files) <= fd-3 {
			files = append(files, nil)
		}
		files[fd-3] = t.get(env, fd)
	}
	return files
}

// fdStack returns the numbers of the files behind a descriptor, the current
// first; 0 stands for a closed one.
func fdStack(env expand.Environ, fd int) []int {
	var stack []int
	for _, word := range strings.Fields(env.Get(prefix + "fd" + strconv.Itoa(fd)).String()) {
		n, _ := strconv.Atoi(word)
		stack = append(stack, n)
	}
	return stack
}

// inheritedFile returns a descriptor that the process was started with: Go's
// own are all closed on exec.
func inheritedFile(fd int) *os.File {
	flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0)
	if fd < 3 || err != nil || flags&unix.FD_CLOEXEC != 0 {
		return nil
	}
	f, err := dupFD(fd)
	if err != nil {
		return nil
	}
	return f
}

func dupFD(fd int) (*os.File, error) {
	n, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 10)
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(n), "/dev/fd/"+strconv.Itoa(fd)), nil
}

// dup returns another descriptor of the same open file.
func dup(f *os.File) (*os.File, error) {
	conn, err := f.SyscallConn()
	if err != nil {
		return nil, err
	}
	var out *os.File
	var dupErr error
	if err := conn.Control(func(fd uintptr) { out, dupErr = dupFD(int(fd)) }); err != nil {
		return nil, err
	}
	return out, dupErr
}

// fd is the command of ours that moves descriptors: set and push store the
// file that is its own input or output, pop takes the last one away.
func (in *internalCall) fd(ctx context.Context) error {
	verb, name := in.args[0], in.args[1]
	t := in.session.files
	if strings.HasPrefix(name, "{") {
		return in.namedFD(ctx, strings.Trim(name, "{}"))
	}
	fd, err := strconv.Atoi(name)
	if err != nil || fd > maxFD {
		in.errorf("%s: Bad file descriptor", name)
		return status(1)
	}
	stack := fdStack(in.hc.Env, fd)
	if verb == "pop" {
		if len(stack) > 0 {
			t.remove(stack[0])
			if err := in.setStack(ctx, fd, stack[1:]); err != nil {
				return err
			}
		}
		return status(in.hc.LastExitStatus)
	}
	number := 0
	if in.args[2] != "closed" {
		own, err := in.own(in.args[2])
		if err != nil {
			in.errorf("%d: %v", fd, err)
			return status(1)
		}
		number = t.add(own)
	}
	if verb == "set" && len(stack) > 0 {
		stack = stack[1:]
	}
	return in.setStack(ctx, fd, append([]int{number}, stack...))
}

func (in *internalCall) setStack(ctx context.Context, fd int, stack []int) error {
	words := make([]string, len(stack))
	for i, n := range stack {
		words[i] = strconv.Itoa(n)
	}
	return in.assign(ctx, prefix+"fd"+strconv.Itoa(fd), strings.Join(words, " "))
}

// namedFD is {name}>file: it finds a free descriptor and stores its number.
func (in *internalCall) namedFD(ctx context.Context, name string) error {
	if in.args[2] == "closed" {
		in.args[1] = in.hc.Env.Get(name).String()
		return in.fd(ctx)
	}
	fd := 10
	for fd < maxFD && len(fdStack(in.hc.Env, fd)) > 0 {
		fd++
	}
	if err := in.assign(ctx, name, strconv.Itoa(fd)); err != nil {
		return err
	}
	in.args[0], in.args[1] = "set", strconv.Itoa(fd)
	return in.fd(ctx)
}

// own returns the command's own input or output, as another descriptor if it is a
// file.
func (in *internalCall) own(side string) (io.Writer, error) {
	var stream any = in.hc.Stdout
	if side == "in" {
		stream = in.hc.Stdin
	}
	switch x := stream.(type) {
	case *os.File:
		if x != nil {
			return dup(x)
		}
	case writerStream:
		return x.Writer, nil
	case io.Writer:
		return x, nil
	}
	return nil, errors.New("Bad file descriptor")
}

// stream returns the file of any descriptor for a redirection. It is the
// caller's to close.
func (s *session) stream(hc interp.HandlerContext, fd int) (io.ReadWriteCloser, error) {
	var stream any
	switch fd {
	case 0:
		stream = hc.Stdin
	case 1:
		stream = hc.Stdout
	case 2:
		stream = hc.Stderr
	default:
		stream = s.files.get(hc.Env, fd)
	}
	switch x := stream.(type) {
	case *os.File:
		if x != nil {
			return dup(x)
		}
	case writerStream:
		return x, nil
	case io.Writer:
		return writerStream{x}, nil
	}
	return nil, syscall.EBADF
}

// A writerStream is a stream that only takes output.
type writerStream struct{ io.Writer }

func (writerStream) Read([]byte) (int, error) { return 0, syscall.EBADF }
func (writerStream) Close() error             { return nil }
