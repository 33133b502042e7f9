package profiles

// This file draws the time line: a bar for the closure of each generation.

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"nixbench/repl/text"
	"nixbench/themes"
	"nixbench/tui"
	"nixbench/tui/style"
	"nixbench/tui/widget/rows"
)

// The widths of the columns beside the bars.
const (
	lineNumber = 5
	lineDate   = 10
	lineSize   = 7
	lineGrowth = 10
)

func newLine(st *style.Styles) *rows.Rows {
	return rows.New(st,
		rows.Column{Title: "GEN", Min: lineNumber},
		rows.Column{Title: "DATE", Min: lineDate, Rank: 2},
		rows.Column{Title: "SIZE", Min: lineSize, Right: true},
		rows.Column{Title: "GROWTH", Min: lineGrowth, Right: true, Rank: 1},
		rows.Column{Min: 8, Flex: 1, End: true})
}

// lineFixed is what the columns beside the bars take of w cells, at most.
func lineFixed(w int) int {
	if w < 50 { // without the dates
		return 2 + lineNumber + lineSize + lineGrowth + 3*2
	}
	return 2 + lineNumber + lineDate + lineSize + lineGrowth + 4*2
}

// setEmpty says why there are no generations.
func (s *Screen) setEmpty(t string) { s.table.Empty, s.line.Empty = t, t }

// flipView changes between the table and the time line; the cursor stays.
func (s *Screen) flipView() tea.Cmd {
	key, from := s.gens.SelectedKey(), s.gens
	s.gens = s.line
	if from == s.line {
		s.gens = s.table
	}
	s.gens.SetFind(from.Finding())
	from.SetFind("")
	s.gens.Select(key)
	s.panes.SetFocus(paneGens)
	return s.compare()
}

// lineLegend says what the bars are.
func (s *Screen) lineLegend() string {
	g := s.env.Styles.Glyphs()
	return g.Shade + " only in that generation   t: table"
}

// measureBars finds what the bars of all rows have in common, in w cells.
func (s *Screen) measureBars(w int) {
	s.barRoom, s.largest = max(w-lineFixed(w), 8), 0
	for _, g := range s.all {
		s.largest = max(s.largest, s.sizes.closure(g.Link))
	}
}

// lineRow draws a generation with a bar as long as its closure is large, in the end of
// which is what only it holds.
func (s *Screen) lineRow(g tui.Generation) rows.Row {
	size, only := s.sizes.closure(g.Link), s.sizes.only(g.Link)
	growth := rows.Text(themes.Muted, "")
	if i := slices.IndexFunc(s.all, func(other tui.Generation) bool { return other.Number == g.Number }); i > 0 {
		if before := s.sizes.closure(s.all[i-1].Link); size >= 0 && before >= 0 && size != before {
			token := themes.Up
			if size > before {
				token = themes.Down
			}
			growth = rows.Text(token, text.SignedBytes(size-before))
		}
	}
	day, _, _ := strings.Cut(text.Date(g.Created), " ")
	return rows.Row{Base: s.markBase(g), Cells: []rows.Cell{
		s.numberCell(g), rows.Text(themes.Muted, day), sizeCell(themes.Size, size), growth, s.bar(size, only),
	}}
}

func (s *Screen) bar(size, only int64) rows.Cell {
	if size <= 0 {
		return nil
	}
	whole := s.env.Styles.Bar(size, s.largest, s.barRoom)
	n := style.Width(whole.Text)
	own := min(int(float64(max(only, 0))/float64(size)*float64(n)+0.5), n)
	if own == 0 {
		return rows.Cell{whole}
	}
	g := s.env.Styles.Glyphs()
	return rows.Cell{
		{Text: strings.Repeat(g.Full, n-own), Token: themes.Bar},
		{Text: strings.Repeat(g.Shade, own), Token: themes.Warning},
	}
}
