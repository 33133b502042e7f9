package applet

import (
	"errors"
	"io"
	"os"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// How symbolic links in a source are treated.
const (
	linksKeep     = 'P' // copied as links
	linksOperands = 'H' // followed if they are operands
	linksFollow   = 'L' // always followed
)

// A copier copies files and trees as cp does. mv uses it across file systems.
type copier struct {
	c          *Call
	recursive  bool
	links      byte
	force      bool // remove a destination that cannot be opened
	removeDest bool // remove every destination first
	noClobber  bool
	update     bool
	verbose    bool
	hardLink   bool // -l
	symlink    bool // -s
	oneFS      bool
	attrsOnly  bool

	keepMode, keepOwner, keepTimes, keepLinks bool

	mask   os.FileMode
	device uint64 // of the operand being copied
	seen   map[inode]string
	made   map[inode]bool // directories that this run made
	status int
}

// An inode identifies a file.
type inode struct{ dev, ino uint64 }

func inodeOf(info os.FileInfo) inode {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return inode{}
	}
	return inode{uint64(st.Dev), uint64(st.Ino)}
}

func (k *copier) fail(format string, args ...any) {
	k.c.errorf(format, args...)
	k.status = exitFailure
}

// operand copies one operand to dst.
func (k *copier) operand(src, dst string) {
	if k.seen == nil {
		k.seen = make(map[inode]string)
		k.made = make(map[inode]bool)
		k.mask = umask()
	}
	k.copy(src, dst, true)
}

func (k *copier) stat(name string, top bool) (os.FileInfo, error) {
	if k.links == linksFollow || k.links == linksOperands && top {
		return os.Stat(k.c.abs(name))
	}
	return os.Lstat(k.c.abs(name))
}

func (k *copier) copy(src, dst string, top bool) {
	info, err := k.stat(src, top)
	if err != nil {
		k.fail("cannot stat %s: %s", quote(src), errText(err))
		return
	}
	if top {
		k.device = inodeOf(info).dev
	}
	if info.IsDir() && !k.recursive {
		k.fail("-r not specified; omitting directory %s", quote(src))
		return
	}
	dstInfo, dstErr := os.Lstat(k.c.abs(dst))
	if dstErr == nil {
		if done := k.existing(src, dst, info, dstInfo); done {
			return
		}
	}
	if info.IsDir() {
		k.dir(src, dst, info)
		return
	}
	if k.relink(dst, info) {
		return
	}
	if k.verbose {
		putf(k.c, "%s -> %s\n", quote(src), quote(dst))
	}
	if !k.node(src, dst, info) {
		return
	}
	if info.Mode()&os.ModeSymlink == 0 || k.keepTimes || k.keepOwner {
		k.attributes(dst, info)
	}
}

// existing looks at what is at the destination; done means that src is not
// to be copied, for a reason that may have been reported.
func (k *copier) existing(src, dst string, info, dstInfo os.FileInfo) (done bool) {
	target := dstInfo
	if dstInfo.Mode()&os.ModeSymlink != 0 {
		if followed, err := os.Stat(k.c.abs(dst)); err == nil {
			target = followed
		}
	}
	if k.noClobber && !info.IsDir() {
		return true
	}
	if os.SameFile(info, target) && !(k.removeDest && !os.SameFile(info, dstInfo)) && !k.symlinkToSame(info, dstInfo) {
		if k.hardLink {
			return true
		}
		k.fail("%s and %s are the same file", quote(src), quote(dst))
		return true
	}
	if k.update && !info.IsDir() && !info.ModTime().After(target.ModTime()) {
		return true
	}
	switch {
	case info.IsDir() && !target.IsDir():
		k.fail("cannot overwrite non-directory %s with directory %s", quote(dst), quote(src))
		return true
	case !info.IsDir() && dstInfo.IsDir():
		k.fail("cannot overwrite directory %s with non-directory", quote(dst))
		return true
	}
	if !info.IsDir() && k.mustRemove(info, dstInfo) {
		if err := os.Remove(k.c.abs(dst)); err != nil && !os.IsNotExist(err) {
			k.fail("cannot remove %s: %s", quote(dst), errText(err))
			return true
		}
		if k.verbose && k.removeDest {
			putf(k.c, "removed %s\n", quote(dst))
		}
	}
	return false
}

// symlinkToSame says that the destination is a link to the source, which
// copying links over replaces.
func (k *copier) symlinkToSame(info, dstInfo os.FileInfo) bool {
	return info.Mode()&os.ModeSymlink != 0 && dstInfo.Mode()&os.ModeSymlink != 0 && !os.SameFile(info, dstInfo)
}

// mustRemove says whether an existing destination goes before the copy: it
// cannot be written into if what is copied is not a regular file.
func (k *copier) mustRemove(info, dstInfo os.FileInfo) bool {
	return k.removeDest || !info.Mode().IsRegular() ||
		(k.hardLink || k.symlink) && k.force ||
		k.keepLinks && dstInfo.Mode()&os.ModeSymlink != 0 && k.force
}

// relink makes dst a hard link to an earlier copy of the same file.
func (k *copier) relink(dst string, info os.FileInfo) bool {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !k.keepLinks || !ok || st.Nlink < 2 {
		return false
	}
	first, found := k.seen[inodeOf(info)]
	if !found {
		k.seen[inodeOf(info)] = dst
		return false
	}
	os.Remove(k.c.abs(dst))
	if err := os.Link(k.c.abs(first), k.c.abs(dst)); err != nil {
		k.fail("cannot create hard link %s to %s: %s", quote(dst), quote(first), errText(err))
	}
	return true
}

// node creates dst as the same kind of file as src.
func (k *copier) node(src, dst string, info os.FileInfo) bool {
	var err error
	mode := info.Mode()
	switch {
	case k.hardLink:
		if err = os.Link(k.c.abs(src), k.c.abs(dst)); err != nil {
			k.fail("cannot create hard link %s to %s: %s", quote(dst), quote(src), errText(err))
		}
		return false // the attributes are the same
	case k.symlink:
		return k.makeSymlink(src, dst)
	case mode.IsRegular():
		return k.regular(src, dst, info)
	case mode&os.ModeSymlink != 0:
		var target string
		if target, err = os.Readlink(k.c.abs(src)); err != nil {
			k.fail("cannot read symbolic link %s: %s", quote(src), errText(err))
			return false
		}
		if err = os.Symlink(target, k.c.abs(dst)); err != nil {
			k.fail("cannot create symbolic link %s: %s", quote(dst), errText(err))
			return false
		}
		return true
	case !k.recursive: // a device or pipe is read
		return k.regular(src, dst, info)
	}
	st := info.Sys().(*syscall.Stat_t)
	if err = unix.Mknod(k.c.abs(dst), uint32(st.Mode), int(st.Rdev)); err != nil {
		k.fail("cannot create special file %s: %s", quote(dst), errText(err))
	}
	return err == nil
}

func (k *copier) makeSymlink(src, dst string) bool {
	if !strings.HasPrefix(src, "/") && strings.Contains(dst, "/") && !strings.HasPrefix(dst, "./") {
		k.fail("%s: can make relative symbolic links only in current directory", quote(dst))
		return false
	}
	if err := os.Symlink(src, k.c.abs(dst)); err != nil {
		k.fail("cannot create symbolic link %s to %s: %s", quote(dst), quote(src), errText(err))
	}
	return false
}

// regular copies the contents of a file.
func (k *copier) regular(src, dst string, info os.FileInfo) bool {
	in, err := k.c.open(src)
	if err != nil {
		k.fail("cannot open %s for reading: %s", quote(src), errText(err))
		return false
	}
	defer in.Close()
	out, err := k.openDest(dst, info)
	if err != nil {
		return false
	}
	if !k.attrsOnly {
		if _, err = io.Copy(out, in); err != nil {
			k.fail("error copying %s to %s: %s", quote(src), quote(dst), errText(err))
		}
	}
	if closeErr := out.Close(); closeErr != nil && err == nil {
		err = closeErr
		k.fail("failed to close %s: %s", quote(dst), errText(err))
	}
	return err == nil
}

// openDest opens the destination for writing and reports why it cannot.
func (k *copier) openDest(dst string, info os.FileInfo) (io.WriteCloser, error) {
	perm := os.FileMode(permBits(info) & 0o777)
	if k.keepOwner && k.keepMode {
		perm &= 0o700 // until the owner is right
	}
	if dstInfo, err := os.Lstat(k.c.abs(dst)); err == nil && dstInfo.Mode()&os.ModeSymlink != 0 {
		if _, err := os.Stat(k.c.abs(dst)); os.IsNotExist(err) {
			k.fail("not writing through dangling symlink %s", quote(dst))
			return nil, err
		}
	}
	out, err := k.c.create(dst, os.O_TRUNC, 0)
	if err == nil {
		return out, nil
	}
	if !os.IsNotExist(err) && k.force {
		if os.Remove(k.c.abs(dst)) == nil {
			err = os.ErrNotExist
		}
	}
	if !os.IsNotExist(err) {
		k.fail("cannot create regular file %s: %s", quote(dst), errText(err))
		return nil, err
	}
	out, err = k.c.create(dst, os.O_CREATE|os.O_EXCL, perm)
	if err != nil {
		if errors.Is(err, syscall.EISDIR) || strings.HasSuffix(dst, "/") {
			err = syscall.ENOTDIR
		}
		k.fail("cannot create regular file %s: %s", quote(dst), errText(err))
		return nil, err
	}
	return out, nil
}

// dir copies a directory and what is in it.
func (k *copier) dir(src, dst string, info os.FileInfo) {
	if k.made[inodeOf(info)] {
		k.fail("cannot copy a directory, %s, into itself, %s", quote(src), quote(dst))
		return
	}
	_, err := os.Stat(k.c.abs(dst))
	created := err != nil
	if created {
		if err := os.Mkdir(k.c.abs(dst), fileMode(permBits(info)&0o777|0o700)); err != nil {
			k.fail("cannot create directory %s: %s", quote(dst), errText(err))
			return
		}
		if k.verbose {
			putf(k.c, "%s -> %s\n", quote(src), quote(dst))
		}
		made, err := os.Stat(k.c.abs(dst))
		if err != nil {
			k.fail("cannot stat %s: %s", quote(dst), errText(err))
			return
		}
		k.made[inodeOf(made)] = true
	}
	entries, err := os.ReadDir(k.c.abs(src))
	if err != nil {
		k.fail("cannot access %s: %s", quote(src), errText(err))
	}
	for _, e := range entries {
		if k.oneFS {
			if sub, err := os.Lstat(k.c.abs(joinName(src, e.Name()))); err == nil && inodeOf(sub).dev != k.device {
				continue
			}
		}
		k.copy(joinName(src, e.Name()), joinName(dst, e.Name()), false)
	}
	if created || k.keepMode {
		k.dirAttributes(dst, info)
	}
}

func (k *copier) dirAttributes(dst string, info os.FileInfo) {
	k.attributes(dst, info)
	if k.keepMode {
		return
	}
	bits := permBits(info) & 0o777 &^ uint32(k.mask)
	if err := os.Chmod(k.c.abs(dst), fileMode(bits)); err != nil {
		k.fail("setting permissions for %s: %s", quote(dst), errText(err))
	}
}

// attributes gives dst the attributes of the source that are to be kept.
// An owner that may not be given is not an error.
func (k *copier) attributes(dst string, info os.FileInfo) {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return
	}
	isLink := info.Mode()&os.ModeSymlink != 0
	bits := permBits(info)
	if k.keepOwner {
		if err := os.Lchown(k.c.abs(dst), int(st.Uid), int(st.Gid)); err != nil {
			bits &^= bitSetuid | bitSetgid
		}
	}
	if k.keepMode && !isLink {
		if err := os.Chmod(k.c.abs(dst), fileMode(bits)); err != nil {
			k.fail("preserving permissions for %s: %s", quote(dst), errText(err))
		}
	}
	if k.keepTimes {
		if err := setTimes(k.c.abs(dst), accessTime(st), info.ModTime(), isLink); err != nil {
			k.fail("preserving times for %s: %s", quote(dst), errText(err))
		}
	}
}

// setTimes sets access and modification time; a zero time leaves one alone.
func setTimes(file string, atime, mtime time.Time, noFollow bool) error {
	spec := func(t time.Time) unix.Timespec {
		if t.IsZero() {
			return unix.Timespec{Nsec: utimeOmit}
		}
		return unix.NsecToTimespec(t.UnixNano())
	}
	flags := 0
	if noFollow {
		flags = unix.AT_SYMLINK_NOFOLLOW
	}
	return unix.UtimesNanoAt(unix.AT_FDCWD, file, []unix.Timespec{spec(atime), spec(mtime)}, flags)
}
