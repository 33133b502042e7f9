package config

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"nixbench/tui/action"
	"nixbench/tui/keymap"
	"nixbench/tui/table"
)

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	c, err := Load(dir)
	if err != nil {
		t.Fatalf("without a file: %v", err)
	}
	if c.NoMouse || c.Theme != "" || !c.ASCII(false) || c.ASCII(true) {
		t.Errorf("without a file: got %+v", c)
	}
	write(t, dir, "config.toml", `
theme = "mine"
glyphs = "unicode"
mouse = false
[keys.builds]
"builds.cancel" = "r"
"builds.rebuild" = ["x", "f6"]
"builds.view" = []
`)
	write(t, dir, "themes/mine.toml", "base = \"light\"\n")
	if c, err = Load(dir); err != nil {
		t.Fatal(err)
	}
	if !c.NoMouse || c.ASCII(false) {
		t.Errorf("got %+v", c)
	}
	th, err := c.LoadTheme("")
	if err != nil || th.Name != "mine" || th.Dark {
		t.Errorf("theme: got %v, %v", th, err)
	}
	if th, err := c.LoadTheme("auto"); th != nil || err != nil {
		t.Errorf("theme auto: got %v, %v", th, err)
	}
	m := c.Keymap()
	scopes := []keymap.Scope{keymap.Builds}
	got := [][]string{m.Keys(scopes, action.BuildsCancel), m.Keys(scopes, action.BuildsRebuild), m.Keys(scopes, action.BuildsView)}
	if diff := cmp.Diff([][]string{{"r"}, {"x", "f6"}, nil}, got); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
}

func write(t *testing.T, dir, name, data string) {
	t.Helper()
	file := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(data), 0o644); err != nil {
		t.Fatal(err)
	}
}

// The names of scopes and actions, which have dots, need no quotes.
func TestKeysWithoutQuotes(t *testing.T) {
	c, err := Parse("c.toml", []byte("[keys.repl.input]\nrepl.history = \"f6\"\n[keys.builds]\nbuilds.cancel = \"C\"\n\"builds.view\" = []\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := map[keymap.Scope]map[action.ID][]string{
		"repl.input": {"repl.history": {"f6"}},
		"builds":     {"builds.cancel": {"C"}, "builds.view": {}},
	}
	if diff := cmp.Diff(want, c.Keys); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for in, want := range map[string]string{
		"[keys.builds]\nbuilds.stop = \"x\"":     "c.toml:2: keys.builds.builds.stop: bind builds.stop: scope \"builds\" has no such action",
		"[keys.repl.input]\nrepl.history = \"\"": "c.toml:2: keys.repl.input.repl.history: want a key",
	} {
		if _, err := Parse("c.toml", []byte(in)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Parse(%q): got %v, want …%s…", in, err, want)
		}
	}
}

func TestErrors(t *testing.T) {
	tests := []struct{ in, want string }{
		{"theme = ", "c.toml:1: theme: unexpected EOF"},
		{"mouse = 3", "c.toml:1: mouse: got 3, want true or false"},
		{"theme = [1]", "c.toml:1: theme: got a list, want text"},
		{"columns = 1", "c.toml:1: columns: got 1, want a table"},
		{"[columns]\nclosure = \"own\"", "c.toml:2: columns.closure: got \"own\", want a list of texts"},
		{"[keys]\nbuilds = true", "c.toml:2: keys.builds: got true, want a table"},
		{"[keys.builds]\n\"builds.cancel\" = \"contorl+x\"", "c.toml:2: keys.builds.builds.cancel: there is no key \"contorl+x\""},
		{"[keys.builds]\n\"builds.cancel\" = \"ctrl+x f13 é space shift+tab alt+enter ctrl+@\"\n\"builds.view\" = 1", "c.toml:3: keys.builds.builds.view: want a key"},
		{"\ncolour = 1", "c.toml:2: colour: there is no such setting"},
		{"theme = \"x\"\nglyphs = \"emoji\"", "c.toml:2: glyphs: got \"emoji\", want auto, ascii or unicode"},
		{"[columns]\nclosure = [\"own\", \"age\"]", "c.toml:2: columns.closure: \"age\" is not a column; they are name, own, closure"},
		{"[columns]\nclosure = [\"own\", \"own\"]", "column \"own\" is named twice"},
		{"[columns]\ngc = []", "c.toml:2: columns.gc: \"gc\" is not a table; they are build-time, builds, closure, generations, roots"},
		{"[keys.build]\n\"builds.cancel\" = \"x\"", "c.toml:2: keys.build.builds.cancel: bind builds.cancel: no scope \"build\""},
		{"\n[keys.builds]\n\"builds.stop\" = \"x\"", "c.toml:3: keys.builds.builds.stop: bind builds.stop: scope \"builds\" has no such action"},
		{"[keys.builds]\n\"builds.cancel\" = 1", "c.toml:2: keys.builds.builds.cancel: want a key or a list of keys"},
		{"[keys.builds]\n\"builds.cancel\" = \"t\"", "key \"t\" already does builds.view"},
	}
	for _, tt := range tests {
		_, err := Parse("c.toml", []byte(tt.in))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("Parse(%q): got %v, want …%s…", tt.in, err, tt.want)
		}
	}
	_, err := Parse("c.toml", []byte(`mouse = 3
glyphs = "emoji"
colour = 1
[columns]
closure = ["age"]
gc = []
[keys.builds]
"builds.view" = "x"
"builds.cancel" = "t"
"builds.stop" = "x"
"builds.rebuild" = 1
`))
	want := []string{
		"c.toml:1: mouse: got 3, want true or false",
		`c.toml:2: glyphs: got "emoji", want auto, ascii or unicode`,
		"c.toml:3: colour: there is no such setting, only theme, glyphs, mouse, editing, columns and keys",
		`c.toml:5: columns.closure: "age" is not a column; they are name, own, closure, adds, refs, % adds`,
		`c.toml:6: columns.gc: "gc" is not a table; they are build-time, builds, closure, generations, roots`,
		`c.toml:10: keys.builds.builds.stop: bind builds.stop: scope "builds" has no such action`,
		`c.toml:11: keys.builds.builds.rebuild: want a key or a list of keys, such as "x" or ["x", "ctrl+x"]`,
	}
	if err == nil {
		t.Fatal("got no error, want all")
	}
	if diff := cmp.Diff(want, strings.Split(err.Error(), "\n")); diff != "" {
		t.Errorf("all mistakes (-want +got):\n%s", diff)
	}
	c, err := Load(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.LoadTheme("nope"); err == nil || !strings.Contains(err.Error(), "nope.toml") {
		t.Errorf("got %v", err)
	}
}

// What is right holds also where something else is wrong, and where the file cannot be read.
func TestMistakesLeaveTheRest(t *testing.T) {
	c, err := Parse("c.toml", []byte(`mouse = 3
glyphs = "ascii"
editing = "emax"
[columns]
closure = ["own"]
roots = ["colour"]
[keys.builds]
"builds.view" = "x"
"builds.stop" = "x"
`))
	if err == nil || c == nil {
		t.Fatalf("got %v, %v, want settings and an error", c, err)
	}
	if !c.ASCII(true) || c.NoMouse || c.Vi {
		t.Errorf("got %+v, want ASCII and the mouse", c)
	}
	want := map[table.Name][]string{"closure": {"own"}}
	if diff := cmp.Diff(want, c.Columns); diff != "" {
		t.Errorf("columns (-want +got):\n%s", diff)
	}
	if c, err := Parse("c.toml", []byte("glyphs = \"ascii\"\ntheme =")); err == nil || c == nil || c.ASCII(true) {
		t.Errorf("of no TOML: got %+v, %v, want what there is without a file, and an error", c, err)
	}
	dir := t.TempDir()
	write(t, dir, "config.toml/x", "")
	write(t, dir, "themes/mine.toml", "base = \"light\"\n")
	c, err = Load(dir)
	if err == nil || c == nil {
		t.Fatalf("Load where config.toml cannot be read: got %v, %v, want settings and an error", c, err)
	}
	if !slices.Contains(c.ThemeNames(), "mine") {
		t.Errorf("got themes %v, want mine among them", c.ThemeNames())
	}
}

func TestDir(t *testing.T) {
	env := map[string]string{"HOME": "/home/me"}
	get := func(k string) string { return env[k] }
	if got, want := Dir(get), "/home/me/.config/nixbench"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	env["XDG_CONFIG_HOME"] = "/cfg"
	if got, want := Dir(get), "/cfg/nixbench"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := Dir(func(string) string { return "" }); got != "" {
		t.Errorf("got %q, want none", got)
	}
}

func TestThemesOfTheUser(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "themes/mine.toml", "base = \"light\"\n")
	c, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	names := c.ThemeNames()
	if !slices.IsSorted(names) || !slices.Contains(names, "mine") || !slices.Contains(names, "nord") {
		t.Errorf("got %v, want mine among the built-in ones, sorted", names)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	changed := make(chan error, 1)
	go func() { changed <- c.WaitTheme(ctx) }()
	for {
		// Whether the folder is being watched already cannot be seen from here.
		write(t, dir, "themes/mine.toml", "base = \"dark\"\n")
		select {
		case err := <-changed:
			if err != nil {
				t.Fatal(err)
			}
		case <-time.After(3 * settle):
			continue
		}
		break
	}
	cancel()
	if err := c.WaitTheme(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: got %v", err)
	}
}

// A change is told of also if it comes while nobody waits, and in a folder that is made
// after the interface has begun.
func TestThemesThatComeLater(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "config", "nixbench")
	c, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	waits := func(want error) {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		if want != nil {
			ctx, cancel = context.WithTimeout(t.Context(), 3*settle)
		}
		defer cancel()
		if err := c.WaitTheme(ctx); !errors.Is(err, want) {
			t.Errorf("got %v, want %v", err, want)
		}
	}
	waits(context.DeadlineExceeded)
	go func() {
		time.Sleep(2 * settle)
		_ = os.MkdirAll(filepath.Join(dir, "themes"), 0o755)
		_ = os.WriteFile(filepath.Join(dir, "themes", "mine.toml"), []byte("base = \"light\"\n"), 0o644)
	}()
	waits(nil)
	write(t, dir, "themes/mine.toml", "base = \"gruvbox\"\n")
	waits(nil)
	waits(context.DeadlineExceeded)
	if err := os.Remove(filepath.Join(dir, "themes", "mine.toml")); err != nil {
		t.Fatal(err)
	}
	waits(nil)
}
