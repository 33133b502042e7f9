package screen_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"nixbench/tui"
	"nixbench/tui/screen"
	"nixbench/tui/tuitest"
)

// start opens the workbench as the session s left it.
func start(t *testing.T, b tui.Backend, s *tui.Session) *tuitest.Driver {
	t.Helper()
	return tuitest.New(t, b, 120, 30,
		func(env *tui.Env) [tui.NumScreens]tui.Screen { return screen.All(env, nil) },
		func(o *tui.Options) { o.Session = s })
}

// reopened leaves the workbench and opens it again, through a file.
func reopened(t *testing.T, b tui.Backend, d *tuitest.Driver) *tuitest.Driver {
	t.Helper()
	file := filepath.Join(t.TempDir(), "state", "session.json")
	if err := d.Model.Session().Write(file); err != nil {
		t.Fatal(err)
	}
	s, err := tui.ReadSession(file)
	if err != nil {
		t.Fatal(err)
	}
	return start(t, b, s)
}

// Each screen is found as it was left.
func TestSessionRestored(t *testing.T) {
	for _, tt := range []struct{ name, keys string }{
		{"input", "alt+1 f o o"},
		{"builds", "alt+2 o t < <"},
		{"closure", "alt+3 enter j j j t"},
		{"closure of several", "alt+3 space j space o j j"},
		{"closure flat", "alt+3 enter t s down enter j j j }"},
		{"profiles", "alt+4 j m j"},
		{"gc", "alt+5 j j >"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := tuitest.NewBackend(t)
			d := start(t, b, nil)
			d.Keys(tt.keys)
			before := d.Text()
			if after := reopened(t, b, d).Text(); after != before {
				t.Errorf("got\n%s\nwant\n%s", after, before)
			}
		})
	}
}

func TestBookmarks(t *testing.T) {
	b := tuitest.NewBackend(t)
	d := start(t, b, nil)
	d.Keys("alt+3 enter j j j")
	there := d.Text()
	d.Keys("' enter")
	d.Wants("bookmark: ")
	d.Keys("alt+4 j")
	d = reopened(t, b, d)
	d.Keys("'")
	d.Golden("bookmarks")
	d.Type("in")
	d.Keys("enter")
	if got := d.Text(); got != there {
		t.Errorf("got\n%s\nwant\n%s", got, there)
	}
	d.Keys("\" enter \"")
	d.Wants("no bookmarks")
}

// Bookmarks that one session adds or removes are there, or not, also when another that was
// open meanwhile is kept.
func TestBookmarksOfTwoSessions(t *testing.T) {
	file := filepath.Join(t.TempDir(), "session.json")
	b := tuitest.NewBackend(t)
	keep := func(d *tuitest.Driver) *tui.Session {
		t.Helper()
		if err := d.Model.Session().Write(file); err != nil {
			t.Fatal(err)
		}
		s, err := tui.ReadSession(file)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	one, two := start(t, b, nil), start(t, b, nil)
	one.Keys("alt+3 enter j j j ' enter")
	two.Keys("alt+4 ' enter")
	keep(one)
	s := keep(two)
	if len(s.Bookmarks) != 2 {
		t.Fatalf("added: got %d bookmarks, want 2", len(s.Bookmarks))
	}
	one, two = start(t, b, s), start(t, b, s)
	one.Keys("\" enter")
	keep(one)
	if s := keep(two); len(s.Bookmarks) != 1 || s.Bookmarks[0].Screen != "Profiles" {
		t.Errorf("removed: got %+v, want that of the profiles", s.Bookmarks)
	}
}

// What was left may be gone, or be nothing that a screen has kept.
func TestSessionOfAnotherStore(t *testing.T) {
	gone := `{"path": "/nix/store/00000000000000000000000000000000-gone", "cursor": "x", "profile": "/nowhere", "generation": 2, "base": 4, "root": "x"}`
	b := tuitest.NewBackend(t)
	for _, state := range []string{gone, `{"view": 200, "order": 200, "kind": 200}`, `[1]`, `null`, `{"path": "../../etc"}`} {
		s := &tui.Session{Front: "Closure", Theme: "no such theme", Screens: map[string]json.RawMessage{}}
		for id := range tui.NumScreens {
			s.Screens[id.String()] = json.RawMessage(state)
		}
		d := start(t, b, s)
		for _, key := range []string{"alt+3", "alt+4", "alt+5", "alt+2", "alt+1"} {
			fresh := start(t, b, nil)
			fresh.Keys(key)
			d.Keys(key)
			if got, want := d.Text(), fresh.Text(); got != want {
				t.Errorf("%s, %s: got\n%s\nwant\n%s", state, key, got, want)
			}
		}
	}
}

func TestReadSession(t *testing.T) {
	file := filepath.Join(t.TempDir(), "session.json")
	if s, err := tui.ReadSession(file); err != nil || s.Front != "" {
		t.Errorf("without a file: got %v, %v", s, err)
	}
	if err := os.WriteFile(file, []byte("{\"front\": 3"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := tui.ReadSession(file); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("damaged: got %v, want an error that names the file", err)
	}
}
