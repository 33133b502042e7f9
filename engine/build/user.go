package build

import (
	"errors"
	"fmt"
	"math"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"nixbench/engine/settings"
	"nixbench/store/nar"
)

// A buildUser is who a builder is outside the sandbox. If we are not root it
// is who we are. Root's builders get a user each that nobody else has, so that
// nothing on the machine is theirs.
type buildUser struct {
	uid, gid int
	count    int      // how many users and groups, from uid and gid on
	lock     *os.File // nil if there is nothing to give back
	// owned are the files of several names that were the builder's and are ours now.
	owned map[inode]bool
}

// An inode is a file, whatever its names are.
type inode struct{ dev, ino uint64 }

// nobody is a user without anything, where others are not to be had.
const nobody = 65534

// A userPool is whom root's builders can be.
type userPool struct {
	// state is the store's state directory, where C++ Nix and we agree on who has
	// which.
	state      string
	first, all int // settings start-id and id-count
	count      int // how many a builder needs
	uids, gids idMap
}

// claimUser finds count users for a build.
func claimUser(state string, s *settings.Settings, count int) (*buildUser, error) {
	if os.Geteuid() != 0 {
		return &buildUser{uid: os.Geteuid(), gid: os.Getegid(), count: 1}, nil
	}
	if s.StartID <= 0 || s.IDCount <= 0 || s.IDCount%settings.IDsPerBuilder != 0 || s.StartID > math.MaxUint32-s.IDCount {
		return nil, fmt.Errorf("find a user for the builder: settings 'start-id' and 'id-count' are %d and %d, want a multiple of %d of users after 0 and below %d",
			s.StartID, s.IDCount, settings.IDsPerBuilder, math.MaxUint32)
	}
	pool := userPool{
		state: state, first: int(s.StartID), all: int(s.IDCount), count: count,
		uids: readIDMap("/proc/self/uid_map"), gids: readIDMap("/proc/self/gid_map"),
	}
	return pool.claim()
}

// claim finds users among those that our own user namespace has.
func (p *userPool) claim() (*buildUser, error) {
	if !p.has(p.first) {
		switch {
		case p.count > 1:
			return nil, fmt.Errorf("find %d users for the builder: this user namespace does not have those from %d on", p.count, p.first)
		case p.uids.has(nobody, 1) && p.gids.has(nobody, 1):
			return &buildUser{uid: nobody, gid: nobody, count: 1}, nil
		}
		return &buildUser{uid: os.Geteuid(), gid: os.Getegid(), count: 1}, nil
	}
	dir := filepath.Join(p.state, "userpool2")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	for slot := range p.all / settings.IDsPerBuilder {
		id := p.first + slot*settings.IDsPerBuilder
		if !p.has(id) {
			break
		}
		file, err := os.OpenFile(filepath.Join(dir, fmt.Sprintf("slot-%d", slot)), os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return nil, err
		}
		if unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB) != nil {
			file.Close()
			continue
		}
		if owner, err := user.LookupId(strconv.Itoa(id)); err == nil {
			file.Close()
			return nil, fmt.Errorf("auto-allocated UID %d clashes with existing user account '%s'", id, owner.Username)
		}
		return &buildUser{uid: id, gid: id, count: p.count, lock: file}, nil
	}
	return nil, errors.New("find a user for the builder: all are in use")
}

// has reports whether a builder can have the users and groups from id on.
func (p *userPool) has(id int) bool { return p.uids.has(id, p.count) && p.gids.has(id, p.count) }

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

// own makes ours what the builder's user made at file. Whatever belongs to
// anyone else must have been put there by a trick.
func (u *buildUser) own(file string) error {
	parent, err := unix.Open(filepath.Dir(file), unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(parent)
	return below(filepath.Dir(file), u.ownAt(parent, filepath.Base(file), 1))
}

// below returns an error about what is in dir, which says where in it if it is one of
// depth.
func below(dir string, err error) error {
	var deep *nar.DepthError
	if errors.As(err, &deep) {
		return &nar.DepthError{File: filepath.Join(dir, deep.File)}
	}
	return err
}

// ownAt does so with what is called name in the directory parent, following no
// links.
func (u *buildUser) ownAt(parent int, name string, depth int) error {
	if depth > nar.MaxDepth {
		return &nar.DepthError{File: name}
	}
	var info unix.Stat_t
	if err := unix.Fstatat(parent, name, &info, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return err
	}
	isDir := info.Mode&unix.S_IFMT == unix.S_IFDIR
	file := inode{uint64(info.Dev), info.Ino} //nolint:unconvert // not everywhere of that type
	isSeen := u.owned[file]                   // by another name
	if (int(info.Uid) < u.uid || int(info.Uid) >= u.uid+u.count) && !isSeen {
		return fmt.Errorf("suspicious ownership of '%s': user %d", name, info.Uid)
	}
	if err := unix.Fchownat(parent, name, os.Geteuid(), os.Getegid(), unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return err
	}
	if !isDir {
		if info.Nlink > 1 {
			if u.owned == nil {
				u.owned = make(map[inode]bool)
			}
			u.owned[file] = true
		}
		return nil
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
			return below(name, fmt.Errorf("%s/%w", name, err))
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

// has reports whether there are count from id on, in one range.
func (m idMap) has(id, count int) bool {
	for _, r := range m {
		if id >= r[0] && id-r[0] <= r[1]-count {
			return true
		}
	}
	return false
}
