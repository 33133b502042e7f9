package applet

import (
	"bufio"
	"context"
	"os"
	"strings"
)

// A target is where cp, mv, ln and install put what they make: the flags -t
// and -T, and how operands map to destinations.
type target struct {
	c         *Call
	dir       string // -t
	isDirSet  bool
	noDir     bool // -T
	following bool // ln -n clears it: a link to a directory is a file
}

// resolve splits operands into sources and a destination and returns the
// destination of each source. ok is false if an error was reported.
func (t *target) resolve(operands []string) (sources []string, dest func(src string) string, ok bool) {
	inDir := func(dir string) func(string) string {
		return func(src string) string { return joinName(dir, baseName(src)) }
	}
	switch {
	case len(operands) == 0:
		t.c.missing("file operand")
		return nil, nil, false
	case t.isDirSet:
		if t.noDir {
			t.c.fail("cannot combine --target-directory (-t) and --no-target-directory (-T)")
			return nil, nil, false
		}
		if !t.isDir(t.dir) {
			t.c.fail("target directory %s: %s", quote(t.dir), t.notDir(t.dir))
			return nil, nil, false
		}
		return operands, inDir(t.dir), true
	case len(operands) == 1:
		t.c.usageErr("missing destination file operand after %s", quote(operands[0]))
		return nil, nil, false
	}
	last := operands[len(operands)-1]
	sources = operands[:len(operands)-1]
	switch {
	case t.noDir && len(sources) > 1:
		t.c.usageErr("extra operand %s", quote(operands[2]))
		return nil, nil, false
	case !t.noDir && t.isDir(last):
		return sources, inDir(last), true
	case len(sources) > 1:
		t.c.fail("target %s: %s", quote(last), t.notDir(last))
		return nil, nil, false
	}
	return sources, func(string) string { return last }, true
}

func (t *target) isDir(name string) bool {
	stat := os.Stat
	if !t.following && !strings.HasSuffix(name, "/") {
		stat = os.Lstat
	}
	info, err := stat(t.c.abs(name))
	return err == nil && info.IsDir()
}

func (t *target) notDir(name string) string {
	if _, err := os.Stat(t.c.abs(name)); err != nil {
		return errText(err)
	}
	return "Not a directory"
}

// cpFlags are the flags of cp that are not fields of copier.
type cpFlags struct {
	parents, strip, ask bool
	links               byte
}

func cpMain(_ context.Context, c *Call) int {
	opts, files, status, ok := c.options(flagSpec{
		short: "adfHilLnpPrRst:Tuvx",
		long: "archive=a force=f interactive=i link=l dereference=L no-clobber=n no-dereference=P preserve:: " +
			"no-preserve: parents recursive=R reflink:: remove-destination sparse: strip-trailing-slashes " +
			"symbolic-link=s target-directory:=t no-target-directory=T update=u verbose=v one-file-system=x attributes-only",
		usage: "[OPTION]... SOURCE... DEST",
	})
	if !ok {
		return status
	}
	k := &copier{c: c}
	t := &target{c: c, following: true}
	var f cpFlags
	for _, o := range opts {
		if msg := k.option(o, t, &f); msg != "" {
			return c.usageErr("%s", msg)
		}
	}
	k.links = f.links
	if k.links == 0 {
		k.links = linksFollow
		if k.recursive && !k.hardLink {
			k.links = linksKeep
		}
	}
	if k.hardLink && f.links == 0 {
		k.links = linksKeep
	}
	if f.parents {
		return cpParents(k, t, files)
	}
	sources, dest, ok := t.resolve(files)
	if !ok {
		return exitFailure
	}
	if f.strip {
		for i, src := range sources {
			sources[i] = trimSlashes(src)
		}
	}
	k.operands(sources, dest, f.ask)
	return k.status
}

// operands copies sources to where dest says, but none over another. If ask is set, the
// user is asked before what is there is replaced.
func (k *copier) operands(sources []string, dest func(src string) string, ask bool) {
	placed := make(map[string]os.FileInfo)
	for _, src := range sources {
		dst := dest(src)
		info, _ := k.stat(src, true)
		if before, ok := placed[dst]; ok && info != nil && os.SameFile(before, info) {
			k.c.errorf("warning: source file %s specified more than once", quote(src))
			continue
		} else if ok {
			k.fail("will not overwrite just-created %s with %s", quote(dst), quote(src))
			continue
		}
		if ask && !askOverwrite(k.c, dst) {
			continue
		}
		if k.recursive && baseName(src) != "." && k.intoItself(src, dst) {
			k.fail("cannot copy a directory, %s, into itself, %s", quote(src), quote(dst))
			continue
		}
		k.operand(src, dst)
		if info != nil {
			placed[dst] = info
		}
	}
}

func (k *copier) option(o option, t *target, f *cpFlags) (errText string) {
	switch o.name {
	case "a":
		k.recursive, f.links = true, linksKeep
		k.keepMode, k.keepOwner, k.keepTimes, k.keepLinks = true, true, true, true
	case "d":
		f.links, k.keepLinks = linksKeep, true
	case "f":
		k.force = true
	case "i":
		f.ask = true
	case "H", "L", "P":
		f.links = o.name[0]
	case "l":
		k.hardLink = true
	case "n":
		k.noClobber = true
	case "p":
		k.keepMode, k.keepOwner, k.keepTimes = true, true, true
	case "preserve":
		return k.preserve(o, true)
	case "no-preserve":
		return k.preserve(o, false)
	case "r", "R":
		k.recursive = true
	case "remove-destination":
		k.removeDest = true
	case "s":
		k.symlink = true
	case "t":
		t.dir, t.isDirSet = o.value, true
	case "T":
		t.noDir = true
	case "u":
		k.update = true
	case "v":
		k.verbose = true
	case "x":
		k.oneFS = true
	case "parents":
		f.parents = true
	case "strip-trailing-slashes":
		f.strip = true
	case "attributes-only":
		k.attrsOnly = true
	}
	return ""
}

// preserve applies --preserve and --no-preserve.
func (k *copier) preserve(o option, keep bool) (errText string) {
	if !o.given {
		k.keepMode, k.keepOwner, k.keepTimes = keep, keep, keep
		return ""
	}
	for _, attr := range strings.Split(o.value, ",") {
		switch attr {
		case "mode":
			k.keepMode = keep
		case "ownership":
			k.keepOwner = keep
		case "timestamps":
			k.keepTimes = keep
		case "links":
			k.keepLinks = keep
		case "context", "xattr":
		case "all":
			k.keepMode, k.keepOwner, k.keepTimes, k.keepLinks = keep, keep, keep, keep
		default:
			flag := "--preserve"
			if !keep {
				flag = "--no-preserve"
			}
			return "invalid argument " + quote(attr) + " for " + quote(flag)
		}
	}
	return ""
}

// intoItself reports whether dst would lie inside the directory src.
func (k *copier) intoItself(src, dst string) bool {
	info, err := os.Stat(k.c.abs(src))
	if err != nil || !info.IsDir() {
		return false
	}
	for dir := parentName(dst); ; dir = parentName(dir) {
		if up, err := os.Stat(k.c.abs(dir)); err == nil && os.SameFile(info, up) {
			return true
		}
		if dir == "." || dir == "/" {
			return false
		}
	}
}

// parentName returns the directory part of a name: "." if it has none.
func parentName(name string) string {
	t := trimSlashes(name)
	at := strings.LastIndexByte(t, '/')
	switch at {
	case -1:
		return "."
	case 0:
		return "/"
	}
	return trimSlashes(t[:at])
}

// askOverwrite asks on standard error and reads the answer.
func askOverwrite(c *Call, dst string) bool {
	if _, err := os.Lstat(c.abs(dst)); err != nil {
		return true
	}
	c.out.Flush()
	c.Stderr.Write([]byte(c.name() + ": overwrite " + quote(dst) + "? "))
	answer, _ := bufio.NewReaderSize(c.Stdin, 16).ReadString('\n')
	return strings.HasPrefix(answer, "y") || strings.HasPrefix(answer, "Y")
}

// cpParents is cp --parents: the whole name of each source is made below the
// target directory.
func cpParents(k *copier, t *target, files []string) int {
	dir := t.dir
	if !t.isDirSet {
		if len(files) < 2 {
			return t.c.missing("destination file operand")
		}
		dir, files = files[len(files)-1], files[:len(files)-1]
	}
	if !t.isDir(dir) {
		return t.c.usageErr("with --parents, the destination must be a directory")
	}
	for _, src := range files {
		rel := strings.TrimLeft(trimSlashes(src), "/")
		if up := parentName(rel); up != "." {
			parents(k, src, rel, dir)
		}
		k.operand(src, joinName(dir, rel))
	}
	return k.status
}

// parents makes the directories above dir/rel like those above src.
func parents(k *copier, src, rel, dir string) {
	lead := src[:strings.Index(src, rel)]
	parts := strings.Split(parentName(rel), "/")
	for i := range parts {
		sub := strings.Join(parts[:i+1], "/")
		perm := os.FileMode(0o777)
		info, err := os.Stat(k.c.abs(lead + sub))
		if err == nil {
			perm = fileMode(permBits(info) & 0o777)
		}
		if os.Mkdir(k.c.abs(joinName(dir, sub)), perm|0o700) != nil {
			continue
		}
		if k.verbose {
			putf(k.c, "%s -> %s\n", lead+sub, joinName(dir, sub))
		}
		if info != nil && k.keepMode {
			k.attributes(joinName(dir, sub), info)
		}
	}
}
