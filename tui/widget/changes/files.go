package changes

import (
	"strings"

	"nixbench/inspect/diff"
	"nixbench/repl/text"
	"nixbench/themes"
	"nixbench/tui/style"
	"nixbench/tui/widget/rows"
)

// fileKey begins the keys of rows about files.
const fileKey = rows.Sep + "etc" + rows.Sep

// fileItems are rows for what has become of the files of etc, units first.
func fileItems(etc []diff.FileChange, rebuilt bool) []rows.Item {
	var units, others []rows.Item
	hidden := 0
	for i := range etc {
		c := &etc[i]
		switch {
		case c.Kind == diff.Rebuilt && !rebuilt:
			hidden++
		case c.IsUnit():
			units = append(units, rows.Item{Key: fileKey + c.Name, Text: c.Name, Row: fileRow(c)})
		default:
			others = append(others, rows.Item{Key: fileKey + c.Name, Text: c.Name, Row: fileRow(c)})
		}
	}
	items := append(units, others...)
	if hidden > 0 {
		items = append(items, rows.Item{Key: fileKey, Text: "rebuilt", Row: rows.Row{Cells: []rows.Cell{
			rows.Text(themes.Muted, "same"), rows.Text(themes.Muted, "etc"),
			rows.Text(themes.Muted, text.Plural(hidden, "file")+", other store paths (u)"),
		}}})
	}
	return items
}

func fileRow(c *diff.FileChange) rows.Row {
	k := kinds[rank(c.Kind)]
	note, name := "etc", c.Name
	if c.IsUnit() {
		note = "unit"
		name = strings.TrimPrefix(strings.TrimPrefix(name, "systemd/"), "system/")
	}
	lines := ""
	switch {
	case c.Kind == diff.Rebuilt:
		lines = "other store paths"
	case len(c.Gone)+len(c.New) > 0:
		lines = "-" + text.Count(len(c.Gone)) + " +" + text.Plural(len(c.New), "line")
	}
	return rows.Row{Cells: []rows.Cell{
		rows.Text(k.token, k.word), rows.Text(themes.Path, text.SanitiseName(name)), rows.Text(themes.Muted, lines),
		nil, rows.Text(themes.Muted, note),
	}}
}

// FileWords counts the changes of etc: "2 units, 1 file", "" for none.
func FileWords(etc []diff.FileChange) string {
	units, others := 0, 0
	for i := range etc {
		switch {
		case etc[i].Kind == diff.Rebuilt:
		case etc[i].IsUnit():
			units++
		default:
			others++
		}
	}
	var parts []string
	if units > 0 {
		parts = append(parts, text.Plural(units, "unit"))
	}
	if others > 0 {
		parts = append(parts, text.Plural(others, "file")+" of etc")
	}
	return strings.Join(parts, ", ")
}

// Details tells all about the row with that key: the paths of a package that only one
// side has, the lines of a file. ok is false if there is nothing to tell.
func Details(d *diff.Diff, etc []diff.FileChange, key string) (title string, lines [][]style.Span, ok bool) {
	if name, isFile := strings.CutPrefix(key, fileKey); isFile {
		for i := range etc {
			if c := &etc[i]; c.Name == name {
				return text.SanitiseName(name), fileLines(c), true
			}
		}
		return "", nil, false
	}
	for i := range d.Changes {
		c := &d.Changes[i]
		if c.Name != key {
			continue
		}
		lines = append(lines, []style.Span{
			{Text: text.Bytes(c.SizeBefore) + " -> " + text.Bytes(c.SizeAfter), Token: themes.Size},
			{Text: "   " + text.SignedBytes(c.SizeDelta()), Token: themes.Muted},
		}, nil)
		for _, p := range c.PathsGone {
			lines = append(lines, signed("- ", themes.Gone, text.SanitiseName(string(p))))
		}
		for _, p := range c.PathsNew {
			lines = append(lines, signed("+ ", themes.New, text.SanitiseName(string(p))))
		}
		return text.SanitiseName(c.Name), lines, true
	}
	return "", nil, false
}

func fileLines(c *diff.FileChange) [][]style.Span {
	var lines [][]style.Span
	for _, l := range c.Gone {
		lines = append(lines, signed("- ", themes.Gone, text.PlainLine(l)))
	}
	for _, l := range c.New {
		lines = append(lines, signed("+ ", themes.New, text.PlainLine(l)))
	}
	if lines == nil {
		note := "its contents are not shown: no text, or too large"
		if c.Kind == diff.Rebuilt {
			note = "it differs in nothing but store paths"
		}
		lines = append(lines, []style.Span{{Text: note, Token: themes.Muted}})
	}
	return lines
}

func signed(sign string, token themes.Token, line string) []style.Span {
	return []style.Span{{Text: sign, Token: token}, {Text: line}}
}
