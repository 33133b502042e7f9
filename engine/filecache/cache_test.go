package filecache

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"golang.org/x/sys/unix"
)

// wrong returns a log that says what is wrong.
func wrong(t *testing.T) func(string) {
	return func(msg string) {
		if !strings.Contains(msg, "found") {
			t.Error(msg)
		}
	}
}

// entry returns an entry and its key.
func entry(i int) (Key, []byte) {
	text := strings.Repeat(fmt.Sprintf("entry %d\n", i), 1+i%700)
	return sha256.Sum256([]byte(text)), []byte(text)
}

// fill puts the entries from to to-1 into a directory.
func fill(t *testing.T, dir string, from, to int) {
	t.Helper()
	c := New(dir, wrong(t))
	for i := from; i < to; i++ {
		c.Put(entry(i))
	}
	c.Close()
}

// found returns how many of the entries from to to-1 a cache has. None may be other
// than it was.
func found(t *testing.T, c *Cache, from, to int) (n int) {
	t.Helper()
	for i := from; i < to; i++ {
		key, want := entry(i)
		got := c.Get(key)
		if got == nil {
			continue
		}
		if !bytes.Equal(got, want) {
			t.Fatalf("entry %d is another", i)
		}
		n++
	}
	return n
}

// expect says how many of the entries from to to-1 a directory has.
func expect(t *testing.T, dir string, from, to, want int) {
	t.Helper()
	c := New(dir, func(msg string) { t.Log(msg) })
	defer c.Close()
	if got := found(t, c, from, to); got != want {
		t.Errorf("got %d of the entries %d to %d, want %d", got, from, to-1, want)
	}
}

func TestKeep(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	expect(t, dir, 0, 1000, 0)
	if _, err := os.Stat(dir); err == nil {
		t.Error("reading made the directory")
	}
	fill(t, dir, 0, 1000)
	expect(t, dir, 0, 1000, 1000)
	fill(t, dir, 500, 1500) // half of them again
	expect(t, dir, 0, 2000, 1500)
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the directory: %v, %v", info.Mode(), err)
	}
	size := 0
	for i := range 1500 {
		_, e := entry(i)
		size += len(e)
	}
	for name, want := range map[string]int{"pack": headerSize + size, "index": headerSize + 1500*recordSize} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Size() != int64(want) || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has %d bytes, want %d; %v, %v", name, info.Size(), want, info.Mode(), err)
		}
	}
}

// What a cache has written while it goes on is there for itself, too.
func TestFlush(t *testing.T) {
	c := New(t.TempDir(), wrong(t))
	defer c.Close()
	key, text := Key{}, bytes.Repeat([]byte("x"), flushFrom)
	for i := range 3 {
		key[0] = byte(i + 1)
		c.Put(key, text)
	}
	if got := c.Get(key); !bytes.Equal(got, text) {
		t.Errorf("got %d bytes, want %d", len(got), len(text))
	}
	c.Put(Key{9}, make([]byte, entryLimit+1))
	if c.Get(Key{9}) != nil {
		t.Error("there is an entry that is too large")
	}
}

// What is used is kept when the pack is full, what is not goes.
func TestGenerations(t *testing.T) {
	dir := t.TempDir()
	for from := 1000; from < 6000; from += 100 {
		c := New(dir, wrong(t))
		c.limit = 1 << 20
		if n := found(t, c, 0, 100); n != 0 && n != 100 {
			t.Errorf("%d of the entries that are used are there", n)
		}
		for i := range 100 {
			c.Put(entry(i))
			c.Put(entry(from + i))
		}
		c.Close()
	}
	expect(t, dir, 0, 100, 100)
	expect(t, dir, 1000, 2000, 0)
	var size int64
	err := filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil {
			size += info.Size()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if size > 4<<20 {
		t.Errorf("the directory has %d bytes", size)
	}
}

// Whatever is done to the files, no entry is another, and the cache recovers.
func TestDamage(t *testing.T) {
	whole := t.TempDir()
	fill(t, whole, 0, 300)
	damages := map[string]func([]byte) []byte{
		"empty":     func([]byte) []byte { return nil },
		"short":     func(b []byte) []byte { return b[:len(b)/2-1] },
		"no header": func(b []byte) []byte { return b[headerSize:] },
		"zeros":     func(b []byte) []byte { clear(b[len(b)/2:]); return b },
		"noise": func(b []byte) []byte {
			for i := headerSize; i < len(b); i += 1001 {
				b[i] ^= 0x40
			}
			return b
		},
		"larger": func(b []byte) []byte { return append(b, bytes.Repeat([]byte("more"), 1000)...) },
		"later":  func(b []byte) []byte { b[len(magic)-1]++; return b },
	}
	for name, damage := range damages {
		for _, file := range []string{"pack", "index"} {
			dir := t.TempDir()
			for _, f := range []string{"pack", "index"} {
				b, err := os.ReadFile(filepath.Join(whole, f))
				if err == nil && f == file {
					b = damage(b)
				}
				if err == nil {
					err = os.WriteFile(filepath.Join(dir, f), b, 0o600)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			for range 2 {
				c := New(dir, nil)
				found(t, c, 0, 300)
				for i := range 300 {
					c.Put(entry(i))
				}
				c.Close()
			}
			c := New(dir, nil)
			if n := found(t, c, 0, 300); n != 300 {
				t.Errorf("%s %s: %d of 300 entries after it was written again", name, file, n)
			}
			c.Close()
		}
	}
}

// A directory that cannot be used, or that others can write, is no cache and no error.
func TestNoCache(t *testing.T) {
	others := t.TempDir()
	fill(t, others, 0, 10)
	if err := os.Chmod(others, 0o777); err != nil {
		t.Fatal(err)
	}
	linked := t.TempDir()
	fill(t, linked, 0, 10)
	if err := os.Rename(linked+"/pack", linked+"/there"); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("there", linked+"/pack"); err != nil {
		t.Fatal(err)
	}
	shared := t.TempDir()
	fill(t, shared, 0, 10)
	if err := os.Chmod(shared+"/index", 0o666); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	dirs := []string{others, linked, shared, file, file + "/below", "/proc/nowhere"}
	if os.Geteuid() == 0 {
		home := t.TempDir()
		if err := os.Chown(home, 1000, 1000); err != nil {
			t.Fatal(err)
		}
		dirs = append(dirs, home+"/.cache/files")
	}
	for _, dir := range dirs {
		told := 0
		c := New(dir, func(msg string) {
			if !strings.Contains(msg, "found") {
				told++
			}
		})
		if n := found(t, c, 0, 10); n != 0 {
			t.Errorf("%s has %d entries", dir, n)
		}
		c.Put(entry(1))
		c.Close()
		if told == 0 {
			t.Errorf("%s: nothing was said", dir)
		}
	}
}

// Several may read and write one directory at a time.
func TestTogether(t *testing.T) {
	dir := t.TempDir()
	var all sync.WaitGroup
	for w := range 4 {
		all.Go(func() {
			for round := range 8 {
				c := New(dir, wrong(t))
				var readers sync.WaitGroup
				for range 2 {
					readers.Go(func() {
						found(t, c, 0, 400)
						for i := range 100 {
							c.Put(entry(50*w + i + 25*round))
						}
					})
				}
				readers.Wait()
				c.Close()
			}
		})
	}
	all.Wait()
	fill(t, dir, 0, 425)
	expect(t, dir, 0, 425, 425)
}

// Whoever is in the way of writing is not waited for long.
func TestBusy(t *testing.T) {
	dir := t.TempDir()
	fill(t, dir, 0, 1)
	fd, err := unix.Open(filepath.Join(dir, lockName), unix.O_RDWR, 0)
	if err == nil {
		err = unix.Flock(fd, unix.LOCK_SH)
	}
	if err != nil {
		t.Fatal(err)
	}
	fill(t, dir, 1, 2)
	expect(t, dir, 0, 2, 1)
	unix.Close(fd)
	fill(t, dir, 1, 2)
	expect(t, dir, 0, 2, 2)
}

// FuzzPack pins that whatever bytes the files have, no entry is another.
func FuzzPack(f *testing.F) {
	dir := f.TempDir()
	c := New(dir, nil)
	for i := range 3 {
		c.Put(entry(i))
	}
	c.Close()
	pack, err := os.ReadFile(filepath.Join(dir, packName))
	if err != nil {
		f.Fatal(err)
	}
	index, err := os.ReadFile(filepath.Join(dir, indexName))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(pack, index)
	f.Add(pack[:headerSize], index)
	f.Add(pack, index[:len(index)-1])
	f.Fuzz(func(t *testing.T, pack, index []byte) {
		dir := t.TempDir()
		for name, b := range map[string][]byte{packName: pack, indexName: index} {
			if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		c := New(dir, nil)
		found(t, c, 0, 4)
		c.Put(entry(3))
		c.Close()
	})
}

func TestID(t *testing.T) {
	c := New(t.TempDir(), wrong(t))
	if first, again := c.ID(), c.ID(); first == "" || first != again {
		t.Errorf("the ID is %q, then %q", first, again)
	}
	if id, err := buildID("/proc/self/maps"); err == nil {
		t.Errorf("a text has the build ID %q", id)
	}
}
