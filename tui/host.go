package tui

// This file uses the machine around the interface: the clipboard and programs
// that take over the terminal.

import (
	"context"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"nixbench/themes"
)

// maxClipboard is the longest text that terminals are known to take.
const maxClipboard = 74_000

// copy puts text on the clipboard of the terminal and of the machine: over ssh
// only the first can work, in some terminals only the second does.
func (m *Model) copy(msg copyMsg) tea.Cmd {
	backend, ctx := m.env.Backend, m.env.ctx
	local := func() tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		err := backend.CopyText(ctx, msg.text)
		if err != nil && len(msg.text) > maxClipboard {
			return noticeMsg{themes.Warning, err.Error()}
		}
		return nil // else the terminal has it
	}
	note := m.notify(themes.Info, fmt.Sprintf("copied %s (%d bytes)", msg.what, len(msg.text)))
	if len(msg.text) > maxClipboard {
		return tea.Batch(local, note)
	}
	return tea.Batch(tea.SetClipboard(msg.text), local, note)
}

// exec runs a command with the interface set aside.
func (m *Model) exec(msg execMsg) tea.Cmd {
	return tea.Exec(hosted{msg.cmd, m.stops, m.o.Guard}, func(err error) tea.Msg {
		if msg.then != nil {
			return msg.then(err)
		}
		if err != nil {
			return noticeMsg{themes.Error, fmt.Sprintf("run %s: %v", msg.cmd.Path, err)}
		}
		return nil
	})
}
