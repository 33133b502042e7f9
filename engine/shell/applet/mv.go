package applet

import (
	"context"
	"errors"
	"os"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

type mover struct {
	c                          *Call
	noClobber, update, verbose bool
	ask                        bool
	copier                     *copier
	status                     int
}

func mvMain(_ context.Context, c *Call) int {
	opts, files, status, ok := c.options(flagSpec{
		short: "finTt:uv",
		long: "force=f interactive=i no-clobber=n no-target-directory=T target-directory:=t update=u verbose=v " +
			"strip-trailing-slashes",
		usage: "[OPTION]... SOURCE... DEST",
	})
	if !ok {
		return status
	}
	m := &mover{c: c}
	t := &target{c: c, following: true}
	strip := false
	for _, o := range opts {
		switch o.name {
		case "f":
			m.ask, m.noClobber = false, false
		case "i":
			m.ask, m.noClobber = true, false
		case "n":
			m.ask, m.noClobber = false, true
		case "T":
			t.noDir = true
		case "t":
			t.dir, t.isDirSet = o.value, true
		case "u":
			m.update = true
		case "v":
			m.verbose = true
		case "strip-trailing-slashes":
			strip = true
		}
	}
	sources, dest, ok := t.resolve(files)
	if !ok {
		return exitFailure
	}
	for _, src := range sources {
		if strip {
			src = trimSlashes(src)
		}
		m.move(src, dest(src))
	}
	return m.status
}

func (m *mover) fail(format string, args ...any) {
	m.c.errorf(format, args...)
	m.status = exitFailure
}

func (m *mover) move(src, dst string) {
	info, err := os.Lstat(m.c.abs(trimSlashes(src)))
	if err != nil {
		m.fail("cannot stat %s: %s", quote(src), errText(err))
		return
	}
	if dstInfo, err := os.Lstat(m.c.abs(dst)); err == nil {
		if done := m.existing(src, dst, info, dstInfo); done {
			return
		}
	}
	// os.Rename would not replace an empty directory.
	err = unix.Rename(m.c.abs(trimSlashes(src)), m.c.abs(trimSlashes(dst)))
	switch {
	case err == nil:
		if m.verbose {
			putf(m.c, "renamed %s -> %s\n", quote(src), quote(dst))
		}
	case errors.Is(err, syscall.EXDEV):
		m.across(src, dst)
	case errors.Is(err, syscall.EINVAL) && info.IsDir():
		m.fail("cannot move %s to a subdirectory of itself, %s", quote(src), quote(dst))
	case errors.Is(err, syscall.ENOTDIR) && strings.HasSuffix(dst, "/"), !info.IsDir() && strings.HasSuffix(dst, "/"):
		m.fail("cannot move %s to %s: Not a directory", quote(src), quote(dst))
	default:
		m.fail("cannot move %s to %s: %s", quote(src), quote(dst), errText(err))
	}
}

// existing looks at what is at the destination; done means that nothing is to
// be moved, for a reason that may have been reported.
func (m *mover) existing(src, dst string, info, dstInfo os.FileInfo) (done bool) {
	switch {
	case m.noClobber:
		return true
	case os.SameFile(info, dstInfo) && !otherLink(m.c, src, dst, info):
		m.fail("%s and %s are the same file", quote(src), quote(dst))
		return true
	case m.update && !info.ModTime().After(dstInfo.ModTime()):
		return true
	case m.ask && !askOverwrite(m.c, dst):
		return true
	case info.IsDir() && !dstInfo.IsDir():
		m.fail("cannot overwrite non-directory %s with directory %s", quote(dst), quote(src))
		return true
	case !info.IsDir() && dstInfo.IsDir():
		m.fail("cannot overwrite directory %s with non-directory", quote(dst))
		return true
	}
	if os.SameFile(info, dstInfo) { // another link to the same file
		if err := os.Remove(m.c.abs(src)); err != nil {
			m.fail("cannot remove %s: %s", quote(src), errText(err))
		} else if m.verbose {
			putf(m.c, "renamed %s -> %s\n", quote(src), quote(dst))
		}
		return true
	}
	return false
}

// otherLink reports whether src and dst are two names of one file rather than
// the same name.
func otherLink(c *Call, src, dst string, info os.FileInfo) bool {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok || st.Nlink < 2 || info.IsDir() {
		return false
	}
	if baseName(src) != baseName(dst) {
		return true
	}
	a, errA := os.Stat(c.abs(parentName(src)))
	b, errB := os.Stat(c.abs(parentName(dst)))
	return errA == nil && errB == nil && !os.SameFile(a, b)
}

// across moves to another file system: copy, then remove.
func (m *mover) across(src, dst string) {
	if m.copier == nil {
		m.copier = &copier{
			c: m.c, recursive: true, links: linksKeep, removeDest: true,
			keepMode: true, keepOwner: true, keepTimes: true, keepLinks: true,
		}
	}
	if info, err := os.Lstat(m.c.abs(dst)); err == nil && info.IsDir() {
		if err := os.Remove(m.c.abs(dst)); err != nil {
			m.fail("inter-device move failed: %s to %s; unable to remove target: %s", quote(src), quote(dst), errText(err))
			return
		}
	}
	m.copier.status = exitOK
	m.copier.operand(src, dst)
	if m.copier.status != exitOK {
		m.status = m.copier.status
		return
	}
	if m.verbose {
		putf(m.c, "copied %s -> %s\n", quote(src), quote(dst))
	}
	r := &remover{c: m.c, recursive: true, force: true}
	r.remove(src)
	m.status = max(m.status, r.status)
}
