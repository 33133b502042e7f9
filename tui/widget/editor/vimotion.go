package editor

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"nixbench/tui/action"
)

// This file has the motions of vi: where a command leads from the cursor.

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
