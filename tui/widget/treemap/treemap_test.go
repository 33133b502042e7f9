package treemap

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"nixbench/tui/style"
)

// Areas cover everything and do not overlap, and are as large as they should be.
func TestLayout(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, h := rapid.IntRange(1, 150).Draw(t, "w"), rapid.IntRange(1, 60).Draw(t, "h")
		sizes := rapid.SliceOfN(rapid.Int64Range(0, 1<<40), 1, 80).Draw(t, "sizes")
		total := 0.0
		for _, s := range sizes {
			total += float64(s)
		}
		covered := make([]int, w*h)
		for i, r := range Layout(sizes, w, h) {
			if r.W < 0 || r.H < 0 {
				t.Fatalf("area %d is %+v", i, r)
			}
			for y := r.Y; y < r.Y+r.H; y++ {
				for x := r.X; x < r.X+r.W; x++ {
					if x >= w || y >= h || x < 0 || y < 0 {
						t.Fatalf("area %d is %+v, outside %d by %d", i, r, w, h)
					}
					covered[y*w+x]++
				}
			}
			if total > 0 { // each side is rounded by a cell at most
				want := float64(sizes[i]) / total * float64(w*h)
				if got := float64(r.W * r.H); got > want+float64(r.W+r.H)+2 || got < want-float64(r.W+r.H)-2 {
					t.Fatalf("area %d has %v cells, want about %v", i, got, want)
				}
			}
		}
		for i, n := range covered {
			if want := 1; total > 0 && n != want {
				t.Fatalf("cell %d, %d is in %d areas", i%w, i/w, n)
			}
		}
	})
}

func sample() *Map {
	m := New(style.New(style.Options{ASCII: true}))
	var items []Item
	for i, size := range []int64{600, 300, 200, 100, 50, 0, -3} {
		items = append(items, Item{Key: fmt.Sprint(i), Label: "item" + fmt.Sprint(i), Size: size, Lines: []string{fmt.Sprint(size)}})
	}
	m.SetItems(items, 0, 0)
	return m
}

// Drawing gives exactly what is asked for at every size, with the names where they fit.
func TestDraw(t *testing.T) {
	m := sample()
	for w := range 60 {
		for h := range 20 {
			lines := m.Draw(w, h, "nothing")
			if len(lines) != h {
				t.Fatalf("%d by %d: got %d lines", w, h, len(lines))
			}
			for _, l := range lines {
				if style.Width(l) != w {
					t.Fatalf("%d by %d: a line of %d cells: %q", w, h, style.Width(l), style.Strip(l))
				}
			}
		}
	}
	all := style.Strip(strings.Join(m.Draw(60, 20, ""), "\n"))
	for i := range 5 {
		if name := fmt.Sprint("item", i); !strings.Contains(all, name) {
			t.Errorf("%s is not drawn:\n%s", name, all)
		}
	}
	if strings.Contains(all, "item5") {
		t.Errorf("what has no size is drawn:\n%s", all)
	}
}

// The cursor moves to what lies in that direction and comes back; a click goes where it is.
func TestMove(t *testing.T) {
	m := sample()
	m.Draw(60, 20, "")
	if key, ok := m.Selected(); !ok || key != "0" {
		t.Fatalf("at first: got %q, %v", key, ok)
	}
	m.Move(1, 0)
	if key, _ := m.Selected(); key == "0" {
		t.Error("moving right stays")
	}
	m.Move(-1, 0)
	if key, _ := m.Selected(); key != "0" {
		t.Errorf("back at the left: got %q", key)
	}
	m.Move(-1, 0)
	m.Move(0, -1)
	if key, _ := m.Selected(); key != "0" {
		t.Errorf("out of the map: got %q", key)
	}
	if again, ok := m.Click(59, 19); again || !ok {
		t.Errorf("a click: got %v, %v", again, ok)
	}
	if again, ok := m.Click(59, 19); !again || !ok {
		t.Errorf("a second click: got %v, %v", again, ok)
	}
	m.SetItems(nil, 0, 0)
	if _, ok := m.Selected(); ok {
		t.Error("an empty map has a cursor")
	}
	m.Move(1, 0)
}

// What nobody need look at has an area of its own, which says how much it is.
func TestRest(t *testing.T) {
	m := New(style.New(style.Options{ASCII: true}))
	m.SetItems([]Item{{Key: "a", Label: "a", Size: 10}}, 1234, 30)
	if all := style.Strip(strings.Join(m.Draw(60, 10, ""), "\n")); !strings.Contains(all, "1,234 more") {
		t.Errorf("got\n%s", all)
	}
}

// An item that is too small for an area of its own is named where it is while it has the
// cursor.
func TestSmallItemWithTheCursor(t *testing.T) {
	m := New(style.New(style.Options{ASCII: true}))
	var items []Item
	for i := range 5000 {
		items = append(items, Item{Key: fmt.Sprint(i), Label: "item" + fmt.Sprint(i), Size: 10})
	}
	m.SetItems(items, 0, 0)
	if got := style.Strip(strings.Join(m.Draw(60, 20, ""), "\n")); !strings.Contains(got, " more") || strings.Contains(got, "item4999") {
		t.Errorf("got\n%s", got)
	}
	m.Select("4999")
	if got := style.Strip(strings.Join(m.Draw(60, 20, ""), "\n")); !strings.Contains(got, "item4999 and 4,") {
		t.Errorf("got no name of the item with the cursor:\n%s", got)
	}
}

// Where many are too small for areas of their own, the area that they share names the
// largest of them, and that with the cursor.
func TestSmallItemsAreNamed(t *testing.T) {
	m := New(style.New(style.Options{ASCII: true}))
	var items []Item
	for i := range 2000 {
		items = append(items, Item{Key: fmt.Sprint(i), Label: "item" + fmt.Sprint(i), Lines: []string{"9B"}, Size: int64(9000 - i)})
	}
	m.SetItems(items, 98000, 1<<40)
	draw := func() string { return style.Strip(strings.Join(m.Draw(60, 10, ""), "\n")) }
	if got := draw(); !strings.Contains(got, "> 9B  item0 ") || !strings.Contains(got, "  9B  item7 ") {
		t.Errorf("at first:\n%s", got)
	}
	m.Move(0, 1)
	if got := draw(); !strings.Contains(got, "> 9B  item1 ") {
		t.Errorf("after a step down:\n%s", got)
	}
	m.Step(19)
	if got := draw(); !strings.Contains(got, "> 9B  item20 ") || strings.Contains(got, "item7 ") {
		t.Errorf("with the cursor on the twentieth:\n%s", got)
	}
}
