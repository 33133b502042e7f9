package tui

// This file lets a signal to stop, which another program may send, do what ^Z does: the
// terminal is the user's again before the program stops.
//
// Once Go catches SIGTSTP, it does not stop the program any more, not even when it is no
// longer caught. What Bubble Tea sends to its process group when it has given the terminal
// back arrives here, too, and becomes SIGSTOP.

import (
	"cmp"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"sync/atomic"
	"syscall"

	tea "charm.land/bubbletea/v2"

	"nixbench/tui/guard"
)

// stops are signals to stop.
type stops struct {
	signals    chan os.Signal
	suspending atomic.Bool // the next one is Bubble Tea's
	lent       atomic.Bool // another program has the terminal, and gets them, too
}

func newStops() *stops { return &stops{signals: make(chan os.Signal, 1)} }

// watch has the program suspend itself at a signal, until end is called.
func (s *stops) watch(program *tea.Program) (end func()) {
	done, ended := make(chan struct{}), make(chan struct{})
	signal.Notify(s.signals, syscall.SIGTSTP)
	go func() {
		defer close(ended)
		for {
			select {
			case <-s.signals:
				switch { // a signal to oneself cannot fail
				case s.lent.Load():
					_ = syscall.Kill(syscall.Getpid(), syscall.SIGSTOP)
				case s.suspending.Swap(false):
					_ = syscall.Kill(0, syscall.SIGSTOP)
				default:
					program.Send(tea.SuspendMsg{}) // returns when the program ends, too
				}
			case <-done:
				return
			}
		}
	}()
	return func() {
		signal.Stop(s.signals)
		close(done)
		<-ended
	}
}

// note looks at the program's messages.
func (s *stops) note(msg tea.Msg) {
	if _, ok := msg.(tea.SuspendMsg); ok {
		s.suspending.Store(true)
	}
}

// A hosted command has the terminal while it runs. It is a [tea.ExecCommand].
type hosted struct {
	*exec.Cmd
	stops *stops
	guard *guard.Guard
}

// Run runs the command.
func (h hosted) Run() error {
	h.stops.lent.Store(true)
	defer h.stops.lent.Store(false)
	return h.Cmd.Run()
}

// SetStdin and the methods below give the command what it has not got.
func (h hosted) SetStdin(r io.Reader) { h.Stdin = cmp.Or(h.Stdin, r) }

// SetStdout gives the command its output.
func (h hosted) SetStdout(w io.Writer) { h.Stdout = cmp.Or(h.Stdout, w) }

// SetStderr gives the command its error output, which is the terminal's as it was before
// there were screens.
func (h hosted) SetStderr(io.Writer) { h.Stderr = cmp.Or[io.Writer](h.Stderr, h.guard.Stderr()) }
