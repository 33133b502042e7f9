package editor

import "strings"

// This file finds the text objects of vi: words, and what is between quotes or brackets.

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
