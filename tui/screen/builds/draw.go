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

	"github.com/charmbracelet/x/ansi"
)

// tokens are how states look; the word says the same.
var tokens = map[event.State]themes.Token{
	event.Waiting: themes.Waiting, event.Running: themes.Running, event.Done: themes.Done,
	event.Failed: themes.Failed, event.Cancelled: themes.Cancelled,
}

// stateWord is a state in a word; a build that failed because of another is
// blocked.
func (b *board) stateWord(act event.Activity) (string, themes.Token) {
	if b.blocked(act) {
		return "blocked", themes.Cancelled
	}
	if act.State == event.Running && act.Kind != event.Build {
		return "fetching", themes.Fetching
	}
	return act.State.String(), tokens[act.State]
}

func (s *Screen) listRow(id event.ID) rows.Row {
	cells := s.cells(id)
	cells[0], cells[1] = cells[1], cells[0]
	return rows.Row{Cells: cells}
}

func (s *Screen) treeRow(id event.ID) rows.Row { return rows.Row{Cells: s.cells(id)} }

// cells are name, state, phase, time and usual time.
func (s *Screen) cells(id event.ID) []rows.Cell {
	act := s.board.acts[id]
	word, token := s.board.stateWord(act)
	return []rows.Cell{
		rows.Text(themes.DrvName, text.SanitiseName(act.Name)),
		rows.Text(token, word),
		rows.Text(themes.Muted, s.doing(act)),
		rows.Text(themes.Text, s.took(act)),
		rows.Text(themes.Muted, s.usualText(act)),
	}
}

// doing is the phase, or what a build waits for.
func (s *Screen) doing(act event.Activity) string {
	switch act.State {
	case event.Waiting:
		if act.WaitingOn > 0 {
			return "on " + text.Plural(act.WaitingOn, "build")
		}
		return "for a slot"
	case event.Running, event.Failed:
		return text.SanitiseName(act.Phase)
	}
	return ""
}

func (s *Screen) took(act event.Activity) string {
	if act.Started.IsZero() {
		return ""
	}
	return text.Duration(elapsed(act, s.env.Now))
}

func (s *Screen) usualText(act event.Activity) string {
	if usual := s.usual[act.Name]; usual > 0 {
		return text.Duration(usual)
	}
	return ""
}

// title counts the builds by their states.
func (s *Screen) title() string {
	c := s.board.count
	parts := []string{"builds"}
	for _, p := range []struct {
		state event.State
		word  string
	}{{event.Running, "running"}, {event.Done, "done"}, {event.Failed, "failed"}, {event.Waiting, "waiting"}, {event.Cancelled, "cancelled"}} {
		if c[p.state] > 0 {
			parts = append(parts, fmt.Sprintf("%s %s", text.Count(c[p.state]), p.word))
		}
	}
	return strings.Join(parts, "  ")
}

func (s *Screen) listPane() style.Pane {
	note := "by " + s.order.String()
	if s.graph {
		note = "graph"
	}
	return style.Pane{Title: s.title(), Note: note, Focus: s.panes.Focus() == paneList}
}

// Draw fills the screen.
func (s *Screen) Draw(w, h int) []string {
	s.panes.Arrange(paneList, paneLog)
	switch {
	case s.fullLog || s.panes.Full && s.panes.Focus() == paneLog:
		return s.drawLog(w, h)
	case s.panes.Full:
		return s.panes.List(paneList, panes.Place{W: w, H: h}, s.listPane(), nil, s.list)
	case tui.WidthOf(w) == tui.Narrow:
		top := s.panes.Down(h, min(max(6, s.list.Len()+3), h*2/5), 5)
		list := s.panes.List(paneList, panes.Place{W: w, H: top}, s.listPane(), nil, s.list)
		return style.Stack(list, s.drawLog(w, h-top))
	}
	return s.drawWide(w, h)
}

// drawWide puts the builds and their sum on the left, the log and why a build
// failed on the right.
func (s *Screen) drawWide(w, h int) []string {
	left := s.panes.Across(w, max(50, w*9/20), 30)
	sum := s.summaryLines()
	sumHeight := len(sum) + 2
	list := s.panes.List(paneList, panes.Place{W: left, H: h - sumHeight}, s.listPane(), nil, s.list)
	summary := s.env.Styles.Box(left, sumHeight, style.Pane{Title: "summary"}, sum)
	failed, failedPane := s.failedLines(w - left - 4)
	failedHeight := 0
	if failed != nil {
		failedHeight = h - s.panes.Down(h, h-min(len(failed)+2, h/3), 5)
	}
	right := s.drawLog(w-left, h-failedHeight)
	if failed != nil {
		body := failed[max(0, len(failed)-(failedHeight-2)):]
		right = style.Stack(right, s.env.Styles.Box(w-left, failedHeight, failedPane, body))
	}
	return style.Beside(style.Stack(list, summary), right)
}

// summaryLines counts builds and what else there is.
func (s *Screen) summaryLines() []string {
	st := s.env.Styles
	c := s.board.count
	counts := [4]int{c[event.Running], c[event.Done], c[event.Failed], c[event.Waiting]}
	head := fmt.Sprintf("%-8s%9s%7s%8s%9s", "", "running", "done", "failed", "waiting")
	row := fmt.Sprintf("%-8s%9d%7d%8d%9d", "builds", counts[0], counts[1], counts[2], counts[3])
	lines := []string{st.Paint(themes.Heading, head), st.Paint(themes.Text, row)}
	if left, ok := s.board.left(s.usualOf, s.env.Now); ok {
		lines = append(lines, st.Paint(themes.Text, "left    about "+text.Duration(left)))
	}
	return lines
}

// failedLines are the last lines of the selected failed build, or of the first
// one.
func (s *Screen) failedLines(w int) ([]string, style.Pane) {
	failures := s.board.failures()
	if len(failures) == 0 {
		return nil, style.Pane{}
	}
	act := s.board.acts[failures[0]]
	if sel, ok := s.selected(); ok && sel.State == event.Failed && !s.board.blocked(sel) {
		act = sel
	}
	title := "failed: " + text.SanitiseName(act.Name)
	if act.ExitStatus != 0 {
		title += fmt.Sprintf(" (exit %d", act.ExitStatus)
		if act.Phase != "" {
			title += " in " + text.SanitiseName(act.Phase)
		}
		title += ")"
	}
	var lines []string
	for _, line := range strings.Split(ansi.Wrap(reason(act), max(w, 8), " "), "\n") {
		lines = append(lines, s.env.Styles.Paint(themes.Error, line))
	}
	for _, line := range s.tails[act.ID] {
		lines = append(lines, s.env.Styles.Paint(themes.Text, line))
	}
	return lines, style.Pane{Title: title, Note: "last lines"}
}

// reason is why a build failed, without its name, which stands above.
func reason(act event.Activity) string {
	return strings.TrimPrefix(text.SanitiseName(act.Err), "build "+text.SanitiseName(act.Subject)+": ")
}

// noOutputText stands where the log of a build would be.
func (s *Screen) noOutputText(act event.Activity) string {
	switch {
	case act.State == event.Waiting:
		return "not started: waits " + s.doing(act)
	case act.Started.IsZero() && act.Err != "":
		return "not started: " + reason(act)
	case act.Started.IsZero():
		return "not started: " + act.State.String()
	case act.State.Final():
		return "it printed nothing"
	}
	return "no output yet"
}

func (s *Screen) drawLog(w, h int) []string {
	p := style.Pane{Title: "log", Focus: s.panes.Focus() == paneLog || s.fullLog, Foot: s.log.SearchStatus()}
	if act, ok := s.board.acts[s.logOf]; ok {
		p.Title = "log: " + text.SanitiseName(act.Name)
		p.Note = s.log.Status()
		s.log.Empty = s.noOutputText(act)
	}
	if err := s.log.Err(); err != nil {
		s.log.Empty = text.PlainLine(err.Error())
	}
	return s.env.Styles.Box(w, h, p, s.log.Draw(p.InnerWidth(w), p.InnerHeight(h)))
}
