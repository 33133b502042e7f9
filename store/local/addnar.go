package local

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strconv"

	"nixbench/store"
	"nixbench/store/githash"
	"nixbench/store/nar"
	"nixbench/store/nixhash"
)

// AddNAR adds the object that info describes from its archive in r, unless it
// is valid: then nothing is read. The archive must be what info says in size
// and hash, and in its content address if it has one; else errors.As finds a
// [*store.HashMismatch], or the error says what is wrong. Nothing beyond
// info.NarSize bytes is read, and nothing at all if there is no room for so many: then
// errors.Is finds ENOSPC. For the rest see [Store.Register]. Whether to
// trust info is for the caller to decide before.
func (st *Store) AddNAR(ctx context.Context, info *store.PathInfo, r io.Reader) error {
	err := st.addOnce(ctx, info.Path, info.References, func(dir string) (*store.PathInfo, error) {
		if err := st.checkRoom(info.NarSize); err != nil {
			return nil, err
		}
		return info, restoreChecked(ctx, info, r, filepath.Join(dir, info.Path.Base()))
	})
	if err != nil {
		return fmt.Errorf("add %s: %w", info.Path, err)
	}
	return nil
}

// RepairNAR puts the object that info describes, from its archive in r, in the place of a
// valid path. See [Store.AddNAR] and [Store.Replace].
func (st *Store) RepairNAR(ctx context.Context, info *store.PathInfo, r io.Reader) error {
	if err := st.Writable(); err != nil {
		return fmt.Errorf("repair '%s': %w", info.Path, err)
	}
	dir, remove, err := st.TempDir(ctx)
	if err != nil {
		return fmt.Errorf("repair '%s': %w", info.Path, err)
	}
	defer remove()
	file := filepath.Join(dir, info.Path.Base())
	if err = st.checkRoom(info.NarSize); err == nil {
		err = restoreChecked(ctx, info, r, file)
	}
	if err != nil {
		return fmt.Errorf("repair '%s': %w", info.Path, err)
	}
	unlock, err := st.LockPaths(ctx, []store.Path{info.Path})
	if err != nil {
		return fmt.Errorf("repair '%s': %w", info.Path, err)
	}
	defer unlock()
	return st.Replace(ctx, info, file)
}

// restoreChecked makes the object at file from its archive.
func restoreChecked(ctx context.Context, info *store.PathInfo, r io.Reader, file string) error {
	if info.NarSize <= 0 {
		return fmt.Errorf("got NAR size %d, want a positive one", info.NarSize)
	}
	narHash := nixhash.New(nixhash.SHA256)
	limited := &io.LimitedReader{R: store.StopReader(ctx, r), N: info.NarSize}
	in := bufio.NewReader(io.TeeReader(limited, narHash))
	if err := nar.Restore(in, file, nar.RestoreOptions{MaxSize: info.NarSize}); err != nil {
		return err
	}
	if rest, err := io.Copy(io.Discard, in); err != nil {
		return err
	} else if rest > 0 {
		return fmt.Errorf("got %d bytes after the archive, want none", rest)
	}
	if narHash.Size() != info.NarSize {
		return fmt.Errorf("got an archive of %d bytes, want %d", narHash.Size(), info.NarSize)
	}
	if got := narHash.Sum(); got != info.NarHash {
		return &store.HashMismatch{Path: info.Path, Want: info.NarHash, Got: got}
	}
	return checkContentAddress(ctx, info, file)
}

// checkContentAddress compares the object at file with the content address
// that info claims, if any.
func checkContentAddress(ctx context.Context, info *store.PathInfo, file string) error {
	if info.CA == "" {
		return nil
	}
	ca, err := store.ParseContentAddress(info.CA)
	if err != nil {
		return err
	}
	if ca.Method == store.Git {
		got, err := githash.Sum(ctx, file, ca.Hash.Algo(), nil)
		if err == nil && got != ca.Hash {
			err = &store.HashMismatch{Path: info.Path, Want: ca.Hash, Got: got, OfCA: true}
		}
		return err
	}
	h := nixhash.New(ca.Hash.Algo())
	sink := &selfBlanker{digest: info.Path.Digest(), w: h}
	switch ca.Method {
	case store.NAR:
		err = nar.Dump(sink, file, nil)
	case store.Flat, store.Text:
		err = dumpFlat(io.Discard, sink, file)
	default:
		return fmt.Errorf("content address %s: unknown method", info.CA)
	}
	if err == nil {
		err = sink.finish()
	}
	if err != nil {
		return err
	}
	if got := h.Sum(); got != ca.Hash {
		return &store.HashMismatch{Path: info.Path, Want: ca.Hash, Got: got, OfCA: true}
	}
	return nil
}

// A selfBlanker passes on what is written to it with every occurrence of a
// digest replaced by as many zero bytes, and at the end the places where it
// was, each as "|" and decimal digits: what the hash of an object that
// contains its own digest is taken over.
//
// Behaviour: Nix 2.34, references.cc HashModuloSink.
type selfBlanker struct {
	digest string
	w      io.Writer

	tail   []byte // not yet passed on: less than a digest
	passed int64  // bytes passed on
	found  []int64
}

// Write takes contents.
func (s *selfBlanker) Write(b []byte) (int, error) {
	s.tail = append(s.tail, b...)
	n := len(s.digest)
	for at := 0; at+n <= len(s.tail); {
		if string(s.tail[at:at+n]) == s.digest {
			s.found = append(s.found, s.passed+int64(at))
			clear(s.tail[at : at+n])
			at += n
		} else {
			at++
		}
	}
	if whole := len(s.tail) - n + 1; whole > 0 {
		if _, err := s.w.Write(s.tail[:whole]); err != nil {
			return 0, err
		}
		s.passed += int64(whole)
		s.tail = append(s.tail[:0], s.tail[whole:]...)
	}
	return len(b), nil
}

// finish passes on the rest.
func (s *selfBlanker) finish() error {
	if _, err := s.w.Write(s.tail); err != nil {
		return err
	}
	for _, at := range s.found {
		if _, err := io.WriteString(s.w, "|"+strconv.FormatInt(at, 10)); err != nil {
			return err
		}
	}
	return nil
}
