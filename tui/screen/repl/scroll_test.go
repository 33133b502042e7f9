package repl_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"nixbench/tui"
	"nixbench/tui/tuitest"
)

// longResults starts with three results of 40 lines, each too long for 80 cells; what is
// evaluated then has only a last line.
func longResults(t *testing.T) *tuitest.Driver {
	t.Helper()
	b := tuitest.NewBackend(t)
	number := 0
	b.Hook = func(context.Context, string) (*tui.Result, bool) {
		number++
		r := &tui.Result{Number: number, Kind: tui.ResultText}
		for i := range 40 {
			if number > 3 && i < 39 {
				continue
			}
			r.Lines = append(r.Lines, fmt.Sprintf("result %d line %d%s", number, i, strings.Repeat(" and on", 12)))
		}
		return r, true
	}
	d := start(t, b, 80, 24)
	enter(d, "first", "second", "third")
	return d
}

// The transcript is scrolled by keys and by the wheel while the input has the keys; at
// its end it follows again.
func TestScrollWhileTyping(t *testing.T) {
	d := longResults(t)
	enter(d, "short")
	d.Keys("pgup")
	d.Lacks("result 4 line 39")
	d.Type("x")
	d.Lacks("result 4 line 39")
	d.Keys("pgdown")
	d.Wants("result 4 line 39")
	wheel := tea.MouseWheelMsg{X: 10, Y: 5, Button: tea.MouseWheelUp}
	d.Send(wheel)
	d.Lacks("result 4 line 39")
	d.Type("y")
	d.Lacks("result 4 line 39")
	wheel.Button = tea.MouseWheelDown
	d.Send(wheel)
	d.Wants("result 4 line 39")
	for range 50 {
		d.Keys("pgup")
	}
	d.Wants("in  1  first", "result 1 line 0")
	d.Keys("enter")
	d.Wants("in  5  xy")
}

// What is first on the screen stays that when the terminal changes its size and back,
// whatever lines are broken.
func TestResizeKeepsTheFirstLine(t *testing.T) {
	first := func(d *tuitest.Driver) string {
		return strings.TrimRight(strings.Split(d.Text(), "\n")[2], " |│")
	}
	word := func(line string) string { // what a line is told by at any width
		if at := strings.Index(line, "result "); at >= 0 {
			return strings.Join(strings.Fields(line[at:])[:4], " ")
		}
		return ""
	}
	sizes := [][2]int{{61, 20}, {130, 40}, {62, 50}, {200, 30}, {75, 22}, {99, 24}, {80, 24}}
	for up := range 12 {
		d := longResults(t)
		d.Keys("pgup pgup")
		for range up {
			d.Send(tea.MouseWheelMsg{X: 10, Y: 5, Button: tea.MouseWheelUp})
		}
		was := first(d)
		for _, size := range sizes {
			d.Resize(size[0], size[1])
			if got, want := word(first(d)), word(was); want != "" && got != "" && got != want {
				t.Errorf("%d up: at %v the first line is of %q, want %q", up, size, got, want)
			}
		}
		if got := first(d); got != was {
			t.Errorf("%d up: back at 80x24 the first line is %q, was %q", up, got, was)
		}
	}
}

// The cursor stays on its line, too, while results are browsed.
func TestResizeKeepsTheCursor(t *testing.T) {
	d := longResults(t)
	d.Keys("esc [ j j j j j j j j j")
	line := func() string {
		rows := strings.Split(d.Text(), "\n")
		return rows[d.Model.View().Cursor.Y]
	}
	was := line()
	if !strings.Contains(was, "result 2 line 4 ") {
		t.Fatalf("the cursor is on %q", was)
	}
	for _, size := range [][2]int{{61, 20}, {130, 40}, {200, 30}, {75, 22}, {80, 24}} {
		d.Resize(size[0], size[1])
		if got := line(); !strings.Contains(got, strings.Join(strings.Fields(was)[1:5], " ")) {
			t.Errorf("at %v the cursor is on %q, was on %q", size, got, was)
		}
	}
}
