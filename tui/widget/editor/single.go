package editor

// This file draws texts of one line: of one that is too wide that is seen which is at the
// cursor.

import (
	"unicode/utf8"

	"nixbench/repl/text"
	"nixbench/themes"
	"nixbench/tui/style"
)

// drawSingle returns the text's line in exactly width cells.
func (w *Editor) drawSingle(width int, focus bool) string {
	lead := text.Width(w.Prompt)
	v, before, behind := w.window(max(width-lead-1, len(text.Ellipsis)+1)) // a cell for the cursor at the end
	w.x, w.y = lead+text.Width(before+shown(w.text[v.start:w.cur])), 0
	w.colour()
	spans := []style.Span{{Text: w.Prompt, Token: themes.Prompt}, {Text: before, Token: themes.Muted}}
	spans = appendSpans(spans, w.text, v, w.marked(focus, v.start, v.end))
	if w.text == "" && w.Placeholder != "" {
		spans = append(spans, style.Span{Text: w.Placeholder, Token: themes.Muted})
	}
	return w.st.Row(width, themes.Text, append(spans, style.Span{Text: behind, Token: themes.Muted})...)
}

// window is the part of the text that is shown in room cells, and what stands for the rest
// at its ends. When the cursor is not at the end, a part of what follows is seen.
func (w *Editor) window(room int) (v visual, before, behind string) {
	dots := len(text.Ellipsis)
	if w.forth(0, room) == len(w.text) {
		return visual{end: len(w.text)}, "", ""
	}
	start, end := 0, w.forth(0, room-dots)
	if w.cur >= end {
		before = text.Ellipsis
		start, end = w.back(w.cur, room-dots), len(w.text)
		if w.cur < len(w.text) {
			start = w.back(w.cur, (room-2*dots)*3/4)
			end = w.forth(start, room-dots)
		}
		if end < len(w.text) {
			end = w.forth(start, room-2*dots)
		}
	}
	if end < len(w.text) {
		behind = text.Ellipsis
	}
	return visual{start: start, end: end}, before, behind
}

// back is how far back from at the text takes no more than room cells.
func (w *Editor) back(at, room int) int {
	for at > 0 {
		_, n := utf8.DecodeLastRuneInString(w.text[:at])
		if room -= text.Width(shown(w.text[at-n : at])); room < 0 {
			break
		}
		at -= n
	}
	return at
}

// forth is how far from at on the text takes no more than room cells.
func (w *Editor) forth(at, room int) int {
	for at < len(w.text) {
		_, n := utf8.DecodeRuneInString(w.text[at:])
		if room -= text.Width(shown(w.text[at : at+n])); room < 0 {
			break
		}
		at += n
	}
	return at
}
