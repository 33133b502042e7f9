package panes

import "testing"

func TestDividers(t *testing.T) {
	w := &Panes{}
	move := map[string]func(){}
	for _, a := range w.Dividers() {
		move[a.Title] = func() { a.Run() }
	}
	if got := w.Across(100, 60, 20); got != 60 {
		t.Errorf("unmoved: got %d, want 60", got)
	}
	move["Divider to the right"]()
	if got := w.Across(100, 60, 20); got != 65 {
		t.Errorf("a step to the right: got %d, want 65", got)
	}
	for range 100 {
		move["Divider to the right"]()
		move["Divider up"]()
	}
	if x, y := w.Across(100, 60, 20), w.Down(30, 15, 5); x != 80 || y != 5 {
		t.Errorf("as far as it goes: got %d and %d, want 80 and 5", x, y)
	}
	move["Dividers where they usually are"]()
	if x, y := w.Across(100, 60, 20), w.Down(30, 15, 5); x != 60 || y != 15 {
		t.Errorf("back: got %d and %d, want 60 and 15", x, y)
	}
	// A pane that is smaller than the least stays as it is.
	move["Divider to the left"]()
	if got := w.Across(100, 10, 20); got != 10 {
		t.Errorf("small pane: got %d, want 10", got)
	}
}
