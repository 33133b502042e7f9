package tui

// This file has the shell's own actions and the lists that are made from all
// actions: the palette, the help and the footer.

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"nixbench/repl/text"
	"nixbench/themes"
	"nixbench/tui/action"
	"nixbench/tui/keymap"
	"nixbench/tui/style"
	"nixbench/tui/widget/confirm"
	"nixbench/tui/widget/palette"
	"nixbench/tui/widget/statusbar"
)

// actions are the shell's own.
func (m *Model) actions() []action.Action {
	list := make([]action.Action, 0, 16)
	shows := [NumScreens]action.ID{action.ShowRepl, action.ShowBuilds, action.ShowClosure, action.ShowProfiles, action.ShowGC}
	for i, id := range shows {
		list = append(list, action.Action{ID: id, Title: "Go to " + ScreenID(i).String(), Run: func() tea.Cmd {
			return m.askedFor(ScreenID(i))
		}})
	}
	return append(list,
		action.Action{ID: action.Help, Title: "Help for this screen", Run: m.help},
		action.Action{ID: action.Palette, Title: "All commands", Hidden: true, Run: m.palette},
		action.Action{ID: action.Messages, Title: "Messages and commands run", Run: m.messages},
		action.Action{ID: action.Back, Title: "Close, clear or leave what is innermost", Hidden: true, Run: m.back},
		action.Action{ID: action.Quit, Title: "Back, or quit", Run: m.quitOrBack},
		action.Action{ID: action.Interrupt, Title: "Interrupt, or quit", Hidden: true, Run: m.interrupt},
		action.Action{ID: action.Suspend, Title: "Suspend (what runs stops too)", Run: func() tea.Cmd { return tea.Suspend }},
		action.Action{ID: action.Mouse, Title: "Mouse on or off", Run: m.flipMouse},
		action.Action{ID: action.Themes, Title: "Choose a theme ..", Run: m.pickTheme},
		action.Action{ID: action.Bookmarks, Title: "Bookmarks: go to one, or add this ..", Run: m.pickBookmark},
		action.Action{ID: action.DropBookmark, Title: "Remove a bookmark ..", Run: m.dropBookmark},
		action.Action{ID: action.Redraw, Title: "Draw the screen again", Run: func() tea.Cmd { return tea.ClearScreen }},
	)
}

func (m *Model) back() tea.Cmd {
	if !m.screens[m.front].Back() {
		m.notices.Clear()
	}
	return nil
}

func (m *Model) quitOrBack() tea.Cmd {
	if m.screens[m.front].Back() {
		return nil
	}
	busy := m.busy()
	if busy == "" {
		return m.quit()
	}
	m.overlay = newConfirmOverlay(m.env.Styles, confirm.Options{
		Title:    "quit",
		Plan:     [][]style.Span{{{Text: busy + " running: quitting cancels this", Token: themes.Warning}}},
		Question: "quit now?", Yes: "quit", OnYes: m.quit,
	})
	return nil
}

func (m *Model) quit() tea.Cmd {
	m.quitting = true
	return tea.Quit
}

// interrupt is Ctrl-C: the screen's foremost work first; then quitting, which
// takes a second press while something runs.
func (m *Model) interrupt() tea.Cmd {
	if cmd, ok := m.screens[m.front].Interrupt(); ok {
		return cmd
	}
	busy := m.busy()
	if busy == "" || m.leaving {
		return m.quit()
	}
	m.leaving = true
	calm := m.env.After(leaveTime, func(time.Time) tea.Msg { return calmMsg{} })
	return tea.Batch(calm, m.notify(themes.Warning, "^C again cancels "+busy+" and quits"))
}

func (m *Model) flipMouse() tea.Cmd {
	m.mouse = !m.mouse
	if m.mouse {
		return m.notify(themes.Info, "mouse on; shift-drag selects text in most terminals")
	}
	return m.notify(themes.Info, "mouse off: the terminal selects text")
}

// palette lists every action: those of the screen in front first.
func (m *Model) palette() tea.Cmd {
	var items []palette.Item
	type place struct {
		id     action.ID
		screen ScreenID
	}
	places := map[string]place{}
	add := func(actions []action.Action, scopes []keymap.Scope, screen ScreenID, side string) {
		for _, a := range actions {
			key := side + " " + string(a.ID)
			if a.Hidden || places[key] != (place{}) {
				continue
			}
			places[key] = place{a.ID, screen}
			items = append(items, palette.Item{
				Key: key, Title: a.Title, Side: side, Disabled: a.Disabled,
				Hint: showKeys(m.env.Keys.Keys(scopes, a.ID), 1),
			})
		}
	}
	for i := range NumScreens {
		id := (m.front + i) % NumScreens
		s := m.screens[id]
		scopes := append(append([]keymap.Scope(nil), s.Scopes()...), keymap.Screen, keymap.Always, keymap.Global)
		add(s.Actions(), scopes, id, strings.ToLower(id.String()))
		if i == 0 {
			add(m.actions(), scopes, id, "everywhere")
		}
	}
	m.overlay = newPaletteOverlay(m.env.Styles, palette.Options{
		Title: "commands", Items: items,
		OnPick: func(key string) tea.Cmd {
			p := places[key]
			return m.act(p.screen, p.id)
		},
	})
	return nil
}

// showKeys spells up to n of keys.
func showKeys(keys []string, n int) string {
	var out []string
	for _, k := range keys[:min(n, len(keys))] {
		out = append(out, keymap.Show(k))
	}
	return strings.Join(out, "/")
}

// mostKeys is how many cells of the help keys take at most.
const mostKeys = 18

// fewKeys spells as many of up to three keys as take no more than that.
func fewKeys(keys []string) string {
	out := ""
	for n := 1; n <= min(3, len(keys)); n++ {
		if all := showKeys(keys, n); n == 1 || style.Width(all) <= mostKeys {
			out = all
		}
	}
	return out
}

// help shows the keys that hold on the screen in front.
func (m *Model) help() tea.Cmd {
	s := m.screens[m.front]
	scopes := m.scopes()
	var lines [][]style.Span
	section := func(title string) {
		if len(lines) > 0 {
			lines = append(lines, nil)
		}
		lines = append(lines, []style.Span{{Text: title, Token: themes.Heading}})
	}
	wide := 0 // cells of the longest keys
	entry := func(keys, title, disabled string) {
		wide = max(wide, min(style.Width(keys), mostKeys))
		line := []style.Span{{Text: keys, Token: themes.Key}, {Text: "  " + title}}
		if disabled != "" {
			line = append(line, style.Span{Text: "  (" + disabled + ")", Token: themes.Muted})
		}
		lines = append(lines, line)
	}
	section(m.front.String())
	for _, a := range s.Actions() {
		if keys := fewKeys(m.env.Keys.Keys(scopes, a.ID)); keys != "" {
			entry(keys, a.Title, a.Disabled)
		}
	}
	for _, scope := range s.Scopes() {
		titled := false
		for _, b := range m.env.Keys.Bindings(scope) {
			keys := fewKeys(m.env.Keys.Keys(scopes, b.ID))
			if _, isAction := action.Find(s.Actions(), b.ID); isAction || b.Help == "" || keys == "" {
				continue
			}
			if !titled {
				section(scopeTitle(scope))
				titled = true
			}
			entry(keys, b.Help, "")
		}
	}
	section("everywhere")
	for _, a := range m.actions() {
		if keys := fewKeys(m.env.Keys.Keys(scopes, a.ID)); keys != "" {
			entry(keys, a.Title, "")
		}
	}
	for _, line := range lines {
		if len(line) > 1 {
			line[0].Text = "  " + style.Fit(line[0].Text, wide)
		}
	}
	lines = append(lines, nil, []style.Span{{Text: "  shift-drag selects text while the mouse is on", Token: themes.Muted}})
	m.overlay = newViewer(m.env.Styles, ViewOptions{Title: "help: " + m.front.String(), Lines: lines, Hang: wide + 6})
	return nil
}

func scopeTitle(s keymap.Scope) string {
	switch s {
	case keymap.Rows:
		return "lists"
	case keymap.Log:
		return "logs"
	case keymap.Edit:
		return "editing"
	case keymap.ReplInput:
		return "while typing"
	case keymap.ClosureWhy:
		return "in why"
	}
	return string(s)
}

// messages shows the notices and the commands that were carried out.
func (m *Model) messages() tea.Cmd {
	var lines [][]style.Span
	var commands []string // of each line
	for _, n := range m.notices.All() {
		command := ""
		if n.Command {
			command = n.Text
		}
		commands = append(commands, command)
		line := []style.Span{{Text: n.At.Format("15:04:05") + "  ", Token: themes.Muted}}
		if n.Command {
			line = append(line, style.Span{Text: "$ " + text.PlainLine(n.Text), Token: themes.String})
		} else {
			line = append(line, style.Span{Text: text.PlainLine(n.Prefix() + n.Text), Token: n.Level})
		}
		lines = append(lines, line)
	}
	if lines == nil {
		lines = [][]style.Span{{{Text: "no messages yet", Token: themes.Muted}}}
	}
	m.overlay = newViewer(m.env.Styles, ViewOptions{
		Title: "messages", Lines: lines, Hang: 12, Bottom: true, Copies: commands,
		OnCopy: func(command string) tea.Cmd { return m.copy(copyMsg{command, "the command"}) },
	})
	return nil
}

// hints are the footer's, the most important first.
func (m *Model) hints() ([]statusbar.Hint, statusbar.Hint) {
	s := m.screens[m.front]
	scopes := m.scopes()
	var hints []statusbar.Hint
	hint := func(id action.ID, does string) {
		if keys := m.env.Keys.Keys(scopes, id); len(keys) > 0 {
			hints = append(hints, statusbar.Hint{Key: keymap.Show(keys[0]), Does: does})
		}
	}
	if m.overlay != nil { // the screen's actions are not to be had
		hint(action.FindText, "find")
		hint(action.OverlayClose, "close")
	} else {
		for _, a := range s.Actions() {
			if a.Short != "" && a.Disabled == "" {
				hint(a.ID, a.Short)
			}
		}
		if s.Typing() {
			hint(action.Palette, "commands")
		}
	}
	keys := m.env.Keys.Keys(scopes, action.Help)
	last := "?"
	if len(keys) > 0 {
		last = keymap.Show(keys[len(keys)-1])
	}
	return hints, statusbar.Hint{Key: last, Does: "help"}
}
