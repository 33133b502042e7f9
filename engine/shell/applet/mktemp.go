package applet

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
)

// A mktempRun is one run of mktemp.
type mktempRun struct {
	c                   *Call
	isDir, quiet, dry   bool
	inTmp               bool // -p or -t: below dir
	isOld               bool // -t
	dir, suffix, prefix string
	random              int // characters between prefix and suffix
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
	m := mktempRun{c: c}
	for _, o := range opts {
		switch o.name {
		case "d":
			m.isDir = true
		case "p":
			m.dir, m.inTmp = o.value, true
		case "q":
			m.quiet = true
		case "t":
			m.inTmp, m.isOld = true, true
		case "u":
			m.dry = true
		case "suffix":
			m.suffix = o.value
		}
	}
	template := "tmp.XXXXXXXXXX"
	switch {
	case len(operands) > 1:
		return c.usageErr("too many templates")
	case len(operands) == 1:
		template = operands[0]
	default:
		m.inTmp = true
	}
	if problem := m.setTemplate(template); problem != "" {
		return c.fail("%s", problem)
	}
	name, err := m.make()
	if err != nil {
		if !m.quiet {
			kind := map[bool]string{true: "directory", false: "file"}[m.isDir]
			full := m.prefix + strings.Repeat("X", m.random) + m.suffix
			c.errorf("failed to create %s via template %s: %s", kind, quote(full), errText(err))
		}
		return exitFailure
	}
	puts(c, name, "\n")
	return exitOK
}

// setTemplate takes a template apart: its last Xs are what is random, and what follows them
// is the suffix, unless there is one already.
func (m *mktempRun) setTemplate(template string) (problem string) {
	if tmp := m.c.Getenv("TMPDIR"); tmp != "" && (m.dir == "" || m.isOld) {
		m.dir = tmp
	}
	if m.dir == "" {
		m.dir = "/tmp"
	}
	if m.suffix == "" {
		at := strings.LastIndexByte(template, 'X') + 1
		m.suffix, template = template[at:], template[:at]
	}
	m.prefix = strings.TrimRight(template, "X")
	m.random = len(template) - len(m.prefix)
	switch {
	case m.random < 3:
		return "too few X's in template " + quote(template+m.suffix)
	case m.inTmp && m.isOld && strings.Contains(template, "/"):
		return fmt.Sprintf("invalid template, %s, contains directory separator", quote(template))
	case m.inTmp && strings.HasPrefix(template, "/"):
		return fmt.Sprintf("invalid template, %s; with --tmpdir, it may not be absolute", quote(template))
	case m.inTmp:
		m.prefix = joinName(m.dir, m.prefix)
	}
	return ""
}

// make creates the file or directory, and returns its name.
func (m *mktempRun) make() (name string, err error) {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	for try := 0; ; try++ {
		random := make([]byte, m.random)
		for i := range random {
			random[i] = letters[rand.IntN(len(letters))]
		}
		name := m.prefix + string(random) + m.suffix
		var err error
		switch {
		case m.dry:
			if _, err = os.Lstat(m.c.abs(name)); err != nil {
				return name, nil
			}
			err = os.ErrExist
		case m.isDir:
			err = os.Mkdir(m.c.abs(name), 0o700)
		default:
			var f *os.File
			if f, err = os.OpenFile(m.c.abs(name), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600); err == nil {
				f.Close()
			}
		}
		if err == nil || !os.IsExist(err) || try > 1000 {
			return name, err
		}
	}
}
