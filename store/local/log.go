package local

// The log of a build is plain while it is written, so that it can be followed,
// and compressed when the build has ended. Nix reads both. A crash leaves the
// plain one.

import (
	"compress/bzip2"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"

	compress "github.com/dsnet/compress/bzip2"

	"nixbench/store"
)

// LogPath returns where the log of a derivation is written while it is built.
// The file need not exist, nor its directory.
//
// Format: Nix 2.34, local-fs-store.cc.
func (st *Store) LogPath(drvPath store.Path) string { return logPath(st.logDir, drvPath) }

func logPath(logDir string, drvPath store.Path) string {
	base := drvPath.Base()
	n := min(2, len(base))
	return filepath.Join(logDir, "drvs", base[:n], base[n:])
}

// logNames returns where a log may be, plain names first.
func logNames(logDir string, drvPath store.Path) []string {
	name, flat := logPath(logDir, drvPath), filepath.Join(logDir, "drvs", drvPath.Base())
	return []string{name, name + ".bz2", flat, flat + ".bz2"}
}

// LogSize is the function of that name.
func (st *Store) LogSize(drvPath store.Path) int64 { return LogSize(st.logDir, drvPath) }

// LogSize is how large the file of a derivation's log is, compressed or not, in bytes; -1
// if there is none that can be seen.
func LogSize(logDir string, drvPath store.Path) int64 {
	for _, name := range logNames(logDir, drvPath) {
		if info, err := os.Stat(name); err == nil {
			return info.Size()
		}
	}
	return -1
}

// OpenLog is the function of that name.
func (st *Store) OpenLog(drvPath store.Path) (io.ReadCloser, error) {
	return OpenLog(st.logDir, drvPath)
}

// OpenLog opens the log of a derivation, finished or not, for reading its plain
// text. If there is none, errors.Is(err, fs.ErrNotExist).
func OpenLog(logDir string, drvPath store.Path) (io.ReadCloser, error) {
	for _, name := range logNames(logDir, drvPath) {
		f, err := os.Open(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		} else if err != nil {
			return nil, fmt.Errorf("open log of %s: %w", drvPath, err)
		}
		if filepath.Ext(name) != ".bz2" {
			return f, nil
		}
		return &logReader{Reader: bzip2.NewReader(f), f: f}, nil
	}
	return nil, fmt.Errorf("open log of %s: %w", drvPath, fs.ErrNotExist)
}

// A logReader reads a compressed log.
type logReader struct {
	io.Reader
	f *os.File
}

// Close closes the file.
func (r *logReader) Close() error { return r.f.Close() }

// FinishLog compresses the log of a derivation, which is written no more. It is
// no error if there is none.
func (st *Store) FinishLog(drvPath store.Path) error {
	name := st.LogPath(drvPath)
	plain, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = compressFile(plain, name+".bz2")
		plain.Close()
	}
	if err == nil {
		err = os.Remove(name)
	}
	if err != nil {
		return fmt.Errorf("compress log of %s: %w", drvPath, err)
	}
	return nil
}

// AddLog keeps the log of a derivation, which log has as plain text, unless there is one.
func (st *Store) AddLog(ctx context.Context, drvPath store.Path, log io.Reader) error {
	err := st.Writable()
	if err == nil && st.LogSize(drvPath) < 0 {
		name := st.LogPath(drvPath)
		if err = os.MkdirAll(filepath.Dir(name), 0o755); err == nil {
			err = compressFile(store.StopReader(ctx, log), name+".bz2")
		}
	}
	if err != nil {
		return fmt.Errorf("add log of %s: %w", drvPath, err)
	}
	return nil
}

// compressors holds *compress.Writer: to make one takes longer than to compress the log
// of a small build.
var compressors = sync.Pool{New: func() any {
	w, err := compress.NewWriter(io.Discard, nil)
	if err != nil {
		panic("local: unreachable: " + err.Error())
	}
	return w
}}

// compressFile writes what plain holds to a file called name, in one step. Others may do
// so at the same time.
func compressFile(plain io.Reader, name string) error {
	temp := fmt.Sprintf("%s.%x.tmp", name, rand.Uint64())
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	w := compressors.Get().(*compress.Writer)
	defer compressors.Put(w)
	err = w.Reset(f)
	if err == nil {
		_, err = io.Copy(w, plain)
		err = errors.Join(err, w.Close())
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(temp, name)
	}
	if err != nil {
		os.Remove(temp)
	}
	return err
}
