package applet

import (
	"context"
	"math/rand/v2"
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

func mktempMain(_ context.Context, c *Call) int {
	opts, operands, status, ok := c.options(flagSpec{
		short: "dp:qtuV",
		long:  "directory=d tmpdir::=p quiet=q dry-run=u suffix:",
		usage: "[OPTION]... [TEMPLATE]",
	})
	if !ok {
		return status
	}
	var isDir, quiet, dry, inTmp, tFlag bool
	var dir, suffix string
	for _, o := range opts {
		switch o.name {
		case "d":
			isDir = true
		case "p":
			dir, inTmp = o.value, true
		case "q":
			quiet = true
		case "t":
			inTmp, tFlag = true, true
		case "u":
			dry = true
		case "suffix":
			suffix = o.value
		}
	}
	template := "tmp.XXXXXXXXXX"
	switch {
	case len(operands) > 1:
		return c.usageErr("too many templates")
	case len(operands) == 1:
		template = operands[0]
	default:
		inTmp = true
	}
	if dir == "" || tFlag && c.Getenv("TMPDIR") != "" {
		if tmp := c.Getenv("TMPDIR"); tmp != "" {
			dir = tmp
		}
	}
	if dir == "" {
		dir = "/tmp"
	}
	at := strings.LastIndexByte(template, 'X') + 1
	if suffix == "" {
		suffix = template[at:]
		template = template[:at]
	}
	stem := strings.TrimRight(template, "X")
	switch {
	case len(template)-len(stem) < 3:
		return c.fail("too few X's in template %s", quote(template+suffix))
	case inTmp && tFlag && strings.Contains(template, "/"):
		return c.fail("invalid template, %s, contains directory separator", quote(template))
	case inTmp && strings.HasPrefix(template, "/"):
		return c.fail("invalid template, %s; with --tmpdir, it may not be absolute", quote(template))
	case inTmp:
		stem = joinName(dir, stem)
	}
	name, err := makeTemp(c, stem, len(template)-len(strings.TrimRight(template, "X")), suffix, isDir, dry)
	if err != nil {
		if !quiet {
			kind := map[bool]string{true: "directory", false: "file"}[isDir]
			full := stem + strings.Repeat("X", len(template)-len(strings.TrimRight(template, "X"))) + suffix
			c.errorf("failed to create %s via template %s: %s", kind, quote(full), errText(err))
		}
		return exitFailure
	}
	puts(c, name, "\n")
	return exitOK
}

// makeTemp creates a file or directory with n random characters between stem
// and suffix.
func makeTemp(c *Call, stem string, n int, suffix string, isDir, dry bool) (string, error) {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	for try := 0; ; try++ {
		random := make([]byte, n)
		for i := range random {
			random[i] = letters[rand.IntN(len(letters))]
		}
		name := stem + string(random) + suffix
		var err error
		switch {
		case dry:
			if _, err = os.Lstat(c.abs(name)); err != nil {
				return name, nil
			}
			err = os.ErrExist
		case isDir:
			err = os.Mkdir(c.abs(name), 0o700)
		default:
			var f *os.File
			if f, err = os.OpenFile(c.abs(name), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600); err == nil {
				f.Close()
			}
		}
		if err == nil || !os.IsExist(err) || try > 1000 {
			return name, err
		}
	}
}
