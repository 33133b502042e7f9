package confirm

import (
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"nixbench/tui/action"
	"nixbench/tui/style"
)

func plan(n int) (lines [][]style.Span) {
	for i := range n {
		lines = append(lines, []style.Span{{Text: fmt.Sprintf("delete path %d", i)}})
	}
	return lines
}

func TestYesAndNo(t *testing.T) {
	for _, tt := range []struct {
		id   action.ID
		want string
	}{{action.OverlayYes, "yes"}, {action.OverlayNo, "no"}, {action.OverlayClose, "no"}} {
		got := ""
		w := New(style.New(style.Options{}), Options{
			OnYes: func() tea.Cmd { got = "yes"; return nil }, OnNo: func() tea.Cmd { got = "no"; return nil },
		})
		if _, done := w.Update(action.Intent{ID: tt.id}); !done || got != tt.want {
			t.Errorf("%s: got %q, done %v", tt.id, got, done)
		}
	}
}

func TestWordMustBeTyped(t *testing.T) {
	agreed := false
	w := New(style.New(style.Options{}), Options{Word: "delete", Yes: "delete 3 paths", OnYes: func() tea.Cmd { agreed = true; return nil }})
	accept := action.Intent{ID: action.OverlayAccept}
	if _, done := w.Update(accept); done || agreed {
		t.Fatal("agreed without the word")
	}
	w.Update(tea.KeyPressMsg{Text: "y"})
	if agreed {
		t.Fatal("y alone agreed")
	}
	w.input.SetValue("delete ")
	if _, done := w.Update(accept); !done || !agreed {
		t.Error("the word was not taken")
	}
}

func TestLongPlansScroll(t *testing.T) {
	w := New(style.New(style.Options{}), Options{Title: "gc", Plan: plan(100), Question: "go on?", Yes: "delete"})
	out := w.Draw(60, 12)
	if len(out) != 12 {
		t.Errorf("got %d lines, want 12", len(out))
	}
	text := style.Strip(strings.Join(out, "\n"))
	if !strings.Contains(text, "delete path 0") || !strings.Contains(text, "go on?") || !strings.Contains(text, "more below") {
		t.Errorf("got\n%s", text)
	}
	for range 100 {
		w.Update(action.Intent{ID: action.PageDown})
		w.Draw(60, 12)
	}
	if text := style.Strip(strings.Join(w.Draw(60, 12), "\n")); !strings.Contains(text, "delete path 99") || !strings.Contains(text, "more above") {
		t.Errorf("got\n%s", text)
	}
	for width := 10; width < 70; width++ {
		for h := 2; h < 20; h++ {
			for _, line := range w.Draw(width, h) {
				if n := style.Width(line); n > width {
					t.Fatalf("Draw(%d, %d): got a line of %d cells", width, h, n)
				}
			}
		}
	}
}
