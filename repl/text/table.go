package text

import (
	"io"
	"strings"
)

// A Column of a [Table].
type Column struct {
	Title string // empty for none
	Right bool   // aligned right, for numbers
}

// A Table is printed with its columns aligned and two spaces between them, for
// the plain twins of the screens. It is not safe for concurrent use.
type Table struct {
	Columns []Column
	rows    [][]string
}

// Row adds a row; cells beyond the columns are dropped, missing ones are empty.
// Cells are cleaned with [SanitiseName].
func (t *Table) Row(cells ...string) {
	row := make([]string, len(t.Columns))
	for i := range min(len(cells), len(row)) {
		row[i] = SanitiseName(cells[i])
	}
	t.rows = append(t.rows, row)
}

// WriteTo writes the table, the titles first unless all are empty, without
// blanks at line ends.
func (t *Table) WriteTo(w io.Writer) (int64, error) {
	n, err := io.WriteString(w, t.String())
	return int64(n), err
}

// String returns what [Table.WriteTo] writes.
func (t *Table) String() string {
	widths := make([]int, len(t.Columns))
	titles := make([]string, len(t.Columns))
	titled := false
	for i, c := range t.Columns {
		titles[i] = c.Title
		widths[i] = Width(c.Title)
		titled = titled || c.Title != ""
	}
	for _, row := range t.rows {
		for i, cell := range row {
			widths[i] = max(widths[i], Width(cell))
		}
	}
	var b strings.Builder
	if titled {
		t.line(&b, titles, widths)
	}
	for _, row := range t.rows {
		t.line(&b, row, widths)
	}
	return b.String()
}

func (t *Table) line(b *strings.Builder, row []string, widths []int) {
	var line strings.Builder
	for i, cell := range row {
		if i > 0 {
			line.WriteString("  ")
		}
		pad := strings.Repeat(" ", widths[i]-Width(cell))
		if t.Columns[i].Right {
			line.WriteString(pad + cell)
		} else {
			line.WriteString(cell + pad)
		}
	}
	b.WriteString(strings.TrimRight(line.String(), " "))
	b.WriteByte('\n')
}
