package profiles

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"nixbench/inspect/diff"
	"nixbench/repl/text"
	"nixbench/themes"
	"nixbench/tui"
	"nixbench/tui/style"
	"nixbench/tui/widget/rows"
)

// counted are the kinds of changes with their words, in the order in which they
// are listed.
var counted = [...]struct {
	kind  diff.Kind
	word  string
	token themes.Token
}{
	{diff.Upgraded, "up", themes.Up},
	{diff.Downgraded, "down", themes.Down},
	{diff.Changed, "chg", themes.Warning},
	{diff.Added, "new", themes.New},
	{diff.Removed, "gone", themes.Gone},
	{diff.Resized, "size", themes.Size},
	{diff.Rebuilt, "same", themes.Muted},
}

func rank(k diff.Kind) int {
	for i, c := range counted {
		if c.kind == k {
			return i
		}
	}
	return len(counted)
}

// A shownDiff is a difference between two generations; from 0 is nothing.
type shownDiff struct {
	from, to int
	diff     *diff.Diff
}

// pair is what is compared: two marked generations, or the base or else the one
// before with the one under the cursor.
func (s *Screen) pair() (from, to tui.Generation, ok bool) {
	if len(s.marks) == 2 {
		var two []tui.Generation
		for _, g := range s.all {
			if s.marks[g.Number] {
				two = append(two, g)
			}
		}
		if len(two) == 2 {
			return two[0], two[1], true
		}
	}
	to, ok = s.selected()
	if !ok {
		return from, to, false
	}
	if s.base != 0 && s.base != to.Number {
		from, _ = s.number(s.base)
		return from, to, true
	}
	for _, g := range s.all {
		if g.Number < to.Number {
			from = g
		}
	}
	return from, to, true
}

// compare shows the difference that belongs to the cursor.
func (s *Screen) compare() tea.Cmd {
	from, to, ok := s.pair()
	if !ok {
		s.diffing.Cancel()
		s.setDiff(nil, nil)
		return nil
	}
	if s.shown != nil && s.shown.from == from.Number && s.shown.to == to.Number {
		return nil
	}
	g := s.graph()
	if g == nil {
		s.setDiff(nil, nil)
		return nil
	}
	return tui.Ask(s.env, &s.diffing, func(context.Context) (*shownDiff, error) {
		d, err := diff.Generations(g, from.Path, to.Path)
		return &shownDiff{from.Number, to.Number, d}, err
	})
}

// setDiff fills the diff pane.
func (s *Screen) setDiff(d *shownDiff, err error) {
	s.shown = d
	s.changes.Empty = "comparing .."
	switch {
	case err != nil:
		s.shown = nil
		s.changes.Empty = "cannot compare: " + text.PlainLine(err.Error())
	case s.known && len(s.all) == 0:
		s.changes.Empty = ""
	}
	if s.shown == nil {
		s.changes.SetSource(rows.NewList(nil))
		return
	}
	s.changes.Empty = "no package has changed"
	s.fillDiff()
}

// fillDiff lists the changes, those that were only rebuilt on request.
func (s *Screen) fillDiff() {
	if s.shown == nil {
		return
	}
	changes := slices.Clone(s.shown.diff.Changes)
	slices.SortStableFunc(changes, func(a, b diff.Change) int {
		return cmp.Or(cmp.Compare(rank(a.Kind), rank(b.Kind)), cmp.Compare(a.Name, b.Name))
	})
	var items []rows.Item
	rebuilt := 0
	for i := range changes {
		c := &changes[i]
		if c.Kind == diff.Rebuilt {
			rebuilt += len(c.PathsNew)
			if !s.same {
				continue
			}
		}
		items = append(items, rows.Item{Key: c.Name, Text: c.Name, Row: changeRow(c)})
	}
	if rebuilt > 0 && !s.same {
		items = append(items, rows.Item{Key: rows.Sep, Text: "rebuilt", Row: rows.Row{Cells: []rows.Cell{
			rows.Text(themes.Muted, "same"), rows.Text(themes.Muted, "rebuilt"),
			rows.Text(themes.Muted, text.Plural(rebuilt, "path")+" (u to show)"),
		}}})
	}
	s.changes.SetSource(rows.NewList(items))
}

func changeRow(c *diff.Change) rows.Row {
	k := counted[min(rank(c.Kind), len(counted)-1)]
	var versions string
	switch c.Kind {
	case diff.Resized, diff.Rebuilt:
		versions = list(c.After) + " ="
	case diff.Added:
		versions = style.Fit("", 12) + " -> " + list(c.New)
	case diff.Removed:
		versions = style.Fit(list(c.Gone), 12) + " -> "
	default:
		versions = style.Fit(list(c.Gone), max(12, style.Width(list(c.Gone)))) + " -> " + list(c.New)
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
		rows.Text(themes.Text, versions), rows.Text(themes.Size, text.SignedBytes(c.SizeDelta())), rows.Text(themes.Muted, note),
	}}
}

// list joins versions.
func list(versions []string) string {
	out := make([]string, len(versions))
	for i, v := range versions {
		out[i] = text.SanitiseName(v)
		if v == "" {
			out[i] = "-"
		}
	}
	return strings.Join(out, ", ")
}

// diffTitle is "diff 411 -> 412   +211.4 MiB".
func (s *Screen) diffTitle() string {
	if s.shown == nil {
		return "diff"
	}
	from := "nothing"
	if s.shown.from != 0 {
		from = strconv.Itoa(s.shown.from)
	}
	title := "diff " + from + " -> " + strconv.Itoa(s.shown.to)
	return title + "   " + text.SignedBytes(s.shown.diff.SizeDelta())
}

// diffNote counts the changes in words.
func (s *Screen) diffNote() string {
	if s.shown == nil {
		return ""
	}
	out := ""
	for _, sp := range countSpans(s.shown.diff) {
		out += sp.Text
	}
	return out
}
