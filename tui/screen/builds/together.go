package builds

import (
	"cmp"
	"context"
	"slices"

	tea "charm.land/bubbletea/v2"

	"nixbench/engine/event"
	"nixbench/repl/text"
	"nixbench/store"
	"nixbench/themes"
	"nixbench/tui"
	"nixbench/tui/style"
	"nixbench/tui/widget/panes"
)

// This file shows the ends of the logs of other builds that run below the log of the one
// under the cursor. A build keeps its place as long as it runs, and until another wants
// it: nothing moves while one reads.

const (
	besideLogs   = 2 // at most, and the log of the build under the cursor
	besideHeight = 5 // at least, of one, with its frame
	besideMost   = 14
)

// A beside is a place for the log of another build.
type beside struct {
	n       *node // nil for none
	reading tui.Slot
	read    event.Activity // n's when lines were asked for
	lines   []string       // the last ones, clean
}

// logEnd are the last lines of the log of a build.
type logEnd struct {
	of    *node
	lines []string
}

// noOthers says why there are no logs of others to be shown.
func (s *Screen) noOthers() string {
	if s.together || len(s.waiting()) > 0 {
		return ""
	}
	return "nothing else is running"
}

// flipLogs shows the logs of other builds, or no longer.
func (s *Screen) flipLogs() tea.Cmd {
	s.together = !s.together
	s.fullLog = s.fullLog && !s.together
	return nil
}

// followAll has the logs shown that are to be.
func (s *Screen) followAll() tea.Cmd { return tea.Batch(s.follow(), s.followOthers()) }

// followOthers gives other builds that run their places, and reads what is new in
// their logs.
func (s *Screen) followOthers() tea.Cmd {
	if !s.together {
		return nil
	}
	s.place()
	var cmds []tea.Cmd
	for i := range s.beside {
		p := &s.beside[i]
		if p.n == nil || p.reading.Pending() || p.n.act.LogSize == 0 ||
			p.read.ID == p.n.act.ID && p.read.LogSize == p.n.act.LogSize && p.read.State == p.n.act.State {
			continue
		}
		p.read = *p.n.act
		n, drv, backend := p.n, store.Path(p.n.act.Built()), s.env.Backend
		cmds = append(cmds, tui.Ask(s.env, &p.reading, func(ctx context.Context) (logEnd, error) {
			f, err := backend.OpenLog(ctx, drv)
			if err != nil {
				return logEnd{n, nil}, err
			}
			defer f.Close()
			lines, err := lastLines(f)
			return logEnd{n, lines}, err
		}))
	}
	return tea.Batch(cmds...)
}

// place gives each place a build: those that run keep theirs, then come the longest
// running of the others.
func (s *Screen) place() {
	others := s.waiting()
	for i := range s.beside {
		p := &s.beside[i]
		if p.n != nil && (p.n.gone || p.n.act.ID == s.logOf) {
			*p = beside{}
		}
		if isFree := p.n == nil || p.n.act.State.Final(); isFree && len(others) > 0 {
			p.reading.Cancel()
			p.n, p.read, p.lines, others = others[0], event.Activity{}, nil, others[1:]
		}
	}
}

// waiting are the other builds that run and have no place, the longest running first.
func (s *Screen) waiting() []*node {
	var others []*node
	for n := range s.board.running {
		if n.act.Kind == event.Build && n.act.ID != s.logOf && !s.isBeside(n) {
			others = append(others, n)
		}
	}
	slices.SortFunc(others, func(x, y *node) int {
		return cmp.Or(x.act.Started.Compare(y.act.Started), cmp.Compare(x.seq, y.seq))
	})
	return others
}

func (s *Screen) isBeside(n *node) bool {
	return slices.ContainsFunc(s.beside[:], func(p beside) bool { return p.n == n })
}

// endRead takes the end of a log of another build.
func (s *Screen) endRead(msg tui.Answer[logEnd]) {
	for i := range s.beside {
		// A log that cannot be read has no lines here: it is said when the cursor is on it.
		if p := &s.beside[i]; msg.For(&p.reading) && p.n == msg.Value.of && msg.Err == nil {
			p.lines = msg.Value.lines
		}
	}
}

// drawLogs draws the log of the build under the cursor, and those of others below it as
// far as there is room.
func (s *Screen) drawLogs(at panes.Place) []string {
	s.panes.Mark(paneLog, at)
	w, h := at.W, at.H
	var shown []*beside
	for i := range s.beside {
		if s.together && s.beside[i].n != nil {
			shown = append(shown, &s.beside[i])
		}
	}
	for len(shown) > 0 && h/(len(shown)+1) < besideHeight {
		shown = shown[:len(shown)-1]
	}
	each := min(h/(len(shown)+1), besideMost)
	lines := s.drawLog(w, h-each*len(shown))
	for _, p := range shown {
		lines = append(lines, s.drawBeside(p, w, each)...)
	}
	return lines
}

func (s *Screen) drawBeside(p *beside, w, h int) []string {
	act := p.n.act
	word, token := stateWord(p.n)
	pane := style.Pane{Title: text.SanitiseName(act.Name), Note: s.took(act)}
	if token != themes.Running {
		pane.Note = word + "  " + pane.Note
	} else if act.Phase != "" {
		pane.Note = text.SanitiseName(act.Phase) + "  " + pane.Note
	}
	room := pane.InnerHeight(h)
	body := make([]string, 0, room)
	for _, line := range p.lines[max(0, len(p.lines)-room):] {
		body = append(body, s.env.Styles.Row(pane.InnerWidth(w), themes.Text, style.Span{Text: line}))
	}
	if len(p.lines) == 0 {
		body = append(body, s.env.Styles.Paint(themes.Muted, text.Cut(s.noOutputText(p.n), pane.InnerWidth(w))))
	}
	return s.env.Styles.Box(w, h, pane, body)
}
