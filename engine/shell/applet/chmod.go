package applet

import (
	"context"
	"os"
	"strings"
)

type chmodRun struct {
	c                        *Call
	change                   modeChange
	recursive, verbose, onCh bool
	quiet                    bool
	mask                     os.FileMode
	dashed                   bool // the mode was given like an option
	status                   int
}

func chmodMain(_ context.Context, c *Call) int {
	mode, args := dashMode(c.Args)
	c.Args = args
	opts, files, status, ok := c.options(flagSpec{
		short: "Rcfv",
		long:  "recursive=R changes=c silent=f quiet=f verbose=v reference: preserve-root no-preserve-root",
		usage: "[OPTION]... MODE[,MODE]... FILE...",
	})
	if !ok {
		return status
	}
	r := &chmodRun{c: c, dashed: mode != ""}
	reference := ""
	for _, o := range opts {
		switch o.name {
		case "R":
			r.recursive = true
		case "c":
			r.onCh = true
		case "f":
			r.quiet = true
		case "v":
			r.verbose = true
		case "reference":
			reference = o.value
		}
	}
	switch {
	case reference != "":
		info, err := os.Stat(c.abs(reference))
		if err != nil {
			return c.fail("failed to get attributes of %s: %s", quote(reference), errText(err))
		}
		r.change = modeChange{octal: true, bits: permBits(info), explicit: true}
	default:
		if mode == "" {
			if len(files) == 0 {
				return c.missing("operand")
			}
			mode, files = files[0], files[1:]
		}
		if r.change, ok = parseMode(mode); !ok {
			return c.usageErr("invalid mode: %s", quote(mode))
		}
	}
	if len(files) == 0 {
		return c.usageErr("missing operand after %s", quote(mode))
	}
	r.mask = umask()
	for _, name := range files {
		r.file(name, true)
	}
	return r.status
}

// dashMode takes the first argument such as -x or -w, which is a mode and not
// an option, out of args.
func dashMode(args []string) (mode string, rest []string) {
	for i, arg := range args[1:] {
		if arg == "--" {
			break
		}
		if len(arg) > 1 && arg[0] == '-' && strings.IndexByte("rwxXstugoa,+=01234567", arg[1]) >= 0 {
			rest = append(append(rest, args[:i+1]...), args[i+2:]...)
			return arg, rest
		}
	}
	return "", args
}

func (r *chmodRun) fail(format string, args ...any) {
	r.status = exitFailure
	if !r.quiet {
		r.c.errorf(format, args...)
	}
}

// file changes one file; top says that it is an operand, whose symbolic links
// are followed. Links further down are left alone.
func (r *chmodRun) file(name string, top bool) {
	info, err := os.Lstat(r.c.abs(name))
	if err == nil && info.Mode()&os.ModeSymlink != 0 {
		if !top {
			return
		}
		if info, err = os.Stat(r.c.abs(name)); err != nil {
			if os.IsNotExist(err) {
				r.fail("cannot operate on dangling symlink %s", quote(name))
				return
			}
		}
	}
	if err != nil {
		r.fail("cannot access %s: %s", quote(name), errText(err))
		return
	}
	old := permBits(info)
	bits := r.change.apply(old, info.IsDir(), r.mask)
	if err := os.Chmod(r.c.abs(name), fileMode(bits)); err != nil {
		r.fail("changing permissions of %s: %s", quote(name), errText(err))
	} else {
		r.tell(name, old, bits)
		r.surprise(name, bits, r.change.apply(old, info.IsDir(), 0))
	}
	if r.recursive && info.IsDir() {
		entries, err := os.ReadDir(r.c.abs(name))
		if err != nil {
			r.fail("cannot read directory %s: %s", quote(name), errText(err))
		}
		for _, e := range entries {
			r.file(joinName(name, e.Name()), false)
		}
	}
}

// surprise reports that -w and the like left bits because of the umask.
func (r *chmodRun) surprise(name string, got, expected uint32) {
	if r.dashed && got&^expected != 0 {
		r.fail("%s: new permissions are %s, not %s", shown(name), permString(got), permString(expected))
	}
}

func (r *chmodRun) tell(name string, old, bits uint32) {
	switch {
	case old != bits && (r.verbose || r.onCh):
		putf(r.c, "mode of %s changed from %04o (%s) to %04o (%s)\n", quote(name), old, permString(old), bits, permString(bits))
	case old == bits && r.verbose:
		putf(r.c, "mode of %s retained as %04o (%s)\n", quote(name), old, permString(old))
	}
}

// joinName appends a component to a name as it was given.
func joinName(dir, name string) string {
	if strings.HasSuffix(dir, "/") {
		return dir + name
	}
	return dir + "/" + name
}

// baseName returns the last component of a name, without trailing slashes.
func baseName(name string) string {
	trimmed := trimSlashes(name)
	return trimmed[strings.LastIndexByte(trimmed[:max(len(trimmed)-1, 0)], '/')+1:]
}

// trimSlashes drops slashes at the end, but leaves "/".
func trimSlashes(name string) string {
	t := strings.TrimRight(name, "/")
	if t == "" && name != "" {
		return "/"
	}
	return t
}
