package builds

import (
	"fmt"
	"strings"

	"nixbench/engine/event"
	"nixbench/repl/text"
	"nixbench/themes"
	"nixbench/tui"
	"nixbench/tui/style"
	"nixbench/tui/widget/panes"
	"nixbench/tui/widget/rows"
)

// tokens are how states look; the word says the same.
var tokens = map[event.State]themes.Token{
	event.Waiting: themes.Waiting, event.Running: themes.Running, event.Done: themes.Done,
	event.Failed: themes.Failed, event.Cancelled: themes.Cancelled,
}

// stateWord is a state in a word; a build that failed because of another is
// blocked.
func stateWord(n *node) (string, themes.Token) {
	act := n.act
	switch {
	case n.other != nil:
		return "elsewhere", themes.Running
	case n.earlier:
		return "earlier", themes.Muted
	case n.blocked, n.doomed:
		return "blocked", themes.Cancelled
	}
	if act.State == event.Running && act.Kind != event.Build {
		return "fetching", themes.Fetching
	}
	return act.State.String(), tokens[act.State]
}

func (s *Screen) listRow(n *node) rows.Row {
	cells := s.cells(n)
	cells[0], cells[1] = cells[1], cells[0]
	return rows.Row{Cells: cells}
}

func (s *Screen) treeRow(n *node) rows.Row { return rows.Row{Cells: s.cells(n)} }

// cells are name, state, phase, time and usual time.
func (s *Screen) cells(n *node) []rows.Cell {
	word, token := stateWord(n)
	return []rows.Cell{
		rows.Text(themes.DrvName, text.SanitiseName(n.act.Name)),
		rows.Text(token, word),
		rows.Text(themes.Muted, s.doing(n)),
		rows.Text(themes.Text, s.took(n.act)),
		rows.Text(themes.Muted, usualText(n)),
	}
}

// doing is the phase, what a build waits for, how far a path is fetched, or what a
// build that is done has used.
func (s *Screen) doing(n *node) string {
	act := n.act
	switch {
	case n.other != nil:
		return whoseWord(n.other)
	case act.State == event.Waiting && act.Phase != "":
		return text.SanitiseName(act.Phase)
	case n.blocked, n.doomed:
		if why := needs(n, func(need *node) bool { return need.act.State == event.Failed }); why != "" {
			return why
		}
		return needs(n, func(need *node) bool { return need.isLost })
	case act.State == event.Waiting:
		return waitsFor(n)
	case act.Kind != event.Build && act.Total > 0:
		return fetched(act.Done, act.Total)
	case act.State == event.Running && act.Phase == "" && s.takes(act) != "":
		return "mem " + text.Size(s.read.usage.Memory) // there is room for no more
	case act.State == event.Running, act.State == event.Failed:
		return text.SanitiseName(act.Phase)
	}
	return used(act.Used, text.Size) // there is little room
}

// fetched says how much of a path is there: "61/255 MiB".
func fetched(done, total int64) string {
	size := text.Bytes(total)
	_, unit, _ := strings.Cut(size, " ")
	for scale := int64(1); scale <= total; scale <<= 10 {
		if of := float64(total) / float64(scale); of < 1024 {
			return fmt.Sprintf("%.0f/%.0f %s", float64(done)/float64(scale), of, unit)
		}
	}
	return size
}

// used says what a builder has taken of the machine, its memory in the words of size; ""
// if that is not known.
func used(u event.Usage, size func(int64) string) string {
	if u.User+u.System == 0 && u.Memory == 0 {
		return ""
	}
	cpu := "cpu " + text.Took(u.User+u.System)
	if u.Memory == 0 { // it ended too soon
		return cpu
	}
	return cpu + ", " + size(u.Memory)
}

// waitsFor says what a build waits for: by its name if it is only one.
func waitsFor(n *node) string {
	switch {
	case n.act.WaitingOn == 0:
		return "for a slot"
	case n.act.WaitingOn == 1:
		if one := needs(n, func(need *node) bool { return !need.act.State.Final() }); one != "" {
			return one
		}
	}
	return "on " + text.Plural(n.act.WaitingOn, "build")
}

// needs names the first of those needs of a build that are wanted, "" for none.
func needs(n *node, wanted func(*node) bool) string {
	for _, need := range n.needs {
		if wanted(need) {
			return "needs " + text.SanitiseName(need.act.Name)
		}
	}
	return ""
}

func (s *Screen) took(act *event.Activity) string {
	if act.Started.IsZero() {
		return ""
	}
	return text.Duration(elapsed(act, s.env.Now))
}

func usualText(n *node) string {
	if n.usual > 0 {
		return text.Duration(n.usual)
	}
	return ""
}

// title counts the builds by their states, and in w cells says what it counts if that fits.
func (s *Screen) title(w int) string {
	c := s.board.count
	var parts []string
	for _, p := range []struct {
		n    int
		word string
	}{
		{c[event.Running], "running"}, {c[event.Done], "done"}, {len(s.board.failures()), "failed"}, {s.board.stuck(), "blocked"},
		{s.board.waiting(), "waiting"}, {c[event.Cancelled], "cancelled"},
	} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%s %s", text.Count(p.n), p.word))
		}
	}
	if n := len(s.others.nodes); n > 0 {
		parts = append(parts, text.Count(n)+" elsewhere")
	}
	if all := strings.Join(append([]string{"builds"}, parts...), "  "); len(parts) == 0 || text.Width(all) <= w {
		return all
	}
	return strings.Join(parts, "  ")
}

func (s *Screen) listPane(w int) style.Pane {
	note := "by " + s.order.String()
	if s.graph {
		note = "graph"
	}
	p := style.Pane{Title: s.title(w - style.TitleFrame), Note: note, Focus: s.panes.Focus() == paneList}
	if query := s.list.Finding(); query != "" {
		p.Foot = "/" + text.SanitiseName(query)
	}
	return p
}

// Draw fills the screen.
func (s *Screen) Draw(w, h int) []string {
	s.drawn = true
	s.panes.Arrange(paneList, paneLog)
	switch {
	case s.fullLog || s.panes.Full && s.panes.Focus() == paneLog:
		s.panes.Mark(paneLog, panes.Place{W: w, H: h})
		return s.drawLog(w, h)
	case s.panes.Full:
		return s.panes.List(paneList, panes.Place{W: w, H: h}, s.listPane(w), nil, s.list)
	case tui.WidthOf(w) == tui.Narrow:
		top := s.panes.Down(h, min(max(6, s.list.Len()+3), h*2/5), 5)
		list := s.panes.List(paneList, panes.Place{W: w, H: top}, s.listPane(w), nil, s.list)
		return style.Stack(list, s.drawLogs(panes.Place{Y: top, W: w, H: h - top}))
	}
	return s.drawWide(w, h)
}

// drawWide puts the builds and their sum on the left, the log and why a build
// failed on the right.
func (s *Screen) drawWide(w, h int) []string {
	left := s.panes.Across(w, max(min(w/2, 63), w*9/20), 30)
	sum := s.summaryLines(left - 4)
	sumHeight := len(sum) + 2
	list := s.panes.List(paneList, panes.Place{W: left, H: h - sumHeight}, s.listPane(left), nil, s.list)
	summary := s.env.Styles.Box(left, sumHeight, style.Pane{Title: "summary"}, sum)
	failed, failedHeight := s.extract(w-left-4), 0
	if n := failed.lines(); n > 0 {
		failedHeight = h - s.panes.Down(h, h-min(n+2, h/3), 5)
	}
	right := s.drawLogs(panes.Place{X: left, W: w - left, H: h - failedHeight})
	if failedHeight > 0 {
		right = style.Stack(right, s.env.Styles.Box(w-left, failedHeight, failed.pane, failed.body(failedHeight-2)))
	}
	return style.Beside(style.Stack(list, summary), right)
}

// summaryLines counts builds and what else there is.
func (s *Screen) summaryLines(w int) []string {
	st := s.env.Styles
	const columns = "%-6s%8s%8s%7s%8s%8s"
	c := s.board.count
	head := fmt.Sprintf(columns, "", "running", "done", "failed", "blocked", "waiting")
	row := fmt.Sprintf(columns, "builds", text.Count(c[event.Running]), text.Count(c[event.Done]),
		text.Count(len(s.board.failures())), text.Count(s.board.stuck()), text.Count(s.board.waiting()))
	lines := []string{st.Paint(themes.Heading, head), st.Paint(themes.Text, row)}
	return append(lines, s.moreLines(w)...)
}

// moreLines say how long it will take and why, and what builders have used.
func (s *Screen) moreLines(w int) []string {
	st := s.env.Styles
	var lines []string
	line := func(label, value string) {
		lines = append(lines, st.Row(w, themes.Text, style.Span{Text: style.Fit(label, 10)}, style.Span{Text: text.Cut(value, max(w-10, 0))}))
	}
	if left, ok := s.left(); ok && s.board.live() > 0 {
		line("left", "about "+text.Duration(left))
		var names []string
		for _, n := range s.eta.critical {
			names = append(names, text.SanitiseName(n.act.Name))
		}
		if len(names) > 1 {
			line("critical", strings.Join(names, " -> "))
		}
	}
	for _, words := range s.board.fetchWords(s.env.Now) {
		line("fetch", words)
	}
	if jobs := s.env.Backend.Info().Jobs; jobs > 0 && s.board.live() > 0 {
		line("jobs", fmt.Sprintf("%d of %d", s.board.count[event.Running], jobs))
	}
	if n, ok := s.selectedNode(); ok && n.other != nil {
		line("by", whose(n.other))
	} else if act, ok := s.selected(); ok {
		if u := used(act.Used, text.Bytes); u != "" {
			line("used", u+" by "+text.SanitiseName(act.Name))
		} else if u := s.takes(&act); u != "" {
			line("takes", u+" of "+text.SanitiseName(act.Name))
		}
	}
	return lines
}

// noOutputText stands where the log of a build would be.
func (s *Screen) noOutputText(n *node) string {
	act := n.act
	switch {
	case act.Kind != event.Build && act.Err != "":
		return reason(act)
	case act.Kind == event.Substitute:
		return s.board.fetchedFrom(n, s.env.Now) + ": it has no log"
	case act.Kind != event.Build:
		return "copied, not built: it has no log"
	case act.State == event.Waiting && strings.HasPrefix(s.doing(n), "needs "):
		return "not started: it " + s.doing(n)
	case act.State == event.Waiting:
		return "not started: waits " + s.doing(n)
	case n.earlier:
		return "it printed nothing"
	case act.Started.IsZero() && act.Err != "":
		return "not started: " + reason(act)
	case act.Started.IsZero():
		return "not started: " + act.State.String()
	case act.State.Final():
		return "it printed nothing"
	}
	if n.other != nil {
		return "no log yet: " + whose(n.other)
	}
	return "no output yet"
}

func (s *Screen) drawLog(w, h int) []string {
	p := style.Pane{Title: "log", Focus: s.panes.Focus() == paneLog || s.fullLog, Foot: s.log.SearchStatus()}
	n := s.nodeOf(s.logOf)
	if n != nil {
		s.log.Empty = s.noOutputText(n)
	}
	if err := s.log.Err(); err != nil {
		s.log.Empty = text.PlainLine(err.Error())
	}
	lines := s.log.Draw(p.InnerWidth(w), p.InnerHeight(h))
	if n != nil {
		p.Note = s.log.Status() // of what has just been drawn
		after := ""
		if n.act.Phase != "" && tui.WidthOf(w) != tui.Narrow {
			after = "  " + text.SanitiseName(n.act.Phase)
		}
		const before, edges, least = "log: ", 9, 16
		p.Title = before + text.CutMiddle(text.SanitiseName(n.act.Name), max(w-edges-len(before)-text.Width(after)-text.Width(p.Note), least)) + after
	}
	return s.env.Styles.Box(w, h, p, lines)
}
