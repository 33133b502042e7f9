package applet

import (
	"context"
	"os"
	"strings"
)

func mkdirMain(_ context.Context, c *Call) int {
	opts, dirs, status, ok := c.options(flagSpec{
		short: "m:pv",
		long:  "mode:=m parents=p verbose=v",
		usage: "[OPTION]... DIRECTORY...",
	})
	if !ok {
		return status
	}
	m := dirMaker{c: c}
	for _, o := range opts {
		switch o.name {
		case "m":
			change, ok := parseMode(o.value)
			if !ok {
				return c.fail("invalid mode %s", quote(o.value))
			}
			m.mode = &change
		case "p":
			m.parents = true
		case "v":
			m.verbose = true
		}
	}
	if len(dirs) == 0 {
		return c.missing("operand")
	}
	for _, dir := range dirs {
		if !m.make(dir) {
			status = exitFailure
		}
	}
	return status
}

type dirMaker struct {
	c                *Call
	parents, verbose bool
	mode             *modeChange // of the last directory
}

// make makes a directory, and reports why it could not.
func (m *dirMaker) make(dir string) bool {
	if m.parents && !m.ancestors(dir) {
		return false
	}
	err := os.Mkdir(m.c.abs(dir), 0o777)
	if err != nil {
		if m.parents && m.exists(dir) {
			return true
		}
		m.c.errorf("cannot create directory %s: %s", quote(dir), errText(err))
		return false
	}
	m.tell(dir)
	if m.mode != nil {
		bits := m.mode.apply(0o777, true, umask())
		if err := os.Chmod(m.c.abs(dir), fileMode(bits)); err != nil {
			m.c.errorf("cannot set permissions of directory %s: %s", quote(dir), errText(err))
			return false
		}
	}
	return true
}

func (m *dirMaker) exists(dir string) bool {
	info, err := os.Stat(m.c.abs(dir))
	return err == nil && info.IsDir()
}

func (m *dirMaker) tell(dir string) {
	if m.verbose {
		putf(m.c, "%s: created directory %s\n", m.c.name(), quote(dir))
	}
}

// ancestors makes what is missing above dir.
func (m *dirMaker) ancestors(dir string) bool {
	if m.exists(parentName(dir)) {
		return true
	}
	for i := 1; i < len(dir); i++ {
		if dir[i] != '/' || dir[i-1] == '/' || strings.Trim(dir[i:], "/") == "" {
			continue
		}
		up := dir[:i]
		if m.exists(up) {
			continue
		}
		if err := os.Mkdir(m.c.abs(up), 0o777); err != nil && !m.exists(up) {
			m.c.errorf("cannot create directory %s: %s", quote(up), errText(err))
			return false
		}
		m.tell(up)
	}
	return true
}
