package local

// Temporary roots keep paths from being collected while a process uses them.
// Each Store, and each [TempRoots] of one, writes its own to a file,
// temproots/<pid>-<random>, which it holds locked for as long as it lives; a
// collection that gets the lock knows that the owner is dead. While a collection runs, a path must also be announced to
// it over its socket, since it has read the files already.
//
// Behaviour: Nix 2.34, gc.cc; the protocol works between Nix and us both ways.

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"nixbench/store"
)

// TempRoots are temporary roots that can be let go of apart from the others of
// their Store, as when a build is over. They are safe for concurrent use.
type TempRoots struct {
	st *Store

	mu     sync.Mutex // mu guards the fields below
	file   *os.File   // nil until the first root
	gcLock *os.File
	known  map[store.Path]bool
}

// A collectorLine is how a Store announces paths to a collection that runs.
type collectorLine struct {
	mu sync.Mutex // mu guards conn, also while an answer is awaited
	// conn is the connection to a collection that ran when it was last needed.
	// It is kept as Nix keeps its own: Nix's collector has been seen to crash
	// when one connection follows quickly on another.
	conn net.Conn
}

// NewTempRoots returns an empty set of temporary roots. It must be released
// before the Store is closed.
func (st *Store) NewTempRoots() *TempRoots { return &TempRoots{st: st} }

// Add keeps paths as [Store.AddTempRoot] does, until the next Release.
func (t *TempRoots) Add(ctx context.Context, paths ...store.Path) error {
	if t.st.ReadOnly() {
		return nil // nothing to be done, as in Nix
	}
	if err := t.add(ctx, paths...); err != nil {
		return fmt.Errorf("add temporary roots: %w", err)
	}
	return nil
}

// AddTempRoot keeps p, and what else has its digest, from being collected until
// the Store is closed or [Store.ReleaseTempRoots]. P need not be valid. Who adds
// it before looking whether it is valid can rely on the answer.
//
// While a collection is deleting p, it waits for that to end.
func (st *Store) AddTempRoot(ctx context.Context, p store.Path) error {
	if st.ReadOnly() {
		return nil // nothing to be done, as in Nix
	}
	if err := st.addTempRoots(ctx, p); err != nil {
		return fmt.Errorf("add temporary root %s: %w", p, err)
	}
	return nil
}

func (st *Store) addTempRoots(ctx context.Context, paths ...store.Path) error {
	return st.roots.add(ctx, paths...)
}

func (t *TempRoots) add(ctx context.Context, paths ...store.Path) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.openLocked(ctx); err != nil {
		return err
	}
	var lines []byte
	var unknown []store.Path
	for _, p := range paths {
		if !t.known[p] {
			unknown = append(unknown, p)
			lines = append(append(lines, p...), 0)
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	for {
		ok, err := tryFlock(t.gcLock, lockShared)
		if err != nil {
			return err
		}
		if ok {
			break
		}
		announced, err := t.st.line.announce(ctx, t.st.gcSocket(), unknown)
		if err != nil {
			return err
		}
		if announced {
			break
		}
		// The collection has just begun, or has just ended.
		if err := pause(ctx); err != nil {
			return err
		}
	}
	_, err := t.file.Write(lines)
	if unlockErr := flock(context.WithoutCancel(ctx), t.gcLock, lockNone); err == nil {
		err = unlockErr
	}
	if err != nil {
		return err
	}
	for _, p := range unknown {
		t.known[p] = true
	}
	return nil
}

// openTempRoots makes the file of this Store if there is none.
func (st *Store) openTempRoots(ctx context.Context) error {
	st.roots.mu.Lock()
	defer st.roots.mu.Unlock()
	return st.roots.openLocked(ctx)
}

func (t *TempRoots) openLocked(ctx context.Context) error {
	if t.file != nil {
		return nil
	}
	gcLock, err := openLock(t.st.gcLockFile())
	if err != nil {
		return err
	}
	name := filepath.Join(t.st.tempRootsDir(), fmt.Sprintf("%d-%08x", os.Getpid(), rand.Uint32()))
	file, err := lockDeletable(ctx, name, true)
	if err != nil {
		gcLock.Close()
		return err
	}
	t.file, t.gcLock, t.known = file, gcLock, make(map[store.Path]bool)
	return nil
}

func (st *Store) tempRootsDir() string { return filepath.Join(st.stateDir, "temproots") }
func (st *Store) gcLockFile() string   { return filepath.Join(st.stateDir, "gc.lock") }
func (st *Store) gcSocket() string     { return filepath.Join(st.stateDir, "gc-socket", "socket") }

// ReleaseTempRoots lets go of all temporary roots of this Store but for those of
// [Store.NewTempRoots]. What it added may then be collected.
func (st *Store) ReleaseTempRoots() error { return st.roots.Release() }

// Release lets go of the roots. More can be added afterwards.
func (t *TempRoots) Release() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.file == nil {
		return nil
	}
	if t == &t.st.roots {
		t.st.drvs.forget()
	}
	deleteLock(t.file)
	err := t.gcLock.Close()
	t.file, t.gcLock, t.known = nil, nil, nil
	return err
}

// announce tells the collection that serves socket to keep paths, and waits
// until it has. It returns false if there is none, or if it ended meanwhile.
func (l *collectorLine) announce(ctx context.Context, socket string, paths []store.Path) (bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.conn == nil {
		conn, err := dialUnix(ctx, socket)
		if errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, fs.ErrNotExist) {
			return false, nil
		} else if err != nil {
			return false, err
		}
		l.conn = conn
	}
	conn := l.conn
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
	err := askToKeep(conn, paths)
	if !stop() || err != nil {
		// It has a deadline now, or an answer may still come over it.
		l.hangUpLocked()
	}
	if err == nil {
		return true, nil
	}
	switch {
	case ctx.Err() != nil:
		return false, ctx.Err()
	case errors.Is(err, io.EOF), errors.Is(err, syscall.EPIPE), errors.Is(err, syscall.ECONNRESET):
		return false, nil
	default:
		return false, err
	}
}

// hangUp closes the connection to a collection.
func (l *collectorLine) hangUp() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.hangUpLocked()
}

func (l *collectorLine) hangUpLocked() {
	if l.conn != nil {
		l.conn.Close()
		l.conn = nil
	}
}

// askToKeep sends paths to a collection, and waits for each answer.
func askToKeep(conn net.Conn, paths []store.Path) error {
	answer := make([]byte, 1)
	for _, p := range paths {
		if _, err := io.WriteString(conn, string(p)+"\n"); err != nil {
			return err
		}
		if _, err := io.ReadFull(conn, answer); err != nil {
			return err
		}
		if answer[0] != '1' {
			return fmt.Errorf("ask the collection to keep %s: got answer %q, want 1", p, answer)
		}
	}
	return nil
}

// maxSocketName is the longest name of a socket that the system takes.
const maxSocketName = 100

// dialUnix connects to a socket, however long its name is.
func dialUnix(ctx context.Context, name string) (net.Conn, error) {
	short, done, err := shortName(name)
	if err != nil {
		return nil, err
	}
	defer done()
	var d net.Dialer
	return d.DialContext(ctx, "unix", short)
}

// listenUnix makes a socket, however long its name is.
func listenUnix(name string) (*net.UnixListener, error) {
	short, done, err := shortName(name)
	if err != nil {
		return nil, err
	}
	defer done()
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: short, Net: "unix"})
	if err != nil {
		return nil, err
	}
	l.SetUnlinkOnClose(false) // it may go by another name then
	return l, nil
}

// shortName returns a name for a file that is short until done is called.
func shortName(name string) (short string, done func(), err error) {
	if len(name) <= maxSocketName {
		return name, func() {}, nil
	}
	dir, err := os.Open(filepath.Dir(name))
	if err != nil {
		return "", nil, err
	}
	short = fmt.Sprintf("/proc/self/fd/%d/%s", dir.Fd(), filepath.Base(name))
	return short, func() { dir.Close() }, nil
}

// A tempRootFile is what a file of temporary roots says.
type tempRootFile struct {
	name  string // of the file, absolute
	since time.Time
	paths []store.Path
}

// pid returns the process that a file of temporary roots belongs to, 0 if its
// name does not say.
func (f tempRootFile) pid() int {
	digits, _, _ := strings.Cut(filepath.Base(f.name), "-")
	pid, _ := strconv.Atoi(digits)
	return pid
}

// readTempRoots returns the temporary roots of processes that live. If clear,
// it deletes the files of those that do not.
func (st *Store) readTempRoots(clear bool) (files []tempRootFile, unread []string, err error) {
	entries, err := os.ReadDir(st.tempRootsDir())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	} else if err != nil {
		return nil, nil, err
	}
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), ".") {
			continue
		}
		name := filepath.Join(st.tempRootsDir(), entry.Name())
		f, err := st.readTempRootFile(name, clear)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case errors.Is(err, fs.ErrPermission):
			unread = append(unread, name+": "+err.Error())
		case err != nil:
			return nil, nil, err
		case f != nil:
			files = append(files, *f)
		}
	}
	return files, unread, nil
}

// readTempRootFile returns nil for a file whose owner is dead.
func (st *Store) readTempRootFile(name string, clear bool) (*tempRootFile, error) {
	flags := os.O_RDWR
	if !clear {
		flags = os.O_RDONLY
	}
	f, err := os.OpenFile(name, flags, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if free, err := tryFlock(f, lockExclusive); err != nil {
		return nil, err
	} else if free {
		if clear && os.Remove(name) == nil {
			f.WriteString("d")
		}
		return nil, nil
	}
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(f)
	if err != nil {
		return nil, err
	}
	found := &tempRootFile{name: name, since: info.ModTime()}
	for {
		line, rest, ok := bytes.Cut(text, []byte{0})
		if !ok {
			return found, nil
		}
		if p, err := st.dir.ParsePath(string(line)); err == nil {
			found.paths = append(found.paths, p)
		}
		text = rest
	}
}
