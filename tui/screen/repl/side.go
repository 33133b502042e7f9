package repl

// This file shows what can be used: what was loaded and bound, the last
// results, and the files behind them.

import (
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"nixbench/repl/text"
	"nixbench/themes"
	"nixbench/tui"
	"nixbench/tui/style"
	"nixbench/tui/widget/panes"
	"nixbench/tui/widget/rows"
)

func key(i int) string { return strconv.Itoa(i) }

// askScope asks what can be used now.
func (s *Screen) askScope() tea.Cmd {
	if s.current != nil {
		return nil // it is asked when that has ended
	}
	return tui.Ask(s.env, &s.scopes, s.env.Backend.Scope)
}

func (s *Screen) scoped(msg tui.Answer[*tui.Scope]) {
	if !msg.For(&s.scopes) || msg.Err != nil || msg.Value == nil {
		return
	}
	s.scope, s.scopeWidth = msg.Value, -1
	s.input.Prompt = prompt
	if n, _, ok := strings.Cut(msg.Value.Frame, ":"); ok {
		s.input.Prompt = "frame " + text.SanitiseName(n) + "> "
	}
}

// maxFiles is how many loaded files are listed; maxName is how many cells
// a name gets.
const (
	maxFiles = 200
	maxName  = 24
)

// A scopeView makes rows of a scope for a pane of a width.
type scopeView struct {
	width int
	home  string // "" for none
	pad   int    // of names
	items []rows.Item
	names []string // what the rows put into the input
}

func (v *scopeView) add(insert string, spans ...style.Span) {
	v.items = append(v.items, rows.Item{Key: key(len(v.items)), Row: rows.Row{Cells: []rows.Cell{cut(spans, v.width)}}})
	v.names = append(v.names, insert)
}

// gap adds an empty row between groups.
func (v *scopeView) gap(group int) {
	if group > 0 && len(v.items) > 0 {
		v.add("")
	}
}

// entry is a name and what it is.
func (v *scopeView) entry(word, insert string, tok themes.Token, e tui.ScopeEntry) {
	name, pad := text.CutMiddle(text.SanitiseName(e.Name), maxName), v.pad
	what := text.SanitiseName(e.Text)
	if e.Count > 0 && what != text.Plural(e.Count, "name") {
		what = style.FitRight(text.Count(e.Count), 6) + "   " + what
	}
	if insert == "" { // a file
		name = text.CutDir(text.SanitiseName(text.Tilde(e.Name, v.home)), max(v.width-10-text.Width(what), 12))
		pad = text.Width(name)
	}
	v.add(insert, style.Span{Text: style.Fit(word, 8), Token: themes.Muted},
		style.Span{Text: style.Fit(name, pad) + "  ", Token: tok}, style.Span{Text: what})
}

func (v *scopeView) file(f tui.LoadedFile) {
	const note = "  changed on disk"
	room := v.width - 8
	spans := []style.Span{{Text: style.Fit("file", 8), Token: themes.Muted}}
	if f.Changed {
		room -= len(note)
	}
	spans = append(spans, style.Span{Text: text.CutDir(text.SanitiseName(text.Tilde(f.Name, v.home)), max(room, 8)), Token: themes.Path})
	if f.Changed {
		spans = append(spans, style.Span{Text: note, Token: themes.Warning})
	}
	v.add("", spans...)
}

// view makes the rows.
func (v *scopeView) view(sc *tui.Scope) {
	for _, group := range [][]tui.ScopeEntry{sc.Variables, sc.Bound, sc.Last, sc.Watched} {
		for _, e := range group {
			v.pad = max(v.pad, min(text.Width(text.SanitiseName(e.Name)), maxName))
		}
	}
	if sc.Frame != "" {
		v.add("", style.Span{Text: "frame " + text.SanitiseName(sc.Frame), Token: themes.Heading})
		for _, e := range sc.Variables {
			v.entry("here", text.SanitiseName(e.Name), themes.Variable, e)
		}
		v.add("", style.Span{Text: "        :c leaves the frame", Token: themes.Muted})
		v.gap(len(sc.Loaded) + len(sc.Bound))
	}
	for _, e := range sc.Loaded {
		v.entry("loaded", "", themes.Path, e)
	}
	for _, e := range sc.Bound {
		v.entry("bound", text.SanitiseName(e.Name), themes.Variable, e)
	}
	v.gap(len(sc.Last))
	for i := range sc.Last {
		e := sc.Last[len(sc.Last)-1-i]
		v.entry("last", text.SanitiseName(e.Name), themes.Variable, e)
	}
	v.gap(len(sc.Watched))
	for _, e := range sc.Watched {
		v.entry("watch", text.SanitiseName(e.Name), themes.Variable, e)
	}
	v.gap(len(sc.Files))
	shown := 0
	for i, f := range sc.Files {
		if shown == maxFiles || !f.Own && !f.Changed {
			continue
		}
		v.file(f)
		shown++
		if f.Changed && (i+1 == len(sc.Files) || !sc.Files[i+1].Changed) {
			v.add("", style.Span{Text: "        r / :r reloads; _N stay", Token: themes.Muted})
		}
	}
	if more := len(sc.Files) - shown; more > 0 {
		v.add("", style.Span{Text: style.Fit("files", 8) + text.Count(more) + " more, of libraries", Token: themes.Muted})
	}
}

func (s *Screen) drawScope(at panes.Place) []string {
	p := style.Pane{Title: "scope"}
	if s.scope != nil && s.scope.Names > 0 {
		p.Title = "scope (" + text.Plural(s.scope.Names, "name") + ")"
	}
	if s.current != nil && s.progress.Heap > 0 {
		p.Foot = "heap " + text.Bytes(s.progress.Heap)
	}
	if width := p.InnerWidth(at.W); s.scope != nil && width != s.scopeWidth {
		v := &scopeView{width: width, home: s.env.Home}
		v.view(s.scope)
		s.scopeWidth, s.names = width, v.names
		s.scopeList.SetSource(rows.NewList(v.items))
	}
	s.scopeList.Empty = "nothing was loaded or bound"
	return s.panes.List(paneScope, at, p, nil, s.scopeList)
}

// hasChanged tells whether a loaded file is another on the disk now.
func (s *Screen) hasChanged() bool {
	return s.scope != nil && len(s.scope.Files) > 0 && s.scope.Files[0].Changed
}
