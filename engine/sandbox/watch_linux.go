//go:build linux && (amd64 || arm64)

package sandbox

import (
	"context"
	"io"
	"os"
	"sync"
	"time"
)

// drainTime bounds how long a log is read on after its builder has ended: a
// process outside could hold the terminal, if the builder had a network to
// pass it through.
const drainTime = 5 * time.Second

// endTime is how long a builder that has closed its log has to end: some programs
// close it just before they do.
const endTime = 3 * time.Second

// A watcher copies what a builder says and kills it when its time has come.
type watcher struct {
	spec   *Spec
	master *os.File
	log    io.Writer
	kill   func() error

	unhook func() bool // from the context
	timers []*time.Timer
	silent *time.Timer // one of timers, or nil
	done   chan struct{}

	// The copying goroutine owns these until done is closed.
	size   int64
	logErr error

	mu   sync.Mutex // mu guards the fields below
	end  End
	over bool // the builder has ended: end stands
}

// watch starts a watcher over a builder. [watcher.stop] must be called when it
// has ended.
func watch(ctx context.Context, spec *Spec, kill func() error, master *os.File, log io.Writer) *watcher {
	w := &watcher{spec: spec, master: master, log: log, kill: kill, done: make(chan struct{})}
	w.unhook = context.AfterFunc(ctx, func() { w.finish(Cancelled) })
	w.after(spec.Timeout, TimedOut)
	w.silent = w.after(spec.MaxSilent, Silent)
	go func() {
		defer close(w.done)
		w.copy()
	}()
	return w
}

// after arranges for the builder to be killed d from now, if d is not 0.
func (w *watcher) after(d time.Duration, end End) *time.Timer {
	if d <= 0 {
		return nil
	}
	t := time.AfterFunc(d, func() { w.finish(end) })
	w.timers = append(w.timers, t)
	return t
}

// finish kills the builder; the first call's reason stands.
func (w *watcher) finish(end End) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.over {
		return
	}
	if w.end == Exited {
		w.end = end
	}
	w.kill() // it may have ended by itself just now
}

// copy passes on what the builder says until nobody can say anything more.
func (w *watcher) copy() {
	buf := make([]byte, 32<<10)
	for {
		n, err := w.master.Read(buf)
		if n > 0 && !w.pass(buf[:n]) {
			w.finish(TooLoud)
			io.Copy(io.Discard, w.master)
			return
		}
		if err != nil {
			// EIO once every process has closed the terminal. As long as a builder goes on
			// then, it can say nothing more, not even that it is done.
			// Behaviour: handleEOF in Nix's derivation-building-goal.cc.
			w.after(endTime, Exited)
			return
		}
	}
}

// pass writes one piece of the log and reports whether to go on. What is too much
// is not written.
func (w *watcher) pass(p []byte) bool {
	if w.silent != nil {
		w.silent.Reset(w.spec.MaxSilent)
	}
	w.size += int64(len(p))
	if w.spec.MaxLog > 0 && w.size > w.spec.MaxLog {
		return false
	}
	_, w.logErr = w.log.Write(p)
	return w.logErr == nil
}

// stop waits until the log has been read to its end, and stops the watching.
// What the builder had still to say may be too much.
func (w *watcher) stop() {
	w.unhook()
	w.mu.Lock()
	w.over = true
	w.mu.Unlock()
	w.master.SetReadDeadline(time.Now().Add(drainTime))
	<-w.done
	for _, t := range w.timers {
		t.Stop()
	}
	if w.end == Exited && w.spec.MaxLog > 0 && w.size > w.spec.MaxLog {
		w.end = TooLoud
	}
}
