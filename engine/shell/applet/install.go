package applet

import (
	"context"
	"os"
	"strings"
)

// An installer is one run of install.
type installer struct {
	c           *Call
	to          *target
	mode        modeChange
	owner       chownRun
	setOwner    bool
	areDirs     bool // -d
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
	in := &installer{
		c: c, to: &target{c: c, following: true},
		mode: modeChange{octal: true, bits: 0o755, explicit: true}, owner: chownRun{c: c, uid: -1, gid: -1},
	}
	for _, o := range opts {
		if o.name == "b" {
			return c.usageErr("-b: backups are not supported")
		}
		if problem := in.option(o); problem != "" {
			return c.fail("%s", problem)
		}
	}
	if in.areDirs {
		return in.directories(files)
	}
	if in.makeParents && !in.leading(files) {
		return exitFailure
	}
	sources, dest, ok := in.to.resolve(files)
	if !ok {
		return exitFailure
	}
	for _, src := range sources {
		in.file(ctx, src, dest(src))
	}
	return in.status
}

func (in *installer) option(o option) (problem string) {
	if o.turnsOn(in.switches()) {
		return ""
	}
	switch o.name {
	case "g":
		return in.takeOwner(":" + o.value)
	case "o":
		return in.takeOwner(o.value)
	case "m":
		mode, ok := parseMode(o.value)
		if !ok {
			return "invalid mode " + quote(o.value)
		}
		in.mode = mode
		in.mode.explicit = true
	case "t":
		in.to.dir, in.to.isDirSet = o.value, true
	}
	return ""
}

// switches returns what the flags that only turn something on turn on.
func (in *installer) switches() map[string]*bool {
	return map[string]*bool{
		"C": &in.compare, "d": &in.areDirs, "D": &in.makeParents, "p": &in.keepTimes, "s": &in.strip, "T": &in.to.noDir,
		"v": &in.verbose,
	}
}

// takeOwner takes the owner, the group or both, as chown has them.
func (in *installer) takeOwner(spec string) (problem string) {
	in.setOwner = true
	return strings.Replace(in.owner.owner(spec, false), "':", "'", 1)
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
func (in *installer) leading(files []string) bool {
	switch {
	case in.to.isDirSet:
		return in.makeDir(in.to.dir)
	case len(files) == 2 && !in.to.isDir(files[1]):
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
