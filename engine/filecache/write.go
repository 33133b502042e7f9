package filecache

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// lockName is the file whose lock those hold who write.
const lockName = "lock"

// errBusy reports that others are writing.
var errBusy = errors.New("lock directory: others are writing")

// checkDir returns an error unless a directory is ours alone to write. It is one
// for which errors.Is(err, [fs.ErrNotExist]) if there is none.
func checkDir(dir string) error {
	var st unix.Stat_t
	if err := unix.Lstat(dir, &st); err != nil {
		return &os.PathError{Op: "open", Path: dir, Err: err}
	}
	if st.Mode&unix.S_IFMT != unix.S_IFDIR || !ours(&st) {
		return fmt.Errorf("open %s: not a directory that only this user can write", dir)
	}
	return nil
}

// makeDir makes the directory if need be; not for root in the home directory of
// somebody else, who could not use it.
func makeDir(dir string) error {
	above := dir
	var st unix.Stat_t
	for unix.Stat(above, &st) != nil && above != filepath.Dir(above) {
		above = filepath.Dir(above)
	}
	if st.Uid != 0 && int(st.Uid) != os.Geteuid() {
		return fmt.Errorf("make %s: %s is of another user", dir, above)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return checkDir(dir)
}

// lockDir makes the directory if need be, and lets nobody else write there until unlock
// is called. If others write for longer than wait it returns errBusy.
func lockDir(dir string, wait time.Duration) (unlock func(), err error) {
	if err := makeDir(dir); err != nil {
		return nil, err
	}
	fd, _, err := openFile(filepath.Join(dir, lockName), os.O_RDWR|os.O_CREATE)
	if err != nil {
		if fd >= 0 {
			unix.Close(fd)
		}
		return nil, err
	}
	for start := time.Now(); ; time.Sleep(patience / 50) {
		err = unix.Flock(fd, unix.LOCK_EX|unix.LOCK_NB)
		if err == nil {
			return func() { unix.Close(fd) }, nil
		}
		if err != unix.EWOULDBLOCK && err != unix.EINTR {
			err = fmt.Errorf("lock directory: %v", err)
			break
		}
		if time.Since(start) >= wait {
			err = errBusy
			break
		}
	}
	unix.Close(fd)
	return nil, err
}

// remove removes the files of generations. Those who read them go on doing so.
func remove(dir string, suffixes []string) {
	for _, suffix := range suffixes {
		os.Remove(filepath.Join(dir, indexName+suffix))
		os.Remove(filepath.Join(dir, packName+suffix))
	}
}

// write appends entries to the pack of this generation, but for those that are there
// already. A pack of limit bytes becomes the previous one first. The caller holds
// the lock. Entries are moved about in data.
func write(dir string, limit int64, records []record, data []byte) error {
	if len(records) == 0 {
		return nil
	}
	p, err := openPack(dir, suffixes[0], os.O_RDWR)
	if err == nil && p.size >= limit {
		p.close()
		remove(dir, suffixes[1:])
		for _, name := range []string{packName, indexName} {
			if err := os.Rename(filepath.Join(dir, name), filepath.Join(dir, name+suffixes[1])); err != nil {
				return err
			}
		}
		err = errForeign
	}
	if err != nil {
		if p, err = newPack(dir); err != nil {
			return err
		}
	}
	defer p.close()
	return p.append(records, data)
}

// newPack makes the files of a new generation.
func newPack(dir string) (*pack, error) {
	remove(dir, suffixes[:1])
	head := make([]byte, headerSize)
	copy(head, magic)
	if _, err := rand.Read(head[len(magic):]); err != nil {
		return nil, fmt.Errorf("make pack: %v", err)
	}
	for _, name := range []string{packName, indexName} {
		fd, _, err := openFile(filepath.Join(dir, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL)
		if err == nil {
			err = writeAt(fd, head, 0)
		}
		if fd >= 0 {
			unix.Close(fd)
		}
		if err != nil {
			return nil, err
		}
	}
	return openPack(dir, suffixes[0], os.O_RDWR)
}

// append writes entries and then their records. What is in the way of it has been
// left by somebody who did not come to the end.
func (p *pack) append(records []record, data []byte) error {
	var index []byte
	n := 0
	for _, r := range records {
		if old, ok := p.find(r.key); ok && old.sum == r.sum && old.size == r.size {
			continue
		}
		n += copy(data[n:], data[r.offset:r.offset+int64(r.size)])
		r.offset = p.size + int64(n-r.size)
		index = r.appendTo(index)
	}
	err := writeAt(p.file, data[:n], p.size)
	if err == nil {
		err = writeAt(p.indexFile, index, int64(headerSize+len(p.records)))
	}
	return err
}

// writeAt writes all of buf.
func writeAt(fd int, buf []byte, offset int64) error {
	for len(buf) > 0 {
		n, err := unix.Pwrite(fd, buf, offset)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return fmt.Errorf("write: %v", err)
		}
		buf, offset = buf[n:], offset+int64(n)
	}
	return nil
}
