package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"nixbench/engine/event"
	"nixbench/store"
	"nixbench/tui/action"
	"nixbench/tui/keymap"
	"nixbench/tui/style"
	"nixbench/tui/table"
	"nixbench/tui/widget/rows"
)

// A ScreenID names a screen; screens are numbered from 1 in the header.
type ScreenID uint8

// The screens, in the order of the header.
const (
	ScreenRepl ScreenID = iota
	ScreenBuilds
	ScreenClosure
	ScreenProfiles
	ScreenGC
	NumScreens
)

// String returns the screen's title.
func (id ScreenID) String() string {
	return [...]string{"Repl", "Builds", "Closure", "Profiles", "GC", "?"}[min(id, NumScreens)]
}

// A Screen is one of the five. Its methods are called by the app shell only,
// on Bubble Tea's loop. Embedding [Base] gives all but Update, Draw, Actions and
// Scopes a usual meaning.
type Screen interface {
	// Init returns what the screen asks for when the program starts.
	Init() tea.Cmd
	// Update takes everything that is not an action of the screen: intents,
	// typed text, answers, events, ticks; see doc.go for the list. It must
	// not wait.
	Update(msg tea.Msg) tea.Cmd
	// Draw returns exactly h lines of at most w cells. It must not wait and
	// changes nothing but what belongs to drawing.
	Draw(w, h int) []string
	// Actions lists what can be done, always the same IDs in the same order,
	// those for the footer in the order of their importance.
	Actions() []action.Action
	// Scopes names the bindings that hold now, innermost first; the shell
	// adds its own.
	Scopes() []keymap.Scope

	// Typing tells that a text input has the keys: letters are text then.
	Typing() bool
	// Back closes the innermost thing that Esc closes; false: there is none.
	Back() bool
	// Interrupt cancels the screen's foremost running work for Ctrl-C, or
	// clears its input; false: there is nothing to interrupt.
	Interrupt() (tea.Cmd, bool)
	// Busy says what runs that quitting would cancel ("2 builds"); "" for
	// nothing. While it is not empty, a [TickMsg] comes each second.
	Busy() string
	// Lively tells that what the screen shows goes on, so that a [TickMsg] is wanted each
	// second while it is in front, whether it is busy or not.
	Lively() bool
	// Badge is the counter beside the title, "" for none.
	Badge() string
	// Status is shown at the right of the header, "" for nothing.
	Status() string
	// Cursor is where the terminal's cursor belongs in what was drawn last,
	// nil to hide it. It should be on the selected row.
	Cursor() *tea.Cursor
	// Summary is printed after the program has left the screen: what was
	// done, in at most five lines.
	Summary() []string
}

// Base gives a screen the usual answers.
type Base struct{}

// Init asks for nothing.
func (Base) Init() tea.Cmd { return nil }

// Typing is false.
func (Base) Typing() bool { return false }

// Back closes nothing.
func (Base) Back() bool { return false }

// Interrupt has nothing to interrupt.
func (Base) Interrupt() (tea.Cmd, bool) { return nil, false }

// Busy is with nothing.
func (Base) Busy() string { return "" }

// Lively is false.
func (Base) Lively() bool { return false }

// Badge is empty.
func (Base) Badge() string { return "" }

// Status is empty.
func (Base) Status() string { return "" }

// Cursor is hidden.
func (Base) Cursor() *tea.Cursor { return nil }

// Summary is empty.
func (Base) Summary() []string { return nil }

// An Env is what all screens share. It belongs to Bubble Tea's loop.
type Env struct {
	Backend Backend
	Styles  *style.Styles
	Keys    *keymap.Map
	// Columns are those that the user chose for tables.
	Columns map[table.Name][]string
	// Vi says that the REPL's input is edited with the keys of vi.
	Vi bool
	// Home is the user's home directory, which screens write ~ for; "" if there is none.
	Home string
	// Now is the time that the newest message brought; nothing else tells
	// the time.
	Now time.Time

	ctx   context.Context //nolint:containedctx // the interface's own lifetime
	clock func() time.Time
	after func(time.Duration, func(time.Time) tea.Msg) tea.Cmd
	// keepTrace is that of [Options].
	keepTrace func(trace []byte) (file string, err error)

	requests []tea.Msg // for the shell, oldest first; see requests.go
}

// Table returns a list with the columns of a table, as far as the user wants them.
func (e *Env) Table(name table.Name, columns ...rows.Column) *rows.Rows {
	w := rows.New(e.Styles, columns...)
	if titles, ok := e.Columns[name]; ok {
		w.Choose(titles)
	}
	return w
}

// After returns a command that sends what f makes of the time after d has
// passed.
func (e *Env) After(d time.Duration, f func(time.Time) tea.Msg) tea.Cmd { return e.after(d, f) }

// Context ends when the interface is left. [Ask] derives its own from it; only
// widgets that open files of their own, such as logview, are given this one.
func (e *Env) Context() context.Context { return e.ctx }

// A Slot holds at most one request to the backend: asking again cancels the
// one before, whose answer is then stale. The zero value is ready to use.
type Slot struct {
	serial uint64
	cancel context.CancelFunc
}

// Cancel cancels the request, if one is under way; its answer will be stale.
func (s *Slot) Cancel() {
	if s.cancel != nil {
		s.cancel()
		s.cancel = nil
	}
	s.serial++
}

// Pending tells whether an answer is awaited.
func (s *Slot) Pending() bool { return s.cancel != nil }

// An Answer is the message that ends a request.
type Answer[T any] struct {
	Value T
	Err   error
	At    time.Time // when it came

	slot   *Slot
	serial uint64
}

// For tells whether a answers the newest request of slot; it then closes the
// slot. Other answers are to be ignored.
func (a Answer[T]) For(slot *Slot) bool {
	if a.slot != slot || a.serial != slot.serial {
		return false
	}
	slot.Cancel()
	return true
}

func (a Answer[T]) time() time.Time { return a.At }

// Ask returns a command that calls f and sends its result as an [Answer].
// A panic of f becomes an error. f's context ends with the slot and with the
// interface.
func Ask[T any](e *Env, slot *Slot, f func(context.Context) (T, error)) tea.Cmd {
	slot.Cancel()
	ctx, cancel := context.WithCancel(e.ctx)
	slot.cancel = cancel
	serial, clock := slot.serial, e.clock
	return func() (msg tea.Msg) {
		a := Answer[T]{slot: slot, serial: serial}
		defer func() {
			if r := recover(); r != nil {
				a.Err = internalError(r, e.keepTrace)
			}
			a.At = clock()
			msg = a
		}()
		a.Value, a.Err = f(ctx)
		return a
	}
}

// The messages that the shell sends to screens, beside action.Intent,
// tea.KeyPressMsg and tea.PasteMsg for the screen in front and answers for all.
type (
	// ShownMsg says that the screen has come to the front.
	ShownMsg struct{}
	// AgainMsg says that the screen in front is asked for: its main part gets the keys.
	AgainMsg struct{}
	// HiddenMsg says that another screen has come to the front instead.
	HiddenMsg struct{}
	// TickMsg comes each second while something runs.
	TickMsg struct{ Now time.Time }
	// EventsMsg brings the newest snapshots of activities, to all screens.
	EventsMsg struct {
		Activities []*event.Activity // shared: they must not be modified
		Now        time.Time
	}
	// PointerMsg is the mouse on the screen, in cells of what it drew.
	PointerMsg struct {
		X, Y  int
		Wheel int // rows, negative up; 0: a click
	}
	// DragMsg is the mouse with its button held since a click on the screen.
	DragMsg struct{ X, Y int }

	// ShowPathMsg asks the closure browser to show a path.
	ShowPathMsg struct{ Path store.Path }
	// ShowWhyMsg asks the closure browser why From depends on To.
	ShowWhyMsg struct{ From, To store.Path }
	// ShowBuildMsg asks the builds screen to show the build of a derivation.
	ShowBuildMsg struct{ Drv store.Path }
	// ShowProfileMsg asks the profiles screen to show a profile.
	ShowProfileMsg struct{ Link string }
	// MarkRootsMsg asks the GC screen to mark roots by their links.
	MarkRootsMsg struct{ Links []string }
	// InsertMsg asks the REPL to put text into the input.
	InsertMsg struct{ Text string }
	// StoreChangedMsg tells all screens that paths or roots were added or
	// removed, so that what they show may be out of date.
	StoreChangedMsg struct{}
)
