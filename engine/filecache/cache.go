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
	"bytes"
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
	// flushFrom is how many bytes may wait to be written. What does not fit while
	// others write is not kept.
	flushFrom = 1 << 20
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

// Get returns an entry, of which it keeps no reference; nil if there is none.
func (c *Cache) Get(key Key) []byte {
	entry, sum, generation := c.read(key)
	if entry == nil {
		return nil
	}
	if sum != checksum(key, entry) {
		c.mu.Lock()
		c.damaged = true
		c.mu.Unlock()
		return nil
	}
	if generation > 0 {
		c.Put(key, entry)
	}
	return entry
}

// read returns an entry, and what its checksum should be.
func (c *Cache) read(key Key) (entry []byte, sum uint32, generation int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if i, ok := c.waiting[key]; ok {
		r := c.records[i]
		c.found++
		return bytes.Clone(c.pending[r.offset : r.offset+int64(r.size)]), r.sum, 0
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
		if entry, err := p.read(r); err == nil {
			c.found++
			return entry, r.sum, i
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

// Put keeps a copy of an entry. Most are written later, many at once.
func (c *Cache) Put(key Key, entry []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.waiting[key]; ok || len(entry) == 0 || len(entry) > entryLimit || c.off {
		return
	}
	c.put++
	r := record{key, 0, len(entry), checksum(key, entry)}
	if len(entry) > flushFrom/2 {
		c.write([]record{r}, entry, 0)
		return
	}
	if len(c.pending)+len(entry) > flushFrom && !c.flush(0) {
		return
	}
	if c.pending == nil {
		c.pending = make([]byte, 0, flushFrom)
	}
	r.offset = int64(len(c.pending))
	c.waiting[key] = len(c.records)
	c.records = append(c.records, r)
	c.pending = append(c.pending, entry...)
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

// flush writes what waits to be written, and reports whether nothing waits any more.
func (c *Cache) flush(wait time.Duration) bool {
	if len(c.records) == 0 && !c.damaged || !c.write(c.records, c.pending, wait) {
		return len(c.records) == 0
	}
	c.pending, c.records = c.pending[:0], c.records[:0]
	clear(c.waiting)
	return true
}

// write writes entries, unless others keep writing for so long. It reports whether it
// has.
func (c *Cache) write(records []record, data []byte, wait time.Duration) bool {
	if c.off {
		return false
	}
	unlock, err := lockDir(c.dir, wait)
	if errors.Is(err, errBusy) {
		return false
	}
	if err == nil {
		defer unlock()
		if c.damaged {
			remove(c.dir, suffixes[:])
		}
		err = write(c.dir, c.limit, records, data)
	}
	if err != nil {
		c.give(err)
		return false
	}
	c.damaged = false
	c.close() // and see what is there now
	return true
}
