//go:build linux && (amd64 || arm64)

package sandbox

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// A meter reads what a builder takes while it runs. Safe for concurrent use.
type meter struct {
	pid   int     // of the builder's first process
	group *cgroup // or nil
	over  chan struct{}

	mu     sync.Mutex // mu guards the following
	isOver bool
	peak   int64 // the most bytes that a process was seen to have had
}

// When a meter looks by itself how large the processes are: at first often, for most
// builders end soon.
const (
	firstLook = 4 * time.Millisecond
	lastLook  = 2 * time.Second
)

// follow looks how large the processes are until the meter is stopped.
func (m *meter) follow() {
	wait := firstLook
	timer := time.NewTimer(wait)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
		case <-m.over:
			return
		}
		m.look()
		wait = min(2*wait, lastLook)
		timer.Reset(wait)
	}
}

func (m *meter) look() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.isOver {
		return
	}
	for _, pid := range descendants(nil, m.pid) {
		if pid != m.pid || hasExecuted(pid) {
			m.peak = max(m.peak, readPeak(pid))
		}
	}
}

// largest is the most bytes that one of the processes had. What the kernel says of those
// that were waited for is at least what this process has had: before the first of them
// executed the builder, it shared our memory. If it says no more than that, it is the
// most that was seen, and 0 if they ended too soon to be seen.
func (m *meter) largest(waited int64) int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	var own unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &own); err == nil && waited > own.Maxrss<<10 {
		return waited
	}
	return m.peak
}

// ownCommand is how this process was called.
var ownCommand = sync.OnceValue(func() []byte { return readCommand(os.Getpid()) })

// hasExecuted reports whether a process that we have made executes a program of its own
// by now. Before that its command is ours, as all of its memory is.
func hasExecuted(pid int) bool { return !bytes.Equal(readCommand(pid), ownCommand()) }

func readCommand(pid int) []byte {
	command, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	return command
}

// readPeak reads the most bytes that a process has had; 0 if it has ended.
// Format: proc_pid_status(5).
func readPeak(pid int) int64 {
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	_, after, _ := bytes.Cut(status, []byte("\nVmHWM:"))
	line, _, _ := bytes.Cut(after, []byte(" kB"))
	n, _ := strconv.ParseInt(string(bytes.TrimSpace(line)), 10, 64)
	return n << 10
}

// read is what [Spec].Started gets.
func (m *meter) read() (Load, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.isOver {
		return Load{}, false
	}
	var load Load
	for _, pid := range descendants(nil, m.pid) {
		if one, ok := readProcess(pid); ok {
			if pid == m.pid && !hasExecuted(pid) {
				one.Memory = 0
			}
			load.Processes++
			load.User += one.User
			load.System += one.System
			load.Memory += one.Memory
		}
	}
	if m.group != nil {
		if used, err := m.group.usage(); err == nil {
			load.User, load.System = used.user, used.system
		}
		if memory, ok := readNumber(m.group.dir + "/memory.current"); ok {
			load.Memory = memory
		}
	}
	return load, true
}

// stop ends the readings: the process number is another's from now on.
func (m *meter) stop() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.isOver = true
	close(m.over)
}

// maxProcesses bounds how many processes a reading looks at.
const maxProcesses = 4096

// descendants appends a process and those that descend from it. One whose parent has
// ended is a child of the builder's first.
func descendants(pids []int, pid int) []int {
	pids = append(pids, pid)
	threads, _ := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	for _, thread := range threads {
		children, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%s/children", pid, thread.Name()))
		for child := range bytes.FieldsSeq(children) {
			if n, err := strconv.Atoi(string(child)); err == nil && len(pids) < maxProcesses {
				pids = descendants(pids, n)
			}
		}
	}
	return pids
}

// clockTick is the unit of times in /proc. Source: the kernel's USER_HZ.
const clockTick = time.Second / 100

// readProcess reads what a process takes, with those that it has waited for.
// Format: proc_pid_stat(5), proc_pid_statm(5).
func readProcess(pid int) (load Load, ok bool) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return load, false
	}
	after := bytes.LastIndexByte(stat, ')') + 1 // of the name, which may hold anything
	fields := strings.Fields(string(stat[after:]))
	if len(fields) < 15 || fields[0] == "Z" {
		return load, false
	}
	ticks := func(i int) time.Duration {
		n, _ := strconv.ParseInt(fields[i], 10, 64)
		return time.Duration(n) * clockTick
	}
	load.User, load.System = ticks(11)+ticks(13), ticks(12)+ticks(14)
	if statm, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid)); err == nil {
		var size, resident, shared int64 // pages
		fmt.Sscan(string(statm), &size, &resident, &shared)
		load.Memory = (resident - shared) * int64(os.Getpagesize())
	}
	return load, true
}

// readNumber reads a file that holds a number.
func readNumber(file string) (int64, bool) {
	data, err := os.ReadFile(file)
	if err != nil {
		return 0, false
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(data)), 10, 64)
	return n, err == nil
}
