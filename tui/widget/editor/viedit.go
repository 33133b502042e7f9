package editor

// This file has the commands of vi that change the text without an operator.

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"nixbench/tui/action"
)

// viShort are commands that stand for an operator with a motion.
var viShort = map[action.ID][2]action.ID{
	action.ViDeleteChar: {action.ViDelete, action.ViRight}, action.ViDeleteBack: {action.ViDelete, action.ViLeft},
	action.ViDeleteEnd: {action.ViDelete, action.ViLineEnd}, action.ViChangeEnd: {action.ViChange, action.ViLineEnd},
	action.ViSubst: {action.ViChange, action.ViRight},
}

// viEdit carries out a command that is no motion.
func (w *Editor) viEdit(id action.ID) bool {
	v := &w.vi
	if short, ok := viShort[id]; ok {
		v.op = short[0]
		return w.viMotion(short[1])
	}
	switch id {
	case action.ViInsert:
		w.toInsert()
	case action.ViInsertLine:
		w.viMotion(action.ViFirst)
		w.toInsert()
	case action.ViAppend:
		w.cur = min(w.right(w.cur), w.lineEnd(w.cur))
		w.toInsert()
	case action.ViAppendLine:
		w.cur = w.lineEnd(w.cur)
		w.toInsert()
	case action.ViOpen, action.ViOpenAbove:
		w.viOpen(id == action.ViOpenAbove)
	case action.ViSubstLine:
		v.op = action.ViChange
		w.viOperate(w.lineStart(w.cur), w.lineEnd(w.cur), true)
	case action.ViPut, action.ViPutBefore:
		w.viPut(id == action.ViPutBefore)
	case action.ViUndo:
		w.swap(&w.undo, &w.redo)
		w.viDone()
	case action.ViCase:
		w.viCase()
	case action.ViJoin:
		w.viJoin()
	default:
		return false
	}
	return true
}

// viOpen begins a new line, indented like this one.
func (w *Editor) viOpen(above bool) {
	if w.Single {
		w.toInsert()
		return
	}
	start, end := w.lineStart(w.cur), w.lineEnd(w.cur)
	line := w.text[start:end]
	blank := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
	if above {
		w.replace(start, start, blank+"\n")
		w.cur = start + len(blank)
	} else {
		w.replace(end, end, "\n"+blank)
	}
	w.toInsert()
}

// viPut pastes what was cut last.
func (w *Editor) viPut(before bool) {
	if len(w.kills) == 0 {
		w.viDone()
		return
	}
	part := strings.Repeat(w.kills[len(w.kills)-1], min(w.viCount(), 100))
	at := w.cur
	switch {
	case w.vi.lines && before:
		at = w.lineStart(at)
		w.replace(at, at, w.admit(part+"\n"))
		w.cur = at
	case w.vi.lines:
		at = w.lineEnd(at)
		w.replace(at, at, w.admit("\n"+part))
		w.cur = min(at+1, len(w.text))
	default:
		if !before {
			at = min(w.right(at), w.lineEnd(at))
		}
		w.replace(at, at, w.admit(part))
		w.cur = w.left(w.cur)
	}
	w.viDone()
}

// viCase turns letters to upper or lower case.
func (w *Editor) viCase() {
	from, to := w.cur, w.cur
	for range w.viCount() {
		if to < w.lineEnd(w.cur) {
			to = w.right(to)
		}
	}
	turned := strings.Map(func(r rune) rune {
		if unicode.IsUpper(r) {
			return unicode.ToLower(r)
		}
		return unicode.ToUpper(r)
	}, w.text[from:to])
	if utf8.ValidString(turned) {
		w.replace(from, to, turned)
	}
	w.viDone()
}

// viJoin joins lines with a blank between.
func (w *Editor) viJoin() {
	for range max(w.viCount()-1, 1) {
		end := w.lineEnd(w.cur)
		if end == len(w.text) {
			break
		}
		next := end + 1
		for next < len(w.text) && (w.text[next] == ' ' || w.text[next] == '\t') {
			next++
		}
		w.replace(end, next, " ")
		w.cur = end
	}
	w.viDone()
}
