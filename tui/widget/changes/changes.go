// Package changes draws the difference between two closures, package by
// package, and of systems also file by file of their etc.
package changes

import (
	"cmp"
	"slices"
	"strings"

	"nixbench/inspect/diff"
	"nixbench/repl/text"
	"nixbench/themes"
	"nixbench/tui/style"
	"nixbench/tui/widget/rows"
)

// kinds are the kinds of changes with their words, in the order in which they
// are listed.
var kinds = [...]struct {
	kind  diff.Kind
	word  string
	token themes.Token
}{
	{diff.Upgraded, "up", themes.Up},
	{diff.Downgraded, "down", themes.Down},
	{diff.Changed, "change", themes.Warning},
	{diff.Added, "new", themes.New},
	{diff.Removed, "gone", themes.Gone},
	{diff.Resized, "size", themes.Size},
	{diff.Rebuilt, "same", themes.Muted},
}

func rank(k diff.Kind) int {
	for i, c := range kinds {
		if c.kind == k {
			return i
		}
	}
	return len(kinds) - 1
}

// NewList returns a list for the rows of [Source].
func NewList(st *style.Styles) *rows.Rows {
	w := rows.New(st,
		rows.Column{Min: 6},
		rows.Column{Min: 10, Flex: 2, Max: 32},
		rows.Column{Min: 18, Flex: 3, Max: 48, End: true},
		rows.Column{Min: 10, Right: true},
		rows.Column{Min: 10, Rank: 1, End: true})
	w.NoFolds = true
	return w
}

// Source lists the changes of d by kind and name, and then those of etc: units
// before other files. What was only rebuilt is counted in one row, unless rebuilt is
// true.
func Source(d *diff.Diff, etc []diff.FileChange, rebuilt bool) rows.Source {
	all := slices.Clone(d.Changes)
	slices.SortStableFunc(all, func(a, b diff.Change) int {
		return cmp.Or(cmp.Compare(rank(a.Kind), rank(b.Kind)), cmp.Compare(a.Name, b.Name))
	})
	var items []rows.Item
	hidden := 0
	for i := range all {
		c := &all[i]
		if c.Kind == diff.Rebuilt && !rebuilt {
			hidden += len(c.PathsNew)
			continue
		}
		items = append(items, rows.Item{Key: c.Name, Text: c.Name, Row: Row(c)})
	}
	if hidden > 0 {
		items = append(items, rows.Item{Key: rows.Sep, Text: "rebuilt", Row: rows.Row{Cells: []rows.Cell{
			rows.Text(themes.Muted, "same"), rows.Text(themes.Muted, "rebuilt"),
			rows.Text(themes.Muted, text.Plural(hidden, "path")+" (u to show)"),
		}}})
	}
	return rows.NewList(append(items, fileItems(etc, rebuilt)...))
}

// Row draws a change: its kind, the package, the versions, the bytes, and a
// remark.
func Row(c *diff.Change) rows.Row {
	k := kinds[rank(c.Kind)]
	var v string
	switch c.Kind {
	case diff.Resized, diff.Rebuilt:
		v = versions(c.After) + " ="
	case diff.Added:
		v = style.Fit("", 10) + " -> " + versions(c.New)
	case diff.Removed:
		v = style.Fit(versions(c.Gone), 10) + " ->"
	default:
		old, now := versions(c.Gone), versions(c.New)
		if len(c.Gone) == 0 || len(c.New) == 0 { // one more, or one less
			old, now = versions(c.Before), versions(c.After)
		}
		v = style.Fit(old, max(10, style.Width(old))) + " -> " + now
	}
	note := ""
	switch {
	case c.Selected:
		note = "selected"
	case c.Kind == diff.Rebuilt:
		note = text.Plural(len(c.PathsNew), "path")
	}
	return rows.Row{Cells: []rows.Cell{
		rows.Text(k.token, k.word), rows.Text(themes.DrvName, text.SanitiseName(c.Name)),
		rows.Text(themes.Text, v), rows.Text(themes.Size, text.SignedBytes(c.SizeDelta())), rows.Text(themes.Muted, note),
	}}
}

// versions joins versions; "-" stands for none.
func versions(all []string) string {
	out := make([]string, len(all))
	for i, v := range all {
		out[i] = text.SanitiseName(v)
		if v == "" {
			out[i] = "-"
		}
	}
	return strings.Join(out, ", ")
}

// Counts is "38 up 2 new 1 gone".
func Counts(d *diff.Diff) []style.Span {
	var out []style.Span
	for _, k := range kinds {
		n := d.Count(k.kind)
		if n == 0 {
			continue
		}
		if len(out) > 0 {
			out = append(out, style.Span{Text: " "})
		}
		out = append(out, style.Span{Text: text.Count(n) + " " + k.word, Token: k.token})
	}
	if out == nil {
		return []style.Span{{Text: "the same", Token: themes.Muted}}
	}
	return out
}

// Words is [Counts] without styles.
func Words(d *diff.Diff) string {
	out := ""
	for _, sp := range Counts(d) {
		out += sp.Text
	}
	return out
}

// Biggest returns the n changes of the most bytes, either way.
func Biggest(d *diff.Diff, n int) []diff.Change {
	all := slices.Clone(d.Changes)
	size := func(c diff.Change) int64 { return max(c.SizeDelta(), -c.SizeDelta()) }
	slices.SortStableFunc(all, func(a, b diff.Change) int { return cmp.Compare(size(b), size(a)) })
	return all[:min(n, len(all))]
}
