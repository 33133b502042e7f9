package rows

// A List is a source that holds its rows.
type List struct {
	items []Item
}

// An Item of a [List].
type Item struct {
	Key string
	Row Row
	// Text is what filters and searches look at; empty: the cells.
	Text string
}

// NewList returns a list of items, which it keeps.
func NewList(items []Item) *List { return &List{items} }

// Len implements [Source].
func (l *List) Len() int { return len(l.items) }

// Key implements [Source].
func (l *List) Key(i int) string { return l.items[i].Key }

// Row implements [Source].
func (l *List) Row(i int) Row { return l.items[i].Row }

// Text implements [Searcher].
func (l *List) Text(i int) string {
	if it := l.items[i]; it.Text != "" {
		return it.Text
	}
	s := ""
	for _, c := range l.items[i].Row.Cells {
		for _, sp := range c {
			s += sp.Text
		}
		s += " "
	}
	return s
}

// A Func is a source made of functions, for rows that are computed when drawn.
type Func struct {
	N      func() int
	KeyOf  func(i int) string
	RowOf  func(i int) Row
	TextOf func(i int) string // what filters and searches look at
}

// Len implements [Source].
func (f *Func) Len() int { return f.N() }

// Key implements [Source].
func (f *Func) Key(i int) string { return f.KeyOf(i) }

// Row implements [Source].
func (f *Func) Row(i int) Row { return f.RowOf(i) }

// Text implements [Searcher].
func (f *Func) Text(i int) string { return f.TextOf(i) }
