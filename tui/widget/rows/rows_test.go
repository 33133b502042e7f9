package rows

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/colorprofile"
	"github.com/google/go-cmp/cmp"

	"nixbench/themes"
	"nixbench/tui/action"
	"nixbench/tui/style"
)

func styles(t testing.TB) *style.Styles {
	t.Helper()
	dark, err := themes.Named("dark")
	if err != nil {
		t.Fatal(err)
	}
	return style.New(style.Options{Theme: dark, Profile: colorprofile.TrueColor, ASCII: true})
}

func list(names ...string) *List {
	var items []Item
	for _, n := range names {
		items = append(items, Item{Key: n, Row: Row{Cells: []Cell{Text(themes.DrvName, n), Text(themes.Size, "1.0M")}}})
	}
	return NewList(items)
}

// drawn draws w without styles, blanks at line ends cut.
func drawn(w *Rows, width, h int) []string {
	out := w.Draw(width, h, true)
	for i, line := range out {
		out[i] = strings.TrimRight(style.Strip(line), " ")
	}
	return out
}

func wants(t *testing.T, got []string, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestDrawTable(t *testing.T) {
	w := New(styles(t), Column{Title: "NAME", Min: 8, Flex: 1}, Column{Title: "SIZE", Min: 7, Right: true, Rank: 1})
	w.SetSource(list("hello", "linux-6.9.3-modules-shrunk"))
	wants(t, drawn(w, 30, 4),
		"  NAME                    SIZE",
		"> hello                   1.0M",
		"  linux-6.9.3..shrunk     1.0M",
		"")
	// Without room for all columns the one of the highest rank goes.
	wants(t, drawn(w, 16, 3),
		"  NAME",
		"> hello",
		"  linux-6...runk")
	for _, line := range w.Draw(16, 3, true) {
		if n := style.Width(line); n != 16 {
			t.Errorf("got %d cells, want 16: %q", n, line)
		}
	}
}

// What stands in place of rows is read whole.
func TestEmptyIsWrapped(t *testing.T) {
	w := New(styles(t), Column{Title: "NAME", Min: 8, Flex: 1})
	w.Empty = "Nothing is building. In the REPL, :b builds."
	wants(t, drawn(w, 30, 4), "  NAME", "Nothing is building. In the", "REPL, :b builds.", "")
	wants(t, drawn(w, 30, 2), "  NAME", "Nothing is building. In the")
}

func TestDrawFillsAnySize(t *testing.T) {
	w := New(styles(t), Column{Title: "NAME", Min: 8, Flex: 2}, Column{Title: "WHAT", Min: 9, Flex: 1, Max: 20, Rank: 2}, Column{Title: "SIZE", Min: 7, Right: true, Rank: 1})
	w.Marks = true
	src := list("hello", "世界世界世界", strings.Repeat("x", 300))
	src.items[1].Row.Mark = "x"
	src.items[2].Row.Cells = append(src.items[2].Row.Cells, Text(themes.Size, "more than seven"))
	w.SetSource(src)
	for width := range 60 {
		for h := range 6 {
			out := w.Draw(width, h, false)
			if len(out) != h {
				t.Fatalf("Draw(%d, %d): got %d lines", width, h, len(out))
			}
			for _, line := range out {
				if n := style.Width(line); n != width {
					t.Fatalf("Draw(%d, %d): got a line of %d cells: %q", width, h, n, line)
				}
			}
		}
	}
}

func TestCursorSticksToItsKey(t *testing.T) {
	w := New(styles(t))
	w.SetSource(list("a", "b", "c", "d"))
	w.Select("c")
	w.SetSource(list("x", "y", "a", "b", "c", "d"))
	if got := w.SelectedKey(); got != "c" {
		t.Errorf("after rows came before it: got %q, want c", got)
	}
	w.SetSource(list("x", "y", "a", "b", "d"))
	if got := w.SelectedKey(); got != "d" {
		t.Errorf("after it went: got %q, want its neighbour d", got)
	}
	w.SetSource(list())
	if _, ok := w.Selected(); ok {
		t.Error("a row is selected in an empty list")
	}
	w.SetSource(list("e", "f"))
	if got := w.SelectedKey(); got != "e" {
		t.Errorf("after rows came back: got %q, want e", got)
	}
}

func TestSelectedRowKeepsItsPlaceOnScreen(t *testing.T) {
	w := New(styles(t))
	names := make([]string, 100)
	for i := range names {
		names[i] = fmt.Sprintf("n%02d", i)
	}
	w.SetSource(list(names...))
	w.Draw(20, 10, true)
	w.Select("n50")
	w.Draw(20, 10, true)
	y, _ := w.CursorLine()
	w.SetSource(list(append([]string{"new1", "new2", "new3"}, names...)...))
	w.Draw(20, 10, true)
	if got, _ := w.CursorLine(); got != y {
		t.Errorf("the row moved on the screen from line %d to %d", y, got)
	}
}

func TestMoving(t *testing.T) {
	w := New(styles(t))
	names := make([]string, 40)
	for i := range names {
		names[i] = fmt.Sprint(i)
	}
	w.SetSource(list(names...))
	w.Draw(20, 10, true)
	for _, tt := range []struct {
		id   action.ID
		want string
	}{
		{action.RowDown, "1"}, {action.PageDown, "10"}, {action.HalfDown, "14"}, {action.Bottom, "39"},
		{action.RowDown, "39"}, {action.PageUp, "30"}, {action.RowUp, "29"}, {action.Top, "0"}, {action.RowUp, "0"},
	} {
		if !w.Update(action.Intent{ID: tt.id}) {
			t.Errorf("%s was not taken", tt.id)
		}
		if got := w.SelectedKey(); got != tt.want {
			t.Errorf("after %s: got %s, want %s", tt.id, got, tt.want)
		}
	}
	if w.Update(action.Intent{ID: action.LogWrap}) {
		t.Error("an intent of logs was taken")
	}
	w.Wheel(5)
	w.Draw(20, 10, true)
	if got := w.SelectedKey(); got != "5" {
		t.Errorf("after the wheel: got %s, want 5", got)
	}
	if again, ok := w.Click(3); again || !ok || w.SelectedKey() != "8" {
		t.Errorf("click on line 3: got %s, %v, %v", w.SelectedKey(), again, ok)
	}
	if again, _ := w.Click(3); !again {
		t.Error("second click on the same row is not told")
	}
}

func TestFilterAndFind(t *testing.T) {
	w := New(styles(t))
	w.SetSource(list("editor", "viewer", "player", "Elder"))
	w.SetFilter("ER")
	if got := w.Len(); got != 3 {
		t.Errorf("filter er: got %d rows, want 3", got)
	}
	w.SetFilter("ERx")
	wants(t, drawn(w, 20, 1), "nothing matches erx")
	w.SetFilter("e")
	w.SetFilter("el")
	if got := w.SelectedKey(); got != "Elder" || w.Len() != 1 {
		t.Errorf("filter el: got %q of %d", got, w.Len())
	}
	w.SetFilterFunc("long", func(i int) bool { return i != 3 })
	if got := w.Len(); got != 3 {
		t.Errorf("filter by function: got %d rows, want 3", got)
	}
	w.SetFilterFunc("", nil)
	w.Select("editor")
	w.SetFind("ye")
	if !w.FindNext(1) || w.SelectedKey() != "player" {
		t.Errorf("find: got %q, want player", w.SelectedKey())
	}
	w.SetFind("e")
	w.FindNext(1)
	if !w.FindNext(1) || w.SelectedKey() != "editor" {
		t.Errorf("find goes round: got %q, want editor", w.SelectedKey())
	}
	if !w.FindNext(-1) || w.SelectedKey() != "Elder" {
		t.Errorf("find backwards: got %q, want Elder", w.SelectedKey())
	}
	w.SetFind("zzz")
	if w.FindNext(1) {
		t.Error("found what is not there")
	}
}

func TestFoundTextIsMarked(t *testing.T) {
	st := styles(t)
	w := New(st)
	w.SetSource(list("a", "editor"))
	w.SetFind("dit")
	got := w.Draw(20, 2, true)[1]
	if want := st.PaintOn(themes.Match, themes.DrvName, "dit"); !strings.Contains(got, want) {
		t.Errorf("got %q, want it to have %q", got, want)
	}
}

// node is a part of a tree made of names: "a/b" is below "a".
type node struct {
	name string
	kids []node
}

func tree() *Tree[node] {
	t := &Tree[node]{
		KeyOf:       func(n node) string { return n.name },
		RowOf:       func(n node) Row { return Row{Cells: []Cell{Text(themes.Text, n.name)}} },
		TextOf:      func(n node) string { return n.name },
		HasChildren: func(n node) bool { return len(n.kids) > 0 },
		Children:    func(n node) []node { return n.kids },
	}
	leaf := func(name string) node { return node{name: name} }
	shared := node{name: "lib", kids: []node{leaf("core")}}
	t.SetRoots(node{name: "desktop", kids: []node{
		{name: "editor", kids: []node{shared, leaf("words")}},
		{name: "viewer", kids: []node{shared}},
		{name: "slow", kids: []node{leaf("x")}},
	}})
	return t
}

func TestTree(t *testing.T) {
	src := tree()
	w := New(styles(t))
	w.SetSource(src)
	do := func(ids ...action.ID) {
		for _, id := range ids {
			w.Update(action.Intent{ID: id})
		}
	}
	do(action.FoldOpen, action.FoldOpen, action.FoldOpen) // open, into editor, open
	wants(t, drawn(w, 20, 7),
		"  v desktop",
		">   v editor",
		"      > lib",
		"        words",
		"    > viewer",
		"    > slow",
		"")
	do(action.FoldOpen, action.FoldOpen) // into lib, open
	if got, want := w.SelectedKey(), "desktop\x00editor\x00lib"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	do(action.FoldClose, action.FoldClose, action.FoldClose) // close lib, to editor, close editor
	wants(t, drawn(w, 20, 5),
		"  v desktop",
		">   > editor",
		"    > viewer",
		"    > slow",
		"")
	do(action.FoldOpen) // what was open below has not been forgotten, lib was closed
	if got := src.Len(); got != 6 {
		t.Errorf("got %d rows, want 6", got)
	}
}

func TestTreeOpenToAndGuides(t *testing.T) {
	src := tree()
	st := styles(t)
	src.Guides = st
	w := New(st)
	w.SetSource(src)
	key := src.OpenTo("desktop", "viewer", "lib", "core")
	w.Changed()
	if !w.Select(key) {
		t.Fatalf("no row %q", key)
	}
	wants(t, drawn(w, 24, 6),
		"  v desktop",
		"  +- > editor",
		"  +- v viewer",
		"  |  `- v lib",
		"> |     `- core",
		"  `- > slow")
	src.OpenAll(9, 100)
	w.Changed()
	if got, want := src.Len(), 10; got != want {
		t.Errorf("OpenAll: got %d rows, want %d", got, want)
	}
	if got := w.SelectedKey(); got != key {
		t.Errorf("the cursor moved to %q", got)
	}
	src.CloseAll()
	w.Changed()
	if got := src.Len(); got != 1 {
		t.Errorf("CloseAll: got %d rows", got)
	}
}

// big is a source of n rows that says how often it was asked.
type big struct{ n, rows int }

func (b *big) Len() int          { return b.n }
func (b *big) Key(i int) string  { return fmt.Sprint(i) }
func (b *big) Text(i int) string { return names[i%len(names)] }
func (b *big) Row(i int) Row {
	b.rows++
	return Row{Cells: []Cell{Text(themes.DrvName, names[i%len(names)]), Text(themes.Size, "1.0M")}}
}

var names = []string{"glibc-2.39", "firefox-127.0", "linux-6.9.3", "python3-3.12.4"}

func TestOnlyVisibleRowsAreDrawn(t *testing.T) {
	src := &big{n: 150_000}
	w := New(styles(t), Column{Min: 10, Flex: 1}, Column{Min: 7, Right: true})
	w.SetSource(src)
	w.MoveBottom()
	w.Draw(80, 40, true)
	if src.rows > 41 {
		t.Errorf("drew %d rows for 40 lines", src.rows)
	}
}

func BenchmarkDraw(b *testing.B) {
	w := New(styles(b), Column{Min: 10, Flex: 1}, Column{Min: 7, Right: true})
	w.SetSource(&big{n: 150_000})
	b.ReportAllocs()
	for b.Loop() {
		w.Move(1)
		w.Draw(140, 40, true)
	}
}

func BenchmarkFilter(b *testing.B) {
	w := New(styles(b))
	w.SetSource(&big{n: 150_000})
	for b.Loop() {
		w.SetFilter("")
		w.SetFilter("fire")
	}
}

func BenchmarkTreeOpen(b *testing.B) {
	kids := make([]node, 150_000)
	for i := range kids {
		kids[i] = node{name: fmt.Sprint("package-", i)}
	}
	src := tree()
	src.SetRoots(node{name: "root", kids: kids})
	for b.Loop() {
		src.Fold(0, true)
		src.Fold(0, false)
	}
}
