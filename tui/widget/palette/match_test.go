package palette

import (
	"fmt"
	"slices"
	"testing"

	tea "charm.land/bubbletea/v2"

	"nixbench/tui/style"
)

// Among many items the same are found, and as many of each rank, as among few.
func TestQuickFindsTheSame(t *testing.T) {
	var few []Item
	for i, title := range []string{"path50", "a path", "Path 5", "hat 05", "p-a-t-h-5-0", "été 50", "漢字 path50", "", "PATH50", "no"} {
		few = append(few, Item{Title: title}, Item{Title: title, Disabled: fmt.Sprint("not ", i)})
	}
	for _, query := range []string{"path50", "p", "PATH", "50", " ", "é", "字p", "zzz", "-"} {
		a, b := scored(few, query), quick(few, query)
		for _, list := range [][]int{a, b} {
			if !slices.IsSortedFunc(list, func(i, j int) int { return rank(few[i], query) - rank(few[j], query) }) && query == "path50" {
				t.Errorf("%q: got %v, want them by rank", query, list)
			}
			slices.Sort(list)
		}
		if !slices.Equal(a, b) {
			t.Errorf("%q: got %v quickly, want %v", query, b, a)
		}
	}
}

// BenchmarkTyping is a word of six letters typed in a list of 100,000 items.
func BenchmarkTyping(b *testing.B) {
	many := make([]Item, 100_000)
	for i := range many {
		many[i] = Item{Key: fmt.Sprint(i), Title: fmt.Sprintf("path%d", i)}
	}
	w := New(style.New(style.Options{ASCII: true}), Options{Items: many})
	for b.Loop() {
		for _, c := range "path50" {
			w.Update(tea.KeyPressMsg{Code: c, Text: string(c)})
			w.Draw(80, 20)
		}
		w.input.SetValue("")
	}
}

// What is called exactly like what is typed comes first, among however many.
func TestExactNameComesFirst(t *testing.T) {
	for _, n := range []int{100, 2 * manyItems} {
		items := make([]Item, n)
		for i := range items {
			items[i] = Item{Key: fmt.Sprint(n - i), Title: fmt.Sprintf("Path%d", n-i)}
		}
		w := New(style.New(style.Options{}), Options{Items: items, Initial: "path9"})
		if got := w.key(); got != "9" {
			t.Errorf("of %d: got %s first, want 9", n, got)
		}
	}
}
