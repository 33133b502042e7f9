package tui

// This file makes what a key does seen at once, and slows Bubble Tea's frame ticker down while nothing happens. At the
// 120 frames a second that make keys feel immediate the ticker alone costs over
// 1 % of a core; Bubble Tea has no setting to rest it, so the ticker is found by
// the name of its field. A version without that field just keeps its pace; a
// test tells when that happens.
//
// A key would wait for the next frame, half of one on average. So the ticker hurries after
// a key, for a moment; of a flood of keys, once in two frames.

import (
	"reflect"
	"time"

	tea "charm.land/bubbletea/v2"
)

const (
	frameRate = 120                   // frames a second while something happens
	restTime  = time.Second / 2       // without a message, until the ticker rests
	restSoon  = 12 * time.Millisecond // the same after a message that comes by itself, and once more
	restPace  = 2 * time.Second       // between its ticks then

	hurryPace = time.Millisecond      // between ticks after a key
	hurryTime = 5 * time.Millisecond  // for how long
	hurryNext = 12 * time.Millisecond // and after which it may be done again
)

// comesByItself tells that a message is none of the user's, who will send more: clocks,
// answers and what builds tell would keep the ticker awake for as long as there are any.
func comesByItself(msg tea.Msg) bool {
	switch msg.(type) {
	case tea.KeyMsg, tea.MouseMsg, tea.PasteMsg, tea.WindowSizeMsg:
		return false
	}
	return true
}

// restMsg comes after restTime; seen is how many messages there were before.
type restMsg struct{ seen uint64 }

// calmedMsg ends a hurry, and, when it comes again, the time without another.
type calmedMsg struct{ again bool }

// A pacer sets the pace of a program's frames. It belongs to Bubble Tea's loop;
// a nil pacer does nothing.
type pacer struct {
	program *tea.Program
	after   func(time.Duration, func(time.Time) tea.Msg) tea.Cmd
	seen    uint64 // messages
	resting bool
	waiting bool // a restMsg is on its way
	soon    bool // the newest message came by itself
	settled bool // the lull has passed once since then
	hurried bool // after a key, or too soon for that
}

// note counts a message and makes sure that it is drawn soon.
func (p *pacer) note(msg tea.Msg) tea.Cmd {
	if p == nil {
		return nil
	}
	p.seen++
	p.soon, p.settled = comesByItself(msg), false
	if p.resting {
		p.resting = false
		p.set(time.Second / frameRate)
	}
	return p.wait()
}

func (p *pacer) wait() tea.Cmd {
	if p.waiting {
		return nil
	}
	p.waiting = true
	seen, lull := p.seen, restTime
	if p.soon || p.settled {
		lull = restSoon
	}
	return p.after(lull, func(time.Time) tea.Msg { return restMsg{seen} })
}

// rest slows the ticker down if no message came since msg was sent.
func (p *pacer) rest(msg restMsg) tea.Cmd {
	if p == nil {
		return nil
	}
	p.waiting = false
	if p.seen != msg.seen {
		return p.wait()
	}
	// The first time shows that what came is drawn, however long that took; at the
	// second a tick has sent it to the terminal.
	if !p.settled {
		p.settled = true
		return p.wait()
	}
	p.resting = true
	p.set(restPace)
	return nil
}

// hurry has what a key does drawn at once.
func (p *pacer) hurry(msg tea.Msg) tea.Cmd {
	if p == nil || p.hurried || comesByItself(msg) {
		return nil
	}
	p.hurried = true
	p.set(hurryPace)
	return p.after(hurryTime, func(time.Time) tea.Msg { return calmedMsg{} })
}

// calm takes the usual pace again, and lets the next key hurry a little later.
func (p *pacer) calm(msg calmedMsg) tea.Cmd {
	if p == nil {
		return nil
	}
	if msg.again {
		p.hurried = false
		return nil
	}
	if !p.resting {
		p.set(time.Second / frameRate)
	}
	return p.after(hurryNext, func(time.Time) tea.Msg { return calmedMsg{again: true} })
}

func (p *pacer) set(d time.Duration) {
	if t := frameTicker(p.program); t != nil {
		t.Reset(d)
	}
}

// frameTicker returns the ticker that makes p draw, nil if it cannot be found.
// It is set before the loop begins and never replaced.
func frameTicker(p *tea.Program) *time.Ticker {
	f := reflect.ValueOf(p).Elem().FieldByName("ticker")
	if !f.IsValid() || f.Type() != reflect.TypeFor[*time.Ticker]() || f.IsNil() {
		return nil
	}
	return (*time.Ticker)(f.UnsafePointer())
}
