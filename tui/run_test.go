package tui_test

import (
	"context"
	"errors"
	"io"
	"os/signal"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/vt"
	"go.uber.org/goleak"

	"nixbench/tui"
	"nixbench/tui/tuitest"
)

// A terminal is an emulated one on which the whole program runs.
type terminal struct {
	keys  io.Writer
	done  chan error
	drawn chan struct{} // capacity 1: something was drawn

	mu sync.Mutex // mu guards the emulator but for reading from it
	em *vt.Emulator
}

// Write draws what the program sends.
func (term *terminal) Write(b []byte) (int, error) {
	term.mu.Lock()
	defer term.mu.Unlock()
	select {
	case term.drawn <- struct{}{}:
	default:
	}
	return term.em.Write(b)
}

// String returns what is on the screen.
func (term *terminal) String() string {
	term.mu.Lock()
	defer term.mu.Unlock()
	return term.em.String()
}

func runOn(t *testing.T, ctx context.Context, screens func(*tui.Env) [tui.NumScreens]tui.Screen) *terminal {
	t.Helper()
	return runWith(t, ctx, tui.Options{Screens: screens})
}

// runWith runs the program with options but for those of the terminal.
func runWith(t *testing.T, ctx context.Context, o tui.Options) *terminal {
	t.Helper()
	em := vt.NewEmulator(80, 24)
	if _, err := em.Write([]byte("\x1b[20h")); err != nil { // a bare newline also returns
		t.Fatal(err)
	}
	drained := make(chan struct{})
	go func() { // answers to queries go nowhere
		defer close(drained)
		_, _ = io.Copy(io.Discard, em)
	}()
	r, w := io.Pipe()
	term := &terminal{em: em, keys: w, done: make(chan error, 1), drawn: make(chan struct{}, 1)}
	b := tuitest.NewBackend(t)
	o.Start, o.ASCII, o.Environ, o.Now = tui.ScreenClosure, true, []string{"TERM=xterm-256color"}, time.Now
	o.Input, o.Output, o.Width, o.Height = r, term, 80, 24
	go func() { term.done <- tui.Run(ctx, b, o) }()
	t.Cleanup(func() {
		_ = w.Close()
		if p, ok := em.InputPipe().(io.Closer); ok {
			_ = p.Close()
		}
		<-drained
	})
	return term
}

// waitFor waits until the screen has text.
func (term *terminal) waitFor(t *testing.T, text string) {
	t.Helper()
	late := time.After(10 * time.Second)
	for !strings.Contains(term.String(), text) {
		select {
		case <-term.drawn:
		case <-late:
			t.Fatalf("screen never has %q:\n%s", text, term.String())
		}
	}
}

func (term *terminal) press(t *testing.T, keys string) {
	t.Helper()
	if _, err := io.WriteString(term.keys, keys); err != nil {
		t.Fatal(err)
	}
}

func (term *terminal) wait(t *testing.T) error {
	t.Helper()
	select {
	case err := <-term.done:
		return err
	case <-time.After(10 * time.Second):
		t.Fatal("the program does not end")
		return nil
	}
}

// summed says something when it is left.
type summed struct{ *paths }

func (summed) Summary() []string { return []string{"built 2, failed 1"} }

func withSummary(env *tui.Env) [tui.NumScreens]tui.Screen {
	all := tuitest.Blanks(env)
	all[tui.ScreenClosure] = summed{newPaths(env)}
	return all
}

// noneLeft fails if goroutines are left that do not end soon: timers of a second at most
// cannot be stopped.
func noneLeft(t *testing.T, before goleak.Option) {
	t.Helper()
	var err error
	for range 4 { // Find waits for half a second each time
		if err = goleak.Find(before); err == nil {
			return
		}
	}
	t.Error(err)
}

func TestWholeProgram(t *testing.T) {
	before := goleak.IgnoreCurrent()
	t.Cleanup(func() { noneLeft(t, before) }) // after the terminal is gone
	term := runOn(t, t.Context(), withSummary)
	term.waitFor(t, "desktop-12")
	term.press(t, "/zed")
	term.waitFor(t, "/zed")
	term.press(t, "\x1b")
	term.waitFor(t, "w why")
	term.press(t, "?")
	term.waitFor(t, "help: Closure")
	term.press(t, "q")
	term.waitFor(t, "w why")
	term.press(t, "q")
	if err := term.wait(t); err != nil {
		t.Errorf("got %v, want no error", err)
	}
	if !strings.Contains(term.String(), "built 2, failed 1") {
		t.Errorf("no summary is left on the screen:\n%s", term.String())
	}
}

// A session that cannot be kept, on a full disk or in a home that is not one's own, is told
// of, and is no failure of what was done.
func TestSessionThatCannotBeKept(t *testing.T) {
	term := runWith(t, t.Context(), tui.Options{
		Screens: withSummary, Save: func(*tui.Session) error { return errors.New("write session: no space left on device") },
	})
	term.waitFor(t, "desktop-12")
	term.press(t, "q")
	if err := term.wait(t); err != nil {
		t.Errorf("got %v, want no error", err)
	}
	for _, want := range []string{"built 2, failed 1", "warning: write session: no space left on device"} {
		if !strings.Contains(term.String(), want) {
			t.Errorf("%q is not left on the screen:\n%s", want, term.String())
		}
	}
}

func TestCancellingTheContextEndsTheProgram(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	term := runOn(t, ctx, withSummary)
	term.waitFor(t, "desktop-12")
	cancel()
	if err := term.wait(t); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}

// A signal ends the context of the program; Bubble Tea must not handle it too,
// since one of the two would then wait for ever.
func TestSignalEndsTheProgram(t *testing.T) {
	for range 5 {
		ctx, stop := signal.NotifyContext(t.Context(), syscall.SIGTERM)
		term := runOn(t, ctx, withSummary)
		term.waitFor(t, "desktop-12")
		if err := syscall.Kill(syscall.Getpid(), syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		if err := term.wait(t); err == nil || ctx.Err() == nil {
			t.Errorf("got %v, context %v; want both ended", err, ctx.Err())
		}
		stop()
	}
}

// brittle panics at x, and when it is drawn with a z.
type brittle struct{ *paths }

func (s brittle) Update(msg tea.Msg) tea.Cmd {
	if key, ok := msg.(tea.KeyPressMsg); ok && key.Text == "x" {
		panic("boom\x1b]0;title\a")
	}
	return s.paths.Update(msg)
}

func (brittle) Typing() bool { return true }

func (s brittle) Draw(w, h int) []string {
	if strings.HasSuffix(s.typed, "z") {
		panic("boom\x1b]0;title\a")
	}
	return s.paths.Draw(w, h)
}

// A panic of a screen ends the interface in order.
func TestPanicOfAScreen(t *testing.T) {
	for _, key := range []string{"x", "z"} {
		var trace []byte
		term := runWith(t, t.Context(), tui.Options{
			Screens: func(env *tui.Env) [tui.NumScreens]tui.Screen {
				all := tuitest.Blanks(env)
				all[tui.ScreenClosure] = brittle{newPaths(env)}
				return all
			},
			Save:      func(*tui.Session) error { t.Error("the session is saved"); return nil },
			KeepTrace: func(b []byte) (string, error) { trace = b; return "/state/crash.txt", nil },
		})
		term.waitFor(t, "desktop-12")
		term.press(t, key)
		err := term.wait(t)
		if want := "internal error: boom\x1b]0;title\a; the trace is kept in /state/crash.txt"; err == nil || err.Error() != want {
			t.Errorf("got %v, want %q", err, want)
		}
		if !strings.Contains(string(trace), "brittle") || term.em.IsAltScreen() {
			t.Errorf("on the alternate screen: %v; trace:\n%s", term.em.IsAltScreen(), trace)
		}
	}
}

// TestUsed pins that keys are told of as what the user does, and not what comes by itself.
func TestUsed(t *testing.T) {
	var used atomic.Int64
	term := runWith(t, t.Context(), tui.Options{Screens: tuitest.Blanks, Used: func() { used.Add(1) }})
	term.waitFor(t, "Repl")
	before := used.Load()
	term.press(t, "2")
	term.press(t, "q")
	if err := term.wait(t); err != nil {
		t.Error(err)
	}
	if n := used.Load() - before; n != 2 {
		t.Errorf("two keys were told of %d times", n)
	}
}
