package tui

// This file routes messages. A key goes, in this order, to the overlay, to an
// action of the screen, to an action of the shell, and else as an intent or as
// typed text to the screen.
//
//	key --overlay open?--> overlay
//	    --screen.Actions has the ID--> Run
//	    --shell has the ID--> Run
//	    --else--> screen.Update(action.Intent or tea.KeyPressMsg)

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"nixbench/themes"
	"nixbench/tui/action"
	"nixbench/tui/keymap"
	"nixbench/tui/widget/statusbar"
)

const (
	noticeTime = 3 * time.Second
	leaveTime  = 2 * time.Second
)

type (
	expireMsg struct{ serial int }
	calmMsg   struct{} // the second Ctrl-C did not come
)

// Update takes a message; see the top of the file.
func (m *Model) Update(msg tea.Msg) (_ tea.Model, cmd tea.Cmd) {
	m.guarded(func() { cmd = m.update(msg) })
	return m, cmd
}

func (m *Model) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case restMsg:
		return m.pace.rest(msg)
	case calmedMsg:
		return m.pace.calm(msg)
	}
	if m.o.Used != nil && !comesByItself(msg) {
		m.o.Used()
	}
	m.stamp(msg)
	m.dirty = true
	return tea.Batch(m.route(msg), m.serve(), m.tick(), m.pace.note(msg), m.pace.hurry(msg))
}

// maxRequests bounds what one message may set off.
const maxRequests = 1000

// serve does what screens asked for while they took a message.
func (m *Model) serve() tea.Cmd {
	var cmds []tea.Cmd
	for range maxRequests {
		if len(m.env.requests) == 0 {
			break
		}
		msg := m.env.requests[0]
		m.env.requests = m.env.requests[1:]
		cmds = append(cmds, m.request(msg))
	}
	return tea.Batch(cmds...)
}

// stamp takes the time from messages that bring one.
func (m *Model) stamp(msg tea.Msg) {
	now := time.Time{}
	switch msg := msg.(type) {
	case TickMsg:
		now = msg.Now
	case EventsMsg:
		now = msg.Now
	case interface{ time() time.Time }:
		now = msg.time()
	}
	if now.After(m.env.Now) {
		m.env.Now = now
	}
}

func (m *Model) route(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.width, m.height = msg.Width, msg.Height
	case tea.KeyPressMsg:
		return m.key(msg)
	case tea.PasteMsg:
		return m.paste(msg)
	case tea.MouseMsg:
		return m.pointer(msg)
	case tea.BackgroundColorMsg:
		m.ground(msg.IsDark())
	case tea.ColorProfileMsg:
		m.profile = msg.Profile
		m.restyle()
	case EventsMsg:
		m.note(msg)
		return tea.Batch(m.toAll(msg), m.tellOnce(msg), m.awaitEvents())
	case TickMsg:
		m.ticking = false
		return m.toAll(msg)
	case expireMsg:
		m.notices.Expire(msg.serial)
	case calmMsg:
		m.leaving = false
	case noticeMsg:
		return m.notify(msg.level, msg.text)
	case themeMsg:
		return m.themeChanged()
	case retakeMsg:
		return retake()
	case tea.KeyReleaseMsg, tea.FocusMsg, tea.BlurMsg, tea.KeyboardEnhancementsMsg,
		tea.ResumeMsg, tea.EnvMsg, tea.ModeReportMsg, nil:
	default:
		return m.toAll(msg)
	}
	return nil
}

// request does what a screen asked for by a method of requests.go.
func (m *Model) request(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case gotoMsg:
		m.overlay = nil
		return m.show(msg.id, msg.msg)
	case broadcast:
		return m.toAll(msg.msg)
	case actMsg:
		return m.act(msg.screen, msg.id)
	case noticeMsg:
		return m.notify(msg.level, msg.text)
	case commandMsg:
		m.notices.Add(statusbar.Notice{Level: themes.Info, Text: msg.line, At: m.env.Now, Command: true})
		return nil
	case confirmMsg:
		m.overlay = newConfirmOverlay(m.env.Styles, msg.options)
		return nil
	case pickMsg:
		m.overlay = newPaletteOverlay(m.env.Styles, msg.options)
		return nil
	case promptMsg:
		m.overlay = newPromptOverlay(m.env.Styles, msg.options)
		return nil
	case viewMsg:
		m.overlay = newViewer(m.env.Styles, msg.options)
		return nil
	case copyMsg:
		return m.copy(msg)
	case editMsg:
		cmd, err := m.env.Backend.EditorCommand(msg.file, msg.line)
		if err != nil {
			return m.notify(themes.Error, err.Error())
		}
		return m.exec(execMsg{cmd, msg.then})
	case execMsg:
		return m.exec(msg)
	}
	return nil
}

// toAll sends msg to all screens.
func (m *Model) toAll(msg tea.Msg) tea.Cmd {
	var cmds []tea.Cmd
	for _, s := range m.screens {
		if cmd := s.Update(msg); cmd != nil {
			cmds = append(cmds, cmd)
		}
	}
	return tea.Batch(cmds...)
}

// show brings a screen to the front and sends it msg, if that is not nil.
func (m *Model) show(id ScreenID, msg tea.Msg) tea.Cmd {
	var hidden, shown, sent tea.Cmd
	if m.started && id != m.front {
		hidden = m.screens[m.front].Update(HiddenMsg{})
	}
	if id != m.front || !m.started {
		m.front, m.started = id, true
		shown = m.screens[id].Update(ShownMsg{})
	}
	if msg != nil {
		sent = m.screens[id].Update(msg)
	}
	return tea.Batch(hidden, shown, sent)
}

// askedFor shows the screen that the user asks for.
func (m *Model) askedFor(id ScreenID) tea.Cmd {
	if id == m.front {
		return m.screens[id].Update(AgainMsg{})
	}
	if n, shown := m.notices.Current(); shown && n.Level == themes.Info {
		m.notices.Clear() // it is about what was done here
	}
	return m.show(id, nil)
}

// scopes returns the bindings that hold now, innermost first.
func (m *Model) scopes() []keymap.Scope {
	if m.overlay != nil {
		return append(m.overlay.Scopes(), keymap.Always)
	}
	s := m.screens[m.front]
	scopes := append([]keymap.Scope(nil), s.Scopes()...)
	if s.Typing() {
		return append(scopes, keymap.Always)
	}
	return append(scopes, keymap.Screen, keymap.Always, keymap.Global)
}

func (m *Model) key(msg tea.KeyPressMsg) tea.Cmd {
	if m.tooSmall() && msg.String() != "ctrl+c" && msg.String() != "q" {
		return nil
	}
	id, pending := m.keys.Press(m.scopes(), msg.String())
	if id != action.Interrupt {
		m.leaving = false
	}
	switch {
	case pending:
		return nil
	case id != "":
		return m.do(id)
	case m.overlay != nil:
		return m.toOverlay(msg)
	case m.screens[m.front].Typing():
		return m.screens[m.front].Update(msg)
	}
	return nil
}

// do carries out what a key stands for.
func (m *Model) do(id action.ID) tea.Cmd {
	if m.overlay != nil {
		switch id {
		case action.Redraw, action.Suspend:
		case action.Back, action.Interrupt:
			return m.toOverlay(action.Intent{ID: action.OverlayClose})
		case action.Help, action.Palette, action.ShowRepl, action.ShowBuilds,
			action.ShowClosure, action.ShowProfiles, action.ShowGC:
			m.overlay = nil
		default:
			return m.toOverlay(action.Intent{ID: id})
		}
	}
	s := m.screens[m.front]
	if a, ok := action.Find(s.Actions(), id); ok {
		return m.perform(a)
	}
	if a, ok := action.Find(m.actions(), id); ok {
		return m.perform(a)
	}
	return s.Update(action.Intent{ID: id})
}

// perform runs a, or says why it cannot.
func (m *Model) perform(a action.Action) tea.Cmd {
	if a.Disabled != "" {
		return m.notify(themes.Warning, a.Disabled)
	}
	if a.Run == nil {
		return nil
	}
	return a.Run()
}

// act does an action of a screen, which it brings to the front.
func (m *Model) act(id ScreenID, a action.ID) tea.Cmd {
	m.overlay = nil
	shown := m.show(id, nil)
	return tea.Batch(shown, m.do(a))
}

// toOverlay sends msg to the overlay and closes it when it is done.
func (m *Model) toOverlay(msg tea.Msg) tea.Cmd {
	o := m.overlay
	cmd, done := o.Update(msg)
	if done && m.overlay == o {
		m.overlay = nil
	}
	return cmd
}

func (m *Model) paste(msg tea.PasteMsg) tea.Cmd {
	if m.overlay != nil {
		return m.toOverlay(msg)
	}
	return m.screens[m.front].Update(msg)
}

// pointer takes the mouse: tabs, the overlay, or the screen below the header.
func (m *Model) pointer(msg tea.MouseMsg) tea.Cmd {
	at := PointerMsg{X: msg.Mouse().X, Y: msg.Mouse().Y}
	switch msg := msg.(type) {
	case tea.MouseWheelMsg:
		switch msg.Button {
		case tea.MouseWheelUp:
			at.Wheel = -3
		case tea.MouseWheelDown:
			at.Wheel = 3
		default: // to the side
			return nil
		}
	case tea.MouseClickMsg:
		if msg.Button != tea.MouseLeft {
			return nil
		}
		m.held = false
	case tea.MouseMotionMsg, tea.MouseReleaseMsg:
		return m.drag(msg)
	default:
		return nil
	}
	if m.tooSmall() {
		return nil
	}
	if m.overlay != nil {
		return m.toOverlay(at)
	}
	if at.Y == 0 {
		if i, ok := statusbar.TabAt(m.width, m.tabs(), m.status(), at.X); ok && at.Wheel == 0 {
			return m.askedFor(ScreenID(i))
		}
		return nil
	}
	if at.Y == m.height-1 {
		return nil
	}
	at.Y--
	m.held = at.Wheel == 0
	return m.screens[m.front].Update(at)
}

// drag takes the mouse with its button held, or as it is let go.
func (m *Model) drag(msg tea.MouseMsg) tea.Cmd {
	held := m.held
	if _, released := msg.(tea.MouseReleaseMsg); released {
		m.held = false
	}
	if !held || m.tooSmall() || m.overlay != nil {
		return nil
	}
	return m.screens[m.front].Update(DragMsg{X: msg.Mouse().X, Y: msg.Mouse().Y - 1})
}

// notify shows a notice and lets it go after a while.
func (m *Model) notify(level themes.Token, text string) tea.Cmd {
	serial := m.notices.Add(statusbar.Notice{Level: level, Text: text, At: m.env.Now})
	return m.env.After(noticeTime, func(time.Time) tea.Msg { return expireMsg{serial} })
}
