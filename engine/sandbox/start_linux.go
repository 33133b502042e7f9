//go:build linux && (amd64 || arm64)

package sandbox

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// Descriptors of the second stage beyond the standard three.
const (
	specFD   = 3 // the Spec, as JSON in a memory file
	reportFD = 4 // a pipe for the error that kept the builder from starting
)

// namespaces are those that every sandbox has of its own.
const namespaces = unix.CLONE_NEWUSER | unix.CLONE_NEWNS | unix.CLONE_NEWPID |
	unix.CLONE_NEWIPC | unix.CLONE_NEWUTS | unix.CLONE_NEWCGROUP

// A stage is a started second stage.
type stage struct {
	cmd    *exec.Cmd
	report *os.File // read end
}

// startStage starts the second stage with tty as its output.
// The caller's goroutine must be locked to its thread.
func startStage(o *order, tty *os.File) (*stage, error) {
	specFile, err := memoryFile(o)
	if err != nil {
		return nil, setupError("write specification", err)
	}
	defer specFile.Close()
	reportR, reportW, err := os.Pipe()
	if err != nil {
		return nil, setupError("make pipe", err)
	}
	defer reportW.Close()
	stdin, err := pipeInput(o.Spec.Input)
	if err != nil {
		reportR.Close()
		return nil, setupError("make pipe", err)
	}
	if stdin != nil {
		defer stdin.Close()
	}
	cmd := &exec.Cmd{
		Path:        Self,
		Args:        []string{stageName},
		Env:         []string{"GOMAXPROCS=1", "GODEBUG=" + stageDebug},
		Dir:         "/",
		Stdout:      tty,
		Stderr:      tty,
		ExtraFiles:  []*os.File{specFile, reportW},
		SysProcAttr: o.Spec.attributes(),
	}
	if stdin != nil {
		cmd.Stdin = stdin
	}
	if o.CgroupDir != "" {
		procs, err := (&cgroup{dir: o.CgroupDir}).open()
		if err != nil {
			reportR.Close()
			return nil, setupError("open control group", err)
		}
		defer procs.Close()
		cmd.ExtraFiles = append(cmd.ExtraFiles, procs) // cgroupFD
	}
	if err := cmd.Start(); err != nil {
		reportR.Close()
		return nil, setupError("make namespaces", err)
	}
	return &stage{cmd, reportR}, nil
}

// pipeInput returns a pipe into which input is copied until either ends; nil if
// there is no input. A pipe, for a builder must not get hold of a terminal.
func pipeInput(input io.Reader) (*os.File, error) {
	if input == nil {
		return nil, nil
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

func (s *stage) kill() error { return s.cmd.Process.Kill() }
func (s *stage) pid() int    { return s.cmd.Process.Pid }

func (s *stage) wait() (*ended, error) {
	err := s.cmd.Wait()
	state := s.cmd.ProcessState
	report := s.readReport()
	if state == nil {
		return nil, err
	}
	status := state.Sys().(syscall.WaitStatus)
	end := &ended{ExitStatus: status.ExitStatus(), User: state.UserTime(), System: state.SystemTime(), Report: report}
	if used, ok := state.SysUsage().(*syscall.Rusage); ok {
		end.Memory = used.Maxrss << 10
	}
	if status.Signaled() {
		end.Signal = int(status.Signal())
		end.ExitStatus = 128 + end.Signal
	}
	return end, nil
}

// stageDebug keeps the second stage's Go runtime from starting what it does
// not need.
const stageDebug = "asyncpreemptoff=1"

// attributes says how the second stage is cloned.
//
// User 1000 of a new user namespace is not its root, and would lose its
// capabilities when it executes us again: those that it needs are ambient.
//
// If we are root, the second stage begins as root, who has no name in the
// namespace, so that it can open the inputs wherever they are; it becomes
// HostUID before it gives up its capabilities. A builder whom the kernel takes
// for root could write to /proc/sys.
func (spec *Spec) attributes() *syscall.SysProcAttr {
	uid, gid := spec.owner()
	inUID, inGID := spec.inside()
	attr := &syscall.SysProcAttr{
		Cloneflags:  namespaces,
		Setsid:      true,
		Pdeathsig:   syscall.SIGKILL,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: inUID, HostID: uid, Size: max(1, spec.IDs)}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: inGID, HostID: gid, Size: max(1, spec.IDs)}},
		AmbientCaps: []uintptr{unix.CAP_SYS_ADMIN, unix.CAP_NET_ADMIN, unix.CAP_SYS_CHROOT, unix.CAP_SETPCAP},
	}
	if !spec.Network {
		attr.Cloneflags |= unix.CLONE_NEWNET
	}
	if os.Geteuid() == 0 {
		attr.GidMappingsEnableSetgroups = maySetGroups()
		attr.AmbientCaps = append(attr.AmbientCaps, unix.CAP_SETUID, unix.CAP_SETGID)
	}
	if spec.isRoot() { // which keeps them
		attr.AmbientCaps = nil
		for c := range lastCapability() + 1 {
			attr.AmbientCaps = append(attr.AmbientCaps, c)
		}
	}
	return attr
}

// maySetGroups reports whether groups may be set in our user namespace. If not, it
// cannot be allowed in those inside it: user_namespaces(7).
func maySetGroups() bool {
	b, err := os.ReadFile("/proc/self/setgroups")
	return err != nil || strings.TrimSpace(string(b)) == "allow"
}

// memoryFile returns a file without a name that holds o as JSON.
func memoryFile(o *order) (*os.File, error) {
	data, err := json.Marshal(o)
	if err != nil {
		return nil, err
	}
	fd, err := unix.MemfdCreate("spec", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, err
	}
	file := os.NewFile(uintptr(fd), "spec")
	if _, err := file.WriteAt(data, 0); err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}

// A report is what the second stage says if the builder does not start.
type report struct {
	Step  string
	Errno syscall.Errno // 0 if it is not one of the kernel's errors
	Text  string
	Exec  bool // the sandbox was ready, but the builder could not be executed
}

// error returns the report as an error of [Run].
func (r *report) error(spec *Spec) error {
	cause := &reportedError{r.Text, r.Errno}
	if r.Exec {
		return &ExecError{Builder: spec.Builder, Err: cause}
	}
	return setupError(r.Step, cause)
}

// A reportedError is an error of the second stage, in its own words.
type reportedError struct {
	text  string
	errno syscall.Errno
}

func (e *reportedError) Error() string { return e.text }

// Unwrap returns the kernel's error, or nil.
func (e *reportedError) Unwrap() error {
	if e.errno == 0 {
		return nil
	}
	return e.errno
}

// readReport returns the second stage's report, or nil if the builder started.
// It must be called after the child has ended.
func (s *stage) readReport() *report {
	defer s.report.Close()
	data, err := io.ReadAll(s.report)
	data = bytes.TrimSpace(data)
	if err != nil || len(data) == 0 {
		return nil
	}
	r := new(report)
	if err := json.Unmarshal(data, r); err != nil {
		return &report{Step: "start second stage", Text: strings.ToValidUTF8(string(data), "?")}
	}
	return r
}

// setupError returns a [*SetupError] with the reason that the machine gives.
func setupError(step string, err error) error {
	return &SetupError{Step: step, Err: err, Reason: explain(step, err, readFacts())}
}
