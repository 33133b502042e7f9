package keymap

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"nixbench/tui/action"
)

// No scope binds a key twice.
func TestNoConflicts(t *testing.T) {
	m := Default()
	for _, s := range m.Scopes() {
		taken := map[string]action.ID{}
		for _, b := range m.Bindings(s) {
			for _, k := range b.Keys {
				if other, ok := taken[k]; ok {
					t.Errorf("scope %q: key %q does both %s and %s", s, k, other, b.ID)
				}
				taken[k] = b.ID
			}
		}
	}
}

// Keys that hold everywhere must mean the same everywhere: no scope of a screen
// may take them, but for Esc, which leads one level back anyway.
func TestNothingTakesTheKeysOfAlways(t *testing.T) {
	m := Default()
	for _, b := range m.Bindings(Always) {
		for _, k := range b.Keys {
			if k == "esc" {
				continue
			}
			for _, s := range []Scope{ReplInput, ReplBrowse, Builds, Closure, ClosureWhy, Profiles, GC, Rows, Log, Edit, Screen, Global} {
				if id, _ := m.Lookup([]Scope{s}, k); id != "" {
					t.Errorf("scope %q takes %q, which does %s everywhere, for %s", s, k, b.ID, id)
				}
			}
		}
	}
}

// The keys for changing screens, help, commands and quitting must reach the
// shell from every screen that takes no text.
func TestScreensLeaveGlobalKeysAlone(t *testing.T) {
	m := Default()
	for _, b := range m.Bindings(Global) {
		for _, k := range b.Keys {
			for _, s := range []Scope{ReplBrowse, Builds, Closure, ClosureWhy, Profiles, GC, Rows, Log, Screen} {
				if id, _ := m.Lookup([]Scope{s}, k); id != "" {
					t.Errorf("scope %q takes %q, which does %s, for %s", s, k, b.ID, id)
				}
			}
		}
	}
}

// Plain letters never do anything where text is typed.
func TestTextScopesBindNoLetters(t *testing.T) {
	m := Default()
	for _, s := range []Scope{Always, ReplInput, Edit, Prompt} {
		for _, b := range m.Bindings(s) {
			for _, k := range b.Keys {
				if len([]rune(k)) == 1 || k == "space" {
					t.Errorf("scope %q binds the letter %q", s, k)
				}
			}
		}
	}
}

func TestLookup(t *testing.T) {
	m := Default()
	scopes := []Scope{Closure, Rows, Screen, Always, Global}
	tests := []struct {
		key  string
		want action.ID
	}{
		{"g", action.ClosureFiles}, // the inner scope wins over rows.top
		{"G", action.Bottom},
		{"?", action.Help},
		{"F", ""},
	}
	for _, tt := range tests {
		if got, _ := m.Lookup(scopes, tt.key); got != tt.want {
			t.Errorf("Lookup(%q): got %q, want %q", tt.key, got, tt.want)
		}
	}
	if got, want := m.Keys(scopes, action.Top), []string{"home"}; !slices.Equal(got, want) {
		t.Errorf("Keys(rows.top): got %v, want %v: g does something else here", got, want)
	}
}

func TestResolverTakesTwoStrokes(t *testing.T) {
	r := Resolver{Map: Default()}
	scopes := []Scope{ReplInput, Edit, Always}
	if id, pending := r.Press(scopes, "ctrl+x"); id != "" || !pending {
		t.Fatalf("first stroke: got %q, %v", id, pending)
	}
	if id, _ := r.Press(scopes, "ctrl+e"); id != action.ReplEditor {
		t.Errorf("second stroke: got %q, want %q", id, action.ReplEditor)
	}
	r.Press(scopes, "ctrl+x")
	if id, pending := r.Press(scopes, "a"); id != "" || pending {
		t.Errorf("other stroke: got %q, %v, want nothing", id, pending)
	}
	if id, _ := r.Press(scopes, "ctrl+e"); id != action.EditLineEnd {
		t.Errorf("after that: got %q, want %q", id, action.EditLineEnd)
	}
}

func TestOverride(t *testing.T) {
	m := Default()
	if err := m.Override(Builds, action.BuildsCancel, []string{"C"}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"C"}, m.Keys([]Scope{Builds}, action.BuildsCancel)); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
	if got := Default().Keys([]Scope{Builds}, action.BuildsCancel); !slices.Equal(got, []string{"x"}) {
		t.Errorf("the built-in bindings changed: %v", got)
	}
	for _, bad := range []error{
		m.Override(Builds, action.BuildsCancel, []string{"t"}),
		m.Override(Builds, "builds.no", nil),
		m.Override("no", action.BuildsCancel, nil),
	} {
		if bad == nil {
			t.Error("got no error")
		}
	}
}

func TestShow(t *testing.T) {
	for in, want := range map[string]string{
		"ctrl+c": "^C", "ctrl+x ctrl+e": "^X ^E", "alt+enter": "alt+enter", "f1": "F1", "f": "f",
		"pgdown": "PgDn", "home": "Home", "ctrl+space": "^space", "G": "G",
	} {
		if got := Show(in); got != want {
			t.Errorf("Show(%q): got %q, want %q", in, got, want)
		}
	}
}

// All keys of the built-in bindings are keys; what is misspelt is none.
func TestCheckKeys(t *testing.T) {
	m := Default()
	for _, s := range m.Scopes() {
		for _, b := range m.Bindings(s) {
			for _, k := range b.Keys {
				if err := CheckKeys(k); err != nil {
					t.Errorf("scope %s, %s: %v", s, b.ID, err)
				}
			}
		}
	}
	for _, k := range []string{"", "contorl+x", "ctrl+", "f0", "f64", "ab", "x ", "Enter", "ctrl"} {
		if CheckKeys(k) == nil {
			t.Errorf("%q: got no error", k)
		}
	}
}
