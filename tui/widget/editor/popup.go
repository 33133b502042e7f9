package editor

import "nixbench/repl/text"

// A Popup is a list of completions below the text. The zero value is closed.
type Popup struct {
	Items []Item
	// Note is shown below the items: how many there are, or why none.
	Note string
	// Start is the byte offset from which on the text is completed.
	Start int

	open bool
	sel  int // -1: none is chosen yet
}

// An Item is a completion. Its texts are clean.
type Item struct {
	Text   string
	Detail string
}

// Show opens the list with nothing chosen. A list without items shows only its
// note.
func (p *Popup) Show(start int, items []Item, note string) {
	*p = Popup{Items: items, Note: note, Start: start, open: true, sel: -1}
}

// Close closes the list.
func (p *Popup) Close() { *p = Popup{sel: -1} }

// IsOpen tells whether the list is shown.
func (p *Popup) IsOpen() bool { return p.open }

// Move chooses the next item, or the one before if n is negative, going round.
func (p *Popup) Move(n int) {
	k := len(p.Items)
	if k == 0 {
		return
	}
	if p.sel < 0 && n < 0 {
		p.sel = 0
	}
	p.sel = ((p.sel+n)%k + k) % k
}

// Selected returns the chosen item.
func (p *Popup) Selected() (Item, bool) {
	if !p.open || p.sel < 0 || p.sel >= len(p.Items) {
		return Item{}, false
	}
	return p.Items[p.sel], true
}

// CommonPrefix is what all items begin with.
func (p *Popup) CommonPrefix() string {
	if len(p.Items) == 0 {
		return ""
	}
	prefix := p.Items[0].Text
	for _, it := range p.Items[1:] {
		n := 0
		for n < len(prefix) && n < len(it.Text) && prefix[n] == it.Text[n] {
			n++
		}
		prefix = prefix[:n]
	}
	return prefix
}

// height is how many lines the list takes if it may have up to room.
func (p *Popup) height(room int) int {
	if !p.open {
		return 0
	}
	n := len(p.Items)
	if p.Note != "" {
		n++
	}
	return min(n, room)
}

// names returns the width of the widest of the items from from to to.
func (p *Popup) nameWidth(from, to int) int {
	w := 0
	for _, it := range p.Items[from:to] {
		w = max(w, text.Width(it.Text))
	}
	return w
}
