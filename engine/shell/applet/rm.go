package applet

import (
	"bufio"
	"context"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

type remover struct {
	c                         *Call
	recursive, force, verbose bool
	dirs                      bool // -d: empty directories
	ask                       bool
	noPreserveRoot            bool
	answers                   *bufio.Reader
	status                    int
}

func rmMain(_ context.Context, c *Call) int {
	opts, files, status, ok := c.options(flagSpec{
		short: "dfiIrRv",
		long:  "dir=d force=f interactive:: recursive=r verbose=v one-file-system no-preserve-root preserve-root::",
		usage: "[OPTION]... [FILE]...",
	})
	if !ok {
		return status
	}
	r := &remover{c: c}
	for _, o := range opts {
		switch o.name {
		case "d":
			r.dirs = true
		case "f":
			r.force, r.ask = true, false
		case "i":
			r.ask, r.force = true, false
		case "interactive":
			r.ask = o.value == "" || o.value == "always" || o.value == "yes"
		case "r", "R":
			r.recursive = true
		case "v":
			r.verbose = true
		case "no-preserve-root":
			r.noPreserveRoot = true
		}
	}
	if len(files) == 0 && !r.force {
		return c.missing("operand")
	}
	for _, name := range files {
		if r.refused(name) {
			continue
		}
		r.remove(name)
	}
	return r.status
}

// refused reports operands that rm never removes.
func (r *remover) refused(name string) bool {
	if base := baseName(name); r.recursive && (base == "." || base == "..") {
		r.fail("refusing to remove '.' or '..' directory: skipping %s", quote(name))
		return true
	}
	if r.recursive && !r.noPreserveRoot && strings.Trim(name, "/") == "" && name != "" {
		r.fail("it is dangerous to operate recursively on '/'")
		r.fail("use --no-preserve-root to override this failsafe")
		return true
	}
	return false
}

func (r *remover) fail(format string, args ...any) {
	r.c.errorf(format, args...)
	r.status = exitFailure
}

func (r *remover) remove(name string) {
	info, err := os.Lstat(r.c.abs(name))
	switch {
	case err != nil:
		if !r.force || !isGone(err) {
			r.fail("cannot remove %s: %s", quote(name), errText(err))
		}
		return
	case info.IsDir() && !r.recursive && !r.dirs:
		r.fail("cannot remove %s: Is a directory", quote(name))
		return
	case info.IsDir() && r.recursive:
		r.tree(name)
		return
	}
	if r.ask && !r.confirm("remove "+describe(info)+" "+quote(name)) {
		return
	}
	r.unlink(name, info.IsDir())
}

// isGone reports whether an error says that there is no such file.
func isGone(err error) bool {
	text := errText(err)
	return os.IsNotExist(err) || text == "Not a directory"
}

func describe(info os.FileInfo) string {
	switch {
	case info.IsDir():
		return "directory"
	case info.Mode()&os.ModeSymlink != 0:
		return "symbolic link"
	case info.Mode().IsRegular() && info.Size() == 0:
		return "regular empty file"
	case info.Mode().IsRegular():
		return "regular file"
	}
	return "special file"
}

func (r *remover) confirm(question string) bool {
	r.c.out.Flush()
	r.c.Stderr.Write([]byte(r.c.name() + ": " + question + "? "))
	if r.answers == nil {
		r.answers = bufio.NewReader(r.c.Stdin)
	}
	answer, _ := r.answers.ReadString('\n')
	return strings.HasPrefix(answer, "y") || strings.HasPrefix(answer, "Y")
}

func (r *remover) tree(name string) {
	if !r.verbose && !r.ask {
		if err := os.RemoveAll(r.c.abs(name)); err == nil {
			return
		}
		// Go over it again one by one, to name what cannot be removed.
	}
	entries, err := os.ReadDir(r.c.abs(name))
	if err != nil {
		r.fail("cannot remove %s: %s", quote(name), errText(err))
		return
	}
	if r.ask && len(entries) > 0 && !r.confirm("descend into directory "+quote(name)) {
		return
	}
	before := r.status
	r.status = exitOK
	for _, e := range entries {
		r.remove(joinName(name, e.Name()))
	}
	failed := r.status != exitOK
	r.status = max(before, r.status)
	if failed || r.ask && !r.confirm("remove directory "+quote(name)) {
		return
	}
	r.unlink(name, true)
}

func (r *remover) unlink(name string, isDir bool) {
	if err := os.Remove(r.c.abs(name)); err != nil {
		r.fail("cannot remove %s: %s", quote(name), errText(err))
		return
	}
	if !r.verbose {
		return
	}
	if isDir {
		putf(r.c, "removed directory %s\n", quote(name))
	} else {
		putf(r.c, "removed %s\n", quote(name))
	}
}

func rmdirMain(_ context.Context, c *Call) int {
	opts, dirs, status, ok := c.options(flagSpec{
		short: "pv",
		long:  "parents=p verbose=v ignore-fail-on-non-empty",
		usage: "[OPTION]... DIRECTORY...",
	})
	if !ok {
		return status
	}
	withParents, verbose, ignore := false, false, false
	for _, o := range opts {
		switch o.name {
		case "p":
			withParents = true
		case "v":
			verbose = true
		default:
			ignore = true
		}
	}
	if len(dirs) == 0 {
		return c.missing("operand")
	}
	for _, dir := range dirs {
		for name := dir; ; name = parentName(name) {
			if verbose {
				putf(c, "rmdir: removing directory, %s\n", quote(name))
			}
			if err := unix.Rmdir(c.abs(name)); err != nil {
				if !ignore || errText(err) != "Directory not empty" {
					status = c.fail("failed to remove %s%s: %s", map[bool]string{true: "directory ", false: ""}[name != dir], quote(name), errText(err))
				}
				break
			}
			if !withParents || parentName(name) == "." || parentName(name) == "/" {
				break
			}
		}
	}
	return status
}
