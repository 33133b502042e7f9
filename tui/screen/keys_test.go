package screen_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"nixbench/tui"
	"nixbench/tui/action"
	"nixbench/tui/keymap"
	"nixbench/tui/table"
	"nixbench/tui/tuitest"
)

const keysFile = "../../docs/keys.md"

// docs/keys.md is made of the actions and the key map: `make golden` writes it.
func TestKeysDocument(t *testing.T) {
	got := keysDocument(t)
	if tuitest.Updating() {
		if err := os.WriteFile(keysFile, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(keysFile)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("docs/keys.md is out of date; make golden writes it (-want +got):\n%s", diff)
	}
}

const keysHead = `# Keys and actions

Every action can be found by a part of its title in the palette, F2 or ` + "`:`" + `, also those without a key. The name in the
last column is what the configuration calls it. Where a letter is shown, it holds while no text is typed.

` + "```toml" + `
# ~/.config/nixbench/config.toml
theme = "nord"          # auto, or one of those that alt+t shows
glyphs = "ascii"        # auto, ascii, unicode
mouse = false           # leaves the mouse to the terminal until M
editing = "vi"          # the keys of the REPL's input: emacs, vi

[columns]               # after the first one, in this order
closure = ["adds", "closure"]

[keys.builds]           # the scope is the heading below
"builds.cancel" = "C"
"builds.rebuild" = ["r", "f6"]
"builds.view" = []      # no key
` + "```" + `

`

func keysDocument(t *testing.T) string {
	d := start(t, tuitest.NewBackend(t), nil)
	keys := keymap.Default()
	titles := map[action.ID]string{}
	note := func(list []action.Action) {
		for _, a := range list {
			titles[a.ID] = a.Title
		}
	}
	note(d.Model.Actions())
	var w strings.Builder
	w.WriteString(keysHead)
	for _, scope := range []keymap.Scope{keymap.Always, keymap.Global, keymap.Screen} {
		for id := range tui.NumScreens {
			if scope == keymap.Screen { // all have them
				note(d.Model.ScreenOf(id).Actions())
			}
		}
		writeScope(&w, keys, scope, titles)
	}
	for id := range tui.NumScreens {
		clear(titles)
		note(d.Model.ScreenOf(id).Actions())
		for _, scope := range scopesOf[id] {
			writeScope(&w, keys, scope, titles)
		}
	}
	for _, scope := range []keymap.Scope{keymap.Rows, keymap.Log, keymap.Edit, keymap.Vi, keymap.Prompt, keymap.Confirm, keymap.Viewer} {
		writeScope(&w, keys, scope, nil)
	}
	w.WriteString("## Columns\n\n| table | columns |\n|---|---|\n")
	for _, tt := range tables {
		fmt.Fprintf(&w, "| %s | %s |\n", tt.name, strings.Join(table.Columns(tt.name), ", "))
	}
	return w.String()
}

// scopesOf are the scopes that belong to each screen.
var scopesOf = [tui.NumScreens][]keymap.Scope{
	tui.ScreenRepl: {keymap.ReplInput, keymap.ReplBrowse}, tui.ScreenBuilds: {keymap.Builds},
	tui.ScreenClosure: {keymap.Closure, keymap.ClosureWhy}, tui.ScreenProfiles: {keymap.Profiles}, tui.ScreenGC: {keymap.GC},
}

// writeScope writes the bindings of a scope.
func writeScope(w *strings.Builder, keys *keymap.Map, scope keymap.Scope, titles map[action.ID]string) {
	fmt.Fprintf(w, "## %s\n\n| key | does | name |\n|---|---|---|\n", scope)
	for _, b := range keys.Bindings(scope) {
		var shown []string
		for _, k := range b.Keys {
			shown = append(shown, "`"+strings.ReplaceAll(keymap.Show(k), "|", "\\|")+"`")
		}
		does := b.Help
		if does == "" {
			does = titles[b.ID]
		}
		fmt.Fprintf(w, "| %s | %s | %s |\n", strings.Join(shown, " "), does, b.ID)
	}
	w.WriteString("\n")
}

// Every action of the screens that has no key is in the palette, and every binding
// does something.
func TestEveryActionIsReachable(t *testing.T) {
	d := start(t, tuitest.NewBackend(t), nil)
	keys := keymap.Default()
	for id := range tui.NumScreens {
		for _, a := range d.Model.ScreenOf(id).Actions() {
			scopes := append(append([]keymap.Scope{}, scopesOf[id]...), keymap.Screen, keymap.Always, keymap.Global, keymap.Rows, keymap.Log, keymap.Edit)
			if a.Hidden && len(keys.Keys(scopes, a.ID)) == 0 {
				t.Errorf("%v: %s is hidden and has no key", id, a.ID)
			}
		}
	}
}
