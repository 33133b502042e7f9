package tui

// This file lets a signal to stop, which another program may send, do what ^Z does: the
// terminal is the user's again before the program stops.
//
// Once Go catches SIGTSTP, it does not stop the program any more, not even when it is no
// longer caught. What Bubble Tea sends to its process group when it has given the terminal
// back arrives here, too, and becomes SIGSTOP.
//
// SIGSTOP itself cannot be caught: the shell finds the terminal as the screens had it, and
// sets it as it likes it. Once the program goes on, it takes the terminal anew.

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
	continues  chan os.Signal
	suspending atomic.Bool // the next one is Bubble Tea's
	suspended  atomic.Bool // Bubble Tea takes the terminal again when the program goes on
	lent       atomic.Bool // another program has the terminal, and gets them, too
}

func newStops() *stops {
	return &stops{signals: make(chan os.Signal, 1), continues: make(chan os.Signal, 1)}
}

// retakeMsg says that the program goes on after a stop that it did not see.
type retakeMsg struct{}

// watch has the program suspend itself at a signal, until end is called.
func (s *stops) watch(program *tea.Program) (end func()) {
	done, ended := make(chan struct{}), make(chan struct{})
	signal.Notify(s.signals, syscall.SIGTSTP)
	signal.Notify(s.continues, syscall.SIGCONT)
	go func() {
		defer close(ended)
		for {
			select {
			case <-s.signals:
				switch { // a signal to oneself cannot fail
				case s.lent.Load():
					_ = syscall.Kill(syscall.Getpid(), syscall.SIGSTOP)
				case s.suspending.Swap(false):
					s.suspended.Store(true)
					_ = syscall.Kill(0, syscall.SIGSTOP)
				default:
					program.Send(tea.SuspendMsg{}) // returns when the program ends, too
				}
			case <-s.continues:
				if !s.suspended.Swap(false) && !s.lent.Load() {
					program.Send(retakeMsg{})
				}
			case <-done:
				return
			}
		}
	}()
	return func() {
		signal.Stop(s.signals)
		signal.Stop(s.continues)
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

// retake gives the terminal back and takes it again.
func retake() tea.Cmd {
	return tea.Exec(nothing{}, func(error) tea.Msg { return nil })
}

// nothing is a [tea.ExecCommand] that does nothing.
type nothing struct{}

// Run and the methods below do nothing.
func (nothing) Run() error { return nil }

// SetStdin does nothing.
func (nothing) SetStdin(io.Reader) {}

// SetStdout does nothing.
func (nothing) SetStdout(io.Writer) {}

// SetStderr does nothing.
func (nothing) SetStderr(io.Writer) {}

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
