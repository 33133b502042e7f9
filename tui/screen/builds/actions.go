package builds

import (
	"context"
	"slices"

	tea "charm.land/bubbletea/v2"

	"nixbench/engine/event"
	"nixbench/repl/text"
	"nixbench/store"
	"nixbench/themes"
	"nixbench/tui"
	"nixbench/tui/action"
	"nixbench/tui/style"
	"nixbench/tui/widget/confirm"
	"nixbench/tui/widget/palette"
)

// Actions lists what can be done, the most important first. Whatever moves the cursor has
// the log of another build shown.
func (s *Screen) Actions() []action.Action {
	list := s.actions()
	for i := range list {
		if run := list[i].Run; run != nil {
			list[i].Run = func() tea.Cmd { return tea.Batch(run(), s.followAll()) }
		}
	}
	return list
}

func (s *Screen) actions() []action.Action {
	none := s.noBuild()
	noLog := none
	if noLog == "" && s.log.Lines() == 0 {
		noLog = "there is no log"
	}
	return append([]action.Action{
		{ID: action.NextPane, Title: "Next pane", Short: "pane", Run: s.pane(1)},
		{ID: action.PrevPane, Title: "Previous pane", Hidden: true, Run: s.pane(-1)},
		{ID: action.BuildsLog, Title: "Log at full size", Short: s.logWord(), Disabled: none, Run: s.full},
		{ID: action.FindText, Title: "Search in the log, or among the builds", Short: "find", Disabled: none, Run: s.find},
		{ID: action.LogFollow, Title: "Follow the end of the log", Short: "follow", Disabled: noLog, Run: s.log.Follow},
		{ID: action.BuildsNextFailure, Title: "Next failed build", Short: "next fail", Disabled: s.noFailure(), Run: s.failure(1)},
		{ID: action.BuildsPrevFailure, Title: "Previous failed build", Disabled: s.noFailure(), Run: s.failure(-1)},
		{ID: action.BuildsCancel, Title: "Cancel the build ..", Short: "cancel", Disabled: s.notLive(), Destructive: true, Run: s.cancel},
		{ID: action.LogWrap, Title: "Wrap the lines of the log", Disabled: noLog, Run: s.wrap},
		{ID: action.BuildsView, Title: "List or graph", Short: "graph", Run: s.flip},
		{ID: action.BuildsLogs, Title: "Logs of others that run, below that of the build", Short: "logs", Disabled: s.noOthers(), Run: s.flipLogs},
		{ID: action.BuildsOrder, Title: "Sort by state, time or name", Disabled: s.inGraph(), Run: s.nextOrder},
		{ID: action.FindNext, Title: "Next match", Run: s.match(1)},
		{ID: action.FindPrev, Title: "Previous match", Run: s.match(-1)},
		{ID: action.BuildsRebuild, Title: "Build again what failed or was cancelled", Disabled: s.notAgain(), Run: func() tea.Cmd { return s.again(false) }},
		{ID: action.BuildsKeepFailed, Title: "Build again and keep the directory if it fails", Disabled: s.notAgain(), Run: func() tea.Cmd { return s.again(true) }},
		{ID: action.BuildsShell, Title: "Shell where the build failed", Disabled: s.notFailed(), Run: s.shell},
		{ID: action.BuildsNextError, Title: "Next error in the log", Disabled: noLog, Run: s.errorIn(1)},
		{ID: action.BuildsPrevError, Title: "Previous error in the log", Disabled: noLog, Run: s.errorIn(-1)},
		{ID: action.BuildsWhy, Title: "Why it has to be built, and what else with it", Disabled: s.notPlanned(), Run: s.why},
		{ID: action.LogTimes, Title: "Show when the lines of the log were written", Disabled: noLog, Run: s.times},
		{ID: action.Edit, Title: "Open the log in $EDITOR", Disabled: noLog, Run: s.edit},
		{ID: action.BuildsClosure, Title: "Browse the closure of the output", Disabled: s.noOutput(), Run: s.closure},
		{ID: action.Copy, Title: "Copy the line of the log, or the derivation's path", Disabled: none, Run: s.copy},
		{ID: action.CopyCommand, Title: "Copy the command that shows this log", Disabled: none, Run: s.copyCommand},
		{ID: action.Grow, Title: "Only the pane with the keys", Run: s.grow(true)},
		{ID: action.Shrink, Title: "All panes", Run: s.grow(false)},
	}, s.panes.Dividers()...)
}

func (s *Screen) noBuild() string {
	if _, ok := s.selected(); !ok {
		return "nothing is building"
	}
	return ""
}

func (s *Screen) noFailure() string {
	if len(s.board.failures()) == 0 {
		return "no build has failed"
	}
	return ""
}

func (s *Screen) notLive() string {
	n, ok := s.selectedNode()
	switch {
	case !ok:
		return "nothing is building"
	case n.other != nil:
		return "another process builds it"
	case n.act.State.Final():
		return "it has ended"
	}
	return ""
}

func (s *Screen) notAgain() string {
	act, ok := s.selected()
	switch {
	case !ok:
		return "nothing was built"
	case !act.State.Final():
		return "it has not ended"
	case act.State == event.Done:
		return "it is built"
	}
	return s.env.Backend.Info().NoBuilds
}

func (s *Screen) notFailed() string {
	switch n, ok := s.selectedNode(); {
	case !ok:
		return "nothing was built"
	case n.act.State != event.Failed || n.blocked || n.act.Kind != event.Build:
		return "it has not failed"
	}
	return ""
}

func (s *Screen) notPlanned() string {
	switch act, ok := s.selected(); {
	case !ok:
		return "nothing is building"
	case act.Kind != event.Build:
		return "it is not built"
	case act.State == event.Done:
		return "it is built"
	}
	return ""
}

func (s *Screen) noOutput() string {
	n, ok := s.selectedNode()
	switch {
	case ok && n.earlier:
		return "it was built earlier: :closure in the REPL shows what there is of it"
	case !ok || n.act.State != event.Done || len(n.act.Outputs) == 0:
		return "it has no output yet"
	}
	return ""
}

func (s *Screen) inGraph() string {
	if s.graph {
		return "the graph has its own order"
	}
	return ""
}

func (s *Screen) pane(n int) func() tea.Cmd {
	return func() tea.Cmd {
		s.fullLog = false // where the log is alone, the other pane is not there
		s.panes.Next(n)
		return nil
	}
}

func (s *Screen) grow(full bool) func() tea.Cmd {
	return func() tea.Cmd {
		s.panes.Full = full
		return nil
	}
}

// full shows the log alone.
func (s *Screen) full() tea.Cmd {
	s.chosen = true
	s.fullLog = !s.fullLog
	if s.fullLog {
		s.panes.SetFocus(paneLog)
	}
	return nil
}

// logWord says what full does.
func (s *Screen) logWord() string {
	if s.fullLog {
		return "back"
	}
	return "log"
}

func (s *Screen) wrap() tea.Cmd { return s.log.Update(action.Intent{ID: action.LogWrap}) }

// find searches the log if it has the keys, else among the builds, while one
// types.
func (s *Screen) find() tea.Cmd {
	if s.panes.Focus() == paneLog {
		back := s.log.Keep()
		return s.env.Prompt(palette.PromptOptions{
			Label: "/", Hint: "text in the log; enter alone finds the next",
			OnChange: s.log.Search,
			OnDone: func(q string) tea.Cmd {
				if q == "" && s.log.Query() != "" {
					return s.log.NextMatch(1)
				}
				return nil
			},
			OnCancel: func() tea.Cmd { return tea.Batch(s.log.Search(""), back()) },
		})
	}
	chosen := s.chosen
	find, giveUp := s.list.Search()
	search := func(q string) tea.Cmd {
		s.chosen = true
		find(q)
		return s.followAll()
	}
	return s.env.Prompt(palette.PromptOptions{
		Label: "/", Hint: "name of a build", OnChange: search,
		OnDone: func(q string) tea.Cmd {
			if q != "" && !s.list.FindNext(0) {
				return s.env.Notify("not found: " + text.SanitiseName(q))
			}
			return nil
		},
		OnCancel: func() tea.Cmd {
			s.chosen = chosen
			giveUp()
			return s.followAll()
		},
	})
}

func (s *Screen) match(dir int) func() tea.Cmd {
	return func() tea.Cmd {
		inList := s.list.Finding() != ""
		if s.log.Finding() && (s.panes.Focus() == paneLog || !inList) {
			return s.log.NextMatch(dir)
		}
		if inList {
			s.chosen = true
			s.list.FindNext(dir)
		}
		return nil
	}
}

// failure moves to the next failed build, round the end.
func (s *Screen) failure(n int) func() tea.Cmd {
	return func() tea.Cmd {
		ids := s.board.failures()
		at := -1
		if sel, ok := s.selectedNode(); ok {
			at = slices.Index(ids, sel)
		}
		if at < 0 && n < 0 {
			at = 0
		}
		next := ids[((at+n)%len(ids)+len(ids))%len(ids)]
		s.asked = store.Path(next.act.Subject)
		s.seek()
		return nil
	}
}

// cancel asks, and then cancels the build under the cursor.
func (s *Screen) cancel() tea.Cmd {
	sel, _ := s.selectedNode()
	act := sel.act
	name := text.SanitiseName(act.Name)
	plan := [][]style.Span{
		{{Text: "the builder is killed, and what it has made is deleted"}},
		{{Text: name, Token: themes.DrvName}, {Text: "  " + s.took(act), Token: themes.Muted}},
	}
	if n := lostWith(sel); n > 0 {
		plan = append(plan, []style.Span{{Text: needers(n) + " it will not be built", Token: themes.Warning}})
	}
	drv, backend := store.Path(act.Subject), s.env.Backend
	return s.env.Confirm(confirm.Options{
		Title: "cancel build", Plan: plan, Question: "cancel " + name + "?", Yes: "cancel it",
		OnYes: func() tea.Cmd {
			backend.CancelBuild(drv)
			return s.env.Notify("cancelling " + name)
		},
	})
}

// lostWith is how many builds will not begin if n is cancelled, and would otherwise.
func lostWith(n *node) int {
	seen := map[*node]bool{n: true}
	for from := []*node{n}; len(from) > 0; {
		var next []*node
		for _, on := range from {
			for _, user := range on.users {
				if user.act.State == event.Waiting && !user.gone && !user.doomed && !seen[user] {
					seen[user] = true
					next = append(next, user)
				}
			}
		}
		from = next
	}
	return len(seen) - 1
}

// needers are so many builds that need something.
func needers(n int) string {
	if n == 1 {
		return "1 build that needs"
	}
	return text.Plural(n, "build") + " that need"
}

// flip shows the list or the graph, with the cursor on the same build: the graph unfolds
// to it.
func (s *Screen) flip() tea.Cmd {
	n, ok := s.selectedNode()
	s.graph = !s.graph
	s.show()
	switch {
	case !ok:
	case s.graph:
		var keys []string
		for _, on := range s.board.way(n) {
			keys = append(keys, on.act.Subject)
		}
		key := s.tree.OpenTo(keys...)
		s.nodes.Changed()
		s.nodes.Select(key)
	default:
		s.list.Select(n.act.Subject)
	}
	return nil
}

func (s *Screen) nextOrder() tea.Cmd {
	s.order = (s.order + 1) % numOrders
	s.show()
	return nil
}

// again builds a derivation that failed or was cancelled.
func (s *Screen) again(keep bool) tea.Cmd {
	act, _ := s.selected()
	delete(s.tails, act.ID)
	target := store.AllOutputsOf(store.Path(act.Subject))
	backend := s.env.Backend
	s.chosen = true // the cursor stays on it
	flags := "--no-link"
	if keep {
		flags += " --keep-failed"
	}
	s.env.Ran("nixbench build " + flags + " " + tui.Word(target.String()))
	return tui.Ask(s.env, &s.realise, func(ctx context.Context) (realised, error) {
		return realised{}, backend.Realise(ctx, []store.DerivedPath{target}, tui.RealiseOptions{KeepFailed: keep})
	})
}

func (s *Screen) closure() tea.Cmd {
	act, _ := s.selected()
	return s.env.Goto(tui.ScreenClosure, tui.ShowPathMsg{Path: store.Path(act.Outputs[0])})
}

func (s *Screen) copy() tea.Cmd {
	act, _ := s.selected()
	if s.panes.Focus() == paneLog {
		return s.env.Copy(s.log.Current(), "the line")
	}
	return s.env.Copy(act.Subject, "the path")
}

func (s *Screen) copyCommand() tea.Cmd {
	act, _ := s.selected()
	return s.env.CopyCommand("nixbench log " + tui.Word(act.Built()))
}
