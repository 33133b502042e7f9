// Package filecache keeps what was made of files, by keys that say all that it
// depends on, in a directory that several processes may use at once.
//
// The directory holds two generations of a pair of files: a pack, which is entries
// one behind the other, and its index. Entries are only ever appended, under a lock
// that readers do without. When the pack is full it becomes the previous one, and what
// is used of that is copied to the new one before it goes: so the directory has a
// bounded size and keeps what is wanted.
//
// Whatever is wrong with the directory, there is merely no cache then. An entry has a
// checksum; one that is torn or damaged counts as missing, and the directory begins
// anew. The whole directory may be deleted at any time.
package filecache

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"time"
)

// A Key names an entry: a hash of all that the entry depends on. What has the same
// key is the same.
type Key = [sha256.Size]byte

const (
	// packLimit is the size from which on a pack is full, in bytes.
	packLimit = 128 << 20
	// entryLimit is the size of the largest entry.
	entryLimit = packLimit / 8
	// flushFrom is from how many bytes on what waits is written, and mostPending how
	// many may wait while others write.
	flushFrom   = 1 << 20
	mostPending = 8 << 20
)

// A Cache is a directory of entries. It is safe for concurrent use, and looks at
// nothing before it is asked.
type Cache struct {
	dir   string
	limit int64 // see packLimit
	log   func(string)

	// mu guards the fields below.
	mu      sync.Mutex
	id      string // see ID
	opened  bool
	off     bool        // there is no cache, and will be none
	damaged bool        // an entry was not what was written
	packs   [2]*pack    // of this generation and the previous one; nil if there is none
	pending []byte      // entries to write, one behind the other
	records []record    // of pending; offsets are into it
	waiting map[Key]int // index into records

	found, put int // entries
}

// New returns the cache in a directory, which need not exist. Log is told what was
// found, and why there is no cache if there is none; nil drops that.
func New(dir string, log func(string)) *Cache {
	return &Cache{dir: dir, limit: packLimit, log: log, waiting: make(map[Key]int)}
}

// Get appends an entry to buf; it returns nil if there is none.
func (c *Cache) Get(key Key, buf []byte) []byte {
	data, sum, generation := c.read(key, buf)
	if data == nil {
		return nil
	}
	entry := data[len(buf):]
	if sum != checksum(key, entry) {
		c.mu.Lock()
		c.damaged = true
		c.mu.Unlock()
		return nil
	}
	if generation > 0 {
		c.Put(key, entry)
	}
	return data
}

// read appends an entry to buf, and returns what its checksum should be.
func (c *Cache) read(key Key, buf []byte) (data []byte, sum uint32, generation int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if i, ok := c.waiting[key]; ok {
		r := c.records[i]
		c.found++
		return append(buf, c.pending[r.offset:r.offset+int64(r.size)]...), r.sum, 0
	}
	c.open()
	for i, p := range c.packs {
		if p == nil {
			continue
		}
		r, ok := p.find(key)
		if !ok {
			continue
		}
		if data, err := p.read(r, buf); err == nil {
			c.found++
			return data, r.sum, i
		}
		c.damaged = true
	}
	return nil, 0, 0
}

// open opens the packs, the first time.
func (c *Cache) open() {
	if c.opened || c.off {
		return
	}
	c.opened = true
	if err := checkDir(c.dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		c.give(err)
		return
	}
	for i, suffix := range suffixes {
		p, err := openPack(c.dir, suffix, os.O_RDONLY)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			c.tell(err)
		}
		c.packs[i] = p
	}
}

// close closes the packs.
func (c *Cache) close() {
	for i, p := range c.packs {
		if p != nil {
			p.close()
		}
		c.packs[i] = nil
	}
	c.opened = false
}

// give gives the cache up.
func (c *Cache) give(err error) {
	c.tell(err)
	c.off, c.pending, c.records = true, nil, nil
	clear(c.waiting)
}

func (c *Cache) tell(what any) {
	if c.log != nil {
		c.log(fmt.Sprintf("cache of files: %v", what))
	}
}

// Put keeps a copy of an entry, which is written later.
func (c *Cache) Put(key Key, entry []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(entry) == 0 || len(entry) > entryLimit || c.off || len(c.pending) > mostPending {
		return
	}
	if _, ok := c.waiting[key]; ok {
		return
	}
	c.put++
	if c.pending == nil {
		c.pending = make([]byte, 0, flushFrom+flushFrom/4)
	}
	c.waiting[key] = len(c.records)
	c.records = append(c.records, record{key, int64(len(c.pending)), len(entry), checksum(key, entry)})
	c.pending = append(c.pending, entry...)
	if len(c.pending) >= flushFrom {
		c.flush(0)
	}
}

// patience is how long Close waits for others that are writing.
const patience = 100 * time.Millisecond

// Close writes what waits to be written, and lets go of the files.
func (c *Cache) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.found+c.put > 0 {
		c.tell(fmt.Sprintf("%d entries found, %d put", c.found, c.put))
	}
	c.flush(patience)
	c.close()
	c.off = true
}

// flush writes what waits to be written, unless others keep writing for so long.
func (c *Cache) flush(wait time.Duration) {
	if c.off || len(c.records) == 0 && !c.damaged {
		return
	}
	unlock, err := lockDir(c.dir, wait)
	if errors.Is(err, errBusy) {
		return
	}
	if err == nil {
		defer unlock()
		if c.damaged {
			remove(c.dir, suffixes[:])
		}
		err = write(c.dir, c.limit, c.records, c.pending)
	}
	if err != nil {
		c.give(err)
		return
	}
	c.pending, c.records, c.damaged = c.pending[:0], c.records[:0], false
	clear(c.waiting)
	c.close() // and see what is there now
}
