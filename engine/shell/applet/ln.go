package applet

import (
	"context"
	"os"
	"strings"
)

type linker struct {
	c                                  *Call
	symbolic, force, relative, verbose bool
	follow                             bool // hard links to what a link points to
	status                             int
}

func lnMain(_ context.Context, c *Call) int {
	opts, files, status, ok := c.options(flagSpec{
		short: "fiLnPrst:Tv",
		long: "force=f interactive=i logical=L no-dereference=n physical=P relative=r symbolic=s " +
			"target-directory:=t no-target-directory=T verbose=v",
		usage: "[OPTION]... TARGET... LINK_NAME",
	})
	if !ok {
		return status
	}
	l := &linker{c: c}
	t := &target{c: c, following: true}
	for _, o := range opts {
		switch o.name {
		case "f":
			l.force = true
		case "L":
			l.follow = true
		case "n":
			t.following = false
		case "P":
			l.follow = false
		case "r":
			l.relative = true
		case "s":
			l.symbolic = true
		case "t":
			t.dir, t.isDirSet = o.value, true
		case "T":
			t.noDir = true
		case "v":
			l.verbose = true
		}
	}
	if l.relative && !l.symbolic {
		return c.fail("cannot do --relative without --symbolic")
	}
	if len(files) == 1 && !t.noDir && !t.isDirSet {
		l.link(files[0], "./"+baseName(files[0]))
		return l.status
	}
	sources, dest, ok := t.resolve(files)
	if !ok {
		return exitFailure
	}
	for _, src := range sources {
		l.link(src, dest(src))
	}
	return l.status
}

func (l *linker) fail(format string, args ...any) {
	l.c.errorf(format, args...)
	l.status = exitFailure
}

func (l *linker) link(src, dst string) {
	kind, arrow := "hard", "=>"
	if l.symbolic {
		kind, arrow = "symbolic", "->"
	} else if !l.linkable(src) {
		return
	}
	value := src
	if l.relative {
		value = l.relativeTo(src, dst)
	}
	if info, err := os.Lstat(l.c.abs(dst)); err == nil && l.force {
		if info.IsDir() {
			l.fail("%s: cannot overwrite directory", shown(dst))
			return
		}
		if srcInfo, err := os.Lstat(l.c.abs(src)); err == nil && os.SameFile(info, srcInfo) && !(l.symbolic && !sameName(src, dst)) {
			if !sameName(src, dst) {
				return
			}
			l.fail("%s and %s are the same file", quote(src), quote(dst))
			return
		}
		if err := os.Remove(l.c.abs(dst)); err != nil {
			l.fail("cannot remove %s: %s", quote(dst), errText(err))
			return
		}
	}
	if err := l.make(value, dst); err != nil {
		if kind == "hard" && errText(err) != "File exists" {
			l.fail("failed to create hard link %s => %s: %s", quote(dst), quote(src), errText(err))
		} else {
			l.fail("failed to create %s link %s: %s", kind, quote(dst), errText(err))
		}
		return
	}
	if l.verbose {
		putf(l.c, "%s %s %s\n", quote(dst), arrow, quote(value))
	}
}

func sameName(a, b string) bool {
	return strings.TrimPrefix(a, "./") == strings.TrimPrefix(b, "./")
}

// linkable reports whether src can be the target of a hard link.
func (l *linker) linkable(src string) bool {
	info, err := os.Lstat(l.c.abs(src))
	if err != nil {
		l.fail("failed to access %s: %s", quote(src), errText(err))
		return false
	}
	if info.IsDir() {
		l.fail("%s: hard link not allowed for directory", shown(src))
		return false
	}
	return true
}

func (l *linker) make(value, dst string) error {
	if l.symbolic {
		return os.Symlink(value, l.c.abs(dst))
	}
	file := l.c.abs(value)
	if l.follow {
		if real, err := canonical(l.c, value, mustExist); err == nil {
			file = real
		}
	}
	return os.Link(file, l.c.abs(dst))
}

// relativeTo writes src relative to the directory of dst.
func (l *linker) relativeTo(src, dst string) string {
	from, err := canonical(l.c, parentName(dst), mayMiss)
	if err != nil {
		return src
	}
	to, err := canonical(l.c, src, mayMiss)
	if err != nil {
		return src
	}
	return relativeName(from, to)
}
