package repl

// This file makes the transcript a source of rows.

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"nixbench/repl/text"
	"nixbench/themes"
	"nixbench/tui"
	"nixbench/tui/style"
	"nixbench/tui/widget/rows"
)

// maxEntries is how many inputs the transcript keeps; it forgets the oldest
// forgotten at once.
const (
	maxEntries = 10_000
	forgotten  = 1000
)

// A transcript is all inputs and what came of them.
type transcript struct {
	st      *style.Styles
	entries []*entry
	serial  int
	lines   []line
	width   int
	digits  int
	laid    int     // entries that lines has
	wanted  []*node // were opened, and what is in them is not known
}

// add appends an input.
func (t *transcript) add(input string) *entry {
	t.serial++
	e := &entry{serial: t.serial, number: 1, input: input, stale: true}
	if n := len(t.entries); n > 0 {
		e.number = t.entries[n-1].number + 1
	}
	t.entries = append(t.entries, e)
	if len(t.entries) > maxEntries+forgotten {
		t.forget()
	}
	return e
}

// forget takes out the oldest entries.
func (t *transcript) forget() {
	n := 0
	for n < forgotten && t.entries[n].state == ended {
		n++
	}
	t.entries = slices.Delete(t.entries, 0, n)
	t.laid = 0
}

// next is the first entry that waits, nil if none does.
func (t *transcript) next() *entry {
	for _, e := range t.entries {
		if e.state == waiting {
			return e
		}
	}
	return nil
}

// drop takes out the entries that wait, and returns how many there were.
func (t *transcript) drop() int {
	kept := t.entries[:0]
	for _, e := range t.entries {
		if e.state != waiting {
			kept = append(kept, e)
		}
	}
	n := len(t.entries) - len(kept)
	clear(t.entries[len(kept):])
	t.entries, t.laid = kept, 0
	return n
}

// renumber gives the entries behind e the numbers that the session will.
func (t *transcript) renumber(e *entry) {
	n := e.number
	for _, later := range t.entries {
		if later.serial > e.serial {
			n++
			if later.number != n {
				later.number, later.stale = n, true
			}
		}
	}
}

// lay lays out what has changed, and tells whether anything has.
func (t *transcript) lay(width int, now time.Time, work tui.EvalProgress) bool {
	digits := 1
	if n := len(t.entries); n > 0 {
		digits = len(strconv.Itoa(t.entries[n-1].number))
	}
	first := t.firstChanged()
	if width != t.width || digits != t.digits {
		first = 0
	}
	all := first == 0
	t.width, t.digits = width, digits
	if first == len(t.entries) && t.laid == first {
		return false
	}
	// What is before the first change stays: a transcript is long.
	end := 0
	if first > 0 {
		end = t.entries[first-1].from + len(t.entries[first-1].lines)
	}
	t.laid, t.lines = len(t.entries), t.lines[:end]
	for _, e := range t.entries[first:] {
		if all || e.stale || e.state == running {
			l := &layout{st: t.st, now: now, width: width, digits: digits, work: work, e: e}
			e.lines, e.stale = l.lay(), false
		}
		e.from = len(t.lines)
		t.lines = append(t.lines, e.lines...)
	}
	return true
}

// firstChanged is the number of the first entry whose lines are out of date.
func (t *transcript) firstChanged() int {
	for i, e := range t.entries {
		if i >= t.laid || e.stale || e.state == running {
			return i
		}
	}
	return len(t.entries)
}

// Len implements rows.Source.
func (t *transcript) Len() int { return len(t.lines) }

// Key implements rows.Source.
func (t *transcript) Key(i int) string { return t.lines[i].key }

// key is that of line i, "" if there is none.
func (t *transcript) key(i int) string {
	if i < 0 || i >= len(t.lines) {
		return ""
	}
	return t.lines[i].key
}

// A spot is a place in the transcript that is the same at all widths.
type spot struct {
	key      string // of a line that goes on with none
	part, of int    // of those that it is broken into
}

// spot is where line i is.
func (t *transcript) spot(i int) spot {
	if i < 0 || i >= len(t.lines) {
		return spot{}
	}
	start, end := i, i+1
	for start > 0 && t.lines[start].cont {
		start--
	}
	for end < len(t.lines) && t.lines[end].cont {
		end++
	}
	return spot{t.lines[start].key, i - start, end - start}
}

// find is the line at a spot, -1 for none.
func (t *transcript) find(sp spot) int {
	start := slices.IndexFunc(t.lines, func(ln line) bool { return ln.key == sp.key })
	if start < 0 {
		return -1
	}
	end := start + 1
	for end < len(t.lines) && t.lines[end].cont {
		end++
	}
	return start + sp.part*(end-start)/max(sp.of, 1)
}

// Row implements rows.Source.
func (t *transcript) Row(i int) rows.Row {
	ln := t.lines[i]
	return rows.Row{Cells: []rows.Cell{between(ln.left, ln.right, t.width)}}
}

// between puts left and right at the ends of w cells; right goes if there is no
// room for it.
func between(left, right []style.Span, w int) []style.Span {
	used, need := 0, 0
	for _, sp := range left {
		used += text.Width(sp.Text)
	}
	for _, sp := range right {
		need += text.Width(sp.Text)
	}
	if need == 0 || used+2+need > w {
		return cut(left, w)
	}
	out := append([]style.Span(nil), left...)
	out = append(out, style.Span{Text: strings.Repeat(" ", w-used-need)})
	return append(out, right...)
}

// cut shortens spans to w cells.
func cut(spans []style.Span, w int) []style.Span {
	total := 0
	for _, sp := range spans {
		total += text.Width(sp.Text)
	}
	if total <= w {
		return spans
	}
	var out []style.Span
	for _, sp := range spans {
		n := text.Width(sp.Text)
		if n > w-len(text.Ellipsis) {
			if w <= len(text.Ellipsis) {
				sp.Text = text.Ellipsis[:max(w, 0)]
			} else {
				sp.Text = text.Cut(sp.Text+text.Ellipsis, w)
			}
			return append(out, sp)
		}
		out = append(out, sp)
		w -= n
	}
	return out
}

// Text implements rows.Searcher.
func (t *transcript) Text(i int) string {
	var b strings.Builder
	for _, sp := range t.lines[i].left {
		b.WriteString(sp.Text)
	}
	return b.String()
}

// Fold implements rows.Folder.
func (t *transcript) Fold(i int, open bool) bool {
	if i >= len(t.lines) {
		return false
	}
	ln := t.lines[i]
	switch ln.kind {
	case lineTrace:
		return ln.node != nil && t.flip(ln.node, open)
	case lineMore, lineMoreInput:
		if open {
			t.showMore(ln)
		}
		return open
	case lineValue:
		return t.flip(ln.node, open)
	}
	return false
}

func (t *transcript) flip(n *node, open bool) bool {
	if n.open == open || open && !n.HasChildren {
		return false
	}
	n.open, n.entry.stale = open, true
	if open && !n.known {
		n.wrong = ""
		t.want(n)
	}
	return true
}

func (t *transcript) want(n *node) {
	if !n.asked {
		n.asked, n.entry.stale = true, true
		t.wanted = append(t.wanted, n)
	}
}

// showMore shows the next page of what ln stands for.
func (t *transcript) showMore(ln line) {
	ln.entry.stale = true
	if ln.kind == lineMoreInput {
		ln.entry.shownInput = max(ln.entry.shownInput, firstInput) + moreLines
		return
	}
	if ln.node == nil {
		ln.entry.shown = max(ln.entry.shown, firstLines) + moreLines
		return
	}
	t.want(ln.node)
}

// Parent implements rows.Folder: the node that a line is below of, and the
// input of all others.
func (t *transcript) Parent(i int) int {
	ln := t.lines[i]
	var parent *node
	switch {
	case ln.kind == lineValue:
		parent = ln.node.parent
	case ln.node != nil:
		parent = ln.node
	}
	for i--; i >= 0 && t.lines[i].entry == ln.entry; i-- {
		switch {
		case parent != nil && t.lines[i].node == parent && (t.lines[i].kind == lineValue || t.lines[i].kind == lineTrace):
			return i
		case parent == nil && ln.kind != lineInput && t.lines[i].kind == lineInput:
			return i
		}
	}
	return -1
}

// inputPieces are the meanings of an input: of the language, behind the name of
// a command if there is one, unless that takes something else.
func inputPieces(src string) []themes.Piece {
	if !strings.HasPrefix(src, ":") {
		return nixPieces(src)
	}
	name, rest, _ := strings.Cut(src, " ")
	out := []themes.Piece{{Start: 0, End: len(name), Token: themes.Keyword}}
	shift := len(src) - len(rest)
	switch {
	case rest == "" || name == ":!":
		return out
	case name == ":l" || name == ":load" || name == ":save":
		return append(out, themes.Piece{Start: shift, End: len(src), Token: themes.Path})
	}
	for _, p := range nixPieces(rest) {
		out = append(out, themes.Piece{Start: p.Start + shift, End: p.End + shift, Token: p.Token})
	}
	return out
}
