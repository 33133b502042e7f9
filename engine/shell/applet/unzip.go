package applet

import (
	"archive/zip"
	"context"
	"io"
	"os"
	"strings"
	"time"
)

// An unzipper is one run of unzip.
type unzipper struct {
	c                                *Call
	quiet, overwrite, never, flatten bool
	stdout, list                     bool
	dir                              string
	only, exclude                    []string
	links                            []zipLink // made when all else is there, so that nothing goes through one
	status                           int
}

// A zipLink is a symbolic link of an archive.
type zipLink struct{ name, file, target string }

func unzipMain(_ context.Context, c *Call) int {
	opts, operands, status, ok := c.options(flagSpec{
		short:  "d:jlLnopqtx:",
		status: 10,
		usage:  "[-jlnopq] [-d DIR] [-x PATTERN] FILE[.zip] [MEMBER]...",
	})
	if !ok {
		return status
	}
	u := &unzipper{c: c}
	for _, o := range opts {
		u.option(o)
	}
	if len(operands) == 0 {
		return c.missing("operand")
	}
	u.only = operands[1:]
	name := operands[0]
	r, err := zip.OpenReader(c.abs(name))
	if os.IsNotExist(err) {
		name += ".zip"
		r, err = zip.OpenReader(c.abs(name))
	}
	if err != nil {
		c.errorf("cannot find or open %s: %s", operands[0], errText(err))
		return 9
	}
	defer r.Close()
	if !u.quiet {
		puts(c, "Archive:  ", name, "\n")
	}
	for _, f := range r.File {
		switch {
		case len(u.only) > 0 && !matchesAny(u.only, f.Name) || matchesAny(u.exclude, f.Name):
		case u.list:
			putf(c, "%9d  %s   %s\n", f.UncompressedSize64, f.Modified.Format("2006-01-02 15:04"), f.Name)
		default:
			u.member(f)
		}
	}
	u.makeLinks()
	return u.status
}

func (u *unzipper) option(o option) {
	switches := map[string]*bool{"j": &u.flatten, "l": &u.list, "n": &u.never, "o": &u.overwrite, "q": &u.quiet}
	if o.turnsOn(switches) {
		return
	}
	switch o.name {
	case "d":
		u.dir = o.value
	case "p":
		u.stdout, u.quiet = true, true
	case "x":
		u.exclude = append(u.exclude, o.value)
	}
}

func (u *unzipper) fail(format string, args ...any) {
	u.c.errorf(format, args...)
	u.status = exitTrouble
}

func (u *unzipper) member(f *zip.File) {
	if u.stdout {
		if err := copyZip(u.c.out, f); err != nil {
			u.fail("%s: %s", f.Name, errText(err))
		}
		return
	}
	name := strings.TrimLeft(strings.ReplaceAll(f.Name, `\`, "/"), "/")
	for _, part := range strings.Split(name, "/") {
		if part == ".." {
			u.fail("%s: skipped: the name leaves the directory", f.Name)
			return
		}
	}
	isDir := strings.HasSuffix(name, "/")
	if u.flatten {
		if isDir {
			return
		}
		name = baseName(name)
	}
	if u.dir != "" {
		name = joinName(u.dir, name)
	}
	file := u.c.abs(name)
	if isDir {
		if err := os.MkdirAll(file, 0o777); err != nil {
			u.fail("cannot create %s: %s", name, errText(err))
		} else if !u.quiet {
			puts(u.c, "   creating: ", name, "\n")
		}
		return
	}
	if _, err := os.Lstat(file); err == nil {
		if u.never || !u.overwrite {
			if !u.never {
				u.fail("%s exists; use -o to overwrite it", name)
			}
			return
		}
		os.Remove(file)
	}
	os.MkdirAll(parentName(file), 0o777)
	if err := u.extract(f, name, file); err != nil {
		u.fail("%s: %s", name, errText(err))
	}
}

func (u *unzipper) extract(f *zip.File, name, file string) error {
	mode := f.Mode()
	if mode&os.ModeSymlink != 0 {
		var target strings.Builder
		err := copyZip(&target, f)
		if err == nil {
			u.links = append(u.links, zipLink{name, file, target.String()})
		}
		return err
	}
	perm := mode.Perm()
	if perm == 0 {
		perm = 0o666
	}
	w, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm)
	if err != nil {
		return err
	}
	err = copyZip(w, f)
	if closeErr := w.Close(); err == nil {
		err = closeErr
	}
	if !f.Modified.IsZero() {
		setTimes(file, time.Now(), f.Modified, false)
	}
	if !u.quiet && err == nil {
		puts(u.c, "  inflating: ", name, "\n")
	}
	return err
}

// makeLinks makes the symbolic links. What has the name of one stays.
func (u *unzipper) makeLinks() {
	for _, l := range u.links {
		if err := os.Symlink(l.target, l.file); err != nil {
			u.fail("%s: %s", l.name, errText(err))
		} else if !u.quiet {
			puts(u.c, "    linking: ", l.name, "\n")
		}
	}
}

func copyZip(w io.Writer, f *zip.File) error {
	r, err := f.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	_, err = io.Copy(w, r)
	return err
}
