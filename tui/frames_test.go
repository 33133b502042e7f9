package tui

import (
	"io"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
)

// looker looks for the ticker of the program that it runs in.
type looker struct {
	program func() *tea.Program
	found   *bool
}

func (looker) Init() tea.Cmd  { return func() tea.Msg { return "look" } }
func (looker) View() tea.View { return tea.NewView("") }
func (l looker) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if msg == "look" {
		*l.found = frameTicker(l.program()) != nil
		return l, tea.Quit
	}
	return l, nil
}

// If this fails, another version of Bubble Tea keeps its ticker elsewhere, and
// the workbench costs over 1 % of a core while nothing happens.
func TestFrameTickerIsFound(t *testing.T) {
	var p *tea.Program
	found := false
	p = tea.NewProgram(looker{func() *tea.Program { return p }, &found}, tea.WithInput(nil), tea.WithOutput(io.Discard))
	if _, err := p.Run(); err != nil {
		t.Fatal(err)
	}
	if !found {
		t.Error("Bubble Tea's frame ticker is not where it was")
	}
}

func TestPacerRestsAfterTheLastMessage(t *testing.T) {
	var sent []tea.Msg
	p := &pacer{program: tea.NewProgram(looker{}), after: func(_ time.Duration, f func(time.Time) tea.Msg) tea.Cmd {
		return func() tea.Msg {
			sent = append(sent, f(time.Time{}))
			return nil
		}
	}}
	p.note()()
	if cmd := p.note(); cmd != nil {
		t.Error("a second timer runs beside the first")
	}
	again := p.rest(sent[0].(restMsg))
	if p.resting || again == nil {
		t.Fatal("rests although a message came meanwhile")
	}
	again()
	p.rest(sent[1].(restMsg))
	if !p.resting {
		t.Fatal("does not rest although nothing came")
	}
	p.note()
	if p.resting {
		t.Error("rests although a message came")
	}
	var none *pacer
	if none.note() != nil || none.rest(restMsg{}) != nil {
		t.Error("no pacer does something")
	}
}
