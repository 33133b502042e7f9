//go:build linux && (amd64 || arm64)

package sandbox

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// This file gives a builder a control group (version 2) of its own, below the one that
// we are in. It says what all of the builder's processes have used, whether or not
// anybody waited for them. And it is the root of the groups that the builder sees: it
// could mount their file system in a namespace of its own, and where the groups are
// its user's it could stop and kill what else is in them.

// A cgroup is the control group of one builder.
type cgroup struct {
	dir  string
	lock *os.File // the directory, locked: it is in use
}

// cgroupPrefix begins the names of our groups.
const cgroupPrefix = "nixbench-"

var (
	cgroupCount atomic.Int64
	sweepOnce   sync.Once
)

// newCgroup makes a control group for a builder if that is asked for, or if the
// builder could change that of this process. It is nil if there is none; why says the
// reason if one was asked for.
func newCgroup(spec *Spec) (group *cgroup, why error) {
	parent, err := parentCgroup()
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(parent)
	if err != nil {
		return nil, err
	}
	uid, gid := spec.owner()
	isNeeded := spec.Cgroup || spec.isRoot() || spec.Limits != (Limits{})
	if !isNeeded && int(info.Sys().(*syscall.Stat_t).Uid) != uid {
		return nil, nil
	}
	if err := unix.Access(filepath.Join(parent, "cgroup.procs"), unix.W_OK); err != nil {
		return nil, fmt.Errorf("%s is not ours: %w", parent, err)
	}
	sweepOnce.Do(func() { sweepCgroups(parent) })
	if err := passOn(parent, spec.Limits.controllers()); err != nil {
		return nil, err
	}
	dir := filepath.Join(parent, fmt.Sprintf("%s%d-%d", cgroupPrefix, os.Getpid(), cgroupCount.Add(1)))
	if err := os.Mkdir(dir, 0o755); err != nil {
		return nil, err
	}
	lock, err := lockCgroup(dir)
	if err == nil {
		err = mayBeEntered(dir)
	}
	if err == nil {
		err = spec.Limits.apply(dir)
	}
	if err == nil && spec.isRoot() {
		err = delegate(dir, uid, gid)
	}
	if err != nil {
		lock.Close()
		return nil, errors.Join(err, os.Remove(dir))
	}
	return &cgroup{dir, lock}, nil
}

// delegate gives a group to a builder that is to make others in it. Its bounds stay
// ours. Source: the kernel's documentation of cgroup-v2, "Delegation".
func delegate(dir string, uid, gid int) error {
	for name, bound := range map[string]string{"cgroup.max.depth": "32", "cgroup.max.descendants": "4096"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(bound), 0); err != nil {
			return err
		}
	}
	for _, name := range []string{"", "cgroup.procs", "cgroup.threads"} {
		if err := os.Chown(filepath.Join(dir, name), uid, gid); err != nil {
			return err
		}
	}
	return nil
}

// parentCgroup returns the directory of the group that those of builders are made in.
// It is the one that this process began in: it may have moved since.
var parentCgroup = sync.OnceValues(ownCgroup)

// ownCgroup returns the directory of the control group that this process is in.
func ownCgroup() (string, error) {
	groups, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return "", err
	}
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return "", err
	}
	return findCgroup(string(groups), string(mounts))
}

// findCgroup finds a group's directory in the texts of /proc/self/cgroup and
// /proc/self/mountinfo. Format: cgroups(7), proc_pid_mountinfo(5).
func findCgroup(groups, mounts string) (string, error) {
	group := ""
	for line := range strings.Lines(groups) {
		if path, isUnified := strings.CutPrefix(strings.TrimSpace(line), "0::"); isUnified {
			group = path
		}
	}
	if group == "" || strings.HasPrefix(group, "/..") {
		return "", errors.New("this process is in no control group of version 2 that it sees")
	}
	for line := range strings.Lines(mounts) {
		before, after, _ := strings.Cut(line, " - ")
		fields := strings.Fields(before)
		if !strings.HasPrefix(after, "cgroup2 ") || len(fields) < 5 {
			continue
		}
		if rest, err := filepath.Rel(fields[3], group); err == nil && rest != ".." && !strings.HasPrefix(rest, "../") {
			return filepath.Join(fields[4], rest), nil
		}
	}
	return "", errors.New("no control groups of version 2 are mounted")
}

// lockCgroup opens a group's directory and locks it; the error is unix.EWOULDBLOCK if
// somebody has it.
func lockCgroup(dir string) (*os.File, error) {
	file, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}

// sweepCgroups removes the groups of those who could not do so themselves.
func sweepCgroups(parent string) {
	left, _ := filepath.Glob(filepath.Join(parent, cgroupPrefix+"*"))
	for _, dir := range left {
		if lock, err := lockCgroup(dir); err == nil {
			removeGroups(dir) // if there is nobody in them
			lock.Close()
		}
	}
}

// open opens what a process of ours writes to in order to enter the group.
func (g *cgroup) open() (*os.File, error) {
	return os.OpenFile(filepath.Join(g.dir, "cgroup.procs"), os.O_WRONLY, 0)
}

// usage returns what the group's processes have used.
func (g *cgroup) usage() (u usage, err error) {
	data, err := os.ReadFile(filepath.Join(g.dir, "cpu.stat"))
	if err != nil {
		return u, err
	}
	for line := range strings.Lines(string(data)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		micros, _ := strconv.ParseInt(value, 10, 64)
		switch name {
		case "user_usec":
			u.user = time.Duration(micros) * time.Microsecond
		case "system_usec":
			u.system = time.Duration(micros) * time.Microsecond
		}
	}
	// It is there where the memory of groups is accounted for.
	u.memory, _ = readNumber(filepath.Join(g.dir, "memory.peak"))
	return u, nil
}

// A usage is what processes have used; memory is 0 where it is not known.
type usage struct {
	user, system time.Duration
	memory       int64
}

// remove removes the group, whose processes have ended, and those that the builder
// made in it.
func (g *cgroup) remove() {
	defer g.lock.Close()
	removeGroups(g.dir)
}

// removeGroups removes a group and those in it, the innermost first. The kernel may
// take a moment to notice that there are no processes in them.
func removeGroups(dir string) {
	entries, _ := os.ReadDir(dir)
	for _, entry := range entries {
		if entry.IsDir() {
			removeGroups(filepath.Join(dir, entry.Name()))
		}
	}
	for wait := time.Millisecond; wait < 100*time.Millisecond; wait *= 2 {
		if err := os.Remove(dir); err == nil || !errors.Is(err, unix.EBUSY) {
			return
		}
		time.Sleep(wait)
	}
}
