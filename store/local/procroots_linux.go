package local

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"nixbench/store"
	"nixbench/store/gc"
)

// processes adds what running processes have open, mapped, as their program or
// directory, or in their environment. Both the logical names of paths count and
// those below the real directory.
//
// Behaviour: Nix 2.34, local-gc.cc, for logical names.
func (f *rootFinder) processes(ctx context.Context) error {
	s := newProcScanner(f)
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil // a system without it
	}
	for _, entry := range entries {
		if err := ctx.Err(); err != nil {
			return err
		}
		pid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		if err := s.process(pid); err != nil {
			return err
		}
	}
	for _, name := range []string{"modprobe", "fbsplash", "poweroff_cmd"} {
		file := filepath.Join("/proc/sys/kernel", name)
		if text, err := os.ReadFile(file); err == nil {
			if err := s.found(file, string(text), 0); err != nil {
				return err
			}
		}
	}
	return nil
}

// A procScanner looks for store paths in what /proc says of processes.
type procScanner struct {
	f       *rootFinder
	inStore *regexp.Regexp
	reals   string // the real directory and a slash, "" if the logical one

	since time.Time // when the process that is being looked at began
	paths map[store.Path]bool
}

func newProcScanner(f *rootFinder) *procScanner {
	s := &procScanner{f: f}
	dirs := regexp.QuoteMeta(string(f.st.dir))
	if f.st.realDir != string(f.st.dir) {
		s.reals = f.st.realDir + "/"
		dirs += "|" + regexp.QuoteMeta(f.st.realDir)
	}
	s.inStore = regexp.MustCompile(`(?:` + dirs + `)/[0-9a-z]+[0-9a-zA-Z+\-._?=]*`)
	return s
}

// process looks at one process. It may end, or be another user's: then there
// is less to see, as for Nix.
func (s *procScanner) process(pid int) error {
	dir := filepath.Join("/proc", strconv.Itoa(pid))
	info, err := os.Stat(dir)
	if err != nil {
		return nil
	}
	s.since, s.paths = info.ModTime(), make(map[store.Path]bool)
	links := []string{"exe", "cwd"}
	if fds, err := os.ReadDir(filepath.Join(dir, "fd")); err == nil {
		for _, fd := range fds {
			links = append(links, "fd/"+fd.Name())
		}
	} else if !gone(err) {
		return err
	}
	for _, name := range links {
		file := filepath.Join(dir, name)
		target, err := os.Readlink(file)
		if err != nil {
			continue
		}
		if err := s.found(file, target, pid); err != nil {
			return err
		}
	}
	return s.texts(dir, pid)
}

// texts looks at a process's mapped files and environment.
func (s *procScanner) texts(dir string, pid int) error {
	maps, err := os.ReadFile(filepath.Join(dir, "maps"))
	if err == nil {
		for line := range bytes.Lines(maps) {
			if at := bytes.IndexByte(line, '/'); at >= 0 {
				target := strings.TrimRight(string(line[at:]), "\n")
				if err := s.found(filepath.Join(dir, "maps"), target, pid); err != nil {
					return err
				}
			}
		}
	}
	environ, err := os.ReadFile(filepath.Join(dir, "environ"))
	if err == nil {
		for _, match := range s.inStore.FindAll(environ, -1) {
			if err := s.found(filepath.Join(dir, "environ"), string(match), pid); err != nil {
				return err
			}
		}
	}
	return nil
}

// gone reports whether an error means that a process has ended or is not ours
// to look at.
func gone(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.ESRCH)
}

// found adds a root if target lies in the store, once for each process.
func (s *procScanner) found(file, target string, pid int) error {
	if s.reals != "" && strings.HasPrefix(target, s.reals) {
		target = string(s.f.st.dir) + "/" + target[len(s.reals):]
	}
	p, _, err := s.f.st.dir.PathOf(target)
	if err != nil || s.paths[p] {
		return nil
	}
	if s.paths != nil {
		s.paths[p] = true
	}
	valid, err := s.f.valid(p)
	if err != nil || !valid {
		return err
	}
	s.f.roots = append(s.f.roots, gc.Root{
		Link: file, Path: p, Kind: gc.KindProcess, Since: s.since, Note: processName(pid),
	})
	return nil
}

// processName returns the name and number of a process, "" if it has ended.
func processName(pid int) string {
	if pid == 0 {
		return ""
	}
	name, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "comm"))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(name)) + ", process " + strconv.Itoa(pid)
}
