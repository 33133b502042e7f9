package palette

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"nixbench/tui/action"
	"nixbench/tui/style"
)

func typed(t *testing.T, update func(tea.Msg) (tea.Cmd, bool), s string) {
	t.Helper()
	for _, r := range s {
		if _, done := update(tea.KeyPressMsg{Text: string(r)}); done {
			t.Fatalf("closed while typing %q", s)
		}
	}
}

func accept(update func(tea.Msg) (tea.Cmd, bool)) bool {
	_, done := update(action.Intent{ID: action.OverlayAccept})
	return done
}

func items() []Item {
	return []Item{
		{Key: "why", Title: "Why does this depend on ..?", Hint: "w", Side: "closure"},
		{Key: "roots", Title: "Show what keeps this path alive", Hint: "k", Side: "gc"},
		{Key: "build", Title: "Build this", Side: "builds", Disabled: "no namespaces here"},
	}
}

func TestPick(t *testing.T) {
	picked := ""
	w := New(style.New(style.Options{ASCII: true}), Options{Title: "commands", Items: items(), OnPick: func(k string) tea.Cmd { picked = k; return nil }})
	typed(t, w.Update, "kpath")
	if got := style.Strip(strings.Join(w.Draw(80, 12), "\n")); !strings.Contains(got, "> Show what keeps") || strings.Contains(got, "Why") {
		t.Errorf("got\n%s", got)
	}
	if !accept(w.Update) || picked != "roots" {
		t.Errorf("got %q picked, want roots", picked)
	}
}

func TestNothingMatches(t *testing.T) {
	draw := func(o Options) string {
		o.Items, o.Empty = items(), "there is nothing"
		if o.Initial == "" {
			o.Initial = "xyz"
		}
		return style.Strip(strings.Join(New(style.New(style.Options{ASCII: true}), o).Draw(80, 12), "\n"))
	}
	if got := draw(Options{}); !strings.Contains(got, "nothing matches xyz") || strings.Contains(got, "enter") {
		t.Errorf("got\n%s", got)
	}
	if got := draw(Options{Initial: strings.Repeat("long ", 1000)}); !strings.Contains(got, "nothing matches long long") || strings.Count(got, "long") > 25 {
		t.Errorf("a long query: got\n%s", got)
	}
	if got := draw(Options{Free: true}); !strings.Contains(got, "nothing matches xyz") || !strings.Contains(got, "enter take what is typed") {
		t.Errorf("a free choice: got\n%s", got)
	}
}

func TestDisabledItemsSayWhyAndCannotBePicked(t *testing.T) {
	w := New(style.New(style.Options{ASCII: true}), Options{Items: items(), Initial: "build"})
	if got := style.Strip(strings.Join(w.Draw(80, 12), "\n")); !strings.Contains(got, "(no namespaces here)") {
		t.Errorf("got\n%s", got)
	}
	// Also where the list is too narrow for it.
	if got := style.Strip(strings.Join(w.Draw(34, 12), "\n")); !strings.Contains(got, "close   no namespaces here") {
		t.Errorf("got\n%s", got)
	}
	if accept(w.Update) {
		t.Error("a disabled item was picked")
	}
}

func TestFreeText(t *testing.T) {
	picked := ""
	o := Options{Items: items(), Initial: "/nix/store/zzz", Free: true, OnPick: func(k string) tea.Cmd { picked = k; return nil }}
	w := New(style.New(style.Options{}), o)
	if !accept(w.Update) || picked != "/nix/store/zzz" {
		t.Errorf("got %q, want what was typed", picked)
	}
	o.Free = false
	if w := New(style.New(style.Options{}), o); accept(w.Update) {
		t.Error("text that is no item was picked")
	}
}

func TestCancel(t *testing.T) {
	cancelled := false
	w := New(style.New(style.Options{}), Options{OnCancel: func() tea.Cmd { cancelled = true; return nil }})
	if _, done := w.Update(action.Intent{ID: action.OverlayClose}); !done || !cancelled {
		t.Errorf("got done %v, cancelled %v", done, cancelled)
	}
}

func TestPrompt(t *testing.T) {
	var changes []string
	result := ""
	w := NewPrompt(style.New(style.Options{}), PromptOptions{
		Label: "older than: ", Initial: "3", Hint: "30d",
		OnChange: func(s string) tea.Cmd { changes = append(changes, s); return nil },
		Check: func(s string) string {
			if strings.HasSuffix(s, "d") {
				return ""
			}
			return "want days, such as 30d"
		},
		OnDone: func(s string) tea.Cmd { result = s; return nil },
	})
	typed(t, w.Update, "0")
	if accept(w.Update) {
		t.Fatal("taken although it is wrong")
	}
	if got := style.Strip(w.Draw(60)); !strings.Contains(got, "older than: 30") || !strings.Contains(got, "error: want days") {
		t.Errorf("got %q", got)
	}
	typed(t, w.Update, "d")
	if !accept(w.Update) || result != "30d" || fmt.Sprint(changes) != "[30 30d]" {
		t.Errorf("got %q after %v", result, changes)
	}
}

// 100,000 items are narrowed while typing without a delay that can be felt.
func BenchmarkMatch(b *testing.B) {
	o := Options{}
	for i := range 100_000 {
		o.Items = append(o.Items, Item{Key: fmt.Sprint(i), Title: fmt.Sprintf("pkgs.python3Packages.module-%d", i)})
	}
	w := New(style.New(style.Options{}), o)
	for b.Loop() {
		w.input.SetValue("pymod9")
		w.match()
	}
}

// What is typed is looked for as it is before its letters are: at the beginning, at the
// beginning of a word, anywhere. Of the same rank, what can be done comes first.
func TestRanks(t *testing.T) {
	w := New(style.New(style.Options{ASCII: true}), Options{Items: []Item{
		{Key: "letters", Title: "Go round the house"},
		{Key: "inside", Title: "Regroup the windows"},
		{Key: "disabled", Title: "Mark the group", Disabled: "nothing is selected"},
		{Key: "word", Title: "Unmark the root, or the group"},
		{Key: "begin", Title: "Groups of roots"},
	}})
	typed(t, w.Update, "grou")
	var got []string
	for range 5 {
		got = append(got, w.key())
		w.Update(action.Intent{ID: action.RowDown})
	}
	if want := []string{"begin", "word", "disabled", "inside", "letters"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Where any text will do, one that has only its letters in common with items is not taken
// for one of them, and what is typed can be chosen beside those that begin like it.
func TestFreeTextBesideItems(t *testing.T) {
	for _, test := range []struct {
		typed, want string
		down        bool
	}{
		{"path500", "path500", false}, // and not path52008
		{"path52", "p", false},
		{"path52", "path52", true},
		{"path52008", "p", false},
	} {
		picked := ""
		w := New(style.New(style.Options{ASCII: true}), Options{
			Items: []Item{{Key: "p", Title: "path52008"}, {Key: "q", Title: "other"}}, Initial: test.typed, Free: true,
			OnPick: func(k string) tea.Cmd { picked = k; return nil },
		})
		if test.down {
			w.Update(action.Intent{ID: action.RowDown})
		}
		if drawn := style.Strip(strings.Join(w.Draw(80, 12), "\n")); (test.typed != "path52008") != strings.Contains(drawn, "as typed") {
			t.Errorf("%q: got\n%s", test.typed, drawn)
		}
		if !accept(w.Update) || picked != test.want {
			t.Errorf("%q, down %v: got %q picked, want %q", test.typed, test.down, picked, test.want)
		}
	}
}
