package statusbar

import (
	"fmt"
	"strings"
	"testing"

	"nixbench/themes"
	"nixbench/tui/style"
)

func tabs() []Tab {
	return []Tab{
		{Number: 1, Title: "Repl"}, {Number: 2, Title: "Builds", Badge: "2>"}, {Number: 3, Title: "Closure", Active: true},
		{Number: 4, Title: "Profiles"}, {Number: 5, Title: "GC"},
	}
}

func TestHeader(t *testing.T) {
	st := style.New(style.Options{})
	for w, want := range map[int]string{
		80: "  1 Repl  2 Builds 2> [3 Closure] 4 Profiles  5 GC              store /nix/store",
		60: "  1R  2B 2> [3C] 4P  5G                     store /nix/store",
	} {
		if got := style.Strip(Header(st, w, tabs(), "store /nix/store")); got != want {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	}
	for w := range 120 {
		if got := style.Width(Header(st, w, tabs(), "a status that may be long")); got != w {
			t.Errorf("Header(%d): got %d cells", w, got)
		}
	}
}

func TestTabAt(t *testing.T) {
	line := style.Strip(Header(style.New(style.Options{}), 80, tabs(), "x"))
	for i, title := range []string{"Repl", "Builds", "Closure", "Profiles", "GC"} {
		if got, ok := TabAt(80, tabs(), "x", strings.Index(line, title)); !ok || got != i {
			t.Errorf("%s: got %d, %v, want %d", title, got, ok, i)
		}
	}
	if _, ok := TabAt(80, tabs(), "x", 79); ok {
		t.Error("the status is taken for a tab")
	}
}

func TestFooterNeverDropsHelp(t *testing.T) {
	st := style.New(style.Options{})
	hints := []Hint{{"enter", "open"}, {"/", "find"}, {"w", "why"}}
	if got, want := style.Strip(Footer(st, 40, hints, Hint{"?", "help"})), " enter open  / find  w why  ? help      "; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := style.Strip(Footer(st, 22, hints, Hint{"?", "help"})), " enter open  ? help   "; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := style.Strip(Footer(st, 8, hints, Hint{"?", "help"})), " ? help "; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A notice leaves the keys that matter most where there is room beside all of it; of one
// that is cut it is said how all of it is read.
func TestNoticeBesideHints(t *testing.T) {
	st := style.New(style.Options{})
	hints := []Hint{{"enter", "open"}, {"/", "find"}, {"w", "why"}}
	whole, help := Hint{"@", "messages"}, Hint{"?", "help"}
	for _, test := range []struct {
		width  int
		notice Notice
		want   string
	}{
		{60, Notice{Text: "copied 61 bytes"}, " copied 61 bytes            enter open  / find  w why  ? help "},
		{40, Notice{Text: "copied 61 bytes"}, " copied 61 bytes    enter open  ? help "},
		{30, Notice{Text: "copied 61 bytes"}, " copied 61 bytes       ? help "},
		{40, Notice{Level: themes.Error, Text: "read the store: no such file or directory"}, " error: read the..  @ messages  ? help "},
		{60, Notice{Level: themes.Error, Text: "build /nix/store/6zaczpywcbd94p1xd4119zfcisa4b914-fail-0-1.0.drv: exit status 1"}, " error: build fail-0-1.0.drv: exit status 1          ? help "},
		{20, Notice{Text: "copied 61 bytes"}, " copied 61 bytes"},
		{15, Notice{Text: "copied 61 bytes"}, " co..   ? help "},
	} {
		got := style.Strip(Line(st, test.width, test.notice, hints, whole, help))
		if got != test.want && strings.Join(strings.Fields(got), " ") != strings.Join(strings.Fields(test.want), " ") {
			t.Errorf("%d cells: got %q, want %q", test.width, got, test.want)
		}
	}
	for w := range 90 {
		if got := style.Width(Line(st, w, Notice{Text: "a notice that may be long"}, hints, whole, help)); got != w {
			t.Errorf("Line(%d): got %d cells", w, got)
		}
	}
}

func TestNotices(t *testing.T) {
	var ns Notices
	first := ns.Add(Notice{Level: themes.Info, Text: "one"})
	ns.Add(Notice{Text: "nixbench build", Command: true})
	if n, ok := ns.Current(); !ok || n.Text != "one" {
		t.Errorf("got %v, %v: a command hides no notice", n, ok)
	}
	second := ns.Add(Notice{Level: themes.Error, Text: "two"})
	if ns.Expire(first) {
		t.Error("an old timer hid the new notice")
	}
	if n, _ := ns.Current(); n.Prefix()+n.Text != "error: two" {
		t.Errorf("got %q", n.Prefix()+n.Text)
	}
	if !ns.Expire(second) {
		t.Error("the notice stays")
	}
	for i := range 2 * maxNotices {
		ns.Add(Notice{Text: fmt.Sprint(i)})
	}
	if all := ns.All(); len(all) != maxNotices || all[len(all)-1].Text != fmt.Sprint(2*maxNotices-1) {
		t.Errorf("got %d notices, want the last %d", len(all), maxNotices)
	}
}
