//go:build linux && (amd64 || arm64)

package sandbox

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// This file bounds what a builder's processes may take together. A control group has
// bounds only for what its parent passes on, and a parent with processes of its own
// passes on nothing: the kernel's documentation of cgroup-v2, "Controllers".

// controllers are those that the limits need.
func (l *Limits) controllers() []string {
	var names []string
	for name, isNeeded := range map[string]bool{"memory": l.Memory > 0, "pids": l.Processes > 0, "cpu": l.CPUs > 0} {
		if isNeeded {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// cpuPeriod is how many microseconds a bound of processor time is about.
const cpuPeriod = 100_000

// apply writes the limits into the group at dir. Memory that is swapped out counts, and
// whoever takes too much ends the whole builder.
func (l *Limits) apply(dir string) error {
	var files [][2]string
	if l.Memory > 0 {
		files = append(files, [2]string{"memory.max", strconv.FormatInt(l.Memory, 10)}, [2]string{"memory.oom.group", "1"})
		if _, err := os.Stat(filepath.Join(dir, "memory.swap.max")); err == nil { // the kernel counts it
			files = append(files, [2]string{"memory.swap.max", "0"})
		}
	}
	if l.Processes > 0 {
		files = append(files, [2]string{"pids.max", strconv.Itoa(l.Processes)})
	}
	if l.CPUs > 0 {
		files = append(files, [2]string{"cpu.max", fmt.Sprintf("%d %d", l.CPUs*cpuPeriod, cpuPeriod)})
	}
	for _, file := range files {
		if err := os.WriteFile(filepath.Join(dir, file[0]), []byte(file[1]), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// passOn makes the group at parent pass controllers on to those in it. If this process
// is alone in the group, it moves to another in it. The kernel has a group with processes
// pass on some controllers, but nobody can enter those in it then: its documentation of
// cgroup-v2, "Threads".
func passOn(parent string, controllers []string) error {
	if len(controllers) == 0 {
		return nil
	}
	passed, err := readWords(filepath.Join(parent, "cgroup.subtree_control"))
	if err != nil {
		return err
	}
	missing := slices.DeleteFunc(slices.Clone(controllers), func(name string) bool { return slices.Contains(passed, name) })
	if len(missing) == 0 {
		return nil
	}
	has, err := readWords(filepath.Join(parent, "cgroup.controllers"))
	if err != nil {
		return err
	}
	for _, name := range missing {
		if !slices.Contains(has, name) {
			return fmt.Errorf("control group %s does not have the controller %q; those that it has are %q: "+
				"see whether 'systemd-run --user --scope -p Delegate=yes' gives it to a command", parent, name, has)
		}
	}
	if err := stepAside(parent); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(parent, "cgroup.subtree_control"), []byte("+"+strings.Join(missing, " +")), 0o644)
}

// isRootGroup reports whether the group at dir is the root of all, which alone may have
// processes and pass something on.
func isRootGroup(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "cgroup.type"))
	return errors.Is(err, fs.ErrNotExist)
}

// mayBeEntered returns an error if no process can enter the group at dir: its parent has
// processes, and passes on what counts their threads.
func mayBeEntered(dir string) error {
	words, err := readWords(filepath.Join(dir, "cgroup.type"))
	if err != nil || !slices.Equal(words, []string{"domain", "invalid"}) {
		return nil // which is seen then
	}
	return hasOthers(filepath.Dir(dir))
}

func hasOthers(parent string) error {
	return fmt.Errorf("control group %s has other processes than this one, and so cannot bound those in it: "+
		"'systemd-run --user --scope -p Delegate=yes' runs a command in a group of its own", parent)
}

// stepAside moves this process from the group at parent to one in it, unless it is not
// there or may stay.
func stepAside(parent string) error {
	if isRootGroup(parent) {
		return nil
	}
	pids, err := readWords(filepath.Join(parent, "cgroup.procs"))
	if err != nil || len(pids) == 0 {
		return err
	}
	if own := strconv.Itoa(os.Getpid()); len(pids) != 1 || pids[0] != own {
		return hasOthers(parent)
	}
	dir := filepath.Join(parent, fmt.Sprintf("%s%d-main", cgroupPrefix, os.Getpid()))
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "cgroup.procs"), []byte("0"), 0o644)
}

func readWords(file string) ([]string, error) {
	data, err := os.ReadFile(file)
	return strings.Fields(string(data)), err
}

// isOutOfMemory reports whether the kernel has killed a process of the group because it
// took more memory than the group may.
func (g *cgroup) isOutOfMemory() bool {
	words, err := readWords(filepath.Join(g.dir, "memory.events"))
	if i := slices.Index(words, "oom_kill"); err == nil && i >= 0 && i+1 < len(words) {
		return words[i+1] != "0"
	}
	return false
}
