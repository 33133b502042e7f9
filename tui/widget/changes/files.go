package changes

import (
	"slices"
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

// find is the package or the file that the row with that key is about; both are nil if
// it is about neither.
func find(d *diff.Diff, etc []diff.FileChange, key string) (pkg *diff.Change, file *diff.FileChange) {
	if name, isFile := strings.CutPrefix(key, fileKey); isFile {
		if i := slices.IndexFunc(etc, func(c diff.FileChange) bool { return c.Name == name }); i >= 0 {
			return nil, &etc[i]
		}
		return nil, nil
	}
	if i := slices.IndexFunc(d.Changes, func(c diff.Change) bool { return c.Name == key }); i >= 0 {
		return &d.Changes[i], nil
	}
	return nil, nil
}

// HasDetails tells whether there are [Details] of the row with that key.
func HasDetails(d *diff.Diff, etc []diff.FileChange, key string) bool {
	pkg, file := find(d, etc, key)
	return pkg != nil || file != nil
}

// Details tells all about the row with that key: the paths of a package that only one
// side has, the lines of a file. ok is false if there is nothing to tell.
func Details(d *diff.Diff, etc []diff.FileChange, key string) (title string, lines [][]style.Span, ok bool) {
	switch pkg, file := find(d, etc, key); {
	case file != nil:
		return text.SanitiseName(file.Name), fileLines(file), true
	case pkg != nil:
		return text.SanitiseName(pkg.Name), packageLines(pkg), true
	}
	return "", nil, false
}

func packageLines(c *diff.Change) [][]style.Span {
	lines := [][]style.Span{{
		{Text: text.Bytes(c.SizeBefore) + " -> " + text.Bytes(c.SizeAfter), Token: themes.Size},
		{Text: "   " + text.SignedBytes(c.SizeDelta()), Token: themes.Muted},
	}, nil}
	for _, p := range c.PathsGone {
		lines = append(lines, signed("- ", themes.Gone, text.SanitiseName(string(p))))
	}
	for _, p := range c.PathsNew {
		lines = append(lines, signed("+ ", themes.New, text.SanitiseName(string(p))))
	}
	return lines
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
