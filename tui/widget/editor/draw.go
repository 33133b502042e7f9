package editor

import (
	"strings"

	"nixbench/repl/text"
	"nixbench/themes"
	"nixbench/tui/style"
)

// Height is how many lines the text and the list take at that width, if they
// may have all they need.
func (w *Editor) Height(width int) int {
	return len(w.visuals(width-text.Width(w.Prompt)-1)) + w.Popup.height(1<<20)
}

// Draw returns exactly h lines of exactly width cells.
func (w *Editor) Draw(width, h int, focus bool) []string {
	if w.Single {
		return style.FitLines([]string{w.drawSingle(width, focus)}, width, h)
	}
	lead := text.Width(w.Prompt)
	lines := w.visuals(width - lead - 1) // a cell for the cursor at the end
	below := w.Popup.height(max(h-min(len(lines), max(h/2, 1)), 0))
	room := max(h-below, 1)

	at := len(lines) - 1
	for i, v := range lines {
		if w.cur >= v.start && (w.cur < v.end || w.cur == v.end && (i+1 == len(lines) || lines[i+1].start > v.end)) {
			at = i
			break
		}
	}
	w.scroll = max(min(w.scroll, at, max(len(lines)-room, 0)), at-room+1)
	w.x = lead + text.Width(shown(w.text[lines[at].start:w.cur]))
	w.y = at - w.scroll

	w.colour()
	pieces := w.marked(focus, lines[w.scroll].start, lines[min(w.scroll+room, len(lines))-1].end)
	out := make([]string, 0, max(h, 0))
	for i := w.scroll; i < len(lines) && len(out) < room && len(out) < h; i++ {
		spans := []style.Span{{Text: strings.Repeat(" ", lead)}}
		if i == 0 {
			spans[0] = style.Span{Text: w.Prompt, Token: themes.Prompt}
		}
		spans = appendSpans(spans, w.text, lines[i], pieces)
		if w.text == "" && w.Placeholder != "" {
			spans = append(spans, style.Span{Text: w.Placeholder, Token: themes.Muted})
		}
		out = append(out, w.st.Row(width, themes.Text, spans...))
	}
	out = append(out, w.drawPopup(width, below, lead)...)
	return style.FitLines(out, width, h)
}

// CursorXY is where the cursor was drawn last.
func (w *Editor) CursorXY() (x, y int) { return w.x, w.y }

// appendSpans appends the part of src in v, cut at the borders of pieces.
func appendSpans(spans []style.Span, src string, v visual, pieces []themes.Piece) []style.Span {
	at := v.start
	for _, p := range themes.Within(pieces, v.start, v.end) {
		if p.Start > at {
			spans = append(spans, style.Span{Text: shown(src[at:p.Start])})
			at = p.Start
		}
		end := min(p.End, v.end)
		spans = append(spans, style.Span{Text: shown(src[at:end]), Token: p.Token})
		at = end
	}
	if at < v.end {
		spans = append(spans, style.Span{Text: shown(src[at:v.end])})
	}
	return spans
}

// marked returns the pieces from one offset to another with the brackets at the cursor
// marked.
func (w *Editor) marked(focus bool, from, to int) []themes.Piece {
	pieces := themes.Within(w.pieces, from, to)
	if !focus {
		return pieces
	}
	a, b, ok := w.brackets()
	if !ok {
		return pieces
	}
	var out []themes.Piece
	for _, at := range []int{min(a, b), max(a, b)} {
		out = append(out, themes.Piece{Start: at, End: at + 1, Token: themes.BracketMatch})
	}
	return overlay(pieces, out)
}

// overlay lays the pieces top, in order and without overlap, over under.
func overlay(under, top []themes.Piece) []themes.Piece {
	var out []themes.Piece
	for _, p := range under {
		for _, t := range top {
			if t.Start >= p.End || t.End <= p.Start {
				continue
			}
			if p.Start < t.Start {
				out = append(out, themes.Piece{Start: p.Start, End: t.Start, Token: p.Token})
			}
			p.Start = t.End
		}
		if p.Start < p.End {
			out = append(out, p)
		}
	}
	for _, t := range top {
		i := 0
		for i < len(out) && out[i].Start < t.Start {
			i++
		}
		out = append(out[:i], append([]themes.Piece{t}, out[i:]...)...)
	}
	return out
}

// brackets returns the bracket before or at the cursor and the one that it
// belongs to. Brackets in strings and comments do not count.
func (w *Editor) brackets() (a, b int, ok bool) {
	const all = "()[]{}"
	for _, at := range []int{w.cur - 1, w.cur} {
		if at < 0 || at >= len(w.text) || strings.IndexByte(all, w.text[at]) < 0 || w.inText(at) {
			continue
		}
		k := strings.IndexByte(all, w.text[at])
		step := 1 - 2*(k%2)
		other := all[k^1]
		depth := 0
		for i := at; i >= 0 && i < len(w.text); i += step {
			switch c := w.text[i]; {
			case c != w.text[at] && c != other, w.inText(i):
			case c == w.text[at]:
				depth++
			default:
				if depth--; depth == 0 {
					return at, i, true
				}
			}
		}
	}
	return 0, 0, false
}

// inText tells whether the byte at i stands in a string or a comment.
func (w *Editor) inText(i int) bool {
	lo, hi := 0, len(w.pieces)
	for lo < hi {
		mid := (lo + hi) / 2
		if w.pieces[mid].End <= i {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo == len(w.pieces) || w.pieces[lo].Start > i {
		return false
	}
	t := w.pieces[lo].Token
	return t == themes.String || t == themes.Comment
}

// drawPopup draws the list in h lines.
func (w *Editor) drawPopup(width, h, lead int) []string {
	p := &w.Popup
	if h <= 0 {
		return nil
	}
	room := h
	if p.Note != "" && len(p.Items) > 0 {
		room = max(h-1, 1)
	}
	from := max(0, min(p.sel-room/2, len(p.Items)-room))
	to := min(from+room, len(p.Items))
	names := min(p.nameWidth(from, to), max(width-lead-2, 1))
	var out []string
	for i := from; i < to; i++ {
		base := themes.Text
		if i == p.sel {
			base = themes.Selected
		}
		it := p.Items[i]
		out = append(out, style.Fit("", lead)+w.st.Row(max(width-lead, 0), base,
			style.Span{Text: style.Fit(text.CutMiddle(it.Text, names), names)},
			style.Span{Text: "  " + it.Detail, Token: themes.Muted}))
	}
	if p.Note != "" && len(out) < h {
		out = append(out, w.st.Row(width, themes.Text,
			style.Span{Text: strings.Repeat(" ", lead)}, style.Span{Text: p.Note, Token: themes.Muted}))
	}
	return out
}
