package tuitest

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"nixbench/engine/event"
	"nixbench/themes"
	"nixbench/tui"
	"nixbench/tui/style"
)

// Start is when the made-up world begins: all ages count from here.
func Start() time.Time { return time.Date(2026, 11, 21, 18, 2, 0, 0, time.UTC) }

// maxMessages bounds what one key may set off.
const maxMessages = 20_000

// A Driver runs the interface step by step: each key's commands are carried out
// before the next key is pressed. It is not safe for concurrent use.
type Driver struct {
	Model *tui.Model
	// Copied is what was put on the terminal's clipboard last.
	Copied string
	// Ran are the command lines that the terminal was given to.
	Ran [][]string
	// Quit tells that the user has left.
	Quit bool

	t       testing.TB
	w, h    int
	now     time.Time
	timers  []timer
	pending int
	frame   string // drawn after the last message
}

type timer struct {
	at time.Time
	f  func(time.Time) tea.Msg
}

// New starts the interface on a screen of w by h cells, with the dark theme,
// ASCII glyphs and 24 bit colours.
func New(t testing.TB, b tui.Backend, w, h int, screens func(*tui.Env) [tui.NumScreens]tui.Screen, change ...func(*tui.Options)) *Driver {
	t.Helper()
	dark, err := themes.Named("dark")
	if err != nil {
		t.Fatal(err)
	}
	d := &Driver{t: t, now: Start()}
	o := tui.Options{
		Screens: screens, Theme: dark, ASCII: true, Environ: []string{"TERM=xterm-256color", "HOME=/home/me"},
		Profile: colorprofile.TrueColor,
		Now:     func() time.Time { return d.now },
		After: func(after time.Duration, f func(time.Time) tea.Msg) tea.Cmd {
			return func() tea.Msg {
				d.timers = append(d.timers, timer{d.now.Add(after), f})
				return nil
			}
		},
	}
	for _, f := range change {
		f(&o)
	}
	d.Model = tui.New(t.Context(), b, o)
	d.run(d.Model.Init())
	d.Resize(w, h)
	return d
}

// Only puts the screen that make returns in its place and blank ones in the
// others'.
func Only(id tui.ScreenID, make func(*tui.Env) tui.Screen) func(*tui.Env) [tui.NumScreens]tui.Screen {
	return func(env *tui.Env) [tui.NumScreens]tui.Screen {
		var out [tui.NumScreens]tui.Screen
		for i := range out {
			out[i] = blank{}
		}
		out[id] = make(env)
		return out
	}
}

// On starts with that screen in front.
func On(id tui.ScreenID, msg tea.Msg) func(*tui.Options) {
	return func(o *tui.Options) { o.Start, o.StartMsg = id, msg }
}

// Resize makes the screen w by h cells.
func (d *Driver) Resize(w, h int) {
	d.w, d.h = w, h
	d.Send(tea.WindowSizeMsg{Width: w, Height: h})
}

// Send sends messages and carries out what comes of them.
func (d *Driver) Send(msgs ...tea.Msg) {
	d.t.Helper()
	for _, msg := range msgs {
		d.pending = 0
		d.deliver(msg)
		d.frame = d.Model.View().Content
	}
}

// Keys presses keys, separated by blanks and spelled as in tui/keymap.
func (d *Driver) Keys(keys string) {
	d.t.Helper()
	for _, k := range strings.Fields(keys) {
		d.Send(Key(k))
	}
}

// Type types text letter by letter.
func (d *Driver) Type(text string) {
	d.t.Helper()
	for _, r := range text {
		if r == ' ' {
			d.Send(Key("space"))
			continue
		}
		d.Send(Key(string(r)))
	}
}

// Post brings snapshots of activities.
func (d *Driver) Post(acts ...event.Activity) {
	d.t.Helper()
	shared := make([]*event.Activity, len(acts))
	for i, act := range acts {
		shared[i] = &act
	}
	d.Send(tui.EventsMsg{Activities: shared, Now: d.now})
}

// Advance lets time pass and timers go off.
func (d *Driver) Advance(by time.Duration) {
	d.t.Helper()
	end := d.now.Add(by)
	for {
		first := -1
		for i, t := range d.timers {
			if !t.at.After(end) && (first < 0 || t.at.Before(d.timers[first].at)) {
				first = i
			}
		}
		if first < 0 {
			break
		}
		t := d.timers[first]
		d.timers = append(d.timers[:first], d.timers[first+1:]...)
		d.now = t.at
		d.Send(t.f(t.at))
	}
	d.now = end
}

// Timers is how many timers are running: none, when nothing happens.
func (d *Driver) Timers() int { return len(d.timers) }

func (d *Driver) deliver(msg tea.Msg) {
	d.t.Helper()
	if d.pending++; d.pending > maxMessages {
		d.t.Fatalf("more than %d messages came of one; the last is %T", maxMessages, msg)
	}
	switch msg := msg.(type) {
	case nil:
		return
	case tea.BatchMsg:
		for _, cmd := range msg {
			d.run(cmd)
		}
		return
	case tea.QuitMsg:
		d.Quit = true
		return
	}
	if v := reflect.ValueOf(msg); strings.HasPrefix(v.Type().PkgPath(), "charm.land/bubbletea") {
		switch v.Type().Name() {
		case "sequenceMsg":
			for i := range v.Len() {
				if cmd, ok := v.Index(i).Interface().(tea.Cmd); ok {
					d.run(cmd)
				}
			}
			return
		case "setClipboardMsg":
			d.Copied = v.String()
			return
		case "execMsg":
			d.Ran = append(d.Ran, execArgs(v))
			return
		case "backgroundColorMsg", "clearScreenMsg", "SuspendMsg":
			return
		}
	}
	_, cmd := d.Model.Update(msg)
	d.run(cmd)
}

// execArgs are the words of the command that a message of tea.Exec runs, which has an
// *exec.Cmd in it.
func execArgs(msg reflect.Value) (words []string) {
	cmd := reflect.Indirect(msg.FieldByName("cmd").Elem()).FieldByName("Cmd")
	args := cmd.Elem().FieldByName("Args")
	for i := range args.Len() {
		words = append(words, args.Index(i).String())
	}
	return words
}

func (d *Driver) run(cmd tea.Cmd) {
	d.t.Helper()
	if cmd != nil {
		d.deliver(cmd())
	}
}

// Lines returns the screen with styles.
func (d *Driver) Lines() []string {
	return strings.Split(d.Model.View().Content, "\n")
}

// Text returns the screen without styles.
func (d *Driver) Text() string {
	return style.Strip(d.Model.View().Content)
}

// Wants fails unless the screen has each of parts.
func (d *Driver) Wants(parts ...string) {
	d.t.Helper()
	got := d.Text()
	for _, p := range parts {
		if !strings.Contains(got, p) {
			d.t.Errorf("screen lacks %q:\n%s", p, got)
		}
	}
}

// Lacks fails if the screen has one of parts.
func (d *Driver) Lacks(parts ...string) {
	d.t.Helper()
	got := d.Text()
	for _, p := range parts {
		if strings.Contains(got, p) {
			d.t.Errorf("screen has %q:\n%s", p, got)
		}
	}
}

// Key makes a key press of a key as tui/keymap spells it.
func Key(k string) tea.KeyPressMsg {
	var msg tea.KeyPressMsg
	rest := k
	for {
		mod, tail, ok := strings.Cut(rest, "+")
		if !ok || tail == "" {
			break
		}
		switch mod {
		case "ctrl":
			msg.Mod |= tea.ModCtrl
		case "alt":
			msg.Mod |= tea.ModAlt
		case "shift":
			msg.Mod |= tea.ModShift
		default:
			panic(fmt.Sprintf("tuitest: no key %q", k))
		}
		rest = tail
	}
	if code, ok := named[rest]; ok {
		msg.Code = code
		if rest == "space" && msg.Mod == 0 {
			msg.Text = " "
		}
		return msg
	}
	runes := []rune(rest)
	if len(runes) != 1 {
		panic(fmt.Sprintf("tuitest: no key %q", k))
	}
	msg.Code = runes[0]
	if msg.Mod == 0 {
		msg.Text = rest
	}
	return msg
}

var named = map[string]rune{
	"enter": tea.KeyEnter, "tab": tea.KeyTab, "esc": tea.KeyEscape, "space": tea.KeySpace,
	"backspace": tea.KeyBackspace, "delete": tea.KeyDelete, "up": tea.KeyUp, "down": tea.KeyDown,
	"left": tea.KeyLeft, "right": tea.KeyRight, "home": tea.KeyHome, "end": tea.KeyEnd,
	"pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown,
	"f1": tea.KeyF1, "f2": tea.KeyF2, "f5": tea.KeyF5,
}
