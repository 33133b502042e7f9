package applet

import (
	"archive/tar"
	"errors"
	"io"
	"os"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// An extractor puts members into the file system.
type extractor struct {
	t    *tarRun
	mask os.FileMode
	root bool
	dirs []extractedDir // to be finished at the end, outermost first
	// links are made at the end, so that nothing is written through them.
	links []*delayedLink
}

// An extractedDir gets its attributes when everything in it is there.
type extractedDir struct {
	file  string
	mode  uint32
	mtime time.Time
}

// member extracts one member. The error is one that ends the run.
func (x *extractor) member(h *tar.Header, r io.Reader) error {
	t := x.t
	name, ok := x.target(h.Name)
	if !ok {
		return nil
	}
	if t.verbose > 0 {
		t.show(h, h.Name)
	}
	if t.toStdout {
		if h.Typeflag == tar.TypeReg {
			_, err := io.Copy(t.c.out, r)
			return err
		}
		return nil
	}
	file := name
	if !strings.HasPrefix(file, "/") {
		file = t.dir + "/" + name
	}
	if err := x.create(h, file, r); err != nil {
		if isBrokenPipe(err) || errors.Is(err, io.ErrUnexpectedEOF) {
			return errors.New("Unexpected EOF in archive")
		}
		verb := "open"
		switch h.Typeflag {
		case tar.TypeDir:
			verb = "mkdir"
		case tar.TypeSymlink:
			t.fail("%s: Cannot create symlink to %s: %s", name, quote(h.Linkname), errText(err))
			return nil
		case tar.TypeLink:
			t.fail("%s: Cannot hard link to %s: %s", name, quote(h.Linkname), errText(err))
			return nil
		}
		t.fail("%s: Cannot %s: %s", name, verb, errText(err))
	}
	return nil
}

// target returns the name under which a member goes, without what
// --strip-components takes away.
func (x *extractor) target(name string) (string, bool) {
	t := x.t
	for range t.strip {
		name = strings.TrimLeft(name, "/")
		at := strings.IndexByte(name, '/')
		if at < 0 {
			return "", false
		}
		name = name[at+1:]
	}
	if strings.TrimLeft(name, "/") == "" {
		return "", false
	}
	if !t.absolute {
		for _, part := range strings.Split(name, "/") {
			if part == ".." {
				t.fail("%s: Member name contains '..'", name)
				return "", false
			}
		}
	}
	return t.memberName(name), true
}

func (x *extractor) create(h *tar.Header, file string, r io.Reader) error {
	t := x.t
	if h.Typeflag == tar.TypeDir {
		return x.dir(h, file)
	}
	if _, err := os.Lstat(file); err == nil {
		if t.skipOld {
			return nil
		}
		if t.keepOld && h.Typeflag == tar.TypeLink && x.isLinked(h, file) {
			return nil
		}
		if t.keepOld {
			return syscall.EEXIST
		}
		if err := os.Remove(file); err != nil && !os.IsNotExist(err) {
			return err
		}
	}
	err := x.make(h, file, r)
	if os.IsNotExist(err) && h.Typeflag != tar.TypeLink {
		if err = os.MkdirAll(parentName(file), 0o777); err == nil {
			err = x.make(h, file, r)
		}
	}
	if err != nil {
		return err
	}
	x.attributes(h, file)
	return nil
}

// isLinked reports whether file is the hard link already that a member asks
// for.
func (x *extractor) isLinked(h *tar.Header, file string) bool {
	name, _ := x.target(h.Linkname)
	a, errA := os.Lstat(file)
	b, errB := os.Lstat(x.t.dir + "/" + name)
	return errA == nil && errB == nil && os.SameFile(a, b)
}

func (x *extractor) dir(h *tar.Header, file string) error {
	file = strings.TrimRight(file, "/")
	err := os.Mkdir(file, 0o700)
	if os.IsNotExist(err) {
		if err = os.MkdirAll(parentName(file), 0o777); err == nil {
			err = os.Mkdir(file, 0o700)
		}
	}
	if err != nil {
		if info, statErr := os.Stat(file); statErr != nil || !info.IsDir() {
			return err
		}
	}
	x.chown(h, file)
	x.dirs = append(x.dirs, extractedDir{file, x.bits(h), h.ModTime})
	return nil
}

// make creates the file of a member.
func (x *extractor) make(h *tar.Header, file string, r io.Reader) error {
	switch h.Typeflag {
	case tar.TypeReg, tar.TypeCont, tar.TypeGNUSparse:
		f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return err
		}
		_, err = io.Copy(f, r)
		if closeErr := f.Close(); err == nil {
			err = closeErr
		}
		return err
	case tar.TypeSymlink:
		if !x.t.absolute && leadsOut(h.Linkname) {
			return x.delay(h, file)
		}
		return os.Symlink(h.Linkname, file)
	case tar.TypeLink:
		return x.hardLink(h, file)
	case tar.TypeFifo:
		return unix.Mkfifo(file, 0o600)
	case tar.TypeChar, tar.TypeBlock:
		kind := uint32(unix.S_IFCHR)
		if h.Typeflag == tar.TypeBlock {
			kind = unix.S_IFBLK
		}
		return unix.Mknod(file, kind|0o600, int(unix.Mkdev(uint32(h.Devmajor), uint32(h.Devminor))))
	}
	x.t.c.errorf("%s: Unknown file type '%c'", h.Name, h.Typeflag)
	return nil
}

// hardLink makes a member that is another name of one before it.
func (x *extractor) hardLink(h *tar.Header, file string) error {
	name, ok := x.target(h.Linkname)
	if !ok {
		return syscall.ENOENT
	}
	if !strings.HasPrefix(name, "/") {
		name = x.t.dir + "/" + name
	}
	err := os.Link(name, file)
	if os.IsNotExist(err) && os.MkdirAll(parentName(file), 0o777) == nil {
		err = os.Link(name, file)
	}
	if err == nil {
		x.delayToo(file)
	}
	return err
}

// bits returns the permissions that a member gets.
func (x *extractor) bits(h *tar.Header) uint32 {
	bits := uint32(h.Mode) & bitsAll
	if (x.t.keepPerms || x.root) && !x.t.noPerms {
		return bits
	}
	return bits & 0o777 &^ uint32(x.mask)
}

func (x *extractor) chown(h *tar.Header, file string) {
	if !x.root && !x.t.keepOwner || x.t.noOwner {
		return
	}
	uid, gid := h.Uid, h.Gid
	if !x.t.numeric {
		for _, fields := range passwd("/etc/passwd") {
			if h.Uname != "" && fields[0] == h.Uname {
				uid, _ = lookupID("/etc/passwd", h.Uname)
			}
		}
		for _, fields := range passwd("/etc/group") {
			if h.Gname != "" && fields[0] == h.Gname {
				gid, _ = lookupID("/etc/group", h.Gname)
			}
		}
	}
	if err := os.Lchown(file, uid, gid); err != nil {
		x.t.fail("%s: Cannot change ownership to uid %d, gid %d: %s", h.Name, uid, gid, errText(err))
	}
}

func (x *extractor) attributes(h *tar.Header, file string) {
	if h.Typeflag == tar.TypeLink {
		return
	}
	x.chown(h, file)
	isLink := h.Typeflag == tar.TypeSymlink
	if !isLink {
		os.Chmod(file, fileMode(x.bits(h)))
	}
	if !x.t.touch {
		setTimes(file, time.Now(), h.ModTime, isLink)
	}
}

// finish makes the links that were delayed, and gives directories their attributes,
// innermost first.
func (x *extractor) finish() {
	for _, l := range x.links {
		x.makeDelayed(l)
	}
	for i := len(x.dirs) - 1; i >= 0; i-- {
		d := x.dirs[i]
		if err := os.Chmod(d.file, fileMode(d.mode)); err != nil {
			x.t.fail("%s: Cannot change mode: %s", d.file, errText(err))
		}
		if !x.t.touch {
			setTimes(d.file, time.Now(), d.mtime, false)
		}
	}
}
