package build

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// A buildUser is who a builder is outside the sandbox. If we are not root it
// is who we are. Root's builders get a user each that nobody else has, so that
// nothing on the machine is theirs.
type buildUser struct {
	uid, gid int
	lock     *os.File // nil if there is nothing to give back
}

// Nix's settings start-id and id-count, and how many users it gives a build.
const (
	firstBuildID  = 872415232
	buildIDCount  = 8388608
	idsPerBuilder = 65536
)

// nobody is a user without anything, where others are not to be had.
const nobody = 65534

// claimUser finds a user for a build. State is the store's state directory,
// where C++ Nix and we agree on who has which.
func claimUser(state string) (*buildUser, error) {
	if os.Geteuid() != 0 {
		return &buildUser{uid: os.Geteuid(), gid: os.Getegid()}, nil
	}
	return claimSlot(state, readIDMap("/proc/self/uid_map"), readIDMap("/proc/self/gid_map"))
}

// claimSlot finds a user among those that our own user namespace has.
func claimSlot(state string, uids, gids idMap) (*buildUser, error) {
	if !uids.has(firstBuildID) || !gids.has(firstBuildID) {
		if uids.has(nobody) && gids.has(nobody) {
			return &buildUser{uid: nobody, gid: nobody}, nil
		}
		return &buildUser{uid: os.Geteuid(), gid: os.Getegid()}, nil
	}
	dir := filepath.Join(state, "userpool2")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	for slot := range buildIDCount / idsPerBuilder {
		id := firstBuildID + slot*idsPerBuilder
		if !uids.has(id) || !gids.has(id) {
			break
		}
		file, err := os.OpenFile(filepath.Join(dir, fmt.Sprintf("slot-%d", slot)), os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return nil, err
		}
		if unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB) == nil {
			return &buildUser{uid: id, gid: id, lock: file}, nil
		}
		file.Close()
	}
	return nil, errors.New("find a user for the builder: all are in use")
}

// release gives the user back.
func (u *buildUser) release() {
	if u.lock != nil {
		u.lock.Close()
	}
}

// isOther reports whether what the builder makes is not ours yet.
func (u *buildUser) isOther() bool { return u.uid != os.Geteuid() }

// give makes a file or directory the builder's.
func (u *buildUser) give(file string) error {
	if !u.isOther() {
		return nil
	}
	return os.Lchown(file, u.uid, u.gid)
}

// maxDepth is how deep directories may be nested in a store object.
const maxDepth = 64

// own makes ours what the builder's user made at file. Whatever belongs to
// anyone else must have been put there by a trick.
func (u *buildUser) own(file string) error {
	parent, err := unix.Open(filepath.Dir(file), unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(parent)
	return u.ownAt(parent, filepath.Base(file), 1)
}

// ownAt does so with what is called name in the directory parent, following no
// links.
func (u *buildUser) ownAt(parent int, name string, depth int) error {
	var info unix.Stat_t
	if err := unix.Fstatat(parent, name, &info, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return err
	}
	isDir := info.Mode&unix.S_IFMT == unix.S_IFDIR
	isSeen := int(info.Uid) == os.Geteuid() && !isDir && info.Nlink > 1 // by another name
	if int(info.Uid) != u.uid && !isSeen {
		return fmt.Errorf("suspicious ownership of '%s': user %d", name, info.Uid)
	}
	if err := unix.Fchownat(parent, name, os.Geteuid(), os.Getegid(), unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return err
	}
	if !isDir {
		return nil
	}
	if depth >= maxDepth {
		return errors.New("directories are nested too deep")
	}
	fd, err := unix.Openat(parent, name, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	dir := os.NewFile(uintptr(fd), name)
	defer dir.Close()
	names, err := dir.Readdirnames(-1)
	if err != nil {
		return err
	}
	for _, inside := range names {
		if err := u.ownAt(fd, inside, depth+1); err != nil {
			return fmt.Errorf("%s/%w", name, err)
		}
	}
	return nil
}

// An idMap is the users or groups that a user namespace has, as ranges.
type idMap [][2]int // first and how many

// readIDMap reads a file such as /proc/self/uid_map. Where there is none, as
// on other systems than Linux, there are no namespaces either.
func readIDMap(file string) idMap {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	var m idMap
	for line := range strings.Lines(string(data)) {
		var inside, outside, count int
		if n, _ := fmt.Sscan(line, &inside, &outside, &count); n == 3 {
			m = append(m, [2]int{inside, count})
		}
	}
	return m
}

func (m idMap) has(id int) bool {
	for _, r := range m {
		if id >= r[0] && id-r[0] < r[1] {
			return true
		}
	}
	return false
}
