package why

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"
)

// Place says where in a file system object a digest stands.
type Place uint8

// The places.
const (
	InContents Place = iota + 1
	InTarget         // what a symbolic link points to
	InName           // the name of a file, or of a directory
)

// String returns the place in a word.
func (p Place) String() string {
	switch p {
	case InContents:
		return "contents"
	case InTarget:
		return "target"
	case InName:
		return "name"
	}
	return ""
}

// Occurrence is where a reference stands.
type Occurrence struct {
	// File is relative to the object, slash-separated; "" is the object itself.
	File  string
	Place Place
	// Offset is where the digest starts, in bytes from the start of the
	// contents, target or name.
	Offset int64
	// Context is what stands around the digest, with dots for all that is not
	// printable ASCII. Digest is where in Context it starts.
	Context string
	Digest  int
}

// OccurrenceOptions bound a search. The zero value bounds nothing.
type OccurrenceOptions struct {
	// PerFile is how many occurrences in the contents of one file are told, 0
	// for all.
	PerFile int
}

// How many bytes of context are told before a digest and after its start.
const (
	contextBefore = 32
	contextAfter  = 96
	searchBuffer  = 256 << 10
)

// Occurrences finds a digest in the object at root: a path's files, read where
// they really are, see [store.Reader.RealPath]. Files come in the order of
// their names, and nothing is read ahead of the caller. The sequence ends with
// an error if ctx is cancelled or the object cannot be read; a file below it
// that cannot be read is told as an error and passed over.
func Occurrences(ctx context.Context, root, digest string, opts OccurrenceOptions) iter.Seq2[Occurrence, error] {
	return func(yield func(Occurrence, error) bool) {
		if digest == "" {
			yield(Occurrence{}, errors.New("find references: no digest"))
			return
		}
		s := &search{ctx: ctx, digest: []byte(digest), opts: opts, yield: yield}
		err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			rel := strings.TrimPrefix(strings.TrimPrefix(filepath.ToSlash(file), filepath.ToSlash(root)), "/")
			switch {
			case err != nil && rel == "":
				return err
			case err != nil:
				return s.tell(Occurrence{}, err)
			}
			return s.object(file, rel, entry)
		})
		if err != nil && !errors.Is(err, fs.SkipAll) {
			yield(Occurrence{}, fmt.Errorf("find references in %s: %w", root, err))
		}
	}
}

// search is one run of Occurrences. Its methods return fs.SkipAll once the
// caller wants no more.
type search struct {
	ctx    context.Context
	digest []byte
	opts   OccurrenceOptions
	yield  func(Occurrence, error) bool
}

func (s *search) tell(o Occurrence, err error) error {
	if !s.yield(o, err) {
		return fs.SkipAll
	}
	return nil
}

func (s *search) object(file, rel string, entry fs.DirEntry) error {
	if rel != "" {
		if err := s.text(rel, InName, entry.Name()); err != nil {
			return err
		}
	}
	switch {
	case entry.Type()&fs.ModeSymlink != 0:
		target, err := os.Readlink(file)
		if err != nil {
			return s.tell(Occurrence{}, err)
		}
		return s.text(rel, InTarget, target)
	case entry.Type().IsRegular():
		return s.contents(file, rel)
	}
	return nil
}

// text tells of a digest in a name or target.
func (s *search) text(rel string, place Place, text string) error {
	at := strings.Index(text, string(s.digest))
	if at < 0 {
		return nil
	}
	return s.found(rel, place, int64(at), []byte(text), at)
}

// contents tells of the digests in a file.
func (s *search) contents(file, rel string) error {
	f, err := os.Open(file)
	if err != nil {
		return s.tell(Occurrence{}, err)
	}
	defer f.Close()
	var (
		buf    = make([]byte, 0, searchBuffer)
		offset int64 // of buf[0]
		next   int   // where in buf to search on
		told   int
		atEnd  bool
	)
	for !atEnd {
		if s.ctx.Err() != nil {
			return s.ctx.Err()
		}
		n, err := f.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if err == io.EOF {
			atEnd = true
		} else if err != nil {
			return s.tell(Occurrence{}, err)
		}
		for {
			at := bytes.Index(buf[next:], s.digest)
			// What follows a digest is told too, so it must be in the buffer.
			if at < 0 || (!atEnd && next+at+contextAfter > len(buf)) {
				break
			}
			at += next
			if err := s.found(rel, InContents, offset+int64(at), buf, at); err != nil {
				return err
			}
			if told++; told == s.opts.PerFile {
				return nil
			}
			next = at + len(s.digest)
		}
		if len(buf) == cap(buf) {
			keep := contextBefore + contextAfter + len(s.digest)
			drop := len(buf) - keep
			buf = buf[:copy(buf, buf[drop:])]
			offset += int64(drop)
			next = max(0, next-drop)
		}
	}
	return nil
}

// found tells of a digest at text[at:].
func (s *search) found(rel string, place Place, offset int64, text []byte, at int) error {
	start, end := max(0, at-contextBefore), min(len(text), at+contextAfter)
	return s.tell(Occurrence{
		File: rel, Place: place, Offset: offset, Context: printable(text[start:end]), Digest: at - start,
	}, nil)
}

func printable(b []byte) string {
	out := bytes.Clone(b)
	for i, c := range out {
		if c < ' ' || c > '~' {
			out[i] = '.'
		}
	}
	return string(out)
}
