// Package desk is the workbench without its screens: everything that a screen
// asks for, over an engine and a session.
//
// Methods that take a context may wait; the others answer at once. A [Desk]
// owns the session and what it notes beside the store: how long builds usually
// take.
package desk

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"nixbench/engine"
	"nixbench/engine/event"
	"nixbench/repl"
	"nixbench/repl/text"
	"nixbench/store"
)

// Options say what a desk works with.
type Options struct {
	Engine  *engine.Engine // required; the caller closes it
	Session *repl.Session  // required; the caller closes it
	Version string
	// Profile is listed first among the profiles; "" for none.
	Profile string
	// StoreURI is Info's.
	StoreURI string
	// Includes are -I of the session: each a path, or NAME=PATH, absolute.
	Includes []string
	// Targets are built from the start.
	Targets []store.DerivedPath
}

// A Desk answers the screens. It is safe for concurrent use.
type Desk struct {
	*repl.Session
	eng     *engine.Engine
	opts    Options
	events  *event.Mailbox
	times   *buildTimes
	info    Info                   // without NoBuilds
	refusal atomic.Pointer[string] // Info.NoBuilds, once it is known
	daemon  atomic.Pointer[string] // Info.Daemon, likewise
	running sync.WaitGroup

	elsewhere watchElsewhere
	stop      context.CancelFunc
}

// afterFirstFrame is when the interface is on the screen.
const afterFirstFrame = 200 * time.Millisecond

// New returns a desk. What it does in the background ends with ctx or Close.
func New(ctx context.Context, opts Options) *Desk {
	ctx, stop := context.WithCancel(ctx)
	state := filepath.Join(opts.Engine.StateHome(), "nixbench")
	d := &Desk{
		Session: opts.Session, eng: opts.Engine, opts: opts, events: opts.Engine.Events().Subscribe(),
		times: newBuildTimes(filepath.Join(state, "build-times")),
		stop:  stop,
	}
	d.info = d.describe()
	// Trying a sandbox out takes longer than a frame, and the first frame comes first.
	d.running.Go(func() {
		select {
		case <-ctx.Done():
			return
		case <-time.After(afterFirstFrame):
		}
		if d.info.Daemons {
			d.askDaemon(ctx)
		} else if err := d.eng.CheckSandbox(); err != nil {
			d.refuse(err)
		}
	})
	ended := opts.Engine.Events().Subscribe() // before anything is built
	d.running.Go(func() {
		defer opts.Engine.Events().Unsubscribe(ended)
		d.times.record(ctx, ended)
	})
	if len(opts.Targets) > 0 {
		d.running.Go(func() {
			// How the builds end is told by their activities.
			_, _ = d.eng.Realise(ctx, opts.Targets)
		})
	}
	return d
}

// refuse notes why nothing can be built.
func (d *Desk) refuse(err error) {
	refusal := text.PlainLine(err.Error())
	d.refusal.Store(&refusal)
}

// askDaemon finds out what the daemon lets us do.
func (d *Desk) askDaemon(ctx context.Context) {
	info, err := d.eng.StoreInfo(ctx)
	if err != nil {
		d.refuse(err)
		return
	}
	access := text.PlainLine(info.Access)
	d.daemon.Store(&access)
}

// Close ends what the desk does in the background and waits for it.
func (d *Desk) Close() {
	d.stop()
	d.running.Wait()
	d.eng.Events().Unsubscribe(d.events)
}

// Events returns the mailbox of all activities.
func (d *Desk) Events() *event.Mailbox { return d.events }

// Info says what a desk works on; it does not change.
type Info struct {
	Version  string    // of nixbench
	System   string    // "x86_64-linux"
	StoreDir store.Dir // logical store directory
	// StoreRoot is where the store's files are, if that is not the machine's
	// own root directory: "~/.local/share/nix/root".
	StoreRoot string
	// StoreURI is the store as it was asked for, so that it is found from anywhere; "" for
	// the usual one.
	StoreURI string
	// Reading names a second store that is only read, such as /nix/store
	// beside the embedded one; "" for none.
	Reading string
	// Unread says why the machine's store is not read although there is one;
	// "" if it is, or there is none.
	Unread string
	// Daemon says what may be done to the store if a daemon writes it: "written by
	// nix-daemon 2.34.8, its database read directly"; "" if none does, or it has not
	// answered yet.
	Daemon string
	// Daemons says that a daemon writes the store.
	Daemons bool
	// ReadOnly says why the store cannot be changed; "" if it can.
	ReadOnly string
	// Nixpkgs is the version that <nixpkgs> leads to; "" if none.
	Nixpkgs string
	// NoBuilds says why derivations cannot be built here; "" if they can.
	NoBuilds string
	// Jobs is how many builds run at once; 0 if that is not known.
	Jobs int
}

// Info says what the desk works on. That derivations cannot be built is not
// known in the first moments.
func (d *Desk) Info() Info {
	info := d.info
	info.Jobs = d.eng.Settings().MaxJobs
	if refusal := d.refusal.Load(); refusal != nil {
		info.NoBuilds = *refusal
	}
	if access := d.daemon.Load(); access != nil {
		info.Daemon = *access
	}
	return info
}

// describe finds out what the desk works on.
func (d *Desk) describe() Info {
	st := d.eng.Store()
	info := Info{
		Version: d.opts.Version, System: d.eng.Settings().System, StoreDir: st.Dir(), Nixpkgs: d.nixpkgs(),
		StoreURI: d.opts.StoreURI,
	}
	if real := st.RealDir(); real != string(st.Dir()) {
		info.StoreRoot = d.shorten(strings.TrimSuffix(real, string(st.Dir())))
	}
	info.Daemons = d.eng.HasDaemon()
	if m := d.eng.Machine(); m != nil {
		info.Reading = string(m.Dir())
	}
	if err := d.eng.MachineErr(); err != nil {
		info.Unread = text.PlainLine(err.Error())
	}
	if st.ReadOnly() {
		info.ReadOnly = "the store is only read; its owner can change it"
	}
	return info
}

// shorten writes ~ for the home directory.
func (d *Desk) shorten(name string) string { return text.Tilde(name, d.eng.Getenv("HOME")) }

// nixpkgs returns the version of the tree that <nixpkgs> leads to.
func (d *Desk) nixpkgs() string {
	for _, entry := range slices.Concat(d.opts.Includes, d.eng.Settings().NixPath) {
		prefix, dir, ok := strings.Cut(entry, "=")
		switch {
		case !ok:
			dir = filepath.Join(entry, "nixpkgs")
		case prefix != "nixpkgs":
			continue
		}
		for _, name := range []string{".git-revision", ".version", "lib/.version"} {
			data, err := os.ReadFile(filepath.Join(dir, name))
			if err == nil {
				version := text.SanitiseName(strings.TrimSpace(string(data)))
				return version[:min(len(version), 12)]
			}
		}
	}
	return ""
}
