package tui

// This file makes up for a gap in Bubble Tea, which asks for the terminal's size, then
// starts the screens and draws them, and only then listens for changes of the size: one
// that comes in between, as from a window manager that tiles a new window, is lost.

import (
	"os"
	"os/signal"
	"syscall"
	"time"

	tea "charm.land/bubbletea/v2"
)

// listens is when Bubble Tea surely listens, from the first command on, which it runs
// after it has begun to.
const listens = 100 * time.Millisecond

// watchSizes notes that the size changes until [Model.catchUpSize].
func watchSizes() chan os.Signal {
	sizes := make(chan os.Signal, 1)
	signal.Notify(sizes, syscall.SIGWINCH)
	return sizes
}

// catchUpSize tells Bubble Tea again of changes of the size at the start.
func (m *Model) catchUpSize() tea.Cmd {
	if m.sizes == nil {
		return nil
	}
	return m.env.after(listens, func(time.Time) tea.Msg {
		signal.Stop(m.sizes)
		select {
		case <-m.sizes:
			_ = syscall.Kill(syscall.Getpid(), syscall.SIGWINCH) // to oneself, that cannot fail
		default:
		}
		return nil
	})
}
