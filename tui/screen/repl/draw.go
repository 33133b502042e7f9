package repl

// This file draws the panes.

import (
	tea "charm.land/bubbletea/v2"

	"nixbench/repl/text"
	"nixbench/themes"
	"nixbench/tui"
	"nixbench/tui/style"
	"nixbench/tui/widget/panes"
	"nixbench/tui/widget/rows"
)

// wide tells whether there is room for panes at the side.
func (s *Screen) wide() bool { return tui.WidthOf(s.w) != tui.Narrow }

// Draw draws the transcript above the input and, where there is room, the
// documentation and the scope beside them.
func (s *Screen) Draw(w, h int) []string {
	s.w, s.h = w, h
	if s.panes.Full && !s.Typing() {
		return s.drawOne(w, h)
	}
	if !s.wide() {
		s.panes.Arrange(paneInput, paneLog)
		return s.drawMain(w, h)
	}
	s.panes.Arrange(paneInput, paneLog, paneDoc, paneScope)
	cols := style.Split(w, 43, 27)
	cols[0] = s.panes.Across(w, cols[0], 30)
	cols[1] = w - cols[0]
	main := s.drawMain(cols[0], h)
	halves := style.Split(h, 18, 20)
	halves[0] = s.panes.Down(h, halves[0], 4)
	halves[1] = h - halves[0]
	side := style.Stack(
		s.drawDoc(panes.Place{X: cols[0], W: cols[1], H: halves[0]}),
		s.drawScope(panes.Place{X: cols[0], Y: halves[0], W: cols[1], H: halves[1]}))
	return style.Beside(main, side)
}

// drawOne draws only the pane that has the keys.
func (s *Screen) drawOne(w, h int) []string {
	tabs := []panes.ID{paneInput, paneLog}
	if s.wide() {
		tabs = append(tabs, paneDoc, paneScope)
	}
	s.panes.Arrange(tabs...)
	s.area = panes.Place{Y: -2}
	at := panes.Place{W: w, H: h}
	switch s.panes.Focus() {
	case paneDoc:
		return s.drawDoc(at)
	case paneScope:
		return s.drawScope(at)
	}
	return s.drawLog(at)
}

// drawMain draws the transcript and the input.
func (s *Screen) drawMain(w, h int) []string {
	pane := style.Pane{Title: "input", Focus: s.Typing()}
	if s.input.Normal() {
		pane.Title = "input  (vi commands)"
	}
	if s.hint != "" && !s.wide() && s.Typing() {
		pane.Foot = text.Cut(s.hint, max(w-8, 8))
	}
	inner := pane.InnerWidth(w)
	least := max(h/6, 2)
	lines := max(min(s.input.Height(inner), h/2-2), least)
	top := h - lines - 2
	log := s.drawLog(panes.Place{W: w, H: top})
	s.area = panes.Place{X: 2, Y: top + 1, W: inner, H: lines}
	if len(s.log.entries) == 0 && s.current == nil {
		s.input.Placeholder = "an expression, x = .., or :? for the commands"
	} else {
		s.input.Placeholder = ""
	}
	return style.Stack(log, s.env.Styles.Box(w, lines+2, pane, s.input.Draw(inner, lines, s.Typing())))
}

func (s *Screen) drawLog(at panes.Place) []string {
	p := style.Pane{Title: "transcript"}
	switch {
	case !s.Typing() && s.list.Finding() != "":
		p.Note = "/" + text.SanitiseName(s.list.Finding())
	case s.Typing() && !s.wide():
		p.Title = "transcript  (esc to browse)"
	case !s.Typing() && s.panes.Focus() == paneLog:
		p.Note = "i to type"
	}
	s.fit(p.InnerWidth(at.W), p.InnerHeight(at.H))
	var above []string
	if len(s.log.entries) == 0 {
		for _, ln := range s.welcome() {
			above = append(above, s.env.Styles.Row(p.InnerWidth(at.W), themes.Text, ln...))
		}
	}
	return s.panes.List(paneLog, at, p, above, s.list)
}

// layOut brings the transcript's lines up to date.
func (s *Screen) layOut() {
	if s.log.width == 0 {
		return // not drawn yet
	}
	if s.log.lay(s.log.width, s.env.Now, s.progress) {
		s.list.Changed()
	}
	s.settle()
}

// fit lays the transcript out for a pane of such a size. What the user looks at stays: the
// line of the cursor, and while the input has the keys the first line.
func (s *Screen) fit(width, room int) {
	if width == s.log.width && room == s.room {
		s.settle()
		return
	}
	s.room = room
	first := s.first()
	if width != s.log.width {
		sel, _ := s.list.Selected()
		on := s.log.spot(sel)
		s.log.lay(width, s.env.Now, s.progress)
		s.list.Renamed(s.log.key(s.log.find(on)))
	}
	s.settle()
	if at := s.log.find(first); at >= 0 && s.Typing() && !s.stick {
		s.list.ShowFrom(at, room)
		top, _ := s.list.First()
		s.top, s.topKey = first, s.log.key(top)
	}
}

// first is what the first line is a part of. A line that was put there by [Screen.fit] is
// what it was before, so that a size and back leads to the same.
func (s *Screen) first() spot {
	top, _ := s.list.First()
	if s.topKey != "" && s.log.key(top) == s.topKey {
		return s.top
	}
	return s.log.spot(top)
}

// scrolled follows the end again if it is in view.
func (s *Screen) scrolled() {
	if s.Typing() {
		s.stick = s.list.AtEnd()
	}
}

// settle keeps the end in view while the user types, and shows the beginning
// of a result that is longer than the pane.
func (s *Screen) settle() {
	if n, of := s.list.Position(); n < of && !s.stick {
		s.reveal = nil
		return
	}
	if !s.Typing() && !s.stick {
		return
	}
	s.stick = s.Typing()
	s.list.MoveBottom()
	if e := s.reveal; e != nil && s.room > 0 && len(e.lines) > s.room && e.root == nil && s.current == nil {
		s.stick = false
		s.list.Select(e.lines[e.head(s.room/3)].key)
		s.list.Reveal(e.lines[len(e.lines)-1].key)
	}
	s.reveal = nil
}

// head is the line from which on what came of the input is seen: its first, or one that
// is at most so many lines before the result.
func (e *entry) head(before int) int {
	for i, ln := range e.lines {
		if ln.kind != lineInput && ln.kind != lineMoreInput {
			return max(i-before, 0)
		}
	}
	return 0
}

// welcome is what stands in an empty transcript.
func (s *Screen) welcome() [][]style.Span {
	info := s.env.Backend.Info()
	first, pkgs := "No nixpkgs in scope.", "~/nixpkgs"
	if v := info.Nixpkgs; v != "" {
		first, pkgs = "No packages in scope; <nixpkgs> is "+text.SanitiseName(v)+".", "<nixpkgs>"
	}
	if info.Daemon != "" {
		first += " The store is " + text.PlainLine(info.Daemon) + "."
	}
	row := func(what, does string) []style.Span {
		return []style.Span{{Text: "  " + style.Fit(what, 28), Token: themes.Key}, {Text: does, Token: themes.Muted}}
	}
	lines := [][]style.Span{
		{{Text: first}}, nil,
		row("1 + 2", "evaluate an expression"),
		row(":l <file>", "load a file"),
		row("pkgs = import "+pkgs+" {}", "bind a name"),
		row(":b pkgs.hello", "build a derivation"),
		row(":?", "all commands"),
	}
	if info.Nixpkgs == "" {
		lines = append(lines, nil, row("nixbench tour", "in a shell: demo packages"))
	}
	return lines
}

func (s *Screen) drawDoc(at panes.Place) []string {
	p := style.Pane{Title: "doc"}
	if s.doc != nil {
		p.Title = "doc: " + text.SanitiseName(s.doc.Title)
	}
	if width := p.InnerWidth(at.W); s.doc != nil && width != s.docWidth {
		s.docWidth = width
		var items []rows.Item
		for i, ln := range docLines(s.doc, width, true) {
			items = append(items, rows.Item{Key: key(i), Row: rows.Row{Cells: []rows.Cell{ln.spans}}})
		}
		s.docList.SetSource(rows.NewList(items))
	}
	return s.panes.List(paneDoc, at, p, nil, s.docList)
}

// Cursor is in the input, or on the selected row.
func (s *Screen) Cursor() *tea.Cursor {
	if s.Typing() {
		x, y := s.input.CursorXY()
		if s.area.W <= 0 {
			return nil
		}
		return tea.NewCursor(s.area.X+min(x, max(s.area.W-1, 0)), s.area.Y+min(y, max(s.area.H-1, 0)))
	}
	return s.panes.Cursor()
}
