// Package editor is a text input of one or several lines: the REPL's input and
// every line that is asked for. It has undo, a ring of cut texts, history,
// coloured tokens, matching brackets and a list of completions below the text.
//
// The text is a string and the cursor a byte offset at the start of a
// character as people see it. Each change makes a new string, so that undo
// just keeps the old ones.
package editor

import (
	"strings"
	"unicode"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"nixbench/themes"
	"nixbench/tui/action"
	"nixbench/tui/style"
)

// Editor is the widget. It is not safe for concurrent use.
type Editor struct {
	// Prompt stands before the first line, blanks of its width before the
	// others. Clean text.
	Prompt string
	// Single keeps the text on one line; newlines become blanks.
	Single bool
	// Placeholder is shown while there is no text. Clean text.
	Placeholder string
	// Highlight gives the text's meanings, in order and without overlap; nil
	// leaves it plain. Of a long text the owner asks it, as Stale says.
	Highlight func(text string) []themes.Piece
	// History returns the n-th newest earlier input that begins with prefix,
	// counted from 0; ok is false beyond the oldest. nil: there is none.
	History func(prefix string, n int) (input string, ok bool)
	// Popup is the list of completions; the owner fills and reads it.
	Popup Popup

	st   *style.Styles
	text string
	cur  int
	goal int // column that up and down keep to, -1 for the cursor's own

	undo, redo []snapshot
	typing     bool // the newest undo step is a run of typed letters

	kills    []string // newest last
	yanked   [2]int   // the text that the last command pasted; empty: none
	yankFrom int      // which of kills it was
	killing  bool     // the last command cut text: more is joined to it

	vi vi

	hist       int    // how far back in history, -1: not in it
	histPrefix string // what history was asked by
	histDraft  string // the text that was there before

	x, y    int    // cursor in what was drawn last
	scroll  int    // first visual line drawn
	laid    layout // the lines of the text that was drawn last
	pieces  []themes.Piece
	placed  string // the text that pieces have their places in
	colored string // the text that they were made of
}

type snapshot struct {
	text string
	cur  int
}

// New returns an empty editor.
func New(st *style.Styles) *Editor { return &Editor{st: st, goal: -1, hist: -1} }

// Value is the text.
func (w *Editor) Value() string { return w.text }

// Offset is the byte offset of the cursor in the text.
func (w *Editor) Offset() int { return w.cur }

// SetValue replaces the text and puts the cursor at its end; it can be undone.
func (w *Editor) SetValue(text string) {
	w.replace(0, len(w.text), w.admit(text))
	w.leaveHistory()
}

// Reset empties the editor and forgets what can be undone. What was cut stays.
func (w *Editor) Reset() {
	w.text, w.cur, w.undo, w.redo = "", 0, nil, nil
	w.typing, w.killing, w.yanked, w.goal = false, false, [2]int{}, -1
	w.vi.normal = false
	w.viDone()
	w.Popup.Close()
	w.leaveHistory()
}

// Insert puts text at the cursor.
func (w *Editor) Insert(text string) {
	w.replace(w.cur, w.cur, w.admit(text))
	w.leaveHistory()
}

// Replace puts text in place of what is between two byte offsets, and the
// cursor behind it.
func (w *Editor) Replace(from, to int, text string) {
	from = max(0, min(from, len(w.text)))
	to = max(from, min(to, len(w.text)))
	w.replace(from, to, w.admit(text))
}

// admit turns text from outside into text that the editor can hold.
func (w *Editor) admit(text string) string {
	text = strings.ToValidUTF8(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text), "\ufffd")
	if w.Single {
		text = strings.ReplaceAll(text, "\n", " ")
	}
	return text
}

// replace changes the text and notes how to undo that.
func (w *Editor) replace(from, to int, text string) {
	if from == to && text == "" {
		return
	}
	w.undo = bounded(append(w.undo, snapshot{w.text, w.cur}))
	w.redo = nil
	w.typing = false
	w.set(w.text[:from]+text+w.text[to:], from+len(text))
}

func (w *Editor) set(text string, cur int) {
	w.text, w.cur, w.goal = text, cur, -1
	w.yanked = [2]int{}
}

// Update takes intents, typed text and pastes. It reports whether msg was for
// an editor.
func (w *Editor) Update(msg tea.Msg) bool {
	switch msg := msg.(type) {
	case action.Intent:
		return w.intent(msg.ID)
	case tea.KeyPressMsg:
		if w.Normal() {
			return w.viKey(msg)
		}
		if msg.Text == "" {
			return false
		}
		w.typed(msg.Text)
	case tea.PasteMsg:
		w.killing = false
		w.Insert(msg.Content)
	default:
		return false
	}
	return true
}

// typed inserts a letter; a run of letters is undone at once, word by word.
func (w *Editor) typed(text string) {
	w.killing = false
	w.leaveHistory()
	r, _ := utf8.DecodeRuneInString(text)
	if run := w.typing && !unicode.IsSpace(r); run {
		w.redo = nil
		w.set(w.text[:w.cur]+text+w.text[w.cur:], w.cur+len(text))
		return
	}
	w.replace(w.cur, w.cur, w.admit(text))
	w.typing = true
}

// intent does what a key means.
func (w *Editor) intent(id action.ID) bool {
	if w.Normal() {
		if w.viIntent(id) {
			return true
		}
		defer w.viDone()
	}
	if w.move(id) {
		w.typing, w.killing, w.yanked = false, false, [2]int{}
		return true
	}
	if w.kill(id) {
		return true
	}
	w.killing = false
	switch id {
	case action.EditBackspace:
		w.replace(w.left(w.cur), w.cur, "")
	case action.EditDelete:
		w.replace(w.cur, w.right(w.cur), "")
		w.leaveHistory()
	case action.EditTranspose:
		w.transpose()
	case action.EditNewline:
		w.replace(w.cur, w.cur, w.admit("\n"))
	case action.EditUndo:
		w.swap(&w.undo, &w.redo)
	case action.EditRedo:
		w.swap(&w.redo, &w.undo)
	case action.EditYank:
		w.yank()
	case action.EditYankPop:
		w.yankPop()
	default:
		return false
	}
	return true
}

// move does the intents that only move the cursor.
func (w *Editor) move(id action.ID) bool {
	cur := w.cur
	switch id {
	case action.EditLeft:
		cur = w.left(cur)
	case action.EditRight:
		cur = w.right(cur)
	case action.EditWordLeft:
		cur = w.wordLeft(cur)
	case action.EditWordRight:
		cur = w.wordRight(cur)
	case action.EditLineStart:
		cur = w.lineStart(cur)
	case action.EditLineEnd:
		cur = w.lineEnd(cur)
	case action.EditStart:
		cur = 0
	case action.EditEnd:
		cur = len(w.text)
	case action.EditUp:
		w.vertical(-1)
		return true
	case action.EditDown:
		w.vertical(1)
		return true
	default:
		return false
	}
	w.cur, w.goal = cur, -1
	return true
}

// vertical moves a line up or down, and beyond the first and the last line
// through the history.
func (w *Editor) vertical(dir int) {
	start, end := w.lineStart(w.cur), w.lineEnd(w.cur)
	if dir < 0 && start == 0 || dir > 0 && end == len(w.text) {
		w.fromHistory(-dir)
		return
	}
	if w.goal < 0 {
		w.goal = ansi.StringWidth(w.text[start:w.cur])
	}
	line := start - 1 // the end of the line above
	if dir > 0 {
		line = end + 1
	}
	start, end = w.lineStart(line), w.lineEnd(line)
	w.cur = start + len(ansi.Truncate(w.text[start:end], w.goal, ""))
}

func (w *Editor) left(i int) int {
	if i == 0 {
		return 0
	}
	// The last character of the line, or the newline before it.
	start := w.lineStart(i)
	if start == i {
		return i - 1
	}
	at := max(start, i-64)
	for at < i && !utf8.RuneStart(w.text[at]) {
		at++
	}
	for {
		n := w.right(at)
		if n >= i {
			return at
		}
		at = n
	}
}

func (w *Editor) right(i int) int {
	if i >= len(w.text) {
		return len(w.text)
	}
	cluster, _ := ansi.FirstGraphemeCluster(w.text[i:], ansi.GraphemeWidth)
	return i + max(len(cluster), 1)
}

func (w *Editor) lineStart(i int) int { return strings.LastIndexByte(w.text[:i], '\n') + 1 }

func (w *Editor) lineEnd(i int) int {
	if n := strings.IndexByte(w.text[i:], '\n'); n >= 0 {
		return i + n
	}
	return len(w.text)
}

func isWord(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' || r == '-' || r == '\''
}

func (w *Editor) wordLeft(i int) int {
	head := strings.TrimRightFunc(w.text[:i], func(r rune) bool { return !isWord(r) })
	return len(strings.TrimRightFunc(head, isWord))
}

func (w *Editor) wordRight(i int) int {
	tail := strings.TrimLeftFunc(w.text[i:], func(r rune) bool { return !isWord(r) })
	return len(w.text) - len(strings.TrimLeftFunc(tail, isWord))
}
