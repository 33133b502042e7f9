package repl

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"nixbench/repl/text"
	"nixbench/themes"
	"nixbench/tui/style"
)

// input shows what was typed, the first lines if there are many, and how long it took.
func (l *layout) input() {
	src := l.e.input
	parts := l.inputParts()
	end := parts[len(parts)-1][1]
	pieces := inputPieces(src[:min(len(src), end+100)]) // what comes next tells what a word is
	head := l.label("in", themes.Prompt)
	for _, p := range parts {
		l.part(p[0] > 0 && src[p[0]-1] != '\n', lineInput, append([]style.Span{head}, colored(src, pieces, p[0], p[1])...)...)
		head = indent(l.lead())
	}
	l.out[len(l.out)-len(parts)].right = l.side()
	if end < len(src) {
		l.part(src[end-1] != '\n' && src[end] != '\n', lineMoreInput, head, style.Span{Text: "... " + moreInput(src[end:]) + " more of the input", Token: themes.Muted})
	}
}

// inputParts are where the lines of the input that are shown begin and end.
func (l *layout) inputParts() [][2]int {
	src := l.e.input
	const side = 10 // for the time
	room := max(l.width-l.lead(), side+8)
	width := room - side
	var parts [][2]int
	for at := 0; at <= len(src) && len(parts) < max(l.e.shownInput, firstInput); width = room {
		end := at + lineWithin(src[at:], width)
		parts = append(parts, [2]int{at, end})
		if at = end; end == len(src) || src[end] == '\n' {
			at++
		}
	}
	return parts
}

// lineWithin is how many bytes of src, to the end of a line at most, are shown in a row
// of w cells.
func lineWithin(src string, w int) int {
	const most = 64 // bytes of a cell that are looked at: a line may be a megabyte
	s := src[:min(len(src), w*most)]
	s, _, _ = strings.Cut(s, "\n")
	if text.Width(s) <= w {
		return len(s)
	}
	end := max(len(ansi.Truncate(s, w, "")), 1)
	if i := strings.LastIndexByte(s[:end], ' ') + 1; i > end/2 && s[end] != ' ' {
		return i // words stay whole where little room is lost
	}
	return end
}

// moreInput says how much the rest of an input is.
func moreInput(rest string) string {
	if n := strings.Count(rest, "\n"); n > 0 {
		return text.Plural(n, "line")
	}
	return text.Bytes(int64(len(rest)))
}

// side is what stands beside the input.
func (l *layout) side() []style.Span {
	switch {
	case l.e.state == ended && l.e.res != nil:
		return []style.Span{{Text: text.Took(l.e.res.Took), Token: themes.Muted}}
	case l.e.state == waiting:
		return []style.Span{{Text: "waits", Token: themes.Waiting}}
	}
	return nil
}

// colored cuts src at the borders of pieces, from one offset to another.
func colored(src string, pieces []themes.Piece, from, to int) []style.Span {
	var out []style.Span
	at := from
	plain := func(end int) {
		if end > at {
			out = append(out, style.Span{Text: text.SanitiseName(strings.ReplaceAll(src[at:end], "\t", "    "))})
		}
	}
	for _, p := range themes.Within(pieces, from, to) {
		plain(p.Start)
		at = max(at, p.Start)
		end := min(p.End, to)
		out = append(out, style.Span{Text: text.SanitiseName(strings.ReplaceAll(src[at:end], "\t", "    ")), Token: p.Token})
		at = end
	}
	plain(to)
	return out
}
