package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"nixbench/repl/text"
	"nixbench/themes"
	"nixbench/tui/action"
	"nixbench/tui/keymap"
	"nixbench/tui/style"
	"nixbench/tui/widget/palette"
)

// ViewOptions say what is to be read.
type ViewOptions struct {
	Title string
	Lines [][]style.Span // clean
	// Hang is how many cells what does not fit into a line is indented by, where it goes on.
	Hang int
	// Bottom begins at the end.
	Bottom bool
	// Copies are what there is to be copied of each line, "" for nothing; nil for nothing of
	// any. OnCopy copies it.
	Copies []string
	OnCopy func(what string) tea.Cmd
}

// A viewer shows lines to be read.
type viewer struct {
	st   *style.Styles
	o    ViewOptions
	top  int
	page int

	query  string         // only lines that have it are shown
	found  [][]style.Span // of the lines, those that have it
	copies string         // the last of those of the lines that are shown
	rows   [][]style.Span // the lines that are shown, in rows of width cells; nil: not known
	tall   int            // rows of all lines
	width  int
	asking *palette.Prompt // for the query; nil while it is not typed
}

// bottom is below all rows.
const bottom = 1 << 30

func newViewer(st *style.Styles, o ViewOptions) overlay {
	v := &viewer{st: st, o: o}
	v.show("")
	if o.Bottom {
		v.top = bottom
	}
	return v
}

func (v *viewer) Scopes() []keymap.Scope {
	if v.asking != nil {
		return v.asking.Scopes()
	}
	return []keymap.Scope{keymap.Viewer}
}

// find asks for what is to be in the lines that are shown.
func (v *viewer) find() {
	v.asking = palette.NewPrompt(v.st, palette.PromptOptions{
		Label: "/", Initial: v.query, Hint: "only lines with ..",
		OnChange: func(q string) tea.Cmd { v.show(q); return nil },
		OnCancel: func() tea.Cmd { v.show(""); return nil },
	})
}

// show shows the lines that have a text, in any case; all lines if it is "".
func (v *viewer) show(query string) {
	v.query, v.top, v.found, v.rows, v.copies = query, 0, nil, nil, ""
	query = strings.ToLower(query)
	for i, line := range v.o.Lines {
		if query != "" && !has(line, query) {
			continue
		}
		if query != "" {
			v.found = append(v.found, line)
		}
		if i < len(v.o.Copies) && v.o.Copies[i] != "" {
			v.copies = v.o.Copies[i]
		}
	}
}

// has tells whether a line has a text, which is lower case.
func has(line []style.Span, text string) bool {
	var whole strings.Builder
	for _, span := range line {
		whole.WriteString(span.Text)
	}
	return strings.Contains(strings.ToLower(whole.String()), text)
}

// lines are those that are shown.
func (v *viewer) lines() [][]style.Span {
	if v.query != "" {
		return v.found
	}
	return v.o.Lines
}

func (v *viewer) Update(msg tea.Msg) (tea.Cmd, bool) {
	if _, isPointer := msg.(PointerMsg); v.asking != nil && !isPointer {
		cmd, done := v.asking.Update(msg)
		if done {
			v.asking = nil
		}
		return cmd, false
	}
	switch msg := msg.(type) {
	case PointerMsg:
		v.top += msg.Wheel
	case action.Intent:
		switch msg.ID {
		case action.OverlayClose:
			if v.query != "" {
				v.show("")
				return nil, false
			}
			return nil, true
		case action.FindText:
			v.find()
		case action.CopyCommand:
			if v.copies != "" {
				return v.o.OnCopy(v.copies), false
			}
		case action.RowDown:
			v.top++
		case action.RowUp:
			v.top--
		case action.PageDown:
			v.top += max(v.page-1, 1)
		case action.PageUp:
			v.top -= max(v.page-1, 1)
		case action.Top:
			v.top = 0
		case action.Bottom:
			v.top = bottom
		}
	}
	return nil, false
}

func (v *viewer) Draw(lines []string, w, h int) ([]string, *tea.Cursor) {
	width := min(w-4, 96)
	pane := style.Pane{Title: v.o.Title, Foot: "esc closes", Focus: true}
	shown := v.wrapped(pane.InnerWidth(width))
	height := min(h-3, v.tall+2)
	v.page = pane.InnerHeight(height)
	v.top = max(0, min(v.top, len(shown)-v.page))
	if v.top+v.page < len(shown) {
		pane.Foot = "more below: PgDn"
	}
	if v.tall > v.page || v.query != "" {
		pane.Foot += "   / finds"
	}
	if v.query != "" {
		pane.Foot = "/ " + text.SanitiseName(v.query) + "   " + text.Plural(len(v.found), "line") + "   esc shows all"
	}
	if v.copies != "" {
		pane.Foot = "Y copies the last command   " + pane.Foot
	}
	var body []string
	for i := v.top; i < len(shown) && len(body) < v.page; i++ {
		body = append(body, v.st.Row(v.width, themes.Text, shown[i]...))
	}
	block := v.st.Box(width, height, pane, body)
	out := style.Over(dim(v.st, lines), block, (w-width)/2, 1)
	if v.asking == nil {
		return out, nil
	}
	out[len(out)-1] = v.asking.Draw(w)
	return out, tea.NewCursor(v.asking.CursorX(), h-1)
}

// wrapped are the lines that are shown, in rows of w cells.
func (v *viewer) wrapped(w int) [][]style.Span {
	if v.rows != nil && v.width == w {
		return v.rows
	}
	isNew := v.width != w
	v.width = w
	v.rows = v.wrap(v.lines())
	switch {
	case v.query == "":
		v.tall = len(v.rows)
	case isNew:
		v.tall = len(v.wrap(v.o.Lines))
	}
	return v.rows
}

func (v *viewer) wrap(lines [][]style.Span) [][]style.Span {
	rows := make([][]style.Span, 0, len(lines))
	for _, line := range lines {
		rows = append(rows, style.Wrap(line, v.width, v.o.Hang)...)
	}
	return rows
}
