package eval

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"path"
	"slices"
	"sync"

	"nixbench/engine/syntax"
)

// A FileCache keeps what was made of the texts of files, by keys that say all that it
// depends on. It is safe for concurrent use.
type FileCache interface {
	// ID tells the program that makes entries from every other; it is part of keys.
	// It is "" if there is no cache.
	ID() string
	// Get returns an entry, exactly as it was put, for the caller to keep; nil if
	// there is none.
	Get(key FileKey) []byte
	// Put keeps a copy of an entry, or does not.
	Put(key FileKey, entry []byte)
}

// A FileKey is a hash of a text and of all else that decides what is made of it.
type FileKey = [sha256.Size]byte

// A fileCache is a FileCache as one Evaluator uses it.
type fileCache struct {
	store FileCache
	once  sync.Once
	// circumstances says all but the text that decides what is made of a text; nil if
	// there is no cache. Once sees to it.
	circumstances []byte
}

// prepare makes the circumstances, and reports whether there is a cache.
func (c *fileCache) prepare(ev *Evaluator) bool {
	if c.store == nil {
		return false
	}
	c.once.Do(func() {
		id := c.store.ID()
		if id == "" {
			return
		}
		opts := *ev.parseOptions("") // without directory: a tape has paths as they were written
		opts.Symbols, opts.Positions = nil, nil
		globals := ev.GlobalNames()
		slices.Sort(globals)
		c.circumstances = fmt.Appendf(nil, "%q %+v %q %t\n", id, opts, globals, ev.apart())
	})
	return c.circumstances != nil
}

// key returns the key of a text.
func (c *fileCache) key(text []byte) (key FileKey) {
	h := sha256.New()
	h.Write(c.circumstances)
	h.Write(text)
	h.Sum(key[:0])
	return key
}

// parseFile is parse for the text of a file, whose result may be in the cache. It
// keeps nothing of text but in the syntax.File.
func (s *State) parseFile(file string, text []byte, scope *Scope) (n node, f *syntax.File, size int) {
	opts := s.ev.parseOptions(path.Dir(file))
	opts.Poll, opts.Beside = s.poll, s.beside
	src, cache := bytesToString(text), &s.ev.fileCache
	if scope != nil || !cache.prepare(s.ev) {
		tape, f, size := s.parse(file, src, opts, scope)
		return s.compile(tape, scope), f, size
	}
	key := cache.key(text)
	if entry := cache.store.Get(key); entry != nil {
		if tape, f, size, err := loadFile(entry, file, src, opts); err == nil {
			s.warnings(f)
			return s.compile(tape, nil), f, size
		}
	}
	tape, f, size := s.parse(file, src, opts, nil)
	if entry, ok := syntax.AppendTape(binary.AppendUvarint(s.entry[:0], uint64(size)), tape, f, symbols); ok {
		cache.store.Put(key, entry)
		if s.entry = entry; cap(entry) > maxFileText {
			s.entry = nil
		}
	}
	return s.compile(tape, nil), f, size
}

// loadFile is what parse returns, out of an entry, which it keeps: the size of the
// frame, and then the tape.
func loadFile(entry []byte, file, src string, opts *syntax.Options) (*syntax.Tape, *syntax.File, int, error) {
	size, n := binary.Uvarint(entry)
	if n <= 0 {
		return nil, nil, 0, fmt.Errorf("load %s: malformed", file)
	}
	tape, f, err := syntax.LoadTape(bytesToString(entry[n:]), file, src, opts)
	return tape, f, int(size), err
}
