// Package panes puts lists and texts in panes on a screen and remembers where
// each was drawn, so that Tab, the mouse and the terminal's cursor find them.
package panes

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"nixbench/themes"
	"nixbench/tui/action"
	"nixbench/tui/style"
	"nixbench/tui/widget/rows"
)

// An ID names a pane of a screen.
type ID uint8

// Panes is what is on the screen. It is not safe for concurrent use.
type Panes struct {
	// Full tells that only the pane with the keys is to be drawn; the screen
	// asks for it when it arranges the panes.
	Full bool

	// Shift is how far the user has moved the dividers.
	Shift Shift

	st    *style.Styles
	focus ID
	tabs  []ID // panes that can have the keys, in the order of Tab
	areas []area

	across, down divider
	held         *divider // the mouse has it
	grip         int      // how far the mouse is from where it is
}

// A divider is where panes meet, as it was drawn last.
type divider struct {
	at, total, usual int
	shift            *float64
}

// An area is a pane where it was drawn.
type area struct {
	id         ID
	x, y, w, h int
	above      int // lines over the list
	list       *rows.Rows
	block      Block // instead of a list
}

// A Block is what a pane shows that is no list: it knows what is where in it.
type Block interface {
	// Click puts the cursor on what is at x, y. again tells that it was there
	// already; ok is false if nothing is there.
	Click(x, y int) (again, ok bool)
	// Cursor is where the cursor is.
	Cursor() (x, y int, ok bool)
}

// New returns panes of which the first in the order of Tab has the keys.
func New(st *style.Styles) *Panes { return &Panes{st: st} }

// Arrange says which panes can have the keys now, in the order of Tab, and
// forgets where panes were. It comes first when a screen is drawn, and when
// panes open or close.
func (w *Panes) Arrange(tabs ...ID) {
	w.tabs, w.areas = tabs, w.areas[:0]
	w.across, w.down = divider{}, divider{}
}

// Focus is the pane that has the keys: the first, if the one that had them is
// gone.
func (w *Panes) Focus() ID {
	if slices.Contains(w.tabs, w.focus) || len(w.tabs) == 0 {
		return w.focus
	}
	return w.tabs[0]
}

// SetFocus gives the keys to a pane.
func (w *Panes) SetFocus(id ID) { w.focus = id }

// Next gives the keys to the pane n places on, round the end.
func (w *Panes) Next(n int) {
	if len(w.tabs) == 0 {
		return
	}
	i := max(slices.Index(w.tabs, w.Focus()), 0)
	w.focus = w.tabs[((i+n)%len(w.tabs)+len(w.tabs))%len(w.tabs)]
}

// A Shift is how far dividers were moved from where they usually are, in parts of
// the screen's width and height.
type Shift struct {
	Across float64 `json:"across,omitempty"` // to the right
	Down   float64 `json:"down,omitempty"`
}

const (
	step     = 0.05 // of a shift
	maxShift = 0.9
)

// Across is how many of total cells are left of the divider: usual, if the user has
// not moved it. Each side keeps at least least.
func (w *Panes) Across(total, usual, least int) int {
	at := divide(total, usual, least, w.Shift.Across)
	w.across = divider{at, total, usual, &w.Shift.Across}
	return at
}

// Down is [Panes.Across] for the lines above a divider.
func (w *Panes) Down(total, usual, least int) int {
	at := divide(total, usual, least, w.Shift.Down)
	w.down = divider{at, total, usual, &w.Shift.Down}
	return at
}

func divide(total, usual, least int, shift float64) int {
	if shift == 0 {
		return usual
	}
	n := usual + int(shift*float64(total))
	return max(min(n, total-least), min(least, usual))
}

// hold takes hold of the divider at x, y, if there is one.
func (w *Panes) hold(x, y int) (held bool) {
	w.held = nil
	for _, d := range []struct {
		*divider
		mouse int
	}{{&w.across, x}, {&w.down, y}} {
		if d.total > 0 && (d.mouse == d.at-1 || d.mouse == d.at) {
			w.held, w.grip = d.divider, d.at-d.mouse
			return true
		}
	}
	return false
}

// Drag takes the divider that was clicked along to x, y.
func (w *Panes) Drag(x, y int) {
	d := w.held
	if d == nil || d.total == 0 {
		return
	}
	to := x
	if d == &w.down {
		to = y
	}
	by := float64(to + w.grip - d.usual)
	switch {
	case by > 0:
		by += 0.5 // it is cut off
	case by < 0:
		by -= 0.5
	}
	*d.shift = max(min(by/float64(d.total), maxShift), -maxShift)
}

// Actions are what can be done to the panes of every screen.
func (w *Panes) Actions() []action.Action {
	run := func(f func()) func() tea.Cmd { return func() tea.Cmd { f(); return nil } }
	return append([]action.Action{
		{ID: action.NextPane, Title: "Next pane", Run: run(func() { w.Next(1) })},
		{ID: action.PrevPane, Title: "Previous pane", Run: run(func() { w.Next(-1) })},
		{ID: action.Grow, Title: "Only the pane with the keys", Run: run(func() { w.Full = true })},
		{ID: action.Shrink, Title: "All panes", Run: run(func() { w.Full = false })},
	}, w.Dividers()...)
}

// Dividers are the actions that move the dividers.
func (w *Panes) Dividers() []action.Action {
	move := func(shift *float64, by float64) func() tea.Cmd {
		return func() tea.Cmd {
			*shift = max(min(*shift+by, maxShift), -maxShift)
			if *shift < step/2 && *shift > -step/2 {
				*shift = 0
			}
			return nil
		}
	}
	return []action.Action{
		{ID: action.DividerRight, Title: "Divider to the right", Run: move(&w.Shift.Across, step)},
		{ID: action.DividerLeft, Title: "Divider to the left", Run: move(&w.Shift.Across, -step)},
		{ID: action.DividerDown, Title: "Divider down", Run: move(&w.Shift.Down, step)},
		{ID: action.DividerUp, Title: "Divider up", Run: move(&w.Shift.Down, -step)},
		{ID: action.DividersBack, Title: "Dividers where they usually are", Run: func() tea.Cmd { w.Shift = Shift{}; return nil }},
	}
}

// A Place is a rectangle on the screen, in cells.
type Place struct{ X, Y, W, H int }

// List draws a pane with lines of text, which may be none, and a list below
// them.
func (w *Panes) List(id ID, at Place, p style.Pane, above []string, list *rows.Rows) []string {
	p.Focus = id == w.Focus()
	inner, room := p.InnerWidth(at.W), p.InnerHeight(at.H)
	above = above[:min(len(above), room)]
	w.areas = append(w.areas, area{id: id, x: at.X, y: at.Y, w: at.W, h: at.H, above: len(above), list: list})
	body := append(slices.Clip(above), list.Draw(inner, room-len(above), p.Focus)...)
	return w.st.Box(at.W, at.H, p, body)
}

// Block draws a pane with the lines of a block.
func (w *Panes) Block(id ID, at Place, p style.Pane, lines []string, block Block) []string {
	p.Focus = id == w.Focus()
	w.areas = append(w.areas, area{id: id, x: at.X, y: at.Y, w: at.W, h: at.H, block: block})
	return w.st.Box(at.W, at.H, p, lines)
}

// Text draws a pane with lines of text.
func (w *Panes) Text(id ID, at Place, p style.Pane, lines [][]style.Span) []string {
	p.Focus = id == w.Focus() && slices.Contains(w.tabs, id)
	w.areas = append(w.areas, area{id: id, x: at.X, y: at.Y, w: at.W, h: at.H})
	inner := p.InnerWidth(at.W)
	body := make([]string, 0, len(lines))
	for _, l := range lines {
		body = append(body, w.st.Row(inner, themes.Text, l...))
	}
	return w.st.Box(at.W, at.H, p, body)
}

// Click gives the keys to the pane at x, y and puts its cursor on the row
// there. again tells that both were there already; ok is false if there is no
// row, or a divider, which Drag then moves.
func (w *Panes) Click(x, y int) (id ID, again, ok bool) {
	held := w.hold(x, y)
	a, found := w.at(x, y)
	if !found || !slices.Contains(w.tabs, a.id) {
		return 0, false, false
	}
	had := w.Focus() == a.id
	w.focus = a.id
	if held {
		return a.id, false, false
	}
	if a.block != nil {
		again, ok = a.block.Click(x-a.x-1, y-a.y-1)
		return a.id, again && had, ok
	}
	if a.list == nil || y == a.y+a.h-1 {
		return a.id, false, false
	}
	again, ok = a.list.Click(y - a.y - 1 - a.above)
	return a.id, again && had, ok
}

// Mark says where a pane was drawn that is neither a list nor text.
func (w *Panes) Mark(id ID, at Place) {
	w.areas = append(w.areas, area{id: id, x: at.X, y: at.Y, w: at.W, h: at.H})
}

// Under is the pane at x, y; ok is false if there is none.
func (w *Panes) Under(x, y int) (id ID, ok bool) {
	a, ok := w.at(x, y)
	return a.id, ok
}

// Wheel scrolls the list at x, y by n rows.
func (w *Panes) Wheel(x, y, n int) {
	if a, found := w.at(x, y); found && a.list != nil {
		a.list.Wheel(n)
	}
}

func (w *Panes) at(x, y int) (area, bool) {
	for _, a := range w.areas {
		if x >= a.x && x < a.x+a.w && y >= a.y && y < a.y+a.h {
			return a, true
		}
	}
	return area{}, false
}

// Cursor is where the selected row of the pane with the keys was drawn, nil if there is
// none.
func (w *Panes) Cursor() *tea.Cursor {
	if x, y, ok := w.cursorXY(); ok {
		return tea.NewCursor(x, y)
	}
	return nil
}

func (w *Panes) cursorXY() (x, y int, ok bool) {
	for _, a := range w.areas {
		if a.id != w.Focus() {
			continue
		}
		if a.block != nil {
			x, y, ok := a.block.Cursor()
			return a.x + 1 + x, a.y + 1 + y, ok
		}
		if a.list == nil {
			continue
		}
		line, ok := a.list.CursorLine()
		y := a.y + 1 + a.above + line
		return a.x + 2, y, ok && y < a.y+a.h-1
	}
	return 0, 0, false
}
