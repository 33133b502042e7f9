//go:build linux && (amd64 || arm64)

package sandbox

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// A root is the file system of a sandbox while it is being made.
//
// Mounts are made by descriptor: a source is opened where it is, a target
// beneath the root without following any symbolic link, and the one is then
// attached to the other. No path is looked up twice.
type root struct {
	spec  *Spec
	fd    int // of the mounted root
	store int // of the mounted store directory, where most mounts go
}

// open puts the root and what is writable in it in place.
func (r *root) open() error {
	if err := unix.Mount("", "/", "", unix.MS_PRIVATE|unix.MS_REC, ""); err != nil {
		return fmt.Errorf("make mounts private: %w", err)
	}
	dir := r.spec.Root
	if err := unix.Mount(dir, dir, "", unix.MS_BIND|unix.MS_REC, ""); err != nil {
		return fmt.Errorf("bind %s: %w", dir, err)
	}
	var err error
	if r.fd, err = unix.Open(dir, unix.O_PATH|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0); err != nil {
		return &os.PathError{Op: "open", Path: dir, Err: err}
	}
	unix.Umask(0)
	for name, mode := range map[string]uint32{"dev": 0o755, "etc": 0o755, "proc": 0o755, "tmp": 0o777 | unix.S_ISVTX} {
		if err := unix.Mkdirat(r.fd, name, mode); err != nil && err != unix.EEXIST {
			return &os.PathError{Op: "mkdir", Path: "/" + name, Err: err}
		}
	}
	for _, m := range []Mount{
		{Source: filepath.Join(dir, "tmp"), Target: "/tmp", Writable: true},
		{Source: filepath.Join(dir, r.spec.StoreDir), Target: r.spec.StoreDir, Writable: true},
		{Source: r.spec.BuildDir, Target: r.spec.BuildPath, Writable: true},
	} {
		if err := r.mount(m); err != nil {
			return err
		}
	}
	r.store, err = r.openBeneath(r.spec.StoreDir)
	return err
}

// writeEtc makes the few files of /etc that programs look for.
func (r *root) writeEtc() error {
	files := map[string]string{
		"passwd": "root:x:0:0:Nix build user:/build:/noshell\n" +
			"nixbld:x:1000:100:Nix build user:/build:/noshell\n" +
			"nobody:x:65534:65534:Nobody:/:/noshell\n",
		"group": "root:x:0:\nnixbld:!:100:\nnogroup:x:65534:\n",
	}
	if r.spec.Network {
		files["nsswitch.conf"] = "hosts: files dns\nservices: files\n"
	} else {
		files["hosts"] = "127.0.0.1 localhost\n::1 localhost\n"
	}
	for name, text := range files {
		text = strings.ReplaceAll(text, ":/build:", ":"+r.spec.BuildPath+":")
		if err := r.writeFile("etc/"+name, text); err != nil {
			return err
		}
	}
	return nil
}

func (r *root) writeFile(name, text string) error {
	fd, err := unix.Openat(r.fd, name, unix.O_CREAT|unix.O_EXCL|unix.O_WRONLY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0o444)
	if err != nil {
		return &os.PathError{Op: "create", Path: "/" + name, Err: err}
	}
	defer unix.Close(fd)
	if _, err := unix.Write(fd, []byte(text)); err != nil {
		return &os.PathError{Op: "write", Path: "/" + name, Err: err}
	}
	return nil
}

// mountDevices shows the devices that do nothing but what every machine's do.
func (r *root) mountDevices() error {
	names := []string{"full", "null", "random", "tty", "urandom", "zero"}
	if r.spec.KVM {
		names = append(names, "kvm")
	}
	for _, name := range names {
		if err := r.mount(Mount{Source: "/dev/" + name, Target: "/dev/" + name, Writable: true}); err != nil {
			return err
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
	return nil
}

// mountInputs shows what the Spec names, and with the network its settings.
func (r *root) mountInputs() error {
	for _, m := range r.spec.Mounts {
		if err := r.mount(m); err != nil {
			return err
		}
	}
	if !r.spec.Network {
		return nil
	}
	for _, name := range []string{"/etc/resolv.conf", "/etc/services", "/etc/hosts"} {
		source, err := filepath.EvalSymlinks(name)
		if err != nil {
			continue // the host has none either
		}
		if err := r.mount(Mount{Source: source, Target: name, Optional: true}); err != nil {
			return err
		}
	}
	return nil
}

// mount makes one thing of the host visible.
func (r *root) mount(m Mount) error {
	if err := r.attach(m); err != nil {
		return fmt.Errorf("%s at %s: %w", m.Source, m.Target, err)
	}
	return nil
}

func (r *root) attach(m Mount) error {
	if m.Source == Self {
		file, err := selfFile()
		if err != nil {
			return err
		}
		if file == "" {
			return r.copySelf(m.Target)
		}
		m.Source = file
	}
	source, err := unix.Open(m.Source, unix.O_PATH|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if errors.Is(err, unix.ENOENT) && m.Optional {
		return nil
	}
	if err != nil {
		return err
	}
	defer unix.Close(source)
	var stat unix.Stat_t
	if err := unix.Fstat(source, &stat); err != nil {
		return err
	}
	parent, name, release, err := r.parentOf(m.Target)
	if err != nil {
		return err
	}
	defer release()
	switch stat.Mode & unix.S_IFMT {
	case unix.S_IFLNK:
		return copyLink(source, parent, name)
	case unix.S_IFDIR:
		err = unix.Mkdirat(parent, name, 0o755)
	default:
		err = unix.Mknodat(parent, name, unix.S_IFREG|0o444, 0)
	}
	if err != nil && err != unix.EEXIST {
		return err
	}
	return graft(source, parent, name, m.Writable)
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
	return unix.Mount("proc", filepath.Join(r.spec.Root, "proc"), "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, "")
}

func (r *root) mountShm() error {
	options := fmt.Sprintf("mode=1777,uid=%d,gid=%d,size=%s", UID, GID, r.spec.ShmSize)
	return r.mountFresh("tmpfs", "dev/shm", options)
}

func (r *root) mountPts() error {
	return r.mountFresh("devpts", "dev/pts", "newinstance,mode=0620,ptmxmode=0666")
}

// mountFresh mounts a file system that only this sandbox has.
func (r *root) mountFresh(fs, name, options string) error {
	if err := unix.Mkdirat(r.fd, name, 0o755); err != nil {
		return err
	}
	return unix.Mount("none", filepath.Join(r.spec.Root, name), fs, unix.MS_NOSUID, options)
}

// pivot makes the root "/" and lets go of the host's file systems.
// Stacking the old root over the new one needs no directory to put it in.
func (r *root) pivot() error {
	if err := unix.Fchdir(r.fd); err != nil {
		return err
	}
	if err := unix.PivotRoot(".", "."); err != nil {
		return err
	}
	if err := unix.Unmount(".", unix.MNT_DETACH); err != nil {
		return fmt.Errorf("let go of the host's root: %w", err)
	}
	return unix.Chdir("/")
}

// seal makes read-only what is left of the root itself: builders find that
// they cannot make /homeless-shelter, whoever they are outside.
func (r *root) seal() error {
	attr := unix.MountAttr{Attr_set: unix.MOUNT_ATTR_RDONLY | unix.MOUNT_ATTR_NOSUID}
	return unix.MountSetattr(unix.AT_FDCWD, "/", 0, &attr)
}
