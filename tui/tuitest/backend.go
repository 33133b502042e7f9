package tuitest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"nixbench/engine/event"
	"nixbench/store"
	"nixbench/store/gc"
	"nixbench/tui"
	"nixbench/tui/widget/logview"
)

// A Backend is a world of made-up data: a store of packages like the tour's, a
// profile with five generations in a temporary directory, roots, logs, and a
// REPL that knows a few expressions. Plans are real ones over this data, and
// carrying them out changes it. It is safe for concurrent use.
type Backend struct {
	*Repl
	// Calls lists the calls that change something, oldest first.
	Calls []string
	// Fail, if not nil, is returned by every request.
	Fail error
	// Elsewhere is what other processes build.
	Elsewhere []tui.BuildElsewhere
	// Details is what Info returns.
	Details tui.Info

	mu       sync.Mutex // mu guards the fields below
	graph    *store.Graph
	roots    []gc.Root
	logs     map[store.Path]string
	profiles string // directory
}

var _ tui.Backend = (*Backend)(nil)

// NewBackend makes a world; its files are in a temporary directory of t.
func NewBackend(t testing.TB) *Backend {
	t.Helper()
	b := &Backend{
		Repl:     NewRepl(),
		Details:  tui.Info{Version: "test", System: "x86_64-linux", StoreDir: Dir, Nixpkgs: "f7d9d10"},
		graph:    NewGraph(),
		logs:     map[store.Path]string{},
		profiles: t.TempDir(),
	}
	for _, p := range packages() {
		b.logs[PathNamed(p.name+".drv")] = LogText(120)
	}
	b.makeProfile(t)
	b.roots = slices.Concat(b.roots, []gc.Root{
		{Link: "/home/me/src/app/result", Path: PathNamed("server-12"), Kind: gc.KindResult, Since: Start().Add(-210 * 24 * time.Hour)},
		{Link: "/home/me/src/app/.direnv/flake-profile", Path: PathNamed("old-editor-6.0"), Kind: gc.KindDirenv, Since: Start().Add(-95 * 24 * time.Hour)},
		{Link: "/proc/4121/maps", Path: PathNamed("player-3.4"), Kind: gc.KindProcess, Since: Start(), Note: "player"},
		{Link: "/home/me/gone/result", Kind: gc.KindResult, Since: Start().Add(-300 * 24 * time.Hour), Dangling: true},
	})
	return b
}

// Profile is the link of the profile.
func (b *Backend) Profile() string { return filepath.Join(b.profiles, "tour") }

func (b *Backend) makeProfile(t testing.TB) {
	t.Helper()
	for i, name := range []string{"shell-1.0", "tools-1.4", "server-12", "desktop-11", "desktop-12"} {
		link := fmt.Sprintf("%s-%d-link", b.Profile(), i+1)
		if err := os.Symlink(string(PathNamed(name)), link); err != nil {
			t.Fatal(err)
		}
		made := Start().Add(-time.Duration(80-18*i) * 24 * time.Hour)
		ts := unix.NsecToTimespec(made.UnixNano())
		if err := unix.UtimesNanoAt(unix.AT_FDCWD, link, []unix.Timespec{ts, ts}, unix.AT_SYMLINK_NOFOLLOW); err != nil {
			t.Fatal(err)
		}
		b.roots = append(b.roots, gc.Root{Link: link, Path: PathNamed(name), Kind: gc.KindGeneration, Since: made})
	}
	if err := os.Symlink("tour-5-link", b.Profile()); err != nil {
		t.Fatal(err)
	}
}

// call notes a change, and returns the error that was asked for.
func (b *Backend) call(format string, args ...any) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if format != "" {
		b.Calls = append(b.Calls, fmt.Sprintf(format, args...))
	}
	return b.Fail
}

// SetLog sets the log of a derivation's build.
func (b *Backend) SetLog(drv store.Path, log string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.logs[drv] = log
}

// Info implements tui.Host.
func (b *Backend) Info() tui.Info { return b.Details }

// Events implements tui.Host: a test posts events itself.
func (b *Backend) Events() *event.Mailbox { return nil }

// EditorCommand implements tui.Host.
func (b *Backend) EditorCommand(file string, line int) (*exec.Cmd, error) {
	return exec.Command("true", file), b.call("edit %s:%d", file, line)
}

// CopyText implements tui.Host.
func (b *Backend) CopyText(_ context.Context, text string) error { return b.call("copy %s", text) }

// Realise implements tui.Builds.
func (b *Backend) Realise(_ context.Context, targets []store.DerivedPath, o tui.RealiseOptions) error {
	return b.call("realise %v keep-failed=%v rebuild=%v", targets, o.KeepFailed, o.Rebuild)
}

// CancelBuild implements tui.Builds.
func (b *Backend) CancelBuild(drv store.Path) { _ = b.call("cancel %s", drv.Name()) }

// OpenLog implements tui.Builds.
func (b *Backend) OpenLog(_ context.Context, drv store.Path) (logview.File, error) {
	if err := b.call(""); err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	log, ok := b.logs[drv]
	if !ok {
		return nil, fmt.Errorf("open log of %s: %w", drv.Name(), fs.ErrNotExist)
	}
	return memFile{bytes.NewReader([]byte(log))}, nil
}

// ExplainBuild implements tui.Builds.
func (b *Backend) ExplainBuild(_ context.Context, drv store.Path) ([]tui.BuildReason, error) {
	lib, old := PathNamed("libzed-1.3.drv"), PathNamed("libzed-1.2.drv")
	return []tui.BuildReason{
		{Drv: lib, Before: old, Changed: []string{"env.flags", "source\x1b[31m words.txt"}},
		{Drv: drv, Before: PathNamed("desktop-11.drv"), Because: []store.Path{lib}},
	}, b.call("")
}

// CopyLog implements tui.Builds.
func (b *Backend) CopyLog(_ context.Context, drv store.Path) (string, error) {
	return "/tmp/log/" + drv.Name(), b.call("copy log of %s", drv.Name())
}

// ShellCommand implements tui.Builds: the directory of a build that failed with 3 was
// kept.
func (b *Backend) ShellCommand(act event.Activity) (*exec.Cmd, bool, error) {
	return exec.Command("true"), act.ExitStatus != 3, b.call("shell for %s", act.Name)
}

// memFile is a log in memory.
type memFile struct{ sizedReader }

// A sizedReader reads what is in memory.
type sizedReader interface {
	io.ReaderAt
	Size() int64
}

func (f memFile) Size() (int64, error) { return f.sizedReader.Size(), nil }
func (memFile) Close() error           { return nil }

// AwaitElsewhere implements tui.Builds: if nothing has changed it returns at once, with
// an error.
func (b *Backend) AwaitElsewhere(_ context.Context, last []tui.BuildElsewhere) ([]tui.BuildElsewhere, error) {
	now := append([]tui.BuildElsewhere{}, b.Elsewhere...)
	if last != nil && cmp.Equal(last, now) {
		return nil, errors.New("nothing changes")
	}
	return now, b.call("")
}

// UsualTime implements tui.Builds.
func (b *Backend) UsualTime(name string) time.Duration {
	return time.Duration(len(name)) * 7 * time.Second
}

// Disk implements tui.GC.
func (b *Backend) Disk(context.Context) (used, total int64, err error) {
	return 91 << 30, 100 << 30, b.call("")
}

// OnDisk implements tui.GC.
func (b *Backend) OnDisk(_ context.Context, paths []store.Path) (int64, error) {
	n := int64(0)
	for _, p := range paths {
		if i, ok := b.graph.Index(p); ok {
			n += b.graph.NarSize[i] * 9 / 10
		}
	}
	return n, b.call("")
}

// WriteFile implements tui.GC.
func (b *Backend) WriteFile(_ context.Context, name string, data []byte) (string, error) {
	return "/home/me/" + name, b.call("write %s %d lines", name, strings.Count(string(data), "\n"))
}

var errTest = errors.New("not in this world")
