package rows

import (
	"slices"
	"strings"

	"nixbench/repl/text"
	"nixbench/themes"
	"nixbench/tui/style"
)

// Draw returns exactly h lines of exactly width cells. focus tells that the
// widget has the keys.
func (w *Rows) Draw(width, h int, focus bool) []string {
	out := make([]string, 0, max(h, 0))
	w.head = 0
	if w.isTitled() && h > 1 {
		w.head = 1
	}
	w.height = max(h-w.head, 0)
	w.scroll()
	shown := w.shown[:0]
	for pos := w.top; pos < min(w.Len(), w.top+w.height); pos++ {
		shown = append(shown, w.src.Row(w.index(pos)))
	}
	w.shown = shown
	w.measure(width)
	widths := layout(w.Columns, w.needs, width-w.gutter())
	if w.head > 0 {
		out = append(out, w.heading(width, widths))
	}
	if w.Len() == 0 && w.height > 0 {
		note := w.Empty
		if w.filter.query != "" && w.src.Len() > 0 {
			note = "nothing matches " + text.SanitiseName(w.filter.query)
		}
		for _, line := range text.Wrap(note, width) {
			out = append(out, w.st.Row(width, themes.Text, style.Span{Text: line, Token: themes.Muted}))
		}
	}
	for i, row := range shown {
		out = append(out, w.row(row, width, widths, w.top+i == w.sel, focus))
	}
	for len(out) < h {
		out = append(out, style.Fit("", width))
	}
	return out[:max(h, 0)]
}

// scroll brings the cursor into view.
func (w *Rows) scroll() {
	if w.height == 0 {
		return
	}
	w.sel = max(0, min(w.sel, w.Len()-1))
	w.top = max(w.top, w.sel-w.height+1)
	w.top = min(w.top, w.sel, max(w.Len()-w.height, 0))
	if w.selKey == "" {
		w.selKey = w.SelectedKey()
	}
}

// gutter is the width of what stands before the first column.
func (w *Rows) gutter() int {
	n := 0
	if !w.NoGutter {
		n += 2
	}
	if w.Marks {
		n += 4
	}
	return n
}

// isTitled tells whether a line of titles stands above the rows.
func (w *Rows) isTitled() bool {
	return slices.ContainsFunc(w.Columns, func(c Column) bool { return c.Title != "" })
}

// measure finds out how wide the cells of the rows that are shown are.
func (w *Rows) measure(width int) {
	if w.needsOf != width || len(w.needs) != len(w.Columns) {
		w.needs, w.needsOf = make([]int, len(w.Columns)), width
	}
	if !slices.ContainsFunc(w.Columns, func(c Column) bool { return c.Flex > 0 }) {
		return
	}
	for _, row := range w.shown {
		for i, c := range w.Columns {
			at := w.cellOf(i)
			if c.Flex == 0 || at >= len(row.Cells) {
				continue
			}
			n := cellWidth(row.Cells[at])
			if i == 0 {
				n += cellWidth(w.lead(row, w.st.Glyphs()))
			}
			w.needs[i] = max(w.needs[i], n)
		}
	}
}

func cellWidth(cell Cell) int {
	n := 0
	for _, sp := range cell {
		n += style.Width(sp.Text)
	}
	return n
}

func (w *Rows) heading(width int, widths []int) string {
	spans := []style.Span{{Text: strings.Repeat(" ", w.gutter())}}
	n := 0
	for i, c := range w.Columns {
		if widths[i] == 0 {
			continue
		}
		if n++; n > 1 {
			spans = append(spans, style.Span{Text: "  "})
		}
		title := style.Fit(c.Title, widths[i])
		if c.Right {
			title = style.FitRight(c.Title, widths[i])
		}
		spans = append(spans, style.Span{Text: title, Token: themes.Heading})
	}
	return w.st.Row(width, themes.Text, spans...)
}

// row draws one row.
func (w *Rows) row(r Row, width int, widths []int, selected, focus bool) string {
	base := r.Base
	selected = selected && (focus || !w.Quiet)
	if selected {
		base = themes.SelectedFaint
		if focus {
			base = themes.Selected
		}
	}
	g := w.st.Glyphs()
	p := painter{w: w, base: base, left: width}
	if !w.NoGutter {
		glyph := " "
		if selected {
			glyph = g.Cursor
		}
		p.span(style.Span{Text: glyph + " "})
	}
	if w.Marks {
		switch r.Mark {
		case "":
			p.blanks(4)
		default:
			p.span(style.Span{Text: "[" + r.Mark + "] "})
		}
	}
	lead := w.lead(r, g)
	if len(w.Columns) == 0 {
		for _, c := range append([]Cell{lead}, r.Cells...) {
			for _, sp := range c {
				p.span(sp)
			}
		}
	} else {
		p.columns(w.Columns, widths, lead, r.Cells)
	}
	p.blanks(p.left)
	return p.out.String()
}

// lead is what stands in the first column before the cell.
func (w *Rows) lead(r Row, g style.Glyphs) Cell {
	var lead Cell
	if r.Guide != "" {
		lead = append(lead, style.Span{Text: r.Guide, Token: themes.Border})
	} else if r.Depth > 0 {
		lead = append(lead, style.Span{Text: strings.Repeat("  ", r.Depth)})
	}
	if w.NoFolds {
		return lead
	}
	if _, isFolder := w.src.(Folder); !isFolder || r.Guide != "" && r.Fold == Leaf {
		return lead
	}
	glyph := " "
	switch r.Fold {
	case Closed:
		glyph = g.Closed
	case Open:
		glyph = g.Open
	}
	return append(lead, style.Span{Text: glyph + " ", Token: themes.Muted})
}

// A painter draws the parts of one row until its cells are used up.
type painter struct {
	w    *Rows
	base themes.Token
	left int
	out  strings.Builder
}

func (p *painter) columns(columns []Column, widths []int, lead Cell, cells []Cell) {
	n := 0
	for i, c := range columns {
		if widths[i] == 0 {
			continue
		}
		if n++; n > 1 {
			p.blanks(gap)
		}
		room := min(widths[i], p.left)
		if i == 0 {
			for _, sp := range lead {
				before := p.left
				p.spanIn(sp, room, true)
				room -= before - p.left
			}
		}
		var cell Cell
		if at := p.w.cellOf(i); at < len(cells) {
			cell = cells[at]
		}
		p.cell(cell, room, c)
	}
}

// cell draws cell in exactly room cells.
func (p *painter) cell(cell Cell, room int, c Column) {
	total := cellWidth(cell)
	if c.Right {
		p.blanks(room - total)
		room = min(room, max(total, 0))
	}
	if len(cell) == 1 && total > room && !c.End {
		cut := text.CutMiddle
		if c.Dirs {
			cut = text.CutDir
		}
		cell = Cell{{Text: cut(cell[0].Text, room), Token: cell[0].Token}}
	}
	for i, sp := range cell {
		if room <= 0 {
			return
		}
		if rest := style.Width(sp.Text); rest > room || rest == room && i < len(cell)-1 && total > room {
			sp.Text = text.Cut(sp.Text+text.Ellipsis, room)
		}
		n := style.Width(sp.Text)
		total -= n
		before := p.left
		p.spanIn(sp, room, false)
		room -= before - p.left
	}
	p.blanks(room)
}

// spanIn draws sp in at most room cells.
func (p *painter) spanIn(sp style.Span, room int, plain bool) {
	if style.Width(sp.Text) > room {
		sp.Text = style.Fit(sp.Text, room)
	}
	if plain {
		p.paint(sp)
		return
	}
	p.span(sp)
}

// span draws sp with what the search found shown.
func (p *painter) span(sp style.Span) {
	q := p.w.find
	if q == "" || len(sp.Text) < len(q) {
		p.paint(sp)
		return
	}
	rest := sp.Text
	low := strings.ToLower(rest)
	if len(low) != len(rest) { // offsets would not agree
		p.paint(sp)
		return
	}
	for {
		i := strings.Index(low, q)
		if i < 0 {
			break
		}
		p.paint(style.Span{Text: rest[:i], Token: sp.Token})
		base := p.base
		p.base = themes.Match
		p.paint(style.Span{Text: rest[i : i+len(q)], Token: sp.Token})
		p.base = base
		rest, low = rest[i+len(q):], low[i+len(q):]
	}
	p.paint(style.Span{Text: rest, Token: sp.Token})
}

func (p *painter) paint(sp style.Span) {
	n := style.Width(sp.Text)
	if n > p.left {
		sp.Text = style.Fit(sp.Text, p.left)
		n = p.left
	}
	p.out.WriteString(p.w.st.PaintOn(p.base, sp.Token, sp.Text))
	p.left -= n
}

func (p *painter) blanks(n int) {
	if n = min(n, p.left); n > 0 {
		p.out.WriteString(p.w.st.PaintOn(p.base, themes.Text, strings.Repeat(" ", n)))
		p.left -= n
	}
}
