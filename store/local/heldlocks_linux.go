package local

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	osuser "os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"nixbench/store"
)

// A LockWatch tells which locks of paths in a store are held by other processes. It
// reads the store's directory again only when that has changed: a store in which
// nothing happens costs a system call each time. It is not safe for concurrent use.
type LockWatch struct {
	dir     store.Dir
	real    string // where its files are
	loose   bool   // the system names the device of a lock otherwise than that of its file
	read    time.Time
	changed time.Time
	files   []lockFile
}

// ProcessOf says what a process runs, and as which user; "" where that cannot be seen.
func ProcessOf(pid int) (program, user string) {
	dir := filepath.Join("/proc", strconv.Itoa(pid))
	if name, err := os.ReadFile(filepath.Join(dir, "comm")); err == nil {
		program = strings.TrimSpace(string(name))
	}
	if info, err := os.Stat(dir); err == nil {
		user = strconv.Itoa(int(info.Sys().(*syscall.Stat_t).Uid))
		if u, err := osuser.LookupId(user); err == nil {
			user = u.Username
		}
	}
	return program, user
}

// A lockFile is one in the store, held or left over.
type lockFile struct {
	name  string
	path  store.Path
	inode uint64
	dev   uint64
	since time.Time
}

// NewLockWatch watches the store with the logical directory dir, whose files are in
// real.
func NewLockWatch(dir store.Dir, real string) *LockWatch {
	w := &LockWatch{dir: dir, real: real}
	var st unix.Statfs_t
	if unix.Statfs(real, &st) == nil {
		w.loose = st.Type == unix.BTRFS_SUPER_MAGIC || st.Type == unix.OVERLAYFS_SUPER_MAGIC
	}
	return w
}

// Held returns the locks that other processes hold, by path.
func (w *LockWatch) Held(ctx context.Context) ([]HeldLock, error) {
	if err := w.list(); err != nil || len(w.files) == 0 {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	locks, err := readLocks()
	if err != nil {
		return nil, err
	}
	var held []HeldLock
	var again map[lockID][]int // what /proc says after a lock was found that it had not told of
	for _, f := range w.files {
		pids := w.holders(locks, f)
		if len(pids) == 0 {
			if !isSeenLocked(f.name) {
				continue
			}
			if again == nil {
				if again, err = readLocks(); err != nil {
					return nil, err
				}
			}
			if pids = w.holders(again, f); len(pids) == 0 {
				pids = []int{0}
			}
		}
		if !slices.Contains(pids, os.Getpid()) {
			held = append(held, HeldLock{Path: f.path, PID: pids[0], Since: f.since})
		}
	}
	return held, nil
}

// isSeenLocked is isLocked, but for what may not be opened.
func isSeenLocked(name string) bool {
	f, err := os.OpenFile(name, os.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
	if err != nil {
		return false
	}
	f.Close()
	return isLocked(name)
}

// holders are the processes that hold the lock of a file.
func (w *LockWatch) holders(locks map[lockID][]int, f lockFile) []int {
	if !w.loose {
		return locks[lockID{f.dev, f.inode}]
	}
	for id, pids := range locks {
		if id.inode == f.inode {
			return pids
		}
	}
	return nil
}

// list reads which lock files there are, unless the directory is as it was.
func (w *LockWatch) list() error {
	info, err := os.Stat(w.real)
	if err != nil {
		return fmt.Errorf("list locks: %w", err)
	}
	// A change in the very moment in which it was read may not show.
	if info.ModTime().Equal(w.changed) && w.read.Sub(w.changed) > time.Second {
		return nil
	}
	w.changed, w.read = info.ModTime(), time.Now()
	names, err := lockNames(w.real)
	if err != nil {
		return fmt.Errorf("list locks: %w", err)
	}
	w.files = nil
	for _, name := range names {
		p, ok := lockedPath(w.dir, name)
		if !ok {
			continue
		}
		f := lockFile{name: filepath.Join(w.real, name), path: p}
		info, err := os.Lstat(f.name)
		if errors.Is(err, fs.ErrNotExist) {
			continue // let go of just now
		} else if err != nil {
			return fmt.Errorf("list locks: %w", err)
		}
		st := info.Sys().(*syscall.Stat_t)
		f.inode, f.dev, f.since = st.Ino, st.Dev, info.ModTime()
		w.files = append(w.files, f)
	}
	slices.SortFunc(w.files, func(a, b lockFile) int { return strings.Compare(string(a.path), string(b.path)) })
	return nil
}

// lockNames returns the names in a directory that end as those of locks do. The others,
// of which there may be hundreds of thousands, are not so much as copied.
//
// Format: getdents64(2).
func lockNames(dir string) (names []string, err error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	const nameAt = int(unsafe.Offsetof(unix.Dirent{}.Name))
	buf := make([]byte, 64<<10)
	for {
		n, err := unix.Getdents(int(f.Fd()), buf)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil || n <= 0 {
			return names, os.NewSyscallError("getdents64", err)
		}
		for rest := buf[:n]; len(rest) > nameAt; {
			entry := rest[:binary.NativeEndian.Uint16(rest[unsafe.Offsetof(unix.Dirent{}.Reclen):])]
			rest = rest[len(entry):]
			name, _, _ := bytes.Cut(entry[nameAt:], []byte{0})
			if bytes.HasSuffix(name, []byte(lockSuffix)) {
				names = append(names, string(name))
			}
		}
	}
}

// A lockID is a file, as /proc/locks names it.
type lockID struct{ dev, inode uint64 }

// readLocks reads which processes hold locks of whole files.
//
// Format: proc_locks(5). Processes of other pid namespaces are not told of.
func readLocks() (map[lockID][]int, error) {
	data, err := os.ReadFile("/proc/locks")
	if err != nil {
		return nil, fmt.Errorf("list locks: %w", err)
	}
	return parseLocks(string(data)), nil
}

func parseLocks(text string) map[lockID][]int {
	locks := map[lockID][]int{}
	for line := range strings.Lines(text) {
		f := strings.Fields(line)
		if len(f) < 6 || f[1] != "FLOCK" || f[3] != "WRITE" { // those that wait have -> there
			continue
		}
		pid, err := strconv.Atoi(f[4])
		if err != nil || pid <= 0 {
			continue
		}
		var major, minor uint32
		var id lockID
		if _, err := fmt.Sscanf(f[5], "%x:%x:%d", &major, &minor, &id.inode); err != nil {
			continue
		}
		id.dev = unix.Mkdev(major, minor)
		locks[id] = append(locks[id], pid)
	}
	return locks
}
