package repl

// This file completes what is being typed, explains it and searches earlier
// inputs.

import (
	"context"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"nixbench/repl/text"
	"nixbench/themes"
	"nixbench/tui"
	"nixbench/tui/style"
	"nixbench/tui/widget/editor"
	"nixbench/tui/widget/palette"
)

// completed is what can stand at the cursor of an input.
type completed struct {
	*tui.Completions
	input  string
	cursor int
	insert bool // Tab asked for it, and not a letter behind the last
}

// complete is Tab: what the completions have in common, then one after another.
func (s *Screen) complete(dir int) tea.Cmd {
	p := &s.input.Popup
	if p.IsOpen() && len(p.Items) > 0 {
		p.Move(dir)
		if it, ok := p.Selected(); ok {
			start := p.Start
			s.input.Replace(start, s.input.Offset(), it.Text)
		}
		return nil
	}
	head := s.input.Value()[:s.input.Offset()]
	if strings.TrimSpace(head[strings.LastIndexByte(head, '\n')+1:]) == "" && head != "" {
		s.input.Insert("  ") // nothing to complete: indent
		return nil
	}
	return s.askCompletions(true)
}

func (s *Screen) askCompletions(insert bool) tea.Cmd {
	s.cancelWork()
	s.docs.Cancel()
	s.slow++
	b, input, cursor, slow := s.env.Backend, s.input.Value(), s.input.Offset(), s.slow
	wait := s.env.After(slowAfter, func(time.Time) tea.Msg { return slowMsg{s, slow} })
	return tea.Batch(wait, tui.Ask(s.env, &s.comp, func(ctx context.Context) (completed, error) {
		c, err := b.Complete(ctx, input, cursor)
		return completed{c, input, cursor, insert}, err
	}))
}

// slowAfter is after how long it is said that completions are being found.
const slowAfter = 200 * time.Millisecond

// slowMsg says that completions have been waited for.
type slowMsg struct {
	to     *Screen
	serial uint64
}

func (s *Screen) completesSlowly(msg slowMsg) {
	if msg.to == s && msg.serial == s.slow && s.comp.Pending() && !s.input.Popup.IsOpen() {
		s.input.Popup.Show(s.input.Offset(), nil, "evaluating what to complete ..   esc stops it")
	}
}

// completions takes what can stand at the cursor.
func (s *Screen) completions(msg tui.Answer[completed]) tea.Cmd {
	if !msg.For(&s.comp) {
		return nil
	}
	c := msg.Value
	switch {
	case msg.Err != nil:
		s.input.Popup.Show(s.input.Offset(), nil, "error: "+text.PlainLine(msg.Err.Error()))
		return nil
	case c.Completions == nil || c.input != s.input.Value() || c.cursor != s.input.Offset():
		return nil
	case c.Err != "":
		s.input.Popup.Show(c.Start, nil, "error: "+text.SanitiseName(c.Err))
		return nil
	case len(c.Items) == 0 && !c.insert:
		s.input.Popup.Close()
		return nil
	case len(c.Items) == 0:
		s.input.Popup.Show(c.Start, nil, "no completions")
		return nil
	}
	items := make([]editor.Item, len(c.Items))
	for i, it := range c.Items {
		items[i] = editor.Item{Text: text.SanitiseName(it.Text), Detail: text.SanitiseName(it.Detail)}
	}
	word := c.input[c.Start:c.cursor]
	switch {
	case c.insert && len(items) == 1 && strings.HasPrefix(items[0].Text, word):
		s.input.Popup.Close()
		s.input.Replace(c.Start, c.cursor, items[0].Text)
		return nil
	case len(items) == 1 && items[0].Text == word:
		s.input.Popup.Close()
		return nil
	}
	note := text.Count(max(c.Total, len(items))) + " matches"
	switch {
	case c.More:
		note += ", the first " + text.Count(len(items)) + " here"
	case len(items) == 1:
		note = "1 match"
	}
	note += "   ^Space docs"
	s.input.Popup.Show(c.Start, items, note)
	if common := s.input.Popup.CommonPrefix(); c.insert && len(common) > len(word) && strings.HasPrefix(common, word) {
		s.input.Replace(c.Start, c.cursor, common)
	}
	return nil
}

// closePopup gives up completing.
func (s *Screen) closePopup() {
	s.comp.Cancel()
	s.input.Popup.Close()
}

// typed gives text and intents to the editor. An open list of completions
// follows letters and closes at all else.
func (s *Screen) typed(msg tea.Msg) tea.Cmd {
	open := s.input.Popup.IsOpen() && len(s.input.Popup.Items) > 0 || s.comp.Pending()
	before := s.input.Value()
	if !s.input.Update(msg) {
		return nil
	}
	s.closePopup()
	if key, ok := msg.(tea.KeyPressMsg); ok && open && s.input.Value() != before && strings.TrimSpace(key.Text) != "" {
		return s.askCompletions(false)
	}
	return s.waitForPause()
}

// How long nothing is typed before what is at the cursor is explained, and how
// long that may take.
const (
	typingPause = 300 * time.Millisecond
	quietTime   = time.Second
)

// pauseMsg says that nothing was typed for a while.
type pauseMsg struct {
	to     *Screen
	serial uint64
}

func (s *Screen) waitForPause() tea.Cmd {
	s.paused++
	if s.quiet {
		s.docs.Cancel()
	}
	_, plain := s.input.Stale()
	if s.input.Word() == "" {
		s.hint = ""
		if !plain {
			return nil
		}
	}
	serial := s.paused
	return s.env.After(typingPause, func(time.Time) tea.Msg { return pauseMsg{s, serial} })
}

// coloured are the colours of a long input.
type coloured struct {
	input  string
	pieces []themes.Piece
}

// recolour asks for the colours of a long input.
func (s *Screen) recolour() tea.Cmd {
	input, stale := s.input.Stale()
	if !stale {
		return nil
	}
	return tui.Ask(s.env, &s.colours, func(context.Context) (coloured, error) {
		return coloured{input, inputPieces(input)}, nil
	})
}

// pausedTyping colours a long input, and explains the word at the cursor without being
// asked to, if that is done soon.
func (s *Screen) pausedTyping(msg pauseMsg) tea.Cmd {
	if msg.to != s || msg.serial != s.paused {
		return nil
	}
	return tea.Batch(s.recolour(), s.explainWord())
}

func (s *Screen) explainWord() tea.Cmd {
	if s.comp.Pending() || s.busyWork() || !s.Typing() || s.input.Word() == "" {
		return nil
	}
	s.quiet = true
	b, input, cursor := s.env.Backend, s.input.Value(), s.input.Offset()
	return tui.Ask(s.env, &s.docs, func(ctx context.Context) (*tui.Doc, error) {
		ctx, cancel := context.WithTimeout(ctx, quietTime)
		defer cancel()
		return b.Doc(ctx, input, cursor)
	})
}

// askDoc asks to explain what is at the cursor, or the completion that is
// chosen.
func (s *Screen) askDoc() tea.Cmd {
	s.comp.Cancel()
	s.cancelWork()
	s.quiet = false
	b, input, cursor := s.env.Backend, s.input.Value(), s.input.Offset()
	return tui.Ask(s.env, &s.docs, func(ctx context.Context) (*tui.Doc, error) { return b.Doc(ctx, input, cursor) })
}

// explained takes documentation: into its pane, or over the screen where there
// is no room for one.
func (s *Screen) explained(msg tui.Answer[*tui.Doc]) tea.Cmd {
	if !msg.For(&s.docs) {
		return nil
	}
	if s.quiet {
		s.hint = ""
		if msg.Err == nil {
			s.setDoc(msg.Value)
			s.hint = docHint(msg.Value)
		}
		return nil
	}
	if msg.Err != nil {
		return s.env.Warn(text.PlainLine(msg.Err.Error()))
	}
	s.setDoc(msg.Value)
	if s.wide() {
		return nil
	}
	var lines [][]style.Span
	for _, dl := range docLines(msg.Value, min(s.w-4, 96)-4, false) {
		lines = append(lines, dl.spans)
	}
	return s.env.View(tui.ViewOptions{Title: "doc: " + text.SanitiseName(msg.Value.Title), Lines: lines})
}

// history returns the n-th newest input that begins with prefix.
func (s *Screen) history(prefix string, n int) (string, bool) {
	for _, input := range s.earlier() {
		if !strings.HasPrefix(input, prefix) {
			continue
		}
		if n == 0 {
			return input, true
		}
		n--
	}
	return "", false
}

// docHint is documentation in a line: what is explained, and the first words.
func docHint(d *tui.Doc) string {
	hint := text.SanitiseName(d.Title)
	for _, ln := range d.Lines {
		if !ln.Head && strings.TrimSpace(ln.Text) != "" {
			return hint + "  " + ln.Text
		}
	}
	return hint
}

// past are earlier inputs of all sessions, newest first.
type past []string

func (s *Screen) askPast() tea.Cmd {
	b := s.env.Backend
	return tui.Ask(s.env, &s.past, func(context.Context) (past, error) { return b.History(), nil })
}

// earlier lists earlier inputs, newest first and each once.
func (s *Screen) earlier() []string {
	if len(s.own) == 0 {
		return s.inputs
	}
	seen := map[string]bool{}
	var all []string
	for _, in := range slices.Concat(s.own, s.inputs) {
		if !seen[in] {
			seen[in] = true
			all = append(all, in)
		}
	}
	return all
}

// search is ^R: choose from all earlier inputs.
func (s *Screen) search() tea.Cmd {
	s.closePopup()
	var items []palette.Item
	seen := map[string]bool{}
	for _, input := range s.earlier() {
		if !seen[input] {
			seen[input] = true
			items = append(items, palette.Item{Key: input, Title: text.SanitiseName(input)})
		}
	}
	return s.env.Pick(palette.Options{
		Title: "history", Items: items, Initial: s.input.Value(), Empty: "no earlier inputs",
		OnPick: func(input string) tea.Cmd {
			s.input.SetValue(input)
			s.panes.SetFocus(paneInput)
			return nil
		},
	})
}

// setDoc shows documentation in its pane.
func (s *Screen) setDoc(d *tui.Doc) {
	s.doc, s.docWidth = d, -1
	s.docList.MoveTop()
}

// prompt is what stands before the input.
const prompt = "nix> "

func newEditor(env *tui.Env, s *Screen) *editor.Editor {
	w := editor.New(env.Styles)
	w.Prompt = prompt
	w.SetVi(env.Vi)
	w.Highlight = inputPieces
	w.History = s.history
	return w
}
