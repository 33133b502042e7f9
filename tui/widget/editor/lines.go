package editor

// This file breaks the text into the lines that are drawn, and keeps its colours in
// place. Both are known from the text before: a key in a long text changes little.

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"nixbench/repl/text"
	"nixbench/themes"
)

// A visual is one drawn line of the text: bytes from start to end.
type visual struct{ start, end int }

// A layout is a text that has been broken at newlines and at room cells.
type layout struct {
	text  string
	room  int
	lines []visual // at least one, unless nothing has been broken yet
}

// visuals breaks the text at newlines and at room cells.
func (w *Editor) visuals(room int) []visual {
	room = max(room, 1)
	switch was := w.laid; {
	case len(was.lines) == 0 || was.room != room:
		w.laid = layout{w.text, room, appendVisuals(nil, w.text, 0, len(w.text), room)}
	case was.text != w.text:
		w.laid = layout{w.text, room, was.changed(w.text)}
	}
	return w.laid.lines
}

// changed returns the lines of another text: those of the lines that differ are new.
func (l layout) changed(now string) []visual {
	same, same2 := common(l.text, now)
	from := strings.LastIndexByte(now[:same], '\n') + 1
	to, moved := len(now), len(now)-len(l.text)
	if i := strings.IndexByte(now[len(now)-same2:], '\n'); i >= 0 {
		to = len(now) - same2 + i // the end of the last line that differs
	}
	var out []visual
	n := 0
	for n < len(l.lines) && l.lines[n].start < from {
		n++
	}
	out = append(make([]visual, 0, len(l.lines)+8), l.lines[:n]...)
	out = appendVisuals(out, now, from, to, l.room)
	for _, v := range l.lines[n:] {
		if v.start+moved > to {
			out = append(out, visual{v.start + moved, v.end + moved})
		}
	}
	return out
}

// common returns how many bytes two texts have in common at their starts, and at their
// ends without these.
func common(a, b string) (start, end int) {
	n := min(len(a), len(b))
	for start < n && a[start] == b[start] {
		start++
	}
	for end < n-start && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	return start, end
}

// appendVisuals breaks src from the start of a line to the end of one.
func appendVisuals(out []visual, src string, start, to, room int) []visual {
	for {
		end := to
		if i := strings.IndexByte(src[start:to], '\n'); i >= 0 {
			end = start + i
		}
		for {
			n := fitting(src[start:end], room)
			out = append(out, visual{start, start + n})
			if start += n; start >= end {
				break
			}
		}
		if end == to {
			return out
		}
		start = end + 1
	}
}

// fitting is how many bytes of a line, whole characters and at least one, are drawn in
// room cells.
func fitting(line string, room int) int {
	at, cells := 0, 0
	for at < len(line) && at < room && plain(line[at]) && (at+1 == len(line) || line[at+1] < 0x80) {
		at++ // most text
	}
	cells = at
	for at < len(line) {
		cluster, _ := ansi.FirstGraphemeCluster(line[at:], ansi.GraphemeWidth)
		n := max(len(cluster), 1)
		if cells += text.Width(shown(line[at : at+n])); cells > room {
			break
		}
		at += n
	}
	if at == 0 && line != "" {
		cluster, _ := ansi.FirstGraphemeCluster(line, ansi.GraphemeWidth)
		return max(len(cluster), 1)
	}
	return at
}

// plain tells whether a byte is a character of a cell.
func plain(c byte) bool { return c >= ' ' && c <= '~' }

// shown is how a part of the text is drawn: tabs as blanks, what cannot be
// seen as escapes.
func shown(s string) string {
	if strings.IndexByte(s, '\t') >= 0 {
		s = strings.ReplaceAll(s, "\t", "    ")
	}
	return text.SanitiseName(s)
}

// eager is how many bytes a text may have that is coloured whenever it changes.
const eager = 32 << 10

// Stale returns the text if it is long and its colours are those of another.
func (w *Editor) Stale() (text string, stale bool) {
	return w.text, w.Highlight != nil && len(w.text) > eager && w.colored != w.text
}

// SetPieces takes the meanings of a text, as Highlight gives them, unless the text is
// another now.
func (w *Editor) SetPieces(text string, pieces []themes.Piece) {
	if text == w.text {
		w.pieces, w.placed, w.colored = pieces, text, text
	}
}

// colour brings the pieces up to date with the text; of a long one, only their places.
func (w *Editor) colour() {
	switch {
	case w.Highlight == nil || w.text == "":
		w.pieces, w.placed, w.colored = nil, w.text, w.text
	case w.placed == w.text && (w.colored == w.text || len(w.text) > eager):
	case len(w.text) <= eager:
		w.pieces, w.placed, w.colored = w.Highlight(w.text), w.text, w.text
	default:
		w.pieces, w.placed = moved(w.pieces, w.placed, w.text), w.text
	}
}

// moved puts the pieces of one text where they are in another.
func moved(pieces []themes.Piece, was, now string) []themes.Piece {
	same, same2 := common(was, now)
	by := len(now) - len(was)
	rest := len(was) - same2 // what is from here on in the old text is the same
	out := make([]themes.Piece, 0, len(pieces))
	for _, p := range pieces {
		switch {
		case p.End <= same:
		case p.Start >= rest:
			p.Start, p.End = p.Start+by, p.End+by
		case p.Start < same && p.End > rest: // the change is inside of it
			p.End += by
		case p.Start < same:
			p.End = same
		case p.End > rest:
			p.Start, p.End = rest+by, p.End+by
		default:
			continue
		}
		out = append(out, p)
	}
	return out
}
