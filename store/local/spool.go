package local

import (
	"bytes"
	"errors"
	"io"
	"path/filepath"

	"nixbench/store/nar"
)

// spoolSize is how much of an archive is kept in memory, in bytes. Nothing is
// written to disk for a smaller object that is valid already.
const spoolSize = 16 << 20

// A spool takes an archive of which the path is known only at its end: it keeps
// it in memory or, if it becomes large, restores it into a temporary directory.
type spool struct {
	stopped func() error // Err of the context of the call that it is for
	tempDir func() (dir string, remove func() error, err error)
	buf     bytes.Buffer

	file     string // where the object is restored, "" while in memory
	remove   func() error
	pipe     *io.PipeWriter
	restored chan error
	early    *earlySync // nil where nothing is made durable
}

// Write adds to the archive.
func (s *spool) Write(b []byte) (int, error) {
	if err := s.stopped(); err != nil {
		return 0, err
	}
	if s.pipe == nil && s.buf.Len()+len(b) > spoolSize {
		if err := s.spill(); err != nil {
			return 0, err
		}
	}
	if s.pipe != nil {
		s.early.made(len(b))
		return s.pipe.Write(b)
	}
	return s.buf.Write(b)
}

// spill goes over from memory to disk.
func (s *spool) spill() error {
	dir, remove, err := s.tempDir()
	if err != nil {
		return err
	}
	s.file, s.remove = filepath.Join(dir, "x"), remove
	r, w := io.Pipe()
	s.pipe, s.restored = w, make(chan error, 1)
	s.early.begin()
	head := bytes.NewReader(s.buf.Bytes())
	go func() { // finish and close wait for it
		err := nar.Restore(io.MultiReader(head, r), s.file, nar.RestoreOptions{})
		r.CloseWithError(cmpErr(err, io.ErrClosedPipe))
		s.restored <- err
	}()
	return nil
}

// cmpErr returns err, or other if it is nil.
func cmpErr(err, other error) error {
	if err != nil {
		return err
	}
	return other
}

// finish says that the archive is complete. An object on disk is too when it
// returns.
func (s *spool) finish() error {
	if s.pipe == nil {
		return nil
	}
	s.pipe.Close()
	s.pipe = nil
	s.buf = bytes.Buffer{}
	return errors.Join(<-s.restored, s.early.end())
}

// close deletes what was not moved away.
func (s *spool) close() {
	if s.pipe != nil {
		s.pipe.CloseWithError(errors.New("it was not finished"))
		<-s.restored
	}
	if s.remove != nil {
		s.remove()
	}
	s.early.end()
}
