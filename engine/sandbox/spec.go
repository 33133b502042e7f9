package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// A Spec says what a sandbox holds and what runs in it.
// It is data alone: nothing of the caller's environment gets in besides.
type Spec struct {
	// StoreDir is the logical store directory, such as /nix/store, and StoreSource
	// the directory on the host that becomes it, where the builder makes its
	// outputs. TmpSource becomes /tmp, and BuildSource BuildDir, where the builder
	// begins. All three are empty directories that nobody else may reach, for
	// their parents are closed to others; all else in "/" is read-only.
	StoreDir, StoreSource string
	BuildDir, BuildSource string
	TmpSource             string
	// Mounts are what else is seen, in the order in which it is mounted.
	Mounts []Mount

	// Builder is the program, Args its arguments from argv[0] on, and Env its
	// whole environment, as "NAME=value".
	Builder string
	Args    []string
	Env     []string

	// Network leaves the builder in the host's network. Otherwise it has a
	// loopback interface of its own and nothing else.
	Network bool
	// HostUID and HostGID are who the builder is outside, if we are root; inside
	// it is UID and GID. BuildSource must be theirs, and StoreSource's
	// group, with mode 1775; TmpSource has mode 1777. If we are not root the
	// builder is who we are, and they are ignored.
	HostUID, HostGID int
	// IDs is how many users and groups the builder has, for root alone; at most 1 is
	// one. With more it is root inside, with root's rights over what is in the sandbox:
	// users and groups 0 to IDs-1 there are those from HostUID and HostGID on outside.
	// It may change "/" and /etc, sees /sys, and has a control group of its own in
	// which it makes others; there is no sandbox if there can be none of these.
	IDs int

	// ShmSize is the size of /dev/shm, as tmpfs takes it: "50%".
	ShmSize string
	// KVM shows the builder /dev/kvm.
	KVM bool
	// FilterSyscalls forbids the system calls that make set-user-ID files and
	// extended attributes.
	FilterSyscalls bool
	// Cgroup asks for a control group of the builder's own, which measures all of its
	// processes. It has one also where it could change ours otherwise.
	Cgroup bool
	// Limits bound what the builder's processes take together. There is no sandbox if
	// they cannot.
	Limits Limits
	// Started is called when the builder's first process was started, with a function
	// that says what the builder takes at that moment, and false once it has ended.
	// That may be called from any goroutine, and costs nothing until it is.
	Started func(read func() (Load, bool)) `json:"-"`
	// Linux32 makes uname say that the machine has 32 bits.
	Linux32 bool

	// Input is what the builder reads from its standard input; nil is nothing. It
	// may go on to be read after the builder has ended, for one more piece.
	Input io.Reader `json:"-"`

	// Timeout and MaxSilent bound how long the builder runs, and runs without
	// a word; MaxLog bounds the bytes that it says. 0 is no bound.
	Timeout, MaxSilent time.Duration
	MaxLog             int64
}

// Limits are bounds of what processes take together; 0 is none.
type Limits struct {
	Memory    int64 // bytes, of which none are swapped out
	Processes int   // with their threads
	CPUs      int   // as much processor time as so many give
}

// A Load is what a builder's processes take at a moment. Without a control group that
// says it, User and System are of those that are there and of those that they have
// waited for, and Memory is what is not backed by files.
type Load struct {
	Processes    int
	User, System time.Duration // since the builder was started
	Memory       int64         // bytes
}

// UID and GID are who a builder is inside the sandbox, as in Nix, unless it has
// many users.
const (
	UID = 1000
	GID = 100
)

// isRoot reports whether the builder is root inside, of users of its own.
func (spec *Spec) isRoot() bool { return spec.IDs > 1 }

// inside returns who the builder is inside.
func (spec *Spec) inside() (uid, gid int) {
	if spec.isRoot() {
		return 0, 0
	}
	return UID, GID
}

// A Mount makes a file or directory of the host visible inside.
// A symbolic link is copied, not followed.
type Mount struct {
	Source string // absolute, on the host
	Target string // absolute, inside
	// Writable is for what is not an input. The builder may write there.
	Writable bool
	// Optional passes over a source that is not there.
	Optional bool
}

// Self as the Source of a [Mount] is the running executable.
const Self = "/proc/self/exe"

// An End is why a builder stopped.
type End uint8

// The ends of a builder.
const (
	Exited    End = iota // by itself: see ExitStatus
	Cancelled            // by the context
	TimedOut             // it ran for Timeout
	Silent               // it said nothing for MaxSilent
	TooLoud              // it said more than MaxLog
)

// A Result says how a builder ended. By then no process of it is left.
type Result struct {
	End End
	// ExitStatus is the builder's, or 128+n if signal n killed it.
	ExitStatus int
	// Signal is what killed it, or 0.
	Signal int
	// LogSize is how many bytes it said.
	LogSize int64
	// Wall is from before the sandbox was made until everything had ended;
	// User and System are the processor time of all its processes, or without
	// a control group of those that were waited for.
	Wall, User, System time.Duration
	// Memory is the most bytes that the processes had together, or without a control
	// group that accounts for memory, the largest of them; 0 if it ended too soon to be
	// seen and was smaller than this process.
	Memory int64
	// InCgroup says that the builder had a control group of its own. If it was asked
	// for and could not be, CgroupErr says why.
	InCgroup  bool
	CgroupErr error
	// IsOutOfMemory says that it took more memory than its limit, and was killed.
	IsOutOfMemory bool
}

// A SetupError reports that the sandbox could not be made; nothing ran.
type SetupError struct {
	Step string // what was being done, such as "mount proc"
	Err  error
	// Reason says in words which setting of the machine forbids it, or "".
	Reason string
}

func (e *SetupError) Error() string {
	text := fmt.Sprintf("set up sandbox: %s: %v", e.Step, e.Err)
	if e.Reason != "" {
		text += ": " + e.Reason
	}
	return text
}

// Unwrap returns the cause.
func (e *SetupError) Unwrap() error { return e.Err }

// An ExecError reports that the builder could not be started in a sandbox
// that was ready for it.
type ExecError struct {
	Builder string
	Err     error
}

func (e *ExecError) Error() string {
	return fmt.Sprintf("execute %s: %v", e.Builder, e.Err)
}

// Unwrap returns the cause.
func (e *ExecError) Unwrap() error { return e.Err }

// Run runs the builder in a sandbox and returns when it and all of its
// processes have ended. What it says is written to log as it comes, from one
// goroutine; an error of log is returned, after the builder was killed.
// If ctx is done the builder is killed, and the Result says [Cancelled].
//
// The error is a [*SetupError] if there could be no sandbox and an
// [*ExecError] if there was no builder to execute; a builder that fails is a
// Result. Run never runs anything without the sandbox.
func Run(ctx context.Context, spec *Spec, log io.Writer) (*Result, error) {
	if err := spec.check(); err != nil {
		return nil, &SetupError{Step: "read specification", Err: err}
	}
	return run(ctx, spec, log)
}

// check refuses what would be mounted in the wrong place.
func (spec *Spec) check() error {
	for _, dir := range []string{spec.StoreDir, spec.StoreSource, spec.BuildDir, spec.BuildSource, spec.TmpSource} {
		if err := checkPath(dir); err != nil {
			return err
		}
	}
	for _, m := range spec.Mounts {
		if err := checkPath(m.Target); err != nil {
			return err
		}
		if !strings.HasPrefix(m.Source, "/") {
			return fmt.Errorf("source %q is not absolute", m.Source)
		}
	}
	if spec.Builder == "" || len(spec.Args) == 0 {
		return errors.New("no builder")
	}
	for _, words := range [][]string{{spec.Builder}, spec.Args, spec.Env} {
		for _, word := range words {
			if strings.ContainsRune(word, 0) {
				return fmt.Errorf("%.40q holds a zero byte", word)
			}
		}
	}
	return nil
}

// checkPath refuses a path that is not absolute and clean.
func checkPath(path string) error {
	if len(path) < 2 || path[0] != '/' {
		return fmt.Errorf("path %q is not absolute", path)
	}
	for part := range strings.SplitSeq(path[1:], "/") {
		if part == "" || part == "." || part == ".." {
			return fmt.Errorf("path %q has the component %q", path, part)
		}
	}
	return nil
}

// Devices returns the names of the host's devices that are in a sandbox's /dev.
func Devices(kvm bool) []string {
	devices := []string{"full", "null", "random", "tty", "urandom", "zero"}
	if kvm {
		devices = append(devices, "kvm")
	}
	return devices
}
