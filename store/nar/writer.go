package nar

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

// Writer writes an archive, object by object: the root first, then what is in
// a directory right after it, sorted by name. It is not safe for concurrent
// use.
type Writer struct {
	enc     *encoder
	started bool
	left    int64 // bytes of contents still to be written
	size    int64 // of the contents being written, -1 if none are
	dirs    []openDir
}

// openDir is a directory whose entries are being written or read.
type openDir struct {
	path string // of the directory
	last string // name of the entry written or read last
}

// NewWriter returns a Writer of one archive to w.
func NewWriter(w io.Writer) *Writer { return &Writer{enc: newEncoder(w), size: -1} }

// WriteHeader begins the next object. The contents of the file before must be
// complete. It refuses what would make no archive.
func (w *Writer) WriteHeader(h *Header) error {
	if err := w.begin(h); err != nil {
		w.enc.fail(fmt.Errorf("write NAR: object %q: %w", h.Path, err))
	}
	return w.enc.err
}

func (w *Writer) begin(h *Header) error {
	if err := w.finishFile(); err != nil {
		return err
	}
	if err := w.place(h.Path); err != nil {
		return err
	}
	switch h.Type {
	case Regular:
		if h.Size < 0 {
			return fmt.Errorf("size %d", h.Size)
		}
		w.left, w.size = h.Size, h.Size
	case Symlink:
		if err := checkTarget(h.Target); err != nil {
			return err
		}
	case Directory:
	default:
		return fmt.Errorf("type %q, want regular, symlink or directory", h.Type)
	}
	w.enc.header(h)
	switch {
	case h.Type == Directory:
		w.dirs = append(w.dirs, openDir{path: h.Path})
	case h.Type == Symlink && len(w.dirs) > 0:
		w.enc.strings(")") // of the entry
	}
	return nil
}

// place closes directories up to the one that path is in, and begins an entry.
func (w *Writer) place(path string) error {
	if !w.started {
		if path != "" {
			return errors.New("archive does not begin with its root")
		}
		w.started = true
		w.enc.strings(magic)
		return nil
	}
	parent, name := "", path
	if i := strings.LastIndexByte(path, '/'); i >= 0 {
		parent, name = path[:i], path[i+1:]
	}
	if err := checkName(name); err != nil {
		return err
	}
	for len(w.dirs) > 0 && w.dirs[len(w.dirs)-1].path != parent {
		w.closeDir()
	}
	if len(w.dirs) == 0 {
		return errors.New("not in the directory before it")
	}
	if len(w.dirs) >= MaxDepth {
		return fmt.Errorf("directories nest deeper than %d", MaxDepth)
	}
	top := &w.dirs[len(w.dirs)-1]
	if name <= top.last {
		return fmt.Errorf("comes after %q", top.last)
	}
	top.last = name
	w.enc.entry(name)
	return nil
}

func (w *Writer) closeDir() {
	w.dirs = w.dirs[:len(w.dirs)-1]
	w.enc.strings(")")
	if len(w.dirs) > 0 {
		w.enc.strings(")")
	}
}

func (w *Writer) finishFile() error {
	if w.left > 0 {
		return fmt.Errorf("%d bytes of the file before are missing", w.left)
	}
	if w.size >= 0 {
		w.enc.pad(w.size)
		w.enc.strings(")")
		if len(w.dirs) > 0 {
			w.enc.strings(")")
		}
	}
	w.size = -1
	return nil
}

// Write writes contents of the current file, no more than its size.
func (w *Writer) Write(b []byte) (int, error) {
	if w.enc.err == nil && int64(len(b)) > w.left {
		w.enc.fail(fmt.Errorf("write NAR: %d bytes more than the file's size", int64(len(b))-w.left))
	}
	if w.enc.err != nil {
		return 0, w.enc.err
	}
	w.enc.write(b)
	w.left -= int64(len(b))
	return len(b), w.enc.err
}

// Close ends the archive. It does not close the underlying writer.
func (w *Writer) Close() error {
	if w.enc.err != nil {
		return w.enc.err
	}
	if !w.started {
		w.enc.fail(errors.New("write NAR: no root"))
		return w.enc.err
	}
	if err := w.finishFile(); err != nil {
		w.enc.fail(fmt.Errorf("write NAR: %w", err))
	}
	for len(w.dirs) > 0 {
		w.closeDir()
	}
	w.enc.flush()
	return w.enc.err
}
