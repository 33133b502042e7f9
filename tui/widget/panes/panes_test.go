package panes

import (
	"testing"

	"nixbench/themes"
	"nixbench/tui/style"
	"nixbench/tui/widget/rows"
)

const (
	left ID = iota
	right
	note
)

// Two lists side by side over a note: Tab, clicks, the wheel and the cursor find
// the right one.
func TestPanes(t *testing.T) {
	st := style.New(style.Options{ASCII: true})
	list := func(keys ...string) *rows.Rows {
		w := rows.New(st, rows.Column{Title: "NAME", Min: 4, Flex: 1})
		var items []rows.Item
		for _, k := range keys {
			items = append(items, rows.Item{Key: k, Row: rows.Row{Cells: []rows.Cell{rows.Text(themes.Text, k)}}})
		}
		w.SetSource(rows.NewList(items))
		return w
	}
	a, b := list("a", "b", "c"), list("d", "e", "f", "g", "h", "i")
	w := New(st)
	draw := func() {
		w.Arrange(left, right)
		w.List(left, Place{0, 0, 20, 8}, style.Pane{}, []string{"over"}, a)
		w.List(right, Place{20, 0, 20, 8}, style.Pane{}, nil, b)
		w.Text(note, Place{0, 8, 40, 4}, style.Pane{}, [][]style.Span{{{Text: "n"}}})
	}
	cursor := func(wantX, wantY int) {
		t.Helper()
		if c := w.Cursor(); c == nil || c.X != wantX || c.Y != wantY {
			t.Errorf("cursor %+v, want %d,%d", c, wantX, wantY)
		}
	}
	draw()
	cursor(2, 3) // border, "over", heading
	w.Next(1)
	cursor(22, 2)
	w.Next(1)
	if w.Focus() != left {
		t.Errorf("Tab leads to %d, want round the end to %d", w.Focus(), left)
	}
	if id, again, ok := w.Click(25, 4); id != right || again || !ok || b.SelectedKey() != "f" {
		t.Errorf("click = %d %v %v on %q, want the right pane's row f", id, again, ok, b.SelectedKey())
	}
	if _, again, ok := w.Click(25, 4); !again || !ok {
		t.Errorf("second click = %v %v, want again", again, ok)
	}
	for _, at := range [][2]int{{2, 9}, {50, 2}, {2, 7}, {2, 0}} {
		if _, _, ok := w.Click(at[0], at[1]); ok {
			t.Errorf("click at %v found a row", at)
		}
	}
	w.Wheel(25, 3, 3)
	draw()
	if b.SelectedKey() == "d" || a.SelectedKey() != "a" {
		t.Errorf("the wheel moved the cursors to %q and %q", a.SelectedKey(), b.SelectedKey())
	}
	w.SetFocus(right)
	w.Arrange(left)
	if w.Focus() != left {
		t.Errorf("a pane that is gone has the keys")
	}
}

// The mouse takes a divider along, by either border beside it, as far as both sides keep
// what they need; what is no divider stays.
func TestDragDividers(t *testing.T) {
	w := New(style.New(style.Options{ASCII: true}))
	across, down := 0, 0
	draw := func() {
		w.Arrange(left, right)
		across, down = w.Across(100, 40, 20), w.Down(30, 10, 5)
	}
	drag := func(fromX, fromY, toX, toY int) {
		draw()
		w.Click(fromX, fromY)
		w.Drag((fromX+toX)/2, (fromY+toY)/2)
		draw()
		w.Drag(toX, toY)
		draw()
	}
	for _, step := range []struct{ fromX, fromY, toX, toY, across, down int }{
		{39, 3, 59, 3, 60, 10}, // by the border on the left
		{60, 3, 33, 3, 33, 10}, // by that on the right
		{33, 3, 99, 3, 80, 10},
		{80, 3, 0, 3, 20, 10},
		{20, 3, 40, 3, 40, 10},
		{70, 9, 70, 14, 40, 15},
		{70, 15, 70, 0, 40, 5},
		{10, 20, 90, 29, 40, 5},
	} {
		drag(step.fromX, step.fromY, step.toX, step.toY)
		if across != step.across || down != step.down {
			t.Errorf("from %d,%d to %d,%d: got dividers at %d and %d, want %d and %d",
				step.fromX, step.fromY, step.toX, step.toY, across, down, step.across, step.down)
		}
	}
}
