package applet

import (
	"context"
	"os"
	"strings"
)

type installer struct {
	c           *Call
	mode        modeChange
	owner       chownRun
	setOwner    bool
	makeParents bool // -D
	compare     bool // -C
	keepTimes   bool
	strip       bool
	verbose     bool
	status      int
}

func installMain(ctx context.Context, c *Call) int {
	opts, files, status, ok := c.options(flagSpec{
		short: "bcCdDg:m:o:pst:Tv",
		long: "compare=C directory=d group:=g mode:=m owner:=o preserve-timestamps=p strip=s strip-program: " +
			"target-directory:=t no-target-directory=T verbose=v",
		usage: "[OPTION]... SOURCE... DEST",
	})
	if !ok {
		return status
	}
	in := &installer{c: c, mode: modeChange{octal: true, bits: 0o755, explicit: true}, owner: chownRun{c: c, uid: -1, gid: -1}}
	t := &target{c: c, following: true}
	dirs := false
	for _, o := range opts {
		switch o.name {
		case "b":
			return c.usageErr("-b: backups are not supported")
		case "C":
			in.compare = true
		case "d":
			dirs = true
		case "D":
			in.makeParents = true
		case "g", "o":
			spec := o.value
			if o.name == "g" {
				spec = ":" + spec
			}
			if msg := in.owner.owner(spec, false); msg != "" {
				return c.fail("%s", strings.Replace(msg, "':", "'", 1))
			}
			in.setOwner = true
		case "m":
			if in.mode, ok = parseMode(o.value); !ok {
				return c.fail("invalid mode %s", quote(o.value))
			}
			in.mode.explicit = true
		case "p":
			in.keepTimes = true
		case "s":
			in.strip = true
		case "t":
			t.dir, t.isDirSet = o.value, true
		case "T":
			t.noDir = true
		case "v":
			in.verbose = true
		}
	}
	if dirs {
		return in.directories(files)
	}
	if in.makeParents && !in.leading(t, files) {
		return exitFailure
	}
	sources, dest, ok := t.resolve(files)
	if !ok {
		return exitFailure
	}
	for _, src := range sources {
		in.file(ctx, src, dest(src))
	}
	return in.status
}

func (in *installer) fail(format string, args ...any) {
	in.c.errorf(format, args...)
	in.status = exitFailure
}

// directories is install -d.
func (in *installer) directories(dirs []string) int {
	if len(dirs) == 0 {
		return in.c.missing("file operand")
	}
	for _, dir := range dirs {
		if in.makeDir(dir) {
			in.finish(dir, true)
		}
	}
	return in.status
}

// makeDir makes a directory and those above it.
func (in *installer) makeDir(dir string) bool {
	for i := 1; i <= len(dir); i++ {
		if i < len(dir) && dir[i] != '/' || dir[i-1] == '/' {
			continue
		}
		up := dir[:i]
		if info, err := os.Stat(in.c.abs(up)); err == nil && info.IsDir() {
			continue
		}
		if err := os.Mkdir(in.c.abs(up), 0o755); err != nil {
			in.fail("cannot create directory %s: %s", quote(up), errText(err))
			return false
		}
		if in.verbose {
			putf(in.c, "%s: creating directory %s\n", in.c.name(), quote(up))
		}
	}
	return true
}

// leading makes the directories above the destination, or the whole target
// directory of -t.
func (in *installer) leading(t *target, files []string) bool {
	switch {
	case t.isDirSet:
		return in.makeDir(t.dir)
	case len(files) == 2 && !t.isDir(files[1]):
		if up := parentName(files[1]); up != "." {
			return in.makeDir(up)
		}
	}
	return true
}

func (in *installer) file(ctx context.Context, src, dst string) {
	info, err := os.Stat(in.c.abs(src))
	switch {
	case err != nil:
		in.fail("cannot stat %s: %s", quote(src), errText(err))
		return
	case info.IsDir():
		in.fail("omitting directory %s", quote(src))
		return
	}
	if dstInfo, err := os.Stat(in.c.abs(dst)); err == nil {
		switch {
		case os.SameFile(info, dstInfo):
			in.fail("%s and %s are the same file", quote(src), quote(dst))
			return
		case dstInfo.IsDir():
			in.fail("cannot overwrite directory %s with non-directory", quote(dst))
			return
		case in.compare && in.unchanged(src, dst, dstInfo):
			return
		}
	}
	k := &copier{c: in.c, links: linksFollow, removeDest: true, verbose: in.verbose, keepTimes: in.keepTimes}
	k.operand(src, dst)
	if k.status != exitOK {
		in.status = k.status
		return
	}
	if in.strip {
		cmd := Command{Args: []string{"strip", dst}, Stdout: in.c.Stdout, Stderr: in.c.Stderr}
		if in.c.Run(ctx, cmd) != 0 {
			in.fail("strip process terminated abnormally")
			return
		}
	}
	in.finish(dst, false)
}

func (in *installer) unchanged(src, dst string, dstInfo os.FileInfo) bool {
	if permBits(dstInfo) != in.mode.apply(0, false, 0) {
		return false
	}
	a, errA := os.ReadFile(in.c.abs(src))
	b, errB := os.ReadFile(in.c.abs(dst))
	return errA == nil && errB == nil && string(a) == string(b)
}

// finish sets owner and mode of what was installed.
func (in *installer) finish(name string, isDir bool) {
	if in.setOwner {
		if err := os.Lchown(in.c.abs(name), in.owner.uid, in.owner.gid); err != nil {
			in.fail("cannot change ownership of %s: %s", quote(name), errText(err))
		}
	}
	bits := in.mode.apply(0, isDir, 0)
	if err := os.Chmod(in.c.abs(name), fileMode(bits)); err != nil {
		in.fail("cannot change permissions of %s: %s", quote(name), errText(err))
	}
}
