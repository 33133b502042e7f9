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
	p.note(tea.KeyPressMsg{})()
	if cmd := p.note(tea.KeyPressMsg{}); cmd != nil {
		t.Error("a second timer runs beside the first")
	}
	again := p.rest(sent[0].(restMsg))
	if p.resting || again == nil {
		t.Fatal("rests although a message came meanwhile")
	}
	for n := 1; again != nil; n++ {
		again()
		again = p.rest(sent[n].(restMsg))
	}
	if !p.resting {
		t.Fatal("does not rest although nothing came")
	}
	p.note(tea.KeyPressMsg{})
	if p.resting {
		t.Error("rests although a message came")
	}
	var none *pacer
	if none.note(tea.KeyPressMsg{}) != nil || none.rest(restMsg{}) != nil {
		t.Error("no pacer does something")
	}
}

// What comes by itself, once a second while something is built, keeps the ticker awake
// for a few frames, and not until the next of it.
func TestPacerRestsSoonAfterClocks(t *testing.T) {
	for _, c := range []struct {
		msg  tea.Msg
		lull time.Duration
	}{{tea.KeyPressMsg{}, restTime}, {TickMsg{}, restSoon}, {EventsMsg{}, restSoon}} {
		var got time.Duration
		p := &pacer{program: tea.NewProgram(looker{}), after: func(d time.Duration, _ func(time.Time) tea.Msg) tea.Cmd {
			got = d
			return nil
		}}
		p.note(c.msg)
		if got != c.lull {
			t.Errorf("%T: got %v, want %v", c.msg, got, c.lull)
		}
	}
}

// The ticker sends a frame that took long to draw before it rests: not until a message has
// been taken after it, and the time of a frame has passed.
func TestPacerWaitsForTheFrame(t *testing.T) {
	for _, msg := range []tea.Msg{TickMsg{}, tea.KeyPressMsg{}, tea.WindowSizeMsg{}} {
		var lulls []time.Duration
		p := &pacer{program: tea.NewProgram(looker{}), after: func(d time.Duration, _ func(time.Time) tea.Msg) tea.Cmd {
			lulls = append(lulls, d)
			return func() tea.Msg { return nil }
		}}
		p.note(msg)
		if cmd := p.rest(restMsg{p.seen}); p.resting || cmd == nil {
			t.Errorf("%T: rests although the frame may not be sent", msg)
		}
		if p.rest(restMsg{p.seen}); !p.resting || len(lulls) != 2 || lulls[1] != restSoon {
			t.Errorf("%T: resting %v after %v, want true and %v at last", msg, p.resting, lulls, restSoon)
		}
	}
}

// What a key does is seen within a tick of the hurry, a flood of keys only as often as
// frames are.
func TestPacerHurriesAfterAKey(t *testing.T) {
	var after []time.Duration
	p := &pacer{program: tea.NewProgram(looker{}), after: func(d time.Duration, f func(time.Time) tea.Msg) tea.Cmd {
		after = append(after, d)
		return func() tea.Msg { return f(time.Time{}) }
	}}
	if p.hurry(EventsMsg{}) != nil || p.hurry(TickMsg{}) != nil {
		t.Error("hurries without a key")
	}
	calm := p.hurry(tea.KeyPressMsg{})
	if calm == nil || p.hurry(tea.KeyPressMsg{}) != nil {
		t.Fatal("does not hurry once")
	}
	next := p.calm(calm().(calmedMsg))
	if next == nil || p.hurry(tea.KeyPressMsg{}) != nil {
		t.Error("hurries again at once")
	}
	if p.calm(next().(calmedMsg)) != nil || p.hurry(tea.KeyPressMsg{}) == nil {
		t.Error("never hurries again")
	}
	if len(after) != 3 || after[0] != hurryTime || after[1] != hurryNext {
		t.Errorf("got timers of %v", after)
	}
}
