package filecache

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math/bits"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// The files of a generation are called so and end with one of the suffixes.
const (
	packName  = "pack"
	indexName = "index"
)

// suffixes are those of this generation and of the previous one.
var suffixes = [...]string{"", ".previous"}

// Both files begin with a header: the magic, then a number that only the two of
// them have. An index then has records: the key, and in little-endian order 8
// bytes of offset into the pack, 4 of length and 4 of checksum.
const (
	magic      = "nixbench files 1"
	headerSize = len(magic) + 16
	recordSize = len(Key{}) + 8 + 4 + 4
	indexLimit = 64 << 20 // bytes of an index; a larger one is not read
)

// A record says where in a pack an entry is.
type record struct {
	key    Key
	offset int64
	size   int
	sum    uint32 // see checksum
}

func (r record) appendTo(buf []byte) []byte {
	buf = append(buf, r.key[:]...)
	buf = binary.LittleEndian.AppendUint64(buf, uint64(r.offset))
	buf = binary.LittleEndian.AppendUint32(buf, uint32(r.size))
	return binary.LittleEndian.AppendUint32(buf, r.sum)
}

func parseRecord(b []byte) (r record) {
	b = b[copy(r.key[:], b):]
	r.offset = int64(binary.LittleEndian.Uint64(b))
	r.size = int(binary.LittleEndian.Uint32(b[8:]))
	r.sum = binary.LittleEndian.Uint32(b[12:])
	return r
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// checksum returns the checksum of an entry under its key.
func checksum(key Key, entry []byte) uint32 {
	return crc32.Update(crc32.Checksum(key[:], castagnoli), castagnoli, entry)
}

// A pack is a file of entries that is open, with its index as it was then. It
// belongs to one goroutine at a time.
type pack struct {
	file, indexFile int
	size            int64  // of the pack, when it was opened
	records         []byte // of the index
	slots           []uint32
	// slots is a hash table with open addressing: 1 + the number of a record.

	window   []byte // of the pack, from windowAt on
	windowAt int64
	next     int64 // where the entry that was read last ends
	ahead    int   // how much was read at once the last time
}

// openPack opens the files of a generation.
func openPack(dir, suffix string, mode int) (p *pack, err error) {
	p = &pack{file: -1, indexFile: -1}
	defer func() {
		if err != nil {
			p.close()
			p = nil
		}
	}()
	if p.indexFile, _, err = openFile(filepath.Join(dir, indexName+suffix), mode); err != nil {
		return p, err
	}
	if p.file, p.size, err = openFile(filepath.Join(dir, packName+suffix), mode); err != nil {
		return p, err
	}
	return p, p.readIndex()
}

// openFile opens a file that is ours alone to write, and returns its size.
func openFile(name string, mode int) (fd int, size int64, err error) {
	fd, err = unix.Open(name, mode|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0o600)
	if err != nil {
		return -1, 0, &os.PathError{Op: "open", Path: name, Err: err}
	}
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return fd, 0, &os.PathError{Op: "stat", Path: name, Err: err}
	}
	if st.Mode&unix.S_IFMT != unix.S_IFREG || !ours(&st) {
		return fd, 0, fmt.Errorf("open %s: not a file that only this user can write", name)
	}
	return fd, st.Size, nil
}

// ours reports whether nobody but this user can write what st is about.
func ours(st *unix.Stat_t) bool {
	return int(st.Uid) == os.Geteuid() && st.Mode&0o022 == 0
}

var errForeign = errors.New("read index: not one of a cache of files")

// readIndex reads the records that are there, and makes the table.
func (p *pack) readIndex() error {
	var st unix.Stat_t
	if err := unix.Fstat(p.indexFile, &st); err != nil {
		return fmt.Errorf("read index: %v", err)
	}
	if st.Size < int64(headerSize) || st.Size > indexLimit {
		return errForeign
	}
	index := make([]byte, st.Size)
	head := make([]byte, headerSize)
	if err := readFull(p.indexFile, index, 0); err != nil {
		return fmt.Errorf("read index: %v", err)
	}
	if err := readFull(p.file, head, 0); err != nil {
		return fmt.Errorf("read pack: %v", err)
	}
	if string(head) != string(index[:headerSize]) || string(head[:len(magic)]) != magic {
		return errForeign
	}
	n := (len(index) - headerSize) / recordSize
	p.records = index[headerSize : headerSize+n*recordSize]
	p.slots = make([]uint32, 1<<bits.Len(uint(2*n)))
	for i := range n {
		slot := p.slot(p.records[i*recordSize:])
		p.slots[slot] = uint32(i) + 1
	}
	return nil
}

// slot returns the slot of a key, or the free one where it could be. Of several
// records with one key, the last counts.
func (p *pack) slot(key []byte) uint32 {
	mask := uint32(len(p.slots) - 1)
	for i := binary.LittleEndian.Uint32(key) & mask; ; i = (i + 1) & mask {
		n := p.slots[i]
		if n == 0 || string(p.records[int(n-1)*recordSize:][:len(Key{})]) == string(key[:len(Key{})]) {
			return i
		}
	}
}

// find returns the record of a key.
func (p *pack) find(key Key) (r record, ok bool) {
	n := p.slots[p.slot(key[:])]
	if n == 0 {
		return r, false
	}
	return parseRecord(p.records[int(n-1)*recordSize:]), true
}

// What is read at once, in bytes, as long as entries are wanted in about the order in
// which they are in the pack, as they are when the same is evaluated again.
const (
	leastAhead = 16 << 10
	mostAhead  = 256 << 10
	nearby     = 64 << 10 // what may lie between two entries that are in order
)

// read reads an entry.
func (p *pack) read(r record) ([]byte, error) {
	if r.size == 0 || r.size > entryLimit || r.offset < int64(headerSize) {
		return nil, errForeign
	}
	skipped := r.offset - p.next
	p.next = r.offset + int64(r.size)
	if r.size > mostAhead {
		entry := make([]byte, r.size)
		return entry, readFull(p.file, entry, r.offset)
	}
	if r.offset < p.windowAt || p.next > p.windowAt+int64(len(p.window)) {
		if skipped < 0 || skipped > nearby {
			p.ahead = 0
		} else {
			p.ahead = min(max(2*p.ahead, leastAhead), mostAhead)
		}
		if err := p.readWindow(r.offset, max(r.size, p.ahead)); err != nil {
			return nil, err
		}
	}
	from := r.offset - p.windowAt
	if from+int64(r.size) > int64(len(p.window)) {
		return nil, errForeign // torn
	}
	return bytes.Clone(p.window[from : from+int64(r.size)]), nil
}

// readWindow reads so much of the pack, or what is left of it.
func (p *pack) readWindow(offset int64, size int) error {
	if cap(p.window) < size {
		p.window = make([]byte, mostAhead)
	}
	p.window, p.windowAt = p.window[:size], offset
	n, err := readAt(p.file, p.window, offset)
	p.window = p.window[:n]
	return err
}

// readAt reads until buf is full or the file ends.
func readAt(fd int, buf []byte, offset int64) (n int, err error) {
	for n < len(buf) {
		m, err := unix.Pread(fd, buf[n:], offset+int64(n))
		if err == unix.EINTR {
			continue
		}
		if err != nil || m <= 0 {
			return n, err
		}
		n += m
	}
	return n, nil
}

func readFull(fd int, buf []byte, offset int64) error {
	n, err := readAt(fd, buf, offset)
	if err == nil && n < len(buf) {
		err = errForeign
	}
	return err
}

// close closes the files.
func (p *pack) close() {
	for _, fd := range []int{p.file, p.indexFile} {
		if fd >= 0 {
			unix.Close(fd)
		}
	}
}
