package palette

import (
	tea "charm.land/bubbletea/v2"

	"nixbench/themes"
	"nixbench/tui/action"
	"nixbench/tui/keymap"
	"nixbench/tui/style"
	"nixbench/tui/widget/editor"
)

// PromptOptions say what line of text is asked for.
type PromptOptions struct {
	Label   string // before the text: "/", "label: "
	Initial string
	Hint    string // shown while nothing is typed
	// OnChange is called with each change, for a search as one types; nil:
	// not at all.
	OnChange func(text string) tea.Cmd
	// Check says what is wrong with the text, "" if nothing is; nil: nothing
	// ever is.
	Check func(text string) string
	// OnDone is called with the text; OnCancel, which may be nil, if the
	// prompt is left by Esc.
	OnDone   func(text string) tea.Cmd
	OnCancel func() tea.Cmd
}

// A Prompt asks for a line of text in the place of the footer. It is not safe
// for concurrent use.
type Prompt struct {
	o     PromptOptions
	st    *style.Styles
	input *editor.Editor
	wrong string
}

// NewPrompt asks for what o says.
func NewPrompt(st *style.Styles, o PromptOptions) *Prompt {
	w := &Prompt{o: o, st: st, input: editor.New(st)}
	w.input.Single = true
	w.input.Prompt = " " + o.Label
	w.input.Placeholder = o.Hint
	w.input.SetValue(o.Initial)
	return w
}

// Scopes names the bindings that hold.
func (w *Prompt) Scopes() []keymap.Scope { return []keymap.Scope{keymap.Prompt, keymap.Edit} }

// Update takes intents and typed text. done tells that the prompt is closed.
func (w *Prompt) Update(msg tea.Msg) (cmd tea.Cmd, done bool) {
	if in, ok := msg.(action.Intent); ok {
		switch in.ID {
		case action.OverlayClose:
			if w.o.OnCancel != nil {
				cmd = w.o.OnCancel()
			}
			return cmd, true
		case action.OverlayAccept:
			if w.o.Check != nil {
				if w.wrong = w.o.Check(w.input.Value()); w.wrong != "" {
					return nil, false
				}
			}
			if w.o.OnDone != nil {
				cmd = w.o.OnDone(w.input.Value())
			}
			return cmd, true
		}
	}
	before := w.input.Value()
	w.input.Update(msg)
	if w.input.Value() != before {
		w.wrong = ""
		if w.o.OnChange != nil {
			return w.o.OnChange(w.input.Value()), false
		}
	}
	return nil, false
}

// Draw returns one line of exactly width cells.
func (w *Prompt) Draw(width int) string {
	note := ""
	if w.wrong != "" {
		note = w.st.Paint(themes.Error, "error: "+w.wrong+" ")
	}
	room := max(width-style.Width(note), 10)
	return style.Fit(w.input.Draw(room, 1, true)[0]+note, width)
}

// CursorX is the column of the cursor.
func (w *Prompt) CursorX() int {
	x, _ := w.input.CursorXY()
	return x
}
