// Package treemap shows sizes as areas: each item has a rectangle as large as its part
// of the whole, as near to a square as can be.
package treemap

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"nixbench/repl/text"
	"nixbench/themes"
	"nixbench/tui/style"
)

// An Item has an area.
type Item struct {
	Key   string
	Label string   // clean
	Lines []string // what else is told where there is room; clean
	Size  int64    // items without a size have no area
	Token themes.Token
}

// A Rect is an area in cells.
type Rect struct{ X, Y, W, H int }

// cellHeight is how many times as high as wide a cell is, about.
const cellHeight = 2

// Layout divides w by h cells among sizes, which go from large to small, so that
// rectangles are as near to squares as can be. The areas leave no gap and do not
// overlap; those of less than a cell may be empty.
//
// Source: Bruls, Huizing, van Wijk, "Squarified Treemaps", 2000.
func Layout(sizes []int64, w, h int) []Rect {
	out := make([]Rect, len(sizes))
	total := 0.0
	for _, s := range sizes {
		total += float64(max(s, 0))
	}
	if total <= 0 || w <= 0 || h <= 0 {
		return out
	}
	b := box{w: float64(w), h: float64(h) * cellHeight}
	scale := b.w * b.h / total
	areas := make([]float64, len(sizes))
	for i, s := range sizes {
		areas[i] = float64(max(s, 0)) * scale
	}
	for i := 0; i < len(areas); {
		n := rowLength(areas[i:], min(b.w, b.h))
		b.place(areas[i:i+n], out[i:i+n], n == len(areas)-i)
		i += n
	}
	return out
}

// box is what is left to be divided; its height is in widths of a cell.
type box struct{ x, y, w, h float64 }

// rowLength is how many areas go side by side along a side of that length: as many as
// make the worst of them no longer and thinner.
func rowLength(areas []float64, side float64) int {
	sum, best := 0.0, math.Inf(1)
	for n, a := range areas {
		sum += a
		worst := 0.0
		for _, b := range areas[:n+1] {
			if b > 0 {
				worst = max(worst, side*side*b/(sum*sum), sum*sum/(side*side*b))
			}
		}
		if worst > best || n >= maxRow {
			return max(n, 1)
		}
		best = worst
	}
	return len(areas)
}

// maxRow bounds the areas of a row.
const maxRow = 64

// place puts areas along the shorter side of the box, and takes that off it. The last
// ones take all that is left.
func (b *box) place(areas []float64, out []Rect, last bool) {
	sum := 0.0
	for _, a := range areas {
		sum += a
	}
	if b.w >= b.h { // a column at the left
		w := b.w
		if !last && b.h > 0 {
			w = min(sum/b.h, b.w)
		}
		at := b.y
		for i, a := range areas {
			next := b.y + b.h
			if i < len(areas)-1 && w > 0 {
				next = min(at+a/w, next)
			}
			out[i] = cells(b.x, at, b.x+w, next)
			at = next
		}
		b.x, b.w = b.x+w, b.w-w
		return
	}
	h := b.h // a row at the top
	if !last && b.w > 0 {
		h = min(sum/b.w, b.h)
	}
	at := b.x
	for i, a := range areas {
		next := b.x + b.w
		if i < len(areas)-1 && h > 0 {
			next = min(at+a/h, next)
		}
		out[i] = cells(at, b.y, next, b.y+h)
		at = next
	}
	b.y, b.h = b.y+h, b.h-h
}

func cells(x0, y0, x1, y1 float64) Rect {
	x, y := int(math.Round(x0)), int(math.Round(y0/cellHeight))
	return Rect{x, y, int(math.Round(x1)) - x, int(math.Round(y1/cellHeight)) - y}
}

// A Map is a map of areas with a cursor. It is not safe for concurrent use.
type Map struct {
	st    *style.Styles
	items []Item // from large to small
	key   string // of the item with the cursor
	rects []Rect // where they were drawn
	more  int    // items that share the last area, beside those that are too small
	rest  int64  // their size
}

// New returns a map without items.
func New(st *style.Styles) *Map { return &Map{st: st} }

// SetItems shows items, with the cursor on the same one if it is still there, and an area
// of size rest for more items that nobody need look at one by one.
func (m *Map) SetItems(items []Item, more int, rest int64) {
	m.more, m.rest = more, rest
	m.items = slices.DeleteFunc(items, func(it Item) bool { return it.Size <= 0 })
	slices.SortStableFunc(m.items, func(a, b Item) int { return cmp.Compare(b.Size, a.Size) })
	m.rects = nil
	if m.at() < 0 && len(m.items) > 0 {
		m.key = m.items[0].Key
	}
}

func (m *Map) at() int {
	return slices.IndexFunc(m.items, func(it Item) bool { return it.Key == m.key })
}

// Selected is the key of the item with the cursor.
func (m *Map) Selected() (string, bool) { return m.key, m.at() >= 0 }

// Select puts the cursor on an item, if there is one of that key.
func (m *Map) Select(key string) {
	if slices.ContainsFunc(m.items, func(it Item) bool { return it.Key == key }) {
		m.key = key
	}
}

// Step puts the cursor on the item n places on by size, as far as there are any.
func (m *Map) Step(n int) {
	if i := m.at(); i >= 0 {
		m.key = m.items[max(0, min(i+n, len(m.items)-1))].Key
	}
}

// Move puts the cursor on the next area in a direction: dx and dy are -1, 0 or 1.
func (m *Map) Move(dx, dy int) {
	i := m.at()
	if i < 0 || i >= len(m.rects) || m.rects[i].empty() { // not drawn: by size
		m.Step(dx + dy)
		return
	}
	from, best, least := m.rects[i], -1, 0
	for k, r := range m.rects {
		if k == i || r.empty() || k >= len(m.items) {
			continue
		}
		far, aside := from.distance(r, dx, dy)
		if d := far + 4*aside; far >= 0 && (best < 0 || d < least) {
			best, least = k, d
		}
	}
	if best >= 0 {
		m.key = m.items[best].Key
	}
}

func (r Rect) empty() bool { return r.W <= 0 || r.H <= 0 }

// distance is how far o lies from r in a direction, below 0 if it does not, and how far
// it is beside what lies straight ahead of the middle of r.
func (r Rect) distance(o Rect, dx, dy int) (far, aside int) {
	switch {
	case dx > 0:
		far = o.X - (r.X + r.W)
	case dx < 0:
		far = r.X - (o.X + o.W)
	case dy > 0:
		far = o.Y - (r.Y + r.H)
	default:
		far = r.Y - (o.Y + o.H)
	}
	if dx != 0 {
		return far, outside(r.Y+r.H/2, o.Y, o.H)
	}
	return far, outside(r.X+r.W/2, o.X, o.W)
}

// outside is how far x is from the cells of at..at+n.
func outside(x, at, n int) int { return max(at-x, x-(at+n-1), 0) }

// Click puts the cursor on the area at x, y of what was drawn. again tells that it was
// there already.
func (m *Map) Click(x, y int) (again, ok bool) {
	for i, r := range m.rects {
		if i < len(m.items) && x >= r.X && x < r.X+r.W && y >= r.Y && y < r.Y+r.H {
			again = m.key == m.items[i].Key
			m.key = m.items[i].Key
			return again, true
		}
	}
	return false, false
}

// Cursor is where the area with the cursor begins in what was drawn.
func (m *Map) Cursor() (x, y int, ok bool) {
	if i := m.at(); i >= 0 && i < len(m.rects) && !m.rects[i].empty() {
		return m.rects[i].X, m.rects[i].Y, true
	}
	return 0, 0, false
}

// leastCells is how many cells an item has at least, on average.
const leastCells = 12

// Draw returns exactly h lines of exactly w cells. What is too small for an area of its
// own shares the last one.
func (m *Map) Draw(w, h int, empty string) []string {
	if len(m.items) == 0 || w <= 0 || h <= 0 {
		return style.FitLines([]string{m.st.Paint(themes.Muted, text.Cut(empty, max(w, 0)))}, w, h)
	}
	total := m.rest
	for _, it := range m.items {
		total += it.Size
	}
	shown := min(len(m.items), max(w*h/leastCells, 1))
	sizes := make([]int64, 0, shown+1)
	drawn := int64(0)
	for _, it := range m.items[:shown] {
		if len(sizes) > 0 && float64(it.Size)/float64(total)*float64(w*h) < 1 && it.Key != m.key {
			break
		}
		sizes = append(sizes, it.Size)
		drawn += it.Size
	}
	shown = len(sizes)
	if shown < len(m.items) || m.more > 0 {
		sizes = append(sizes, max(total-drawn, 1))
	}
	rects := Layout(sizes, w, h)
	for len(rects) > shown && shown > 0 && rects[shown-1].empty() { // it shares the last one, too
		shown--
		rects = slices.Delete(rects, shown, shown+1)
	}
	m.rects = rects[:shown]
	rows, at := make([][]segment, h), m.at()
	for i, r := range rects {
		if r.empty() {
			continue
		}
		it := m.share(shown, r.H-2)
		if i < shown {
			it = m.items[i]
		}
		for k, line := range m.area(it, r, i == min(at, shown)) {
			if y := r.Y + k; y < h {
				rows[y] = append(rows[y], segment{r.X, line})
			}
		}
	}
	return join(rows, w)
}

// share is the area of the items from one on, for which there are so many lines.
func (m *Map) share(from, room int) Item {
	it := Item{Label: text.Count(len(m.items)-from+m.more) + " more", Token: themes.Muted, Lines: m.named(from, room)}
	if at := m.at(); at >= from { // the cursor is to be seen
		it.Label = m.items[at].Label
		if others := len(m.items) - from + m.more - 1; others > 0 {
			it.Label += " and " + text.Count(others) + " more"
		}
	}
	return it
}

// named are the first of the items from one on that share an area, in so many lines, or
// those around the one with the cursor.
func (m *Map) named(from, room int) []string {
	at := m.at()
	from = max(from, at-room+1)
	var lines []string
	for i := from; i < min(from+room, len(m.items)); i++ {
		it, mark := m.items[i], "  "
		if i == at {
			mark = m.st.Glyphs().Cursor + " "
		}
		lines = append(lines, mark+strings.Join(append(slices.Clone(it.Lines[:min(len(it.Lines), 1)]), it.Label), "  "))
	}
	return lines
}

// A segment is a part of a line.
type segment struct {
	x    int
	line string
}

func join(rows [][]segment, w int) []string {
	out := make([]string, len(rows))
	for y, segs := range rows {
		slices.SortFunc(segs, func(a, b segment) int { return a.x - b.x })
		line, at := "", 0
		for _, s := range segs {
			line += style.Fit("", s.x-at) + s.line
			at = s.x + style.Width(s.line)
		}
		out[y] = style.Fit(line, w)
	}
	return out
}

// area draws an item into a rectangle: in a frame where there is room for one.
func (m *Map) area(it Item, r Rect, selected bool) []string {
	if r.W >= 6 && r.H >= 2 {
		p := style.Pane{Title: text.CutMiddle(it.Label, r.W-6), Focus: selected, Bare: true}
		base := themes.Text
		if selected {
			base = themes.Selected
		}
		var body []string
		for _, l := range it.Lines {
			body = append(body, m.st.PaintOn(base, it.Token, style.Fit(" "+text.Cut(l, r.W-3), r.W-2)))
		}
		for len(body) < r.H-2 {
			body = append(body, m.st.PaintOn(base, it.Token, style.Fit("", r.W-2)))
		}
		return m.st.Box(r.W, r.H, p, body)
	}
	base := themes.SelectedFaint
	if selected {
		base = themes.Selected
	}
	lines := make([]string, r.H)
	for i := range lines {
		label := ""
		if i == 0 {
			label = it.Label
		}
		edge := m.st.Glyphs().Light.Vertical
		if selected {
			edge = m.st.Glyphs().Double.Vertical
		}
		lines[i] = m.st.PaintOn(base, themes.Border, edge) + m.st.PaintOn(base, it.Token, style.Fit(text.Cut(label, r.W-1), r.W-1))
	}
	return lines
}
