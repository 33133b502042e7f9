// Package builds is the screen that watches builds: what runs, waits, failed
// and is done, as a list or as the graph of what needs what, and the log of
// the selected one as it is written.
package builds

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"nixbench/engine/event"
	"nixbench/store"
	"nixbench/tui"
	"nixbench/tui/action"
	"nixbench/tui/keymap"
	"nixbench/tui/table"
	"nixbench/tui/widget/logview"
	"nixbench/tui/widget/panes"
	"nixbench/tui/widget/rows"
)

// The panes.
const (
	paneList panes.ID = iota
	paneLog
)

// Screen is the builds screen.
type Screen struct {
	tui.Base
	env   *tui.Env
	board *board

	panes *panes.Panes
	list  *rows.Rows // flat or nodes, whichever is shown
	flat  *rows.Rows
	nodes *rows.Rows
	ids   []*node // what flat shows, in order; the board's
	tree  *rows.Tree[*node]
	graph bool // the tree is shown
	order order

	backlog []*event.Activity // what has come and is not on the board yet
	behind  bool              // a message that goes on with it is on its way
	eta     estimate
	etaFor  time.Time // when it was asked for
	goneOn  bool      // builds have, since then
	asking  tui.Slot

	log   *logview.View
	logOf event.ID // whose log is shown
	// logTried is how its build was when the log was opened.
	logTried event.Activity
	chosen   bool // the user has moved the cursor: it no longer goes to what runs
	fullLog  bool
	inFront  bool // the screen is

	together bool // logs of other builds are shown below it
	beside   [besideLogs]beside

	copying tui.Slot
	asksWhy tui.Slot
	realise tui.Slot

	others   others
	earlier  []*node // see earlier.go
	metering tui.Slot
	read     reading // the last
	readAt   time.Time
	drawn    bool // since the last

	tail    tui.Slot
	tails   map[event.ID][]string // the last lines of failed builds
	tailFor event.ID
	// asked are drvs that another screen wants to see before events came.
	asked store.Path
}

// realised is the end of building something again.
type realised struct{}

// goOnMsg says that more of the backlog is to be taken.
type goOnMsg struct{ s *Screen }

// New returns the screen.
func New(env *tui.Env) *Screen {
	s := &Screen{
		env: env, board: newBoard(), panes: panes.New(env.Styles), log: logview.New(env.Styles),
		tails: make(map[event.ID][]string),
	}
	s.log.Empty, s.log.Written = "no log yet", s.writtenAt
	state, name := rows.Column{Title: "STATE", Min: 9}, rows.Column{Title: "NAME", Min: 16, Flex: 3}
	phase := rows.Column{Title: "PHASE", Min: 10, Flex: 1, Max: 24, Rank: 2, End: true}
	took, usual := rows.Column{Title: "TIME", Min: 6, Right: true}, rows.Column{Title: "USUAL", Min: 6, Right: true, Rank: 3}
	s.flat = env.Table(table.Builds, state, name, phase, took, usual)
	s.flat.NoFolds = true
	s.nodes = rows.New(env.Styles, name, state, phase, took, usual)
	for _, list := range []*rows.Rows{s.flat, s.nodes} {
		list.Empty = "Nothing is building. In the REPL, :b builds a derivation."
	}
	s.tree = &rows.Tree[*node]{
		KeyOf:       (*node).name,
		RowOf:       s.treeRow,
		TextOf:      func(n *node) string { return n.act.Name },
		HasChildren: func(n *node) bool { return len(n.needs) > 0 },
		Children:    func(n *node) []*node { return s.board.below(n) },
		Guides:      env.Styles,
	}
	s.show()
	return s
}

// Update takes messages.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	cmd := s.update(msg)
	if _, ok := msg.(action.Intent); ok && s.panes.Focus() != paneLog {
		return tea.Batch(cmd, s.followAll())
	}
	return tea.Batch(cmd, s.log.Update(msg), s.followAll())
}

func (s *Screen) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tui.EventsMsg:
		s.backlog = append(s.backlog, msg.Activities...)
		if s.behind {
			return nil
		}
		return s.events()
	case goOnMsg:
		if msg.s == s {
			s.behind = false
			return s.events()
		}
	case tui.TickMsg:
		if s.order == byTime && !s.graph {
			s.show()
		}
		s.list.Changed()
		return tea.Batch(s.estimate(), s.readMeter())
	case tui.ShownMsg:
		s.inFront = true
		s.board.lookAt()
		return s.awaitOthers(nil)
	case tui.HiddenMsg:
		s.others.awaited.Cancel()
		s.inFront, s.drawn = false, false
	case tui.ShowBuildMsg:
		s.showBuild(msg.Drv)
	case edited:
		if msg.s == s && msg.err != nil {
			return s.env.Fail(msg.err)
		}
	case left:
		if msg.s == s {
			s.env.Broadcast(tui.StoreChangedMsg{})
		}
	case action.Intent:
		return s.intent(msg)
	case tui.PointerMsg:
		return s.pointer(msg)
	case tui.DragMsg:
		s.panes.Drag(msg.X, msg.Y)
	default:
		return s.answer(msg)
	}
	return nil
}

// answer takes what was asked for.
func (s *Screen) answer(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tui.Answer[reading]:
		if msg.For(&s.metering) && msg.Err == nil {
			s.read = msg.Value
		}
	case tui.Answer[estimate]:
		if msg.For(&s.asking) && msg.Err == nil {
			s.eta = msg.Value
			s.eta.at = msg.At
		}
	case tui.Answer[[]tui.BuildElsewhere]:
		return s.othersCame(msg)
	case tui.Answer[realised]:
		if msg.For(&s.realise) && msg.Err != nil {
			return s.env.Fail(msg.Err)
		}
	case tui.Answer[[]string]:
		if msg.For(&s.tail) && msg.Err == nil {
			s.tails[s.tailFor] = msg.Value
		}
		return s.askTail()
	case tui.Answer[logEnd]:
		s.endRead(msg)
	case tui.Answer[copied]:
		return s.opened(msg)
	case tui.Answer[[]tui.BuildReason]:
		return s.explained(msg)
	}
	return nil
}

// atOnce is how many snapshots are taken before the next key is.
const atOnce = 500

// events takes new snapshots: some of the backlog.
func (s *Screen) events() tea.Cmd {
	batch := s.backlog[:min(len(s.backlog), atOnce)]
	s.backlog = s.backlog[len(batch):]
	var more tea.Cmd
	if len(s.backlog) > 0 {
		s.behind = true
		more = func() tea.Msg { return goOnMsg{s} }
	} else {
		s.backlog = nil
	}
	if !s.board.fold(batch, s.env.Backend.UsualTime, s.env.Now) {
		return more
	}
	s.goneOn = true
	if s.inFront {
		s.board.lookAt()
	}
	if s.board.live() == 0 {
		s.eta, s.etaFor = estimate{}, time.Time{}
		s.env.Broadcast(tui.StoreChangedMsg{})
	}
	s.show()
	s.seek()
	var grew tea.Cmd
	if act, ok := s.board.act(s.logOf); ok {
		s.log.Live = !act.State.Final()
		grew = s.log.Grew()
	}
	return tea.Batch(more, grew, s.askTail(), s.estimate())
}

// show gives the list what is on the board.
func (s *Screen) show() {
	s.list = s.flat
	if s.graph {
		s.list = s.nodes
		if s.board.grown || s.others.changed || s.list.Source() != rows.Source(s.tree) {
			s.others.changed = false
			s.tree.SetRoots(s.withEarlier(s.withOthers(s.board.roots()))...)
			if s.board.size() <= openAll {
				s.tree.OpenAll(openDepth, openAll)
			}
			s.list.SetSource(s.tree)
		}
		s.list.Changed()
		return
	}
	s.ids = s.withEarlier(s.withOthers(s.board.sorted(s.order, s.env.Now)))
	s.list.SetSource(&rows.Func{
		N:      func() int { return len(s.ids) },
		KeyOf:  func(i int) string { return s.ids[i].name() },
		RowOf:  func(i int) rows.Row { return s.listRow(s.ids[i]) },
		TextOf: func(i int) string { return s.ids[i].act.Name },
	})
	if !s.chosen && len(s.ids) > 0 {
		s.list.MoveTop()
	}
}

// Graphs up to openAll builds are unfolded from the start, openDepth deep.
const (
	openAll   = 400
	openDepth = 6
)

// seek puts the cursor on the build that another screen wants to see.
func (s *Screen) seek() {
	if s.asked == "" {
		return
	}
	if s.graph {
		s.graph = false
		s.show()
	}
	if s.list.Select(string(s.asked)) {
		s.asked, s.chosen = "", true
	}
}

// selected is the build under the cursor.
func (s *Screen) selected() (event.Activity, bool) {
	if n, ok := s.selectedNode(); ok {
		return *n.act, true
	}
	return event.Activity{}, false
}

func (s *Screen) selectedNode() (*node, bool) {
	i, ok := s.list.Selected()
	if !ok {
		return nil, false
	}
	if n := s.nodeAt(i); n != nil {
		return n, true
	}
	return nil, false
}

// nodeAt is the build in row i, nil for none.
func (s *Screen) nodeAt(i int) *node {
	switch {
	case s.graph:
		return s.tree.Node(i)
	case i < len(s.ids):
		return s.ids[i]
	}
	return nil
}

func (s *Screen) intent(in action.Intent) tea.Cmd {
	if s.panes.Focus() == paneLog {
		return nil // the log takes it in Update
	}
	if s.list.Update(in) {
		s.chosen = true
	}
	return nil
}

func (s *Screen) pointer(p tui.PointerMsg) tea.Cmd {
	if p.Wheel != 0 {
		if id, ok := s.panes.Under(p.X, p.Y); ok && id == paneLog {
			return s.log.Wheel(p.Wheel)
		}
		s.panes.Wheel(p.X, p.Y, p.Wheel)
		return nil
	}
	if _, _, ok := s.panes.Click(p.X, p.Y); ok {
		s.chosen = true
	}
	return nil
}

// Scopes are the bindings that hold.
func (s *Screen) Scopes() []keymap.Scope {
	if s.panes.Focus() == paneLog {
		return []keymap.Scope{keymap.Builds, keymap.Log}
	}
	return []keymap.Scope{keymap.Builds, keymap.Rows}
}

// Back leaves the log at full size, ends a search, gives the keys to the list.
func (s *Screen) Back() bool {
	switch {
	case s.fullLog:
		s.fullLog = false
		s.panes.SetFocus(paneList)
	case s.log.Finding():
		s.log.Search("")
	case s.panes.Focus() == paneLog:
		s.panes.SetFocus(paneList)
	case s.list.Finding() != "":
		s.list.SetFind("")
	default:
		return false
	}
	return true
}

// Cursor is on the selected row.
func (s *Screen) Cursor() *tea.Cursor { return s.panes.Cursor() }
