// Package rows draws a list, table or tree of any length: only the rows that
// are visible are ever asked for. It serves every screen.
//
// A [Source] gives the rows; [List] and [Tree] are sources for the usual
// cases. The widget owns the cursor, the scroll position, the filter and the
// search. The cursor sticks to the key of its row and not to its index, so that
// rows may come, go and change places under it.
package rows

import (
	"nixbench/themes"
	"nixbench/tui/action"
	"nixbench/tui/style"
)

// A Source supplies rows by index. Its methods are called while drawing and
// must not wait for anything.
type Source interface {
	// Len is the number of rows.
	Len() int
	// Key names row i; no other row has the same key, and it stays the same
	// when the row moves.
	Key(i int) string
	// Row returns row i as it is to be drawn.
	Row(i int) Row
}

// A Searcher is a source that knows the text of its rows, which is cheaper
// than drawing them: it is what filters and searches look at.
type Searcher interface{ Text(i int) string }

// A Folder is a source whose rows can be unfolded.
type Folder interface {
	// Fold opens or closes row i. It reports whether that changed anything.
	Fold(i int, open bool) bool
	// Parent returns the row that row i is below of, -1 for none.
	Parent(i int) int
}

// A Fold says whether a row has something below it.
type Fold uint8

// The fold states of a row.
const (
	Leaf Fold = iota
	Closed
	Open
)

// A Cell is what a row has in one column.
type Cell []style.Span

// Text is a cell of one meaning. The text is clean: untrusted text goes
// through repl/text first.
func Text(t themes.Token, s string) Cell { return Cell{{Text: s, Token: t}} }

// A Row is one line. Cells beyond the columns are not drawn.
type Row struct {
	Cells []Cell
	// Depth indents the first column, two cells a level.
	Depth int
	// Guide is drawn before the first column in place of the indentation:
	// the lines of a tree.
	Guide string
	Fold  Fold
	// Mark is drawn before the row if the widget has Marks: "x" as [x], " "
	// as [ ]; empty for a row that cannot be marked.
	Mark string
	// Base is the row's background: Marked, or Text for none.
	Base themes.Token
}

// Rows is the widget. It is not safe for concurrent use.
type Rows struct {
	// Columns lay out the cells; without columns, the cells of a row are
	// drawn one after another. Set before the first Draw.
	Columns []Column
	// Marks reserves a column for the rows' marks.
	Marks bool
	// NoGutter leaves out the two cells for the cursor's glyph; the cursor
	// is then told by its background and by the terminal's cursor.
	NoGutter bool
	// Quiet draws the cursor's row as the others while the widget does not
	// have the keys.
	Quiet bool
	// NoFolds leaves out the glyph of a row's fold state.
	NoFolds bool
	// Empty is shown in place of rows if there are none.
	Empty string

	st    *style.Styles
	src   Source
	cells []int // which cell of a row each column shows; nil: its own

	view   []int32 // rows that pass the filter in order; nil: all
	filter filter
	find   string // lower case; "" for none

	sel    int // position in view
	selKey string
	top    int // position in view of the first row drawn

	// needs are the widths of the widest cells of the columns that were drawn since the
	// widget got the width needsOf: they only grow, lest columns move to and fro.
	needs   []int
	needsOf int

	shown  []Row // drawn last
	height int   // how many there is room for
	head   int   // lines above the first row, drawn last
}

// New returns a widget without rows.
func New(st *style.Styles, columns ...Column) *Rows {
	return &Rows{st: st, Columns: columns, src: &List{}}
}

// SetSource shows src; the cursor stays on its key if src has it.
func (w *Rows) SetSource(src Source) {
	w.src = src
	w.Changed()
}

// Source returns the source that is shown.
func (w *Rows) Source() Source { return w.src }

// Changed says that the source has other rows than before. The filter is
// applied again and the cursor stays on its key, else near its place.
func (w *Rows) Changed() {
	w.refilter(false)
	w.restore()
}

// Len is the number of rows that pass the filter.
func (w *Rows) Len() int {
	if w.view != nil {
		return len(w.view)
	}
	return w.src.Len()
}

// index returns the source's index of the row at position pos.
func (w *Rows) index(pos int) int {
	if w.view != nil {
		return int(w.view[pos])
	}
	return pos
}

// Selected returns the source's index of the row under the cursor; ok is false
// if there are no rows.
func (w *Rows) Selected() (i int, ok bool) {
	if w.sel < 0 || w.sel >= w.Len() {
		return 0, false
	}
	return w.index(w.sel), true
}

// SelectedKey returns the key of the row under the cursor, "" for none.
func (w *Rows) SelectedKey() string {
	if i, ok := w.Selected(); ok {
		return w.src.Key(i)
	}
	return ""
}

// Position returns the number of the row under the cursor, from 1, and how
// many there are.
func (w *Rows) Position() (n, of int) { return min(w.sel+1, w.Len()), w.Len() }

// Select puts the cursor on the row with that key; it stays where it is if the
// filter hides the row or there is none.
func (w *Rows) Select(key string) bool {
	pos, ok := w.position(key)
	if ok {
		w.moveTo(pos)
	}
	return ok
}

// Move moves the cursor by n rows.
func (w *Rows) Move(n int) { w.moveTo(w.sel + n) }

// MoveTop and MoveBottom put the cursor on the first and the last row.
func (w *Rows) MoveTop() { w.moveTo(0) }

// MoveBottom puts the cursor on the last row.
func (w *Rows) MoveBottom() { w.moveTo(w.Len() - 1) }

func (w *Rows) moveTo(pos int) {
	w.sel = max(0, min(pos, w.Len()-1))
	w.selKey = w.SelectedKey()
}

// position finds the row with the given key, looking near the cursor first.
func (w *Rows) position(key string) (int, bool) {
	n := w.Len()
	start := max(0, min(w.sel, n-1))
	for d := 0; d < n; d++ {
		lo, hi := start-d, start+d
		if lo < 0 && hi >= n {
			break
		}
		if lo >= 0 && w.src.Key(w.index(lo)) == key {
			return lo, true
		}
		if hi < n && d > 0 && w.src.Key(w.index(hi)) == key {
			return hi, true
		}
	}
	return 0, false
}

// restore puts the cursor back on its key after the rows changed.
func (w *Rows) restore() {
	offset := w.sel - w.top
	if pos, ok := w.position(w.selKey); ok && w.selKey != "" {
		w.sel = pos
		w.top = max(0, pos-offset) // the row stays where it was on the screen
		return
	}
	w.moveTo(w.sel)
}

// Update does what an intent asks for. It reports whether the intent was for
// a list.
func (w *Rows) Update(in action.Intent) bool {
	page := max(w.height-1, 1)
	switch in.ID {
	case action.RowUp:
		w.Move(-1)
	case action.RowDown:
		w.Move(1)
	case action.PageUp:
		w.Move(-page)
	case action.PageDown:
		w.Move(page)
	case action.HalfUp:
		w.Move(-max(page/2, 1))
	case action.HalfDown:
		w.Move(max(page/2, 1))
	case action.Top:
		w.MoveTop()
	case action.Bottom:
		w.MoveBottom()
	case action.FoldOpen:
		w.unfold()
	case action.FoldClose:
		w.fold()
	case action.FoldFlip:
		w.flip()
	default:
		return false
	}
	return true
}

// unfold opens the row under the cursor, or goes to its first child if it is
// open already.
func (w *Rows) unfold() {
	i, ok := w.Selected()
	f, isFolder := w.src.(Folder)
	if !ok || !isFolder {
		return
	}
	if f.Fold(i, true) {
		w.Changed()
	} else if i+1 < w.src.Len() && f.Parent(i+1) == i {
		w.Move(1)
	}
}

// fold closes the row under the cursor, or goes to its parent if it is closed.
func (w *Rows) fold() {
	i, ok := w.Selected()
	f, isFolder := w.src.(Folder)
	if !ok || !isFolder {
		return
	}
	if f.Fold(i, false) {
		w.Changed()
	} else if p := f.Parent(i); p >= 0 {
		w.Select(w.src.Key(p))
	}
}

func (w *Rows) flip() {
	i, ok := w.Selected()
	f, isFolder := w.src.(Folder)
	if ok && isFolder && (f.Fold(i, true) || f.Fold(i, false)) {
		w.Changed()
	}
}

// Wheel scrolls by n rows and takes the cursor along at the edge.
func (w *Rows) Wheel(n int) {
	w.top = max(0, min(w.top+n, w.Len()-w.height))
	w.moveTo(max(w.top, min(w.sel, w.top+w.height-1)))
}

// AtEnd tells that the last row is in view.
func (w *Rows) AtEnd() bool { return w.top+w.height >= w.Len() }

// First is the source's index of the first row in view; ok is false if there are none.
func (w *Rows) First() (i int, ok bool) {
	if w.top < 0 || w.top >= w.Len() {
		return 0, false
	}
	return w.index(w.top), true
}

// ShowFrom makes the source's row i the first of so many that are in view, as far as there
// are enough behind it, and takes the cursor along. There must be no filter.
func (w *Rows) ShowFrom(i, height int) {
	w.height = height
	w.top = max(0, min(i, w.Len()-height))
	w.moveTo(max(w.top, min(w.sel, w.top+height-1)))
}

// Renamed says that the source has other rows than before, and that the row under the
// cursor has the given key among them.
func (w *Rows) Renamed(key string) {
	w.selKey = key
	w.Changed()
}

// Reveal scrolls down so far that the row with that key is seen, as far as the
// cursor stays in view.
func (w *Rows) Reveal(key string) {
	if pos, ok := w.position(key); ok {
		w.top = min(max(w.top, pos-w.height+1), w.sel)
	}
}

// Click puts the cursor on the row at line y of what was drawn last; ok is
// false if there is none. again tells that the cursor was there already.
func (w *Rows) Click(y int) (again, ok bool) {
	pos := w.top + y - w.head
	if y < w.head || pos >= w.Len() {
		return false, false
	}
	again = pos == w.sel
	w.moveTo(pos)
	return again, true
}

// CursorLine is the line of the cursor's row in what was drawn last, for the
// terminal's cursor; ok is false if there is none.
func (w *Rows) CursorLine() (y int, ok bool) {
	if w.Len() == 0 || w.sel < w.top || w.sel >= w.top+w.height {
		return 0, false
	}
	return w.head + w.sel - w.top, true
}
