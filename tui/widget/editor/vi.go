package editor

// This file edits with the keys of vi. In normal mode, letters are commands that
// keymap.Vi names; a count or an operator waits for what follows, and some
// commands wait for a character, which comes as typed text.

import (
	"strings"

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
