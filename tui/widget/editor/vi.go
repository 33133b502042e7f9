package editor

// This file edits with the keys of vi. In normal mode, letters are commands that
// keymap.Vi names; a count or an operator waits for what follows, and some
// commands wait for a character, which comes as typed text.

import (
	"strings"
	"unicode"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"nixbench/tui/action"
)

// vi is the state of the keys of vi.
type vi struct {
	on     bool
	normal bool
	count  int // of the command that is being typed, 0 for none
	times  int // count before the operator
	op     action.ID
	wait   action.ID // waits for a character; "" for none
	find   action.ID // the last search for a character, and that
	char   string
	lines  bool // what was cut last is whole lines
}

// maxViCount bounds what a command repeats.
const maxViCount = 10_000

// SetVi turns the keys of vi on or off. They begin in insert mode.
func (w *Editor) SetVi(on bool) { w.vi = vi{on: on} }

// Vi tells whether the keys of vi are on.
func (w *Editor) Vi() bool { return w.vi.on }

// Normal tells whether letters are commands now: vi's normal mode.
func (w *Editor) Normal() bool { return w.vi.on && w.vi.normal }

// Awaits tells whether a command waits for a character, which must come as text.
func (w *Editor) Awaits() bool { return w.Normal() && w.vi.wait != "" }

// ToNormal ends insert mode, or what of a command was typed, and reports whether
// there was either.
func (w *Editor) ToNormal() bool {
	switch v := &w.vi; {
	case !v.on:
		return false
	case !v.normal:
		*v = vi{on: true, normal: true, find: v.find, char: v.char, lines: v.lines}
		w.typing = false
		if w.cur > w.lineStart(w.cur) {
			w.cur = w.left(w.cur)
		}
	case v.wait != "" || v.op != "" || v.count > 0:
		w.viDone()
	default:
		return false
	}
	return true
}

func (w *Editor) toInsert() {
	w.vi.normal = false
	w.viDone()
}

// viDone ends a command.
func (w *Editor) viDone() {
	v := &w.vi
	v.count, v.times, v.op, v.wait = 0, 0, "", ""
	if end := w.lineEnd(w.cur); v.normal && w.cur == end && end > w.lineStart(w.cur) {
		w.cur = w.left(w.cur)
	}
}

// viKey takes a character in normal mode: for what waits for one, or a count.
func (w *Editor) viKey(msg tea.KeyPressMsg) bool {
	v := &w.vi
	wait := v.wait
	v.wait = ""
	switch {
	case msg.Text == "":
		return false
	case wait == action.ViFind || wait == action.ViFindBack || wait == action.ViTill || wait == action.ViTillBack:
		v.find, v.char = wait, msg.Text
		w.viMotion(action.ViAgain)
	case wait == action.ViReplace:
		w.viReplace(msg.Text)
	case wait == action.ViInsert || wait == action.ViAppend:
		if from, to, ok := w.viObject(msg.Text, wait == action.ViAppend); ok {
			w.viOperate(from, to, false)
		}
		if v.normal {
			w.viDone()
		}
	case len(msg.Text) == 1 && '0' <= msg.Text[0] && msg.Text[0] <= '9':
		v.count = min(v.count*10+int(msg.Text[0]-'0'), maxViCount)
	default:
		w.viDone()
	}
	return true
}

// viIntent carries out a command of normal mode, and reports whether it is one.
func (w *Editor) viIntent(id action.ID) bool {
	v := &w.vi
	if id == action.ViStart && v.count > 0 {
		v.count = min(v.count*10, maxViCount)
		return true
	}
	switch id {
	case action.ViDelete, action.ViChange, action.ViYank:
		w.viOperator(id)
		return true
	case action.ViFind, action.ViFindBack, action.ViTill, action.ViTillBack, action.ViReplace:
		v.wait = id
		return true
	case action.ViInsert, action.ViAppend:
		if v.op != "" {
			v.wait = id
			return true
		}
	}
	if w.viMotion(id) {
		return true
	}
	return w.viEdit(id)
}

// viOperator begins with an operator; twice it is for whole lines.
func (w *Editor) viOperator(id action.ID) {
	v := &w.vi
	if v.op == "" {
		v.op, v.times, v.count = id, v.count, 0
		return
	}
	if v.op != id {
		w.viDone()
		return
	}
	from, to := w.lineStart(w.cur), w.lineEnd(w.cur)
	for n := w.viCount(); n > 1 && to < len(w.text); n-- {
		to = w.lineEnd(to + 1)
	}
	w.viOperate(from, to, true)
}

// viCount is how often a command is to be done.
func (w *Editor) viCount() int { return min(max(w.vi.count, 1)*max(w.vi.times, 1), maxViCount) }

// viMotion moves, or gives what is between to the operator that waits.
func (w *Editor) viMotion(id action.ID) bool {
	v, from := &w.vi, w.cur
	to, inclusive, ok := w.viTarget(id)
	if !ok {
		return false
	}
	if v.op == "" {
		w.cur, w.goal = to, -1
		w.typing, w.killing = false, false
		w.viDone()
		return true
	}
	if to < from {
		from, to = to, from
	}
	if inclusive {
		to = w.right(to)
	}
	w.viOperate(from, to, false)
	return true
}

// viTarget is where a motion leads; inclusive says that it takes the character
// there along.
func (w *Editor) viTarget(id action.ID) (to int, inclusive, ok bool) {
	to = w.cur
	step := func(f func(int) int) {
		for range w.viCount() {
			next := f(to)
			if next == to {
				return
			}
			to = next
		}
	}
	switch id {
	case action.ViLeft:
		step(func(i int) int { return max(w.left(i), w.lineStart(i)) })
	case action.ViRight:
		step(func(i int) int { return min(w.right(i), w.lineEnd(i)) })
	case action.ViWord, action.ViWordBig:
		if w.vi.op == action.ViChange && to < len(w.text) && !isBlank(w.text[to:]) {
			// cw leaves the blanks behind the word.
			big, at := id == action.ViWordBig, class(w.text[to:], id == action.ViWordBig)
			for w.right(to) < len(w.text) && class(w.text[w.right(to):], big) == at {
				to = w.right(to)
			}
			for range w.viCount() - 1 {
				to = w.viEnd(to, big)
			}
			return to, true, true
		}
		step(func(i int) int { return w.viWord(i, id == action.ViWordBig) })
	case action.ViBack, action.ViBackBig:
		step(func(i int) int { return w.viBack(i, id == action.ViBackBig) })
	case action.ViEnd, action.ViEndBig:
		inclusive = true
		step(func(i int) int { return w.viEnd(i, id == action.ViEndBig) })
	case action.ViStart:
		to = w.lineStart(to)
	case action.ViFirst:
		to = w.lineStart(to)
		to += len(w.text[to:w.lineEnd(to)]) - len(strings.TrimLeft(w.text[to:w.lineEnd(to)], " \t"))
	case action.ViLineEnd:
		to = w.lineEnd(to)
	case action.ViTop:
		to = 0
	case action.ViBottom:
		to = w.lineStart(len(w.text))
	case action.ViBracket:
		inclusive = true
		if _, other, found := w.brackets(); found {
			to = other
		}
	case action.ViAgain, action.ViAgainBack:
		to, inclusive = w.viFound(id == action.ViAgainBack)
	default:
		return 0, false, false
	}
	return to, inclusive, true
}

func isBlank(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsSpace(r)
}

// class is what vi takes for one word: letters, or other signs.
func class(s string, big bool) int {
	r, _ := utf8.DecodeRuneInString(s)
	switch {
	case unicode.IsSpace(r):
		return 0
	case big || isWord(r):
		return 1
	}
	return 2
}

func (w *Editor) viWord(i int, big bool) int {
	if i >= len(w.text) {
		return i
	}
	at := class(w.text[i:], big)
	for i < len(w.text) && at != 0 && class(w.text[i:], big) == at {
		i = w.right(i)
	}
	for i < len(w.text) && class(w.text[i:], big) == 0 {
		i = w.right(i)
	}
	return i
}

func (w *Editor) viBack(i int, big bool) int {
	for i > 0 && class(w.text[w.left(i):], big) == 0 {
		i = w.left(i)
	}
	if i == 0 {
		return 0
	}
	at := class(w.text[w.left(i):], big)
	for i > 0 && class(w.text[w.left(i):], big) == at {
		i = w.left(i)
	}
	return i
}

func (w *Editor) viEnd(i int, big bool) int {
	next := w.right(i)
	for next < len(w.text) && class(w.text[next:], big) == 0 {
		next = w.right(next)
	}
	if next >= len(w.text) {
		return i
	}
	at := class(w.text[next:], big)
	for w.right(next) < len(w.text) && class(w.text[w.right(next):], big) == at {
		next = w.right(next)
	}
	return next
}

// viFound looks for the character that was looked for last, in the line.
func (w *Editor) viFound(turn bool) (to int, inclusive bool) {
	v := &w.vi
	back := (v.find == action.ViFindBack || v.find == action.ViTillBack) != turn
	till := v.find == action.ViTill || v.find == action.ViTillBack
	to = w.cur
	if v.char == "" {
		return to, false
	}
	for range w.viCount() {
		if back {
			i := strings.LastIndex(w.text[w.lineStart(to):to], v.char)
			if i < 0 {
				return w.cur, false
			}
			to = w.lineStart(to) + i
			continue
		}
		next := w.right(to)
		if next > w.lineEnd(to) {
			return w.cur, false
		}
		i := strings.Index(w.text[next:w.lineEnd(to)], v.char)
		if i < 0 {
			return w.cur, false
		}
		to = next + i
	}
	switch {
	case till && back:
		to = w.right(to)
	case till:
		to = w.left(to)
	}
	return to, !back
}

// viOperate does the operator that waits to a part of the text, which is whole
// lines or not.
func (w *Editor) viOperate(from, to int, lines bool) {
	v := &w.vi
	op := v.op
	if op == "" || from > to {
		w.viDone()
		return
	}
	if part := w.text[from:to]; part != "" || lines {
		w.kills = append(w.kills[max(0, len(w.kills)-maxKills+1):], part)
		v.lines = lines
	}
	switch {
	case op == action.ViYank:
		if !lines {
			w.cur = from
		}
	case lines && op == action.ViDelete:
		switch {
		case to < len(w.text):
			to++
		case from > 0:
			from--
		}
		w.replace(from, to, "")
		w.cur = w.lineStart(min(from, len(w.text)))
	default:
		w.replace(from, to, "")
	}
	w.leaveHistory()
	if op == action.ViChange {
		w.toInsert()
		return
	}
	w.viDone()
}

// viObject is the text object that a character names, with what is around it or
// without.
func (w *Editor) viObject(char string, whole bool) (from, to int, ok bool) {
	switch char {
	case "w", "W":
		big := char == "W"
		if w.cur >= len(w.text) {
			return 0, 0, false
		}
		from, to = w.cur, w.right(w.cur)
		at := class(w.text[from:], big)
		for from > 0 && class(w.text[w.left(from):], big) == at {
			from = w.left(from)
		}
		for to < len(w.text) && class(w.text[to:], big) == at {
			to = w.right(to)
		}
		for whole && to < len(w.text) && w.text[to] == ' ' {
			to++
		}
		return from, to, true
	case "\"", "'":
		return w.viQuoted(char, whole)
	}
	for _, pair := range []string{"()b", "[]", "{}B"} {
		if strings.Contains(pair, char) {
			return w.viBracketed(pair[0], pair[1], whole)
		}
	}
	return 0, 0, false
}

func (w *Editor) viQuoted(quote string, whole bool) (from, to int, ok bool) {
	start, end := w.lineStart(w.cur), w.lineEnd(w.cur)
	from = strings.LastIndex(w.text[start:min(w.cur+1, end)], quote)
	if from < 0 {
		return 0, 0, false
	}
	from += start
	to = strings.Index(w.text[from+1:end], quote)
	if to < 0 {
		return 0, 0, false
	}
	to += from + 1
	if whole {
		return from, to + 1, true
	}
	return from + 1, to, true
}

func (w *Editor) viBracketed(open, end byte, whole bool) (from, to int, ok bool) {
	depth := 0
	for from = min(w.cur, len(w.text)-1); from >= 0; from-- {
		switch c := w.text[from]; {
		case c == end && from != w.cur:
			depth++
		case c == open && depth > 0:
			depth--
		case c == open:
			to, depth = from+1, 0
			for ; to < len(w.text); to++ {
				switch c := w.text[to]; {
				case c == open:
					depth++
				case c == end && depth > 0:
					depth--
				case c == end && whole:
					return from, to + 1, true
				case c == end:
					return from + 1, to, true
				}
			}
			return 0, 0, false
		}
	}
	return 0, 0, false
}

func (w *Editor) viReplace(char string) {
	to := w.cur
	for range w.viCount() {
		if to >= w.lineEnd(w.cur) {
			w.viDone()
			return // there are not so many
		}
		to = w.right(to)
	}
	from := w.cur
	w.replace(from, to, strings.Repeat(char, w.viCount()))
	w.cur = w.left(w.cur)
	w.viDone()
}
