//go:build linux && (amd64 || arm64)

package sandbox

import (
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// namespaces are those that every sandbox has of its own.
const namespaces = unix.CLONE_NEWUSER | unix.CLONE_NEWNS | unix.CLONE_NEWPID |
	unix.CLONE_NEWIPC | unix.CLONE_NEWUTS | unix.CLONE_NEWCGROUP

// A child is a process that becomes the builder.
type child struct {
	process *os.Process
	script  *script
}

// ended says how a child has ended.
type ended struct {
	ExitStatus   int
	Signal       int
	User, System time.Duration
	// Memory is of the largest process that was waited for, or of this process if that is
	// larger; see meter.largest.
	Memory int64
}

// startChild starts a process with tty as its output.
// The caller's goroutine must be locked to its thread.
func startChild(o *order, tty *os.File) (_ *child, err error) {
	stdin, err := openInput(o.Spec.Input)
	if err != nil {
		return nil, setupError("open input", err)
	}
	defer stdin.Close()
	var procs *os.File
	if o.CgroupDir != "" {
		if procs, err = (&cgroup{dir: o.CgroupDir}).open(); err != nil {
			return nil, setupError("open control group", err)
		}
		defer procs.Close()
	}
	ready, start, err := blockingPipe()
	if err != nil {
		return nil, setupError("make pipe", err)
	}
	defer ready.Close()
	defer start.Close() // without a word if something fails, which ends the process
	s, err := o.script(tty, stdin, ready, start, procs)
	if err != nil {
		return nil, err
	}
	flags := uint64(namespaces)
	if !o.Spec.Network {
		flags |= unix.CLONE_NEWNET
	}
	pid, err := s.start(flags)
	if err != nil {
		return nil, setupError("make namespaces", err)
	}
	process, err := os.FindProcess(pid)
	if err != nil {
		return nil, setupError("make namespaces", err) // it cannot fail
	}
	c := &child{process, s}
	if err := o.Spec.mapUser(pid); err != nil {
		start.Close()
		c.wait(&o.Spec)
		return nil, setupError("make namespaces", err)
	}
	start.Write([]byte{0})
	return c, nil
}

// blockingPipe returns a pipe whose ends wait as those of processes do that are not Go's.
func blockingPipe() (r, w *os.File, err error) {
	var ends [2]int
	if err := unix.Pipe2(ends[:], unix.O_CLOEXEC); err != nil {
		return nil, nil, err
	}
	return os.NewFile(uintptr(ends[0]), "ready"), os.NewFile(uintptr(ends[1]), "start"), nil
}

// openInput returns what the builder reads from: a pipe into which input is copied until
// either ends, or nothing. A pipe, for a builder must not get hold of a terminal.
func openInput(input io.Reader) (*os.File, error) {
	if input == nil {
		return os.OpenFile(os.DevNull, os.O_RDWR, 0)
	}
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	go func() {
		// It ends with the input, or the next piece of it after the builder.
		defer w.Close()
		io.Copy(w, input)
	}()
	return r, nil
}

func (c *child) kill() error { return c.process.Kill() }
func (c *child) pid() int    { return c.process.Pid }

// wait returns when no process of the sandbox is left. The error is a [*SetupError] or
// [*ExecError] if the builder was not started.
func (c *child) wait(spec *Spec) (*ended, error) {
	state, err := c.process.Wait()
	if err != nil {
		return nil, setupError("wait for builder", err)
	}
	status := state.Sys().(syscall.WaitStatus)
	end := &ended{ExitStatus: status.ExitStatus(), User: state.UserTime(), System: state.SystemTime()}
	if used, ok := state.SysUsage().(*syscall.Rusage); ok {
		end.Memory = used.Maxrss << 10
	}
	if status.Signaled() {
		end.Signal = int(status.Signal())
		end.ExitStatus = 128 + end.Signal
	}
	switch step, err := c.script.failure(); {
	case step == execStep:
		return end, &ExecError{Builder: spec.Builder, Err: err}
	case err != nil:
		return end, setupError(step, err)
	}
	return end, nil
}

// mapUser says who the users and groups of a process's namespace are outside.
//
// If we are root, the process begins as root, who has no name in the
// namespace, so that it can open the inputs wherever they are; it becomes
// HostUID before it gives up its capabilities. A builder whom the kernel takes
// for root could write to /proc/sys.
func (spec *Spec) mapUser(pid int) error {
	uid, gid := spec.owner()
	inUID, inGID := spec.inside()
	count := max(1, spec.IDs)
	maps := [][2]string{{"uid_map", fmt.Sprintf("%d %d %d\n", inUID, uid, count)}}
	if !startsAsRoot() || !maySetGroups() {
		maps = append(maps, [2]string{"setgroups", "deny"})
	}
	maps = append(maps, [2]string{"gid_map", fmt.Sprintf("%d %d %d\n", inGID, gid, count)})
	for _, m := range maps {
		file := fmt.Sprintf("/proc/%d/%s", pid, m[0])
		if err := os.WriteFile(file, []byte(m[1]), 0); err != nil {
			return err
		}
	}
	return nil
}

// maySetGroups reports whether groups may be set in our user namespace. If not, it
// cannot be allowed in those inside it: user_namespaces(7).
func maySetGroups() bool {
	b, err := os.ReadFile("/proc/self/setgroups")
	return err != nil || strings.TrimSpace(string(b)) == "allow"
}

// setupError returns a [*SetupError] with the reason that the machine gives.
func setupError(step string, err error) error {
	return &SetupError{Step: step, Err: err, Reason: explain(step, err, readFacts())}
}
