package profiles

import (
	"context"
	"strconv"

	tea "charm.land/bubbletea/v2"

	"nixbench/inspect/diff"
	"nixbench/repl/text"
	"nixbench/tui"
	"nixbench/tui/widget/changes"
	"nixbench/tui/widget/rows"
)

// A shownDiff is a difference between two generations; from 0 is nothing.
type shownDiff struct {
	from, to int
	diff     *diff.Diff
	etc      []diff.FileChange // of systems
	etcErr   error             // why that is not known
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
		s.diffing.Cancel() // what is awaited is wanted no more
		return nil
	}
	g := s.graph()
	if g == nil {
		s.setDiff(nil, nil)
		return nil
	}
	b := s.env.Backend
	return tui.Ask(s.env, &s.diffing, func(ctx context.Context) (*shownDiff, error) {
		d, err := diff.Generations(g, from.Path, to.Path)
		shown := &shownDiff{from: from.Number, to: to.Number, diff: d}
		if err == nil {
			shown.etc, shown.etcErr = b.Etc(ctx, from.Path, to.Path)
		}
		return shown, err
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
	if s.shown.etcErr != nil {
		s.env.Warn("etc is not compared: " + text.PlainLine(s.shown.etcErr.Error()))
	}
	s.fillDiff()
	s.changes.MoveTop()
}

// fillDiff lists the changes, those that were only rebuilt on request.
func (s *Screen) fillDiff() {
	if s.shown != nil {
		s.changes.SetSource(changes.Source(s.shown.diff, s.shown.etc, s.same))
	}
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
	words := changes.Words(s.shown.diff)
	if files := changes.FileWords(s.shown.etc); files != "" {
		words += "   " + files
	}
	return words
}

// noDetails says why there is nothing more to tell about a change, "" if there is.
func (s *Screen) noDetails() string {
	if s.shown != nil && changes.HasDetails(s.shown.diff, s.shown.etc, s.changes.SelectedKey()) {
		return ""
	}
	return "no change is selected"
}

// showDetails tells all about the change under the cursor of the difference.
func (s *Screen) showDetails() tea.Cmd {
	title, lines, _ := changes.Details(s.shown.diff, s.shown.etc, s.changes.SelectedKey())
	return s.env.View(tui.ViewOptions{Title: title, Lines: lines})
}
