package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"nixbench/themes"
	"nixbench/tui/action"
	"nixbench/tui/keymap"
	"nixbench/tui/style"
	"nixbench/tui/widget/statusbar"

	"github.com/charmbracelet/x/ansi"
)

// View returns the screen. It is drawn only if a message came since the last
// time.
func (m *Model) View() tea.View {
	if m.dirty {
		m.dirty = false // also if drawing panics
		m.guarded(func() { m.view = m.draw() })
	}
	return m.view
}

func (m *Model) draw() tea.View {
	v := tea.NewView("")
	v.AltScreen = true
	v.WindowTitle = "nixbench: " + m.front.String()
	if m.mouse {
		v.MouseMode = tea.MouseModeCellMotion
	}
	if m.width == 0 || m.height == 0 {
		return v
	}
	if m.tooSmall() {
		v.Content = strings.Join(m.drawTooSmall(), "\n")
		return v
	}
	lines, cursor := m.drawFull()
	v.Content = strings.Join(lines, "\n")
	v.Cursor = cursor
	return v
}

// drawFull draws header, screen, footer and overlay.
func (m *Model) drawFull() ([]string, *tea.Cursor) {
	st, s := m.env.Styles, m.screens[m.front]
	body := style.FitLines(s.Draw(m.width, m.height-2), m.width, m.height-2)
	lines := make([]string, 0, m.height)
	lines = append(lines, statusbar.Header(st, m.width, m.tabs(), m.status()))
	lines = append(lines, body...)
	lines = append(lines, m.footer())
	if m.overlay != nil {
		return m.overlay.Draw(lines, m.width, m.height)
	}
	if c := s.Cursor(); c != nil {
		at := *c
		at.Y++
		return lines, &at
	}
	return lines, nil
}

func (m *Model) tabs() []statusbar.Tab {
	tabs := make([]statusbar.Tab, NumScreens)
	for i := range NumScreens {
		tabs[i] = statusbar.Tab{Number: int(i) + 1, Title: i.String(), Badge: m.screens[i].Badge(), Active: i == m.front}
	}
	return tabs
}

func (m *Model) footer() string {
	st := m.env.Styles
	hints, last := m.hints()
	if n, ok := m.notices.Current(); ok {
		return statusbar.Line(st, m.width, n, hints, m.wholeNotice(), last)
	}
	if p := m.keys.Pending(); p != "" {
		return st.Row(m.width, themes.Text, style.Span{Text: " " + showKeys([]string{p}, 1) + " ..", Token: themes.Key})
	}
	return statusbar.Footer(st, m.width, hints, last)
}

// wholeNotice is how a notice is read of which only a part is shown, nothing while that
// takes more than a key.
func (m *Model) wholeNotice() statusbar.Hint {
	if keys := m.env.Keys.Keys(m.scopes(), action.Messages); len(keys) > 0 {
		return statusbar.Hint{Key: keymap.Show(keys[0]), Does: "messages"}
	}
	return statusbar.Hint{}
}

// drawTooSmall says what is wrong and keeps the one live line.
func (m *Model) drawTooSmall() []string {
	st := m.env.Styles
	var lines []string
	what := fmt.Sprintf("terminal too small (need %dx%d)", MinWidth, MinHeight)
	for _, line := range strings.Split(ansi.Wordwrap(what, max(m.width, 1), ""), "\n") {
		lines = append(lines, st.Paint(themes.Warning, line))
	}
	if busy := m.busy(); busy != "" {
		lines = append(lines, st.Paint(themes.Running, busy+" running"))
	}
	return style.FitLines(lines, m.width, m.height)
}
