package tui_test

import (
	"context"
	"errors"
	"fmt"
	"image/color"
	"regexp"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"nixbench/engine/event"
	"nixbench/store"
	"nixbench/themes"
	"nixbench/tui"
	"nixbench/tui/action"
	"nixbench/tui/keymap"
	"nixbench/tui/style"
	"nixbench/tui/tuitest"
	"nixbench/tui/widget/confirm"
	"nixbench/tui/widget/palette"
	"nixbench/tui/widget/rows"
)

// paths is a small screen: the paths of the store in a list, with a search, a
// confirmation and a text input.
type paths struct {
	tui.Base
	env    *tui.Env
	rows   *rows.Rows
	graph  tui.Slot
	typing bool
	typed  string
	busy   string
	stale  int
	shown  int
	events int
	sent   []tea.Msg
}

func newPaths(env *tui.Env) *paths {
	s := &paths{env: env}
	s.rows = rows.New(env.Styles, rows.Column{Title: "NAME", Min: 16, Flex: 1}, rows.Column{Title: "SIZE", Min: 7, Right: true, Rank: 1})
	return s
}

func (s *paths) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tui.ShownMsg:
		s.shown++
		return tui.Ask(s.env, &s.graph, s.env.Backend.Graph)
	case tui.Answer[*store.Graph]:
		if !msg.For(&s.graph) {
			s.stale++
			return nil
		}
		if msg.Err != nil {
			return s.env.Fail(msg.Err)
		}
		var items []rows.Item
		for _, p := range msg.Value.Paths {
			if !p.IsDerivation() {
				items = append(items, rows.Item{Key: string(p), Row: rows.Row{Cells: []rows.Cell{rows.Text(themes.DrvName, p.Name())}}})
			}
		}
		s.rows.SetSource(rows.NewList(items))
	case tui.EventsMsg:
		s.events += len(msg.Activities)
	case action.Intent:
		s.rows.Update(msg)
	case tea.KeyPressMsg:
		s.typed += msg.Text
	case tui.PointerMsg:
		if msg.Wheel != 0 {
			s.rows.Wheel(msg.Wheel)
		} else {
			s.rows.Click(msg.Y - 1)
		}
	case tui.ShowPathMsg:
		s.sent = append(s.sent, msg)
	}
	return nil
}

func (s *paths) Draw(w, h int) []string {
	p := style.Pane{Title: "paths", Focus: true}
	return s.env.Styles.Box(w, h, p, s.rows.Draw(p.InnerWidth(w), p.InnerHeight(h), true))
}

func (s *paths) Actions() []action.Action {
	disabled := ""
	if s.rows.Len() == 0 {
		disabled = "there are no paths"
	}
	return []action.Action{
		{ID: action.ClosureWhy, Title: "Why does this depend on ..?", Short: "why", Disabled: disabled, Run: func() tea.Cmd {
			return s.env.Goto(tui.ScreenGC, tui.ShowPathMsg{Path: store.Path(s.rows.SelectedKey())})
		}},
		{ID: action.Copy, Title: "Copy the path", Short: "copy", Run: func() tea.Cmd {
			return s.env.Copy(s.rows.SelectedKey(), "the path")
		}},
		{ID: action.FindText, Title: "Find", Short: "find", Run: func() tea.Cmd {
			return s.env.Prompt(palette.PromptOptions{
				Label:    "/",
				OnChange: func(q string) tea.Cmd { s.rows.SetFilter(q); return nil },
				OnCancel: func() tea.Cmd { s.rows.SetFilter(""); return nil },
			})
		}},
		{ID: action.ClosureBase, Title: "Delete this ..", Run: func() tea.Cmd {
			return s.env.Confirm(confirm.Options{
				Title: "delete", Plan: [][]style.Span{{{Text: "one path", Token: themes.Dead}}}, Yes: "delete", Word: "delete",
				OnYes: func() tea.Cmd { return s.env.Notify("deleted") }, OnNo: func() tea.Cmd { return s.env.Notify("left alone") },
			})
		}},
		{ID: action.ClosureDiff, Title: "Switch", Run: func() tea.Cmd {
			return s.env.Confirm(confirm.Options{Title: "switch", Question: "switch?", Yes: "switch", OnYes: func() tea.Cmd { return s.env.Notify("switched") }})
		}},
		{ID: action.ClosureSort, Title: "Type something", Run: func() tea.Cmd { s.typing = true; return nil }},
	}
}

func (s *paths) Scopes() []keymap.Scope { return []keymap.Scope{keymap.Closure, keymap.Rows} }
func (s *paths) Typing() bool           { return s.typing }
func (s *paths) Busy() string           { return s.busy }
func (s *paths) Cursor() *tea.Cursor {
	if y, ok := s.rows.CursorLine(); ok {
		return tea.NewCursor(2, y+1)
	}
	return nil
}

func (s *paths) Back() bool {
	if s.typing {
		s.typing = false
		return true
	}
	if s.rows.Filter() != "" {
		s.rows.SetFilter("")
		return true
	}
	return false
}

func (s *paths) Interrupt() (tea.Cmd, bool) {
	if s.typed != "" {
		s.typed = ""
		return nil, true
	}
	return nil, false
}

// start runs the interface with two such screens.
func start(t testing.TB, w, h int, change ...func(*tui.Options)) (*tuitest.Driver, *paths, *tuitest.Backend) {
	b := tuitest.NewBackend(t)
	var s *paths
	d := tuitest.New(t, b, w, h, func(env *tui.Env) [tui.NumScreens]tui.Screen {
		all := tuitest.Blanks(env)
		s = newPaths(env)
		all[tui.ScreenClosure] = s
		all[tui.ScreenGC] = newPaths(env)
		return all
	}, append([]func(*tui.Options){tuitest.On(tui.ScreenClosure, nil)}, change...)...)
	return d, s, b
}

func TestScreenGoldens(t *testing.T) {
	for _, size := range tuitest.Sizes() {
		d, _, _ := start(t, size[0], size[1])
		d.Keys("j j j")
		d.Golden("shell")
		d.Keys(":")
		d.Type("copy")
		d.Golden("palette")
		d.Keys("esc ?")
		d.Golden("help")
		d.Keys("esc m")
		d.Golden("confirm")
		d.Keys("esc /")
		d.Type("zed")
		d.Golden("find")
	}
}

func TestColourMatrix(t *testing.T) {
	for name, p := range map[string]colorprofile.Profile{
		"nocolor": colorprofile.ASCII, "16": colorprofile.ANSI, "256": colorprofile.ANSI256, "truecolor": colorprofile.TrueColor,
	} {
		d, _, _ := start(t, 60, 20, func(o *tui.Options) { o.Profile = p })
		got := strings.Join(d.Lines(), "\n")
		switch name {
		case "nocolor":
			if regexp.MustCompile(`\x1b\[([0-9]+;)*[349][0-9]`).MatchString(got) {
				t.Errorf("%s: got a colour: %q", name, got[:200])
			}
			if !strings.Contains(got, "\x1b[7m") && !strings.Contains(got, ";7m") {
				t.Errorf("%s: the selected row does not stand out", name)
			}
		case "16":
			if strings.Contains(got, "38;2;") {
				t.Errorf("%s: got a colour of 24 bits", name)
			}
		case "truecolor":
			if !strings.Contains(got, "38;2;") {
				t.Errorf("%s: got no colour of 24 bits", name)
			}
		}
	}
}

func TestAnswersThatAreStaleAreDropped(t *testing.T) {
	d, s, _ := start(t, 80, 24)
	ask := tui.Ask(s.env, &s.graph, s.env.Backend.Graph)
	old := ask()
	d.Send(tui.ShownMsg{}) // asks anew
	before := s.stale
	d.Send(old)
	if s.stale != before+1 {
		t.Errorf("got %d stale answers, want %d", s.stale, before+1)
	}
}

func TestAskTurnsPanicsIntoErrors(t *testing.T) {
	_, s, _ := start(t, 80, 24)
	msg := tui.Ask(s.env, &s.graph, func(context.Context) (int, error) { panic("boom") })()
	a, ok := msg.(tui.Answer[int])
	if !ok || a.Err == nil || !strings.Contains(a.Err.Error(), "boom") {
		t.Errorf("got %#v, want an answer with the panic as its error", msg)
	}
}

func TestCancellingASlotEndsItsContext(t *testing.T) {
	_, s, _ := start(t, 80, 24)
	cmd := tui.Ask(s.env, &s.graph, func(ctx context.Context) (int, error) { return 0, ctx.Err() })
	s.graph.Cancel()
	a := cmd().(tui.Answer[int])
	if !errors.Is(a.Err, context.Canceled) || a.For(&s.graph) {
		t.Errorf("got %v, fresh %v; want a stale answer whose context was cancelled", a.Err, a.For(&s.graph))
	}
}

func TestDisabledActionSaysWhy(t *testing.T) {
	d, s, _ := start(t, 80, 24)
	s.rows.SetSource(rows.NewList(nil))
	d.Keys("w")
	d.Wants("warning: there are no paths")
	d.Advance(4 * time.Second)
	d.Lacks("there are no paths")
	d.Keys("@")
	d.Wants("warning: there are no paths")
}

func TestGotoCarriesAMessage(t *testing.T) {
	d, _, _ := start(t, 80, 24)
	d.Keys("j w")
	if d.Model.Front() != tui.ScreenGC {
		t.Fatalf("got screen %v in front, want GC", d.Model.Front())
	}
	s := d.Model.ScreenOf(tui.ScreenGC).(*paths)
	if len(s.sent) != 1 {
		t.Errorf("got %v, want one message", s.sent)
	}
}

func TestPaletteReachesEveryAction(t *testing.T) {
	d, _, _ := start(t, 80, 24)
	d.Keys("1 f2")
	d.Type("why does")
	d.Wants("Why does this depend", "closure")
	d.Keys("enter")
	if d.Model.Front() != tui.ScreenGC { // the action itself goes on to GC
		t.Errorf("got screen %v", d.Model.Front())
	}
}

func TestTypedConfirmation(t *testing.T) {
	d, _, _ := start(t, 80, 24)
	d.Keys("m")
	d.Type("del")
	d.Keys("enter")
	d.Wants("one path")
	d.Type("ete")
	d.Keys("enter")
	d.Wants("deleted")
	d.Keys("m esc")
	d.Wants("left alone")
	d.Keys("d y")
	d.Wants("switched")
	d.Advance(5 * time.Second)
	d.Keys("d enter") // Enter is no agreement
	d.Lacks("switched")
}

func TestCopy(t *testing.T) {
	d, s, b := start(t, 80, 24)
	d.Keys("y")
	if d.Copied != s.rows.SelectedKey() || len(b.Calls) != 1 {
		t.Errorf("got %q on the clipboard and calls %v", d.Copied, b.Calls)
	}
	d.Wants("copied the path")
}

// The messages tell the commands that do what was done, and the last can be copied.
func TestMessagesCopyTheLastCommand(t *testing.T) {
	d, s, _ := start(t, 80, 24)
	d.Keys("@ Y")
	if d.Copied != "" {
		t.Errorf("before any command: copied %q", d.Copied)
	}
	d.Keys("esc")
	s.env.Ran("nix-env --rollback")
	s.env.Ran("nix-store --gc")
	d.Keys("j @")
	d.Wants("$ nix-env --rollback", "Y copies the last command")
	d.Keys("Y")
	if d.Copied != "nix-store --gc" {
		t.Errorf("copied %q, want the last command", d.Copied)
	}
	d.Keys("/")
	d.Type("rollback")
	d.Keys("enter Y") // the last of those that are shown
	if d.Copied != "nix-env --rollback" {
		t.Errorf("copied %q, want the last command that is shown", d.Copied)
	}
}

func TestTypingTakesLetters(t *testing.T) {
	d, s, _ := start(t, 80, 24)
	d.Keys("s")
	d.Type("q1?:x")
	if s.typed != "q1?:x" {
		t.Errorf("got %q typed, want %q", s.typed, "q1?:x")
	}
	d.Keys("alt+1")
	if d.Model.Front() != tui.ScreenRepl {
		t.Errorf("alt+1 did not reach the REPL")
	}
}

func TestQuit(t *testing.T) {
	d, s, _ := start(t, 80, 24)
	s.busy = "2 builds"
	d.Keys("q")
	if d.Quit {
		t.Fatal("quit without asking while something runs")
	}
	d.Wants("2 builds running")
	d.Keys("n q y")
	if !d.Quit {
		t.Error("did not quit after y")
	}
}

func TestInterrupt(t *testing.T) {
	d, s, _ := start(t, 80, 24)
	s.busy, s.typed = "2 builds", "x"
	d.Keys("ctrl+c")
	if s.typed != "" || d.Quit {
		t.Fatal("the first ^C should interrupt what the screen does")
	}
	d.Keys("ctrl+c")
	d.Wants("^C again cancels 2 builds and quits")
	d.Advance(3 * time.Second)
	d.Keys("ctrl+c")
	if d.Quit {
		t.Fatal("a late ^C counts as the first")
	}
	d.Keys("ctrl+c")
	if !d.Quit {
		t.Error("^C twice should quit")
	}
}

func TestNothingTicksWhenIdle(t *testing.T) {
	d, s, _ := start(t, 80, 24)
	d.Keys("j k")
	if n := d.Timers(); n != 0 {
		t.Fatalf("got %d timers, want none", n)
	}
	run := event.Activity{ID: 7, Kind: event.Build, State: event.Running}
	d.Post(run)
	if n := d.Timers(); n != 1 {
		t.Fatalf("with a build running: got %d timers, want 1", n)
	}
	d.Advance(5 * time.Second)
	if n := d.Timers(); n != 1 {
		t.Errorf("later: got %d timers, want 1", n)
	}
	if got := s.env.Now.Sub(tuitest.Start()); got != 5*time.Second {
		t.Errorf("got %v passed, want 5s", got)
	}
	run.State = event.Done
	d.Post(run)
	d.Advance(2 * time.Second)
	if n := d.Timers(); n != 0 {
		t.Errorf("after the build: got %d timers, want none", n)
	}
	if s.events != 2 {
		t.Errorf("got %d events, want 2", s.events)
	}
}

func TestViewIsCached(t *testing.T) {
	d, _, _ := start(t, 80, 24)
	first := d.Model.View()
	if n := testing.AllocsPerRun(10, func() { d.Model.View() }); n != 0 {
		t.Errorf("View allocates %v times without a message, want 0", n)
	}
	d.Keys("j")
	if d.Model.View().Content == first.Content {
		t.Error("View did not change with the cursor")
	}
}

func TestTooSmall(t *testing.T) {
	d, s, _ := start(t, 20, 5)
	s.busy = "2 builds"
	d.Send(tui.TickMsg{})
	d.Wants("terminal too small", "(need 60x20)", "2 builds")
	d.Resize(59, 19)
	d.Wants("terminal too small (need 60x20)")
	d.Keys("j ?")
	d.Resize(60, 20)
	d.Lacks("too small", "help:")
}

func TestMouse(t *testing.T) {
	d, s, _ := start(t, 80, 24)
	d.Send(tea.MouseClickMsg{X: 10, Y: 6, Button: tea.MouseLeft})
	if n, _ := s.rows.Position(); n != 4 {
		t.Errorf("got row %d, want 4", n)
	}
	d.Send(tea.MouseClickMsg{X: 4, Y: 0, Button: tea.MouseLeft})
	if d.Model.Front() != tui.ScreenRepl {
		t.Errorf("click on the first tab: got %v", d.Model.Front())
	}
	if d.Model.View().MouseMode != tea.MouseModeCellMotion {
		t.Error("the mouse is off")
	}
	d.Keys("M")
	if d.Model.View().MouseMode != tea.MouseModeNone {
		t.Error("M does not turn the mouse off")
	}
}

// The wheel scrolls a plan that is longer than the screen; a click agrees to nothing.
func TestWheelScrollsAPlan(t *testing.T) {
	d, _, _ := start(t, 80, 24)
	var plan [][]style.Span
	for i := range 100 {
		plan = append(plan, []style.Span{{Text: fmt.Sprintf("path %d.", i)}})
	}
	d.Model.Env().Confirm(confirm.Options{Title: "delete", Plan: plan, Yes: "delete", OnYes: func() tea.Cmd { return d.Model.Env().Notify("deleted") }})
	d.Send(tea.FocusMsg{})
	d.Wants("path 0.", "more below: PgDn")
	d.Send(tea.MouseWheelMsg{X: 40, Y: 10, Button: tea.MouseWheelDown})
	d.Lacks("path 0.")
	d.Wants("path 3.")
	for range 50 {
		d.Send(tea.MouseWheelMsg{X: 40, Y: 10, Button: tea.MouseWheelDown})
	}
	d.Wants("path 99.")
	for y := range 24 {
		d.Send(tea.MouseClickMsg{X: 5, Y: y, Button: tea.MouseLeft})
	}
	d.Wants("path 99.")
	d.Lacks("deleted")
	d.Send(tea.MouseWheelMsg{X: 40, Y: 10, Button: tea.MouseWheelUp})
	d.Lacks("path 99.")
}

func TestBackgroundChoosesTheTheme(t *testing.T) {
	d, _, _ := start(t, 80, 24, func(o *tui.Options) { o.Theme = nil })
	theme := func() string { return d.Model.Env().Styles.Theme().Name }
	if got := theme(); got != "neutral" {
		t.Errorf("before the answer: got %s, want neutral", got)
	}
	d.Send(tea.BackgroundColorMsg{Color: color.White})
	if got := theme(); got != "light" {
		t.Errorf("on white: got %s, want light", got)
	}
	d.Keys("alt+t")
	d.Type("dark")
	d.Keys("enter")
	if got := theme(); got != "dark" {
		t.Errorf("once chosen: got %s, want dark", got)
	}
	d.Send(tea.BackgroundColorMsg{Color: color.White})
	if got := theme(); got != "dark" {
		t.Errorf("after a choice of the user: got %s, want dark", got)
	}
}

func TestErrorsOfTheBackendAreShown(t *testing.T) {
	d, _, b := start(t, 80, 24)
	b.Fail = errors.New("database is \x1b[31mcorrupt")
	d.Keys("1 3")
	d.Wants("error: database is corrupt")
}

func TestRandomKeys(t *testing.T) {
	tuitest.Fuzz(t, 6, 150, func(t testing.TB, w, h int) *tuitest.Driver {
		d, _, _ := start(t, w, h)
		return d
	})
}

func TestActionsHaveKeysAndTitles(t *testing.T) {
	d, _, _ := start(t, 80, 24)
	_ = d
	tuitest.CheckActions(t, d.Model.ScreenOf(tui.ScreenClosure))
}

func BenchmarkKeyToFrame(b *testing.B) {
	d, s, _ := start(b, 140, 40)
	items := make([]rows.Item, 150_000)
	for i := range items {
		items[i] = rows.Item{Key: fmt.Sprint(i), Row: rows.Row{Cells: []rows.Cell{rows.Text(themes.DrvName, fmt.Sprintf("package-%d", i))}}}
	}
	s.rows.SetSource(rows.NewList(items))
	key := tuitest.Key("j")
	b.ReportAllocs()
	for b.Loop() {
		d.Model.Update(key)
		d.Model.View()
	}
}

// What a screen said of what was done on it is not said on another one; errors are.
func TestNoticesStayOnTheirScreen(t *testing.T) {
	d, s, _ := start(t, 80, 24)
	s.env.Notify("base: editor; d compares")
	d.Keys("j")
	d.Wants("base: editor")
	d.Keys("alt+1")
	d.Lacks("base: editor")
	d.Keys("alt+3")
	s.env.Fail(errors.New("read the store: no"))
	d.Keys("j alt+1")
	d.Wants("error: read the store: no")
}
