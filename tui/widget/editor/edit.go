package editor

// This file cuts, pastes, undoes and goes through the history.

import (
	"slices"
	"strings"

	"nixbench/tui/action"
)

// maxKills is how many cut texts are kept.
const maxKills = 32

// kill does the intents that cut text.
func (w *Editor) kill(id action.ID) bool {
	from, to := w.cur, w.cur
	switch id {
	case action.EditKillWordLeft:
		from = w.wordLeft(from)
	case action.EditKillWord:
		to = w.wordRight(to)
	case action.EditKillLeft:
		from = w.lineStart(from)
		if from == to && from > 0 {
			from--
		}
	case action.EditKillRight:
		to = w.lineEnd(to)
		if from == to && to < len(w.text) {
			to++
		}
	default:
		return false
	}
	if from == to {
		return true
	}
	cut := w.text[from:to]
	switch n := len(w.kills); {
	case w.killing && n > 0 && to == w.cur:
		w.kills[n-1] = cut + w.kills[n-1]
	case w.killing && n > 0:
		w.kills[n-1] += cut
	default:
		w.kills = append(w.kills[max(0, n-maxKills+1):], cut)
	}
	w.replace(from, to, "")
	w.leaveHistory()
	w.killing = true
	return true
}

func (w *Editor) yank() {
	if len(w.kills) == 0 {
		return
	}
	w.yankFrom = len(w.kills) - 1
	w.paste(w.cur, w.cur)
}

// yankPop puts the text cut before in place of the one just pasted.
func (w *Editor) yankPop() {
	if w.yanked[0] == w.yanked[1] {
		return
	}
	w.yankFrom = (w.yankFrom - 1 + len(w.kills)) % len(w.kills)
	w.paste(w.yanked[0], w.yanked[1])
}

func (w *Editor) paste(from, to int) {
	text := w.admit(w.kills[w.yankFrom])
	w.replace(from, to, text)
	w.yanked = [2]int{from, from + len(text)}
}

func (w *Editor) transpose() {
	at := w.cur
	if at == w.lineEnd(at) {
		at = w.left(at)
	}
	before := w.left(at)
	if at == before || w.text[before] == '\n' {
		return
	}
	end := w.right(at)
	w.replace(before, end, w.text[at:end]+w.text[before:at])
}

// maxUndo is how many bytes of earlier texts are kept.
const maxUndo = 32 << 20

// bounded drops the oldest texts of what can be undone, if they are large.
func bounded(undo []snapshot) []snapshot {
	size := 0
	for i, s := range slices.Backward(undo) {
		if size += len(s.text); size > maxUndo && i+1 < len(undo) {
			return slices.Clone(undo[i+1:])
		}
	}
	return undo
}

// swap goes back to the newest state of from and keeps the present one in to.
func (w *Editor) swap(from, to *[]snapshot) {
	n := len(*from)
	if n == 0 {
		return
	}
	s := (*from)[n-1]
	*from = (*from)[:n-1]
	*to = append(*to, snapshot{w.text, w.cur})
	w.typing = false
	w.set(s.text, s.cur)
}

// fromHistory shows the entry that is step further back; entries begin with
// what was before the cursor when the search began.
func (w *Editor) fromHistory(step int) {
	if w.History == nil {
		return
	}
	if w.hist < 0 {
		if step < 0 {
			return
		}
		w.histPrefix, w.histDraft = w.text[:w.cur], w.text
	}
	n := w.hist + step
	if n < 0 {
		draft, cur := w.histDraft, len(w.histPrefix)
		w.replace(0, len(w.text), draft)
		w.cur = cur
		w.leaveHistory()
		return
	}
	entry, ok := w.History(w.histPrefix, n)
	if !ok {
		return
	}
	w.replace(0, len(w.text), w.admit(entry))
	w.hist = n
}

func (w *Editor) leaveHistory() { w.hist = -1 }

// Word returns the name that ends at the cursor, for looking it up:
// "lib.attrsets.filterA".
func (w *Editor) Word() string {
	head := w.text[:w.cur]
	i := strings.LastIndexFunc(head, func(r rune) bool { return !isWord(r) && r != '.' })
	return head[i+1:]
}
