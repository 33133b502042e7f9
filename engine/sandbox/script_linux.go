//go:build linux && (amd64 || arm64)

package sandbox

import (
	"fmt"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A script is what a new process does before it executes a program: system calls
// in a fixed order. A process that shares the memory of this one, as the cheapest
// does, must not run any of Go's code; so all that can be decided and allocated
// beforehand is, here, and a few instructions of assembler make the calls.
//
// The first call that fails ends the process with status 125.
type script struct {
	calls []systemCall
	notes []note // of each call
	step  string // what the calls that are being added are for
	what  string // likewise, more exactly; or ""
	end   verdict
	// blocked are the signals that the thread has blocked which starts the process.
	blocked unix.Sigset_t
	keep    []any // what calls have the addresses of
}

// A systemCall is one of a script; the assembler knows where its fields are.
type systemCall struct {
	number  uintptr // or noCall
	args    [6]uintptr
	slots   uintptr // bit i: the ith argument is what is in the slot at that address
	result  uintptr // the address of the slot that the result goes to, or 0
	ignored uintptr // an error that is none, or anyError; or 0
	checked uintptr // 1: a result that is not wanted is an error
	wanted  uintptr
	passes  uintptr // how many calls are passed over after an ignored error
}

const (
	// noCall has the first argument for its result.
	noCall   = ^uintptr(0)
	anyError = ^unix.Errno(0)
)

// A slot holds a value that is not known before a script runs.
type slot *uintptr

// A note says in words what a call is for.
type note struct{ step, what string }

// A verdict says what has become of a script. The process writes it.
type verdict struct {
	failed uintptr // 1 + the index of the call that failed, or 0
	errno  uintptr // of the failed call; or 0 if its result was not what is wanted
	value  uintptr // then what it was
}

// cloneArgs is the kernel's struct clone_args. Format: clone(2).
type cloneArgs struct {
	flags, pidfd, childTID, parentTID, exitSignal, stack, stackSize, tls uint64
}

// startScript makes a process that runs the calls from first on. All must be on the
// heap, which does not move.
func startScript(how *cloneArgs, size uintptr, first *systemCall, end *verdict) (pid, errno uintptr)

// start makes a process that runs the script. It shares our memory until it executes
// a program, so that nothing is copied; what it is to have of its own is in flags. The
// script must stay reachable until the process has ended.
func (s *script) start(flags uint64) (pid int, err error) {
	// The process begins with the signals blocked that this thread has blocked, and
	// loses the handlers, which are Go's.
	var all unix.Sigset_t
	for i := range all.Val {
		all.Val[i] = ^uint64(0)
	}
	if err := unix.PthreadSigmask(unix.SIG_SETMASK, &all, &s.blocked); err != nil {
		return 0, err
	}
	how := &cloneArgs{flags: flags | unix.CLONE_VM | unix.CLONE_CLEAR_SIGHAND, exitSignal: uint64(unix.SIGCHLD)}
	child, errno := startScript(how, unsafe.Sizeof(*how), &s.calls[0], &s.end)
	unix.PthreadSigmask(unix.SIG_SETMASK, &s.blocked, nil)
	if errno != 0 {
		return 0, unix.Errno(errno)
	}
	return int(child), nil
}

// begin begins a step.
func (s *script) begin(step string) { s.step, s.what = step, "" }

// do adds a call. An argument is a number, a slot, a string, or a pointer to memory
// that the caller does not move.
func (s *script) do(number uintptr, args ...any) *systemCall {
	c := systemCall{number: number}
	for i, arg := range args {
		switch arg := arg.(type) {
		case int:
			c.args[i] = uintptr(arg)
		case uintptr:
			c.args[i] = arg
		case slot:
			s.keep = append(s.keep, arg)
			c.args[i] = uintptr(unsafe.Pointer(arg))
			c.slots |= 1 << i
		case string:
			c.args[i] = s.text(arg)
		case unsafe.Pointer:
			s.keep = append(s.keep, arg)
			c.args[i] = uintptr(arg)
		default:
			panic(fmt.Sprintf("argument %d of a call is a %T", i, arg))
		}
	}
	s.calls = append(s.calls, c)
	s.notes = append(s.notes, note{s.step, s.what})
	return &s.calls[len(s.calls)-1]
}

// into has a call's result put into a slot.
func (s *script) into(c *systemCall) slot {
	result := new(uintptr)
	s.keep = append(s.keep, result)
	c.result = uintptr(unsafe.Pointer(result))
	return result
}

// want makes a result other than value an error.
func (c *systemCall) want(value int) { c.checked, c.wanted = 1, uintptr(value) }

// ignore makes an error none, after which some calls are passed over.
func (c *systemCall) ignore(err unix.Errno, passes int) {
	c.ignored, c.passes = uintptr(err), uintptr(passes)
}

// text returns the address of a text for the kernel.
func (s *script) text(text string) uintptr {
	buf := append([]byte(text), 0)
	s.keep = append(s.keep, buf)
	return uintptr(unsafe.Pointer(&buf[0]))
}

// texts returns the address of a list of texts for the kernel.
func (s *script) texts(list []string) uintptr {
	addresses := make([]uintptr, len(list)+1)
	for i, text := range list {
		addresses[i] = s.text(text)
	}
	s.keep = append(s.keep, addresses)
	return uintptr(unsafe.Pointer(&addresses[0]))
}

// failure returns at what step the script has failed, and why; or a nil error. The
// process must have ended.
func (s *script) failure() (step string, err error) {
	if s.end.failed == 0 {
		return "", nil
	}
	note := s.notes[s.end.failed-1]
	err = unix.Errno(s.end.errno)
	if s.end.errno == 0 {
		c := &s.calls[s.end.failed-1]
		err = fmt.Errorf("got %d, want %d", int(s.end.value), int(c.wanted))
	}
	if note.what != "" {
		err = fmt.Errorf("%s: %w", note.what, err)
	}
	return note.step, err
}
