// Package builds is the screen that watches builds: what runs, waits, failed
// and is done, as a list or as the graph of what needs what, and the log of
// the selected one as it is written.
package builds

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"nixbench/engine/event"
	"nixbench/repl/text"
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
	ids   []event.ID // what flat shows, in order
	tree  *rows.Tree[event.ID]
	graph bool // the tree is shown
	order order
	usual map[string]time.Duration

	log     *logview.View
	logOf   event.ID // whose log is shown
	chosen  bool     // the user has moved the cursor: it no longer goes to what runs
	fullLog bool

	realise tui.Slot
	tail    tui.Slot
	tails   map[event.ID][]string // the last lines of failed builds
	tailFor event.ID
	// asked are drvs that another screen wants to see before events came.
	asked store.Path
}

// realised is the end of building something again.
type realised struct{}

// New returns the screen.
func New(env *tui.Env) *Screen {
	s := &Screen{
		env: env, board: newBoard(), panes: panes.New(env.Styles), log: logview.New(env.Styles),
		usual: make(map[string]time.Duration), tails: make(map[event.ID][]string),
	}
	s.log.Empty = "no log yet"
	state, name := rows.Column{Title: "STATE", Min: 9}, rows.Column{Title: "NAME", Min: 16, Flex: 3}
	phase := rows.Column{Title: "PHASE", Min: 10, Flex: 1, Max: 24, Rank: 2, End: true}
	took, usual := rows.Column{Title: "TIME", Min: 6, Right: true}, rows.Column{Title: "USUAL", Min: 6, Right: true, Rank: 3}
	s.flat = env.Table(table.Builds, state, name, phase, took, usual)
	s.flat.NoFolds = true
	s.nodes = rows.New(env.Styles, name, state, phase, took, usual)
	for _, list := range []*rows.Rows{s.flat, s.nodes} {
		list.Empty = "Nothing is building. In the REPL, :b builds a derivation."
	}
	s.tree = &rows.Tree[event.ID]{
		KeyOf:       func(id event.ID) string { return s.board.acts[id].Subject },
		RowOf:       s.treeRow,
		TextOf:      func(id event.ID) string { return s.board.acts[id].Name },
		HasChildren: func(id event.ID) bool { return len(s.board.acts[id].Needs) > 0 },
		Children:    func(id event.ID) ([]event.ID, bool) { return s.known(s.board.acts[id].Needs), true },
		Guides:      env.Styles,
	}
	s.show()
	return s
}

// known leaves out what has not been told of.
func (s *Screen) known(ids []event.ID) []event.ID {
	var out []event.ID
	for _, id := range ids {
		if _, ok := s.board.acts[id]; ok {
			out = append(out, id)
		}
	}
	return out
}

// Update takes messages.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	cmd := s.update(msg)
	return tea.Batch(cmd, s.log.Update(msg), s.follow())
}

func (s *Screen) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tui.EventsMsg:
		return s.events(msg)
	case tui.TickMsg:
		s.list.Changed()
	case tui.ShowBuildMsg:
		s.asked = msg.Drv
		s.seek()
	case tui.Answer[realised]:
		if msg.For(&s.realise) && msg.Err != nil {
			return s.env.Fail(msg.Err)
		}
	case tui.Answer[[]string]:
		if msg.For(&s.tail) && msg.Err == nil {
			s.tails[s.tailFor] = msg.Value
		}
		return s.askTail()
	case action.Intent:
		return s.intent(msg)
	case tui.PointerMsg:
		return s.pointer(msg)
	}
	return nil
}

// events takes new snapshots.
func (s *Screen) events(msg tui.EventsMsg) tea.Cmd {
	if !s.board.fold(msg.Activities) {
		return nil
	}
	for _, act := range msg.Activities {
		if _, ok := s.usual[act.Name]; !ok && shown(act) {
			s.usual[act.Name] = s.env.Backend.UsualTime(act.Name)
		}
	}
	if s.board.live() == 0 {
		s.env.Broadcast(tui.StoreChangedMsg{})
	}
	s.show()
	s.seek()
	var grew tea.Cmd
	if act, ok := s.board.acts[s.logOf]; ok {
		s.log.Live = !act.State.Final()
		grew = s.log.Grew()
	}
	return tea.Batch(grew, s.askTail())
}

// show gives the list what is on the board.
func (s *Screen) show() {
	s.list = s.flat
	if s.graph {
		s.list = s.nodes
		s.tree.SetRoots(s.board.roots()...)
		s.tree.Rebuild()
		if len(s.board.order) <= openAll {
			s.tree.OpenAll(openDepth, openAll)
		}
		s.list.SetSource(s.tree)
		s.list.Changed()
		return
	}
	s.ids = s.board.sorted(s.order, s.env.Now)
	s.list.SetSource(&rows.Func{
		N:      func() int { return len(s.ids) },
		KeyOf:  func(i int) string { return s.board.acts[s.ids[i]].Subject },
		RowOf:  func(i int) rows.Row { return s.listRow(s.ids[i]) },
		TextOf: func(i int) string { return s.board.acts[s.ids[i]].Name },
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
	i, ok := s.list.Selected()
	if !ok {
		return event.Activity{}, false
	}
	id := event.ID(0)
	if s.graph {
		id = s.tree.Node(i)
	} else if i < len(s.ids) {
		id = s.ids[i]
	}
	act, ok := s.board.acts[id]
	return act, ok
}

// follow shows the log of the build under the cursor.
func (s *Screen) follow() tea.Cmd {
	act, ok := s.selected()
	if !ok || act.Kind != event.Build || act.ID == s.logOf && s.log.Key() == act.Subject {
		return nil
	}
	if act.Started.IsZero() {
		s.logOf = act.ID
		return s.log.Close()
	}
	s.logOf = act.ID
	s.log.Live = !act.State.Final()
	drv := store.Path(act.Subject)
	backend := s.env.Backend
	return s.log.Load(s.env.Context(), act.Subject, func(ctx context.Context) (logview.File, error) {
		return backend.OpenLog(ctx, drv)
	})
}

// askTail reads the last lines of a failed build that has not been read.
func (s *Screen) askTail() tea.Cmd {
	if s.tail.Pending() {
		return nil
	}
	for _, id := range s.board.failures() {
		if _, ok := s.tails[id]; ok {
			continue
		}
		s.tails[id] = nil
		s.tailFor = id
		drv, backend := store.Path(s.board.acts[id].Subject), s.env.Backend
		return tui.Ask(s.env, &s.tail, func(ctx context.Context) ([]string, error) {
			f, err := backend.OpenLog(ctx, drv)
			if errors.Is(err, fs.ErrNotExist) {
				return nil, nil
			} else if err != nil {
				return nil, err
			}
			defer f.Close()
			return lastLines(f)
		})
	}
	return nil
}

// tailBytes is how much of the end of a log is read for its last lines.
const tailBytes = 16 << 10

// lastLines returns the last lines of a log, clean, oldest first.
func lastLines(f logview.File) ([]string, error) {
	size, err := f.Size()
	if err != nil {
		return nil, err
	}
	from := max(0, size-tailBytes)
	data := make([]byte, size-from)
	if n, err := f.ReadAt(data, from); n < len(data) && err != nil {
		return nil, err
	}
	var lines []string
	for line := range strings.SplitSeq(strings.TrimRight(string(data), "\n"), "\n") {
		lines = append(lines, text.Plain(text.LogLine(line)))
	}
	if from > 0 && len(lines) > 1 {
		lines = lines[1:]
	}
	return lines, nil
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
		if s.panes.Focus() == paneLog {
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
	case s.panes.Focus() == paneLog:
		s.panes.SetFocus(paneList)
	case s.list.Filter() != "":
		s.list.SetFilter("")
	default:
		return false
	}
	return true
}

// Busy says what quitting would cancel.
func (s *Screen) Busy() string {
	if n := s.board.live(); n > 0 {
		return text.Plural(n, "build")
	}
	return ""
}

// Badge counts the builds that have not ended.
func (s *Screen) Badge() string {
	if n := s.board.live(); n > 0 {
		return text.Count(n) + ">"
	}
	return ""
}

// Status sums up, for the right of the header.
func (s *Screen) Status() string {
	if s.board.live() == 0 {
		return ""
	}
	status := text.Duration(s.env.Now.Sub(s.board.first))
	if left, ok := s.board.left(s.usualOf, s.env.Now); ok {
		status += ", about " + text.Duration(left) + " left"
	}
	return status
}

func (s *Screen) usualOf(name string) time.Duration { return s.usual[name] }

// Cursor is on the selected row.
func (s *Screen) Cursor() *tea.Cursor {
	if x, y, ok := s.panes.Cursor(); ok {
		return tea.NewCursor(x, y)
	}
	return nil
}

// Summary tells what was built.
func (s *Screen) Summary() []string {
	c := s.board.count
	cancelled := c[event.Cancelled] + s.board.live() // leaving cancels what runs
	if c[event.Done]+c[event.Failed]+cancelled == 0 {
		return nil
	}
	line := "builds: " + text.Count(c[event.Done]) + " done"
	if c[event.Failed] > 0 {
		line += ", " + text.Count(c[event.Failed]) + " failed"
	}
	if cancelled > 0 {
		line += ", " + text.Count(cancelled) + " cancelled"
	}
	out := []string{line}
	for _, id := range s.board.failures() {
		if len(out) == 4 {
			break
		}
		out = append(out, "  failed: "+text.SanitiseName(s.board.acts[id].Subject))
	}
	return out
}
