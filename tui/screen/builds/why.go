package builds

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"nixbench/repl/text"
	"nixbench/store"
	"nixbench/store/drv"
	"nixbench/themes"
	"nixbench/tui"
	"nixbench/tui/style"
)

// why asks why the build under the cursor has to be done.
func (s *Screen) why() tea.Cmd {
	act, _ := s.selected()
	path, backend := store.Path(act.Subject), s.env.Backend
	s.env.Ran("nixbench build --dry-run --why " + tui.Word(act.Subject+"^*"))
	return tui.Ask(s.env, &s.asksWhy, func(ctx context.Context) ([]tui.BuildReason, error) {
		return backend.ExplainBuild(ctx, path)
	})
}

// maxReasons is how many builds are explained at once.
const maxReasons = 1000

// explained shows why builds have to be done: the one that was asked for first, and
// below it what it needs.
func (s *Screen) explained(msg tui.Answer[[]tui.BuildReason]) tea.Cmd {
	if !msg.For(&s.asksWhy) {
		return nil
	}
	if msg.Err != nil {
		return s.env.Fail(msg.Err)
	}
	if len(msg.Value) == 0 {
		return s.env.Notify("its outputs are valid: there is nothing to build")
	}
	whose := "their"
	if len(msg.Value) == 1 {
		whose = "its"
	}
	lines := [][]style.Span{
		{{Text: text.Plural(len(msg.Value), "derivation") + " to build: " + whose + " outputs are neither valid nor in a cache", Token: themes.Muted}},
		{},
	}
	for i := len(msg.Value) - 1; i >= 0 && len(lines) < 2*maxReasons; i-- {
		r := &msg.Value[i]
		lines = append(lines,
			[]style.Span{{Text: text.SanitiseName(drv.NameOf(r.Drv)), Token: themes.DrvName}},
			[]style.Span{{Text: "  " + text.SanitiseName(r.Words())}})
	}
	return s.env.View(tui.ViewOptions{Title: "why", Lines: lines})
}
