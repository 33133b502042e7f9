package rows

import (
	"slices"
	"strings"
)

// A Column lays out the cells of a table.
type Column struct {
	Title string
	// Min is the least width in cells; a column that cannot have it goes.
	Min int
	// Flex is the column's share of the cells that are left over; 0 keeps it
	// at Min.
	Flex int
	// Max bounds a flexible column; 0 is no bound.
	Max int
	// Rank says when the column goes as space gets scarce: the highest rank
	// first, the last of equals first. Rank 0 stays.
	Rank  int
	Right bool // aligned right
	// End cuts a cell at its end and Dirs at directories; else names lose their middle.
	End, Dirs bool

	hidden bool
}

// Hide leaves out the columns with these titles, or if isHidden is false shows them
// again.
func (w *Rows) Hide(isHidden bool, titles ...string) {
	for i := range w.Columns {
		if slices.Contains(titles, w.Columns[i].Title) {
			w.Columns[i].hidden = isHidden
		}
	}
}

// Choose shows only the columns with these titles, in lower case, after the first one,
// which always stays; in their order.
func (w *Rows) Choose(titles []string) {
	all := w.Columns
	w.Columns, w.cells = all[:1:1], []int{0}
	for _, title := range titles {
		for i, c := range all {
			if i > 0 && strings.ToLower(c.Title) == title {
				w.Columns, w.cells = append(w.Columns, c), append(w.cells, i)
			}
		}
	}
}

// cellOf is the cell of a row that column i shows.
func (w *Rows) cellOf(i int) int {
	if w.cells == nil {
		return i
	}
	return w.cells[i]
}

// gap is the number of blanks between columns.
const gap = 2

// layout returns the width of each column in w cells, 0 for one that is left
// out. needs is the width of the widest cell of each, as far as it is known: what is
// left over goes to flexible columns that need it, then to all of them.
func layout(columns []Column, needs []int, w int) []int {
	widths := make([]int, len(columns))
	used := -gap
	for i, c := range columns {
		if c.hidden {
			continue
		}
		widths[i] = max(c.Min, 1)
		used += widths[i] + gap
	}
	for used > w {
		out := -1
		for i, c := range columns {
			if widths[i] > 0 && c.Rank > 0 && (out < 0 || c.Rank >= columns[out].Rank) {
				out = i
			}
		}
		if out < 0 {
			return squeeze(widths, w)
		}
		used -= widths[out] + gap
		widths[out] = 0
	}
	left := spread(columns, widths, w-used, func(i int) int {
		if i >= len(needs) {
			return 0
		}
		return atMost(columns[i], needs[i])
	})
	spread(columns, widths, left, func(i int) int { return atMost(columns[i], w) })
	return widths
}

// squeeze shortens the first column, then the others from the right, so that
// columns that may not go fit into w cells.
func squeeze(widths []int, w int) []int {
	over := -gap - w
	for _, n := range widths {
		if n > 0 {
			over += n + gap
		}
	}
	for i := 0; over > 0 && i < len(widths); i++ {
		k := (len(widths) - i) % len(widths) // 0, then last to second
		if widths[k] == 0 {
			continue
		}
		cut := min(over, widths[k]-min(widths[k], 4))
		widths[k] -= cut
		over -= cut
	}
	return widths
}

// spread shares left cells out among the flexible columns, none of which gets wider
// than bound says, and returns how many are still left.
func spread(columns []Column, widths []int, left int, bound func(i int) int) int {
	grows := func(i int) bool { return widths[i] > 0 && columns[i].Flex > 0 && widths[i] < bound(i) }
	for left > 0 {
		shares := 0
		for i, c := range columns {
			if grows(i) {
				shares += c.Flex
			}
		}
		if shares == 0 {
			break
		}
		total := left
		for i, c := range columns {
			if !grows(i) || left == 0 {
				continue
			}
			n := min(max(total*c.Flex/shares, 1), left, bound(i)-widths[i])
			widths[i] += n
			left -= n
		}
	}
	return left
}

// atMost is n, or the column's bound if that is less.
func atMost(c Column, n int) int {
	if c.Max > 0 {
		return min(n, c.Max)
	}
	return n
}
