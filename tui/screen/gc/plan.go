package gc

// This file draws the plan: what a collection with the marks would do.

import (
	"strings"

	"nixbench/repl/text"
	"nixbench/store/gc"
	"nixbench/themes"
	"nixbench/tui/style"
)

// line is a line of the plan.
type line = []style.Span

func muted(t string) line { return line{{Text: t, Token: themes.Muted}} }

// entry is a line with a count and a size in columns, and a note where there is
// room.
func entry(w int, label string, token themes.Token, paths int, size int64, note string) line {
	first, count := min(max(w-45, 20), 31), 13
	if w < 52 { // beside the roots: just enough
		count = max(min(w-27, count), 9)
		first = max(w-count-13, 14)
	}
	many := text.Plural(paths, "path")
	if style.Width(many) > count {
		many = text.Count(paths)
	}
	if note != "" && first+count+13+style.Width(note)+3 > w {
		note = ""
	}
	return line{
		{Text: style.Fit(label, first) + " "}, {Text: style.FitRight(many, count) + " ", Token: themes.Muted},
		{Text: style.FitRight(text.Bytes(size), 11), Token: token}, {Text: "   " + note, Token: themes.Muted},
	}
}

// planLines draw the plan in w by h cells, the most important first.
func (s *Screen) planLines(w, h int) []line {
	switch {
	case s.collect.stop != nil:
		return s.progressLines(w)
	case s.data == nil && s.err != nil:
		var lines []line
		for _, part := range text.Wrap(text.PlainLine("error: "+s.err.Error()), w) {
			lines = append(lines, line{{Text: part, Token: themes.Error}})
		}
		return append(lines, muted("f5 reads the store again"))
	case s.data == nil:
		return []line{muted("reading the store ..")}
	case s.view == viewKept:
		return append(s.wayLines(), nil, muted("c closure of the path   esc back to the roots"))
	}
	lines := append(s.sums(w), s.proposalLines(w)...)
	if s.last != nil {
		lines = append(lines, s.lastLines(w, h-len(lines)-1)...)
	}
	settings := s.settingsLine()
	if h-len(lines) < 8 { // as much as there is room for
		if settings != nil {
			lines = append(lines, settings)
		}
		return lines
	}
	lines = append(lines, s.afterLines()...)
	why := s.sparedLines(settings)
	lines = append(lines, s.biggestLines(h-len(lines)-len(why)-5)...)
	lines = append(lines, why...)
	n, _ := s.totals()
	key := func(k, t string) line {
		return line{{Text: k, Token: themes.Key}, {Text: "  " + t, Token: themes.KeyText}}
	}
	if s.noDelete() != "" {
		return append(lines, nil, muted(s.noDelete()))
	}
	return append(lines, nil, key("X", "delete "+text.Plural(n, "path")+" (type \"delete\")"),
		key("E", "write the plan to a file"), key("O", "exact size on disk"))
}

func (s *Screen) sums(w int) []line {
	plan, e := s.data.plan, s.effect
	paths, size := s.totals()
	alone := ""
	if len(s.marks) > 1 && e.AloneSize != e.FreedSize {
		alone = "(alone: " + text.Bytes(e.AloneSize) + ")"
	}
	disk := ""
	if s.exact >= 0 {
		disk = "on disk " + text.Bytes(s.exact)
	} else if s.exacting.Pending() {
		disk = "reading the disk .."
	}
	marked := "marked roots"
	if n := len(s.marks); n > 0 {
		marked = text.Plural(n, "marked root")
	}
	shared := "kept by marked AND other roots"
	if w < 70 {
		shared = "kept by others"
	}
	lines := []line{
		entry(w, "already dead", themes.Dead, len(plan.Dead), plan.FreedSize, ""),
		entry(w, marked, themes.Size, len(e.Freed), e.FreedSize, alone),
		entry(w, shared, themes.Live, e.SharedPaths, e.SharedSize, "w: why"),
		entry(w, "total to free", themes.Size, paths, size, disk),
	}
	if w < 76 && disk != "" { // no room beside it
		lines = append(lines, line{{Text: disk, Token: themes.Size}})
	}
	return lines
}

// settingsLine tells what keep-outputs and keep-derivations keep, nil if
// neither is on.
func (s *Screen) settingsLine() line {
	o := s.data.plan.Options
	name := ""
	switch {
	case o.KeepOutputs && o.KeepDerivations:
		name = "keep-outputs, keep-derivations"
	case o.KeepOutputs:
		name = "keep-outputs"
	case o.KeepDerivations:
		name = "keep-derivations"
	default:
		return nil
	}
	return muted(name + ": " + text.Bytes(s.data.settingsSize) + " kept")
}

func (s *Screen) afterLines() []line {
	d := s.data
	if d.diskTotal == 0 {
		return nil
	}
	_, size := s.totals()
	if s.exact >= 0 {
		size = s.exact
	}
	after := max(d.diskUsed-size, 0)
	return []line{nil, {
		{Text: "after gc   "}, {Text: text.Percent(d.diskUsed, d.diskTotal) + " -> " + text.Percent(after, d.diskTotal), Token: themes.Size},
		{Text: " of the disk", Token: themes.Muted},
	}}
}

// biggestLines name the biggest paths that would go, in at most room lines.
func (s *Screen) biggestLines(room int) []line {
	total, _ := s.totals()
	if room < 4 || total == 0 {
		return nil
	}
	lines := []line{nil, {{Text: "biggest paths that would go", Token: themes.Heading}}}
	shown := s.effect.biggest[:min(len(s.effect.biggest), room-3)]
	for _, it := range shown {
		lines = append(lines, line{
			{Text: style.FitRight(text.Size(it.NarSize), 9) + "  ", Token: themes.Size}, {Text: cleanName(it.Path), Token: themes.Dead},
		})
	}
	if more := total - len(shown); more > 0 {
		lines = append(lines, muted("      ... "+text.Count(more)+" more (v to browse)"))
	}
	return lines
}

// sparedLines tell what is not deleted, and why.
func (s *Screen) sparedLines(settings line) []line {
	var current, locked, procs, temps, own int
	for _, r := range s.data.plan.Roots {
		switch {
		case r.Dangling:
		case r.Kind == gc.KindProcess:
			procs++
		case r.Kind == gc.KindTemp || r.Kind == gc.KindBuild:
			temps++
			if isOwn(r) {
				own++
			}
		case r.Current():
			current++
		case r.Locked:
			locked++
		}
	}
	lines := []line{nil, {{Text: "not deleted, and why", Token: themes.Heading}}}
	for _, c := range []struct {
		n    int
		noun string
	}{{current, "current generation"}, {locked, "root of others"}, {procs, "root of running processes"}, {temps, "temporary root"}} {
		if c.n > 0 {
			noun := text.Plural(c.n, c.noun)
			if of, is := strings.CutPrefix(c.noun, "root "); is {
				noun = text.Plural(c.n, "root") + " " + of
			}
			switch {
			case c.noun != "temporary root" || own == 0:
			case own == temps:
				noun += " of this program"
			default:
				noun += ", " + text.Count(own) + " of this program"
			}
			lines = append(lines, line{{Text: "  " + noun}})
		}
	}
	if settings != nil {
		lines = append(lines, append(line{{Text: "  "}}, settings...))
	}
	for _, u := range s.data.plan.Unread {
		lines = append(lines, line{{Text: "  not read: " + text.PlainLine(u), Token: themes.Warning}})
	}
	if len(lines) == 2 {
		return nil
	}
	return lines
}

// lastLines tell how the last collection ended, in at most room lines of w cells.
func (s *Screen) lastLines(w, room int) []line {
	r := s.last
	lines := []line{nil, {
		{Text: "done  ", Token: themes.Heading},
		{Text: text.Plural(len(r.Deleted), "path") + " deleted, " + text.Bytes(r.Freed) + " freed", Token: themes.Done},
	}}
	if s.lastErr != nil {
		for _, part := range text.Wrap(text.PlainLine(s.lastErr.Error()), w-2) {
			lines = append(lines, line{{Text: "  " + part, Token: themes.Error}})
		}
	}
	if n := len(r.Spared); n > 0 {
		lines = append(lines, line{{Text: "  spared " + text.Plural(n, "path"), Token: themes.Warning}})
		for _, sp := range r.Spared[:min(n, 3)] {
			lines = append(lines, line{{Text: "    " + cleanName(sp.Path)}, {Text: ": " + text.PlainLine(sp.Reason), Token: themes.Muted}})
		}
	}
	return lines[:max(min(len(lines), room), 0)]
}
