package editor

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"nixbench/tui/action"
	"nixbench/tui/keymap"
	"nixbench/tui/style"
)

// viKeys presses keys as the app shell would pass them on: "esc" ends insert mode,
// "<left>" is an arrow.
func viKeys(w *Editor, keys string) {
	r := keymap.Resolver{Map: keymap.Default()}
	press := func(key, text string) {
		scopes := []keymap.Scope{keymap.Edit}
		if w.Normal() && !w.Awaits() {
			scopes = []keymap.Scope{keymap.Vi, keymap.Edit}
		}
		id, pending := r.Press(scopes, key)
		switch {
		case pending:
		case id != "":
			w.Update(action.Intent{ID: id})
		default:
			w.Update(tea.KeyPressMsg{Text: text})
		}
	}
	for keys != "" {
		if rest, ok := strings.CutPrefix(keys, "<esc>"); ok {
			w.ToNormal()
			keys = rest
			continue
		}
		key := keys[:1]
		keys = keys[1:]
		if key == " " {
			press("space", " ")
			continue
		}
		press(key, key)
	}
}

// What vi does with a text; the cursor begins at its end, in normal mode, and is
// shown as |.
func TestVi(t *testing.T) {
	for _, tt := range []struct{ text, keys, want string }{
		{"a b", "", "a |b"},
		{"let x = 1; in x", "0", "|let x = 1; in x"},
		{"let x = 1; in x", "0w", "let |x = 1; in x"},
		{"let x = 1; in x", "0wx", "let | = 1; in x"},
		{"let x = 1; in x", "02w", "let x |= 1; in x"},
		{"let x = 1; in x", "0dw", "|x = 1; in x"},
		{"let x = 1; in x", "03dw", "|1; in x"},
		{"let x = 1; in x", "0d3w", "|1; in x"},
		{"let x = 1; in x", "0dd", "|"},
		{"let x = 1; in x", "bD", "let x = 1;| "},
		{"a.b c.d", "0W", "a.b |c.d"},
		{"a.b c.d", "B", "a.b |c.d"},
		{"a.b c.d", "bb", "a.b |c.d"},
		{"one two", "0e", "on|e two"},
		{"one two", "0ee", "one tw|o"},
		{"one two", "0ecw2<esc>", "on|2 two"},
		{"one two", "0cwthree<esc>", "thre|e two"},
		{"one two", "bCx<esc>", "one |x"},
		{"one two", "0Sx<esc>", "|x"},
		{"f (a b) c", "0f(", "f |(a b) c"},
		{"f (a b) c", "0f(%", "f (a b|) c"},
		{"f (a b) c", "0t(", "f| (a b) c"},
		{"f (a b) c", "0f(d%", "f | c"},
		{"f (a b) c", "0fadi(", "f (|) c"},
		{"f (a b) c", "0fada(", "f | c"},
		{"f (a b) c", "0dfb", "|) c"},
		{"f \"text\" c", "0ftci\"new<esc>", "f \"ne|w\" c"},
		{"a,b,c", "0f,;x", "a,b|c"},
		{"a,b,c", "0f,;,x", "a|b,c"},
		{"one two", "0wiX<esc>", "one |Xtwo"},
		{"one two", "0aX<esc>", "o|Xne two"},
		{"one two", "0A!<esc>", "one two|!"},
		{"  one", "I#<esc>", "  |#one"},
		{"one", "xu", "on|e"},
		{"one two", "0dwP", "one| two"},
		{"one two", "0dwp", "tone| wo"},
		{"one\ntwo", "ggddp", "two\n|one"},
		{"one\ntwo", "dd", "|one"},
		{"one\ntwo", "ggyyP", "|one\none\ntwo"},
		{"one\ntwo", "ggJ", "one| two"},
		{"one\n  two", "ofoo<esc>", "one\n  two\n  fo|o"},
		{"one\n  two", "Ofoo<esc>", "one\n  fo|o\n  two"},
		{"one\ntwo", "k", "on|e\ntwo"},
		{"one\ntwo", "ggG", "one\n|two"},
		{"one", "0r1", "|1ne"},
		{"one", "03rx", "xx|x"},
		{"one", "05rx", "|one"},
		{"one", "0~~", "ON|e"},
		{"one two", "0dz", "|one two"},
		{"one two", "0d<esc>w", "one |two"},
		{"one two three", "0wdiw", "one | three"},
		{"one two three", "0wdaw", "one |three"},
		{"ünïcode x", "0lx", "ü|ïcode x"},
		{"", "xdwPp", "|"},
		{"ab", "010l", "a|b"},
	} {
		w := New(&style.Styles{})
		w.SetVi(true)
		w.SetValue(tt.text)
		w.ToNormal()
		viKeys(w, tt.keys)
		if got := w.Value()[:w.Offset()] + "|" + w.Value()[w.Offset():]; got != tt.want {
			t.Errorf("%q, %s: got %q, want %q", tt.text, tt.keys, got, tt.want)
		}
	}
}

// FuzzVi pins that no keys break the text or put the cursor inside of a character.
func FuzzVi(f *testing.F) {
	f.Add("let x = \"ü\";\nin (x)", "0wd2fxcaw<esc>ggddpP3J~~r(%d%u.")
	f.Fuzz(func(t *testing.T, text, keys string) {
		if len(text) > 200 || len(keys) > 60 {
			return
		}
		w := New(&style.Styles{})
		w.SetVi(true)
		w.SetValue(text)
		w.ToNormal()
		viKeys(w, keys)
		if at := w.Offset(); at < 0 || at > len(w.Value()) {
			t.Fatalf("the cursor is at %d of %d", at, len(w.Value()))
		}
		if strings.ToValidUTF8(w.Value(), "") != w.Value() || strings.ToValidUTF8(w.Value()[:w.Offset()], "") != w.Value()[:w.Offset()] {
			t.Fatalf("a character was cut: %q at %d", w.Value(), w.Offset())
		}
	})
}
