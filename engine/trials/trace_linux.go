package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// A tracer runs a command, counts the system calls of its process that change
// something, and kills it before one of them.
type tracer struct {
	cmd    *exec.Cmd
	pid    int          // of the process that is killed
	own    map[int]bool // its threads
	inside map[int]bool // threads that are in a system call
	count  int
	killAt int // 1 for the first; 0: never
	killed bool
}

// killBefore runs a command and kills its process, none of those that it started,
// before the nth call that changes something. It returns how many calls there
// were, and whether it was killed. What the process started has to end by itself
// soon.
func killBefore(cmd *exec.Cmd, n int) (calls int, killed bool, status int, err error) {
	runtime.LockOSThread() // the kernel knows tracers by their thread
	defer runtime.UnlockOSThread()
	cmd.SysProcAttr = &syscall.SysProcAttr{Ptrace: true, Setpgid: true}
	if err := cmd.Start(); err != nil {
		return 0, false, 0, err
	}
	t := &tracer{cmd: cmd, pid: cmd.Process.Pid, own: map[int]bool{}, inside: map[int]bool{}, killAt: n}
	t.own[t.pid] = true
	status, err = t.run()
	_ = cmd.Wait() // it has been waited for; this closes what was opened for it
	return t.count, t.killed, status, err
}

const options = unix.PTRACE_O_TRACECLONE | unix.PTRACE_O_TRACEFORK | unix.PTRACE_O_TRACEVFORK |
	unix.PTRACE_O_TRACESYSGOOD | unix.PTRACE_O_EXITKILL | unix.PTRACE_O_TRACEEXEC

// run follows all threads and processes to their end.
func (t *tracer) run() (status int, err error) {
	var ws unix.WaitStatus
	if _, err := wait(t.pid, &ws); err != nil {
		return 0, fmt.Errorf("wait for the command: %w", err)
	}
	if err := unix.PtraceSetOptions(t.pid, options); err != nil {
		return 0, fmt.Errorf("trace the command: %w", err)
	}
	if err := unix.PtraceSyscall(t.pid, 0); err != nil {
		return 0, fmt.Errorf("trace the command: %w", err)
	}
	watchdog := time.AfterFunc(tooLong, func() { _ = unix.Kill(-t.pid, unix.SIGKILL) })
	defer watchdog.Stop()
	for {
		pid, err := wait(-1, &ws)
		if errors.Is(err, unix.ECHILD) {
			return status, nil
		}
		if err != nil {
			return status, fmt.Errorf("wait for the command: %w", err)
		}
		switch {
		case ws.Exited() || ws.Signaled():
			if pid == t.pid {
				status = ws.ExitStatus()
			}
			delete(t.own, pid)
			delete(t.inside, pid)
		case ws.Stopped():
			t.stopped(pid, ws)
		}
	}
}

func wait(pid int, ws *unix.WaitStatus) (int, error) {
	for {
		got, err := unix.Wait4(pid, ws, unix.WALL, nil)
		if !errors.Is(err, unix.EINTR) {
			return got, err
		}
	}
}

// stopped lets a thread that has stopped go on, or kills.
func (t *tracer) stopped(pid int, ws unix.WaitStatus) {
	deliver := 0
	switch sig := ws.StopSignal(); {
	case sig == unix.SIGTRAP|0x80:
		t.inside[pid] = !t.inside[pid]
		if t.inside[pid] && t.isOwn(pid) && !t.killed && changes(pid) {
			if t.count++; t.count == t.killAt {
				t.killed = true
				_ = unix.Kill(t.pid, unix.SIGKILL)
			}
		}
	case sig == unix.SIGTRAP && ws.TrapCause() > 0:
		if ws.TrapCause() == unix.PTRACE_EVENT_EXEC {
			t.inside[pid] = true // its system call ends after this
		}
	case sig == unix.SIGSTOP: // a new thread or process
	case sig == unix.SIGTRAP:
	default:
		deliver = int(sig)
	}
	_ = unix.PtraceSyscall(pid, deliver) // fails if it was killed meanwhile
}

// isOwn reports whether a thread is one of the process that is killed.
func (t *tracer) isOwn(tid int) bool {
	own, known := t.own[tid]
	if !known {
		b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", tid))
		own = err == nil && bytes.Contains(b, []byte("\nTgid:\t"+strconv.Itoa(t.pid)+"\n"))
		t.own[tid] = own
	}
	return own
}

// changers are system calls that change a file system.
var changers = map[uint64]bool{
	unix.SYS_RENAMEAT: true, unix.SYS_RENAMEAT2: true, unix.SYS_LINKAT: true, unix.SYS_UNLINKAT: true, unix.SYS_SYMLINKAT: true,
	unix.SYS_MKDIRAT: true, unix.SYS_FTRUNCATE: true, unix.SYS_TRUNCATE: true, unix.SYS_FALLOCATE: true, unix.SYS_FCHMOD: true,
	unix.SYS_FCHMODAT: true, unix.SYS_FCHOWN: true, unix.SYS_FCHOWNAT: true, unix.SYS_UTIMENSAT: true, unix.SYS_FSYNC: true,
	unix.SYS_FDATASYNC: true, unix.SYS_SYNCFS: true, unix.SYS_COPY_FILE_RANGE: true, unix.SYS_MKNODAT: true,
}

// writers are system calls that change what a descriptor, their first argument, is of.
var writers = map[uint64]bool{
	unix.SYS_WRITE: true, unix.SYS_PWRITE64: true, unix.SYS_WRITEV: true, unix.SYS_PWRITEV: true, unix.SYS_SENDFILE: true,
}

// changes reports whether the system call that a thread is about to make changes a file
// or directory.
func changes(tid int) bool {
	number, args, err := systemCall(tid)
	if err != nil {
		return false
	}
	switch {
	case changers[number] || namedChangers[number]:
		return true
	case writers[number]:
		name, err := os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", tid, args[0]))
		return err == nil && strings.HasPrefix(name, "/") && !strings.HasPrefix(name, "/dev/") && !strings.HasPrefix(name, "/proc/")
	case number == unix.SYS_OPENAT:
		return args[2]&(unix.O_CREAT|unix.O_TRUNC) != 0
	}
	return false
}
