// Package palette asks to choose from a list by typing a part of the name: the
// command palette, the search through the history, and every other choice. It
// also has the one-line prompt.
package palette

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"nixbench/repl/text"
	"nixbench/themes"
	"nixbench/tui/action"
	"nixbench/tui/keymap"
	"nixbench/tui/style"
	"nixbench/tui/widget/editor"
	"nixbench/tui/widget/rows"
)

// An Item can be chosen. Its texts are clean.
type Item struct {
	Key   string // what OnPick gets; unique
	Title string
	Hint  string // beside the title, such as a key
	Side  string // at the right, such as the screen
	// Disabled says why it cannot be chosen; "" if it can.
	Disabled string
}

// Options say what to choose from.
type Options struct {
	Title string
	Items []Item // in the order in which they are shown while nothing is typed
	// Initial is what has been typed already.
	Initial string
	// Empty is shown if there are no items.
	Empty string
	// Free lets a typed text be chosen that is no item, which OnPick gets as the
	// key. It stands before items that only have its letters.
	Free bool
	// OnPick is called with the key of the chosen item; OnCancel, which may
	// be nil, if there is none.
	OnPick   func(key string) tea.Cmd
	OnCancel func() tea.Cmd
	// OnMove, which may be nil, is called with the key of each item that the
	// cursor comes to.
	OnMove func(key string)
	// Bright leaves the screen behind the list as it is.
	Bright bool
}

// Palette is the widget. It is not safe for concurrent use.
type Palette struct {
	o     Options
	st    *style.Styles
	input *editor.Editor
	list  *rows.Rows
	shown []int  // indexes of the items that match, best first; asTyped among them
	at    string // key of the item with the cursor
	y     int
}

// New asks to choose from o.Items.
func New(st *style.Styles, o Options) *Palette {
	w := &Palette{o: o, st: st, input: editor.New(st)}
	w.input.Single = true
	w.input.Prompt = "> "
	hint := 8
	for _, it := range o.Items {
		hint = max(hint, text.Width(it.Hint))
	}
	w.list = rows.New(st,
		rows.Column{Min: 16, Flex: 1},
		rows.Column{Min: 8, Flex: 1, Max: hint, Rank: 1, End: true},
		rows.Column{Min: 10, Rank: 2, End: true})
	w.input.SetValue(o.Initial)
	w.match()
	w.at = w.key()
	return w
}

// Bright tells that the screen behind the list is to be left as it is.
func (w *Palette) Bright() bool { return w.o.Bright }

// Select puts the cursor on an item; without such an item it stays.
func (w *Palette) Select(key string) {
	w.list.Select(key) // else it stays where it is
	w.at = w.key()
}

// asTyped stands for what is typed among the items that are shown.
const asTyped = -1

// item is the item in row i.
func (w *Palette) item(i int) Item {
	if w.shown[i] == asTyped {
		query := strings.TrimSpace(w.input.Value())
		return Item{Key: query, Title: text.SanitiseName(query), Side: "as typed"}
	}
	return w.o.Items[w.shown[i]]
}

// key is that of the item with the cursor, "" if there is none.
func (w *Palette) key() string {
	if i, ok := w.list.Selected(); ok {
		return w.item(i).Key
	}
	return ""
}

// moved tells OnMove where the cursor is now, if that is elsewhere.
func (w *Palette) moved() {
	key := w.key()
	if key != w.at && key != "" && w.o.OnMove != nil {
		w.o.OnMove(key)
	}
	w.at = key
}

// mostNamed is how many cells of a query are repeated.
const mostNamed = 60

// match fills the list with the items that fit what was typed.
func (w *Palette) match() {
	query := strings.TrimSpace(w.input.Value())
	switch {
	case query == "":
		w.shown = w.shown[:0]
		for i := range w.o.Items {
			w.shown = append(w.shown, i)
		}
	case len(w.o.Items) > manyItems:
		w.shown = quick(w.o.Items, query)
	default:
		w.shown = scored(w.o.Items, query)
	}
	isTitle := func(i int) bool { return w.o.Items[i].Title == query }
	if w.o.Free && query != "" && len(w.shown) > 0 && !slices.ContainsFunc(w.shown, isTitle) {
		low := strings.ToLower(query)
		better := slices.IndexFunc(w.shown, func(i int) bool { return rank(w.o.Items[i], low) >= onlyLetters })
		if better < 0 {
			better = len(w.shown)
		}
		w.shown = slices.Insert(w.shown, better, asTyped)
	}
	w.list.SetSource(&rows.Func{
		N:      func() int { return len(w.shown) },
		KeyOf:  func(i int) string { return w.item(i).Key },
		RowOf:  w.row,
		TextOf: func(i int) string { return w.item(i).Title },
	})
	w.list.Empty = w.o.Empty
	if query != "" && len(w.o.Items) > 0 {
		w.list.Empty = "nothing matches " + text.Cut(query, mostNamed)
	}
	w.list.MoveTop()
}

func (w *Palette) row(i int) rows.Row {
	it := w.item(i)
	if it.Disabled != "" {
		return rows.Row{Cells: []rows.Cell{
			{{Text: it.Title, Token: themes.Disabled}, {Text: "  (" + it.Disabled + ")", Token: themes.Muted}},
			rows.Text(themes.Disabled, it.Hint), rows.Text(themes.Disabled, it.Side),
		}}
	}
	return rows.Row{Cells: []rows.Cell{
		rows.Text(themes.Text, it.Title), rows.Text(themes.Key, it.Hint), rows.Text(themes.Muted, it.Side),
	}}
}

// Typing is true: letters narrow the list.
func (w *Palette) Typing() bool { return true }

// Scopes names the bindings that hold.
func (w *Palette) Scopes() []keymap.Scope { return []keymap.Scope{keymap.Prompt, keymap.Edit} }

// Update takes intents and typed text. done tells that something was chosen or
// the list was closed.
func (w *Palette) Update(msg tea.Msg) (cmd tea.Cmd, done bool) {
	if in, ok := msg.(action.Intent); ok {
		switch in.ID {
		case action.OverlayClose:
			if w.o.OnCancel != nil {
				cmd = w.o.OnCancel()
			}
			return cmd, true
		case action.OverlayAccept:
			return w.pick()
		}
		if w.list.Update(in) {
			w.moved()
			return nil, false
		}
	}
	before := w.input.Value()
	w.input.Update(msg)
	if w.input.Value() != before {
		w.match()
		w.moved()
	}
	return nil, false
}

func (w *Palette) pick() (cmd tea.Cmd, done bool) {
	key := ""
	if i, ok := w.list.Selected(); ok {
		it := w.item(i)
		if it.Disabled != "" {
			return nil, false
		}
		key = it.Key
	} else if key = strings.TrimSpace(w.input.Value()); !w.o.Free || key == "" {
		return nil, false
	}
	if w.o.OnPick != nil {
		cmd = w.o.OnPick(key)
	}
	return cmd, true
}

// Click chooses the item at line y of the box.
func (w *Palette) Click(y int) (cmd tea.Cmd, done bool) {
	again, ok := w.list.Click(y - w.y)
	w.moved()
	if ok && again {
		return w.pick()
	}
	return nil, false
}

// Wheel scrolls the list.
func (w *Palette) Wheel(n int) { w.list.Wheel(n) }

// Draw returns a box of at most width by h cells.
func (w *Palette) Draw(width, h int) []string {
	if w.o.Bright { // the screen is to be seen
		width = max(56, width-8)
	}
	width = min(width, 80)
	h = min(h, max(len(w.o.Items)+6, 9), 18)
	pane := style.Pane{Title: w.o.Title, Focus: true}
	inner := pane.InnerWidth(width)
	body := w.input.Draw(inner, 1, true)
	w.y = 2 + len(body)
	body = append(body, w.st.Rule(inner, ""))
	body = append(body, w.list.Draw(inner, max(h-6, 1), true)...)
	body = append(body, "", w.st.Row(inner, themes.Text, w.keys(inner)...))
	return w.st.Box(width, h, pane, body)
}

// keys says what enter does, and how to leave, in width cells.
func (w *Palette) keys(width int) []style.Span {
	keys := []style.Span{{Text: "esc", Token: themes.Key}, {Text: " close", Token: themes.KeyText}}
	take := " take it   "
	switch why := w.noPick(); {
	case why != "":
		return append(keys, style.Span{Text: text.Cut("   "+why, width-len("esc close")), Token: themes.Warning})
	case w.key() == "" && (!w.o.Free || strings.TrimSpace(w.input.Value()) == ""):
		return keys
	case w.key() == "":
		take = " take what is typed   "
	}
	return append([]style.Span{{Text: "enter", Token: themes.Key}, {Text: take, Token: themes.KeyText}}, keys...)
}

// noPick says why the item with the cursor cannot be picked, "" if it can.
func (w *Palette) noPick() string {
	if i, ok := w.list.Selected(); ok {
		return w.item(i).Disabled
	}
	return ""
}

// CursorXY is where the cursor is in the box.
func (w *Palette) CursorXY() (x, y int) {
	x, y = w.input.CursorXY()
	return x + 2, y + 1
}
