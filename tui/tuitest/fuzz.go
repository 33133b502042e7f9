package tuitest

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"nixbench/tui"
	"nixbench/tui/keymap"
	"nixbench/tui/style"
)

// Fuzz presses random keys, pastes text, resizes the screen and lets time pass,
// and checks after each step what always holds: no panic, exactly as many lines
// as the screen has, none wider, and no escape sequence but colours; and at
// last that Esc leads back to the top. start makes the interface anew for each
// run.
func Fuzz(t *testing.T, runs, steps int, start func(t testing.TB, w, h int) *Driver) {
	t.Helper()
	keys := vocabulary()
	for run := range runs {
		rnd := rand.New(rand.NewPCG(uint64(run), 7))
		d := start(t, 80, 24)
		var done []string
		for range steps {
			done = append(done, step(d, rnd, keys))
			if d.Quit {
				d = start(t, 80, 24)
				done = nil
			}
			if err := d.check(); err != nil {
				t.Fatalf("run %d after %s: %v", run, strings.Join(done[max(0, len(done)-40):], " "), err)
			}
		}
		d.Resize(80, 24)
		if err := d.toTop(); err != nil {
			t.Fatalf("run %d after %s: %v", run, strings.Join(done[max(0, len(done)-40):], " "), err)
		}
	}
}

// step does something at random and returns its name.
func step(d *Driver, rnd *rand.Rand, keys []string) string {
	switch n := rnd.IntN(100); {
	case n < 4:
		w, h := 20+rnd.IntN(281), 5+rnd.IntN(96)
		if rnd.IntN(8) == 0 { // no more than a terminal that is being closed
			w, h = rnd.IntN(20), rnd.IntN(5)
		}
		d.Resize(w, h)
		return fmt.Sprintf("resize:%dx%d", w, h)
	case n < 6:
		d.Send(tea.PasteMsg{Content: "let x = 1;\n\tin \u202e\x1b[31m世界 \xff"})
		return "paste"
	case n < 9:
		d.Advance(time.Duration(rnd.IntN(4000)) * time.Millisecond)
		return "wait"
	case n < 12:
		m := tea.Mouse{X: rnd.IntN(max(d.w, 1)), Y: rnd.IntN(max(d.h, 1)), Button: tea.MouseLeft}
		if rnd.IntN(2) == 0 {
			m.Button = tea.MouseWheelDown
			d.Send(tea.MouseWheelMsg(m))
			return "wheel"
		}
		d.Send(tea.MouseClickMsg(m))
		return fmt.Sprintf("click:%d,%d", m.X, m.Y)
	default:
		k := keys[rnd.IntN(len(keys))]
		d.Send(Key(k))
		return k
	}
}

// vocabulary is every key that is bound, and some letters.
func vocabulary() []string {
	seen := map[string]bool{}
	var keys []string
	add := func(k string) {
		known := func() (ok bool) {
			defer func() { ok = recover() == nil }()
			Key(k)
			return
		}
		if k != "ctrl+z" && !seen[k] && known() {
			seen[k] = true
			keys = append(keys, k)
		}
	}
	m := keymap.Default()
	for _, s := range m.Scopes() {
		for _, b := range m.Bindings(s) {
			for _, k := range b.Keys {
				for _, stroke := range strings.Fields(k) {
					add(stroke)
				}
			}
		}
	}
	for _, r := range "abcxyzλ世(){}\"'" {
		add(string(r))
	}
	return keys
}

var sgr = regexp.MustCompile(`\x1b\[[0-9;:]*m`)

// check returns what is wrong with the screen.
func (d *Driver) check() error {
	d.Model.Update(struct{}{}) // which nobody takes: the screen is drawn again
	lines := d.Lines()
	if again := strings.Join(lines, "\n"); again != d.frame {
		return fmt.Errorf("the same is drawn in two ways, first\n%s\nthen\n%s", style.Strip(d.frame), style.Strip(again))
	}
	if len(lines) != max(d.h, 1) { // nothing is one empty line
		return fmt.Errorf("%d lines on a screen of %d", len(lines), d.h)
	}
	for i, line := range lines {
		if w := style.Width(line); w > d.w {
			return fmt.Errorf("line %d has %d cells of %d: %q", i, w, d.w, line)
		}
		for _, r := range sgr.ReplaceAllString(line, "") {
			if r < 0x20 || r >= 0x7f && r < 0xa0 {
				return fmt.Errorf("line %d has the control %U: %q", i, r, line)
			}
		}
	}
	if c := d.Model.View().Cursor; c != nil && (c.X < 0 || c.X >= d.w || c.Y < 0 || c.Y >= d.h) {
		return fmt.Errorf("cursor at %d,%d outside of %d by %d", c.X, c.Y, d.w, d.h)
	}
	return nil
}

// toTop presses Esc until nothing changes and returns an error if the screen
// in front still has something that Esc closes.
func (d *Driver) toTop() error {
	for range 30 {
		d.Send(Key("esc"))
	}
	d.Advance(10 * time.Second)
	before := d.Text()
	d.Send(Key("esc"))
	s := d.Model.ScreenOf(d.Model.Front())
	if !s.Typing() && s.Back() {
		return fmt.Errorf("Esc does not lead to the top:\n%s", before)
	}
	return nil
}

// CheckActions fails if a key of one of scopes leads to an ID that the screen
// neither lists as an action nor is the intent of a widget (which has a help
// text), or if the screen lists an action twice, without a title, or without
// any key and hidden.
func CheckActions(t testing.TB, s tui.Screen, scopes ...keymap.Scope) {
	t.Helper()
	m := keymap.Default()
	listed := map[string]bool{}
	for _, a := range s.Actions() {
		if listed[string(a.ID)] {
			t.Errorf("action %s is listed twice", a.ID)
		}
		listed[string(a.ID)] = true
		if a.Title == "" {
			t.Errorf("action %s has no title", a.ID)
		}
		if a.Hidden && len(m.Keys(append(scopes, keymap.Screen, keymap.Always, keymap.Global), a.ID)) == 0 {
			t.Errorf("action %s is hidden and has no key", a.ID)
		}
	}
	for _, scope := range scopes {
		for _, b := range m.Bindings(scope) {
			if b.Help == "" && !listed[string(b.ID)] {
				t.Errorf("scope %s binds %v to %s, which is no action of the screen", scope, b.Keys, b.ID)
			}
		}
	}
}
