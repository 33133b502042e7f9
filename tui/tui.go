package tui

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"nixbench/engine/event"
	"nixbench/repl/text"
	"nixbench/themes"
	"nixbench/tui/action"
	"nixbench/tui/guard"
	"nixbench/tui/keymap"
	"nixbench/tui/style"
	"nixbench/tui/table"
	"nixbench/tui/widget/statusbar"
)

// MinWidth and MinHeight are the smallest screen that is drawn on.
const (
	MinWidth  = 60
	MinHeight = 20
)

// Options say how the interface is to look and begin.
type Options struct {
	// Screens makes the five screens; see tui/screen.
	Screens func(*Env) [NumScreens]Screen
	// Start is the screen that comes first, StartMsg what it is then sent;
	// nil for nothing.
	Start    ScreenID
	StartMsg tea.Msg

	// Theme is the user's; nil asks the terminal for its background and
	// takes the built-in dark or light one.
	Theme *themes.Theme
	// Themes are those to choose from; nil: the built-in ones. Configured is the name
	// of the one in the configuration, "" for none.
	Themes     ThemeSource
	Configured string
	// Session is what an earlier run left; nil for nothing. Save, which may be nil,
	// keeps this one: at the end, and whenever bookmarks change.
	Session *Session
	// Notices are shown first, as warnings; the last one longest.
	Notices []string
	Save    func(*Session) error
	// Guard gives the terminal back if the program dies; nil for none.
	Guard *guard.Guard
	// KeepTrace keeps the trace of a panic that did not end the program, and returns the
	// name of the file; nil: traces are not kept.
	KeepTrace func(trace []byte) (file string, err error)
	// Used is called for whatever the user does; it may be nil.
	Used  func()
	ASCII bool        // draw with ASCII glyphs
	Keys  *keymap.Map // nil: the built-in ones
	// Columns are those that the user chose for tables, the others having all.
	Columns map[table.Name][]string
	// NoMouse leaves the mouse to the terminal until the user wants it.
	NoMouse bool
	// Vi edits the REPL's input with the keys of vi.
	Vi bool

	// Environ is the environment, as os.Environ gives it; nil for that.
	Environ []string
	// Profile is what colours the terminal has; zero: what Environ says.
	Profile colorprofile.Profile
	// Now tells the time. It must not be nil.
	Now func() time.Time
	// After is the timer; nil: tea.Tick.
	After func(time.Duration, func(time.Time) tea.Msg) tea.Cmd
	// Input and Output are the terminal; nil: that of the process.
	Input  io.Reader
	Output io.Writer
	// Width and Height are the screen's size where the terminal cannot be
	// asked; zero: it can.
	Width, Height int
}

// Model is the only tea.Model: the app shell around the screens. It belongs to
// Bubble Tea's loop.
type Model struct {
	env     *Env
	o       Options
	keys    keymap.Resolver
	screens [NumScreens]Screen
	front   ScreenID

	overlay overlay // over the screen, nil for none
	notices statusbar.Notices
	running map[event.ID]bool // activities that have not ended
	// collecting are those of running that are collections which a store makes of itself.
	collecting map[event.ID]bool

	width, height int
	profile       colorprofile.Profile
	mouse         bool
	dark          bool // the terminal's background, as far as it has told
	chosen        bool // the theme is the user's choice, not the background's
	picked        bool // and was made from the list of themes
	bookmarks     []Bookmark
	added         []Bookmark // of bookmarks, in this session
	dropped       []Bookmark // likewise
	ticking       bool       // a TickMsg is on its way
	held          bool       // the button of the mouse, since a click on the screen in front
	leaving       bool       // Ctrl-C was pressed once with work running
	started       bool
	quitting      bool

	dirty bool
	view  tea.View
	pace  *pacer // nil if there is no program to pace

	end      func() // ends the program; nil if there is none
	panicked error  // why the interface ends

	sizes chan os.Signal // changes of the size at the start; nil if there is no program

	stops *stops
	begin tea.Cmd // what the screens that were restored ask for
}

// New returns the interface as a model. ctx ends all that it asks for.
func New(ctx context.Context, b Backend, o Options) *Model {
	if o.Environ == nil {
		o.Environ = os.Environ()
	}
	if o.Profile == colorprofile.Unknown {
		o.Profile = profileOf(o.Environ)
	}
	if o.Keys == nil {
		o.Keys = keymap.Default()
	}
	if o.Themes == nil {
		o.Themes = builtinThemes{}
	}
	if o.After == nil {
		o.After = func(d time.Duration, f func(time.Time) tea.Msg) tea.Cmd { return tea.Tick(d, f) }
	}
	m := &Model{
		o: o, front: o.Start, profile: o.Profile, mouse: !o.NoMouse, dirty: true,
		dark: true, chosen: o.Theme != nil,
		keys: keymap.Resolver{Map: o.Keys}, running: map[event.ID]bool{}, collecting: map[event.ID]bool{}, stops: newStops(),
	}
	m.env = &Env{
		Backend: b, Keys: o.Keys, Columns: o.Columns, Vi: o.Vi, Now: o.Now(), Home: homeOf(o.Environ),
		Styles: style.New(style.Options{Theme: o.Theme, Profile: o.Profile, ASCII: o.ASCII}),
		ctx:    ctx, clock: o.Now, after: o.After, keepTrace: o.KeepTrace,
	}
	m.screens = o.Screens(m.env)
	if o.Session != nil {
		m.begin = m.restore(o.Session, o.Start == ScreenRepl && o.StartMsg == nil)
	}
	return m
}

// homeOf is the home directory that an environment tells, "" for none.
func homeOf(environ []string) string {
	for _, v := range environ {
		if home, ok := strings.CutPrefix(v, "HOME="); ok {
			return home
		}
	}
	return ""
}

// profileOf tells what colours the terminal has without asking it. Under tmux
// it is at least 256.
func profileOf(environ []string) colorprofile.Profile {
	p := colorprofile.Env(environ)
	for _, kv := range environ {
		if strings.HasPrefix(kv, "TMUX=") && p == colorprofile.ANSI {
			return colorprofile.ANSI256
		}
	}
	return p
}

// Run shows the interface until the user leaves it, and then prints what was
// done, and why the session is not kept if it is not. It returns ctx's error if ctx ends first.
func Run(ctx context.Context, b Backend, o Options) error {
	ctx, hangUp := context.WithCancelCause(ctx)
	defer hangUp(nil)
	defer guard.WatchHangup(o.Input, func() { hangUp(guard.ErrHungUp) })()
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	m := New(inner, b, o)
	program := tea.NewProgram(m, m.programOptions(ctx, o)...)
	m.end = program.Quit
	m.pace = &pacer{program: program, after: m.env.after}
	m.sizes = watchSizes()
	defer signal.Stop(m.sizes)
	endStops := m.stops.watch(program)
	_, err := program.Run()
	endStops()
	cancel()
	if m.panicked != nil {
		return m.panicked // what the screens know may be what was wrong
	}
	lines := m.Summary()
	if o.Save != nil {
		if serr := o.Save(m.Session()); serr != nil {
			lines = append(lines, "warning: "+text.PlainLine(serr.Error()))
		}
	}
	for _, line := range lines {
		if _, werr := io.WriteString(cmp.Or[io.Writer](o.Output, os.Stdout), line+"\n"); err == nil && werr != nil {
			err = werr
		}
	}
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(err, tea.ErrInterrupted):
		return err
	}
	return fmt.Errorf("run interface: %w", err)
}

// programOptions are what Bubble Tea runs the model with.
func (m *Model) programOptions(ctx context.Context, o Options) []tea.ProgramOption {
	filter := newFilter(o.Now)
	opts := []tea.ProgramOption{
		tea.WithContext(ctx), tea.WithFPS(frameRate), tea.WithColorProfile(m.profile),
		// Signals end ctx. Bubble Tea's own handler would hang on sending a
		// message that nobody reads if ctx ended at the same time.
		tea.WithoutSignalHandler(),
		tea.WithEnvironment(m.o.Environ), tea.WithFilter(func(model tea.Model, msg tea.Msg) tea.Msg {
			m.stops.note(msg)
			return filter(model, msg)
		}),
	}
	if o.Guard != nil {
		opts = append(opts, tea.WithoutCatchPanics()) // the guard's is the better way
	}
	if o.Input != nil {
		opts = append(opts, tea.WithInput(o.Input))
	}
	if o.Width > 0 {
		opts = append(opts, tea.WithWindowSize(o.Width, o.Height))
	}
	if o.Output != nil {
		opts = append(opts, tea.WithOutput(o.Output))
	}
	return opts
}

// Summary says what was done, for printing after the screen is left.
func (m *Model) Summary() []string {
	var out []string
	for _, s := range m.screens {
		out = append(out, s.Summary()...)
	}
	return out
}

// Env returns what the screens share.
func (m *Model) Env() *Env { return m.env }

// Actions are the shell's own.
func (m *Model) Actions() []action.Action { return m.actions() }

// Front returns the screen in front.
func (m *Model) Front() ScreenID { return m.front }

// ScreenOf returns a screen.
func (m *Model) ScreenOf(id ScreenID) Screen { return m.screens[id] }

// Init starts the screens and the wait for events.
func (m *Model) Init() tea.Cmd {
	cmds := []tea.Cmd{m.begin, m.awaitEvents(), m.awaitTheme(), m.catchUpSize()}
	if !m.chosen {
		cmds = append(cmds, tea.RequestBackgroundColor)
	}
	for _, s := range m.screens {
		cmds = append(cmds, s.Init())
	}
	cmds = append(cmds, m.show(m.front, m.o.StartMsg), m.serve())
	if unread := m.env.Backend.Info().Unread; unread != "" {
		cmds = append(cmds, m.notify(themes.Warning, unread))
	}
	for _, notice := range m.o.Notices {
		cmds = append(cmds, m.notify(themes.Warning, notice))
	}
	return tea.Batch(cmds...)
}

// newFilter drops sizes that no terminal has, floods of the mouse and its motion without
// a button.
func newFilter(now func() time.Time) func(tea.Model, tea.Msg) tea.Msg {
	var last time.Time
	tooSoon := func() bool {
		t := now()
		if t.Sub(last) < 8*time.Millisecond {
			return true
		}
		last = t
		return false
	}
	return func(_ tea.Model, msg tea.Msg) tea.Msg {
		switch msg := msg.(type) {
		case tea.WindowSizeMsg:
			if msg.Width <= 0 || msg.Height <= 0 || msg.Width > 4096 || msg.Height > 4096 || msg.Width*msg.Height > 1<<20 {
				return nil
			}
		case tea.MouseMotionMsg:
			if msg.Button != tea.MouseLeft || tooSoon() {
				return nil
			}
		case tea.MouseWheelMsg:
			if tooSoon() {
				return nil
			}
		}
		return msg
	}
}
