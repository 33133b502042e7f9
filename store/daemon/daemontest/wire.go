package daemontest

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"

	"nixbench/store"
	"nixbench/store/nixhash"
)

// A wire reads and writes the parts of messages. An error is a panic of a
// connError, since tests have nothing better to do with it.
type wire struct {
	r   io.Reader
	w   io.Writer
	dir store.Dir
}

// A connError ends a connection.
type connError struct{ error }

func check(err error) {
	if err != nil {
		panic(connError{err})
	}
}

func (c *wire) number() uint64 {
	var b [8]byte
	_, err := io.ReadFull(c.r, b[:])
	check(err)
	return binary.LittleEndian.Uint64(b[:])
}

func (c *wire) text() string {
	n := c.number()
	b := make([]byte, (n+7)/8*8)
	_, err := io.ReadFull(c.r, b)
	check(err)
	return string(b[:n])
}

func (c *wire) words() (words []string) {
	for range c.number() {
		words = append(words, c.text())
	}
	return words
}

func (c *wire) path() store.Path {
	p, err := c.dir.ParsePath(c.text())
	check(err)
	return p
}

func (c *wire) paths() (paths []store.Path) {
	for range c.number() {
		paths = append(paths, c.path())
	}
	return paths
}

// framed reads data that comes in frames.
func (c *wire) framed() []byte {
	var b bytes.Buffer
	for n := c.number(); n > 0; n = c.number() {
		_, err := io.CopyN(&b, c.r, int64(n))
		check(err)
	}
	return b.Bytes()
}

// info reads what is known about a path.
func (c *wire) info(p store.Path) *store.PathInfo {
	info := &store.PathInfo{Path: p}
	info.Deriver = store.Path(c.text())
	var err error
	info.NarHash, err = nixhash.Parse(c.text(), nixhash.SHA256)
	check(err)
	info.References = c.paths()
	info.RegistrationTime, info.NarSize = int64(c.number()), int64(c.number())
	info.Ultimate = c.number() != 0
	info.Sigs = c.words()
	info.CA = c.text()
	return info
}

// put writes numbers, strings, paths and lists of those.
func (c *wire) put(values ...any) {
	var b []byte
	text := func(s string) {
		b = binary.LittleEndian.AppendUint64(b, uint64(len(s)))
		b = append(b, s...)
		b = append(b, make([]byte, (8-len(s)%8)%8)...)
	}
	for _, v := range values {
		switch v := v.(type) {
		case int:
			b = binary.LittleEndian.AppendUint64(b, uint64(v))
		case int64:
			b = binary.LittleEndian.AppendUint64(b, uint64(v))
		case bool:
			n := uint64(0)
			if v {
				n = 1
			}
			b = binary.LittleEndian.AppendUint64(b, n)
		case string:
			text(v)
		case store.Path:
			text(string(v))
		case []store.Path:
			b = binary.LittleEndian.AppendUint64(b, uint64(len(v)))
			for _, p := range v {
				text(string(p))
			}
		case []string:
			b = binary.LittleEndian.AppendUint64(b, uint64(len(v)))
			for _, s := range v {
				text(s)
			}
		default:
			panic(fmt.Sprintf("daemontest: unreachable: %T", v))
		}
	}
	_, err := c.w.Write(b)
	check(err)
}

// putInfo writes what is known about a path.
func (c *wire) putInfo(info *store.PathInfo) {
	c.put(info.Deriver, info.NarHash.Hex(), info.References, info.RegistrationTime, info.NarSize, info.Ultimate, info.Sigs, info.CA)
}
