//go:build linux && (amd64 || arm64)

package sandbox

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// A root is the file system of a sandbox while it is being made: a tmpfs with
// mount points in it.
//
// Mounts are made by descriptor: a source is opened where it is, a target
// beneath the root without following any symbolic link, and the one is then
// attached to the other. No path is looked up twice. Sources are opened first,
// by whoever started us; everything after is done by the builder's user.
type root struct {
	spec    *Spec
	sources []source
	fd      int // of the root
	store   int // of the mounted store directory, where most mounts go; or 0
}

// A source is something of the host that is to be mounted.
type source struct {
	Mount
	fd   int
	stat unix.Stat_t
}

// openSources opens what is to be mounted. Nothing that is mounted from here
// on is seen outside.
func (r *root) openSources() error {
	if err := unix.Mount("", "/", "", unix.MS_PRIVATE|unix.MS_REC, ""); err != nil {
		return fmt.Errorf("make mounts private: %w", err)
	}
	spec := r.spec
	mounts := []Mount{
		{Source: spec.StoreSource, Target: spec.StoreDir, Writable: true},
		{Source: spec.BuildSource, Target: spec.BuildDir, Writable: true},
		{Source: spec.TmpSource, Target: "/tmp", Writable: true},
	}
	devices := []string{"full", "null", "random", "tty", "urandom", "zero"}
	if spec.KVM {
		devices = append(devices, "kvm")
	}
	for _, name := range devices {
		mounts = append(mounts, Mount{Source: "/dev/" + name, Target: "/dev/" + name, Writable: true})
	}
	if spec.Network {
		for _, name := range []string{"/etc/resolv.conf", "/etc/services", "/etc/hosts"} {
			if file, err := filepath.EvalSymlinks(name); err == nil { // or the host has none either
				mounts = append(mounts, Mount{Source: file, Target: name, Optional: true})
			}
		}
	}
	for _, m := range append(mounts, spec.Mounts...) {
		if err := r.openSource(m); err != nil {
			return fmt.Errorf("%s: %w", m.Source, err)
		}
	}
	return nil
}

func (r *root) openSource(m Mount) error {
	s := source{Mount: m, fd: -1}
	if m.Source == Self {
		file, err := selfFile()
		if err != nil {
			return err
		}
		if file == "" {
			r.sources = append(r.sources, s)
			return nil
		}
		m.Source = file
	}
	fd, err := unix.Open(m.Source, unix.O_PATH|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if errors.Is(err, unix.ENOENT) && m.Optional {
		return nil
	}
	if err != nil {
		return err
	}
	s.fd = fd
	r.sources = append(r.sources, s)
	return unix.Fstat(fd, &r.sources[len(r.sources)-1].stat)
}

// mountRoot mounts the root over the directory above the build directory, which
// is open by now. From then on names are relative to it.
func (r *root) mountRoot() error {
	place := filepath.Dir(r.spec.BuildSource)
	uid, gid := r.spec.inside()
	options := fmt.Sprintf("mode=0755,uid=%d,gid=%d", uid, gid)
	if err := unix.Mount("none", place, "tmpfs", unix.MS_NOSUID, options); err != nil {
		return err
	}
	fd, err := unix.Open(place, unix.O_PATH|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return &os.PathError{Op: "open", Path: place, Err: err}
	}
	r.fd = fd
	return unix.Fchdir(fd)
}

// makeSkeleton makes what every sandbox has of directories, links and files.
func (r *root) makeSkeleton() error {
	unix.Umask(0o022)
	for _, name := range []string{"dev", "dev/shm", "dev/pts", "etc", "proc"} {
		if err := unix.Mkdirat(r.fd, name, 0o755); err != nil {
			return &os.PathError{Op: "mkdir", Path: "/" + name, Err: err}
		}
	}
	for name, target := range map[string]string{
		"fd": "/proc/self/fd", "stdin": "/proc/self/fd/0", "stdout": "/proc/self/fd/1",
		"stderr": "/proc/self/fd/2", "ptmx": "pts/ptmx",
	} {
		if err := unix.Symlinkat(target, r.fd, "dev/"+name); err != nil {
			return &os.PathError{Op: "symlink", Path: "/dev/" + name, Err: err}
		}
	}
	for name, text := range r.etcFiles() {
		if err := r.writeFile("etc/"+name, text); err != nil {
			return err
		}
	}
	return nil
}

// etcFiles returns the few files of /etc that programs look for.
func (r *root) etcFiles() map[string]string {
	home := r.spec.BuildDir
	uid, gid := r.spec.inside()
	files := map[string]string{
		"passwd": "root:x:0:0:Nix build user:" + home + ":/noshell\n" +
			fmt.Sprintf("nixbld:x:%d:%d:Nix build user:%s:/noshell\n", uid, gid, home) +
			"nobody:x:65534:65534:Nobody:/:/noshell\n",
		"group": fmt.Sprintf("root:x:0:\nnixbld:!:%d:\nnogroup:x:65534:\n", gid),
	}
	if r.spec.Network {
		files["nsswitch.conf"] = "hosts: files dns\nservices: files\n"
	} else {
		files["hosts"] = "127.0.0.1 localhost\n::1 localhost\n"
	}
	return files
}

func (r *root) writeFile(name, text string) error {
	mode := uint32(0o444)
	if r.spec.isRoot() {
		mode = 0o644
	}
	fd, err := unix.Openat(r.fd, name, unix.O_CREAT|unix.O_EXCL|unix.O_WRONLY|unix.O_NOFOLLOW|unix.O_CLOEXEC, mode)
	if err != nil {
		return &os.PathError{Op: "create", Path: "/" + name, Err: err}
	}
	defer unix.Close(fd)
	if _, err := unix.Write(fd, []byte(text)); err != nil {
		return &os.PathError{Op: "write", Path: "/" + name, Err: err}
	}
	return nil
}

// mountSources makes the sources visible.
func (r *root) mountSources() error {
	for i := range r.sources {
		s := &r.sources[i]
		if err := r.attach(s); err != nil {
			return fmt.Errorf("%s at %s: %w", s.Source, s.Target, err)
		}
		if s.Target == r.spec.StoreDir {
			var err error
			if r.store, err = r.openBeneath(s.Target); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *root) attach(s *source) error {
	if s.fd < 0 {
		return r.copySelf(s.Target)
	}
	defer unix.Close(s.fd)
	parent, name, release, err := r.parentOf(s.Target)
	if err != nil {
		return err
	}
	defer release()
	switch s.stat.Mode & unix.S_IFMT {
	case unix.S_IFLNK:
		return copyLink(s.fd, parent, name)
	case unix.S_IFDIR:
		err = unix.Mkdirat(parent, name, 0o755)
	default:
		err = unix.Mknodat(parent, name, unix.S_IFREG|0o444, 0)
	}
	if err != nil && err != unix.EEXIST {
		return err
	}
	return graft(s.fd, parent, name, s.Writable)
}

// selfFile returns the name of the running executable, or "" if that file is
// no longer the one that runs. (Through /proc/self/exe itself it cannot be
// mounted: we have it open from outside of this mount namespace.)
func selfFile() (string, error) {
	var running, named unix.Stat_t
	if err := unix.Stat(Self, &running); err != nil {
		return "", &os.PathError{Op: "stat", Path: Self, Err: err}
	}
	file, err := os.Readlink(Self)
	if err != nil {
		return "", err
	}
	if unix.Lstat(file, &named) != nil || running.Dev != named.Dev || running.Ino != named.Ino {
		return "", nil
	}
	return file, nil
}

// copySelf makes target a copy of the running executable, which was replaced
// or removed since it was started.
func (r *root) copySelf(target string) error {
	source, err := os.Open(Self)
	if err != nil {
		return err
	}
	defer source.Close()
	parent, name, release, err := r.parentOf(target)
	if err != nil {
		return err
	}
	defer release()
	fd, err := unix.Openat(parent, name, unix.O_CREAT|unix.O_EXCL|unix.O_WRONLY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0o555)
	if err != nil {
		return &os.PathError{Op: "create", Path: target, Err: err}
	}
	file := os.NewFile(uintptr(fd), target)
	if _, err := io.Copy(file, source); err != nil {
		file.Close()
		return err
	}
	return file.Close()
}

// graft attaches a copy of the mount at source to name in parent.
func graft(source, parent int, name string, writable bool) error {
	tree, err := unix.OpenTree(source, "", unix.OPEN_TREE_CLONE|unix.OPEN_TREE_CLOEXEC|unix.AT_RECURSIVE|unix.AT_EMPTY_PATH)
	if err != nil {
		return fmt.Errorf("open_tree: %w", err)
	}
	defer unix.Close(tree)
	attr := unix.MountAttr{Attr_set: unix.MOUNT_ATTR_NOSUID}
	if !writable {
		attr.Attr_set |= unix.MOUNT_ATTR_RDONLY | unix.MOUNT_ATTR_NODEV
	}
	if err := unix.MountSetattr(tree, "", unix.AT_EMPTY_PATH|unix.AT_RECURSIVE, &attr); err != nil {
		return fmt.Errorf("mount_setattr: %w", err)
	}
	target, err := openBelow(parent, name)
	if err != nil {
		return err
	}
	defer unix.Close(target)
	if err := unix.MoveMount(tree, "", target, "", unix.MOVE_MOUNT_F_EMPTY_PATH|unix.MOVE_MOUNT_T_EMPTY_PATH); err != nil {
		return fmt.Errorf("move_mount: %w", err)
	}
	return nil
}

// copyLink makes a symbolic link like the one at source, of a store object's
// time.
func copyLink(source, parent int, name string) error {
	buf := make([]byte, unix.PathMax)
	n, err := unix.Readlinkat(source, "", buf)
	if err != nil {
		return err
	}
	if err := unix.Symlinkat(string(buf[:n]), parent, name); err != nil {
		return err
	}
	second := unix.Timespec{Sec: 1}
	return unix.UtimesNanoAt(parent, name, []unix.Timespec{second, second}, unix.AT_SYMLINK_NOFOLLOW)
}

// parentOf returns a descriptor of the directory that target goes into, which
// is made if it is missing, and target's last component.
func (r *root) parentOf(target string) (dir int, name string, release func(), err error) {
	parent, name := path.Split(target)
	parent = path.Clean(parent)
	switch parent {
	case "/":
		return r.fd, name, func() {}, nil
	case r.spec.StoreDir:
		if r.store != 0 {
			return r.store, name, func() {}, nil
		}
	}
	if err := r.makeDirs(parent); err != nil {
		return 0, "", nil, err
	}
	fd, err := r.openBeneath(parent)
	return fd, name, func() { unix.Close(fd) }, err
}

// makeDirs makes dir and those above it.
func (r *root) makeDirs(dir string) error {
	for i := 1; i <= len(dir); i++ {
		if i < len(dir) && dir[i] != '/' {
			continue
		}
		fd, err := r.openBeneath(dir[:i])
		if err == nil {
			unix.Close(fd)
			continue
		}
		parent, err := r.openBeneath(path.Dir(dir[:i]))
		if err != nil {
			return err
		}
		err = unix.Mkdirat(parent, path.Base(dir[:i]), 0o755)
		unix.Close(parent)
		if err != nil {
			return err
		}
	}
	return nil
}

// openBeneath opens an absolute path inside the root for use as a place.
func (r *root) openBeneath(name string) (int, error) {
	return openBelow(r.fd, "."+name)
}

// openBelow opens name below dir, following no symbolic link.
func openBelow(dir int, name string) (int, error) {
	fd, err := unix.Openat2(dir, name, &unix.OpenHow{
		Flags:   unix.O_PATH | unix.O_NOFOLLOW | unix.O_CLOEXEC,
		Resolve: unix.RESOLVE_BENEATH | unix.RESOLVE_NO_SYMLINKS,
	})
	if err != nil {
		return -1, &os.PathError{Op: "open", Path: name, Err: err}
	}
	return fd, nil
}

// mountProc mounts a /proc that shows the processes of the sandbox alone.
func (r *root) mountProc() error {
	if err := unix.Mount("proc", "proc", "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, ""); err != nil {
		return err
	}
	if unix.Access("proc/sys/kernel/core_pattern", unix.W_OK) != nil {
		return nil
	}
	for _, file := range machineFiles {
		if err := sealFile("proc/" + file); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	return nil
}

// machineFiles are what in /proc is the machine's, and not of processes. The kernel
// lets its root write there without asking for a capability, and takes a builder for
// root that runs in a user namespace which has only him.
var machineFiles = []string{"sys", "sysrq-trigger", "acpi", "bus", "driver", "fs", "irq", "scsi", "tty"}

// sealFile makes a file or directory of the new root read-only, if it is there.
func sealFile(name string) error {
	err := unix.Mount(name, name, "", unix.MS_BIND|unix.MS_REC, "")
	if errors.Is(err, unix.ENOENT) {
		return nil
	}
	if err != nil {
		return err
	}
	attr := unix.MountAttr{Attr_set: unix.MOUNT_ATTR_RDONLY}
	return unix.MountSetattr(unix.AT_FDCWD, name, unix.AT_RECURSIVE, &attr)
}

// mountSys mounts a /sys for a builder who is root, as containers need one: it shows
// the network of the sandbox, and the rest as any user sees it.
func (r *root) mountSys() error {
	if !r.spec.isRoot() {
		return nil
	}
	if err := unix.Mkdirat(r.fd, "sys", 0o755); err != nil {
		return err
	}
	return unix.Mount("sysfs", "sys", "sysfs", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, "")
}

func (r *root) mountShm() error {
	return unix.Mount("none", "dev/shm", "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, "mode=1777,size="+r.spec.ShmSize)
}

func (r *root) mountPts() error {
	return unix.Mount("none", "dev/pts", "devpts", unix.MS_NOSUID|unix.MS_NOEXEC, "newinstance,mode=0620,ptmxmode=0666")
}

// pivot makes the root "/" and lets go of the host's file systems.
// Stacking the old root over the new one needs no directory to put it in.
func (r *root) pivot() error {
	if err := unix.PivotRoot(".", "."); err != nil {
		return err
	}
	if err := unix.Unmount(".", unix.MNT_DETACH); err != nil {
		return fmt.Errorf("let go of the host's root: %w", err)
	}
	return unix.Chdir("/")
}

// seal makes read-only what is left of the root itself: builders find that
// they cannot make /homeless-shelter, whoever they are outside. One who is root may
// need other directories there.
func (r *root) seal() error {
	if r.spec.isRoot() {
		return nil
	}
	attr := unix.MountAttr{Attr_set: unix.MOUNT_ATTR_RDONLY | unix.MOUNT_ATTR_NOSUID}
	return unix.MountSetattr(unix.AT_FDCWD, "/", 0, &attr)
}
