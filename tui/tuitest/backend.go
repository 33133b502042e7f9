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
	"nixbench/inspect/diff"
	"nixbench/inspect/files"
	"nixbench/inspect/why"
	"nixbench/store"
	"nixbench/store/drv"
	"nixbench/store/gc"
	"nixbench/store/profile"
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

// Graph implements tui.Stores and gc.Store.
func (b *Backend) Graph(context.Context) (*store.Graph, error) {
	err := b.call("")
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.graph, err
}

// PathInfo implements tui.Stores.
func (b *Backend) PathInfo(_ context.Context, p store.Path) (*store.PathInfo, error) {
	if err := b.call(""); err != nil {
		return nil, err
	}
	g := b.graph
	i, ok := g.Index(p)
	if !ok {
		return nil, fmt.Errorf("path %s: %w", p, store.ErrInvalidPath)
	}
	info := &store.PathInfo{Path: p, NarSize: g.NarSize[i], Deriver: g.DeriverPath(i), RegistrationTime: g.Registered[i], Ultimate: true}
	for _, r := range g.References(i) {
		info.References = append(info.References, g.Paths[r])
	}
	return info, nil
}

// Places implements tui.Stores.
func (b *Backend) Places(context.Context) ([]tui.Place, error) {
	return []tui.Place{
		{Kind: "profile", Name: "tour", Path: PathNamed("desktop-12"), Time: Start().Add(-8 * 24 * time.Hour)},
		{Kind: "result", Name: "~/src/app/result", Path: PathNamed("server-12"), Time: Start().Add(-210 * 24 * time.Hour)},
		{Kind: "root", Name: "/nix/var/nix/gcroots/mail", Path: PathNamed("mailer-5.5"), Time: Start().Add(-90 * time.Minute)},
	}, b.call("")
}

// ResolvePath implements tui.Stores.
func (b *Backend) ResolvePath(_ context.Context, s string) (store.Path, error) {
	for _, p := range b.graph.Paths {
		if string(p) == s || p.Name() == s {
			return p, b.call("")
		}
	}
	return "", fmt.Errorf("path %q: %w", s, store.ErrInvalidPath)
}

// Files implements tui.Stores.
func (b *Backend) Files(_ context.Context, p store.Path) (*files.Tree, error) {
	return files.New([]files.Object{
		{Kind: files.Directory, Parent: files.None},
		{Name: "bin", Kind: files.Directory, Parent: 0},
		{Name: "bin/" + p.Name(), Kind: files.Executable, Size: 81 << 10, Files: 1, Parent: 1},
		{Name: "bin/run", Kind: files.Link, Target: p.Name(), Files: 1, Parent: 1},
		{Name: "share", Kind: files.Directory, Parent: 0},
		{Name: "share/doc", Kind: files.Directory, Parent: 4},
		{Name: "share/doc/README", Kind: files.Regular, Size: 2 << 10, Files: 1, Parent: 5},
		{Name: "share/doc/manual.txt", Kind: files.Regular, Size: 30 << 10, Files: 1, Parent: 5},
		{Name: "share/words", Kind: files.Regular, Size: 12 << 10, Files: 1, Parent: 4},
	}), b.call("")
}

// FileIn implements tui.Stores.
func (b *Backend) FileIn(_ context.Context, p store.Path, name string) (string, error) {
	return filepath.Join("/real", string(p), name), b.call("")
}

// FilesHolding implements tui.Stores.
func (b *Backend) FilesHolding(_ context.Context, referrer, reference store.Path) ([]why.Occurrence, error) {
	return []why.Occurrence{{
		File: "bin/" + referrer.Name(), Place: why.InContents, Offset: 2,
		Context: "#!" + string(reference) + "/bin/sh", Digest: 2 + len(Dir) + 1,
	}}, b.call("")
}

// Etc implements tui.Stores: what is called desktop is a system.
func (b *Backend) Etc(_ context.Context, before, after store.Path) ([]diff.FileChange, error) {
	if before == after || !strings.HasPrefix(before.Name(), "desktop-") || !strings.HasPrefix(after.Name(), "desktop-") {
		return nil, b.call("")
	}
	return []diff.FileChange{
		{Name: "hosts", Kind: diff.Changed, Gone: []string{"127.0.0.1 old"}, New: []string{"127.0.0.1 " + after.Name(), "::1 new"}},
		{Name: "issue", Kind: diff.Rebuilt},
		{Name: "systemd/system/player.service", Kind: diff.Added},
	}, b.call("")
}

// CompareDerivations implements tui.Stores: a derivation has its package's name and
// size as variables.
func (b *Backend) CompareDerivations(ctx context.Context, before, after store.Path) (*diff.Derivations, error) {
	read := func(_ context.Context, p store.Path) (*drv.Derivation, error) {
		i, ok := b.graph.Index(p)
		if !ok {
			return nil, fmt.Errorf("read derivation %s: %w", p, store.ErrInvalidPath)
		}
		name := strings.TrimSuffix(p.Name(), ".drv")
		d := &drv.Derivation{
			Name: name, System: "x86_64-linux", Builder: "/bin/sh", Args: []string{"-e", "build.sh"},
			Env:       map[string]string{"name": name, "script": "make\ninstall " + name},
			Outputs:   map[store.OutputName]drv.Output{"out": {Path: PathNamed(name)}},
			InputDrvs: map[store.Path][]store.OutputName{},
		}
		for _, r := range b.graph.References(i) {
			d.InputDrvs[b.graph.Paths[r]] = []store.OutputName{"out"}
		}
		return d, b.call("")
	}
	return diff.CompareDerivations(ctx, read, before, after)
}

// ProfileList implements tui.Profiles.
func (b *Backend) ProfileList(context.Context) ([]tui.Profile, error) {
	return []tui.Profile{
		{Link: b.Profile(), Name: "tour"},
		{Link: "/nix/var/nix/profiles/system", Name: "system", ReadOnly: "root's: sudo nixbench profile rollback --profile /nix/var/nix/profiles/system"},
	}, b.call("")
}

// Generations implements tui.Profiles.
func (b *Backend) Generations(_ context.Context, link string) ([]tui.Generation, error) {
	if err := b.call(""); err != nil {
		return nil, err
	}
	gens, err := profile.List(link)
	out := make([]tui.Generation, len(gens))
	for i, g := range gens {
		out[i].Generation = g
		if strings.HasPrefix(g.Path.Name(), "desktop-") {
			out[i].System = diff.System{Version: "26.11." + g.Path.Name()[len("desktop-"):], Revision: "8e1f0c2aa0b1", Kernel: "6.9.3"}
		}
	}
	return out, err
}

// SwitchPlan implements tui.Profiles.
func (b *Backend) SwitchPlan(ctx context.Context, link string, n int) (*profile.SwitchPlan, error) {
	if err := b.call(""); err != nil {
		return nil, err
	}
	return profile.NewSwitch(ctx, b, link, n)
}

// RollbackPlan implements tui.Profiles.
func (b *Backend) RollbackPlan(ctx context.Context, link string) (*profile.SwitchPlan, error) {
	if err := b.call(""); err != nil {
		return nil, err
	}
	return profile.NewRollback(ctx, b, link)
}

// DeletePlan implements tui.Profiles.
func (b *Backend) DeletePlan(ctx context.Context, link string, rule profile.Rule) (*profile.DeletePlan, error) {
	if err := b.call(""); err != nil {
		return nil, err
	}
	return profile.NewDelete(ctx, b, link, rule)
}

// AnnotateGeneration implements tui.Profiles.
func (b *Backend) AnnotateGeneration(ctx context.Context, link string, n int, label string, pinned bool) error {
	if err := b.call("annotate %d %q %v", n, label, pinned); err != nil {
		return err
	}
	return errors.Join(profile.SetLabel(ctx, b, link, n, label), profile.SetPinned(ctx, b, link, n, pinned))
}

// IsValid implements profile.Store.
func (b *Backend) IsValid(_ context.Context, p store.Path) (bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	_, ok := b.graph.Index(p)
	return ok, nil
}

// AddPermRoot implements profile.Store.
func (b *Backend) AddPermRoot(_ context.Context, p store.Path, link string) error {
	if err := b.call("root %s %s", p.Name(), filepath.Base(link)); err != nil {
		return err
	}
	return os.Symlink(string(p), link)
}

// Sync implements profile.Store.
func (b *Backend) Sync(context.Context) error { return nil }

// LockFile implements profile.Store.
func (b *Backend) LockFile(context.Context, string) (func(), error) { return func() {}, nil }

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
