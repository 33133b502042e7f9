package tui

import (
	tea "charm.land/bubbletea/v2"

	"nixbench/themes"
	"nixbench/tui/keymap"
	"nixbench/tui/style"
	"nixbench/tui/widget/confirm"
	"nixbench/tui/widget/palette"
)

// An overlay lies over the screen and has all keys until it is done.
type overlay interface {
	Scopes() []keymap.Scope
	// Update takes intents, typed text, pastes and, in cells of the whole
	// screen, PointerMsg.
	Update(msg tea.Msg) (cmd tea.Cmd, done bool)
	// Draw lays the overlay over lines, of which the last is the footer, and
	// returns where the cursor belongs, nil to hide it.
	Draw(lines []string, w, h int) ([]string, *tea.Cursor)
}

// dim draws lines as what is not in use now.
func dim(st *style.Styles, lines []string) []string {
	out := make([]string, len(lines))
	for i, line := range lines {
		out[i] = st.Paint(themes.Muted, style.Strip(line))
	}
	return out
}

type confirmOverlay struct {
	*confirm.Confirm
	st *style.Styles
}

func newConfirmOverlay(st *style.Styles, o confirm.Options) overlay {
	return &confirmOverlay{confirm.New(st, o), st}
}

func (o *confirmOverlay) Update(msg tea.Msg) (tea.Cmd, bool) {
	if at, ok := msg.(PointerMsg); ok {
		o.Wheel(at.Wheel)
		return nil, false
	}
	return o.Confirm.Update(msg)
}

// Draw puts the question above the footer.
func (o *confirmOverlay) Draw(lines []string, w, h int) ([]string, *tea.Cursor) {
	block := o.Confirm.Draw(w-4, h-3)
	x, y := 2, h-1-len(block)
	out := style.Over(dim(o.st, lines), block, x, y)
	if cx, cy, ok := o.CursorXY(len(block)); ok {
		return out, tea.NewCursor(x+cx, y+cy)
	}
	return out, nil
}

type paletteOverlay struct {
	*palette.Palette
	st *style.Styles
	y  int
}

func newPaletteOverlay(st *style.Styles, o palette.Options) *paletteOverlay {
	return &paletteOverlay{Palette: palette.New(st, o), st: st}
}

func (o *paletteOverlay) Update(msg tea.Msg) (tea.Cmd, bool) {
	if at, ok := msg.(PointerMsg); ok {
		if at.Wheel != 0 {
			o.Wheel(at.Wheel)
			return nil, false
		}
		return o.Click(at.Y - o.y)
	}
	return o.Palette.Update(msg)
}

// Draw puts the list in the upper middle.
func (o *paletteOverlay) Draw(lines []string, w, h int) ([]string, *tea.Cursor) {
	block := o.Palette.Draw(w-4, h-4)
	x := (w - style.Width(block[0])) / 2
	o.y = min(4, h-len(block)-1)
	cx, cy := o.CursorXY()
	if !o.Bright() {
		lines = dim(o.st, lines)
	}
	return style.Over(lines, block, x, o.y), tea.NewCursor(x+cx, o.y+cy)
}

type promptOverlay struct{ *palette.Prompt }

func newPromptOverlay(st *style.Styles, o palette.PromptOptions) overlay {
	return &promptOverlay{palette.NewPrompt(st, o)}
}

// Draw puts the prompt in the place of the footer and leaves the screen as it
// is.
func (o *promptOverlay) Draw(lines []string, w, h int) ([]string, *tea.Cursor) {
	out := append([]string(nil), lines...)
	out[len(out)-1] = o.Prompt.Draw(w)
	return out, tea.NewCursor(o.CursorX(), h-1)
}
