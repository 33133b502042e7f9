//go:build linux && (amd64 || arm64)

package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

// To make a user namespace a process has to be copied, with all of its page
// tables: some 80 µs for each megabyte, during which the whole of it stands
// still. A process that has evaluated something large starts a launcher
// instead, which it can do without a copy: the same executable, small, that
// starts the second stage on its behalf.
//
//	runner   -- order, tty, control pipe -->  launcher  -- clone -->  second stage
//	launcher -- how it ended, once nothing is left -->  runner
//
// The launcher kills the builder when the control pipe is closed; if it dies
// itself, the kernel does.

// Descriptors of a launcher beyond the standard three.
const (
	launchSpecFD    = 3 // the order, as JSON in a memory file
	launchControlFD = 4 // a pipe whose end means: kill
	launchResultFD  = 5 // a pipe for the verdict
)

// maxCopied is how many bytes of our own memory may have to be copied before a
// launcher, of some 3 ms, is cheaper.
const maxCopied = 64 << 20

// isLarge reports whether this process is too large to be copied.
func isLarge() bool {
	data, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return false
	}
	fields := strings.Fields(string(data)) // total, resident, shared … in pages
	if len(fields) < 3 {
		return false
	}
	resident, err1 := strconv.ParseInt(fields[1], 10, 64)
	shared, err2 := strconv.ParseInt(fields[2], 10, 64)
	return err1 == nil && err2 == nil && (resident-shared)*int64(os.Getpagesize()) > maxCopied
}

// A launched child is a launcher and, through it, a second stage.
type launched struct {
	cmd     *exec.Cmd
	control *os.File // closed to kill
	result  *os.File
}

// startLauncher is startStage by way of a launcher.
func startLauncher(o *order, tty *os.File) (*launched, error) {
	specFile, err := memoryFile(o)
	if err != nil {
		return nil, setupError("write specification", err)
	}
	defer specFile.Close()
	controlR, controlW, err := os.Pipe()
	if err != nil {
		return nil, setupError("make pipe", err)
	}
	defer controlR.Close()
	resultR, resultW, err := os.Pipe()
	if err != nil {
		controlW.Close()
		return nil, setupError("make pipe", err)
	}
	defer resultW.Close()
	cmd := &exec.Cmd{
		Path:        Self,
		Args:        []string{launcherName},
		Env:         []string{"GODEBUG=" + stageDebug},
		Dir:         "/",
		Stdout:      tty,
		Stderr:      tty,
		ExtraFiles:  []*os.File{specFile, controlR, resultW},
		SysProcAttr: &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGKILL},
	}
	if err := cmd.Start(); err != nil {
		controlW.Close()
		resultR.Close()
		return nil, setupError("start launcher", err)
	}
	return &launched{cmd, controlW, resultR}, nil
}

func (l *launched) kill() error { return l.control.Close() }
func (l *launched) pid() int    { return l.cmd.Process.Pid }

func (l *launched) wait() (*ended, error) {
	defer l.result.Close()
	data, err := io.ReadAll(l.result)
	waitErr := l.cmd.Wait()
	l.control.Close()
	if err != nil {
		return nil, err
	}
	end := new(ended)
	if err := json.Unmarshal(data, end); err != nil {
		return nil, fmt.Errorf("launcher: %v; %v", waitErr, err)
	}
	return end, nil
}

// launch is the launcher's main. It does not return.
func launch() {
	end, err := launchStage()
	if err != nil {
		r := &report{Step: "start launcher", Text: err.Error()}
		var setup *SetupError
		if errors.As(err, &setup) {
			r.Step, r.Text = setup.Step, setup.Err.Error()
		}
		errors.As(err, &r.Errno)
		end = &ended{ExitStatus: exitSetup, Report: r}
	}
	data, _ := json.Marshal(end)
	result := os.NewFile(launchResultFD, "result")
	result.Write(data)
	syscall.Exit(0)
}

// launchStage runs a second stage until nothing of it is left.
func launchStage() (*ended, error) {
	for _, fd := range []int{launchControlFD, launchResultFD} {
		syscall.CloseOnExec(fd)
	}
	o, err := readOrder()
	if err != nil {
		return nil, err
	}
	stage, err := startStage(o, os.Stdout)
	if err != nil {
		return nil, err
	}
	control := os.NewFile(launchControlFD, "control")
	go func() {
		io.Copy(io.Discard, control)
		stage.kill()
	}()
	return stage.wait()
}
