//go:build linux && (amd64 || arm64)

package sandbox

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A root is the file system of a sandbox: a tmpfs with mount points in it. Its methods
// add to the script what makes it.
//
// Mounts are made by descriptor: a source is opened where it is, a target
// beneath the root without following any symbolic link, and the one is then
// attached to the other. No path is looked up twice. Sources are opened first,
// by whoever started us; everything after is done by the builder's user.
type root struct {
	*script
	spec    *Spec
	sources []source
	fd      slot            // of the root
	store   slot            // of the mounted store directory, where most mounts go; or nil
	made    map[string]bool // directories of the root that are there by now
}

// A source is something of the host that is to be mounted.
type source struct {
	Mount
	fd   slot // nil for what is copied
	stat unix.Stat_t
	link string // the target of a symbolic link
}

// openSources opens what is to be mounted. Nothing that is mounted from here
// on is seen outside. What kind of file a source is is looked at beforehand: if it
// becomes another, it cannot be mounted.
func (r *root) openSources() error {
	r.begin("open inputs")
	r.what = "make mounts private"
	r.do(unix.SYS_MOUNT, "", "/", "", unix.MS_PRIVATE|unix.MS_REC, 0)
	spec := r.spec
	mounts := []Mount{
		{Source: spec.TmpSource, Target: "/tmp", Writable: true}, // first: the others may be in it
		{Source: spec.StoreSource, Target: spec.StoreDir, Writable: true},
		{Source: spec.BuildSource, Target: spec.BuildDir, Writable: true},
	}
	for _, name := range Devices(spec.KVM) {
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
			return setupError(r.step, fmt.Errorf("%s: %w", m.Source, err))
		}
	}
	return nil
}

func (r *root) openSource(m Mount) error {
	s := source{Mount: m}
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
	err := unix.Lstat(m.Source, &s.stat)
	if errors.Is(err, unix.ENOENT) && m.Optional {
		return nil
	}
	if err == nil && s.stat.Mode&unix.S_IFMT == unix.S_IFLNK {
		s.link, err = os.Readlink(m.Source)
	}
	if err != nil {
		return err
	}
	if s.link == "" {
		r.what = s.Source
		s.fd = r.into(r.do(unix.SYS_OPENAT, unix.AT_FDCWD, m.Source, unix.O_PATH|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0))
	}
	r.sources = append(r.sources, s)
	return nil
}

// mountRoot mounts the root over the directory above the build directory, which
// is open by now. From then on names are relative to it.
func (r *root) mountRoot() {
	r.begin("mount root")
	place := filepath.Dir(r.spec.BuildSource)
	r.what = place
	uid, gid := r.spec.inside()
	options := fmt.Sprintf("mode=0750,uid=%d,gid=%d", uid, gid)
	r.do(unix.SYS_MOUNT, "none", place, "tmpfs", unix.MS_NOSUID, options)
	r.fd = r.into(r.do(unix.SYS_OPENAT, unix.AT_FDCWD, place, unix.O_PATH|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0))
	r.do(unix.SYS_FCHDIR, r.fd)
}

// makeSkeleton makes what every sandbox has of directories, links and files.
func (r *root) makeSkeleton() {
	r.begin("make directories")
	r.do(unix.SYS_UMASK, 0o022)
	r.made = map[string]bool{"/": true}
	for _, name := range []string{"dev", "dev/shm", "dev/pts", "etc", "proc"} {
		r.what = "mkdir /" + name
		r.do(unix.SYS_MKDIRAT, r.fd, name, 0o755)
		r.made["/"+name] = true
	}
	for _, link := range [][2]string{
		{"fd", "/proc/self/fd"}, {"stdin", "/proc/self/fd/0"}, {"stdout", "/proc/self/fd/1"},
		{"stderr", "/proc/self/fd/2"}, {"ptmx", "/dev/pts/ptmx"},
	} {
		r.what = "symlink /dev/" + link[0]
		r.do(unix.SYS_SYMLINKAT, link[1], r.fd, "dev/"+link[0])
	}
	files := r.etcFiles()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		r.writeFile("etc/"+name, files[name])
	}
	if !r.spec.isRoot() {
		r.do(unix.SYS_FCHMODAT, r.fd, "etc", 0o555)
	}
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

func (r *root) writeFile(name, text string) {
	r.what = "write /" + name
	file := r.into(r.do(unix.SYS_OPENAT, r.fd, name, unix.O_CREAT|unix.O_EXCL|unix.O_WRONLY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0o644))
	r.do(unix.SYS_WRITE, file, text, len(text)).want(len(text))
	r.do(unix.SYS_CLOSE, file)
}

// mountSources makes the sources visible.
func (r *root) mountSources() {
	r.begin("mount inputs")
	for i := range r.sources {
		s := &r.sources[i]
		r.what = s.Source + " at " + s.Target
		r.attach(s)
		if s.Target == r.spec.StoreDir {
			r.store = r.openBeneath(s.Target)
		}
	}
}

func (r *root) attach(s *source) {
	parent, name, release := r.parentOf(s.Target)
	defer release()
	switch {
	case s.Source == Self && s.fd == nil:
		r.copySelf(parent, name)
		return
	case s.link != "":
		r.copyLink(s.link, parent, name)
		return
	case s.stat.Mode&unix.S_IFMT == unix.S_IFDIR:
		r.do(unix.SYS_MKDIRAT, parent, name, 0o755).ignore(unix.EEXIST, 0)
		maps.DeleteFunc(r.made, func(dir string, _ bool) bool { return strings.HasPrefix(dir, s.Target+"/") })
		r.made[s.Target] = true
	default:
		r.do(unix.SYS_MKNODAT, parent, name, unix.S_IFREG|0o444, 0).ignore(unix.EEXIST, 0)
	}
	r.graft(s.fd, parent, name, s.Writable)
	r.do(unix.SYS_CLOSE, s.fd)
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

// copySelf makes name a copy of the running executable, which was replaced
// or removed since it was started.
func (r *root) copySelf(parent slot, name string) {
	var running unix.Stat_t
	if unix.Stat(Self, &running) != nil {
		running.Size = 0 // which is not what will be copied
	}
	source := r.into(r.do(unix.SYS_OPENAT, unix.AT_FDCWD, Self, unix.O_RDONLY|unix.O_CLOEXEC, 0))
	file := r.into(r.do(unix.SYS_OPENAT, parent, name, unix.O_CREAT|unix.O_EXCL|unix.O_WRONLY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0o555))
	r.do(unix.SYS_SENDFILE, file, source, 0, int(running.Size)).want(int(running.Size))
	r.do(unix.SYS_CLOSE, file)
	r.do(unix.SYS_CLOSE, source)
}

// graft attaches a copy of the mount at source to name in parent.
func (r *root) graft(source, parent slot, name string, writable bool) {
	what := r.what
	r.what = what + ": open_tree"
	tree := r.into(r.do(unix.SYS_OPEN_TREE, source, "", unix.OPEN_TREE_CLONE|unix.OPEN_TREE_CLOEXEC|unix.AT_RECURSIVE|unix.AT_EMPTY_PATH))
	attr := &unix.MountAttr{Attr_set: unix.MOUNT_ATTR_NOSUID}
	if !writable {
		attr.Attr_set |= unix.MOUNT_ATTR_RDONLY | unix.MOUNT_ATTR_NODEV
	}
	r.what = what + ": mount_setattr"
	r.setAttr(tree, unix.AT_EMPTY_PATH|unix.AT_RECURSIVE, attr)
	r.what = what
	target := r.openBelow(parent, name)
	r.what = what + ": move_mount"
	r.do(unix.SYS_MOVE_MOUNT, tree, "", target, "", unix.MOVE_MOUNT_F_EMPTY_PATH|unix.MOVE_MOUNT_T_EMPTY_PATH)
	r.do(unix.SYS_CLOSE, target)
	r.do(unix.SYS_CLOSE, tree)
	r.what = what
}

// setAttr changes a mount's attributes.
func (r *root) setAttr(mount slot, flags int, attr *unix.MountAttr) {
	r.do(unix.SYS_MOUNT_SETATTR, mount, "", flags, unsafe.Pointer(attr), int(unsafe.Sizeof(*attr)))
}

// copyLink makes a symbolic link of a store object's time.
func (r *root) copyLink(link string, parent slot, name string) {
	r.do(unix.SYS_SYMLINKAT, link, parent, name)
	second := unix.Timespec{Sec: 1}
	r.do(unix.SYS_UTIMENSAT, parent, name, unsafe.Pointer(&[]unix.Timespec{second, second}[0]), unix.AT_SYMLINK_NOFOLLOW)
}

// parentOf returns a descriptor of the directory that target goes into, which
// is made if it is missing, and target's last component.
func (r *root) parentOf(target string) (dir slot, name string, release func()) {
	parent, name := path.Split(target)
	parent = path.Clean(parent)
	switch {
	case parent == "/":
		return r.fd, name, func() {}
	case parent == r.spec.StoreDir && r.store != nil:
		return r.store, name, func() {}
	}
	r.makeDirs(parent)
	fd := r.openBeneath(parent)
	return fd, name, func() { r.do(unix.SYS_CLOSE, fd) }
}

// makeDirs makes dir and those above it, unless they are there.
func (r *root) makeDirs(dir string) {
	if r.made[dir] {
		return
	}
	r.makeDirs(path.Dir(dir))
	parent := r.openBeneath(path.Dir(dir))
	r.do(unix.SYS_MKDIRAT, parent, path.Base(dir), 0o755).ignore(unix.EEXIST, 0)
	r.do(unix.SYS_CLOSE, parent)
	r.made[dir] = true
}

// openBeneath opens an absolute path inside the root for use as a place.
func (r *root) openBeneath(name string) slot { return r.openBelow(r.fd, "."+name) }

// openBelow opens name below dir, following no symbolic link.
func (r *root) openBelow(dir slot, name string) slot {
	how := &unix.OpenHow{
		Flags:   unix.O_PATH | unix.O_NOFOLLOW | unix.O_CLOEXEC,
		Resolve: unix.RESOLVE_BENEATH | unix.RESOLVE_NO_SYMLINKS,
	}
	return r.into(r.do(unix.SYS_OPENAT2, dir, name, unsafe.Pointer(how), int(unsafe.Sizeof(*how))))
}

// mountProc mounts a /proc that shows the processes of the sandbox alone.
func (r *root) mountProc() {
	r.begin("mount proc")
	r.do(unix.SYS_MOUNT, "proc", "proc", "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, 0)
	const callsEach = 2
	r.do(unix.SYS_FACCESSAT, unix.AT_FDCWD, "proc/sys/kernel/core_pattern", unix.W_OK).ignore(anyError, callsEach*len(machineFiles))
	for _, file := range machineFiles {
		r.what = file
		r.sealFile("proc/" + file)
	}
}

// machineFiles are what in /proc is the machine's, and not of processes. The kernel
// lets its root write there without asking for a capability, and takes a builder for
// root that runs in a user namespace which has only him.
var machineFiles = []string{"sys", "sysrq-trigger", "acpi", "bus", "driver", "fs", "irq", "scsi", "tty"}

// sealFile makes a file or directory of the new root read-only, if it is there.
func (r *root) sealFile(name string) {
	r.do(unix.SYS_MOUNT, name, name, "", unix.MS_BIND|unix.MS_REC, 0).ignore(unix.ENOENT, 1)
	attr := &unix.MountAttr{Attr_set: unix.MOUNT_ATTR_RDONLY}
	r.do(unix.SYS_MOUNT_SETATTR, unix.AT_FDCWD, name, unix.AT_RECURSIVE, unsafe.Pointer(attr), int(unsafe.Sizeof(*attr)))
}

// mountSys mounts a /sys for a builder who is root, as containers need one: it shows
// the network of the sandbox, and the rest as any user sees it.
func (r *root) mountSys() {
	r.begin("mount /sys")
	if r.spec.isRoot() {
		r.do(unix.SYS_MKDIRAT, r.fd, "sys", 0o755)
		r.do(unix.SYS_MOUNT, "sysfs", "sys", "sysfs", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, 0)
	}
}

func (r *root) mountShm() {
	r.begin("mount /dev/shm")
	r.do(unix.SYS_MOUNT, "none", "dev/shm", "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, "mode=1777,size="+r.spec.ShmSize)
}

func (r *root) mountPts() {
	r.begin("mount /dev/pts")
	r.do(unix.SYS_MOUNT, "none", "dev/pts", "devpts", unix.MS_NOSUID|unix.MS_NOEXEC, "newinstance,mode=0620,ptmxmode=0666")
}

// pivot makes the root "/" and lets go of the host's file systems.
// Stacking the old root over the new one needs no directory to put it in.
func (r *root) pivot() {
	r.begin("pivot root")
	r.do(unix.SYS_PIVOT_ROOT, ".", ".")
	r.what = "let go of the host's root"
	r.do(unix.SYS_UMOUNT2, ".", unix.MNT_DETACH)
	r.do(unix.SYS_CHDIR, "/")
}

// seal makes read-only what is left of the root itself: builders find that
// they cannot make /homeless-shelter, whoever they are outside. One who is root may
// need other directories there.
func (r *root) seal() {
	r.begin("make / read-only")
	if r.spec.isRoot() {
		return
	}
	attr := &unix.MountAttr{Attr_set: unix.MOUNT_ATTR_RDONLY | unix.MOUNT_ATTR_NOSUID}
	r.do(unix.SYS_MOUNT_SETATTR, unix.AT_FDCWD, "/", 0, unsafe.Pointer(attr), int(unsafe.Sizeof(*attr)))
}
