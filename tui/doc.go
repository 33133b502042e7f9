// Package tui is the interface on the terminal: the app shell around five
// screens. It is the only place where Bubble Tea is used.
//
// # How it hangs together
//
//	keys     --keymap--> action.ID --> overlay | screen's action | shell's action | action.Intent
//	requests --Ask--> Backend, in a goroutine --> Answer, dropped if stale
//	events   --Mailbox, one waiting command, at most 30 batches a second--> EventsMsg, to all screens
//	time     --once a second, only while something runs--> TickMsg
//	Update   changes state;  Draw  makes lines of it;  View  is cached until the next message
//
// There is one tea.Model, [Model]. Screens and widgets are structs with
// methods, called on Bubble Tea's loop only, so nothing in them is locked.
// Update and Draw never wait, never read a clock, a file or the store: they ask
// with [Ask] and get an [Answer] later.
//
// # How to write a screen
//
// A screen is a struct in tui/screen/NAME with the receiver s. It embeds
// [Base], holds the [Env] and its widgets, and has Update, Draw, Actions and
// Scopes:
//
//	type Screen struct {
//		tui.Base
//		env   *tui.Env
//		rows  *rows.Rows
//		graph tui.Slot // the request for the store's graph
//		g     *store.Graph
//	}
//
//	func New(env *tui.Env) *Screen {
//		s := &Screen{env: env}
//		s.rows = rows.New(env.Styles, rows.Column{Title: "NAME", Min: 20, Flex: 1},
//			rows.Column{Title: "SIZE", Min: 7, Right: true, Rank: 1})
//		return s
//	}
//
// Ask for data when the screen is shown, and take the answer only if it is
// the newest; every message goes to every screen, so a message that is not
// yours is ignored:
//
//	func (s *Screen) Update(msg tea.Msg) tea.Cmd {
//		switch msg := msg.(type) {
//		case tui.ShownMsg:
//			if s.g == nil {
//				return tui.Ask(s.env, &s.graph, s.env.Backend.Graph)
//			}
//		case tui.Answer[*store.Graph]:
//			if !msg.For(&s.graph) {
//				return nil
//			}
//			if msg.Err != nil {
//				return s.env.Fail(msg.Err)
//			}
//			s.g = msg.Value
//			s.rows.SetSource(…)
//		case action.Intent: // moving and folding
//			s.rows.Update(msg)
//		case tui.PointerMsg: // in cells of what Draw returned
//			…
//		case tui.DragMsg: // for panes.Drag
//			…
//		}
//		return nil
//	}
//
// Keys are bound in tui/keymap (one function a screen in screens.go) to the IDs
// of tui/action. What the screen can do it lists in Actions: always the same
// IDs in the same order, those for the footer (with a Short word) in the order
// of importance. What cannot be done now has its reason in Disabled; the shell
// shows it. Run may change state and returns a command or nil:
//
//	{ID: action.ClosureWhy, Title: "Why does this depend on ..?", Short: "why", Disabled: s.noPath(), Run: s.askWhy}
//
// Scopes says which bindings hold, innermost first: that of the screen, then
// that of the widget with the keys.
//
//	func (s *Screen) Scopes() []keymap.Scope { return []keymap.Scope{keymap.Closure, keymap.Rows} }
//
// The shell adds [keymap.Screen], [keymap.Always] and [keymap.Global]. While
// Typing is true, letters come as tea.KeyPressMsg, and only the screen's own
// scopes and Always hold. The actions of keymap.Screen (find, next pane, copy,
// edit …) belong to the screens: list those that you have under these IDs.
//
// Draw fills w by h cells. Borders come from [style.Styles.Box], panes are put
// together with [style.Beside] and [style.Stack], widgets draw exactly what
// they are given:
//
//	func (s *Screen) Draw(w, h int) []string {
//		p := style.Pane{Title: "closure", Focus: true}
//		return s.env.Styles.Box(w, h, p, s.rows.Draw(p.InnerWidth(w), p.InnerHeight(h), true))
//	}
//
// [WidthOf] says how many panes go side by side. Text is painted by meaning
// (themes.Failed, themes.DrvName), never by colour, and words say what colours
// say. Untrusted text is cleaned by repl/text before it becomes a style.Span:
// Sanitise for lines of logs (then it is painted already and goes into a line
// as it is), SanitiseName for names, paths and values.
//
// What needs the shell is asked for by the methods of [Env] in requests.go:
// [Env.Goto] another screen with a message such as [ShowPathMsg], [Env.Notify],
// [Env.Warn], [Env.Fail], [Env.Confirm] a plan, [Env.Pick] from a list,
// [Env.Prompt] for a line (search as one types: OnChange), [Env.View] lines,
// [Env.Copy], [Env.EditFile], [Env.Ran] for the log of commands. They are
// called on Bubble Tea's loop only, never in a command, and are carried out
// before the next key. After changing the store, [Env.Broadcast]
// StoreChangedMsg.
//
// Cursor puts the terminal's cursor on the selected row (rows.CursorLine), for
// screen readers. Busy says what runs: then TickMsg comes each second, and
// quitting asks. Env.Now is the time.
//
// # How to test a screen
//
// tui/tuitest has a backend with made-up data, a driver that presses keys and
// answers requests at once, goldens in two layers, and a fuzzer of invariants:
//
//	d := tuitest.New(t, tuitest.NewBackend(), 80, 24, only(tui.ScreenClosure, New))
//	d.Keys("j j enter")
//	d.Golden("dive")
//	tuitest.Invariants(t, …)
package tui
