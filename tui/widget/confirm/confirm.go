// Package confirm shows what is about to be done and asks whether to do it:
// with y for what can be undone, by typing a word for what cannot.
package confirm

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"nixbench/themes"
	"nixbench/tui/action"
	"nixbench/tui/keymap"
	"nixbench/tui/style"
	"nixbench/tui/widget/editor"
)

// Options say what is asked.
type Options struct {
	Title string
	// Plan is what would be done, line by line. Its texts are clean.
	Plan [][]style.Span
	// Question is the last line: "switch system to generation 411?".
	Question string
	// Yes is what y does, in a word: "switch".
	Yes string
	// Word must be typed instead of y; "" for y.
	Word string
	// OnYes is called when the user agrees; OnNo, which may be nil, when not.
	OnYes, OnNo func() tea.Cmd
}

// Confirm is the widget. It is not safe for concurrent use.
type Confirm struct {
	o     Options
	st    *style.Styles
	input *editor.Editor // for Word
	top   int
	page  int
}

// New asks what o says.
func New(st *style.Styles, o Options) *Confirm {
	w := &Confirm{o: o, st: st}
	if o.Word != "" {
		w.input = editor.New(st)
		w.input.Single = true
		w.input.Prompt = "type \"" + o.Word + "\" to go on: "
	}
	return w
}

// Typing tells whether a word is being typed.
func (w *Confirm) Typing() bool { return w.input != nil }

// Scopes names the bindings that hold.
func (w *Confirm) Scopes() []keymap.Scope {
	if w.input != nil {
		return []keymap.Scope{keymap.Prompt, keymap.Edit}
	}
	return []keymap.Scope{keymap.Confirm}
}

// Update takes intents and typed text. done tells that the question is
// answered.
func (w *Confirm) Update(msg tea.Msg) (cmd tea.Cmd, done bool) {
	if in, ok := msg.(action.Intent); ok {
		switch in.ID {
		case action.OverlayYes:
			return call(w.o.OnYes), true
		case action.OverlayNo, action.OverlayClose:
			return call(w.o.OnNo), true
		case action.OverlayAccept:
			if w.input != nil && strings.TrimSpace(w.input.Value()) == w.o.Word {
				return call(w.o.OnYes), true
			}
			return nil, false
		case action.RowDown:
			w.top++
			return nil, false
		case action.RowUp:
			w.top--
			return nil, false
		case action.PageDown:
			w.top += w.page
			return nil, false
		case action.PageUp:
			w.top -= w.page
			return nil, false
		}
	}
	if w.input != nil {
		w.input.Update(msg)
	}
	return nil, false
}

// Wheel scrolls the plan.
func (w *Confirm) Wheel(n int) { w.top += n }

func call(f func() tea.Cmd) tea.Cmd {
	if f == nil {
		return nil
	}
	return f()
}

// Draw returns a box of at most width by h cells.
func (w *Confirm) Draw(width, h int) []string {
	pane := style.Pane{Title: w.o.Title, Focus: true}
	need := max(style.Width(w.o.Title)+8, style.Width(w.o.Question), 44)
	for _, line := range w.o.Plan {
		n := 0
		for _, sp := range line {
			n += style.Width(sp.Text)
		}
		need = max(need, n)
	}
	width = min(width, need+4)
	inner := pane.InnerWidth(width)

	foot := []string{""}
	if w.o.Question != "" {
		foot = append(foot, w.st.Row(inner, themes.Text, style.Span{Text: w.o.Question, Token: themes.Heading}))
	}
	if w.input != nil {
		foot = append(foot, w.input.Draw(inner, 1, true)...)
		foot = append(foot, w.keys(inner, "enter", w.o.Yes, "esc", "leave it"))
	} else {
		foot = append(foot, w.keys(inner, "y", w.o.Yes, "n/esc", "leave it"))
	}
	h = min(h, len(w.o.Plan)+len(foot)+2)
	w.page = max(h-2-len(foot), 0)
	w.top = max(0, min(w.top, len(w.o.Plan)-w.page))
	var body []string
	for i := w.top; i < len(w.o.Plan) && len(body) < w.page; i++ {
		body = append(body, w.st.Row(inner, themes.Text, w.o.Plan[i]...))
	}
	if rest := len(w.o.Plan) - w.top - w.page; rest > 0 {
		pane.Note = "more below: PgDn"
	} else if w.top > 0 {
		pane.Note = "more above: PgUp"
	}
	return w.st.Box(width, h, pane, append(body, foot...))
}

// CursorXY is where the cursor is in a box of that height; ok is false if
// nothing is typed.
func (w *Confirm) CursorXY(h int) (x, y int, ok bool) {
	if w.input == nil {
		return 0, 0, false
	}
	x, _ = w.input.CursorXY()
	return x + 2, h - 3, true
}

func (w *Confirm) keys(width int, words ...string) string {
	var spans []style.Span
	for i := 0; i+1 < len(words); i += 2 {
		spans = append(spans,
			style.Span{Text: words[i], Token: themes.Key},
			style.Span{Text: " " + words[i+1] + "   ", Token: themes.KeyText})
	}
	return w.st.Row(width, themes.Text, spans...)
}
