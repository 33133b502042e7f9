package builds

import (
	"slices"
	"strings"

	"nixbench/engine/event"
	"nixbench/repl/text"
	"nixbench/themes"
	"nixbench/tui/action"
	"nixbench/tui/keymap"
	"nixbench/tui/style"
)

// This file tells of a failure beside the logs: why it failed, which no log says. Of the
// selected build, whose log is there, it says what can be done; of another it shows the last
// lines.

// An extract is what is told of a failure.
type extract struct {
	pane style.Pane
	why  []string
	last []string // below why: as many, from the end, as there is room for
}

// extract tells, in w cells, of the selected build if it failed, or else of the first that
// did.
func (s *Screen) extract(w int) extract {
	failures := s.board.failures()
	if len(failures) == 0 {
		return extract{}
	}
	n := failures[0]
	sel, ok := s.selectedNode()
	isSelected := ok && sel.act.State == event.Failed && !sel.blocked
	if isSelected {
		n = sel
	}
	e := extract{pane: style.Pane{Title: "failed: " + text.SanitiseName(n.act.Name) + s.howItFailed(n.act)}}
	if why := reason(n.act); why != "" && !(isSelected && strings.Contains(s.noOutputText(n), why)) {
		for _, line := range text.Wrap(why, w) {
			e.why = append(e.why, s.env.Styles.Paint(themes.Error, line))
		}
	}
	if isSelected {
		e.last = []string{s.env.Styles.Row(w, themes.Text, s.remedies(w)...)}
		return e
	}
	for _, line := range s.tails[n.act.ID] {
		e.last = append(e.last, s.env.Styles.Paint(themes.Text, line))
	}
	if e.last != nil {
		e.pane.Note = "last lines"
	}
	return e
}

// lines is how many there are.
func (e *extract) lines() int { return len(e.why) + len(e.last) }

// body is what h lines have room for.
func (e *extract) body(h int) []string {
	h = max(h, 0)
	why := e.why[:min(len(e.why), h)]
	return slices.Concat(why, e.last[max(0, len(e.last)-h+len(why)):])
}

// remedies are the keys for what can be done about the selected build, as many as w cells
// have room for.
func (s *Screen) remedies(w int) []style.Span {
	var out []style.Span
	for _, r := range []struct {
		id       action.ID
		does     string
		disabled string
	}{
		{id: action.BuildsLog, does: "full log"}, {action.BuildsRebuild, "rebuild", s.notAgain()},
		{action.BuildsKeepFailed, "keep failed", s.notAgain()}, {action.BuildsShell, "shell", s.notFailed()},
	} {
		keys := s.env.Keys.Keys(s.Scopes(), r.id)
		if r.disabled != "" || len(keys) == 0 {
			continue
		}
		key, does := keymap.Show(keys[0]), " "+r.does+"   "
		if w -= style.Width(key + does); w < -3 { // the last blanks need not be there
			break
		}
		out = append(out, style.Span{Text: key, Token: themes.Key}, style.Span{Text: does, Token: themes.KeyText})
	}
	return out
}

// reason is why a build failed, without its name, which stands above.
func reason(act *event.Activity) string {
	return strings.TrimPrefix(text.SanitiseName(act.Err), "build "+text.SanitiseName(act.Subject)+": ")
}
