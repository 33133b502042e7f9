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
)

// A meter reads what a builder takes while it runs: nothing, unless somebody asks.
// Safe for concurrent use.
type meter struct {
	pid   int     // of the builder's first process
	group *cgroup // or nil

	mu     sync.Mutex // mu guards isOver
	isOver bool
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
